"""What a simulated day is made of: who calls, who works, how queues are set. Times in seconds from its start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from math import inf
from types import MappingProxyType

from ivrctl.acd.service_level import Rule


class Strategy(StrEnum):
    """Who of those with the lowest penalty is rung (``strategy`` of queues.conf)."""

    RINGALL = "ringall"
    LEASTRECENT = "leastrecent"
    FEWESTCALLS = "fewestcalls"
    RANDOM = "random"
    RRMEMORY = "rrmemory"
    RRORDERED = "rrordered"
    LINEAR = "linear"
    WRANDOM = "wrandom"


@dataclass(frozen=True, slots=True)
class QueueModel:
    """One queue, as queues.conf sets it."""

    name: str
    strategy: Strategy = Strategy.RINGALL
    ring_for: float = 15.0
    """Seconds that a phone rings (``timeout``)."""
    retry: float = 5.0
    """Seconds before the next attempt, when nobody has answered."""
    wrap_up: float = 0.0
    """Seconds that a member is left alone after a talk (``wrapuptime``)."""
    limit: int = 0
    """The most callers who may wait (``maxlen``); 0 for no limit."""
    weight: int = 0
    """Of two queues with a free member in common, the one with more weight is served first."""
    longest_wait: float = inf
    """Seconds after which the flow takes a caller out of the queue: he is ``timed_out``."""
    join_empty: bool = False
    """He joins though nobody is there who does not pause (``joinempty = yes``); else he is ``refused``."""
    leave_when_empty: bool = True
    """He leaves when nobody is there any more, pausing or not (``leavewhenempty``)."""
    looks_every: float = 1.0
    """Seconds between two looks of a waiting caller whether it is his turn: app_queue's. With 0 he is rung for at the
    moment in which somebody is free, as formulas suppose."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Somebody who joins a queue."""

    at: float
    queue: str
    patience: float
    """Seconds that he waits before he hangs up; infinite for one who never does."""
    talk: float
    """Seconds that he talks, once he is answered."""
    priority: int = 0
    """Higher ones stand before lower ones (``QUEUE_PRIO``)."""
    tier: str = ""
    """The customer's; empty where it is not known."""


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which somebody pauses."""

    began: float
    ended: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Shift:
    """A time in which somebody is at work."""

    began: float
    ended: float
    pauses: tuple[Pause, ...] = ()
    """Inside it, in order, none touching another."""


@dataclass(frozen=True, slots=True)
class SimulatedAgent:
    """Somebody who answers, or may be called in."""

    number: str
    """As in the site file."""
    interface: str
    penalties: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    """His daily work: his penalty by queue. Empty for one who is only called in."""
    shifts: tuple[Shift, ...] = ()
    """When he is signed on in those queues; in order, none touching another."""
    on_call: tuple[Shift, ...] = ()
    """When he is available for backup; pauses in it do not count."""
    answers: float = 1.0
    """The share of rings that he answers, 0 to 1."""
    answers_after: float = 3.0
    """Seconds of ringing before he does."""
    comes_when_asked: float = 1.0
    """The share of questions to end his pause that he follows."""
    comes_after: float = 60.0
    """Seconds until he does."""


@dataclass(frozen=True, slots=True)
class Day:
    """All that happens from outside."""

    name: str
    begins: datetime
    """The moment of second 0, aware, in the site's time zone: floors of the calendar go by it."""
    lasts: timedelta
    """Who waits at its end is served on; nobody joins any more."""
    queues: tuple[QueueModel, ...]
    agents: tuple[SimulatedAgent, ...]
    arrivals: tuple[Arrival, ...]
    """In the order of their times."""
    rule: Rule = field(default_factory=Rule)
    """By which service levels are judged: the site's."""
    promises: Mapping[str, timedelta] = field(default_factory=lambda: MappingProxyType({}))
    """By tier of customers: within this a caller is to be answered."""
    shortfall: tuple[tuple[float, float], ...] = ()
    """From which second on how many people are missing by the forecast; empty where nothing is forecast."""
    assumed: tuple[str, ...] = ()
    """What was not known of the day and had to be assumed, in sentences for whoever reads the result."""
