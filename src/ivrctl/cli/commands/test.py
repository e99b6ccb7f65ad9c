"""``ivrctl test``: scenarios in one of three engines."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, ExitStack
from pathlib import Path
from xml.etree import ElementTree as ET

from ivrctl.adapters.site_folder import read_site
from ivrctl.cli.codes import FINDINGS
from ivrctl.cli.progress import say
from ivrctl.cli.sites import load_program, site_folder
from ivrctl.errors import ConfigurationError
from ivrctl.flow.program import Program
from ivrctl.lang.report import render_text
from ivrctl.testkit.engines import Engine
from ivrctl.testkit.engines import run as play
from ivrctl.testkit.scenario import SUFFIX, Scenario, read_scenarios
from ivrctl.testkit.verdict import Verdict, render_verdict


def run(
    paths: list[Path], engine: str, *, only: str | None, junit: Path | None, pbx: str | None, as_json: bool
) -> None:
    """Play the scenarios and print the verdicts; exit code 1 when one failed."""
    began = time.monotonic()
    if junit is not None:
        _check_writable(junit)
    verdicts: list[Verdict] = []
    for folder, wanted in _sites(paths).items():
        program = load_program(folder)
        scenarios = _scenarios(folder, wanted, program, only)
        with ExitStack() as stack:
            opened = _opened(engine, program, folder, pbx, stack)
            verdicts += asyncio.run(_played(opened, scenarios, show=None if as_json else _show))
    if not verdicts:
        raise _nothing_to_play(only)
    if as_json:
        body = {"format_version": 1, "verdicts": [verdict.to_json() for verdict in verdicts]}
        sys.stdout.write(json.dumps(body, ensure_ascii=False, indent=2) + "\n")
    if junit is not None:
        _write_junit(junit, verdicts)
    failed = sum(not verdict.is_passed for verdict in verdicts)
    sys.stderr.write(f"{len(verdicts) - failed} passed, {failed} failed in {time.monotonic() - began:.1f} s\n")
    if failed:
        raise SystemExit(FINDINGS)


def _nothing_to_play(only: str | None) -> ConfigurationError:
    if only is not None:
        return ConfigurationError(f'no scenario holds "{only}"', advice="a part of its title, or of its file's name")
    return ConfigurationError("there is no scenario to play", advice=f"a scenario is a file named *{SUFFIX}")


def _sites(paths: list[Path]) -> dict[Path, set[str]]:
    """The folders that were named, each with the scenario files that were named in it; none names all."""
    sites: dict[Path, set[str]] = {}
    for path in paths or [site_folder(None)]:
        wanted = sites.setdefault(site_folder(path), set())
        if path.is_file():
            wanted.add(path.name)
    return sites


def _scenarios(folder: Path, wanted: set[str], program: Program, only: str | None) -> list[Scenario]:
    files = read_site(folder)
    scenarios, findings = read_scenarios(files, program)
    if findings.has_errors:
        sources = {path: content.decode(errors="replace") for path, content in files.items()}
        raise ConfigurationError(f"scenarios cannot be read\n{render_text(findings, sources)}", advice="ivrctl check")
    return [
        scenario
        for scenario in scenarios
        if (not wanted or Path(scenario.span.path).name in wanted)
        and (only is None or only in f"{scenario.title} {scenario.span.path}")
    ]


def _opened(
    engine: str, program: Program, folder: Path, pbx: str | None, stack: ExitStack
) -> AbstractAsyncContextManager[Engine]:
    match engine:
        case "sim":
            from ivrctl.testkit.engines.sim import SimEngine

            return SimEngine(program)
        case "agi":
            from ivrctl.testkit.engines.agi import AgiEngine

            return AgiEngine(program)
        case _:
            return _live(program, folder, pbx, stack)


def _live(program: Program, folder: Path, name: str | None, stack: ExitStack) -> AbstractAsyncContextManager[Engine]:
    """A real Asterisk: the named PBX, whose controller's place must be free, else one of this run's own."""
    from ivrctl.adapters import pbx as development
    from ivrctl.cli.addresses import free_address
    from ivrctl.service.voices import folders_of, prompt_library
    from ivrctl.testkit.engines.live import LiveEngine

    if name is None:
        name = f"test-{int(time.time())}"
        pbx = development.up(name, agi=free_address(), progress=say)
        stack.callback(development.down, name)
    else:
        found = development.find(name)
        if found is None:
            raise ConfigurationError(f'the PBX "{name}" does not run', advice=f"ivrctl pbx up {name}")
        pbx = found
    prompts = prompt_library(program.site, folder, folders_of(pbx))
    kept = Path(tempfile.mkdtemp(prefix="ivrctl-test-"))
    return LiveEngine(program, pbx, prompts, kept)


async def _played(
    opened: AbstractAsyncContextManager[Engine], scenarios: list[Scenario], show: Callable[[Verdict], None] | None
) -> list[Verdict]:
    verdicts = []
    async with opened as engine:
        for scenario in scenarios:
            verdicts.append(await play(scenario, engine))
            if show is not None:
                show(verdicts[-1])
    return verdicts


def _show(verdict: Verdict) -> None:
    sys.stdout.write(render_verdict(verdict))
    sys.stdout.flush()


def _check_writable(file: Path) -> None:
    """Refuse a report that cannot be written before the scenarios are played, which may take minutes."""
    is_new = not file.exists()
    try:
        file.open("ab").close()
        if is_new:
            file.unlink()
    except OSError as error:
        advice = "name a file in a folder that is there and may be written"
        raise ConfigurationError(f"the report {file} cannot be written: {error.strerror}", advice=advice) from error


def _write_junit(file: Path, verdicts: list[Verdict]) -> None:
    """The form that CI servers read (JUnit's XML, as Jenkins and GitLab document it)."""
    failed = sum(not verdict.is_passed for verdict in verdicts)
    suite = ET.Element("testsuite", name="ivrctl", tests=str(len(verdicts)), failures=str(failed))
    for verdict in verdicts:
        attributes = {"classname": verdict.place, "name": verdict.title, "time": f"{verdict.took:.3f}"}
        case = ET.SubElement(suite, "testcase", attributes)
        if not verdict.is_passed:
            failure = ET.SubElement(
                case, "failure", message=verdict.failure.reason if verdict.failure else "not as expected"
            )
            failure.text = render_verdict(verdict)
    ET.ElementTree(suite).write(file, encoding="utf-8", xml_declaration=True)
