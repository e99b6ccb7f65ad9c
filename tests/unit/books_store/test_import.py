"""History into the books: whole, once, and beside what the ledger saw."""

from __future__ import annotations

import bz2
import gzip
import lzma
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from ivrctl.acd.intervals import Interval
from ivrctl.acd.stay import AgentSpan, AgentState, Stay, StayEnd
from ivrctl.adapters.books_store import BooksReader, BooksWriter
from ivrctl.adapters.books_store.imports import BooksImport, Progress
from ivrctl.adapters.queue_log import LogFile, LogTable, Raw, log_files
from ivrctl.adapters.queue_log import files as reading
from ivrctl.adapters.site_store import SiteStore
from ivrctl.adapters.site_store.engine import open_engine, transaction
from ivrctl.errors import ConfigurationError
from ivrctl.service.queue_history import HistoryImport, Outcome

T = 1_795_000_000
WHEN = datetime.fromtimestamp(T, UTC)
EUROPE = ZoneInfo("Europe/Berlin")
EVER = Interval(WHEN - timedelta(days=10), WHEN + timedelta(days=10))


@dataclass
class Told:
    """What was told of an import."""

    wrong: list[tuple[str, int, str]] = field(default_factory=list)
    went_on: list[tuple[str, int]] = field(default_factory=list)

    def unreadable(self, source: str, raw: Raw) -> None:
        """A line was wrong."""
        self.wrong.append((Path(source).name, raw.number, raw.why))

    def goes_on(self, source: str, line: int) -> None:
        """It was read before."""
        self.went_on.append((Path(source).name, line))

    def progress(self, source: str, lines: int, done: float) -> None:
        """So much is done."""
        assert 0 <= done <= 1


def _call(number: int, at: int, *, talk: int = 60) -> list[str]:
    """Three lines: he joins, is answered after 9 s, and talks."""
    id_ = f"{T + at}.{number}"
    return [
        f"{T + at}|{id_}|vip|NONE|ENTERQUEUE||+86{number}|1",
        f"{T + at + 9}|{id_}|vip|PJSIP/8101|CONNECT|9|{id_}9|4",
        f"{T + at + 9 + talk}|{id_}|vip|PJSIP/8101|COMPLETECALLER|9|{talk}|1",
    ]


def _text(*lines: str) -> str:
    return "".join(f"{line}\n" for line in lines)


LOG = _text(f"{T}|NONE|NONE|NONE|QUEUESTART|", *(line for n in range(20) for line in _call(n, 100 * n + 10)))


async def _import(store: SiteStore, *paths: Path, told: Told | None = None) -> Outcome:
    importing = HistoryImport(BooksImport(store), {}, lambda: WHEN, told or Told())
    return await importing.run(log_files(paths))


