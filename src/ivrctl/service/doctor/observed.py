"""What was seen of a PBX, and what the site expects of it: values for the judges.

``None`` means that it could not be seen; why stands in ``Observed.notes``. What was seen and is not there is empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Expected:
    """What the site, and the place where its controller runs, expect."""

    host: str
    """Where AMI is looked for."""
    port: int
    user: str
    """The controller's AMI user."""
    queues: Mapping[str, tuple[str, ...]]
    """The queues that the site names, with the keys that leave them."""
    prompts: Path
    """Where we write prompts."""
    prompts_seen: str
    """The same folder, as the site says that Asterisk sees it."""
    spool: Path
    spool_seen: str
    extensions: Mapping[str, str] = field(default_factory=dict)
    """The numbers and patterns that the site dials, and how: ``{"_81XX": "PJSIP/{extension}"}``."""
    has_voicemail: bool = False
    """Whether the site names boxes for messages, which the dialplan records."""
    agents: frozenset[Entry] = frozenset()
    """The dialplan of the site's agents; empty for a site that names none."""
    agi: str = "127.0.0.1:4573"
    """Where the controller listens, or would."""
    site_file: str = "ivrctl.yaml"
    sends_messages: bool = False
    """Whether the site has texts sent to the phones of backup staff."""


@dataclass(frozen=True, slots=True)
class LoginSeen:
    """One AMI user: whether he got in, and what he is."""

    user: str
    fault: str | None = None
    """Why not."""
    commands: frozenset[str] = frozenset()
    """The actions that he may take."""
    events: frozenset[str] = frozenset()
    """The kinds of events that he was sent, the probe call's among them."""


@dataclass(frozen=True, slots=True)
class MemberSeen:
    """A member of a queue."""

    interface: str
    state_interface: str
    membership: str
    """``static``, ``dynamic`` or ``realtime``."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One priority of the dialplan."""

    context: str
    extension: str
    application: str
    arguments: str


INCLUDE = "include"
"""The application of an entry that stands for an included context, which its arguments name."""


@dataclass(frozen=True, slots=True)
class PlaybackSeen:
    """How a file was played on Asterisk's side."""

    status: str
    """PLAYBACKSTATUS."""
    seconds: float
    """From its beginning to its end."""
    expected: float
    """How long the file is."""
    fault: str | None = None
    """Why the file could not even be written."""


@dataclass(frozen=True, slots=True)
class ProbeSeen:
    """What came of the probe call."""

    agi_status: str | None = None
    """AGISTATUS; ``SILENT`` for a program that never answered; None when the call did not come so far."""
    agi_next: str = ""
    """IVRCTL_NEXT after it."""
    is_ours: bool | None = None
    """Whether this site's controller says that it answered; None when none runs."""
    fallback_bytes: int = 0
    """The size of our file where IVRCTL_PROMPTS points; 0 when it is not there, as STAT() says it."""
    prompts: PlaybackSeen | None = None
    spool: PlaybackSeen | None = None
    ahead: float | None = None
    """Seconds that Asterisk's clock is ahead of ours; negative: behind."""


Setting = tuple[str, str, str]
"""File, section and name."""


@dataclass(frozen=True, slots=True)
class Observed:
    """All that was seen."""

    is_reached: bool
    """Whether AMI answers."""
    fault: str = ""
    """Why it does not."""
    controller: LoginSeen | None = None
    doctor: LoginSeen | None = None
    """None: nobody said as whom to look."""
    version: str | None = None
    system: str = ""
    modules: Mapping[str, bool] | None = None
    settings: Mapping[Setting, str] | None = None
    """Those that were asked for; one that stands nowhere is empty."""
    globals: Mapping[str, str] = field(default_factory=dict)
    """The dialplan's, as they are now, of those that ours needs."""
    dialplan: tuple[Entry, ...] | None = None
    queues: Mapping[str, tuple[MemberSeen, ...]] | None = None
    """Every queue with its members."""
    endpoints: Mapping[str, str] | None = None
    """Every PJSIP endpoint with the codecs that it allows, such as ``(alaw|ulaw)``."""
    probe: ProbeSeen | None = None
    """None: it was not placed."""
    is_controller_running: bool = False
    """Whether a controller of this site answers on this machine."""
    notes: tuple[str, ...] = ()

    @property
    def contexts(self) -> frozenset[str]:
        """The contexts of the dialplan that have an entry."""
        return frozenset(entry.context for entry in self.dialplan or ())

    def setting(self, file: str, section: str, name: str) -> str | None:
        """A setting as Asterisk's files say it; empty when it stands nowhere, None when nobody could look."""
        return None if self.settings is None else self.settings[file, section, name]
