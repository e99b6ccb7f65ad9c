"""What is asked of a territory: where callers end, by which keys; from where there is no end; how far a person is.

All over the graph of states: shortest ways from the lines, and reachability back from the endings. A way costs the keys
that a caller presses; a question that he lets pass counts as one.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from heapq import heappop, heappush
from math import inf

from ivrctl.flow.commands import IdentityUnavailable, LookupFailed, Question, SubmitFailed
from ivrctl.flow.exploring.choice import Answered, HungUp, Keyed
from ivrctl.flow.exploring.crowds import told_of
from ivrctl.flow.exploring.starts import Start
from ivrctl.flow.exploring.territory import Territory, Way
from ivrctl.flow.exploring.wording import Destination, Turn, Witness, destination_of
from ivrctl.flow.rounds import on_rounds
from ivrctl.model.call import Ending
from ivrctl.model.queue_facts import UNKNOWN, QueueFacts

FAILURES = (LookupFailed, IdentityUnavailable, SubmitFailed)
"""Answers that are none."""

Counts = Callable[[int, Way], bool]
"""Which ways count for a question: the state that one leaves, and the way."""


def is_going_on(_state: int, way: Way) -> bool:
    """True for every way but a hang-up."""
    return not isinstance(way.choice, HungUp)


@dataclass(frozen=True, slots=True)
class Reached:
    """What can be reached from some states, each by its shortest way."""

    keys: Mapping[int, int]
    """The fewest keys to each state, in the order of their distance."""
    origin: Mapping[int, tuple[int, Way] | None]
    """The state before, and the way from there; None for those where it begins."""


@dataclass
class Journeys:
    """The ways of callers through a territory."""

    territory: Territory
    _reached: dict[tuple[frozenset[int], Counts], Reached] = field(default_factory=dict, repr=False)

    @cached_property
    def _starts(self) -> Mapping[str, list[tuple[Start, int]]]:
        """How calls begin, by line."""
        found: dict[str, list[tuple[Start, int]]] = defaultdict(list)
        for start, number in self.territory.starts:
            found[start.line].append((start, number))
        return found

    # shortest ways

    def from_line(self, line: str, counts: Counts = is_going_on) -> Reached:
        """What callers of a line can reach; lines that begin alike share the answer."""
        begins = frozenset(number for _, number in self._starts[line])
        if (begins, counts) not in self._reached:
            self._reached[begins, counts] = self._shortest(begins, counts)
        return self._reached[begins, counts]

    def _shortest(self, begins: Iterable[int], counts: Counts) -> Reached:
        keys: dict[int, int] = {}
        origin: dict[int, tuple[int, Way] | None] = {}
        ahead: list[tuple[int, int, int, int, Way | None]] = []
        for number in sorted(begins):
            heappush(ahead, (0, 0, len(ahead), number, None))
        tie = len(ahead)
        before: dict[int, int] = {}
        while ahead:
            cost, hops, order, state, way = heappop(ahead)
            if state in keys:
                continue
            keys[state] = cost
            origin[state] = None if way is None else (before[order], way)
            for following in self.territory.ways[state]:
                if following.to not in keys and counts(state, following):
                    tie += 1
                    before[tie] = state
                    heappush(ahead, (cost + following.keys, hops + 1, tie, following.to, following))
        return Reached(keys, origin)

    def witness(self, line: str, state: int, reached: Reached, then: Sequence[tuple[int, Way]] = ()) -> Witness:
        """A call of a line that comes to a state by the shortest way, and perhaps goes on from there."""
        ways = [*self._way(state, reached), *then]
        first = ways[0][0] if ways else state
        start = next(start for start, number in self._starts[line] if number == first)
        turns = (Turn(self.territory.states[at].stop.command, way.choice, way.pressed) for at, way in ways)
        return Witness(start, *self._moment(start), turns=tuple(turns))

    def _way(self, state: int, reached: Reached) -> list[tuple[int, Way]]:
        """The states on the way and what happens at each, from its beginning."""
        ways: list[tuple[int, Way]] = []
        while (before := reached.origin[state]) is not None:
            ways.append(before)
            state = before[0]
        return ways[::-1]

    def _moment(self, start: Start) -> tuple[datetime | None, QueueFacts]:
        """The moment of a call, where it makes a difference: where the same call at another one is another state."""
        begun = {number for other, number in self._starts[start.line] if replace(other, moment=start.moment) == start}
        if len(begun) == 1:
            return None, UNKNOWN
        moments = self.territory.moments
        return told_of(moments[start.moment], moments, self.territory.program.site.zone)

    # endings

    def endings(self, line: str) -> Mapping[Destination, tuple[int, Witness]]:
        """Where callers of a line can come to, each with the fewest keys, and the call that shows it."""
        reached = self.from_line(line, _every)
        found: dict[Destination, tuple[int, Witness]] = {}
        for state, keys in reached.keys.items():
            destination = destination_of(self.territory.states[state].stop.command)
            if destination is not None and destination not in found:
                found[destination] = (keys, self.witness(line, state, reached))
        return found

    def paths(self, line: str) -> int:
        """How many ways lead from a line to an end without leading back on themselves."""
        reached = self.from_line(line)
        order = {state: number for number, state in enumerate(reached.keys)}
        count: dict[int, int] = defaultdict(int)
        total = 0
        for state, number in order.items():
            count[state] += reached.origin[state] is None
            ways = [way for way in self.territory.ways[state] if is_going_on(state, way)]
            total += 0 if ways else count[state]
            for way in ways:
                if order[way.to] > number:
                    count[way.to] += count[state]
        return total

    # dead ends

    @cached_property
    def dead(self) -> frozenset[int]:
        """The states from which no end and no person can be reached, and those where the fallback takes over."""
        return self._dead(is_going_on)

    @cached_property
    def dead_when_failing(self) -> frozenset[int]:
        """The same while every question fails."""
        return self._dead(self.is_failing)

    def is_failing(self, state: int, way: Way) -> bool:
        """True for the ways that remain while every question fails."""
        is_answer = isinstance(self.territory.states[state].stop.command, Question)
        told = way.choice.then if isinstance(way.choice, Keyed) else way.choice
        if isinstance(told, Answered):
            return is_going_on(state, way) and isinstance(told.reply, FAILURES)
        return is_going_on(state, way) and not is_answer

    def _dead(self, counts: Counts) -> frozenset[int]:
        unknown = {number for number, ways in enumerate(self.territory.ways) if not ways}
        good = [
            number for number in range(len(self.territory.states)) if number in unknown and not self._is_lost(number)
        ]
        good += [number for number in range(len(self.territory.states)) if self._is_person(number)]
        back: dict[int, list[int]] = defaultdict(list)
        for number, ways in enumerate(self.territory.ways):
            for way in ways:
                if counts(number, way):
                    back[way.to].append(number)
        alive = set(good)
        ahead = deque(good)
        while ahead:
            for before in back[ahead.popleft()]:
                if before not in alive:
                    alive.add(before)
                    ahead.append(before)
        return frozenset(set(range(len(self.territory.states))) - alive) | self.rounds

    @cached_property
    def rounds(self) -> frozenset[int]:
        """States on rounds of questions: while they are answered so, the call goes on, until the engine gives it up."""
        ways = {
            number: {way.to for way in self.territory.ways[number]}
            for number, state in enumerate(self.territory.states)
            if isinstance(state.stop.command, Question)
        }
        return frozenset(on_rounds({number: to & ways.keys() for number, to in ways.items()}))

    def _is_lost(self, number: int) -> bool:
        destination = destination_of(self.territory.states[number].stop.command)
        return destination is not None and destination.kind == Ending.FALLBACK

    def _is_person(self, number: int) -> bool:
        destination = destination_of(self.territory.states[number].stop.command)
        return destination is not None and destination.is_person

    # a person

    @cached_property
    def to_person(self) -> Mapping[int, tuple[int, Way | None]]:
        """From each state the fewest keys to a person, and the first way to take; none from where there is nobody."""
        back: dict[int, list[tuple[int, Way]]] = defaultdict(list)
        for number, ways in enumerate(self.territory.ways):
            for way in ways:
                if is_going_on(number, way):
                    back[way.to].append((number, way))
        found: dict[int, tuple[int, Way | None]] = {}
        persons = [number for number in range(len(self.territory.states)) if self._is_person(number)]
        ahead: list[tuple[int, int, int, Way | None]] = [(0, number, number, None) for number in persons]
        tie = len(self.territory.states)
        while ahead:
            keys, _, state, first = heappop(ahead)
            if state in found:
                continue
            found[state] = (keys, first)
            for before, leading in back[state]:
                if before not in found:
                    tie += 1
                    heappush(ahead, (keys + leading.keys, tie, before, leading))
        return found

    def farthest(self, line: str) -> tuple[int, Witness, int] | None:
        """From where on a line a person is farthest: the keys, a call that goes there and on, and the state.

        None on a line from which nobody can be reached.
        """
        reached = self.from_line(line)
        near = [state for state in reached.keys if state in self.to_person]
        if not near:
            return None
        state = max(near, key=lambda number: self.to_person[number][0])
        return self.to_person[state][0], self.witness(line, state, reached, tuple(self._on(state))), state

    def _on(self, state: int) -> Iterator[tuple[int, Way]]:
        way = self.to_person[state][1]
        while way is not None:
            yield state, way
            state = way.to
            way = self.to_person[state][1]

    def nearest(self, line: str) -> float:
        """The fewest keys from the beginning of a line to a person; infinite when there is none."""
        reached = self.from_line(line)
        return min((keys for state, keys in reached.keys.items() if self._is_person(state)), default=inf)

    def loses_person(self, line: str) -> bool:
        """True when callers of a line reach a person, and none while every question fails."""
        reached = self.from_line(line, self.is_failing)
        return self.nearest(line) < inf and not any(self._is_person(state) for state in reached.keys)


def _every(_state: int, _way: Way) -> bool:
    return True
