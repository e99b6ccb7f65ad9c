"""What a controller has answered to ``GET /queues`` and ``GET /agents``, as values, with the names of the site file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Any

from ivrctl.site.kpi import KpiSettings


@dataclass(frozen=True, slots=True)
class Known:
    """What the site file says; of a site that cannot be read what it would say by default."""

    agents: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Number and name by interface."""
    zone: tzinfo = UTC
    answer_in: timedelta = KpiSettings().answer_in
    """Who waits longer waits too long."""
    name: str = ""
    """The site's."""

    def named(self, interface: str, name: str) -> tuple[str, str]:
        """Number and name of an agent; one whom the site does not name has no number, and Asterisk's name."""
        return self.agents.get(interface, ("", name))


@dataclass(frozen=True, slots=True)
class Sight:
    """How far an answer can be trusted."""

    is_known: bool
    why: str
    stale_since: datetime | None
    read_at: datetime | None
    now: datetime
    """At Asterisk."""


@dataclass(frozen=True, slots=True)
class QueueSeen:
    """One queue in short; a figure that is not known is None."""

    name: str
    waiting: int | None
    longest_wait: float | None
    """Seconds."""
    expected_wait: float | None
    """Seconds: half of those who come now wait no longer."""
    expected_wait_80: float | None
    """The same for four fifths."""
    staff: int | None
    available: int | None
    talking: int | None
    paused: int | None


@dataclass(frozen=True, slots=True)
class AgentSeen:
    """One agent who is in a queue."""

    number: str
    """By the site file; empty for somebody whom it does not name."""
    name: str
    interface: str
    state: str
    is_paused: bool
    """Whatever his phone does meanwhile."""
    reason: str
    since: datetime | None
    queues: Mapping[str, str]
    """His state in each."""


@dataclass(frozen=True, slots=True)
class Centre:
    """All of it at one moment."""

    sight: Sight
    queues: tuple[QueueSeen, ...]
    agents: tuple[AgentSeen, ...]

    def only(self, names: tuple[str, ...]) -> Centre:
        """Of these queues, in this order; of all when none is named. One that is no longer there has no figures."""
        if not names:
            return self
        there = {queue.name: queue for queue in self.queues}
        queues = tuple(there.get(name, QueueSeen(name, *(None,) * (len(QueueSeen.__slots__) - 1))) for name in names)
        agents = tuple(agent for agent in self.agents if not agent.queues.keys().isdisjoint(names))
        return Centre(self.sight, queues, agents)


def sight_of(body: Mapping[str, Any]) -> Sight:
    """What stands under ``seen``."""
    seen = body["seen"]
    return Sight(
        seen["known"],
        seen["why"],
        _time(seen["stale_since"]),
        _time(seen["read_at"]),
        datetime.fromisoformat(seen["now"]),
    )


def queues_of(body: Mapping[str, Any]) -> tuple[QueueSeen, ...]:
    """What stands under ``queues``."""
    return tuple(queue_of(queue) for queue in body["queues"])


def queue_of(queue: Mapping[str, Any]) -> QueueSeen:
    """One of them."""
    return QueueSeen(**{name: queue[name] for name in QueueSeen.__slots__})


def agents_of(body: Mapping[str, Any], known: Known) -> tuple[AgentSeen, ...]:
    """What stands under ``agents``, by number; whoever has none stands behind, by name."""
    agents = [_agent(agent, known) for agent in body["agents"]]
    return tuple(sorted(agents, key=lambda agent: (not agent.number, agent.number, agent.name)))


def _agent(agent: Mapping[str, Any], known: Known) -> AgentSeen:
    number, name = known.named(agent["interface"], agent["name"])
    return AgentSeen(
        number,
        name,
        agent["interface"],
        agent["state"],
        agent["paused"],
        agent["reason"],
        _time(agent["since"]),
        {queue: place["state"] for queue, place in agent["queues"].items()},
    )


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
