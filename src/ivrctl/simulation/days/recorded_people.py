"""Who worked on a day that was, and who was available for backup.

A span of the books says what somebody did, not in which queue. Whose daily work a queue is, the site file says; of
somebody whom it does not name, the calls that he answered. Who has no queue of his own and is in a group came in as
backup: he is on call, and nobody's daily staff. So is somebody at times at which he was signed on for no longer than he
had been called in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from statistics import median
from types import MappingProxyType

from ivrctl.acd.stay import AgentSpan, AgentState, Stay, StayEnd
from ivrctl.simulation.day import Shift, SimulatedAgent
from ivrctl.simulation.days.recorded_shifts import shifts_of
from ivrctl.simulation.days.synthetic_people import interface_of
from ivrctl.site.site_file import Site

SLACK = 10.0
"""Seconds between the order to call somebody in, or to send him home, and what is seen of it."""
ENOUGH_RINGS = 20
"""Answered calls from whose ringing it is reckoned how long a phone rings."""

MOST_NAMED = 6
"""People who are named in a sentence."""


@dataclass(frozen=True, slots=True)
class CalledIn:
    """Somebody was made a member of a queue by a policy."""

    interface: str
    queue: str
    began_at: datetime
    ended_at: datetime | None
    """None while he is one."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What no books tell of people, and has to be assumed."""

    comes_when_asked: float = 0.5
    """The share of those on a break who end it when they are asked to."""
    comes_after: float = 60.0
    """Seconds until they do."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What the books tell of the people of a day."""

    begins: datetime
    lasts: float
    """Seconds."""
    spans: Sequence[AgentSpan]
    stays: Sequence[Stay]
    called_in: Sequence[CalledIn]
    now: datetime


@dataclass(frozen=True, slots=True)
class People:
    """Everybody of a day, and what had to be assumed of them."""

    agents: tuple[SimulatedAgent, ...]
    assumed: tuple[str, ...]


def people_of(seen: Seen, site: Site, behaviour: Behaviour | None = None) -> People:
    """The people of a day that was: who worked, by interface, then who was only on call."""
    return _People(seen, site, behaviour or Behaviour()).people()


