"""What is known of callers, and events that wait for the books."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from ivrctl.acd.events import CallerAnswered, CallerJoined, CallerLeft, CallerRead, Event, QueueRead, QueuesRead
from ivrctl.acd.ledger import Entry, Ledger
from ivrctl.acd.picture import QueueSettings
from ivrctl.acd.stay import Gap, Stay, StayEnd
from ivrctl.service.queues import callers
from ivrctl.service.queues.bookkeeper import Bookkeeper

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
SETTINGS = QueueSettings("sales", "ringall", 0, 0, timedelta(0))


def reading(at: datetime, *waiting: str, waited: float = 0.0) -> QueuesRead:
    read = [CallerRead(uniqueid, "PJSIP/t", "", place, waited, 0) for place, uniqueid in enumerate(waiting, 1)]
    return QueuesRead(at, (QueueRead(SETTINGS, (), read),))


def joined(uniqueid: str, at: datetime = NOON) -> CallerJoined:
    return CallerJoined(at, "sales", uniqueid, uniqueid, "PJSIP/t", "", 1)


def last_of(entries: list[Entry], uniqueid: str) -> Stay:
    return [entry for entry in entries if isinstance(entry, Stay) and entry.uniqueid == uniqueid][-1]


def test_a_caller_has_the_line_and_tier_that_a_flow_knew() -> None:
    """The last word counts; nobody's is somebody else's."""
    known = callers.KnownCallers()
    known.queued("1.1", "10010", "")
    known.queued("1.1", "10010", "gold")
    (stay,) = (entry for entry in Ledger().take(joined("1.1")) if isinstance(entry, Stay))
    (other,) = (entry for entry in Ledger().take(joined("1.2")) if isinstance(entry, Stay))
    assert (known.named(stay).line, known.named(stay).tier) == ("10010", "gold")
    assert known.named(other) is other
    assert known.named(known.named(stay)) == known.named(stay)


def test_those_who_came_first_are_forgotten() -> None:
    """What is held is bounded."""
    known = callers.KnownCallers()
    for number in range(callers.MOST + 1):
        known.queued(f"1.{number}", "100", "")
    assert len(known._known) == callers.MOST
    assert "1.0" not in known._known


def test_what_happens_before_the_books_are_there_is_caught_up_with() -> None:
    """As if they had been: who waited when the controller was lost goes on, with line and tier."""
    entries: list[Entry] = []
    books = Bookkeeper(entries.append)
    before = Ledger()
    before.take(reading(NOON - 60 * SECOND))
    (stay,) = (entry for entry in before.take(joined("1.1", NOON - 30 * SECOND)) if isinstance(entry, Stay))
    books.take(reading(NOON, "1.1", waited=30.0))
    books.take(CallerLeft(NOON + SECOND, "sales", "1.1", 1))
    books.take(CallerAnswered(NOON + SECOND, "sales", "1.1", "PJSIP/8101", 31.0))
    books.settle(NOON + 2 * SECOND)
    assert (entries, books.is_open) == ([], False)
    known = callers.KnownCallers()
    known.queued("1.1", "10010", "gold")
    books.begin(Ledger.restored([known.named(stay)], NOON - 30 * SECOND))
    told = last_of(entries, "1.1")
    assert (told.end, told.line, told.tier) == (StayEnd.ANSWERED, "10010", "gold")
    assert any(isinstance(entry, Gap) and entry.began_at == NOON - 30 * SECOND for entry in entries)


def test_more_than_can_wait_is_a_gap_in_the_books() -> None:
    """From the first that is missing to the next reading."""
    entries: list[Entry] = []
    books = Bookkeeper(entries.append, most_held=10)
    happened: list[Event] = [reading(NOON), *(joined(f"1.{n}", NOON + n * SECOND) for n in range(1, 25))]
    for event in happened:
        books.take(event)
    books.take(reading(NOON + 30 * SECOND, "1.24"))
    books.begin(Ledger())
    gaps = {gap.began_at: gap for gap in entries if isinstance(gap, Gap) and not gap.queue}
    assert [(gap.began_at, gap.ended_at) for gap in gaps.values()] == [(NOON, NOON + 30 * SECOND)]
    assert last_of(entries, "1.24").end is StayEnd.WAITING


def test_books_of_a_successor_are_left_alone() -> None:
    """What is expected of waits is learnt all the same."""
    entries: list[Entry] = []
    books = Bookkeeper(entries.append)
    books.begin(Ledger())
    books.is_writing = False
    books.take(joined("1.1"))
    assert entries == []
