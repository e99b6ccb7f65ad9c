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
from .sites import ASKS, ASKS_FOR_EVER, CIRCLES, DIALS, LEAVES, LISTENS, PLAYS_BACK, SILENT_END, WAITS

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


async def test_key_pressed_first_is_pressed_when_the_queue_can_be_heard(make: Callable[[Program], Engine]) -> None:
    """A line that leads straight into a queue is answered like any other: nobody presses before that."""
    body = 'given: {queues: {loose: [agent]}}\nscript:\n  - waits: 2ms\n  - presses: "1"\n  - hears: You left.\n'
    await passes(make(LEAVES), body)


async def test_queue_that_is_full_lets_nobody_in(make: Callable[[Program], Engine]) -> None:
    """A queue that a scenario gives as full turns the caller away, whoever is logged in elsewhere."""
    body = "given: {queues: {desk: full}}\nscript:\n  - hears: We call back within 60s.\n    within: 2s\n"
    await passes(make(WAITS), body + "expect: {outcomes: {one.queue: full}, queue: {desk: full}}\n")


async def test_queue_that_the_pbx_does_not_have_fails(make: Callable[[Program], Engine]) -> None:
    """What app_queue says of an unknown queue is the outcome failed."""
    body = "given: {queues: {desk: failed}}\nscript:\n  - ends: {by: flow, as: unserved}\n    within: 2s\n"
    await passes(make(WAITS), body + "expect: {outcomes: {one.queue: failed}}\n")


async def test_agent_who_signs_off_leaves_his_queue(make: Callable[[Program], Engine]) -> None:
    """A caller waits on as long as somebody is left; when nobody is, he comes back from the queue."""
    body = "given: {queues: {desk: [agent, other]}}\nscript:\n  - enters: {queue: desk}\n"
    body += "  - {does: signs_off, who: agent}\n  - waits: 3s\n  - {does: signs_off, who: other}\n"
    body += "  - hears: We call back\n    within: 1s\n"
    verdict = await passes(make(WAITS), body + "expect: {outcomes: {one.queue: left}}\n")
    assert verdict.seconds > 3


async def test_queue_is_empty_for_who_comes_after_its_last_agent_has_signed_off(
    make: Callable[[Program], Engine],
) -> None:
    """The phone of an agent who has signed off rings no more, also for the next entry."""
    body = "given: {queues: {desk: [agent]}}\nscript:\n  - {does: answers, who: agent}\n"
    body += '  - {does: signs_off, who: agent}\n  - talks: 1s\n  - {transfers: "100", who: agent}\n'
    await passes(make(WAITS), body + "  - ends: {by: flow, as: unserved}\nexpect: {queue: {desk: empty}}\n")


async def test_setting_of_a_scenario_holds_from_the_beginning(make: Callable[[Program], Engine]) -> None:
    """What the site file says does not count where the scenario says another value."""
    body = "given: {settings: {patience: 5m}}\nscript:\n  - hears: We call back within 300s.\n"
    await passes(make(WAITS), body, "101")


async def test_setting_that_changes_holds_for_the_leg_that_begins_next(make: Callable[[Program], Engine]) -> None:
    """A leg ends on the version that it began with; after a transfer the new value is heard."""
    body = "given: {queues: {desk: [agent]}}\nscript:\n  - {does: answers, who: agent}\n"
    body += "  - sets: {settings.patience: 5m}\n  - talks: 1s\n"
    transferred = '  - {transfers: "101", who: agent}\n  - hears: We call back within 300s.\n'
    await passes(make(WAITS), body + transferred)
    back = "  - {does: hangs_up, who: agent}\n  - hears: We call back within 60s.\n"
    await passes(make(WAITS), body + back)


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


async def test_message_is_heard_back(make: Callable[[Program], Engine]) -> None:
    """A scenario writes a recording as (recording); it stands between the words around it."""
    body = "script:\n  - hears: Speak.\n  - speaks: 4s\n  - presses: '#'\n  - hears: 'You said:'\n"
    body += "  - hears: (recording)\n  - hears: Thank you.\n  - ends: {by: flow, as: served}\n"
    await passes(make(PLAYS_BACK), body)
