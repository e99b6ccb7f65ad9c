"""Some scenarios of the reference hotline in `tests/sites/10010`, with softphones through a real Asterisk."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from ivrctl.adapters.pbx import Pbx
from ivrctl.adapters.site_folder import read_site
from ivrctl.service.compiling import compile_spoken
from ivrctl.service.voices import folders_of, prompt_library
from ivrctl.testkit.engines import run
from ivrctl.testkit.engines.live import LiveEngine
from ivrctl.testkit.scenario import read_scenarios
from ivrctl.testkit.verdict import render_verdict

pytestmark = [
    pytest.mark.live,
    pytest.mark.xdist_group("reference site"),
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(180),
]

SITE = Path(__file__).parents[1] / "sites" / "10010"
TITLES = [
    "A caller at night on a make-up working day",
    "The same caller in the afternoon is put through, although it is a Saturday",
    "A VIP is put through at once and rates the agent",
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(pbx: Pbx, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LiveEngine]:
    """One engine for all tests; its queues are the development PBX's."""
    program, findings = compile_spoken(read_site(SITE))
    assert program is not None, findings.items
    library = prompt_library(program.site, SITE, folders_of(pbx))
    async with LiveEngine(program, pbx, library, tmp_path_factory.mktemp("live")) as opened:
        yield opened
    await library.close()


@pytest.mark.parametrize("title", TITLES)
async def test_scenario_of_the_reference_site_passes(engine: LiveEngine, title: str) -> None:
    """Type-ahead into the first prompt, a queue with a priority, a message at night: as in sim and agi."""
    scenarios, findings = read_scenarios(read_site(SITE), engine.program)
    assert not findings.items
    verdict = await run(next(scenario for scenario in scenarios if scenario.title == title), engine)
    assert verdict.is_passed, render_verdict(verdict)
