"""What every event has, and every event of a channel."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated


@dataclass(frozen=True, slots=True, kw_only=True)
class AmiEvent:
    """Something that Asterisk says of itself."""

    at: Annotated[datetime | None, "Timestamp"] = None
    """By Asterisk's clock; None in lists, at a login, and without ``timestampevents = yes`` in manager.conf."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelEvent(AmiEvent):
    """Something that happens to a channel."""

    uniqueid: Annotated[str, "Uniqueid"]
    linkedid: Annotated[str, "Linkedid"] = ""
    """Of the call; empty where Asterisk knows none."""
