"""The site file as frozen dataclasses: each class is the schema of its part of ``ivrctl.yaml``."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from ivrctl.lang.binder import Binder
from ivrctl.lang.marks import NameOf
from ivrctl.lang.schema import Schema, Schemas, form
from ivrctl.lang.source import MappingNode, Node, Span, Word
from ivrctl.lang.types import Type
from ivrctl.model.dial_pattern import NUMBER, DialPattern, best_match
from ivrctl.site.agents import Agent, AgentCodes, Profiles
from ivrctl.site.ami import Ami, Secret
from ivrctl.site.api import Api
from ivrctl.site.hours import Hours
from ivrctl.site.identity import Directory, Locks, Method
from ivrctl.site.interfaces import Interface
from ivrctl.site.kpi import KpiSettings
from ivrctl.site.lookups import Lookup
from ivrctl.site.notices import NoticeSettings
from ivrctl.site.regions import Region
from ivrctl.site.settings import Setting
from ivrctl.site.submissions import Submission
from ivrctl.site.text import Text
from ivrctl.site.tiers import Tier

IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,62}\Z")
"""Names of databases and lookups: safe as an Asterisk argument and in a dotted name."""

QUEUE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,62}\Z")
"""Names of queues: also numbers, as FreePBX names its own."""

KEY = re.compile(r"[0-9*#]\Z")
"""One key of a telephone."""


NOWHERE = Span("", 0, 0, 0, 0)
"""Where a part stands that the site file leaves out."""

MAX_ATTEMPTS = 10
"""Tries at one input: nobody listens to the same prompt more often."""

SHORTEST = (timedelta(seconds=1), timedelta(minutes=1))
"""What the shortest message of a box may be, at least and at most."""

KEY_WAIT = (timedelta(milliseconds=100), timedelta(minutes=5))
"""How long a caller may be given for a key, at least and at most."""


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """Where a database is: ``sqlite:operator.sqlite`` beside the site file, or ``postgresql://HOST/DATABASE``.

    A URL with a password in it is named: ``{env: BSS_URL}``, ``{file: …}``.
    """

    text: Word | None = None
    env: Word | None = None
    file: Word | None = None

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read a URL; one that carries a password is refused, since the site file is no place for it."""
        if isinstance(node, MappingNode):
            return cls._bind_reference(node, binder)
        text = binder.bind(Word, node)
        if re.search(r"://[^@]*:[^@]*@|[?&](ssl)?password=", text):
            advice = "write {env: NAME} or {file: PATH}"
            binder.refuse("IVR203", node.span, "a password stands in the site file", advice, hides_line=True)
        return cls(text=text)

    @classmethod
    def _bind_reference(cls, node: MappingNode, binder: Binder) -> Self:
        reference = binder.fields(_Reference, node)
        if (reference.env is None) == (reference.file is None):
            binder.refuse("IVR012", node.span, "a reference names either env or file", "write {env: NAME}")
        return cls(env=reference.env, file=reference.file)

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """A URL, or where it is."""
        return schemas.short_or(str, schemas.fields(_Reference))


@dataclass(frozen=True, slots=True)
class _Reference:
    env: Word | None = None
    """The environment variable that holds it."""
    file: Word | None = None
    """The file that holds it, and nothing else."""


@dataclass(frozen=True, slots=True)
class Database:
    """A database that lookups read."""

    url: DatabaseUrl
    """Where it is: ``sqlite:FILE``, the file beside the site file, or ``postgresql://HOST/DATABASE``. One that carries
    a password stays outside: ``{env: NAME}`` or ``{file: PATH}``."""
    span: Span


@dataclass(frozen=True, slots=True)
class Store:
    """The site's own database, for a site that does not keep it in its state folder.

    It holds the records of ended calls, the directory of customers, and the locks of accounts that somebody guesses at.
    """

    url: DatabaseUrl
    """Where it is, as for a database of lookups; ivrctl makes its tables, and adds to them at an upgrade."""
    span: Span