@dataclass(slots=True)
class _People:
    """In the making."""

    seen: Seen
    site: Site
    behaviour: Behaviour
    assumed: list[str] = field(default_factory=list)

    def people(self) -> People:
        """All of them."""
        shifts = self._shifts()
        working = self._working(shifts)
        on_call = self._on_call(shifts, working)
        found = {number: replace(agent, on_call=on_call.get(number, ())) for number, agent in working.items()}
        for number, times in on_call.items():
            found.setdefault(number, SimulatedAgent(number, interface_of(number, self.site), on_call=times))
        self._tell_of_pauses(found)
        return People(tuple(self._behaving(found)), tuple(self.assumed))

    def _shifts(self) -> Mapping[str, tuple[Shift, ...]]:
        """By interface, but for the times of which somebody was there only because he was called in."""
        seen = self.seen
        found = shifts_of(seen.spans, seen.begins, seen.lasts, seen.now)
        if found.alone:
            whom = "1 agent" if len(found.alone) == 1 else f"{len(found.alone)} agents"
            self.assumed.append(f"of {whom} only talks are known: at work from the first of the day to the last")
        called: defaultdict[str, list[tuple[float, float]]] = defaultdict(list)
        for each in seen.called_in:
            began, ended = ((at - seen.begins).total_seconds() for at in (each.began_at, each.ended_at or seen.now))
            called[each.interface].append((began - SLACK, ended + SLACK))
        own = {interface: _without(times, called[interface]) for interface, times in found.of.items()}
        return {interface: times for interface, times in own.items() if times}

    def _working(self, shifts: Mapping[str, tuple[Shift, ...]]) -> Mapping[str, SimulatedAgent]:
        """By number, those whose daily work a queue is."""
        answered = self._answered()
        number_of = {interface_of(number, self.site): number for number in map(str, self.site.agents)}
        found, came_in = {}, []
        for interface, times in shifts.items():
            number = number_of.get(interface, interface)
            penalties = self._penalties(number, answered.get(interface, ()))
            if penalties:
                found[number] = SimulatedAgent(number, interface, MappingProxyType(penalties), times)
            elif interface in answered:
                came_in.append(number)
        if came_in:
            message = (
                "has answered calls without a queue of his own: taken for backup that came in, not for daily staff"
            )
            self.assumed.append(f"{', '.join(came_in)} {message}")
        return found

    def _penalties(self, number: str, answered: Sequence[str]) -> dict[str, int]:
        """Of his daily work."""
        agent = self.site.agents.get(number)
        if agent is not None and agent.queues:
            return {str(queue): penalty for queue, penalty in agent.queues.items()}
        return {} if number in self._grouped() else dict.fromkeys(answered, 0)

    def _answered(self) -> Mapping[str, Sequence[str]]:
        """By interface, the queues whose callers somebody answered."""
        found: defaultdict[str, set[str]] = defaultdict(set)
        for stay in self.seen.stays:
            if stay.end is StayEnd.ANSWERED and stay.interface:
                found[stay.interface].add(stay.queue)
        return {interface: sorted(queues) for interface, queues in found.items()}

    def _grouped(self) -> Sequence[str]:
        """Who is in a group: whom a policy may call in."""
        return tuple(dict.fromkeys(str(number) for group in self.site.groups.values() for number in group))

    def _on_call(
        self, shifts: Mapping[str, tuple[Shift, ...]], working: Mapping[str, SimulatedAgent]
    ) -> Mapping[str, tuple[Shift, ...]]:
        """Who may be called in: while he is at work; somebody without a queue of his own, while anybody is."""
        times = [shift for agent in working.values() for shift in agent.shifts]
        began = min((shift.began for shift in times), default=0.0)
        ended = max((shift.ended for shift in times), default=self.seen.lasts)
        found, unseen = {}, []
        for number in self._grouped():
            agent = self.site.agents.get(number)
            if agent is not None and agent.queues and shifts:
                own = tuple(Shift(each.began, each.ended) for each in shifts.get(interface_of(number, self.site), ()))
                found.update({number: own} if own else {})
            else:
                found[number] = (Shift(began, ended),)
                unseen.append(number)
        if unseen:
            self.assumed.append(f"when {_named(unseen)} could be called in is in no books: all day")
        return found

    def _tell_of_pauses(self, found: Mapping[str, SimulatedAgent]) -> None:
        if any(shift.pauses for agent in found.values() for shift in agent.shifts):
            share, after = self.behaviour.comes_when_asked, self.behaviour.comes_after
            self.assumed.append(f"of those on a break {share:.0%} come when they are asked, after {after:g} s")

    def _behaving(self, found: Mapping[str, SimulatedAgent]) -> Iterator[SimulatedAgent]:
        answers, after = self._answers(), self._answers_after()
        for agent in found.values():
            yield replace(
                agent,
                answers=answers,
                answers_after=after if after is not None else agent.answers_after,
                comes_when_asked=self.behaviour.comes_when_asked,
                comes_after=self.behaviour.comes_after,
            )

    def _answers(self) -> float:
        """The share of rings that were answered, of all together: whose phone rang in vain no stay says."""
        answered = sum(stay.end is StayEnd.ANSWERED for stay in self.seen.stays)
        missed = sum(stay.missed for stay in self.seen.stays)
        return answered / (answered + missed) if answered else 1.0

    def _answers_after(self) -> float | None:
        """How long a phone rang in the middle before it was answered; None where that is not known."""
        talks = {(span.interface, span.began_at) for span in self.seen.spans if span.state is AgentState.TALKING}
        rings = [
            (span.ended_at - span.began_at).total_seconds()
            for span in self.seen.spans
            if span.state is AgentState.RINGING and span.ended_at and (span.interface, span.ended_at) in talks
        ]
        return median(rings) if len(rings) >= ENOUGH_RINGS else None


def _named(numbers: Sequence[str]) -> str:
    """Some of them by name, and how many more there are."""
    more = len(numbers) - MOST_NAMED
    return ", ".join(numbers[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


def _without(shifts: Sequence[Shift], called: Sequence[tuple[float, float]]) -> tuple[Shift, ...]:
    """The shifts that are not wholly inside a time for which he was called in."""
    return tuple(
        shift for shift in shifts if not any(began <= shift.began and shift.ended <= ended for began, ended in called)
    )
