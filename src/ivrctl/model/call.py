"""How a call ended, what happened on the way, and its record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ivrctl.model.values import Value


class Ending(StrEnum):
    """How a call ended, seen from the caller's wish: the self-service share and the refusals are counted from it."""

    SERVED = "served"
    UNSERVED = "unserved"
    REFUSED = "refused"
    ABANDONED = "abandoned"
    """The caller hung up before the flow had come to an end."""
    FALLBACK = "fallback"
    """The controller refused the call, or an action could not be carried out: the dialplan's fallback leg took over."""


@dataclass(frozen=True, slots=True)
class TraceEntry:
    """One thing that happened in a call, for the transcript, the path and the coverage."""

    at: float
    """Seconds since the call began."""
    place: str
    """``flow/step[index]`` of the action, such as ``account/balance[1]``."""
    event: str
    """What it was, as one word: ``step``, ``says``, ``key``, ``lookup``, ``hand-off``, ``outcome``, ``end``."""
    detail: str = ""
    """The written text, the key, the outcome: never a secret."""


@dataclass(frozen=True, slots=True)
class CallRecord:
    """What is kept of a call when it has ended."""

    leg: str
    uniqueid: str
    ani: str
    dnis: str
    version: str
    """The content hash of the site that the call ran on."""
    began_at: datetime
    ended_at: datetime
    ending: Ending
    reason: str
    path: tuple[str, ...]
    """The steps in the order walked, ``flow/step``."""
    fields: Mapping[str, Value]
    trace: tuple[TraceEntry, ...]
