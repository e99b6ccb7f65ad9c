"""What the database counts is what is counted of the stays themselves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

import pytest

from ivrctl.acd.books import disagrees
from ivrctl.acd.intervals import Interval
from ivrctl.acd.kpi import WrapUps
from ivrctl.acd.stay import AgentSpan, AgentState, Stay, StayEnd
from ivrctl.adapters.books_store import BooksReader, BooksWriter, QuarterCount

from .entries import DAY, TEN, stay

SHORT = timedelta(seconds=5)
QUARTER = timedelta(minutes=15)
MILLISECOND = 0.001
"""SQLite's days are numbers with so many places."""


def any_stays(chance: Random, count: int = 400) -> Iterator[Stay]:
    """Of every end, over two days, and some whose parts contradict each other."""
    for number in range(count):
        end = chance.choice(list(StayEnd))
        one = stay(number, queue=chance.choice(("vip", "sales")), end=end, minute=chance.randrange(-700, 1000))
        left = (
            None if end is StayEnd.WAITING else one.joined_at + timedelta(milliseconds=chance.randrange(-500, 90_000))
        )
        ended = None
        if end is StayEnd.ANSWERED and left is not None and chance.random() < 0.9:
            ended = left + timedelta(milliseconds=chance.randrange(-2_000, 400_000))
        yield replace(one, left_at=left, talk_ended_at=ended, interface=f"PJSIP/{number}")


def wrap_up(one: Stay, chance: Random) -> Iterator[AgentSpan]:
    """Behind some talks, at once or a second later; and some that have nothing to do with one."""
    if one.talk_ended_at is not None and chance.random() < 0.8:
        began = one.talk_ended_at + timedelta(seconds=chance.choice((0, 1, 30)))
        yield AgentSpan(one.interface, AgentState.WRAP_UP, "", began, began + timedelta(seconds=20))


@dataclass
class Tally:
    """A quarter of a queue."""

    offered: int = 0
    handled: int = 0
    handling: float = 0.0
    waited: float = 0.0
    abandoned: int = 0

    def add(self, one: Stay, wrap_ups: WrapUps) -> None:
        """As the field reckons: ``acd`` says it stay by stay."""
        self.offered += 1
        if one.end is StayEnd.ANSWERED and one.is_over and not disagrees(one):
            self.handled += 1
            self.handling += one.talked(DAY.end) + (wrap_ups.after(one) or 0.0)
        if one.left_at is not None and one.waited(DAY.end) >= SHORT.total_seconds():
            self.waited += one.waited(DAY.end) - SHORT.total_seconds()
            self.abandoned += one.end is StayEnd.ABANDONED


async def test_quarters_are_counted_as_stays_are(writer: BooksWriter, reader: BooksReader) -> None:
    """By queue and the quarter of an hour in which they joined, whatever became of them; nothing else is counted."""
    chance = Random(20)
    stays = list(any_stays(chance))
    spans = [span for one in stays for span in wrap_up(one, chance)]
    for entry in (*stays, *spans):
        writer.add(entry)
    await writer.flushed()
    wrap_ups, expected = WrapUps(spans, DAY.end), defaultdict[tuple[str, datetime], Tally](Tally)
    for one in stays:
        if one.joined_at in DAY:
            expected[one.queue, TEN + QUARTER * ((one.joined_at - TEN) // QUARTER)].add(one, wrap_ups)
    found = {(one.queue, one.begin): one for one in await reader.quarters(DAY, SHORT)}
    assert found.keys() == expected.keys()
    for key, tally in expected.items():
        queue, begin = key
        handling, waited = (pytest.approx(seconds, abs=MILLISECOND) for seconds in (tally.handling, tally.waited))
        assert found[key] == QuarterCount(queue, begin, tally.offered, tally.handled, handling, waited, tally.abandoned)


async def test_books_begin_with_their_first_entry(writer: BooksWriter, reader: BooksReader) -> None:
    """A stay, or an agent who signed on before anybody called; of empty books nobody knows."""
    assert await reader.began_at() is None
    writer.add(stay(1))
    writer.add(AgentSpan("PJSIP/8101", AgentState.IDLE, "", TEN - QUARTER, None))
    await writer.flushed()
    assert await reader.began_at() == TEN - QUARTER
    assert await reader.quarters(Interval(TEN - QUARTER, TEN), SHORT) == []
