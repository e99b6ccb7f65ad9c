"""What the questions of a flow are answered in a scenario: what ``given`` says, when it says it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import assert_never

from ivrctl.flow.commands import (
    Answer,
    Identified,
    Identify,
    IdentityLocked,
    IdentityUnavailable,
    LookUp,
    LookupFailed,
    LookupFound,
    LookupMissing,
    NotIdentified,
    Question,
    Submit,
    SubmitFailed,
    Submitted,
)
from ivrctl.testkit.scenario import Fails, Given, Misses, Row
from ivrctl.testkit.scenario.verify import EVERY, Found, Refused

LOCKED_UNTIL = datetime.max.replace(tzinfo=UTC)
"""Of a lock in a scenario, which is longer than any call."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, and how long it took to come."""

    reply: Answer
    seconds: float


def given_answer(given: Given, question: Question, on_fault: Callable[[str], None]) -> Answered:
    """The answer that a scenario gives to a question, within its deadline.

    Args:
        given: what the scenario says.
        question: of the flow.
        on_fault: told of a question that the scenario does not speak of: it fails, and so does the scenario.
    """
    match question:
        case LookUp():
            return _given_row(given, question.lookup, question.timeout, on_fault)
        case Identify():
            return _given_identity(given, question, on_fault)
        case Submit():
            return _given_fate(given, question)
        case _:
            assert_never(question)


def _given_fate(given: Given, question: Submit) -> Answered:
    fate, timeout = given.submission(question.submission), question.timeout
    if not fate.is_taken:
        return Answered(SubmitFailed("as given"), 0.0)
    if fate.after >= timeout:
        reason = f"it was not kept within {timeout.total_seconds():g} s"
        return Answered(SubmitFailed(reason), timeout.total_seconds())
    return Answered(Submitted(), fate.after.total_seconds())


def _given_identity(given: Given, question: Identify, on_fault: Callable[[str], None]) -> Answered:
    found = given.verify.get(question.method, given.verify.get(EVERY))
    if found is None:
        on_fault(f"the flow verifies by {question.method}, and given.verify says nothing of it")
        return Answered(IdentityUnavailable("nothing is given for it"), 0.0)
    if found.after >= question.timeout:
        reason = f"no answer within {question.timeout.total_seconds():g} s"
        return Answered(IdentityUnavailable(reason), question.timeout.total_seconds())
    return Answered(_identity(found, question), found.after.total_seconds())


def _identity(found: Found, question: Identify) -> Answer:
    pin = None if question.pin is None else question.pin.text
    is_another = found.account not in {None, question.account} or found.pin not in {None, pin}
    match found.refused:
        case Refused.FAILED:
            return NotIdentified()
        case Refused.LOCKED:
            return IdentityLocked(LOCKED_UNTIL, "as given")
        case Refused.UNAVAILABLE:
            return IdentityUnavailable("as given")
        case None:
            return NotIdentified() if is_another else Identified(found.customer)


def _given_row(given: Given, name: str, timeout: timedelta, on_fault: Callable[[str], None]) -> Answered:
    answer = given.lookups.get(name)
    if answer is None:
        on_fault(f"the flow asks the lookup {name}, and given.lookups says nothing of it")
        return Answered(LookupFailed("nothing is given for it"), 0.0)
    if answer.after >= timeout:
        return Answered(LookupFailed(f"no answer within {timeout.total_seconds():g} s"), timeout.total_seconds())
    seconds = answer.after.total_seconds()
    match answer:
        case Row(row=row):
            return Answered(LookupFound(row), seconds)
        case Misses():
            return Answered(LookupMissing(), seconds)
        case Fails():
            return Answered(LookupFailed("as given"), seconds)
