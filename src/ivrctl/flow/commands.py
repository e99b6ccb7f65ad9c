"""What a flow asks for, and what it is told: the whole contract between the engine and whoever carries a call.

Commands are imperative, replies are past tense. Each command's docstring names the replies that may follow. A caller
who hangs up is not a reply: the run is simply not resumed, and ``engine.Run.hang_up`` says how the call ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias

from ivrctl.model.call import Ending
from ivrctl.model.utterance import Utterance
from ivrctl.model.values import RowOrRows, Value


@dataclass(frozen=True, slots=True)
class Say:
    """Play prompts to the end. Followed by ``PromptEnded``, or by ``KeyPressed`` when ``is_cut_by_keys``."""

    utterances: tuple[Utterance, ...]
    is_cut_by_keys: bool


@dataclass(frozen=True, slots=True)
class Ask:
    """Play prompts and wait for a first key, which cuts them. Followed by ``KeyPressed`` or ``KeysTimedOut``."""

    utterances: tuple[Utterance, ...]
    first_digit: timedelta
    """How long to wait after the prompts have ended."""
    is_secret: bool = False
    """True: nobody writes down which key it is."""


@dataclass(frozen=True, slots=True)
class AwaitKey:
    """Wait for one more key. Followed by ``KeyPressed`` or ``KeysTimedOut``."""

    between: timedelta
    is_secret: bool = False
    """True: nobody writes down which key it is."""


@dataclass(frozen=True, slots=True)
class LookUp:
    """Ask a lookup of the site. Followed by ``LookupFound``, ``LookupMissing`` or ``LookupFailed``."""

    lookup: str
    params: Mapping[str, Value]
    timeout: timedelta
    one_moment: Utterance
    """Heard once when the answer takes longer than a second."""


@dataclass(frozen=True, slots=True)
class HandOffToQueue:
    """Leave the call to the dialplan for app_queue. Followed by ``HandedBack``, perhaps in another process."""

    queue: str
    wait: timedelta | None
    """After this the call comes back as ``timed_out``; None waits for as long as the queue lets it."""
    priority: int
    place: int | None = None
    """The place at which he left it before, to be taken again; None is the end of the queue."""


@dataclass(frozen=True, slots=True)
class HandOffToDial:
    """Leave the call to the dialplan for app_dial. Followed by ``HandedBack``, perhaps in another process."""

    extension: str
    dial_string: str
    ring: timedelta


RECORDED = "recorded"
"""The outcome of a voicemail that has kept a message, also of a caller who ended it by hanging up."""


@dataclass(frozen=True, slots=True)
class HandOffToVoicemail:
    """Leave the call to the dialplan for app_record. Followed by ``HandedBack``, perhaps in another process."""

    box: str
    longest: timedelta
    shortest: timedelta
    """What is shorter comes back as ``too_short``."""


@dataclass(frozen=True, slots=True)
class Finish:
    """End the call. Nothing follows."""

    ending: Ending
    reason: str = ""


HandOff: TypeAlias = HandOffToQueue | HandOffToDial | HandOffToVoicemail
Command: TypeAlias = Say | Ask | AwaitKey | LookUp | HandOff | Finish


@dataclass(frozen=True, slots=True)
class PromptEnded:
    """The prompts were heard to their end."""


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """The caller pressed a key."""

    key: str


@dataclass(frozen=True, slots=True)
class KeysTimedOut:
    """No key came in time."""


@dataclass(frozen=True, slots=True)
class LookupFound:
    """The lookup has an answer."""

    row: RowOrRows
    """The row; the rows, at least one, where the lookup is declared with ``rows``."""
    keys: str = ""
    """Keys that the caller pressed meanwhile."""


@dataclass(frozen=True, slots=True)
class LookupMissing:
    """The lookup answered that there is no such row."""

    keys: str = ""


@dataclass(frozen=True, slots=True)
class LookupFailed:
    """The lookup did not answer in time, or not as declared."""

    reason: str
    keys: str = ""


@dataclass(frozen=True, slots=True)
class HandedBack:
    """The dialplan is back from an application."""

    outcome: str
    """In the language's words: ``answered``, ``timed_out``, ``key_1``, ``no_answer``, ``recorded`` …"""


Reply: TypeAlias = PromptEnded | KeyPressed | KeysTimedOut | LookupFound | LookupMissing | LookupFailed | HandedBack
