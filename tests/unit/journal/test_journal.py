"""What a journal promises to the processes that use it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ivrctl.adapters.journal import Journal, OpenLeg
from ivrctl.adapters.journal.segments import SegmentFiles

OpenJournal = Callable[..., Journal]


def segments(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.jsonl"))


def test_a_leg_is_found_where_it_was_last_recorded(open_journal: OpenJournal) -> None:
    """The newest position counts."""
    journal = open_journal()
    journal.record("leg-1", {"step": "menu"})
    journal.record("leg-1", {"step": "balance"})
    assert journal.find("leg-1") == {"step": "balance"}


def test_a_leg_that_was_never_recorded_is_not_found(open_journal: OpenJournal) -> None:
    """A new caller has no position."""
    assert open_journal().find("leg-1") is None


def test_a_closed_leg_is_never_found_again(open_journal: OpenJournal) -> None:
    """Not by this process, nor by the next."""
    journal = open_journal()
    journal.record("leg-1", {"step": "menu"})
    journal.close_leg("leg-1")
    assert journal.find("leg-1") is None
    assert open_journal().find("leg-1") is None


def test_a_record_after_the_end_of_a_leg_is_refused_aloud(open_journal: OpenJournal, faults: list[str]) -> None:
    """A late record must not bring a leg back to life."""
    journal = open_journal()
    journal.record("leg-1", {"step": "menu"})
    journal.close_leg("leg-1")
    journal.record("leg-1", {"step": "late"})
    assert journal.find("leg-1") is None
    assert faults == ["leg leg-1 has ended and was recorded again: ignored"]


def test_closing_a_leg_that_was_never_recorded_writes_nothing(open_journal: OpenJournal, folder: Path) -> None:
    """A caller who hung up at once leaves no trace here."""
    open_journal().close_leg("leg-1")
    assert segments(folder) == []


def test_a_position_comes_back_with_every_character(open_journal: OpenJournal) -> None:
    """Line breaks, Chinese, quotes and half of a surrogate pair stay inside their line."""
    position = {"said": '您的余额"120.50"\n\u2028', "half": "\ud800", "deep": [{"n": 1.5, "none": None}]}
    journal = open_journal()
    journal.record('leg "1"\n', position)
    assert open_journal().find('leg "1"\n') == position


def test_changing_a_found_position_does_not_change_the_journal(open_journal: OpenJournal) -> None:
    """Every find gives a fresh object."""
    journal = open_journal()
    journal.record("leg-1", {"keys": []})
    found = journal.find("leg-1")
    assert found is not None
    found["keys"].append("1")
    assert journal.find("leg-1") == {"keys": []}


def test_the_next_process_finds_what_a_closed_one_recorded(open_journal: OpenJournal) -> None:
    """A planned restart."""
    journal = open_journal()
    journal.record("leg-1", {"step": "menu"})
    journal.close()
    assert open_journal().find("leg-1") == {"step": "menu"}


def test_two_live_processes_see_each_others_records(open_journal: OpenJournal) -> None:
    """An old controller that drains, and the new one to which a caller comes back."""
    old, new = open_journal(), open_journal()
    old.record("leg-1", {"n": 1})
    assert new.find("leg-1") == {"n": 1}
    new.record("leg-1", {"n": 2})
    assert old.find("leg-1") == {"n": 2}
    old.record("leg-1", {"n": 3})
    assert new.find("leg-1") == {"n": 3}
    new.close_leg("leg-1")
    assert old.find("leg-1") is None


def test_records_of_a_leg_are_numbered_across_processes(open_journal: OpenJournal, folder: Path) -> None:
    """The number, not the clock, says which record is the newest."""
    old, new = open_journal(), open_journal()
    old.record("leg-1", {})
    new.find("leg-1")
    new.record("leg-1", {})
    lines = [json.loads(line) for path in segments(folder) for line in path.read_text().splitlines()]
    assert sorted(line["n"] for line in lines) == [1, 2]


def test_a_clock_set_back_does_not_bring_back_an_older_position(open_journal: OpenJournal, clock: Any) -> None:
    """The number decides."""
    journal = open_journal()
    journal.record("leg-1", {"n": 1})
    clock.now -= 3600
    journal.record("leg-1", {"n": 2})
    assert open_journal().find("leg-1") == {"n": 2}


def test_open_legs_come_newest_first_with_their_age(open_journal: OpenJournal, clock: Any) -> None:
    """What status shows, and which versions of a site must be kept."""
    journal = open_journal()
    journal.record("leg-1", {"version": "a"})
    clock.now += 10
    journal.record("leg-2", {"version": "b"})
    journal.record("leg-3", {"version": "b"})
    journal.close_leg("leg-3")
    clock.now += 5
    assert open_journal().open_legs() == [
        OpenLeg("leg-2", {"version": "b"}, timedelta(seconds=5)),
        OpenLeg("leg-1", {"version": "a"}, timedelta(seconds=15)),
    ]


def test_a_leg_is_forgotten_after_a_day(open_journal: OpenJournal, clock: Any) -> None:
    """Its end was lost with a controller."""
    journal = open_journal()
    journal.record("leg-1", {})
    clock.now += 24 * 3600 + 1
    assert journal.find("leg-1") is None
    assert journal.open_legs() == []


def test_a_forgotten_leg_is_not_copied_to_a_new_segment(open_journal: OpenJournal, clock: Any, folder: Path) -> None:
    """So the journal does not grow for ever."""
    journal = open_journal()
    journal.record("leg-1", {})
    journal.close()
    clock.now += 24 * 3600 + 1
    open_journal()
    assert [path.read_bytes() for path in segments(folder)] == [b""]


def test_a_torn_last_line_is_ignored(open_journal: OpenJournal, folder: Path, faults: list[str]) -> None:
    """A kill in the middle of a write is nothing to report."""
    journal = open_journal()
    journal.record("leg-1", {"n": 1})
    journal.close()
    path = segments(folder)[0]
    path.write_bytes(path.read_bytes() + b'{"leg":"leg-1","n":2,"t":1')
    assert open_journal().find("leg-1") == {"n": 1}
    assert faults == []


def test_the_rest_of_a_torn_line_completes_it(open_journal: OpenJournal, folder: Path) -> None:
    """A reader may look while another process writes."""
    writer, reader = open_journal(), open_journal()
    writer.record("leg-1", {"n": 1})
    path = segments(folder)[0]
    whole = path.read_bytes()
    path.write_bytes(whole[:10])
    assert reader.find("leg-1") is None
    path.write_bytes(whole)
    assert reader.find("leg-1") == {"n": 1}


@pytest.mark.parametrize("garbage", [b"\x00\xff\n", b"[1]\n", b'{"leg":"leg-1","n":9}\n', b"[" * 100_000 + b"\n"])
def test_an_unreadable_line_is_reported_and_skipped(
    open_journal: OpenJournal, folder: Path, faults: list[str], garbage: bytes
) -> None:
    """The lines around it count."""
    journal = open_journal()
    journal.record("leg-1", {"n": 1})
    journal.record("leg-1", {"n": 2})
    journal.close()
    path = segments(folder)[0]
    first, second = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(first + garbage + second)
    assert open_journal().find("leg-1") == {"n": 2}
    assert len(faults) == 1
    assert faults[0].startswith(f"the journal segment {path.name} holds an unreadable line")


def test_a_position_that_json_lacks_is_refused(open_journal: OpenJournal) -> None:
    """And the leg stands where it stood."""
    journal = open_journal()
    journal.record("leg-1", {"n": 1})
    with pytest.raises(TypeError):
        journal.record("leg-1", {"n": {1}})
    assert journal.find("leg-1") == {"n": 1}


def test_rotation_keeps_open_legs_and_drops_the_rest(open_journal: OpenJournal, folder: Path) -> None:
    """The journal's size follows the open legs, not the calls of a day."""
    journal = open_journal(rotate_after=4096)
    journal.record("open", {"n": 0})
    for number in range(1000):
        journal.record(f"leg-{number}", {"text": "x" * 50})
        journal.close_leg(f"leg-{number}")
    assert journal.find("open") == {"n": 0}
    assert sum(path.stat().st_size for path in segments(folder)) < 3 * 4096
    assert len(segments(folder)) == 1


