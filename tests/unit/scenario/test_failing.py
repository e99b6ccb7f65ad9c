"""Scenarios that are wrong fail, at the line that is wrong, in the engines sim and agi."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from ivrctl.testkit.engines import Engine, run
from ivrctl.testkit.engines.agi import AgiEngine
from ivrctl.testkit.engines.sim import SimEngine
from ivrctl.testkit.verdict import Verdict

from .demo import program, scenario

BALANCE = 'given: {lookups: {balance: {amount: "120.50", overdue: false}}}\n'
DESK = "given: {queues: {full-service: [agent]}}\n"
TO_DESK = 'script:\n  - hears: 中文请按1。\n  - presses: "10"\n'


@pytest.fixture(params=["sim", "agi"])
async def engine(request: pytest.FixtureRequest) -> AsyncIterator[Engine]:
    """Each of the engines that need nothing of the host."""
    async with SimEngine(program()) if request.param == "sim" else AgiEngine(program()) as opened:
        yield opened


async def failed(engine: Engine, body: str, line: str = "10010") -> Verdict:
    verdict = await run(scenario(body, line=line), engine)
    assert not verdict.is_passed
    return verdict


async def reason(engine: Engine, body: str, line: str = "10010") -> tuple[str, str]:
    """The line that was not met, and why."""
    failure = (await failed(engine, body, line)).failure
    assert failure is not None
    return failure.line, failure.reason


async def test_wrong_text_fails_and_shows_what_was_heard(engine: Engine) -> None:
    """A prompt that is never said fails its line, beside what was said."""
    body = BALANCE + "script:\n  - hears: 您的余额是120.51。\n"
    line, why = await reason(engine, body, "1001011")
    assert line == "hears: 您的余额是120.51。"
    assert "“您的余额是120.50。”" in why


async def test_prompts_in_another_order_fail(engine: Engine) -> None:
    """A prompt that was heard before the one just met is not heard again."""
    body = 'script:\n  - hears: 中文请按1。\n  - presses: "1"\n  - hears: 话费请按1\n  - hears: 欢迎致电\n'
    assert (await reason(engine, body))[0] == "hears: 欢迎致电"


async def test_prompt_that_begins_too_late_fails(engine: Engine) -> None:
    """A prompt that begins after the line's time fails it."""
    body = "given: {lookups: {balance: {after: 30s}}}\nscript:\n  - hears: 现在无法查询\n    within: 2s\n"
    assert (await reason(engine, body, "1001011"))[0] == "hears: 现在无法查询, within: 2s"


async def test_prompt_that_a_key_cut_was_not_heard(engine: Engine) -> None:
    """A caller who cuts a prompt has not heard it."""
    body = 'script:\n  - hears: 中文请按1。\n  - presses: "1"\n  - waits: 1s\n  - presses: "1"\n  - hears: 欢迎致电\n'
    assert (await reason(engine, body))[0] == "hears: 欢迎致电"


async def test_prompt_from_before_a_key_does_not_answer_it(engine: Engine) -> None:
    """What was heard before a key is not what comes of the key."""
    body = 'script:\n  - hears: 中文请按1。\n  - waits: 1s\n  - presses: "1"\n  - hears: 中文请按1。\n'
    assert (await reason(engine, body))[0] == "hears: 中文请按1。"


async def test_missing_key_fails(engine: Engine) -> None:
    """Without the key that leads there, the prompt never comes."""
    body = "script:\n  - hears: 话费请按1。\n  - hears: 余额请按1。\n"
    line, why = await reason(engine, body)
    assert line == "hears: 余额请按1。"
    assert "heard instead" in why


async def test_wrong_path_fails_with_both_ways_side_by_side(engine: Engine) -> None:
    """A call that goes another way is shown beside the way that was expected."""
    body = BALANCE + "script:\n  - ends: {by: flow}\nexpect: {path: [bill-line, account/start]}\n"
    [difference] = (await failed(engine, body, "1001011")).differences
    assert difference.expected == "hotline/bill-line, account/start"
    assert difference.seen == "hotline/balance-line, account/start, account/balance"


async def test_wrong_ending_fails(engine: Engine) -> None:
    """A call that ends as something else fails the line."""
    line, why = await reason(engine, BALANCE + "script:\n  - ends: {by: flow, as: unserved}\n", "1001011")
    assert line == "ends: {by: flow, as: unserved}"
    assert why == "it ended as served"


