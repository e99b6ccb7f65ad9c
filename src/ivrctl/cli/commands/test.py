"""``ivrctl test``: scenarios in one of three engines."""

from __future__ import annotations

import json
import math
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

from ivrctl.adapters.site_folder import read_site
from ivrctl.cli.codes import FINDINGS
from ivrctl.cli.coverage_report import render_coverage, shortfalls
from ivrctl.cli.progress import say
from ivrctl.cli.sites import load_program, site_folder
from ivrctl.cli.terminal import is_coloured, terminal_width
from ivrctl.errors import ConfigurationError
from ivrctl.flow.coverage import Coverage, Walked, coverage_of
from ivrctl.flow.program import Program
from ivrctl.lang.report import render_text
from ivrctl.testkit.engines import Engine
from ivrctl.testkit.engines.many import Opening, jobs_that_pay, play_all
from ivrctl.testkit.scenario import SUFFIX, Scenario, read_scenarios
from ivrctl.testkit.verdict import Verdict, render_verdict


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be played, and what is to be told of it."""

    engine: str
    only: str | None = None
    """A part of a title or of a file's name."""
    jobs: int | None = None
    """Processes; None takes as many as pay."""
    pbx: str | None = None
    junit: Path | None = None
    as_json: bool = False
    coverage: bool = False
    fail_under: float | None = None
    """The least share in per cent that must have been walked; asks for the coverage too."""

    @property
    def is_observed(self) -> bool:
        """True when what is walked is looked at."""
        return self.coverage or self.fail_under is not None


@dataclass(frozen=True, slots=True)
class _Played:
    """What came of one site's scenarios."""

    folder: Path
    verdicts: list[Verdict]
    coverage: Coverage | None


def run(paths: list[Path], wanted: Wanted) -> None:
    """Play the scenarios and print the verdicts; exit code 1 when one failed, or too little was walked."""
    began = time.monotonic()
    if wanted.junit is not None:
        _check_writable(wanted.junit)
    if wanted.fail_under is not None and math.isnan(wanted.fail_under):
        raise ConfigurationError("--fail-under is no number: nothing would ever be too little", advice="such as 95")
    if wanted.jobs is not None and wanted.jobs > 1 and wanted.engine == "live":
        raise ConfigurationError("live scenarios share the phones of one PBX", advice="leave --jobs out")
    sites = [_play_site(folder, files, wanted) for folder, files in _sites(paths).items()]
    verdicts = [verdict for site in sites for verdict in site.verdicts]
    if not verdicts:
        raise _nothing_to_play(wanted.only)
    _report(sites, verdicts, wanted)
    failed = sum(not verdict.is_passed for verdict in verdicts)
    sys.stderr.write(f"{len(verdicts) - failed} passed, {failed} failed in {time.monotonic() - began:.1f} s\n")
    if _told_shortfalls(sites, wanted.fail_under) or failed:
        raise SystemExit(FINDINGS)


def _play_site(folder: Path, files: set[str], wanted: Wanted) -> _Played:
    program = load_program(folder)
    scenarios = _scenarios(folder, files, program, wanted.only)
    show = (lambda _: None) if wanted.as_json else _shown_in(terminal_width())
    with ExitStack() as stack:
        make = _opening(program, folder, wanted, stack)
        jobs = wanted.jobs or jobs_that_pay(wanted.engine, len(scenarios), len(os.sched_getaffinity(0)))
        verdicts = play_all(make, scenarios, show, jobs=jobs)
    walked = frozenset[Walked]().union(*(verdict.course.walked for verdict in verdicts))
    return _Played(folder, verdicts, coverage_of(program, walked) if wanted.is_observed else None)


def _report(sites: list[_Played], verdicts: list[Verdict], wanted: Wanted) -> None:
    covered = [(site.folder, site.coverage) for site in sites if site.coverage is not None]
    if wanted.as_json:
        body: dict[str, Any] = {"format_version": 1, "verdicts": [verdict.to_json() for verdict in verdicts]}
        if covered:
            body["coverage"] = [{"site": str(folder), **coverage.to_json()} for folder, coverage in covered]
        sys.stdout.write(json.dumps(body, ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.writelines(render_coverage(coverage) for _, coverage in covered)
    if wanted.junit is not None:
        _write_junit(wanted.junit, verdicts)


def _told_shortfalls(sites: list[_Played], least: float | None) -> bool:
    """Say what was walked too little of; True when there is such."""
    short = [each for site in sites if site.coverage and least is not None for each in shortfalls(site.coverage, least)]
    if short:
        sys.stderr.write(f"walked: {', '.join(short)}; asked for: {least:g} %\n")
    return bool(short)


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


def _opening(program: Program, folder: Path, wanted: Wanted, stack: ExitStack) -> Opening:
    match wanted.engine:
        case "sim":
            from ivrctl.testkit.engines.sim import SimEngine

            return lambda: SimEngine(program, is_observed=wanted.is_observed)
        case "agi":
            from ivrctl.testkit.engines.agi import AgiEngine

            return lambda: AgiEngine(program, is_observed=wanted.is_observed)
        case _:
            engine = _live(program, folder, wanted, stack)
            return lambda: engine


def _live(program: Program, folder: Path, wanted: Wanted, stack: ExitStack) -> AbstractAsyncContextManager[Engine]:
    """A real Asterisk: the named PBX, whose controller's place must be free, else one of this run's own."""
    from ivrctl.adapters import pbx as development
    from ivrctl.cli.addresses import free_address
    from ivrctl.service.voices import folders_of, prompt_library
    from ivrctl.testkit.engines.live import LiveEngine

    name = wanted.pbx
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
    return LiveEngine(program, pbx, prompts, kept, is_observed=wanted.is_observed)


def _shown_in(width: int | None) -> Callable[[Verdict], None]:
    def show(verdict: Verdict) -> None:
        sys.stdout.write(render_verdict(verdict, width, is_coloured=is_coloured()))
        sys.stdout.flush()

    return show


def _check_writable(file: Path) -> None:
    """Refuse a report that cannot be written before the scenarios are played, which may take minutes."""
    is_new = not file.exists()
    try:
        file.open("ab").close()
        if is_new:
            file.unlink()
    except OSError as error:
        raise _unwritable(file, error) from error


def _unwritable(file: Path, error: OSError) -> ConfigurationError:
    advice = "name a file in a folder that is there, may be written and has room"
    return ConfigurationError(f"the report {file} cannot be written: {error.strerror}", advice=advice)


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
    try:
        ET.ElementTree(suite).write(file, encoding="utf-8", xml_declaration=True)
    except OSError as error:
        raise _unwritable(file, error) from error
