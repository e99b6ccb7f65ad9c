"""Two sites walked in step: the same callers and answers, and both sites at their next stop that callers notice.

What a database is asked, and when, nobody notices: where only one of the sites asks, the answer waits for the other.
So the n-th answer of a lookup in a call is the same for both.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from typing import TypeAlias

from ivrctl.flow.call import World
from ivrctl.flow.commands import Ask, Finish, LookUp, LookupFailed, LookupFound, Question
from ivrctl.flow.exploring.answers import Answers
from ivrctl.flow.exploring.choice import Answered, CameBack, Choice
from ivrctl.flow.exploring.keyings import Asked, keyings
from ivrctl.flow.exploring.relevance import Relevance
from ivrctl.flow.exploring.starts import Start
from ivrctl.flow.exploring.territory import outcomes_of
from ivrctl.flow.exploring.walk import Heard, Stop, Stretch, begin, take
from ivrctl.flow.exploring.wording import Turn
from ivrctl.lang.types import conform
from ivrctl.model.utterance import Utterance

Kept: TypeAlias = tuple[tuple[str, Answered], ...]
"""Answers that the other site has had, by their lookups, the oldest first."""

MAX_KEPT = 2
"""Answers that wait for a site; older ones are forgotten, so that a round of questions on one side comes to an end."""


@dataclass(frozen=True, slots=True)
class Half:
    """One of two sites in a call that runs on both."""

    stop: Stop
    heard: tuple[Heard, ...] = ()
    """Since the last stop that callers notice, each once: who is asked again hears much again."""
    pressed: tuple[str, ...] = ()
    """At that stop."""
    kept: Kept = ()

    @property
    def is_asking(self) -> bool:
        """True where an answer is waited for."""
        return isinstance(self.stop.command, Question)

    def moved(self, stretch: Stretch) -> Half:
        """The same call at its next stop."""
        heard = tuple({each.utterance: each for each in (*self.heard, *stretch.heard)}.values())
        return Half(stretch.stop, heard, (*self.pressed, *stretch.pressed), self.kept)

    def awaiting(self, about: str, answer: Answered) -> Half:
        """With an answer that the other site has had."""
        return replace(self, kept=(*self.kept, (about, answer))[-MAX_KEPT:])

    def noticed(self) -> Half:
        """After everything since the last stop has been told."""
        return replace(self, heard=(), pressed=())


@dataclass(frozen=True, slots=True)
class Pair:
    """One call on both sites."""

    start: Start
    before: Half
    now: Half
    turns: tuple[Turn, ...] = ()
    """What has happened, as the caller of the first site tells it."""


@dataclass(slots=True)
class Sites:
    """The two sites."""

    before: Relevance
    now: Relevance
    worlds: tuple[World, ...]
    answers: Answers

    def begin(self, start: Start) -> Pair | None:
        """A call to a number that both sites have; None when one of them has not."""
        world = self.worlds[start.moment]
        halves = []
        for site in (self.before, self.now):
            position = site.program.begin(start.caller, start.number, world.now, is_from_agents=start.is_from_agents)
            if position is None:
                return None
            stretch = begin(site.program, position, world)
            halves.append(Half(stretch.stop).moved(stretch))
        return Pair(start, halves[0], halves[1])

    def key(self, pair: Pair) -> Hashable:
        """What tells a pair from others: with equal keys both go on alike."""
        return (self._half_key(pair.before, self.before, pair), self._half_key(pair.now, self.now, pair))

    def _half_key(self, half: Half, site: Relevance, pair: Pair) -> Hashable:
        position, command = half.stop.position, half.stop.command
        if isinstance(command, Finish):
            return command.ending, command.reason
        kept = tuple((about, repr(answer)) for about, answer in half.kept)
        heard = tuple(each.utterance for each in half.heard)
        return site.key(half.stop, pair.start.moment), position.language, kept, heard

    # what happens next

    def followed(self, pair: Pair) -> Iterator[Pair]:
        """Everything that can happen next to a pair of which neither call is over."""
        if pair.before.is_asking or pair.now.is_asking:
            yield from self._answered(pair)
            return
        for choice in self._choices(pair):
            before = self._taken(pair.before, self.before, choice, pair)
            now = self._taken(pair.now, self.now, choice, pair)
            turn = Turn(pair.before.stop.command, choice, before.pressed)
            yield Pair(pair.start, before, now, (*pair.turns, turn))

    def _choices(self, pair: Pair) -> Iterator[Choice]:
        halves = ((pair.before, self.before), (pair.now, self.now))
        asked = [
            Asked(site, half.stop, self.worlds[pair.start.moment])
            for half, site in halves
            if isinstance(half.stop.command, Ask)
        ]
        if asked:
            yield from keyings(asked, self.answers)
            return
        outcomes = (
            outcome
            for half, site in halves
            if not isinstance(half.stop.command, Ask | Question | Finish)
            for outcome in outcomes_of(half.stop.command, site)
        )
        yield from (CameBack(outcome) for outcome in dict.fromkeys(outcomes))

    def _taken(self, half: Half, site: Relevance, choice: Choice, pair: Pair) -> Half:
        return half.moved(take(site.program, half.stop, choice, self.worlds[pair.start.moment]))

    # questions

    def _answered(self, pair: Pair) -> Iterator[Pair]:
        """The site that asks has its answer; both, where both ask the same."""
        asked = [_asked_of(half) for half in (pair.before, pair.now)]
        is_same = _about(asked[0]) == _about(asked[1])
        if asked[0] is not None and is_same and not pair.before.kept and not pair.now.kept:
            for answer in self._possible(asked[0], pair):
                before = self._told(pair.before, self.before, answer, pair)
                now = self._told(pair.now, self.now, answer, pair)
                yield Pair(pair.start, before, now, _with(pair, pair.before, answer))
        elif asked[0] is not None:
            for answer, mine, other in self._due(asked[0], pair.before, pair.now, pair):
                before = self._told(mine, self.before, answer, pair)
                yield Pair(pair.start, before, other, _with(pair, mine, answer))
        elif asked[1] is not None:
            for answer, mine, other in self._due(asked[1], pair.now, pair.before, pair):
                now = self._told(mine, self.now, answer, pair)
                yield Pair(pair.start, other, now, _with(pair, mine, answer))

    def _possible(self, question: Question, pair: Pair) -> tuple[Answered, ...]:
        return self.answers.of(question, self.worlds[pair.start.moment].now)

    def _due(self, question: Question, mine: Half, other: Half, pair: Pair) -> Iterator[tuple[Answered, Half, Half]]:
        """The answer that waits for this site; without one each that is possible, which then waits for the other."""
        for number, (name, answer) in enumerate(mine.kept):
            if name == question.about:
                yield answer, replace(mine, kept=(*mine.kept[:number], *mine.kept[number + 1 :])), other
                return
        for answer in self._possible(question, pair):
            yield answer, mine, other.awaiting(question.about, answer)

    def _told(self, half: Half, site: Relevance, answer: Answered, pair: Pair) -> Half:
        command = half.stop.command
        fitting = answer if not isinstance(command, LookUp) else _fitting(answer, command.lookup, site)
        return self._taken(half, site, fitting, pair)


def _asked_of(half: Half) -> Question | None:
    return half.stop.command if isinstance(half.stop.command, Question) else None


def _about(question: Question | None) -> str | None:
    return None if question is None else question.about


def _with(pair: Pair, half: Half, answer: Answered) -> tuple[Turn, ...]:
    """The turns with an answer that had not been told yet."""
    waited = any(known is answer for _, known in (*pair.before.kept, *pair.now.kept))
    return pair.turns if waited else (*pair.turns, Turn(half.stop.command, answer))


def _fitting(answer: Answered, lookup: str, site: Relevance) -> Answered:
    """The answer as a site takes it: one that is not as it declares has failed."""
    if not isinstance(answer.reply, LookupFound):
        return answer
    declared = site.program.site.lookups[lookup]
    try:
        value = conform(answer.reply.row, declared.answer, zone=site.program.site.zone)
    except ValueError as error:
        return Answered(LookupFailed(str(error)))
    return replace(answer, reply=LookupFound(value))  # type: ignore[arg-type]  # a record or a list of them, as declared


def questions(half: Half) -> tuple[Utterance, ...]:
    """What a caller has heard since the last stop, each once."""
    return tuple(each.utterance for each in half.heard)