@dataclass(frozen=True, slots=True)
class Queue:
    """A queue of the PBX that flows may use; it must exist in ``queues.conf``, which is the PBX's own."""

    span: Span
    keys: tuple[Word, ...] = ()
    """Keys that leave the queue: app_queue has one exit context per queue, not per call."""
    code: Word | None = None
    """Digits that an agent dials behind the code of signing on or off, for this queue alone: ``*81*2`` for ``"2"``."""


@dataclass(frozen=True, slots=True)
class VoicemailBox:
    """Where callers leave messages: files in the recordings folder, which the call's record names."""

    span: Span
    shortest: timedelta = timedelta(seconds=2)
    """A message that is shorter is ``too_short``: somebody who hung up at the tone."""


@dataclass(frozen=True, slots=True)
class Numbering:
    """The numbering plan by which caller numbers are read."""

    country: Word
    """ISO 3166 code of the country whose national numbers come without a prefix."""
    spoken_as: Literal["national", "international"] = "national"
    """The form in which numbers go to databases, interfaces and submissions, and are read out: as they are dialled
    inside the country, ``07700900001``, or in E.164, ``+447700900001``. Those of other countries are E.164 in both."""


@dataclass(frozen=True, slots=True)
class SharedPrompts:
    """Texts that every flow shares."""

    no_input: Text
    """Heard after silence, before the question is asked again."""
    no_match: Text
    """Heard after a wrong key, or too few digits."""
    one_moment: Text
    """Heard when a lookup takes longer than a second."""
    fallback: Text
    """Heard in the dialplan's fallback leg, when the controller is away: a recorded apology."""
    confirm: Text | None = None
    """Reads back a number that was keyed, which is ``it``: ``You entered {it:digits}. If that is right press 1, to
    enter it again press 2.`` Needed where a ``collect`` says ``confirm: true``."""
    agents_only: Text | None = None
    """Heard by a caller from outside who dials a line that is for agents. Needed where there is such a line."""
    not_verified: Text | None = None
    """Heard by a caller whose account is not known or whose PIN is wrong, before he is asked again: nobody is told
    which. Needed where an identity method asks for something."""
    confirm_account: Text | None = None
    """Reads back the end of an account that was keyed, which is ``it``: ``Your number ends in {it:masked}. If that is
    right press 1, to enter it again press 2.`` Needed where an identity method says ``confirm: true``."""
    off_peak: Text | None = None
    """Heard behind a notice that advises to call at another time: ``You reach us soonest before ten.`` Needed when such
    a notice is made. It can say when the next quiet time begins and ends, by the forecast: ``You reach us soonest on
    {off_peak.begins:date} between {off_peak.begins:time} and {off_peak.ends:time}.``"""
    off_peak_otherwise: Text | None = None
    """Heard in its place where it says times and nothing is forecast; without it, nothing is."""


@dataclass(frozen=True, slots=True)
class Keying:
    """How long a caller has for his keys, and how often he may try."""

    span: Span = NOWHERE
    first_digit: timedelta = timedelta(seconds=5)
    """How long for the first key, from the end of the prompt."""
    between: timedelta = timedelta(seconds=3)
    """How long for each further key of a number."""
    attempts: int = 3
    """Tries at one menu or number, from 1 to 10."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What a caller is to be spared; a check tells where a flow asks for more."""

    span: Span = NOWHERE
    keys_to_person: int = 6
    """Keys that a caller presses at most to reach a person, from every line that asks for keys at all."""
    silence: timedelta = timedelta(seconds=10)
    """How long it may be silent while a caller waits for an answer of the machine, or the machine for his keys."""


