"""The states that calls can be in, and the ways between them: the whole of a site, walked once.

Two calls that wait at the same place, and of which nothing differs that can still matter, are in one state. So loops
end, and the number of states is bounded whatever callers do.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from ivrctl.flow.call import World
from ivrctl.flow.commands import (
    Ask,
    Finish,
    HandOff,
    HandOffToDial,
    HandOffToQueue,
    HandOffToVoicemail,
    Identify,
    LookUp,
    Submit,
)
from ivrctl.flow.exploring.answers import Answers
from ivrctl.flow.exploring.choice import CameBack, Choice, HungUp
from ivrctl.flow.exploring.keyings import Asked, keyings
from ivrctl.flow.exploring.moments import moments_of
from ivrctl.flow.exploring.relevance import Relevance
from ivrctl.flow.exploring.starts import Start, starts_of
from ivrctl.flow.exploring.walk import Stop, Stretch, begin, take
from ivrctl.flow.program import Program
from ivrctl.model.utterance import Part

MOST_STATES = 20_000
"""Of one site: a hotline of some twenty menus has a thousand."""

_CAME_BACK = {
    HandOffToDial: ("answered", "busy", "no_answer", "unavailable", "refused"),
    HandOffToVoicemail: ("recorded", "too_short", "failed"),
}


@dataclass(frozen=True, slots=True)
class Way:
    """From one state to another."""

    choice: Choice
    pressed: tuple[str, ...]
    """The keys of each question on it."""
    to: int
    """The number of the state that it leads to."""

    @property
    def keys(self) -> int:
        """What it costs the caller: his keys; a question that he lets pass is as long as one."""
        return sum(max(1, len(group)) for group in self.pressed)


@dataclass(frozen=True, slots=True)
class State:
    """One state that calls can be in, by the first call that came there."""

    stop: Stop
    moment: int


@dataclass(slots=True)
class Territory:
    """What has been found of a site."""

    site: Relevance
    moments: tuple[World, ...]
    states: list[State] = field(default_factory=list)
    ways: list[tuple[Way, ...]] = field(default_factory=list)
    """From each state; none from the last ones, nor from those that were not walked."""
    starts: list[tuple[Start, int]] = field(default_factory=list)
    """How calls begin, and the state that they come to first."""
    entered: set[str] = field(default_factory=set)
    """Steps, ``flow/step``."""
    heard: dict[str, set[tuple[Part, ...]]] = field(default_factory=lambda: defaultdict(set))
    """What has been said at each place."""
    bounds: list[str] = field(default_factory=list)
    """The bounds that were met, in words: then not everything is here."""

    @property
    def program(self) -> Program:
        """What was walked."""
        return self.site.program

    @property
    def is_whole(self) -> bool:
        """True when no bound was met."""
        return not self.bounds

    def world(self, state: State) -> World:
        """The world of a state."""
        return self.moments[state.moment]


@dataclass(slots=True)
class Explorer:
    """Walks a site; ``walk`` yields now and then, so that somebody can look at the clock."""

    program: Program
    now: datetime
    caller: str
    """An ordinary one, in E.164."""
    most_states: int = MOST_STATES
    territory: Territory = field(init=False)
    _answers: Answers = field(init=False)
    _numbers: dict[Hashable, int] = field(init=False, default_factory=dict)
    _ahead: deque[int] = field(init=False, default_factory=deque)

    def __post_init__(self) -> None:
        """Find out what matters, and when calls are made."""
        site = Relevance(self.program)
        moments, is_all = moments_of((site,), self.now)
        self.territory = Territory(site, moments)
        self._answers = Answers((site,))
        if not is_all:
            self.territory.bounds.append(f"only {len(moments)} moments were tried")

    def walk(self, lines: frozenset[str] | None = None) -> Iterator[int]:
        """Walk from every line, or from some; yields the number of states behind each that is done."""
        for start in starts_of(self.territory.site, self.caller, len(self.territory.moments)):
            if lines is None or start.line in lines:
                self._begin(start)
        done = 0
        while self._ahead:
            if done >= self.most_states:
                self.territory.bounds.append(f"only {self.most_states} states were walked, and there are more")
                return
            self._expand(self._ahead.popleft())
            done += 1
            yield done

    def _begin(self, start: Start) -> None:
        world = self.territory.moments[start.moment]
        position = self.program.begin(start.caller, start.number, world.now, is_from_agents=start.is_from_agents)
        if position is not None:
            stretch = begin(self.program, position, world)
            self.territory.entered.update(position.path)
            self.territory.starts.append((start, self._arrive(stretch, start.moment)))

    def _expand(self, number: int) -> None:
        state = self.territory.states[number]
        world = self.territory.world(state)
        ways = []
        for choice in choices_at(Asked(self.territory.site, state.stop, world), self._answers):
            stretch = take(self.program, state.stop, choice, world)
            ways.append(Way(choice, stretch.pressed, self._arrive(stretch, state.moment)))
        self.territory.ways[number] = tuple(ways)

    def _arrive(self, stretch: Stretch, moment: int) -> int:
        """The number of the state that a stretch ends in."""
        self.territory.entered.update(stretch.steps)
        for heard in stretch.heard:
            self.territory.heard[heard.place].add(heard.utterance.parts)
        match stretch.stop.command:
            case Finish(ending=ending, reason=reason):
                key: Hashable = (ending, reason)
            case _:
                key = self.territory.site.key(stretch.stop, moment)
        number = self._numbers.setdefault(key, len(self.territory.states))
        if number == len(self.territory.states):
            self.territory.states.append(State(stretch.stop, moment))
            self.territory.ways.append(())
            if not isinstance(stretch.stop.command, Finish):
                self._ahead.append(number)
        return number


def choices_at(asked: Asked, answers: Answers) -> tuple[Choice, ...]:
    """Everything that can happen at a stop."""
    match asked.stop.command:
        case Ask():
            return (*keyings((asked,), answers), HungUp())
        case LookUp() | Identify() | Submit() as question:
            return answers.of(question, asked.world.now)
        case Finish():
            return ()
        case command:
            return (*(CameBack(outcome) for outcome in outcomes_of(command, asked.site)), HungUp())


def outcomes_of(command: HandOff, site: Relevance) -> tuple[str, ...]:
    """With what a hand-off can come back."""
    if not isinstance(command, HandOffToQueue):
        return _CAME_BACK[type(command)]
    queue = site.program.site.queues.get(command.queue)
    keys = () if queue is None else tuple(f"key_{key}" for key in queue.keys)
    timed_out = () if command.wait is None else ("timed_out",)
    return ("answered", *timed_out, "left", "empty", "full", "failed", *keys)
