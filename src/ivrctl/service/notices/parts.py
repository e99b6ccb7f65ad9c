"""What notices are made with: ``notices`` says how."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from ivrctl.adapters.notice_ledger import NoticeLedger
from ivrctl.adapters.prompts.notice_files import NoticeFiles
from ivrctl.flow.program import Program
from ivrctl.model.notice_board import Change
from ivrctl.model.off_peak import OffPeak
from ivrctl.model.utterance import Utterance

AHEAD = timedelta(minutes=10)
"""How long before the end its author is told, where the site does not say."""


class Sounds(Protocol):
    """What makes the words of notices heard."""

    async def sound_of(self, utterances: Sequence[Utterance]) -> bytes:
        """The PCM of static utterances, one after the other; they are kept for the calls that say them."""


@dataclass(frozen=True, slots=True)
class NoticeParts:
    """What notices are made with."""

    program: Callable[[], Program]
    """The version of the site that serves."""
    ledger: NoticeLedger
    files: NoticeFiles
    sounds: Sounds | None
    """None where no voice is to be had: then words are spoken by the next controller."""
    clock: Callable[[], datetime]
    """Aware."""
    on_change: Callable[[Change], None]
    """Told of every change that this process has made."""
    on_fault: Callable[[str], None]
    """Told of what went wrong behind an acknowledgement: a sentence."""
    tell_author: Callable[[Change], Awaitable[None]] | None = None
    """Hands on that a notice ends soon, or has ended; asked again with the same change, it tells once."""
    off_peak: Callable[[], OffPeak | None] | None = None
    """The next quiet time, by the forecast; left out in a process that forecasts nothing itself."""
    ahead: Callable[[], timedelta] = lambda: AHEAD
    """How long before the end an author is told."""