@dataclass(frozen=True, slots=True)
class DialString:
    """How an extension is dialled, such as ``PJSIP/{extension}`` or ``Local/{extension}@from-internal/n``."""

    text: str
    span: Span

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read a technology and a resource: nothing that Dial() would take for an option or a second target."""
        text = binder.bind(Word, node)
        plain = text.replace("{extension}", "", 1)
        if not re.fullmatch(r"[A-Za-z0-9]+/[A-Za-z0-9_.@/-]*", plain) or text.endswith("/"):
            advice = "such as PJSIP/{extension} or Local/{extension}@from-internal/n"
            binder.refuse("IVR206", node.span, "a dial string is a technology and a resource", advice)
        return cls(str(text), node.span)

    @classmethod
    def json_schema(cls, _schemas: Schemas) -> Schema:
        """A technology and a resource."""
        return form("[A-Za-z0-9]+/[A-Za-z0-9_.@/{}-]+", "a dial string such as PJSIP/{extension}")

    def of(self, extension: str) -> str:
        """The dial string of one extension."""
        return self.text.replace("{extension}", extension)


@dataclass(frozen=True, slots=True)
class SeenFolder:
    """One folder, as this machine sees it and as Asterisk sees it (chroot, container, other host)."""

    ours: Word
    """Where ivrctl writes."""
    asterisk: Word
    """Where Asterisk reads the same files."""


@dataclass(frozen=True, slots=True)
class AsteriskFolders:
    """Where prompts lie for an Asterisk that is the site's own; the development PBX says so itself."""

    prompts: SeenFolder
    """Prompts that serve every call."""
    spool: SeenFolder
    """Prompts made for one call: on a tmpfs, since they may hold personal data."""
    recordings: SeenFolder | None = None
    """Where messages of callers are recorded: the folder that ``IVRCTL_RECORDINGS`` of the dialplan names, for a site
    whose flows play a message or make a notice of one."""
    ami: Ami = field(default_factory=Ami)
    """How AMI is reached."""


