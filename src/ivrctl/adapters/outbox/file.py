"""The outbox's file: every statement that goes to it. Used from one thread at a time.

The oldest comes first by its number, not by a time of day: clocks are set back. ``next_at`` is the only time that a
decision depends on, and one further away than any pause is the remnant of a clock that went wrong.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ivrctl.adapters.outbox.entry import Entry, Figure, Put, State
from ivrctl.errors import IvrctlError
from ivrctl.model.values import Value, from_json, to_json

MAX_PARAMS_BYTES = 64_000
"""Of one entry: its longest texts are a call's path and a message, and an interface takes no more in one request."""
MOST_KEPT = 250_000
"""Entries that wait or were set aside: some hundred megabytes, and more than a day of calls at a site of this size."""
REMEMBERED = timedelta(days=1)
"""How long the key of what was delivered is known: no call lasts longer, and the journal forgets its leg then."""
BUSY_SECONDS = 2.0
"""For another process to end its transaction."""
RECOUNTED_AFTER = 1000
"""Entries that are put until they are counted again: others put and deliver, too."""

DAMAGED = "it is damaged and cannot be read"
_UNREADABLE = (ValueError, TypeError, KeyError, AttributeError, ArithmeticError, RecursionError, OSError)
"""What reading a row raises that the disk has damaged."""

_COLUMNS = "number, key, submission, params, at, state, tries, reason"
_KEPT = f"state != '{State.DELIVERED}'"
_SCHEMA = """
create table if not exists entries (
    number integer primary key autoincrement,
    key text not null unique,
    submission text not null,
    params text not null,
    at real not null,
    state text not null default 'waiting',
    tries integer not null default 0,
    next_at real not null default 0,
    reason text not null default '',
    changed_at real not null
);
create index if not exists entries_by_state on entries (state, submission, number);
"""


class OutboxFault(IvrctlError):  # noqa: N818 - the disk's, named in the field's words
    """The outbox could not be written or read: the disk is full, the file is damaged, or too much is kept."""

    exit_code = 2


class TooLargeFault(OutboxFault):
    """It is never kept, today or later."""


class TooLarge(str):
    """Why something is never kept, among the reasons of those that are not."""

    __slots__ = ()


