"""One simulated call, step by step, as a terminal plays it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from ivrctl.adapters.lookup_answer import LookupFault
from ivrctl.errors import ConfigurationError
from ivrctl.flow.commands import Ask, Finish, HandOffToQueue, LookUp, LookupFailed, LookupFound, LookupMissing, Say
from ivrctl.model.call import Ending
from ivrctl.service.answering import Answering, Asker
from ivrctl.testkit.engines.sim import GivenAnswers, SimCall, TimedAnswers
from ivrctl.testkit.scenario import Given, Row

from .demo import program

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
BALANCE = Given(lookups={"balance": Row({"amount": Decimal("120.50"), "overdue": False})})


def call(dial: str = "10010", given: Given = BALANCE) -> SimCall:
    return SimCall(program(), dial, "13800138000", GivenAnswers(given, pytest.fail), NOW)


async def test_first_advance_says_what_is_heard_first() -> None:
    """A call begins with its first command."""
    doing = await call().advance()
    assert isinstance(doing.command, Ask)
    assert [said.written for said in doing.command.utterances] == ["中文请按1。", "For English press 2."]


async def test_key_goes_on_at_once() -> None:
    """A key cuts the prompt, and the call does what comes of it."""
    played = call()
    await played.advance()
    assert await played.press("2")
    assert played.doing is not None
    assert isinstance(played.doing.command, Say)
    assert played.doing.command.utterances[0].written == "Welcome to the customer hotline."
    assert played.log.heard[0].written == "Welcome to the customer hotline."


async def test_nobody_pressing_passes_the_time_of_prompts_and_waits() -> None:
    """Without a key, a question takes its prompts and the wait for the first key."""
    played = call()
    asked = await played.advance()
    await played.advance()
    assert played.elapsed == asked.due
    assert asked.due == pytest.approx(0.5 + 0.86 + 0.96 + 5.0, abs=0.5)


async def test_lookup_is_a_command_of_its_own() -> None:
    """A terminal sees that the call looks something up, and then what comes of it."""
    played = call("1001011")
    assert isinstance((await played.advance()).command, LookUp)
    said = await played.advance()
    assert isinstance(said.command, Say)
    assert said.command.utterances[0].written == "您的余额是120.50。"


async def test_queue_waits_for_somebody_to_end_it() -> None:
    """A stay in a queue comes back with the outcome that it is given."""
    played = call()
    await played.advance()
    await played.press("1")
    await played.press("0")
    assert played.doing is not None
    assert isinstance(played.doing.command, HandOffToQueue)
    assert not await played.press("9")
    doing = await played.hand_back("answered")
    assert isinstance(doing.command, Ask)
    assert played.position.path[-1] == "rate/start"


async def test_exit_key_of_a_queue_leads_out() -> None:
    """A key that the queue has ends the stay."""
    played = call()
    await played.advance()
    for key in "10":
        await played.press(key)
    assert await played.press("1")
    assert played.position.path[-1] == "desk/tired"


async def test_call_comes_to_its_end_by_itself() -> None:
    """Advancing leads to the end, after which nothing follows."""
    played = call("1001011")
    while not isinstance((doing := await played.advance()).command, Finish):
        pass
    assert doing.command.ending is Ending.SERVED
    with pytest.raises(ValueError, match="does not end by itself"):
        await played.advance()


async def test_caller_who_hangs_up_before_anybody_answered_has_abandoned() -> None:
    """Hanging up says how the call ended."""
    played = call()
    await played.advance()
    assert played.hang_up().ending is Ending.ABANDONED
    assert not await played.press("1")


async def test_nothing_is_handed_back_that_was_not_handed_off() -> None:
    """An outcome without a queue is a mistake of the driver."""
    played = call()
    await played.advance()
    with pytest.raises(ValueError, match="not handed off"):
        await played.hand_back("answered")


async def test_transfer_begins_a_new_leg_with_the_call_fields() -> None:
    """A transferred caller walks the new line's flow, and his call fields are still there."""
    played = call()
    await played.advance()
    for key in "13":
        await played.press(key)
    await played.transfer("1001099")
    assert played.position.path == ("hotline/advisor", "desk/start")
    assert played.position.fields["subject"] == "mobile-data"
    assert [leg.path[0] for leg in played.log.legs] == ["hotline/welcome", "hotline/advisor"]


def test_number_without_a_line_is_refused() -> None:
    """A number that no line has cannot be called."""
    with pytest.raises(ConfigurationError, match="no line of the site has the number 999"):
        call("999")


class _Databases:
    """Databases that answer as a test says, and keep what they were asked."""

    def __init__(self, answer: Any) -> None:
        self.answer = answer
        self.asked: list[tuple[str, dict[str, Any]]] = []

    async def ask(self, name: str, params: Any, timeout: timedelta) -> Any:  # noqa: ASYNC109 - as the real ones have it
        self.asked.append((name, dict(params)))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


@pytest.mark.parametrize(
    ("answer", "reply"),
    [
        ({"amount": 1}, LookupFound({"amount": 1})),
        (None, LookupMissing()),
        (LookupFault("away"), LookupFailed("away")),
    ],
)
async def test_databases_answer_a_simulated_call(answer: Any, reply: object) -> None:
    """The site's own databases can answer, miss or fail."""
    databases = _Databases(answer)
    answers = TimedAnswers(Answering(program().site, databases))
    command = LookUp("balance", {"number": "+8613800138000"}, timedelta(seconds=3), None)  # type: ignore[arg-type] # not said here
    assert (await answers.answer(command, Asker("leg-1", "+8613800138000", "1001011"))).reply == reply
    assert databases.asked == [("balance", {"number": "13800138000"})]