def test_a_segment_full_of_open_legs_is_not_folded_at_every_record(open_journal: OpenJournal, folder: Path) -> None:
    """A thousand waiting callers must not make each record cost a thousand lines."""
    journal = open_journal(rotate_after=1000)
    for number in range(500):
        journal.record(f"leg-{number}", {})
    names = set()
    for number in range(500):
        journal.record(f"leg-{number}", {"n": 2})
        names |= {path.name for path in segments(folder)}
    assert len(names) <= 3


def test_the_segment_of_a_live_process_is_not_dropped(open_journal: OpenJournal, folder: Path) -> None:
    """However often another one rotates."""
    old, new = open_journal(), open_journal(rotate_after=500)
    old.record("leg-old", {"n": 1})
    mine = segments(folder)[0]
    for number in range(100):
        new.record(f"leg-{number}", {})
        new.close_leg(f"leg-{number}")
    assert mine in segments(folder)
    assert new.find("leg-old") == {"n": 1}


def test_the_end_of_a_leg_outlives_a_rotation_while_another_segment_mentions_it(open_journal: OpenJournal) -> None:
    """Or the leg would come back to life for the next process."""
    old, new = open_journal(), open_journal(rotate_after=500)
    old.record("leg-1", {"n": 1})
    assert new.find("leg-1") == {"n": 1}
    new.close_leg("leg-1")
    for number in range(100):
        new.record(f"leg-{number + 10}", {})
        new.close_leg(f"leg-{number + 10}")
    assert open_journal().find("leg-1") is None
    assert old.find("leg-1") is None


