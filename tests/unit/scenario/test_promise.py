"""What a scenario expects of the promise to a caller's tier is measured alike in the engines sim and agi."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from ivrctl.flow.program import Program, compile_site
from ivrctl.lang.report import render_text
from ivrctl.testkit.engines import Engine, run
from ivrctl.testkit.engines.agi import AgiEngine
from ivrctl.testkit.engines.sim import SimEngine
from ivrctl.testkit.verdict import Verdict

from .demo import scenario

SITE = """
site: promises
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: No key., no_match: Wrong., one_moment: One moment., fallback: Sorry.}
queues: {vip: {keys: ["1"]}, expert: {}}
extensions: {_81XX: "PJSIP/{extension}"}
tiers: {vip: {priority: 10, answer: 15s, callback: 15m}}
"""
FLOW = """
lines: {"100": start, "8001": expert}
steps:
  start:
    - verify: {by: caller-number}
      then: {failed: next, unavailable: next}
    - play: Hello.
    - queue: {name: vip, wait: 60s, choices: {"1": {hangup: unserved}}}
      then: {answered: rate, otherwise: {hangup: unserved}}
  rate:
    - play: Thank you.
    - hangup: served
  expert:
    - queue: {name: expert, wait: 60s}
      then: {answered: {hangup: served}, otherwise: {hangup: unserved}}
"""
DESK = """\
given: {verify: {tier: vip}, queues: {vip: [agent], expert: [other]}}
script:
  - enters: {queue: vip, priority: 10}
"""
ANSWERS = "  - does: answers\n    who: agent\n"
ENDS = "  - ends: {}\nexpect: {promise: PROMISE}\n"


def program() -> Program:
    """The site of this test."""
    texts = {"ivrctl.yaml": SITE, "main.ivr.yaml": FLOW}
    compiled, findings = compile_site({path: text.encode() for path, text in texts.items()})
    assert compiled is not None, render_text(findings, texts)
    return compiled


@pytest.fixture(params=["sim", "agi"])
async def engine(request: pytest.FixtureRequest) -> AsyncIterator[Engine]:
    """Each of the engines that need nothing of the host."""
    async with SimEngine(program()) if request.param == "sim" else AgiEngine(program()) as opened:
        yield opened


async def played(engine: Engine, script: str, promise: str) -> Verdict:
    """The verdict on a call to the desk, which expects the promise to have come to this."""
    body = DESK + script + ENDS.replace("PROMISE", promise)
    return await run(scenario(body, line="100", of=engine.program), engine)


@pytest.mark.parametrize(("seconds", "promise"), [(13, "kept"), (20, "broken")])
async def test_answer_keeps_the_promise_within_its_time(engine: Engine, seconds: int, promise: str) -> None:
    """The talk and the words after it count for nothing."""
    script = f"  - waits: {seconds}s\n" + ANSWERS + "  - talks: 60s\n  - does: hangs_up\n    who: agent\n"
    verdict = await played(engine, script, promise)
    assert verdict.is_passed, verdict


async def test_caller_who_hangs_up_in_the_talk_was_answered(engine: Engine) -> None:
    """As soon as the phone was picked up."""
    script = "  - waits: 5s\n" + ANSWERS + "  - talks: 20s\n  - does: hangs_up\n"
    verdict = await played(engine, script, "kept")
    assert verdict.is_passed, verdict


async def test_caller_who_gives_up_too_late_was_promised_more(engine: Engine) -> None:
    """He waited longer than he was promised, and left."""
    verdict = await played(engine, "  - waits: 17s\n  - does: hangs_up\n", "broken")
    assert verdict.is_passed, verdict


async def test_last_leg_that_counts_is_looked_at(engine: Engine) -> None:
    """Who the caller is goes with him through a transfer, and so do priority and promise of his tier."""
    script = (
        ANSWERS + "  - transfers: '8001'\n    who: agent\n"
        "  - enters: {queue: expert, priority: 10}\n  - waits: 20s\n  - does: hangs_up\n"
    )
    verdict = await played(engine, script, "broken")
    assert verdict.is_passed, verdict


@pytest.mark.parametrize("script", ["  - waits: 5s\n  - does: hangs_up\n", '  - waits: 5s\n  - presses: "1"\n'])
async def test_difference_says_what_became_of_it(engine: Engine, script: str) -> None:
    """A caller who left by himself in time is not counted."""
    verdict = await played(engine, script, "kept")
    (difference,) = verdict.differences
    assert (difference.name, difference.expected, difference.seen) == ("promise", "kept", "nothing")
    assert verdict.to_json()["course"]["promise"] == ""
