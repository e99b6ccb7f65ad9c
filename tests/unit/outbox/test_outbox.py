"""The outbox's file: what is acknowledged is there, once, within its bounds."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from ivrctl.adapters.outbox import Outbox, OutboxFault, OutboxFile, Put, State, TooLargeFault
from ivrctl.model.values import Value

NOW = datetime(2026, 2, 14, 1, 0, tzinfo=UTC)
LONGEST = timedelta(minutes=10)


def _put(key: str, submission: str = "ticket", at: datetime = NOW, **params: Value) -> Put:
    return Put(key, submission, params, at)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "outbox.sqlite"


@pytest.fixture
def file(path: Path) -> Iterator[OutboxFile]:
    opened = OutboxFile(path)
    yield opened
    opened.close()


def _keys(file: OutboxFile, submission: str = "ticket", now: datetime = NOW, limit: int = 100) -> list[str]:
    return [entry.key for entry in file.due(submission, now, LONGEST, limit)]


def test_what_is_put_is_there_for_another_process(file: OutboxFile, path: Path) -> None:
    """Whoever opens the file next finds it with its values, which keep their types."""
    params: Mapping[str, Value] = {
        "text": "不通",
        "amount": Decimal("12.50"),
        "due": date(2026, 3, 1),
        "at": NOW,
        "lasts": timedelta(hours=2),
        "is_paid": False,
        "order": None,
    }
    assert file.put([Put("leg/1", "ticket", params, NOW)], NOW) == [""]
    [entry] = OutboxFile(path).due("ticket", NOW, LONGEST, 10)
    assert (entry.key, entry.params, entry.at, entry.state) == ("leg/1", params, NOW, State.WAITING)


def test_same_key_is_the_same_thing(file: OutboxFile) -> None:
    """A call that resumes puts it again: it is there once, as it came first."""
    assert file.put([_put("leg/1", text="one")], NOW) == [""]
    assert file.put([_put("leg/1", text="two"), _put("leg/1", text="three")], NOW) == ["", ""]
    [entry] = file.due("ticket", NOW, LONGEST, 10)
    assert entry.params == {"text": "one"}


def test_key_of_what_was_delivered_is_known_for_a_day(file: OutboxFile) -> None:
    """What comes again is passed over, until nobody can come again; what it held is forgotten at once."""
    file.put([_put("leg/1", text="one")], NOW)
    [entry] = file.due("ticket", NOW, LONGEST, 10)
    file.delivered([entry.number], NOW)
    file.put([_put("leg/1", text="one")], NOW)
    file.forget(NOW + timedelta(hours=23))
    assert _keys(file) == []
    assert [(found.state, found.params) for found in file.find("leg/1")] == [(State.DELIVERED, {})]
    file.forget(NOW + timedelta(hours=25))
    assert file.find("leg/1") == []


def test_oldest_comes_first_whatever_the_clock_says(file: OutboxFile) -> None:
    """The order is that in which things came: a clock that was set back changes nothing."""
    for number, at in enumerate((NOW, NOW - timedelta(hours=1), NOW + timedelta(hours=1))):
        file.put([_put(f"leg/{number}", at=at)], at)
    assert _keys(file) == ["leg/0", "leg/1", "leg/2"]


def test_one_that_was_not_taken_waits_for_its_next_try(file: OutboxFile) -> None:
    """Others of its submission come before it meanwhile."""
    file.put([_put("leg/1"), _put("leg/2")], NOW)
    file.failed(file.due("ticket", NOW, LONGEST, 1)[0].number, "status 500", NOW + timedelta(minutes=1))
    assert _keys(file) == ["leg/2"]
    assert _keys(file, now=NOW + timedelta(minutes=1)) == ["leg/1", "leg/2"]


def test_clock_that_is_set_back_holds_up_nothing(file: OutboxFile) -> None:
    """A next try that is further away than any pause was set by a clock that went wrong: it is due."""
    file.put([_put("leg/1")], NOW)
    file.failed(1, "away", NOW + timedelta(minutes=1))
    assert _keys(file, now=NOW - timedelta(days=1)) == ["leg/1"]


def test_one_that_nobody_took_for_want_of_anybody_stays_the_first(file: OutboxFile) -> None:
    """While an interface is away no entry loses its turn, and no try is counted against it."""
    file.put([_put("leg/1"), _put("leg/2")], NOW)
    file.failed(1, "nobody is there", None)
    [first, _] = file.due("ticket", NOW, LONGEST, 2)
    assert (first.key, first.tries, first.reason) == ("leg/1", 0, "nobody is there")


def test_given_up_is_what_is_too_old_and_is_kept(file: OutboxFile) -> None:
    """It is found with its reason, and goes out again only when a person says so."""
    file.put(
        [_put("old", at=NOW - timedelta(days=2)), _put("new"), _put("other", "note", NOW - timedelta(days=2))], NOW
    )
    assert file.give_up("ticket", NOW - timedelta(days=1), "nobody is there", NOW) == 1
    assert _keys(file) == ["new"]
    assert [(entry.key, entry.state, entry.reason) for entry in file.find("old")] == [
        ("old", State.GIVEN_UP, "nobody is there")
    ]
    assert file.retry(None) == 1
    assert _keys(file) == ["old", "new"]
    assert file.give_up("ticket", NOW - timedelta(days=1), "nobody is there", NOW) == 0


def test_refused_is_kept_until_somebody_drops_it(file: OutboxFile) -> None:
    """It is not tried again, and is gone once it was dropped; one that was delivered cannot be."""
    file.put([_put("leg/1"), _put("leg/2")], NOW)
    file.refused(1, "status 422", NOW)
    file.delivered([2], NOW)
    assert _keys(file) == []
    assert file.drop(1)
    assert not file.drop(1)
    assert not file.drop(2)
    assert file.find("leg/1") == []


def test_one_is_found_by_the_beginning_of_its_key(file: OutboxFile) -> None:
    """The whole key wins; signs of patterns mean nothing."""
    file.put([_put("leg-1/a"), _put("leg-1/a#2"), _put("leg_1/b%")], NOW)
    assert [entry.key for entry in file.find("leg-1/a")] == ["leg-1/a"]
    assert [entry.key for entry in file.find("leg-1")] == ["leg-1/a", "leg-1/a#2"]
    assert [entry.key for entry in file.find("leg_1/b%")] == ["leg_1/b%"]
    assert file.find("l%") == []


@pytest.mark.parametrize(
    "damage",
    [
        "params = '{'",
        "params = '[]'",
        "params = cast(x'7b22ff' as text)",
        'params = \'{"a": {"what": 1}}\'',
        "at = 'x'",
    ],
)
def test_one_that_is_damaged_is_told_and_dropped(file: OutboxFile, path: Path, damage: str) -> None:
    """The others go on, and nobody has to open the file by hand."""
    file.put([_put("a"), _put("b")], NOW)
    connection = sqlite3.connect(path)
    with connection:
        connection.execute(f"update entries set {damage} where key = 'a'")  # noqa: S608 - one of the above
    connection.close()
    assert [bool(entry.damage) for entry in file.due("ticket", NOW, LONGEST, 9)] == [True, False]
    assert [(entry.key, bool(entry.damage)) for entry in file.listed(9)] == [("a", True), ("b", False)]
    assert sum(figure.count for figure in file.figures()) == 2
    (found,) = file.find("a")
    assert file.drop(found.number)
    assert _keys(file) == ["b"]


def test_figures_tell_what_is_not_delivered(file: OutboxFile) -> None:
    """By submission and state, with the oldest of each; nothing of what was delivered."""
    file.put([_put("1"), _put("2", at=NOW - timedelta(hours=1)), _put("3", "note"), _put("4", "note")], NOW)
    file.refused(3, "no", NOW)
    file.delivered([4], NOW)
    told = {(each.submission, each.state): (each.count, each.oldest) for each in file.figures()}
    assert told == {
        ("ticket", State.WAITING): (2, NOW - timedelta(hours=1)),
        ("note", State.REFUSED): (1, NOW),
    }


# bounds


def test_what_is_too_large_is_not_kept(file: OutboxFile) -> None:
    """It is told so, and others of the same transaction are kept."""
    large, small = file.put([_put("large", text="x" * 70_000), _put("small")], NOW)
    assert (large, small) == ("its parameters have 70 kB, and at most 64 are kept", "")
    assert _keys(file) == ["small"]


def test_more_than_there_is_room_for_is_not_kept(path: Path) -> None:
    """What was set aside counts too; what is delivered makes room."""
    file = OutboxFile(path, most_kept=2)
    assert (
        file.put([_put("1"), _put("2"), _put("3")], NOW)[2] == "2 submissions are kept already, and no more are taken"
    )
    file.refused(1, "no", NOW)
    assert file.put([_put("3")], NOW) != [""]
    file.delivered([2], NOW)
    assert file.put([_put("3")], NOW) == [""]
    file.close()


# the disk


def test_file_is_the_users_own(file: OutboxFile, path: Path) -> None:
    """It holds what callers said: nobody else reads it."""
    file.put([_put("1")], NOW)
    assert path.stat().st_mode & 0o077 == 0


def test_what_is_acknowledged_is_on_the_disk(file: OutboxFile, path: Path) -> None:
    """Each transaction waits for the disk."""
    file.put([_put("1")], NOW)
    assert file._connection is not None
    assert file._connection.execute("pragma synchronous").fetchone() == (2,)
    assert sqlite3.connect(path).execute("pragma journal_mode").fetchone() == ("wal",)


def test_file_that_is_removed_is_made_anew(file: OutboxFile, path: Path) -> None:
    """What is put afterwards is not written into a file that nobody can open any more."""
    file.put([_put("1")], NOW)
    for each in path.parent.glob("outbox.sqlite*"):
        each.unlink()
    assert file.put([_put("2")], NOW) == [""]
    assert [entry.key for entry in OutboxFile(path).listed(10)] == ["2"]


def test_damaged_file_keeps_nothing_and_says_so(path: Path) -> None:
    """Nobody is told that something is kept which is not; once the file is repaired it is used again."""
    path.write_bytes(b"this is no database, whatever its name says" * 100)
    file = OutboxFile(path)
    with pytest.raises(OutboxFault, match="not a database"):
        file.put([_put("1")], NOW)
    path.unlink()
    assert file.put([_put("1")], NOW) == [""]
    file.close()


def test_folder_that_is_away_keeps_nothing_and_says_so(tmp_path: Path) -> None:
    """The call is told; it does not end by it."""
    with pytest.raises(OutboxFault, match="unable to open"):
        OutboxFile(tmp_path / "gone" / "outbox.sqlite").put([_put("1")], NOW)


# behind an event loop


async def test_what_is_put_at_the_same_time_is_written_at_once(path: Path) -> None:
    """A thousand calls that end in one moment share a few transactions, and each is told when its own is there."""
    outbox = Outbox(path, clock=lambda: NOW)
    told: list[frozenset[str]] = []
    outbox.on_put = told.append
    await asyncio.gather(*(outbox.put(_put(f"leg/{number}")) for number in range(1000)))
    assert (await outbox.figures())[0].count == 1000
    assert told == [frozenset({"ticket"})] * len(told)
    assert len(told) < 10
    await outbox.close()


async def test_one_that_is_refused_does_not_refuse_its_neighbours(path: Path) -> None:
    """Each put of a transaction has its own answer."""
    outbox = Outbox(path, clock=lambda: NOW)
    answers = await asyncio.gather(
        outbox.put(_put("1")), outbox.put(_put("2", text="x" * 70_000)), outbox.put(_put("3")), return_exceptions=True
    )
    assert [type(answer) for answer in answers] == [type(None), TooLargeFault, type(None)]
    await outbox.close()


async def test_whoever_stops_waiting_has_put_nothing(path: Path) -> None:
    """A caller who hangs up before the disk's turn leaves nothing behind."""
    outbox = Outbox(path, clock=lambda: NOW)
    tasks = [asyncio.ensure_future(outbox.put(_put(str(number)))) for number in range(3)]
    await asyncio.sleep(0)
    tasks[1].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert {entry.key for entry in await outbox.due("ticket", NOW, LONGEST, 10)} == {"0", "2"}
    await outbox.close()


async def test_closing_writes_what_waits(path: Path) -> None:
    """What was begun to be put is there when the outbox is closed."""
    outbox = Outbox(path, clock=lambda: NOW)
    putting = asyncio.ensure_future(outbox.put(_put("1")))
    await asyncio.sleep(0)
    await outbox.close()
    await putting
    assert [entry.key for entry in OutboxFile(path).listed(10)] == ["1"]
