"""What the questions of a flow are answered in a scenario: what ``given`` says, when it says it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never

from ivrctl.flow.commands import (
    Answer,
    Identify,
    IdentityUnavailable,
    LookUp,
    LookupFailed,
    LookupFound,
    LookupMissing,
    Question,
    Submit,
    SubmitFailed,
    Submitted,
)
from ivrctl.testkit.scenario import Fails, Given, Misses, Row


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
        case Identify(method=method):
            on_fault(f"the flow verifies by {method}, and given says nothing of it")
            return Answered(IdentityUnavailable("nothing is given for it"), 0.0)
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
