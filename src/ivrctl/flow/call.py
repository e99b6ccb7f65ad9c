"""What a running action sees of its call: names, language, the site, and the keys typed ahead.

A ``Call`` lives for one action. What it changes (keys taken from the type-ahead buffer) reaches the position only when
the action ends: an action that is cut starts again from the position before it.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from ivrctl.flow.position import Position
from ivrctl.flow.scope import READ_ONLY, Signature
from ivrctl.model.notice import Notice
from ivrctl.model.off_peak import OffPeak
from ivrctl.model.queue_facts import NOTHING_KNOWN, UNKNOWN, QueueFactsByName
from ivrctl.model.utterance import Utterance
from ivrctl.model.values import Value
from ivrctl.site.site_file import Site
from ivrctl.site.text import Text


class Facts(Protocol):
    """What a flow may ask for and that is not its own: the time, the notices, and the queues. ``World`` says more."""

    @property
    def now(self) -> datetime: ...  # noqa: D102 - as of World

    @property
    def notices(self) -> Sequence[Notice]: ...  # noqa: D102 - as of World

    @property
    def queues(self) -> QueueFactsByName: ...  # noqa: D102 - as of World

    @property
    def off_peak(self) -> OffPeak | None: ...  # noqa: D102 - as of World


@dataclass(frozen=True, slots=True)
class World:
    """Facts that are known before anybody asks."""

    now: datetime
    """Aware."""
    notices: Sequence[Notice] = ()
    """Those that are announced at this time or later, in the order in which they are heard."""
    queues: QueueFactsByName = field(default_factory=lambda: NOTHING_KNOWN)
    """By name; a queue that is not there is one of which nothing is known."""
    off_peak: OffPeak | None = None
    """The next quiet time, by the forecast; None where nothing is forecast."""


@dataclass(slots=True)
class Call:
    """One action's view of its call."""

    site: Site
    position: Position
    world: Facts
    barges: bool
    """True when keys cut this action's prompts."""
    named: Container[str] = frozenset()
    """The outcomes that the action's ``then`` names."""
    flows: Mapping[str, Signature] = field(default_factory=dict)
    typed: str = ""
    """Keys pressed before anybody asked; an input takes its first keys from here."""
    language: str = ""
    is_language_known: bool = False
    customer: Mapping[str, Value] = field(default_factory=dict)
    """What is known of the caller once somebody has verified who he is."""
    regions: frozenset[str] = frozenset()
    """Those of his number, and those that the directory says of him once he is verified."""
    heard: tuple[str, ...] = ()
    """The notices that he has heard, by their ids."""

    def __post_init__(self) -> None:
        """Begin with what the position holds."""
        self.typed = self.position.typed
        self.language = self.position.language
        self.is_language_known = self.position.is_language_known
        self.customer = self.position.customer
        self.regions = self.position.regions
        self.heard = self.position.heard

    def say(self, text: Text) -> Utterance:
        """A text in the caller's language, with the values of this call."""
        return text.say(self.language, self)

    def value_of(self, path: tuple[str, ...]) -> Value:
        """The value of a dotted name; the checker saw to it that the name exists."""
        head, fields = path[0], path[1:]
        if head in READ_ONLY:
            value, fields = self._read_only(head, fields)
        else:
            value = self.position.frame.names.get(head)
        for name in fields:
            value = value.get(name) if isinstance(value, Mapping) else None
        return value

    def _read_only(self, head: str, rest: tuple[str, ...]) -> tuple[Value, tuple[str, ...]]:
        """The value of a name that is not the flow's own, and what of its path has not been followed."""
        position = self.position
        match head:
            case "visits":
                return Decimal(position.visits.get(f"{position.frame.flow}/{position.frame.step}", 0)), rest
            case "now":
                return self._local_time(), rest
            case "today":
                return self._local_time().date(), rest
            case "hours":
                return self._hours(*rest), ()
            case "queues":
                return self.world.queues.get(rest[0], UNKNOWN).get(rest[1]), ()
            case _:
                return self._in_namespace(head, rest[0]), rest[1:]

    def _local_time(self) -> datetime:
        return self.world.now.astimezone(self.site.zone)

    def _hours(self, name: str, question: str) -> Value:
        hours, now = self.site.hours[name], self._local_time()
        return hours.is_open(now) if question == "is_open" else hours.next_opening(now)

    def _of_caller(self, name: str) -> Value:
        match name:
            case "number":
                return self.position.caller
            case "regions":
                return self.regions
            case _:
                return self.customer.get(name)

    def _in_namespace(self, namespace: str, name: str) -> Value:
        if namespace == "caller":
            return self._of_caller(name)
        if namespace == "settings":
            return self.site.settings[name].value
        match name:
            case "line":
                return self.position.line
            case "language":
                return self.language
            case _:
                return self.position.fields.get(name)
