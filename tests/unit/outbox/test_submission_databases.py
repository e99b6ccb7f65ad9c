"""A submission to a table: its statement in one transaction, and what its refusals mean."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ivrctl.adapters.submission_databases import SubmissionDatabases
from ivrctl.model.delivery import Delivered, Failed, Refused

from .conftest import SITE, site

TICKETS = "create table tickets (key text primary key, text text check (text != 'empty'), count integer, due text)"


@pytest.fixture
def table(tmp_path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(tmp_path / "bss.sqlite")
    connection.execute(TICKETS)
    connection.commit()
    return connection


@pytest.fixture
async def databases(tmp_path: Path) -> AsyncIterator[SubmissionDatabases]:
    opened = SubmissionDatabases(site(), tmp_path, {})
    yield opened
    await opened.close()


TICKET = site().submissions["ticket"]


async def test_row_is_written_with_its_key(databases: SubmissionDatabases, table: sqlite3.Connection) -> None:
    """The key is the statement's own parameter; what may be none is null."""
    assert await databases.write(TICKET, "leg/1", {"text": "不通", "count": Decimal(2)}) == Delivered()
    assert await databases.write(TICKET, "leg/2", {"text": "b", "count": None}) == Delivered()
    assert table.execute("select key, text, count from tickets order by key").fetchall() == [
        ("leg/1", "不通", 2),
        ("leg/2", "b", None),
    ]


async def test_same_key_is_there_once(databases: SubmissionDatabases, table: sqlite3.Connection) -> None:
    """A try that was answered and whose answer was lost is repeated, and does nothing."""
    for text in ("one", "two"):
        assert await databases.write(TICKET, "leg/1", {"text": text, "count": None}) == Delivered()
    assert table.execute("select text from tickets").fetchall() == [("one",)]


async def test_constraint_refuses_this_one(databases: SubmissionDatabases, table: sqlite3.Connection) -> None:
    """What the table will never take is refused, and nothing of it is there; the others go on."""
    answer = await databases.write(TICKET, "leg/1", {"text": "empty", "count": None})
    assert isinstance(answer, Refused)
    assert "CHECK constraint failed" in answer.reason
    assert table.execute("select count(*) from tickets").fetchone() == (0,)


async def test_table_that_is_missing_is_waited_for(databases: SubmissionDatabases, tmp_path: Path) -> None:
    """It would be the same for every other: somebody has to make it."""
    sqlite3.connect(tmp_path / "bss.sqlite").execute("create table other (a)").connection.commit()
    answer = await databases.write(TICKET, "leg/1", {"text": "a", "count": None})
    assert answer == Failed("the database bss failed: no such table: tickets", is_away=True)


async def test_file_that_is_missing_is_waited_for_and_not_made(databases: SubmissionDatabases, tmp_path: Path) -> None:
    """A mistyped name must not make an empty database; once the file is there it is used."""
    answer = await databases.write(TICKET, "leg/1", {"text": "a", "count": None})
    assert isinstance(answer, Failed)
    assert answer.is_away
    assert not (tmp_path / "bss.sqlite").exists()
    connection = sqlite3.connect(tmp_path / "bss.sqlite")
    connection.execute(TICKETS)
    assert await databases.write(TICKET, "leg/1", {"text": "a", "count": None}) == Delivered()


@pytest.mark.thorough
async def test_table_that_somebody_else_has_locked_is_waited_for(
    databases: SubmissionDatabases, table: sqlite3.Connection
) -> None:
    """A writer that does not end costs a try, and not the submission."""
    table.execute("begin immediate")
    answer = await databases.write(TICKET, "leg/1", {"text": "a", "count": None})
    table.execute("rollback")
    assert answer == Failed("the database bss failed: database is locked", is_away=True)
    assert await databases.write(TICKET, "leg/1", {"text": "a", "count": None}) == Delivered()


async def test_variable_that_is_not_set_is_waited_for(tmp_path: Path) -> None:
    """The reason says what is missing, and no password."""
    declared = site(SITE.replace('"sqlite:bss.sqlite"', "{env: BSS_URL}"))
    answer = await SubmissionDatabases(declared, tmp_path, {}).write(TICKET, "leg/1", {"text": "a", "count": None})
    assert isinstance(answer, Failed)
    assert answer.reason.startswith("the environment variable BSS_URL is not set")


async def test_values_go_in_by_their_types(databases: SubmissionDatabases, table: sqlite3.Connection) -> None:
    """A day is written as SQLite's functions read it."""
    sql = "insert into tickets (key, due) values (:key, :due) on conflict do nothing"
    text = SITE.replace(
        "insert into notes (key, text) values (:key, :text) on conflict do nothing\n    params: {text: text}",
        f"{sql}\n    params: {{due: date}}",
    )
    note = site(text).submissions["note"]
    assert await databases.write(note, "leg/1", {"due": date(2026, 3, 1)}) == Delivered()
    assert table.execute("select due, date(due, '+1 day') from tickets").fetchall() == [("2026-03-01", "2026-03-02")]
