"""The ledger keeps each acknowledged change, whatever happens to its writers and its disk."""

from __future__ import annotations

import errno
import json
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ivrctl.adapters import notice_ledger
from ivrctl.adapters.notice_ledger import MAX_LINE, LedgerError, NoticeLedger
from ivrctl.errors import UnreachableError
from ivrctl.model.notice import Notice
from ivrctl.model.notice_board import Change, Happened
from ivrctl.model.notice_json import change_to_json

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)


def made(id_: str, text: str = "Broadband is down.") -> Change:
    return Change(Happened.MADE, NOON, "duty", after=Notice(id_, {"en": text}, NOON, NOON + timedelta(hours=1)))


def keep(ledger: NoticeLedger, *changes: Change) -> None:
    with ledger.writing() as writing:
        for change in changes:
            writing.append(change)


def ids(ledger: NoticeLedger) -> list[str]:
    return [notice.id for notice in ledger.read().notices]


@pytest.fixture
def faults() -> list[str]:
    return []


@pytest.fixture
def ledger(tmp_path: Path, faults: list[str]) -> NoticeLedger:
    return NoticeLedger(tmp_path, faults.append)


def test_another_process_reads_what_was_kept(ledger: NoticeLedger, tmp_path: Path) -> None:
    """From the file alone, and only what is new the next time."""
    other = NoticeLedger(tmp_path)
    keep(ledger, made("n1"))
    assert other.is_behind
    assert ids(other) == ["n1"]
    assert not other.is_behind
    keep(other, made("n2"))
    assert ledger.is_behind
    assert ids(ledger) == ["n1", "n2"]
    assert [change.id for change in ledger.history()] == ["n2", "n1"]


def test_writer_decides_on_what_the_other_has_just_written(ledger: NoticeLedger, tmp_path: Path) -> None:
    """Under the lock it reads first."""
    NoticeLedger(tmp_path).read()
    keep(NoticeLedger(tmp_path), made("n1"))
    with ledger.writing() as writing:
        assert [notice.id for notice in writing.board.notices] == ["n1"]


@pytest.mark.parametrize("cut", [1, 10, 200])
def test_line_that_was_cut_short_is_cut_off_and_told(
    ledger: NoticeLedger, tmp_path: Path, faults: list[str], cut: int
) -> None:
    """Its writer was killed before anybody was told; the lines before it stay, and the next one is whole."""
    keep(ledger, made("n1"), made("n2"))
    file = tmp_path / "ledger.jsonl"
    file.write_bytes(file.read_bytes()[:-cut])
    other = NoticeLedger(tmp_path, faults.append)
    assert ids(other) == ["n1"]
    assert faults == []
    keep(other, made("n3"))
    assert faults == ["the last line of ledger.jsonl was cut short: nobody was told that it is kept, and it is gone"]
    assert ids(NoticeLedger(tmp_path, faults.append)) == ["n1", "n3"]
    assert len(faults) == 1


@pytest.mark.parametrize(
    "line",
    [
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        b"x" * (2 * MAX_LINE + 7),
        b"[" * 100_000,
        json.dumps(change_to_json(made("n7")) | {"happened": "painted"}).encode(),
        json.dumps(change_to_json(made("n7")) | {"at": "2026-11-20"}).encode(),
        json.dumps(change_to_json(made("n7")) | {"after": {"id": 7}}).encode(),
    ],
)
def test_line_that_is_no_change_is_passed_over_and_told(tmp_path: Path, faults: list[str], line: bytes) -> None:
    """The others count."""
    keep(NoticeLedger(tmp_path), made("n1"))
    with (tmp_path / "ledger.jsonl").open("ab") as file:
        file.write(line + b"\n")
    keep(NoticeLedger(tmp_path), made("n2"))
    assert ids(NoticeLedger(tmp_path, faults.append)) == ["n1", "n2"]
    assert faults


def test_ledger_that_was_put_in_its_place_is_read_anew(ledger: NoticeLedger, tmp_path: Path) -> None:
    """A restored file is another one; one that is gone is empty."""
    keep(ledger, made("n1"), made("n2"))
    (tmp_path / "old").mkdir()
    keep(NoticeLedger(tmp_path / "old"), made("n3"))
    (tmp_path / "old" / "ledger.jsonl").replace(tmp_path / "ledger.jsonl")
    assert ledger.is_behind
    assert ids(ledger) == ["n3"]
    (tmp_path / "ledger.jsonl").unlink()
    assert ids(ledger) == []
    keep(ledger, made("n4"))
    assert ids(NoticeLedger(tmp_path)) == ["n4"]


