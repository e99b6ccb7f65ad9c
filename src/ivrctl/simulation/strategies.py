"""Who is rung next: the strategies of app_queue, among the members of a queue who are free.

By ``calc_metric`` and ``ring_one`` of app_queue.c, Asterisk 22. A lower penalty comes first everywhere, but for
``wrandom``, where it makes it likelier to be rung; a higher one is rung only while nobody with a lower one is free.
Round robin (``rrmemory``, ``rrordered``) goes on behind the member who was rung last, and ``linear`` begins with the
first member for each caller, and goes on behind him only at the next attempt for the same one.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from math import inf
from types import MappingProxyType
from typing import TypeAlias

from ivrctl.simulation.bench import Level, Rank
from ivrctl.simulation.day import Strategy
from ivrctl.simulation.draws import Draws
from ivrctl.simulation.people import DeskCaller, DeskMember, DeskQueue

May: TypeAlias = Callable[[DeskMember], bool]
"""Whether a member who is free may be rung by this queue, or is kept for one with more weight."""
Picking: TypeAlias = Callable[[DeskQueue, float, May, Draws], tuple[DeskMember, ...]]
"""Is told the queue, the number from which it goes on, and whom it may ring."""

BY_TURNS = frozenset({Strategy.RRMEMORY, Strategy.RRORDERED})


def rank(member: DeskMember) -> Rank:
    """His place among those of his penalty, as it is now."""
    match member.queue.model.strategy:
        case Strategy.LEASTRECENT:
            return member.last_call, member.number
        case Strategy.FEWESTCALLS:
            return float(member.calls), member.number
        case _:
            return 0.0, member.number


def turns(queue: DeskQueue) -> int:
    """How many callers of a queue may try at a time: one for each free member; with ringall one.

    app_queue counts members whom it may not ring too, so a caller can find nobody at his turn.
    """
    count = queue.bench.count
    return min(count, 1) if queue.model.strategy is Strategy.RINGALL else count


def pick(queue: DeskQueue, caller: DeskCaller, may: May, draws: Draws) -> tuple[DeskMember, ...]:
    """Who is rung for a caller; nobody when none of those who are free may be."""
    strategy = queue.model.strategy
    begin = caller.next_number if strategy is Strategy.LINEAR else queue.next_number
    return _PICKING[strategy](queue, begin, may, draws)


def remember(queue: DeskQueue, caller: DeskCaller, begin: float, rung: DeskMember) -> None:
    """Where the next attempt goes on, once one is over (``store_next_rr``, ``store_next_lin``).

    Args:
        queue: whose strategy it is.
        caller: for whom was rung.
        begin: from where this attempt had gone on.
        rung: who was rung.
    """
    if queue.model.strategy in BY_TURNS:
        queue.next_number = _behind(queue, begin, rung)
    elif queue.model.strategy is Strategy.LINEAR:
        caller.next_number = _behind(queue, begin, rung)


def begin_of(queue: DeskQueue, caller: DeskCaller) -> float:
    """From which number an attempt goes on that begins now."""
    return caller.next_number if queue.model.strategy is Strategy.LINEAR else queue.next_number


def _first(queue: DeskQueue, _begin: float, may: May, _draws: Draws) -> tuple[DeskMember, ...]:
    """The best by rank."""
    for level in queue.bench.levels:
        for member in level.members:
            if may(member):
                return (member,)
    return ()


def _all(queue: DeskQueue, _begin: float, may: May, _draws: Draws) -> tuple[DeskMember, ...]:
    """Everybody of the lowest penalty of which somebody may be rung."""
    for level in queue.bench.levels:
        found = tuple(filter(may, level.members))
        if found:
            return found
    return ()


def _by_chance(queue: DeskQueue, _begin: float, may: May, draws: Draws) -> tuple[DeskMember, ...]:
    """Any of them, each as likely."""
    for level in queue.bench.levels:
        found = list(filter(may, level.members)) if queue.is_weighed else level.members
        if found:
            return (found[int(draws.next() * len(found))],)
    return ()


def _by_weighed_chance(queue: DeskQueue, _begin: float, may: May, draws: Draws) -> tuple[DeskMember, ...]:
    """The least of numbers that are drawn between 0 and 1 + penalty."""
    best, least = None, inf
    for level in queue.bench.levels:
        for member in level.members:
            if may(member) and (drawn := draws.next() * (1 + member.penalty)) < least:
                best, least = member, drawn
    return () if best is None else (best,)


def _in_turn(queue: DeskQueue, begin: float, may: May, _draws: Draws) -> tuple[DeskMember, ...]:
    """The first from this number on, and then from the beginning."""
    for level in queue.bench.levels:
        for member in _turning(level, begin):
            if may(member):
                return (member,)
    return ()


def _turning(level: Level[DeskMember], begin: float) -> Iterator[DeskMember]:
    middle, members = level.from_(begin), level.members
    for place in range(middle, len(members)):
        yield members[place]
    for place in range(middle):
        yield members[place]


_PICKING: Mapping[Strategy, Picking] = MappingProxyType(
    {
        Strategy.RINGALL: _all,
        Strategy.LEASTRECENT: _first,
        Strategy.FEWESTCALLS: _first,
        Strategy.RANDOM: _by_chance,
        Strategy.RRMEMORY: _in_turn,
        Strategy.RRORDERED: _in_turn,
        Strategy.LINEAR: _in_turn,
        Strategy.WRANDOM: _by_weighed_chance,
    }
)


def _behind(queue: DeskQueue, begin: float, rung: DeskMember) -> float:
    """Who would have been next, free or not; of the next penalty behind the last of one.

    Behind the very last it goes on at the beginning.
    """
    for penalty in sorted(queue.numbers):
        numbers = queue.numbers[penalty]
        if penalty == rung.penalty:
            found = _next(numbers, begin, rung.number)
            if found is not None:
                return found
        elif penalty > rung.penalty and numbers:
            place = bisect_left(numbers, begin)
            return numbers[place if place < len(numbers) else 0]
    return 0


def _next(numbers: Sequence[int], begin: float, number: int) -> int | None:
    """The one behind a number, on the way from ``begin`` to the end and from there to ``begin``; None behind the last.

    The number may be gone.
    """
    place = bisect_right(numbers, number)
    if number >= begin:
        if place < len(numbers):
            return numbers[place]
        place = 0
    return numbers[place] if place < len(numbers) and numbers[place] < begin else None
