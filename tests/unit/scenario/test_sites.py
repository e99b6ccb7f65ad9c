"""The scenarios of the sites in `tests/sites`, in the engines that need nothing of the host."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivrctl.adapters.site_folder import read_site
from ivrctl.flow.program import Program
from ivrctl.service.compiling import compile_spoken
from ivrctl.testkit.engines import run
from ivrctl.testkit.engines.agi import AgiEngine
from ivrctl.testkit.engines.sim import SimEngine
from ivrctl.testkit.scenario import Scenario, read_scenarios
from ivrctl.testkit.verdict import render_verdict

SITES = sorted(path.parent for path in (Path(__file__).parents[2] / "sites").glob("*/ivrctl.yaml"))


def _loaded(site: Path) -> tuple[Program, tuple[Scenario, ...]]:
    files = read_site(site)
    program, findings = compile_spoken(files)
    assert program is not None, findings.items
    scenarios, more = read_scenarios(files, program)
    assert [*findings.items, *more.items] == []
    return program, scenarios


CASES = [
    pytest.param(program, scenario, id=f"{site.name}: {scenario.title}")
    for site in SITES
    for program, scenarios in [_loaded(site)]
    for scenario in scenarios
]


@pytest.mark.parametrize("engine", [SimEngine, AgiEngine])
@pytest.mark.parametrize(("program", "scenario"), CASES)
async def test_scenario_passes(engine: type[SimEngine | AgiEngine], program: Program, scenario: Scenario) -> None:
    """Every scenario of these sites passes in the engines sim and agi, and the sites have no finding."""
    async with engine(program) as stage:
        verdict = await run(scenario, stage)
    assert verdict.is_passed, render_verdict(verdict)
