"""What lookups answer in a scenario: what ``given`` says, when it says it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from ivrctl.flow.commands import LookupFailed, LookupFound, LookupMissing
from ivrctl.testkit.scenario import Fails, Given, Misses, Row

LookupReply: TypeAlias = LookupFound | LookupMissing | LookupFailed


@dataclass(frozen=True, slots=True)
class Answered:
    """A lookup's answer, and how long it took to come."""

    reply: LookupReply
    seconds: float


def given_answer(given: Given, name: str, timeout: timedelta, on_fault: Callable[[str], None]) -> Answered:
    """The answer that a scenario gives to a lookup, within the deadline of the one who asks.

    Args:
        given: what the scenario says.
        name: of the lookup.
        timeout: after this, there is no answer.
        on_fault: told of a lookup that the scenario does not speak of: it fails, and so does the scenario.
    """
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