async def test_call_that_somebody_else_ended_fails(engine: Engine) -> None:
    """A call that the flow ended was not ended by the caller."""
    line, _ = await reason(engine, BALANCE + "script:\n  - ends: {by: caller}\n", "1001011")
    assert line == "ends: {by: caller}"


async def test_call_that_goes_on_has_not_ended(engine: Engine) -> None:
    """A call that is not over in the line's time fails the line."""
    assert (await reason(engine, "script:\n  - ends: {by: flow}\n    within: 1s\n"))[1] == "the call goes on"


async def test_acting_after_the_end_fails(engine: Engine) -> None:
    """A key after the end of the call fails its line."""
    body = BALANCE + 'script:\n  - hears: 您的余额\n  - waits: 1s\n  - presses: "1"\n'
    line, why = await reason(engine, body, "1001011")
    assert line == "presses: 1"
    assert "the call is over by flow, served" in why


async def test_queue_that_is_never_entered_fails(engine: Engine) -> None:
    """A caller who is elsewhere is not in the queue."""
    line, why = await reason(engine, "script:\n  - enters: {queue: vip}\n    within: 1s\n")
    assert line == "enters: {queue: vip}, within: 1s"
    assert "not in the queue vip" in why


async def test_queue_that_turns_the_caller_away_is_not_entered(engine: Engine) -> None:
    """An empty queue lets nobody in."""
    assert (await reason(engine, TO_DESK + "  - enters: {queue: full-service}\n"))[0].startswith("enters")


async def test_other_priority_fails(engine: Engine) -> None:
    """A queue entered with another priority fails the line."""
    _, why = await reason(engine, DESK + TO_DESK + "  - enters: {queue: full-service, priority: 10}\n")
    assert why == "enters full-service with priority 0, not 10"


async def test_phone_that_does_not_ring_cannot_be_answered(engine: Engine) -> None:
    """An agent who is in no queue has nothing to answer."""
    body = DESK + TO_DESK + "  - does: answers\n    who: other\n    within: 1s\n"
    line, why = await reason(engine, body)
    assert line == "does: answers, who: other, within: 1s"
    assert "the phone of other does not ring; the caller is in queue full-service" in why


async def test_agent_who_does_not_talk_cannot_hang_up(engine: Engine) -> None:
    """Nobody hangs up a call that he has not."""
    _, why = await reason(engine, DESK + TO_DESK + "  - does: hangs_up\n    who: agent\n")
    assert "agent does not talk with the caller" in why


async def test_nobody_talks_alone(engine: Engine) -> None:
    """A talk needs an agent who has answered."""
    _, why = await reason(engine, DESK + TO_DESK + "  - enters: {queue: full-service}\n  - talks: 1s\n")
    assert "nobody talks with the caller" in why


async def test_wrong_outcome_field_and_queue_are_told_each(engine: Engine) -> None:
    """Everything that is not as expected is told, not the first thing only."""
    expect = "expect:\n  outcomes: {desk/start.queue: answered}\n  fields: {subject: broadband}\n"
    body = DESK + TO_DESK + "  - enters: {queue: full-service}\n" + expect + "  queue: {full-service: answered}\n"
    seen = {each.name: each.seen for each in (await failed(engine, body)).differences}
    assert seen == {"outcomes desk/start.queue": "done", "fields subject": "general", "queue full-service": "abandoned"}


async def test_silence_that_is_too_long_fails(engine: Engine) -> None:
    """A silence over the limit is told with its length."""
    body = "script:\n  - hears: 欢迎致电\nexpect: {longest_silence: 2s}\n"
    [difference] = (await failed(engine, body)).differences
    assert difference.expected == "at most 2 s"
    assert float(difference.seen.removesuffix(" s")) == pytest.approx(5.0, abs=0.2)


async def test_lookup_that_nothing_is_given_for_fails_the_scenario(engine: Engine) -> None:
    """A flow that asks what the scenario does not speak of is no proof of anything."""
    verdict = await failed(engine, "script:\n  - ends: {by: flow}\n", "1001011")
    assert verdict.faults == ("the flow asks the lookup balance, and given.lookups says nothing of it",)
