"""No kill, cut or full disk makes the journal forget a position, or bring back a leg that has ended."""

from __future__ import annotations

import contextlib
import errno
import itertools
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivrctl.adapters.journal import Journal
from ivrctl.adapters.journal.segments import SegmentFiles

OpenJournal = Callable[..., Journal]


class KilledError(BaseException):
    """Stands for SIGKILL: nothing of the process runs after it."""


class MortalFiles(SegmentFiles):
    """Files of a process that is killed after so many effects, the last write being only partly done."""

    def __init__(self, folder: Path, effects: int, torn: float = 0.5) -> None:
        super().__init__(folder)
        self._left = effects
        self._torn = torn
        self._fds: set[int] = set()

    def open(self, name: str) -> int:
        """A file, if the process lives long enough."""
        self._live()
        fd = super().open(name)
        self._fds.add(fd)
        return fd

    def write(self, fd: int, content: bytes) -> int:
        """A write, or a part of it and death."""
        if self._left == 0:
            super().write(fd, content[: int(len(content) * self._torn)])
        self._live()
        return super().write(fd, content)

    def rename(self, old: str, new: str) -> None:
        """A rename, if the process lives long enough."""
        self._live()
        super().rename(old, new)

    def unlink(self, name: str) -> None:
        """A removal, if the process lives long enough."""
        self._live()
        super().unlink(name)

    def release(self) -> None:
        """What the kernel does for a dead process: its files are closed, their locks free."""
        for fd in self._fds:
            with contextlib.suppress(OSError):
                os.close(fd)

    def _live(self) -> None:
        self._left -= 1
        if self._left < 0:
            raise KilledError


@dataclass
class Desk:
    """Some controllers with one journal folder, and what each leg's last known position is."""

    folder: Path
    lives: Iterator[int]
    torn: float
    files: dict[int, MortalFiles] = field(default_factory=dict)
    journals: dict[int, Journal] = field(default_factory=dict)
    known: dict[str, int | None] = field(default_factory=dict)

    def journal(self, writer: int) -> Journal:
        """A controller's journal; a new controller when the last one died, and another if that one dies at once."""
        while writer not in self.journals:
            self.files[writer] = MortalFiles(self.folder, next(self.lives), self.torn)
            try:
                self.journals[writer] = Journal(self.folder, rotate_after=300, files=self.files[writer])
            except KilledError:
                self.files[writer].release()
        return self.journals[writer]

    def kill(self, writer: int) -> None:
        """End a controller without a word."""
        if self.journals.pop(writer, None) is not None:
            self.files.pop(writer).release()

    def step(self, writer: int, leg: str, value: int | None) -> None:
        """Record a value, or the end of a leg; if the controller dies of it, either outcome is right, but only one."""
        journal = self.journal(writer)
        before = self.known.get(leg)
        assert self.seen(journal, leg) == before
        if before is None and leg in self.known:
            return
        try:
            if value is None:
                journal.close_leg(leg)
            else:
                journal.record(leg, {"value": value})
        except KilledError:
            self.kill(writer)
            found = self.seen(self.journal(writer), leg)
            assert found in {before, value}
            value = found
        if value is not None or leg in self.known:
            self.known[leg] = value

    def seen(self, journal: Journal, leg: str) -> int | None:
        """The value at which a journal finds a leg."""
        position = journal.find(leg)
        return None if position is None else position["value"]

    def check(self) -> None:
        """Every controller, and one that has just started, finds every leg where it was recorded last."""
        for journal in (*self.journals.values(), self.fresh()):
            for leg, value in self.known.items():
                assert self.seen(journal, leg) == value

    def fresh(self) -> Journal:
        """A controller that does not die."""
        self.files[-1] = MortalFiles(self.folder, 1_000_000)
        self.journals[-1] = Journal(self.folder, files=self.files[-1])
        return self.journals[-1]


steps = st.tuples(st.integers(0, 2), st.sampled_from(["a", "b", "c", "d"]), st.sampled_from(["record", "end", "kill"]))


# SAFETY: find() gives the last recorded position of every open leg, and of no ended one, whichever of the writes,
# renames and removals of whichever controller was its last.
@pytest.mark.thorough
@settings(max_examples=600, deadline=None)
@given(
    script=st.lists(steps, max_size=80),
    lives=st.lists(st.integers(1, 40), min_size=1),
    torn=st.sampled_from([0.0, 0.3, 0.99, 1.0]),
)
def test_a_kill_after_any_effect_loses_no_position(
    script: list[tuple[int, str, str]], lives: list[int], torn: float
) -> None:
    """Three controllers that rotate all the time, each killed after an arbitrary number of effects."""
    with tempfile.TemporaryDirectory() as folder:
        # A life of 60 effects gets every controller through its start, so that the script comes to its end.
        desk = Desk(Path(folder), itertools.cycle([*lives, 60]), torn)
        try:
            for value, (writer, leg, what) in enumerate(script):
                if what == "kill":
                    desk.kill(writer)
                else:
                    desk.step(writer, leg, value if what == "record" else None)
            desk.check()
        finally:
            for writer in list(desk.journals):
                desk.kill(writer)


