"""What is said to a caller, before anybody decides with which voice or from which file.

An utterance is one language and a run of parts: fixed words as the flow's author wrote them, and values with the
format in which they are to be spoken. Its ``written`` form is what scenarios and transcripts show; how it is *spoken*
belongs to the speech package.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import TypeAlias

from ivrctl.model.values import Scalar, Value


@dataclass(frozen=True, slots=True)
class Said:
    """A value and the format in which it is spoken, such as ``120.50`` as ``money``."""

    format: str
    value: Scalar

    @property
    def written(self) -> str:
        """The one written form of the value; of a masked one only the end, since transcripts are kept."""
        if self.is_recording:
            return UNWRITTEN
        text = write(self.value)
        return f"***{masked_end(text)}" if self.format == MASKED else text

    @property
    def is_recording(self) -> bool:
        """True when the value names what a caller has spoken, which is played."""
        return self.format == RECORDING


MASKED = "masked"
"""The format of which only the end is said and written."""
RECORDING = "recording"
"""The format that plays a recording."""
UNWRITTEN = "(recording)"
"""Stands for a recording of which nobody has written what it says."""
_SHOWN = 4
"""Characters at the end of a masked text: enough to know one's own number, too few to call another's."""
_HIDDEN = 4
"""Characters that a masked text always hides."""


def masked_end(text: str) -> str:
    """The end of a text that may be known; empty for one that is too short to hide the rest of it."""
    compact = "".join(text.split())
    return compact[max(_HIDDEN, len(compact) - _SHOWN) :]


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording that is heard as it is, such as a notice that was spoken by telephone."""

    folder: SoundFolder
    file: str
    """Below the folder, without its ending."""
    written: str
    """What it says, as far as somebody wrote it down: the voice says that in its place when the file is broken."""


class SoundFolder(StrEnum):
    """Where a recording lies."""

    NOTICES = "notices"
    """Among the prompts, in a folder of its own: made by ivrctl, heard by any call."""
    MESSAGES = "messages"
    """Where Asterisk records: what a caller has spoken in this very leg."""


Part: TypeAlias = str | Said | Sound


@dataclass(frozen=True, slots=True)
class Utterance:
    """One prompt in one language: fixed words, values (``Said``) and recordings (``Sound``), in their order."""

    language: str
    parts: tuple[Part, ...]

    @property
    def written(self) -> str:
        """The text with every value in its one written form, such as ``您的余额是120.50。``."""
        return "".join(map(_written, self.parts))

    @property
    def is_static(self) -> bool:
        """True when nothing in it depends on the call, so that one file serves every call."""
        return all(isinstance(part, str) for part in self.parts)

    @property
    def has_recording(self) -> bool:
        """True when something in it is played as it was recorded."""
        return any(map(_is_recording, self.parts))


def _written(part: Part) -> str:
    match part:
        case str():
            return part
        case Said():
            return part.written
        case Sound():
            return part.written or UNWRITTEN


def apart(utterance: Utterance) -> tuple[Utterance, ...]:
    """An utterance with recordings as several: each recording, which is a file of its own, and the words between.

    What stands there without a word, such as the full stop behind a recording, is left out.
    """
    if not utterance.has_recording:
        return (utterance,)
    runs: list[list[Part]] = [[]]
    for part in utterance.parts:
        if _is_recording(part):
            runs += [[part], []]
        else:
            runs[-1].append(part)
    return tuple(Utterance(utterance.language, tuple(run)) for run in runs if any(map(_can_be_heard, run)))


def _is_recording(part: Part) -> bool:
    return isinstance(part, Sound) or (isinstance(part, Said) and part.is_recording)


def _can_be_heard(part: Part) -> bool:
    return not isinstance(part, str) or any(character.isalnum() for character in part)


def in_one_breath(language: str, *spoken: tuple[Part, ...]) -> Utterance:
    """Several texts of one language said one after the other, with a space where the writing of a language has one.

    Chinese punctuation is wide and takes none.
    """
    parts: list[Part] = []
    for said in spoken:
        if parts and said and isinstance(parts[-1], str) and parts[-1][-1:].isascii() and not parts[-1][-1:].isspace():
            parts.append(" ")
        parts.extend(said)
    return Utterance(language, tuple(parts))


def write(value: Value) -> str:
    """The one written form of a value: ``120.50``, ``2026-02-24``, ``2026-02-24 08:00``, ``yes``, ``90s``.

    Rows and lists have none: a row is shown field by field.
    """
    match value:
        case str():
            return value
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case Decimal():
            return format(value, "f")
        case datetime():
            return value.strftime("%Y-%m-%d %H:%M")
        case date():
            return value.isoformat()
        case timedelta():
            return f"{value.total_seconds():g}s"
        case _:
            raise TypeError(f"a {type(value).__name__} has no written form")
