"""The books in a database: what is written is read again, by time, queue and call."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from operator import attrgetter

import pytest

from ivrctl.acd.intervals import Interval
from ivrctl.acd.stay import Gap, StayEnd
from ivrctl.adapters.books_store import BooksReader, BooksWriter
from ivrctl.adapters.books_store import reader as reading

from .entries import DAY, TEN, span, stay


async def test_what_is_written_is_read_as_it_was(writer: BooksWriter, reader: BooksReader) -> None:
    """Every part of a stay, a span and a gap, to the microsecond."""
    ended = replace(
        stay(1, end=StayEnd.ANSWERED),
        talk_ended_at=TEN + timedelta(minutes=2),
        talk_ended_by="caller",
        missed=2,
        chain=3,
        is_joined_exactly=False,
        key="1",
    )
    gap = Gap(TEN, None, "the connection to Asterisk was lost", "vip")
    for entry in (ended, span(0, 5), gap):
        writer.add(entry)
    await writer.flushed()
    assert await reader.stays(DAY) == [ended]
    assert await reader.spans(DAY) == [span(0, 5)]
    assert await reader.gaps(DAY) == [gap]


async def test_entry_takes_the_place_of_the_one_before(writer: BooksWriter, reader: BooksReader) -> None:
    """A stay is written when it joins, and again when it ends; a span and a gap when they end."""
    for entry in (stay(1), span(0, None), Gap(TEN, None, "lost")):
        writer.add(entry)
    await writer.flushed()
    last = (stay(1, end=StayEnd.ABANDONED), span(0, 5), Gap(TEN, TEN + timedelta(seconds=7), "lost"))
    for later in last:
        writer.add(later)
    await writer.flushed()
    assert (*await reader.stays(DAY), *await reader.spans(DAY), *await reader.gaps(DAY)) == last


async def test_stays_are_read_by_time_and_queue(writer: BooksWriter, reader: BooksReader) -> None:
    """A period holds who joined in it: its beginning is in it, its end is not."""
    some = [stay(0, minute=-1), stay(0), stay(0, queue="general", minute=5), stay(0, minute=30)]
    for entry in some:
        writer.add(entry)
    await writer.flushed()
    half_hour = Interval(TEN, TEN + timedelta(minutes=30))
    assert await reader.stays(half_hour) == some[1:3]
    assert await reader.count_stays(half_hour) == len(some[1:3])
    assert await reader.stays(half_hour, "vip") == some[1:2]
    assert await reader.queues() == ["general", "vip"]


async def test_pages_lose_and_double_nothing(
    writer: BooksWriter, reader: BooksReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also when several joined in one microsecond."""
    monkeypatch.setattr(reading, "PAGE", 3)
    some = [stay(number // 4, queue=f"q{number % 4}") for number in range(22)]
    for entry in some:
        writer.add(entry)
    await writer.flushed()
    assert await reader.stays(DAY) == sorted(some, key=attrgetter("joined_at", "queue"))


async def test_pages_of_spans_lose_and_double_nothing(
    writer: BooksWriter, reader: BooksReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By agent and beginning."""
    monkeypatch.setattr(reading, "PAGE", 3)
    some = [
        replace(span(minute, minute + 1), interface=f"PJSIP/810{number}") for number in range(4) for minute in range(3)
    ]
    for entry in some:
        writer.add(entry)
    await writer.flushed()
    assert await reader.spans(DAY) == some
    assert await reader.spans(DAY, "PJSIP/8102") == some[6:9]


async def test_stays_of_a_call_are_found_by_either_id(writer: BooksWriter, reader: BooksReader) -> None:
    """A transferred call has several channels with one linkedid."""
    transferred = replace(stay(2, queue="expert", minute=3), linkedid="1795000000.1")
    for entry in (stay(1), transferred, stay(3)):
        writer.add(entry)
    await writer.flushed()
    assert await reader.stays_of("1795000000.1") == [stay(1), transferred]
    assert await reader.stays_of("1795000000.2") == [transferred]


async def test_ledger_that_begins_anew_gets_what_is_open(writer: BooksWriter, reader: BooksReader) -> None:
    """Who waits and who talks, what agents do, a gap that lasts; and who has left a moment ago."""
    talked = replace(stay(4, end=StayEnd.ANSWERED), talk_ended_at=TEN + timedelta(minutes=1))
    open_ones = (stay(1), stay(2, end=StayEnd.ANSWERED), span(2, None), Gap(TEN, None, "lost"))
    over = (stay(3, end=StayEnd.ABANDONED), talked, span(0, 1), Gap(TEN, TEN + timedelta(minutes=1), "lost", "vip"))
    recent = stay(5, end=StayEnd.ABANDONED, minute=9)
    for entry in (*open_ones, *over, recent):
        writer.add(entry)
    await writer.flushed()
    assert await reader.under_way(TEN + timedelta(minutes=5)) == [*open_ones[:2], recent, *open_ones[2:]]
    assert await reader.seen_at() == recent.left_at


async def test_books_that_are_empty_were_never_seen(reader: BooksReader) -> None:
    """Nothing is open."""
    assert await reader.seen_at() is None
    assert await reader.under_way(TEN) == []


async def test_spans_and_gaps_that_touch_a_period_are_read(writer: BooksWriter, reader: BooksReader) -> None:
    """Those that began before it and those that last still, too; of a queue the gaps of all queues."""
    inside = [span(-5, 10), span(10, 1), span(20, None)]
    for entry in (*inside, span(-10, 5), span(40, 1), span(10, 1, agent="PJSIP/8102")):
        writer.add(entry)
    gaps = [Gap(TEN, None, "lost"), Gap(TEN, TEN + timedelta(minutes=1), "lost", "vip")]
    for gap in gaps:
        writer.add(gap)
    await writer.flushed()
    half_hour = Interval(TEN, TEN + timedelta(minutes=30))
    assert await reader.spans(half_hour, "PJSIP/8101") == inside
    assert await reader.gaps(half_hour, "vip") == gaps
    assert await reader.gaps(half_hour, "general") == gaps[:1]