def _write(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


async def _books(reader: BooksReader) -> tuple[list[Stay], list[AgentSpan]]:
    return await reader.stays(EVER), await reader.spans(EVER)


async def test_log_becomes_stays_and_spans(store: SiteStore, reader: BooksReader, tmp_path: Path) -> None:
    """Twenty calls, and what was done of them is told."""
    outcome = await _import(store, _write(tmp_path / "queue_log", LOG))
    stays, spans = await _books(reader)
    assert (outcome.lines, outcome.stays, outcome.unreadable) == (61, 20, 0)
    assert [(stay.number, stay.waited(WHEN), stay.end) for stay in stays] == [
        (f"+86{number}", 9.0, StayEnd.ANSWERED) for number in range(20)
    ]
    assert {span.state for span in spans} == {AgentState.RINGING, AgentState.TALKING}
    assert len(spans) == outcome.spans == 40


async def test_same_once_more_changes_nothing(store: SiteStore, reader: BooksReader, tmp_path: Path) -> None:
    """Also under another name, and compressed."""
    log = _write(tmp_path / "queue_log", LOG)
    await _import(store, log)
    before = await _books(reader)
    log.rename(tmp_path / "queue_log.1")
    with gzip.open(tmp_path / "queue_log.1.gz", "wt") as file:
        file.write(LOG)
    outcome = await _import(store, tmp_path)
    assert (outcome.lines, outcome.sources, outcome.read_before) == (0, 2, 2)
    assert await _books(reader) == before


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
async def test_log_is_read_however_it_is_compressed(
    store: SiteStore, reader: BooksReader, tmp_path: Path, compress: Callable[[bytes], bytes]
) -> None:
    """Known by how it begins, and not by its name."""
    (tmp_path / "queue_log-20261120").write_bytes(compress(LOG.encode()))
    outcome = await _import(store, tmp_path)
    assert (outcome.lines, outcome.stays, outcome.unreadable) == (61, 20, 0)


async def test_log_whose_lines_were_written_twice_is_the_same(
    store: SiteStore, reader: BooksReader, tmp_path: Path
) -> None:
    """As two loggers write them into one file, or a file was put behind itself line by line."""
    await _import(store, _write(tmp_path / "queue_log", _text(*(line for line in LOG.splitlines() for _ in (1, 2)))))
    stays, spans = await _books(reader)
    assert [(stay.number, stay.end) for stay in stays] == [(f"+86{n}", StayEnd.ANSWERED) for n in range(20)]
    assert len(spans) == 40


@pytest.mark.parametrize("last", [24, 25, 26])
async def test_piece_that_ends_too_soon_takes_nothing_back(
    store: SiteStore, reader: BooksReader, tmp_path: Path, last: int
) -> None:
    """A copy of some lines of a log ends while somebody waits or talks: what became of him is known already."""
    await _import(store, _write(tmp_path / "queue_log", LOG))
    before, _ = await _books(reader)
    piece = LOG.splitlines(keepends=True)[10:last]
    await _import(store, _write(tmp_path / "piece", "".join(piece)))
    after, _ = await _books(reader)
    assert after == before


async def test_line_of_a_time_to_come_is_none(store: SiteStore, reader: BooksReader, tmp_path: Path) -> None:
    """One digit of a time that is damaged would have an agent signed on for decades."""
    told = Told()
    later = int((WHEN + timedelta(days=2)).timestamp())
    text = _text(
        f"{T}|MANAGER|vip|Ann|ADDMEMBER|", f"{later}|NONE|NONE|NONE|QUEUESTART|", f"{T + 60}|NONE|NONE|NONE|QUEUESTART|"
    )
    outcome = await _import(store, _write(tmp_path / "queue_log", text), told=told)
    assert outcome.unreadable == 1
    assert [span.ended_at for span in await reader.spans(EVER)] == [datetime.fromtimestamp(T + 60, UTC)]


@pytest.mark.parametrize("cut", [1, 7, 24, 25, 40, 60])
async def test_rotation_loses_nothing(store: SiteStore, reader: BooksReader, tmp_path: Path, cut: int) -> None:
    """A log in two files, one of them compressed, is the same as in one, wherever it was cut."""
    lines = LOG.splitlines(keepends=True)
    with gzip.open(tmp_path / "queue_log.1.gz", "wt") as file:
        file.writelines(lines[:cut])
    _write(tmp_path / "queue_log", "".join(lines[cut:]))
    await _import(store, tmp_path)
    stays, spans = await _books(reader)
    assert [(stay.number, stay.end, stay.is_joined_exactly) for stay in stays] == [
        (f"+86{number}", StayEnd.ANSWERED, True) for number in range(20)
    ]
    assert len(spans) == 40


async def test_log_that_has_grown_goes_on(store: SiteStore, reader: BooksReader, tmp_path: Path) -> None:
    """Only what is new is read; who waited then has an end now. A line without its end waits for it."""
    lines = LOG.splitlines(keepends=True)
    log = _write(tmp_path / "queue_log", "".join(lines[:59]) + lines[59][:20])
    await _import(store, log)
    assert (await reader.stays(EVER))[-1].end is StayEnd.UNKNOWN
    told = Told()
    log.write_text(LOG)
    outcome = await _import(store, log, told=told)
    assert (outcome.lines, told.went_on) == (2, [("queue_log", 59)])
    stays, spans = await _books(reader)
    assert [stay.end for stay in stays] == [StayEnd.ANSWERED] * 20
    assert len(spans) == 40


async def test_import_that_was_killed_goes_on(
    store: SiteStore, reader: BooksReader, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After any piece: what was taken is there with how far it goes, and the rest is read by the next."""
    log = _write(tmp_path / "queue_log", LOG)
    monkeypatch.setattr(reading, "PIECE", 7)

    class KilledError(Exception):
        pass

    class Killed(BooksImport):
        pieces = 0

        async def take(self, *what: object) -> object:  # type: ignore[override]  # it ends in the middle
            Killed.pieces += 1
            if Killed.pieces % 3 == 0:
                raise KilledError
            return await super().take(*what)  # type: ignore[arg-type]  # whatever it is called with

    for _ in range(20):
        try:
            await HistoryImport(Killed(store), {}, lambda: WHEN, Told()).run(log_files([log]))
        except KilledError:
            continue
        break
    stays, spans = await _books(reader)
    assert [(stay.number, stay.end) for stay in stays] == [(f"+86{n}", StayEnd.ANSWERED) for n in range(20)]
    assert len(spans) == 40


async def test_what_the_ledger_saw_is_not_doubled(
    store: SiteStore, reader: BooksReader, writer: BooksWriter, tmp_path: Path
) -> None:
    """Its times are better, and it knows more; the log writes the same in whole seconds, and later."""
    live = []
    for number in range(0, 20, 2):
        joined = WHEN + timedelta(seconds=100 * number + 9.4)
        id_ = f"{T + 100 * number + 10}.{number}"
        live.append(
            replace(_seen(id_, joined), number=f"+86{number}", tier="gold", left_at=joined + timedelta(seconds=9))
        )
    span = AgentSpan("PJSIP/8101", AgentState.IDLE, "", WHEN + timedelta(seconds=1000), WHEN + timedelta(seconds=1500))
    for entry in (*live, span):
        writer.add(entry)
    await writer.flushed()
    outcome = await _import(store, _write(tmp_path / "queue_log", LOG))
    stays, spans = await _books(reader)
    assert [stay for stay in stays if stay.tier] == live
    assert (len(stays), outcome.stays) == (20, 10)
    touching = [one for one in spans if one.began_at < WHEN + timedelta(seconds=1500)]
    assert [one for one in touching if one.ended_at and one.ended_at > WHEN + timedelta(seconds=1000)] == [span]


async def test_ledger_takes_the_place_of_what_was_imported(
    store: SiteStore, reader: BooksReader, writer: BooksWriter, tmp_path: Path
) -> None:
    """An import may come before the ledger has written what it saw."""
    await _import(store, _write(tmp_path / "queue_log", _text(*_call(1, 10))))
    seen = _seen(f"{T + 10}.1", WHEN + timedelta(seconds=9.7))
    writer.add(seen)
    await writer.flushed()
    assert await reader.stays(EVER) == [seen]


def _seen(uniqueid: str, joined: datetime) -> Stay:
    return Stay("vip", uniqueid, uniqueid, "", "7000", joined, True, 1)


async def test_files_are_taken_in_any_order(store: SiteStore, reader: BooksReader, tmp_path: Path) -> None:
    """The younger file first: a call that it has only the end of gets its beginning from the older one."""
    lines = LOG.splitlines(keepends=True)
    older = _write(tmp_path / "older", "".join(lines[:30]))
    younger = _write(tmp_path / "younger", "".join(lines[30:]))
    await _import(store, younger)
    await _import(store, older)
    stays, _ = await _books(reader)
    assert [(stay.number, stay.is_joined_exactly) for stay in stays if stay.number] == [
        (f"+86{number}", True) for number in range(20)
    ]
    assert len(stays) == 20


async def test_lines_that_are_none_are_told(store: SiteStore, tmp_path: Path) -> None:
    """With their place and why; the others are taken. A line that never ends is one."""
    text = _text("", "x|1|2|3|ABANDON", *_call(1, 10), f"{T}|1.1|vip|NONE|CONNECT|much", "y" * 50_000, *_call(2, 200))
    told = Told()
    outcome = await _import(store, _write(tmp_path / "queue_log", text), told=told)
    assert (outcome.lines, outcome.unreadable, outcome.stays) == (10, 4, 2)
    assert told.wrong == [
        ("queue_log", 1, "it has fewer than five fields"),
        ("queue_log", 2, "its time is no number"),
        ("queue_log", 6, "its data are not those of CONNECT"),
        ("queue_log", 7, "it has fewer than five fields"),
    ]


async def test_bytes_that_are_no_text_hold_nothing_up(store: SiteStore, reader: BooksReader, tmp_path: Path) -> None:
    """Names of callers may be in any encoding."""
    path = tmp_path / "queue_log"
    path.write_bytes(f"{T}|1.1|vip|NONE|ENTERQUEUE|\xe4|+861|1\n{T + 5}|1.1|vip|NONE|ABANDON|1|1|5\n".encode("latin-1"))
    await _import(store, path)
    assert [stay.number for stay in await reader.stays(EVER)] == ["+861"]


def test_files_are_put_in_order_by_what_stands_in_them(tmp_path: Path) -> None:
    """Asterisk's own rotation counts upwards or downwards, and logrotate's too."""
    for name, at in (("queue_log.0", 300), ("queue_log.1", 100), ("queue_log", 500), ("queue_log.2.gz", 0)):
        text = _text(f"{T + at}|NONE|NONE|NONE|QUEUESTART|").encode()
        (tmp_path / name).write_bytes(gzip.compress(text) if name.endswith("gz") else text)
    assert [Path(file.name).name for file in log_files([tmp_path])] == [
        "queue_log.2.gz",
        "queue_log.1",
        "queue_log.0",
        "queue_log",
    ]


@pytest.mark.parametrize("content", [None, b"\x1f\x8bbroken"])
def test_file_that_cannot_be_read_is_told(tmp_path: Path, content: bytes | None) -> None:
    """It is not there, or broken."""
    path = tmp_path / "queue_log"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"queue_log cannot be read: "):
        LogFile(path)


def test_folder_without_a_log_is_told(tmp_path: Path) -> None:
    """It is the wrong one."""
    with pytest.raises(ConfigurationError, match="holds no queue_log"):
        log_files([tmp_path])


REALTIME = """create table queue_log (time varchar(32), callid varchar(80), queuename varchar(256), agent varchar(80),
 event varchar(32), data1 varchar(100), data2 varchar(100), data3 varchar(100), data4 varchar(100), data5 varchar(100))
"""
PLAIN = "create table queue_log (time timestamp, callid text, queuename text, agent text, event text, data text)"


@pytest.mark.parametrize("has_columns", [True, False])
async def test_table_is_read_as_a_file_is(
    url: str, store: SiteStore, reader: BooksReader, monkeypatch: pytest.MonkeyPatch, has_columns: bool
) -> None:
    """With data1 to data5 as text, or data and a timestamp; in pieces, and once more from where it had come to."""
    monkeypatch.setattr("ivrctl.adapters.queue_log.table.PIECE", 10)
    engine = open_engine(url)
    lines = LOG.splitlines()
    async with transaction(engine) as connection:
        await connection.exec_driver_sql(REALTIME if has_columns else PLAIN)
        for text in lines[:50]:
            await connection.exec_driver_sql(_insert(text, has_columns=has_columns))
    table = LogTable(url, "queue_log", EUROPE)
    await HistoryImport(BooksImport(store), {}, lambda: WHEN, Told()).run([table])
    async with transaction(engine) as connection:
        for text in lines[50:]:
            await connection.exec_driver_sql(_insert(text, has_columns=has_columns))
    outcome = await HistoryImport(BooksImport(store), {}, lambda: WHEN, Told()).run([table])
    await table.close()
    await engine.dispose()
    stays, _ = await _books(reader)
    assert outcome.lines == 11
    assert [(stay.number, stay.end) for stay in stays] == [(f"+86{n}", StayEnd.ANSWERED) for n in range(20)]
    assert stays[0].joined_at == WHEN + timedelta(seconds=10)


def _insert(text: str, *, has_columns: bool) -> str:
    at, *fields = text.split("|")
    time = datetime.fromtimestamp(int(at), UTC).astimezone(EUROPE).strftime("%Y-%m-%d %H:%M:%S.%f")
    known, data = fields[:4], fields[4:]
    values: Sequence[str] = [time, *known, *(data + [""] * 5)[:5]] if has_columns else [time, *known, "|".join(data)]
    return f"insert into queue_log values ({', '.join(repr(value) for value in values)})"  # noqa: S608 - values of this test


async def test_table_that_is_not_there_is_told(url: str, store: SiteStore) -> None:
    """By its name."""
    async with AsyncExitStack() as after:
        opened = LogTable(url, "no_such_table", EUROPE)
        after.push_async_callback(opened.close)
        importing = HistoryImport(BooksImport(store), {}, lambda: WHEN, Told())
        with pytest.raises(ConfigurationError, match="table no_such_table cannot be read"):
            await importing.run([opened])


@pytest.mark.parametrize("table", ["drop table x", "a.b.c", ""])
def test_text_that_is_no_name_of_a_table_is_told(file_url: str, table: str) -> None:
    """Nothing but a name goes into a statement."""
    with pytest.raises(ConfigurationError, match="is no name of a table"):
        LogTable(file_url, table, EUROPE)


async def test_progress_is_kept_with_what_is_under_way(store: SiteStore) -> None:
    """All or none: a piece that cannot be written leaves everything as it was."""
    books = BooksImport(store)
    progress = Progress("d", 10, "queue_log", "100", 5, WHEN, {"waiting": [["vip"]]})
    await books.take([_seen("1.1", WHEN)], [], progress, WHEN)
    naive = replace(_seen("1.2", WHEN), left_at=datetime(2026, 11, 20, 10, 0))  # noqa: DTZ001 - the fault meant
    with pytest.raises(Exception, match="aware"):
        await books.take([naive], [], replace(progress, place="200"), WHEN)
    assert await books.progress() == [progress]
