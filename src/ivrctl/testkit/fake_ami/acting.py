"""What becomes of an action on a member: every fault that there is."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto
from typing import Protocol, runtime_checkable


class Answering(Enum):
    """What becomes of an action on a member."""

    AT_ONCE = auto()
    """It is carried out and answered."""
    LATE = auto()
    """It is carried out, and answered when ``answer_late`` says so."""
    TWICE = auto()
    """It is carried out, and answered twice."""
    NEVER = auto()
    """It is carried out, and not answered."""
    UNREAD = auto()
    """Nothing is done and nothing said, until ``answer_late`` says so."""
    REFUSED = auto()
    """The user has not the right."""
    CUT_BEFORE = auto()
    """The session ends before it is read."""
    CUT_BEHIND = auto()
    """It is carried out, and the session ends before the answer."""


@runtime_checkable
class Acting(Protocol):
    """A centre whose members come and go by actions: an ``AppQueue``."""

    def acted(self, action: Mapping[str, str]) -> tuple[str, bytes]:
        """Asterisk's sentence, empty where it is carried out; and the events that it makes."""
