"""What can happen where a call waits: keys, an answer, a way back from a hand-off, a hang-up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from ivrctl.flow.commands import Answer

SILENCE = ""
"""What a caller keys who keys nothing."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a question is answered."""

    reply: Answer
    telling: tuple[str, ...] = ()
    """The fields of its row on which something depends."""


@dataclass(frozen=True, slots=True)
class Keyed:
    """How a caller keys at one input, from its first question until it is done with him.

    He does the same whenever the same thing is asked: whoever keys wrongly does so at every try.
    """

    groups: tuple[str, ...]
    """For each different question what he keys, ``SILENCE`` for nothing; the last one for all further questions."""
    then: Answered | None = None
    """What is answered of what he has keyed, where the same action asks whether it is right."""


@dataclass(frozen=True, slots=True)
class CameBack:
    """With what a queue, a dial or a voicemail hands the call back."""

    outcome: str


@dataclass(frozen=True, slots=True)
class HungUp:
    """The caller hangs up."""


Choice: TypeAlias = Keyed | Answered | CameBack | HungUp
