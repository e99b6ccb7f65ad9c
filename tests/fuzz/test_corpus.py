"""The inputs that fuzzing found and that were kept, tried anew; and what else is promised of them."""

from __future__ import annotations

import hashlib
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from . import keeping
from .target import cut
from .targets import every_target

TARGETS = every_target()


# SAFETY: what was found once does not come back.
@pytest.mark.parametrize("name", TARGETS)
def test_kept_inputs_keep_every_promise(name: str) -> None:
    """Bytes from outside are read, or refused as the decoder says it refuses them."""
    for file in keeping.inputs_of(name):
        TARGETS[name].one(file.read_bytes())


@pytest.mark.parametrize("name", TARGETS)
def test_kept_inputs_are_named_by_what_they_hold_and_are_short(name: str) -> None:
    """So that one found twice is one file, and the repository stays small."""
    for file in keeping.inputs_of(name):
        assert file.name == hashlib.sha256(file.read_bytes()).hexdigest()[:12]
        assert file.stat().st_size <= TARGETS[name].longest


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_begins_with_inputs_that_are_right(name: str) -> None:
    """Mutations of nothing would reach nothing."""
    seeds = list(TARGETS[name].seeds())
    assert len(seeds) >= 3
    TARGETS[name].one(min(seeds, key=len))


def test_inputs_are_kept_that_reach_something_new(tmp_path: Path) -> None:
    """What the seeds reach is not kept, of two that reach the same one is; each under the hash of what it holds."""
    target = replace(TARGETS["expressions"], seeds=lambda: iter([b"visits"]))
    chosen = keeping.kept(target, [b"visits", b"visits > 3", b"visits > 4", b"x" * 600])
    assert [len(each) for each in chosen] == [10]
    (tmp_path / "what was there").write_bytes(b"")
    keeping.write(tmp_path, chosen)
    assert [file.read_bytes() for file in tmp_path.iterdir()] == chosen


def test_a_fault_leaves_the_target() -> None:
    """However a decoder fails, it is seen, and the tracing ends."""

    def one(data: bytes) -> None:
        raise OverflowError(data)

    before = sys.gettrace()
    with pytest.raises(OverflowError):
        keeping.reached(one, b"1")
    assert sys.gettrace() is before


@pytest.mark.parametrize("pattern", range(8))
def test_a_stream_is_cut_in_pieces_that_make_it_up(pattern: int) -> None:
    """In each of the ways."""
    assert b"".join(cut(b"0123456789" * 30, pattern)) == b"0123456789" * 30
    assert b"".join(cut(b"", pattern)) == b""
