"""What becomes of one try to deliver a submission."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Delivered:
    """Whoever it is for has it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It will never be taken as it is, whenever it is tried."""

    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """It was not taken this time."""

    reason: str
    is_away: bool = False
    """True when nobody was there: of any other submission to this place the same is true."""
    is_asked: bool = True
    """False when nobody was asked, since he has failed before: that is no try, and nothing is given up for it."""


Delivery: TypeAlias = Delivered | Refused | Failed
