"""What became of something that was posted to an interface."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Delivered:
    """It has been taken: the interface answered with a status of 200 to 299."""


@dataclass(frozen=True, slots=True)
class Refused:
    """It will never be taken as it is: the interface answered so, and to send it again changes nothing."""

    reason: str
    """In words, without anything that the interface said; in a log it stands behind its name."""


@dataclass(frozen=True, slots=True)
class Failed:
    """It may have been taken or not: send it again later, with the same ``Idempotency-Key``."""

    reason: str
    """The same."""


Delivery: TypeAlias = Delivered | Refused | Failed
