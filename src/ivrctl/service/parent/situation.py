"""What the parent process knows, what can happen to it, and what it can do: values only.

Events are past tense, actions imperative; ``decide`` turns the one into the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Periods:
    """How long the parent waits for what, in seconds."""

    ready_within: float = 30.0
    """From the start of a child to its ``ready``; a large site is loaded and its prompts are looked up meanwhile."""
    beat_within: float = 3.0
    """Between two beats. A child beats every 0.5 s, and a stalled one is to be replaced within 5 s."""
    drain: float = 60.0
    """For a child that was told to leave: what it still holds are turns of a flow, not conversations."""
    turn_away_after: float = 3.0
    """Without a child that accepts; a shorter gap is bridged by the backlog, a longer one by the dialplan's retry."""
    first_pause: float = 0.5
    """Before the second restart in a row; the first one comes at once."""
    longest_pause: float = 2.0
    """Between restarts: with a start of about a second, a caller whom the dialplan holds for 5 s is still there."""
    healthy_after: float = 10.0
    """A child that served so long clears the record of those before it."""


class Phase(StrEnum):
    """Where a child stands; see the module's picture."""

    STARTING = "starting"
    SERVING = "serving"
    DRAINING = "draining"
    """Told to leave: it accepts no more and ends by itself."""
    KILLED = "killed"


@dataclass(frozen=True, slots=True)
class Child:
    """One child process."""

    number: int
    phase: Phase
    since: float
    """When the phase began."""
    beat_at: float
    """When it was last heard of."""
    is_accepting: bool = False
    """True when it has said so; one that serves has done so anyway."""
    is_last: bool = False
    """True when nobody comes after it: it goes on accepting, and refuses callers politely, until it has left."""


@dataclass(frozen=True, slots=True)
class Situation:
    """All that the parent knows. Begin with ``Situation.at(now)``."""

    unserved_since: float | None
    """When the last child that accepted was lost; None while there is one."""
    start_at: float | None
    """When the next fresh start is due."""
    wake_at: float
    """When to decide again even if nothing happens."""
    children: tuple[Child, ...] = ()
    started: int = 0
    """Children ever started; the next one gets the number after it."""
    restarts: int = 0
    """Starts that the loss of a child made necessary."""
    deaths: int = 0
    """Deaths in a row, without a healthy time between them."""
    is_reload_wanted: bool = False
    is_turning_away: bool = False
    """True while waiting connections are accepted and closed."""
    exit_code: int | None = None
    """Set when the parent is to leave as soon as its children have."""

    @staticmethod
    def at(now: float) -> Situation:
        """The beginning: no child, and a first start due at once."""
        return Situation(unserved_since=now, start_at=now, wake_at=now)

    @property
    def is_over(self) -> bool:
        """True when the parent has nothing left to do but to exit with ``exit_code``."""
        return self.exit_code is not None and not self.children

    def in_phase(self, *phases: Phase) -> tuple[Child, ...]:
        """The children in these phases, the oldest first."""
        return tuple(child for child in self.children if child.phase in phases)


@dataclass(frozen=True, slots=True)
class ChildAccepting:
    """A child accepts calls, and serves soon."""

    number: int


@dataclass(frozen=True, slots=True)
class ChildReady:
    """A child serves from now on."""

    number: int


@dataclass(frozen=True, slots=True)
class ChildBeat:
    """A child's event loop turns."""

    number: int


@dataclass(frozen=True, slots=True)
class ChildMisconfigured:
    """A child cannot start with the configuration as it is; starting another would end the same way."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class ChildExited:
    """A child is gone."""

    number: int
    status: int
    """As ``subprocess`` has it: the exit status, or minus the signal that ended it."""


@dataclass(frozen=True, slots=True)
class StartFailed:
    """The host could not start a child: no memory, no program."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class ReloadAsked:
    """SIGHUP."""


@dataclass(frozen=True, slots=True)
class StopAsked:
    """SIGTERM or SIGINT; the second one is meant impatiently."""

    exit_code: int


@dataclass(frozen=True, slots=True)
class TimePassed:
    """``wake_at`` may have come."""


Event: TypeAlias = (
    ChildAccepting
    | ChildReady
    | ChildBeat
    | ChildMisconfigured
    | ChildExited
    | StartFailed
    | ReloadAsked
    | StopAsked
    | TimePassed
)


@dataclass(frozen=True, slots=True)
class Start:
    """Start a child under this number."""

    number: int


@dataclass(frozen=True, slots=True)
class Terminate:
    """Ask a child to leave."""

    number: int
    is_last: bool = False
    """False: a successor accepts, the child accepts no more (SIGTERM). True: it leaves for good (SIGINT)."""


@dataclass(frozen=True, slots=True)
class Kill:
    """End a child: SIGKILL."""

    number: int


@dataclass(frozen=True, slots=True)
class TurnAway:
    """Begin, or stop, to accept and close the connections that wait."""

    is_on: bool


@dataclass(frozen=True, slots=True)
class Say:
    """Tell the operator."""

    text: str


Action: TypeAlias = Start | Terminate | Kill | TurnAway | Say
