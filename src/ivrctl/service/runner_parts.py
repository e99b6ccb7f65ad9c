"""What a runner of calls works with: ``call_runner`` says how."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from ivrctl.flow.engine import Observer
from ivrctl.flow.program import Program
from ivrctl.model.call import CallRecord, TraceEntry
from ivrctl.model.notice import Notice
from ivrctl.model.off_peak import OffPeak
from ivrctl.model.queue_facts import QueueFactsByName
from ivrctl.service.answering import Answers
from ivrctl.service.prompting import Prompts


class Journal(Protocol):
    """Where the positions of open legs are kept."""

    def record(self, leg: str, position: Mapping[str, Any]) -> None:
        """Keep the newest position of a leg."""

    def close_leg(self, leg: str) -> None:
        """The leg is over and is never resumed."""

    def find(self, leg: str) -> dict[str, Any] | None:
        """The newest position of a leg that is not over."""

    def has_ended(self, leg: str) -> bool:
        """Whether a leg that stood here is over."""


class Versions(Protocol):
    """The versions of a site."""

    @property
    def current(self) -> Program:
        """The version on which new calls run."""

    def program(self, version: str) -> Program | None:
        """The version that a position names, or None when its sources are gone."""


@dataclass(frozen=True, slots=True)
class RunnerParts:
    """What a runner works with."""

    versions: Versions
    answers: Callable[[Program], Answers]
    """Who answers the questions of flows, for one version of the site."""
    prompts: Prompts
    journal: Journal
    on_record: Callable[[CallRecord], None]
    """Told of every call that has ended."""
    on_fault: Callable[[str, str], None]
    """Told of what went wrong in a leg: the leg, and a sentence."""
    clock: Callable[[], datetime]
    """Aware."""
    seconds: Callable[[], float] = time.monotonic
    """A steady clock; simulated time gives its own."""
    told_within: float = 5.0
    """Seconds in which the dialplan says of a caller who has left a flow where he is."""
    is_stored_later: bool = False
    """True when whoever is told of a record closes the leg in the journal, once the record is stored."""
    notices: Callable[[], Sequence[Notice]] = tuple
    """Those that are announced now or later, in the order in which they are heard."""
    queues: Callable[[], QueueFactsByName] = dict
    """What is known of the queues now."""
    off_peak: Callable[[], OffPeak | None] = lambda: None
    """The next quiet time, by the forecast."""
    on_queue: Callable[[str, str, str], None] = lambda _uniqueid, _line, _tier: None
    """Told of every caller whom a flow hands to a queue: the channel, the number that he dialled, his tier."""
    on_trace: Callable[[str, Sequence[TraceEntry]], None] = lambda _leg, _entries: None
    """Told of what happens in a leg, as it happens: the leg, and its new entries."""
    observer: Observer | None = None
    """Told of every action that a flow walks, and how it ended; nobody by default."""
