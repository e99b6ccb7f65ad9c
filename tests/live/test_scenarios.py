"""Scenarios with softphones through a real Asterisk: a good set of the demo site's, and wrong ones that must fail."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
import pytest_asyncio

from ivrctl.adapters.pbx import Pbx
from ivrctl.adapters.prompts import PreparedPrompt, PromptLibrary
from ivrctl.adapters.site_folder import read_site
from ivrctl.flow.program import Program
from ivrctl.model.utterance import Utterance
from ivrctl.service.compiling import compile_spoken
from ivrctl.service.voices import folders_of, prompt_library
from ivrctl.testkit.engines import run
from ivrctl.testkit.engines.live import LiveEngine
from ivrctl.testkit.engines.sim import SimEngine
from ivrctl.testkit.scenario import Scenario, load_scenarios, read_scenarios
from ivrctl.testkit.verdict import render_verdict

pytestmark = [pytest.mark.live, pytest.mark.asyncio(loop_scope="module"), pytest.mark.timeout(180)]

FLOWS = Path(__file__).parents[2] / "flows"
TITLES = [
    "The balance line says the balance at once",
    "The English balance line speaks English",
    "The balance line while the database hangs",
    "Keys typed ahead lead to the answer without a prompt in between",
    "A caller hangs up in the middle of a prompt",
    "A withheld number that presses nothing in time hears Chinese",
    "The star gives up keying, and the caller is back in the menu",
    "The advisor answers, hangs up first, and the caller rates",
    "The caller hangs up first, and counts as served",
    "A queue without anybody is told at once",
    "A key leads out of the queue",
    "The agent refuses, the phone rings again, he answers",
    "The agent transfers the caller to the English advisors, call fields kept",
    "A caller keys an extension and speaks with it",
    "Nobody is at the extension, and the caller leaves a message",
    "A message that is ended by hanging up is kept",
    "A caller walks down the tree to an answer",
    "The agent transfers the caller to the expert, with what he keyed",
    "A caller from outside who dials the expert is told that he cannot",
]
WRONG = """\
title: A scenario that is wrong
at: 2026-11-20 10:00
calls:
  caller: {from: "13800138000", dials: "1001011"}
  agent: {extension: "8101"}
given:
  lookups: {balance: {amount: "120.50", overdue: false}}
"""


HEARS_BACK = """\
title: A caller hears his message back
at: 2026-11-20 10:00
calls:
  caller: {from: "13900139000", dials: "10019"}
given:
  verify: {name: 值班经理}
script:
  - presses: "8001"
  - presses: "135790"
  - hears: 请在提示音后说出公告
  - speaks: 4s
  - presses: "#"
  - hears: 您的公告是
  - hears: (recording)
  - hears: 向所有来电发布请按1。
  - does: hangs_up
expect:
  path: [start, speak]