def test_segments_of_dead_processes_are_folded_into_one(open_journal: OpenJournal, folder: Path) -> None:
    """A controller that crashes in a loop does not fill the folder."""
    for number in range(10):
        journal = open_journal()
        journal.record(f"leg-{number}", {"n": number})
        journal.close()
    assert len(segments(folder)) == 1
    assert len(open_journal().open_legs()) == 10


def test_a_fold_in_the_moment_of_a_listing_hides_no_leg(
    open_journal: OpenJournal, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also for a process that takes the time of day for another one than that which stamps the folder."""
    gone = open_journal()
    gone.record("leg-1", {"n": 1})
    gone.close()
    real, hour = time.time_ns, 3_600_000_000_000
    monkeypatch.setattr(time, "time_ns", lambda: real() + hour)

    class Interrupted(SegmentFiles):
        """Another controller folds behind the first listing; its change of the folder bears the same time."""

        def names(self) -> frozenset[str]:
            listed, stamped = super().names(), folder.stat()
            if gone_segment.exists():
                open_journal()
                os.utime(folder, ns=(stamped.st_atime_ns, stamped.st_mtime_ns))
            return listed

    (gone_segment,) = segments(folder)
    assert open_journal(files=Interrupted(folder)).find("leg-1") == {"n": 1}


def test_a_cleared_folder_is_filled_again_with_what_is_known(open_journal: OpenJournal, folder: Path) -> None:
    """An operator who removes files costs no call its position as long as its controller lives."""
    journal = open_journal()
    journal.record("leg-1", {"n": 1})
    for path in segments(folder):
        path.unlink()
    assert journal.find("leg-1") == {"n": 1}
    journal.record("leg-2", {"n": 1})
    assert open_journal().find("leg-1") == {"n": 1}


WRITER = """
import sys
from pathlib import Path
from ivrctl.adapters.journal import Journal
journal = Journal(Path(sys.argv[1]), rotate_after=20_000)
number = 0
while True:
    number += 1
    journal.record("leg-1", {"n": number})
    journal.record(f"leg-{number}", {"n": number})
    journal.close_leg(f"leg-{number}")
    print(number, flush=True)
"""


def test_a_removed_folder_is_made_again_with_what_is_known(open_journal: OpenJournal, folder: Path) -> None:
    """An operator who removes it while calls are served ends no call: what we recorded is written anew."""
    journal = open_journal()
    journal.record("a-1", {"step": "start"})
    shutil.rmtree(folder)
    assert journal.find("a-1") == {"step": "start"}
    journal.record("b-1", {"step": "start"})
    assert {leg.leg for leg in open_journal().open_legs()} == {"a-1", "b-1"}


def test_a_folder_that_cannot_be_read_is_reported_and_costs_no_call(
    open_journal: OpenJournal, folder: Path, faults: list[str]
) -> None:
    """What this process has recorded is still found."""
    journal = open_journal()
    journal.record("a-1", {"step": "start"})
    shutil.rmtree(folder)
    folder.write_text("not a folder")
    assert journal.find("a-1") == {"step": "start"}
    assert [leg.leg for leg in journal.open_legs()] == ["a-1"]
    assert faults[0].startswith("the journal could not be read: ")


def test_a_killed_process_loses_no_record_that_it_had_made(open_journal: OpenJournal, folder: Path) -> None:
    """SIGKILL at an arbitrary moment, rotations included: the position is the last one told, or the one after it."""
    argv = [sys.executable, "-c", WRITER, str(folder)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(2000):
            process.stdout.readline()
        os.kill(process.pid, signal.SIGKILL)
        told = [line for line in process.stdout if line.endswith("\n")]
    last = int(told[-1]) if told else 2000
    found = open_journal().find("leg-1")
    assert found is not None
    assert found["n"] in {last, last + 1}