@pytest.mark.parametrize("refused", ["write", "half", "fsync"])
def test_change_that_the_disk_refuses_is_not_made(
    ledger: NoticeLedger, tmp_path: Path, faults: list[str], monkeypatch: pytest.MonkeyPatch, refused: str
) -> None:
    """Nothing of it stays, and the next one is kept when there is room again."""
    keep(ledger, made("n1"))
    write = os.write

    def full(*_args: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        if refused == "half":
            patch.setattr(notice_ledger.os, "write", lambda fd, content: write(fd, content[:20]))
        else:
            patch.setattr(notice_ledger.os, refused, full)
        with pytest.raises(LedgerError, match="the change could not be kept"):
            keep(ledger, made("n2"))
    assert [notice.id for notice in ledger.board.notices] == ["n1"]
    assert ids(NoticeLedger(tmp_path, faults.append)) == ["n1"]
    keep(ledger, made("n3"))
    assert ids(NoticeLedger(tmp_path, faults.append)) == ["n1", "n3"]
    assert faults == []


def test_notice_ends_on_a_disk_that_is_full(
    ledger: NoticeLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would go on refusing callers: the room that is kept is given up for ends, and for nothing else."""
    notices = [made(f"n{number}") for number in range(4)]
    keep(ledger, *notices)
    reserve, write = tmp_path / "reserve", os.write
    room = reserve.stat().st_size + ledger._read_to
    assert reserve.stat().st_blocks * 512 >= notice_ledger.RESERVE_BYTES

    def full(fd: int, content: bytes) -> int:
        if os.fstat(fd).st_size + len(content) + reserve.stat().st_size > room:
            raise OSError(errno.ENOSPC, "No space left on device")
        return write(fd, content)

    with monkeypatch.context() as patch:
        patch.setattr(notice_ledger.os, "write", full)
        with pytest.raises(LedgerError, match="the change could not be kept"):
            keep(ledger, made("n9"))
        assert reserve.stat().st_size == notice_ledger.RESERVE_BYTES
        for notice in notices:
            keep(ledger, Change(Happened.ENDED, NOON, "duty", before=notice.after))
        assert ids(NoticeLedger(tmp_path)) == []
        assert 0 < reserve.stat().st_size < notice_ledger.RESERVE_BYTES
    keep(ledger, made("n10"))
    assert reserve.stat().st_size == notice_ledger.RESERVE_BYTES


def test_writer_that_has_stalled_is_not_waited_for_without_end(
    ledger: NoticeLedger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command says so instead of hanging."""
    monkeypatch.setattr(notice_ledger, "LOCK_WITHIN", 0.02)
    with ledger.writing(), pytest.raises(UnreachableError, match="another process has the notices locked"):
        NoticeLedger(tmp_path).read()


def test_ledger_has_a_bound(ledger: NoticeLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every start reads all of it: what would go beyond is refused, with what to do."""
    keep(ledger, made("n1"))
    monkeypatch.setattr(notice_ledger, "MAX_BYTES", 600)
    with pytest.raises(LedgerError, match="has grown to its bound") as refused:
        keep(ledger, made("n2"))
    assert refused.value.advice is not None
    with pytest.raises(LedgerError, match="the change takes"):
        keep(ledger, made("n3", "x" * MAX_LINE))


def test_notice_ends_also_when_the_ledger_is_full(ledger: NoticeLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Callers would hear it, and be turned away by it, until its time is over."""
    notice = made("n1")
    keep(ledger, notice)
    monkeypatch.setattr(notice_ledger, "MAX_BYTES", 600)
    keep(ledger, Change(Happened.REMINDED, notice.at, "ivrctl", notice.after, notice.after))
    keep(ledger, Change(Happened.ENDED, notice.at, "duty", notice.after))
    assert (ledger.board.notices, NoticeLedger(ledger._folder).read().notices) == ((), ())


def test_two_writers_lose_nothing(tmp_path: Path) -> None:
    """Each decides on what the other has written: of a hundred they make every one once."""

    def write(_writer: int) -> None:
        ledger = NoticeLedger(tmp_path)
        for number in range(100):
            with ledger.writing() as writing:
                if f"n{number}" not in writing.board.posted:
                    writing.append(made(f"n{number}"))

    with ThreadPoolExecutor(2) as writers:
        list(writers.map(write, range(2)))
    ledger = NoticeLedger(tmp_path)
    assert ids(ledger) == [f"n{number}" for number in range(100)]
    assert len(ledger.history()) == 100