"""


def _program() -> Program:
    program, findings = compile_spoken(read_site(FLOWS))
    assert program is not None, findings.items
    return program


def _titled(program: Program, title: str) -> Scenario:
    scenarios, findings = read_scenarios(read_site(FLOWS), program)
    assert not findings.items
    return next(scenario for scenario in scenarios if scenario.title == title)


def _wrong(program: Program, script: str) -> Scenario:
    [scenario], findings = load_scenarios((WRONG + script).encode(), "wrong", program)
    assert not findings.items, findings.items
    return scenario


def _files_with_content(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir() if path.stat().st_size}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def prompts(pbx: Pbx) -> AsyncIterator[PromptLibrary]:
    """The demo site's prompts, where the PBX of this session sees them."""
    library = prompt_library(_program().site, FLOWS, folders_of(pbx))
    yield library
    await library.close()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def engine(
    pbx: Pbx, prompts: PromptLibrary, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[LiveEngine]:
    """One engine for all tests: its phones serve them all."""
    async with LiveEngine(_program(), pbx, prompts, tmp_path_factory.mktemp("live")) as opened:
        yield opened


@pytest.mark.parametrize("title", TITLES)
async def test_scenario_passes_and_goes_as_in_the_simulation(engine: LiveEngine, title: str) -> None:
    """Through Asterisk and real phones, a call takes the path, the outcomes and the ending that it takes in sim."""
    scenario = _titled(engine.program, title)
    verdict = await run(scenario, engine)
    assert verdict.is_passed, render_verdict(verdict)
    async with SimEngine(engine.program) as simulation:
        simulated = (await run(scenario, simulation)).course
    for aspect in ("path", "ending", "outcomes", "fields", "queues"):
        assert getattr(verdict.course, aspect) == getattr(simulated, aspect), aspect


async def test_wrong_text_fails_and_the_evidence_is_kept(engine: LiveEngine) -> None:
    """A prompt that is never said fails its line; audio, transcript and Asterisk's log are kept."""
    verdict = await run(_wrong(engine.program, "script: [{hears: 您的余额是999.00。}]\n"), engine)
    assert verdict.failure is not None
    assert "heard instead “您的余额是120.50。”" in verdict.failure.reason
    assert verdict.kept is not None
    kept = _files_with_content(Path(verdict.kept))
    assert {"heard-by-caller.wav", "transcript.txt", "asterisk.log"} <= kept
    assert "heard-by-agent.wav" not in kept


async def test_wrong_path_and_ending_fail(engine: LiveEngine) -> None:
    """A call that ends otherwise, by another way, is told as such."""
    script = "script: [{ends: {by: flow, as: unserved}}]\nexpect: {path: [bill-line]}\n"
    verdict = await run(_wrong(engine.program, script), engine)
    assert verdict.failure is not None
    assert verdict.failure.reason == "it ended as served"
    assert [difference.name for difference in verdict.differences] == ["path"]


async def test_phone_that_nobody_rings_cannot_be_answered(engine: LiveEngine) -> None:
    """An agent in no queue has nothing to answer."""
    script = "script:\n  - does: answers\n    who: agent\n    within: 1s\n"
    verdict = await run(_wrong(engine.program, script), engine)
    assert verdict.failure is not None
    assert "the phone of agent does not ring" in verdict.failure.reason


async def test_message_is_heard_back_as_it_was_recorded(engine: LiveEngine) -> None:
    """What the caller has spoken comes back over the line: the sound of the very file is in what his phone heard."""
    [scenario], findings = load_scenarios(HEARS_BACK.encode(), "back", engine.program)
    assert not findings.items, findings.items
    verdict = await run(scenario, engine)
    assert verdict.is_passed, render_verdict(verdict)
    assert "(recording)" in verdict.course.heard


class _OtherVoice:
    """Prompts of which Asterisk is told another file than the one that says what is meant."""

    def __init__(self, library: PromptLibrary) -> None:
        self._library = library

    async def prepare(self, utterance: Utterance, call: str) -> PreparedPrompt:
        other = await self._library.prepare(Utterance("en", ("Something else is played than what is meant.",)), call)
        return replace(await self._library.prepare(utterance, call), name=other.name)

    def silence(self, seconds: float) -> PreparedPrompt:
        return self._library.silence(seconds)

    def release(self, call: str) -> None:
        self._library.release(call)

    def distrust(self, path: Path) -> None:
        self._library.distrust(path)


async def test_prompt_that_the_phone_does_not_hear_fails_though_the_flow_said_it(
    engine: LiveEngine, prompts: PromptLibrary
) -> None:
    """The flow's own word is not enough: the prompt's sound must be in the recording."""
    with engine.speaking(_OtherVoice(prompts)):
        verdict = await run(_wrong(engine.program, "script: [{hears: 您的余额是120.50。}]\n"), engine)
    assert verdict.failure is not None
    assert "the phone did not hear it" in verdict.failure.reason
