"""What a flow asks for, and what it is told: the whole contract between the engine and whoever carries a call.

Commands are imperative, replies are past tense. Each command's docstring names the replies that may follow. A caller
who hangs up is not a reply: the run is simply not resumed, and ``engine.Run.hang_up`` says how the call ended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from ivrctl.model.call import Ending
from ivrctl.model.utterance import Utterance
from ivrctl.model.values import Row, RowOrRows, Secret, Value


@dataclass(frozen=True, slots=True)
class Say:
    """Play prompts to the end. Followed by ``PromptEnded``, or by ``KeyPressed`` when ``is_cut_by_keys``."""

    utterances: tuple[Utterance, ...]
    is_cut_by_keys: bool
    notice: str = ""
    """The id of the notice that is said; empty for everything else."""


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

    @property
    def about(self) -> str:
        """What is asked, in words."""
        return f"lookup {self.lookup}"


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


@dataclass(frozen=True, slots=True)
class Identify:
    """Find out who is calling, by an identity method of the site.

    Followed by ``Identified``, ``NotIdentified``, ``IdentityLocked`` or ``IdentityUnavailable``. One that is asked
    again after a loss of the controller counts as another guess: a lock must not be outrun by crashes.
    """

    method: str
    """A name of the site's ``identity``, or ``caller-number``."""
    account: str | None
    """What the caller keyed to say who he is; None for a method that needs only his number."""
    pin: Secret | None
    """None for a method without one."""
    timeout: timedelta
    one_moment: Utterance
    """Heard once when the answer takes longer than a second."""

    @property
    def about(self) -> str:
        """What is asked, in words."""
        return f"identity {self.method}"


@dataclass(frozen=True, slots=True)
class Submit:
    """Hand something to a submission of the site, once. Followed by ``Submitted`` or ``SubmitFailed``."""

    submission: str
    """A name of the site's ``submissions``, or ``notice``."""
    params: Mapping[str, Value]
    key: str
    """With the leg it makes the idempotency key: the place and its visit, so that asking again does nothing twice."""
    timeout: timedelta
    one_moment: Utterance
    """Heard once when it takes longer than a second."""

    @property
    def about(self) -> str:
        """What is asked, in words."""
        return f"submission {self.submission}"


HandOff: TypeAlias = HandOffToQueue | HandOffToDial | HandOffToVoicemail
Question: TypeAlias = LookUp | Identify | Submit
"""What the service answers while the caller waits."""
Command: TypeAlias = Say | Ask | AwaitKey | Question | HandOff | Finish


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
class Identified:
    """The caller is known."""

    customer: Row
    """Of ``tier``, ``brand``, ``language`` and ``name`` those that are known; the others are none or missing."""
    keys: str = ""
    """Keys that the caller pressed meanwhile."""


@dataclass(frozen=True, slots=True)
class NotIdentified:
    """No such customer, or a wrong PIN: nobody is told which."""

    keys: str = ""


@dataclass(frozen=True, slots=True)
class IdentityLocked:
    """Too many wrong guesses for this account, from this caller, or at this site: nothing was compared."""

    until: datetime
    """When another guess is taken; aware."""
    sort: str = "account"
    """What is locked longest: ``account``, ``caller`` or ``site``."""
    keys: str = ""


@dataclass(frozen=True, slots=True)
class IdentityUnavailable:
    """Nobody could say in time who it is."""

    reason: str
    keys: str = ""


@dataclass(frozen=True, slots=True)
class Submitted:
    """It is kept for good, and goes out even if everything stops now."""

    keys: str = ""


@dataclass(frozen=True, slots=True)
class SubmitFailed:
    """It could not be kept."""

    reason: str
    keys: str = ""


@dataclass(frozen=True, slots=True)
class HandedBack:
    """The dialplan is back from an application."""

    outcome: str
    """In the language's words: ``answered``, ``timed_out``, ``key_1``, ``no_answer``, ``recorded`` …"""
    handoff: str = ""
    """Its id, such as ``voicemail-3``: the engine knows it, who brings the outcome leaves it out."""


Answer: TypeAlias = (
    LookupFound
    | LookupMissing
    | LookupFailed
    | Identified
    | NotIdentified
    | IdentityLocked
    | IdentityUnavailable
    | Submitted
    | SubmitFailed
)
"""Of a ``Question``; each has the keys that were pressed meanwhile."""
Reply: TypeAlias = PromptEnded | KeyPressed | KeysTimedOut | Answer | HandedBack
