"""What the demo site does not show: dials, fallbacks, flows that go round in circles, in the engines sim and agi."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ivrctl.flow.program import Program
from ivrctl.testkit.engines import Engine, run
from ivrctl.testkit.engines.agi import AgiEngine
from ivrctl.testkit.engines.sim import SimEngine
from ivrctl.testkit.verdict import Verdict, render_verdict

from .demo import scenario
from .sites import ASKS, ASKS_FOR_EVER, CIRCLES, DIALS, LISTENS, SILENT_END

Play = Callable[..., "Verdict"]


@pytest.fixture(params=[SimEngine, AgiEngine])
def make(request: pytest.FixtureRequest) -> Callable[[Program], Engine]:
    """Each of the engines that need nothing of the host."""
    maker: Callable[[Program], Engine] = request.param
    return maker


async def played(engine: Engine, body: str, line: str = "100") -> Verdict:
    async with engine:
        return await run(scenario(body, line=line, of=engine.program), engine)


async def passes(engine: Engine, body: str, line: str = "100") -> Verdict:
    verdict = await played(engine, body, line)
    assert verdict.is_passed, render_verdict(verdict)
    return verdict


async def test_dialled_phone_is_answered(make: Callable[[Program], Engine]) -> None:
    """The phone that a flow dials rings, is answered, and the caller comes back when it hangs up."""
    body = "script:\n  - does: answers\n    who: agent\n  - talks: 2s\n  - does: hangs_up\n    who: agent\n"
    await passes(make(DIALS), body + "  - hears: Goodbye.\n  - ends: {by: flow, as: served}\n")


async def test_dialled_phone_refuses(make: Callable[[Program], Engine]) -> None:
    """A phone that refuses is busy."""
    body = "script:\n  - does: refuses\n    who: agent\n  - hears: The line is busy.\n"
    await passes(make(DIALS), body + "expect: {outcomes: {call.dial: busy}}\n")


async def test_dialled_phone_rings_unheard(make: Callable[[Program], Engine]) -> None:
    """A phone that nobody answers gives up after its time."""
    body = "script:\n  - hears: Nobody answers.\n    within: 21s\n"
    await passes(make(DIALS), body + "expect: {outcomes: {call.dial: no_answer}}\n")


async def test_phone_that_takes_no_part_is_unavailable(make: Callable[[Program], Engine]) -> None:
    """An extension that the scenario has no phone for cannot be reached."""
    body = "script:\n  - hears: Nobody answers.\n    within: 2s\n"
    await passes(make(DIALS), body + "expect: {outcomes: {anybody.dial: unavailable}}\n", "101")


async def test_flow_that_goes_round_in_circles_falls_back(make: Callable[[Program], Engine]) -> None:
    """A flow without a word ends in the dialplan's fallback."""
    await passes(make(CIRCLES), "script:\n  - ends: {by: fallback, as: fallback}\n")


async def test_flow_that_asks_for_ever_does_not_hang_the_run(make: Callable[[Program], Engine]) -> None:
    """A flow that only looks up, again and again, fails its line in time."""
    body = "given: {lookups: {visit: {after: 50ms, visits: 1}}}\nscript:\n  - hears: anything\n    within: 2s\n"
    missing = body.replace("{after: 50ms, visits: 1}", "missing")
    assert not (await played(SimEngine(ASKS_FOR_EVER), missing)).is_passed
    assert not (await played(make(ASKS_FOR_EVER), body)).is_passed


async def test_agent_who_hangs_up_may_end_the_call(make: Callable[[Program], Engine]) -> None:
    """A flow that says nothing after the talk: the agent ended the call, and the flow did."""
    talk = "given: {queues: {desk: [agent]}}\nscript:\n  - does: answers\n    who: agent\n"
    hangs_up = "  - does: hangs_up\n    who: agent\n"
    await passes(make(SILENT_END), talk + hangs_up + "  - ends: {by: agent, as: served}\n")
    await passes(make(SILENT_END), talk + hangs_up + "  - ends: {by: flow, as: served}\n")


async def test_prompt_without_barge_in_is_heard_to_its_end(make: Callable[[Program], Engine]) -> None:
    """A key during it counts for nothing, then and later."""
    body = 'given: {lookups: {visit: missing}}\nscript:\n  - presses: "1"\n  - hears: This is heard to its end.\n'
    await passes(make(LISTENS), body + '  - hears: Press a key.\n  - presses: "1"\n  - hears: Thank you.\n')


async def test_first_key_waits_until_the_caller_hears_something(make: Callable[[Program], Engine]) -> None:
    """A script may begin with keys: they are pressed as soon as the first prompt of the call has begun."""
    body = "given: {lookups: {visit: {after: 3s, visits: 1}}}\nscript:\n"
    verdict = await passes(make(ASKS), body + '  - presses: "1"\n  - hears: Thank you.\n')
    assert "Press a key." not in verdict.course.heard


async def test_key_during_a_lookup_answers_the_menu_behind_it(make: Callable[[Program], Engine]) -> None:
    """A key pressed while the database thinks is the first key of the input that follows."""
    body = "given: {lookups: {visit: {after: 4s, visits: 1}}}\nscript:\n  - hears: This is heard to its end.\n"
    body += '  - waits: 1500ms\n  - presses: "2"\n  - hears: Thank you.\n    within: 4s\n'
    verdict = await passes(make(LISTENS), body + "  - ends: {by: flow, as: served}\n")
    assert "Press a key." not in verdict.course.heard
    assert "One moment please." not in verdict.course.heard


async def test_failing_verdict_shows_who_did_what(make: Callable[[Program], Engine]) -> None:
    """The transcript has the steps, the prompts, the people and the end, in the order of time."""
    verdict = await played(make(DIALS), "script:\n  - does: refuses\n    who: agent\n  - hears: Goodbye.\n")
    told = [(noted.who, noted.what) for noted in verdict.transcript]
    assert told == [
        ("flow", "main/call"),
        ("flow", "dials 8101"),
        ("dial", "8101"),
        ("agent", "refuses"),
        ("dial", "8101: busy"),
        ("flow", "outcome busy"),
        ("flow", "main/busy"),
        ("ivr", "The line is busy."),
        ("call", "ends by flow, unserved"),
    ]
    assert [noted.at for noted in verdict.transcript] == sorted(noted.at for noted in verdict.transcript)