class OutboxFile:
    """The file, opened when it is first needed."""

    def __init__(self, path: Path, *, most_kept: int = MOST_KEPT) -> None:
        """Prepare; nothing is opened yet."""
        self._path = path
        self._most_kept = most_kept
        self._connection: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None
        self._kept = 0
        self._until_counted = 0

    # what is put

    def put(self, batch: Sequence[Put], now: datetime) -> list[str]:
        """Keep some, all in one transaction; what is known under its key already is passed over.

        Returns:
            For each why it is not kept, ``TooLarge`` where it never will be, or nothing when it is.

        Raises:
            OutboxFault: none of them is kept.
        """
        rows = [_row(put, now) for put in batch]
        answers = [row if isinstance(row, str) else "" for row in rows]
        with self._transaction() as connection:
            for index, row in enumerate(rows):
                if not isinstance(row, str):
                    answers[index] = self._insert(connection, row)
        return answers

    def _insert(self, connection: sqlite3.Connection, row: tuple[object, ...]) -> str:
        if self._until_counted <= 0:
            [[self._kept]] = connection.execute(f"select count(*) from entries where {_KEPT}")  # noqa: S608 - a constant
            self._until_counted = RECOUNTED_AFTER
        self._until_counted -= 1
        if self._kept >= self._most_kept:
            self._until_counted = 0
            return f"{self._kept} submissions are kept already, and no more are taken"
        statement = "insert into entries (key, submission, params, at, changed_at) values (?, ?, ?, ?, ?)"
        self._kept += connection.execute(f"{statement} on conflict (key) do nothing", row).rowcount
        return ""

    # what is delivered

    def due(self, submission: str, now: datetime, longest: timedelta, limit: int) -> list[Entry]:
        """The oldest that wait and are due.

        Args:
            submission: its name.
            now: aware.
            longest: pause between two tries: a next try later than that from now is due as well.
            limit: entries at most.
        """
        at, latest = now.timestamp(), (now + longest).timestamp()
        where = "state = ? and submission = ? and (next_at <= ? or next_at > ?) order by number limit ?"
        return self._read(where, (State.WAITING, submission, at, latest, limit))

    def delivered(self, numbers: Iterable[int], now: datetime) -> None:
        """Whoever they are for has them: what they held is forgotten."""
        statement = "update entries set state = ?, params = '{}', reason = '', changed_at = ? where number = ?"
        with self._transaction() as connection:
            connection.executemany(statement, [(State.DELIVERED, now.timestamp(), number) for number in numbers])

    def refused(self, number: int, reason: str, now: datetime) -> None:
        """One will never be taken."""
        statement = "update entries set state = ?, reason = ?, changed_at = ? where number = ?"
        with self._transaction() as connection:
            connection.execute(statement, (State.REFUSED, reason, now.timestamp(), number))

    def failed(self, number: int, reason: str, next_at: datetime | None) -> None:
        """One was not taken; it is tried again not before ``next_at``, or with all others when that is None."""
        with self._transaction() as connection:
            if next_at is None:
                connection.execute("update entries set reason = ? where number = ?", (reason, number))
            else:
                statement = "update entries set tries = tries + 1, reason = ?, next_at = ? where number = ?"
                connection.execute(statement, (reason, next_at.timestamp(), number))

    def give_up(self, submission: str, before: datetime, reason: str, now: datetime) -> int:
        """Give up what was handed over before a moment; how much that was."""
        statement = (
            "update entries set state = ?, reason = ?, changed_at = ? where state = ? and submission = ? and at < ?"
        )
        values = (State.GIVEN_UP, reason, now.timestamp(), State.WAITING, submission, before.timestamp())
        with self._transaction() as connection:
            return connection.execute(statement, values).rowcount

    def forget(self, now: datetime) -> None:
        """Forget what was delivered a day ago."""
        with self._transaction() as connection:
            oldest = (now - REMEMBERED).timestamp()
            connection.execute("delete from entries where state = ? and changed_at < ?", (State.DELIVERED, oldest))

    # what people see and do

    def figures(self) -> list[Figure]:
        """How much there is, by submission and state; of what was delivered, nothing."""
        columns = "submission, state, count(*), min(at)"
        with self._reading() as connection:
            found = connection.execute(f"select {columns} from entries where {_KEPT} group by state, submission")  # noqa: S608 - constants
            return [
                Figure(name, State(state), count, _shown_moment(at))
                for name, state, count, at in found
                if state in set(State)
            ]

    def listed(self, limit: int) -> list[Entry]:
        """What waits and what was set aside, the oldest first."""
        return self._read(f"{_KEPT} order by number limit ?", (limit,))

    def find(self, key: str) -> list[Entry]:
        """The entry with this key; else those whose keys begin so."""
        exact = self._read("key = ?", (key,))
        return exact or self._read("substr(key, 1, ?) = ? order by number limit 10", (len(key), key))

    def retry(self, number: int | None) -> int:
        """Have one entry wait anew, or all that were set aside; how many those were.

        It begins a new life: its age counts from now on, since it would be given up at once otherwise.
        """
        aside = f"state in ('{State.REFUSED}', '{State.GIVEN_UP}')"
        which = aside if number is None else f"number = ? and ({aside} or state = '{State.WAITING}')"
        now = datetime.now(UTC).timestamp()
        statement = f"update entries set state = ?, next_at = 0, at = ?, changed_at = ? where {which}"  # noqa: S608 - constants
        with self._transaction() as connection:
            chosen = () if number is None else (number,)
            return connection.execute(statement, (State.WAITING, now, now, *chosen)).rowcount

    def drop(self, number: int) -> bool:
        """Forget an entry that was not delivered; False when there is none."""
        with self._transaction() as connection:
            found = connection.execute(f"delete from entries where number = ? and {_KEPT}", (number,))  # noqa: S608 - a constant
            self._until_counted = 0
            return found.rowcount > 0

    def close(self) -> None:
        """Close the file."""
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(sqlite3.Error):
                connection.close()

    # the file

    def _read(self, where: str, values: tuple[object, ...]) -> list[Entry]:
        with self._reading() as connection:
            found = connection.execute(f"select {_COLUMNS} from entries where {where}", values)  # noqa: S608 - constants
            return [_entry(row) for row in found]

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._reading() as connection:
            connection.execute("begin immediate")
            try:
                yield connection
                connection.execute("commit")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    connection.execute("rollback")
                raise

    @contextlib.contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            yield self._opened()
        except (sqlite3.Error, OSError, ValueError) as error:
            # What is wrong with the file may be right the next time: it is opened anew.
            self.close()
            raise OutboxFault(f"the outbox cannot be used: {error}", advice=f"see {self._path}") from error

    def _opened(self) -> sqlite3.Connection:
        """The connection; another one where the file of this name is another by now."""
        if self._connection is not None and self._identity == self._found():
            return self._connection
        self.close()
        connection = sqlite3.connect(self._path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
        connection.text_factory = _text
        try:
            connection.execute("pragma journal_mode = wal")
            connection.execute("pragma synchronous = full")
            connection.executescript(_SCHEMA)
        except sqlite3.Error:
            connection.close()
            raise
        self._path.chmod(0o600)
        self._connection, self._identity, self._until_counted = connection, self._found(), 0
        return connection

    def _found(self) -> tuple[int, int] | None:
        try:
            found = os.stat(self._path)  # noqa: PTH116 - once per statement
        except FileNotFoundError:
            return None
        return found.st_dev, found.st_ino


def _text(content: bytes) -> str:
    return content.decode("utf-8", "surrogateescape")


def _row(put: Put, now: datetime) -> tuple[object, ...] | str:
    """The columns of a new entry; or why it is none."""
    params = json.dumps({name: to_json(value) for name, value in put.params.items()}, ensure_ascii=False)
    size = len(params.encode("utf-8", "surrogatepass"))
    if size > MAX_PARAMS_BYTES:
        return TooLarge(f"its parameters have {size // 1000} kB, and at most {MAX_PARAMS_BYTES // 1000} are kept")
    return put.key, put.submission, params, put.at.timestamp(), now.timestamp()


def _entry(row: tuple[Any, ...]) -> Entry:
    """One that the disk has damaged is there all the same, so that it holds up no other and can be dropped."""
    number, key, submission, params, at, state, tries, reason = row
    try:
        return Entry(number, key, submission, _params(params), _moment(at), State(state), tries, reason)
    except _UNREADABLE:
        known = State(state) if state in set(State) else State.REFUSED
        return Entry(number, _shown(key), _shown(submission), {}, _shown_moment(at), known, 0, DAMAGED, DAMAGED)


def _shown(text: object) -> str:
    return str(text).encode("utf-8", "replace").decode()


def _shown_moment(at: object) -> datetime:
    try:
        return _moment(at)  # type: ignore[arg-type] # whatever stands there
    except _UNREADABLE:
        return datetime.fromtimestamp(0, UTC)


def _params(text: str) -> Mapping[str, Value]:
    # What is no UTF-8 came in as surrogates: it is damaged, and must not go out with other letters.
    return {name: from_json(value) for name, value in json.loads(text.encode()).items()}


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)
