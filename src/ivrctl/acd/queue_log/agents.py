"""What agents did, as far as a queue_log tells: spans that follow each other while an agent is signed on.

Members of queues.conf are never added and so are not known to be signed on: of them there are talks, ringing and
pauses only. Wrap-up time is in no log.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ivrctl.acd.queue_log.lines import Line
from ivrctl.acd.stay import AgentSpan, AgentState

LOGIN = ""
"""The queue of an agent who has logged in by AgentLogin: all of his."""


@dataclass(slots=True)
class _Agent:
    """An agent at one moment."""

    queues: set[str] = field(default_factory=set)
    paused: dict[str, str] = field(default_factory=dict)
    """The reason, by the queue that he is paused in; the last one counts."""
    calls: set[str] = field(default_factory=set)
    state: AgentState | None = None
    """None: not signed on, as far as anybody knows."""
    reason: str = ""
    since: float = 0.0

    def now(self) -> tuple[AgentState | None, str]:
        """What holds first of what he does."""
        if self.calls:
            return AgentState.TALKING, ""
        if self.paused and self.queues <= self.paused.keys():
            return AgentState.PAUSED, next(reversed(self.paused.values()))
        return (AgentState.IDLE, "") if self.queues else (None, "")


class AgentsRecount:
    """All agents of a log."""

    def __init__(self, state: dict[str, Any] | None = None) -> None:
        """Begin with nobody, or where ``state`` was taken."""
        self._agents = {name: _taken_up(kept) for name, kept in (state or {}).items()}
        self.spans: list[AgentSpan] = []
        """Spans that have ended; whoever takes them empties the list."""

    def state(self) -> dict[str, Any]:
        """What goes on, for ``AgentsRecount``."""
        return {name: _kept(agent) for name, agent in self._agents.items()}

    def under_way(self, at: float) -> list[AgentSpan]:
        """The spans that last, up to now."""
        lasting = [(name, agent) for name, agent in self._agents.items() if agent.state and agent.since < at]
        return [_span(name, agent.state, agent.reason, agent.since, at) for name, agent in lasting if agent.state]

    def feed(self, line: Line, name: str) -> bool:
        """Take a line about an agent by his name; False when it is none."""
        first = line.data[0] if line.data else ""
        match line.event:
            case "ADDMEMBER":
                self.added(name, line.queue, line.at, is_paused=first == "PAUSED")
            case "REMOVEMEMBER":
                self.removed(name, line.queue, line.at)
            case "PAUSEALL":
                pass  # a PAUSE for each of his queues follows
            case "PAUSE":
                self.paused(name, line.queue, first, line.at)
            case "UNPAUSE":
                self.unpaused(name, line.queue, line.at)
            case "UNPAUSEALL":
                self.unpaused(name, None, line.at)
            case "AGENTLOGIN" | "AGENTCALLBACKLOGIN":
                self.added(name, LOGIN, line.at)
            case "AGENTLOGOFF" | "AGENTCALLBACKLOGOFF":
                self.removed(name, LOGIN, line.at)
            case _:
                return False
        return True

    def added(self, name: str, queue: str, at: float, *, is_paused: bool = False) -> None:
        """He has signed on to a queue."""
        agent = self._of(name)
        agent.queues.add(queue)
        if is_paused:
            agent.paused[queue] = ""
        self._move(name, agent, at)

    def removed(self, name: str, queue: str, at: float) -> None:
        """He has signed off from a queue."""
        agent = self._of(name)
        agent.queues.discard(queue)
        agent.paused.pop(queue, None)
        self._move(name, agent, at)

    def paused(self, name: str, queue: str, reason: str, at: float) -> None:
        """He is paused in a queue."""
        agent = self._of(name)
        agent.paused.pop(queue, None)
        agent.paused[queue] = reason
        self._move(name, agent, at)

    def unpaused(self, name: str, queue: str | None, at: float) -> None:
        """He is paused in a queue no longer, or in none."""
        agent = self._of(name)
        if queue is None:
            agent.paused.clear()
        else:
            agent.paused.pop(queue, None)
        self._move(name, agent, at)

    def rang(self, name: str, seconds: float, at: float) -> None:
        """His phone has rung until now; who talks or pauses meanwhile does that."""
        agent = self._of(name)
        if agent.state not in {None, AgentState.IDLE} or seconds <= 0:
            return
        began = max(agent.since, at - seconds)
        if agent.state is not None and agent.since < began:
            self.spans.append(_span(name, agent.state, agent.reason, agent.since, began))
        if began < at:
            self.spans.append(_span(name, AgentState.RINGING, "", began, at))
        agent.since = at

    def talks(self, name: str, call: str, at: float) -> None:
        """He talks to a caller."""
        agent = self._of(name)
        agent.calls.add(call)
        self._move(name, agent, at)

    def talked(self, name: str, call: str, at: float) -> None:
        """The talk is over."""
        agent = self._of(name)
        agent.calls.discard(call)
        self._move(name, agent, at)

    def restarted(self, at: float) -> None:
        """Asterisk has begun anew: nobody talks; who was signed on and paused is so still, by its own database."""
        for name, agent in self._agents.items():
            agent.calls.clear()
            self._move(name, agent, at)

    def _of(self, name: str) -> _Agent:
        found = self._agents.get(name)
        if found is None:
            found = self._agents[name] = _Agent()
        return found

    def _move(self, name: str, agent: _Agent, at: float) -> None:
        state, reason = agent.now()
        if (state, reason) == (agent.state, agent.reason):
            return
        if agent.state is not None and agent.since < at:
            self.spans.append(_span(name, agent.state, agent.reason, agent.since, at))
        agent.state, agent.reason, agent.since = state, reason, max(at, agent.since)


def _span(name: str, state: AgentState, reason: str, began: float, ended: float) -> AgentSpan:
    return AgentSpan(name, state, reason, datetime.fromtimestamp(began, UTC), datetime.fromtimestamp(ended, UTC))


def _kept(agent: _Agent) -> list[Any]:
    state = None if agent.state is None else agent.state.value
    return [sorted(agent.queues), agent.paused, sorted(agent.calls), state, agent.reason, agent.since]


def _taken_up(kept: list[Any]) -> _Agent:
    queues, paused, calls, state, reason, since = kept
    return _Agent(set(queues), dict(paused), set(calls), None if state is None else AgentState(state), reason, since)