# SAFETY: find() gives the last position whose line is whole, however the file was cut.
@settings(max_examples=100, deadline=None)
@given(
    script=st.lists(st.tuples(st.sampled_from(["a", "b"]), st.text(max_size=8)), min_size=1, max_size=12),
    cut=st.floats(0, 1),
)
def test_a_cut_file_gives_the_last_whole_line(script: list[tuple[str, str]], cut: float) -> None:
    """Every prefix of a segment is a journal of its own."""
    with tempfile.TemporaryDirectory() as folder:
        whole = written(Path(folder) / "whole", script)
        assert found_in(Path(folder) / "cut", whole[: round(cut * len(whole))]) == whole_lines(script, whole, cut)


def test_a_file_may_be_cut_at_every_byte(tmp_path: Path) -> None:
    """The same, at each byte of a small segment."""
    script = [("a", "menu"), ("b", "余额"), ("a", "")]
    whole = written(tmp_path / "whole", script)
    for size in range(len(whole) + 1):
        expected = whole_lines(script, whole, size / len(whole))
        assert found_in(tmp_path / f"cut-{size}", whole[:size]) == expected


def whole_lines(script: list[tuple[str, str]], whole: bytes, cut: float) -> dict[str, dict[str, str]]:
    """What the lines before a cut say."""
    lines = whole[: round(cut * len(whole))].count(b"\n")
    return {leg: {"text": text} for leg, text in script[:lines]}


def found_in(folder: Path, segment: bytes) -> dict[str, dict[str, Any]]:
    """What a journal finds that has only this segment."""
    folder.mkdir()
    (folder / "1-1.jsonl").write_bytes(segment)
    journal = Journal(folder)
    found = {leg: position for leg in ("a", "b") if (position := journal.find(leg)) is not None}
    journal.close()
    return found


def written(folder: Path, script: list[tuple[str, str]]) -> bytes:
    """The segment that these records make."""
    journal = Journal(folder)
    for leg, text in script:
        journal.record(leg, {"text": text})
    journal.close()
    return next(folder.glob("*.jsonl")).read_bytes()


class RefusingFiles(SegmentFiles):
    """A disk that is full for a while."""

    is_full = False
    takes = 0
    """Bytes that still fit while it is full."""

    def write(self, fd: int, content: bytes) -> int:
        """Write all, a part, or nothing."""
        if not self.is_full:
            return super().write(fd, content)
        if self.takes:
            taken, self.takes = self.takes, 0
            return super().write(fd, content[:taken])
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_full_disk_does_not_stop_a_call(open_journal: OpenJournal, folder: Path, faults: list[str]) -> None:
    """The position stays in memory, and the fault is told."""
    files = RefusingFiles(folder)
    journal = open_journal(files=files)
    journal.record("leg-1", {"n": 1})
    files.is_full = True
    journal.record("leg-1", {"n": 2})
    assert journal.find("leg-1") == {"n": 2}
    assert faults == ["the journal could not be written: [Errno 28] No space left on device"]


def test_what_a_full_disk_refused_is_written_when_there_is_room(
    open_journal: OpenJournal, folder: Path, clock: Any
) -> None:
    """The next record writes every open position anew, also after a half-written line."""
    files = RefusingFiles(folder)
    journal = open_journal(files=files)
    journal.record("leg-1", {"n": 1})
    journal.record("leg-2", {"n": 1})
    files.is_full, files.takes = True, 10
    journal.record("leg-1", {"n": 2})
    journal.close_leg("leg-2")
    files.is_full = False
    clock.now += 2
    journal.record("leg-3", {"n": 1})
    next_one = open_journal()
    assert next_one.find("leg-1") == {"n": 2}
    assert next_one.find("leg-2") is None
    assert next_one.find("leg-3") == {"n": 1}


def test_a_full_disk_is_not_tried_at_every_record(open_journal: OpenJournal, folder: Path, faults: list[str]) -> None:
    """A busy controller would spend its time on it."""
    files = RefusingFiles(folder)
    journal = open_journal(files=files)
    files.is_full = True
    for number in range(100):
        journal.record("leg-1", {"n": number})
    assert len(faults) == 1


def test_a_folder_that_another_process_folds_is_written_to_without_waiting(
    open_journal: OpenJournal, folder: Path
) -> None:
    """A call does not wait for another process; folding comes later."""
    other = SegmentFiles(folder)
    journal = open_journal(rotate_after=400)
    with other.folding() as is_alone:
        assert is_alone
        for number in range(50):
            journal.record("leg-1", {"n": number})
        assert open_journal().find("leg-1") == {"n": 49}
    for number in range(50, 100):
        journal.record("leg-1", {"n": number})
    assert open_journal().find("leg-1") == {"n": 99}
    journal.close()
    open_journal()
    assert not [path for path in folder.iterdir() if path.name.startswith(".draft-")]
