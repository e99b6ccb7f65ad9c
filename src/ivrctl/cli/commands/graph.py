"""``ivrctl graph``: pictures of flows."""

from __future__ import annotations

import sys
from pathlib import Path

from ivrctl.adapters.site_folder import read_site
from ivrctl.cli.sites import load_program, named
from ivrctl.errors import ConfigurationError
from ivrctl.flow.coverage import Walked
from ivrctl.flow.drawing import picture_of, to_dot, to_mermaid
from ivrctl.flow.program import Program
from ivrctl.lang.findings import did_you_mean
from ivrctl.testkit.engines.many import play_all
from ivrctl.testkit.engines.sim import SimEngine
from ivrctl.testkit.scenario import read_scenarios

_WRITERS = {"mermaid": to_mermaid, "dot": to_dot}


def run(about: str | None, form: str, output: Path | None, *, coverage: bool) -> None:
    """Draw the flow that is meant, or all flows of the site."""
    folder, flow = named(about)
    program = load_program(folder)
    if flow is not None and flow not in program.flows:
        raise ConfigurationError(f'the flow "{flow}" does not exist', advice=did_you_mean(flow, program.flows))
    flows = program.flows if flow is None else {flow: program.flows[flow]}
    walked = _walked(folder, program) if coverage else None
    text = _WRITERS[form](picture_of(program, flows, walked))
    if output is None:
        sys.stdout.write(text)
        return
    try:
        output.write_text(text, encoding="utf-8")
    except OSError as error:
        advice = "name a file in a folder that is there and may be written"
        raise ConfigurationError(f"{output} cannot be written: {error.strerror}", advice=advice) from error


def _walked(folder: Path, program: Program) -> frozenset[Walked]:
    """What the site's scenarios walk; those that fail are told, since a picture of them misleads."""
    scenarios, findings = read_scenarios(read_site(folder), program)
    if findings.has_errors:
        raise ConfigurationError("scenarios cannot be read", advice="ivrctl check")
    verdicts = play_all(lambda: SimEngine(program, is_observed=True), scenarios, lambda _: None)
    failed = sum(not verdict.is_passed for verdict in verdicts)
    if failed:
        sys.stderr.write(f"{failed} of {len(verdicts)} scenarios fail: ivrctl test\n")
    return frozenset[Walked]().union(*(verdict.course.walked for verdict in verdicts))