@dataclass(frozen=True, slots=True)
class Site:
    """One installation, as its ``ivrctl.yaml`` says."""

    site: Word
    """Its name."""
    time_zone: Word
    """Of ``today``, ``now`` and scenarios, such as ``Europe/Berlin``."""
    languages: tuple[Word, ...]
    """The first is the default; spoken are ``zh`` and ``en``."""
    currency: Word
    """In which money is said: a code of ISO 4217, such as ``EUR``."""
    numbers: Numbering
    """The numbering plan."""
    prompts: SharedPrompts
    """Texts that every flow shares; none but ``confirm`` holds a value."""
    span: Span
    voices: Mapping[str, Word] = field(default_factory=dict)
    """The synthesiser's voice per language, such as ``{zh: cmn}``."""
    databases: Mapping[str, Database] = field(default_factory=dict)
    """By a name of your choice."""
    http: Mapping[str, Interface] = field(default_factory=dict)
    """The site's HTTP interfaces, by a name of your choice: what lookups ask and submissions go to."""
    lookups: Mapping[str, Lookup] = field(default_factory=dict)
    """What flows may ask, by name."""
    submissions: Mapping[str, Submission] = field(default_factory=dict)
    """What flows may hand over for good, by name; ``notice`` is ivrctl's own."""
    at_end: Annotated[Word, NameOf("submissions")] | None = None
    """The submission that gets the record and the call fields of every call that has ended, also after a hang-up. Its
    params are named after what it is to get: a call field, or one of the names of a record, such as ``leg``, ``line``
    or ``ended_at``."""
    queues: Mapping[str, Queue] = field(default_factory=dict)
    """What flows may queue in, by the name that Asterisk's ``queues.conf`` has."""
    voicemail: Mapping[str, VoicemailBox] = field(default_factory=dict)
    """The boxes that flows may record messages for, by a name of your choice."""
    extensions: Mapping[str, DialString] = field(default_factory=dict)
    """Who can be dialled, and how: an extension, or a dialplan pattern such as ``_81XX``."""
    agents: Mapping[str, Agent] = field(default_factory=dict)
    """Who answers, by number: the extension of his phone, or a number of his own where he names an ``interface``."""
    profiles: Profiles = field(default_factory=dict)
    """Which queues several agents serve alike, each with its penalty, by a name of your choice:
    ``two-cities: {hangzhou: 0, jiaxing: 0}``. An agent takes one by ``profile``."""
    groups: Mapping[str, tuple[Annotated[Word, NameOf("agents")], ...]] = field(default_factory=dict)
    """Groups of agents, by a name of your choice: ``team-leaders: ["8103", "8104"]``."""
    pause_reasons: Mapping[str, Word] = field(default_factory=dict)
    """Why agents pause, each with the code that selects it: ``{break: "1", lunch: "2"}``."""
    agent_codes: AgentCodes = field(default_factory=AgentCodes)
    """What agents dial to sign on, sign off and pause."""
    call_fields: Mapping[str, Type] = field(default_factory=dict)
    """What goes with the call through flows and transfers and into its record: ``call.NAME``, and its type."""
    hours: Mapping[str, Hours] = field(default_factory=dict)
    """When desks are open: ``hours.NAME.is_open`` and ``hours.NAME.next_opening`` in flows."""
    tiers: Mapping[str, Tier] = field(default_factory=dict)
    """Tiers of customers, by a name of your choice: ``caller.tier`` is one of them."""
    brands: tuple[Word, ...] = ()
    """Brands of customers: ``caller.brand`` is one of them, where they are listed."""
    regions: Mapping[str, Region] = field(default_factory=dict)
    """Where callers are, by their number, and groups of such regions, by a name of your choice: ``caller.regions``."""
    directory: Directory | None = None
    """Where ``verify: {by: caller-number}`` finds customers; without it, in the site's own database."""
    identity: Mapping[str, Method] = field(default_factory=dict)
    """How callers say who they are, by a name of your choice; ``caller-number`` is there without being written."""
    locks: Locks = field(default_factory=Locks)
    """When guesses are taken no more, and for how long."""
    settings: Mapping[str, Setting] = field(default_factory=dict)
    """Values that flows read as ``settings.NAME``: what is changed here changes in every flow."""
    keying: Keying = field(default_factory=Keying)
    """How long a caller has for his keys; a menu or a number may say otherwise."""
    limits: Limits = field(default_factory=Limits)
    """What a caller is to be spared; a check tells where a flow asks for more."""
    kpi: KpiSettings = field(default_factory=KpiSettings)
    """How the figures of ``ivrctl kpi`` are reckoned."""
    store: Store | None = None
    """Where the site's own database is, with the records of ended calls and the customers; when left out, a SQLite file
    in the state folder."""
    pepper: Secret | None = None
    """Where the secret is with which PINs of customers are kept, such as ``{env: IVRCTL_PEPPER}``: what the database
    alone holds of a PIN is useless without it. A site that keeps PINs needs one, of 16 characters at least."""
    notices: NoticeSettings | None = None
    """Emergency notices: how their authors are told that one ends."""
    api: Api | None = None
    """Who may use the HTTP API over TCP."""
    asterisk: AsteriskFolders | None = None
    """Where prompts lie for an Asterisk that is not the development PBX."""

    @property
    def zone(self) -> ZoneInfo:
        """Its time zone, which was checked to exist."""
        return ZoneInfo(self.time_zone)

    @property
    def default_language(self) -> str:
        """The language of a call until it is known."""
        return self.languages[0]

    def dial_string(self, extension: str) -> str | None:
        """How an extension is dialled; None for a number that is no extension of this site."""
        if not NUMBER.match(extension):
            return None
        key = best_match(_sound_patterns(self.extensions), extension)
        return None if key is None else self.extensions[key].of(extension)


def _sound_patterns(keys: Iterable[str]) -> dict[str, DialPattern]:
    """The keys that are numbers or patterns; a site with another one has a finding, and is asked all the same."""
    patterns = {}
    for key in keys:
        with contextlib.suppress(ValueError):
            patterns[key] = DialPattern.parse(key)
    return patterns
