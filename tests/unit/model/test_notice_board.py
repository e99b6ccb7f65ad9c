"""The board of notices is a pure fold: whoever has read the same changes knows the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ivrctl.model.notice import Notice, Scope
from ivrctl.model.notice_board import RETRIES_KEPT, SLOTS, Board, Change, Happened, due, fold, places
from ivrctl.model.notice_json import change_from_json, change_to_json

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)

words = st.sampled_from(["a", "b", "10010"])
scopes = st.one_of(
    st.just(Scope()),
    st.builds(Scope, lines=st.frozensets(st.sampled_from(["10010", "10086"]), max_size=2)),
    st.builds(Scope, lines=st.frozensets(words), tiers=st.frozensets(words), callers=st.frozensets(words)),
)
moments = st.integers(0, 10_000).map(lambda seconds: NOON + timedelta(seconds=seconds))
notices = st.builds(
    Notice,
    id=st.sampled_from([f"n{number}" for number in range(12)]),
    texts=st.dictionaries(st.sampled_from(["zh", "en"]), st.text(max_size=9)),
    starts=moments,
    ends=moments,
    scope=scopes,
    recordings=st.dictionaries(st.sampled_from(["zh", "en"]), words),
    ends_call=st.booleans(),
    is_off_peak_advised=st.booleans(),
    reason=words,
    author=words,
)


def change_of(happened: Happened, at: datetime, notice: Notice, key: str) -> Change:
    is_gone = happened in {Happened.ENDED, Happened.EXPIRED}
    before, after = None if happened is Happened.MADE else notice, None if is_gone else notice
    return Change(happened, at, "duty", before, after, key if happened is Happened.MADE else "")


changes = st.builds(change_of, st.sampled_from(Happened), moments, notices, st.sampled_from(["", "k1", "k2"]))


@given(st.lists(changes, max_size=40), st.integers(0, 40))
def test_folding_in_parts_is_folding_at_once(all_of_them: list[Change], cut: int) -> None:
    """SAFETY: a process that read the ledger in pieces has the board of one that read it whole."""
    in_parts = fold(fold(Board(), all_of_them[:cut]), all_of_them[cut:])
    assert in_parts == fold(Board(), all_of_them)


@given(st.lists(changes, max_size=60))
def test_no_two_notices_have_one_slot(all_of_them: list[Change]) -> None:
    """SAFETY: a file of the dialplan holds one notice, at a place where that is to be heard, within the bound."""
    board = fold(Board(), all_of_them)
    taken = [slot for posted in board.posted.values() for slot in posted.slots.items()]
    assert len(taken) == len(set(taken))
    for posted in board.posted.values():
        assert set(posted.slots) <= set(places(posted.notice.scope))
        assert all(1 <= slot <= SLOTS for slot in posted.slots.values())


@given(st.lists(changes, max_size=60))
def test_free_slot_is_never_left_to_nobody(all_of_them: list[Change]) -> None:
    """LIVENESS: a notice goes without a slot only while its place is full."""
    board = fold(Board(), all_of_them)
    for posted in board.posted.values():
        for place in set(places(posted.notice.scope)) - set(posted.slots):
            assert sum(place in other.slots for other in board.posted.values()) == SLOTS


@given(st.lists(changes, max_size=40), changes)
def test_notice_keeps_its_slot(all_of_them: list[Change], last: Change) -> None:
    """SAFETY: a caller who hears the files one after the other hears none twice because another ended."""
    before = fold(Board(), all_of_them)
    after = fold(before, [last])
    for id_, posted in after.posted.items():
        if id_ in before.posted and id_ != last.id:
            assert before.posted[id_].slots.items() <= posted.slots.items()


@given(st.lists(changes, max_size=40), moments)
def test_what_is_due_happens_once(all_of_them: list[Change], now: datetime) -> None:
    """SAFETY: after it, nothing more is due at the same moment."""
    board = fold(Board(), all_of_them)
    after = fold(board, list(due(board, now, timedelta(minutes=10))))
    assert list(due(after, now, timedelta(minutes=10))) == []
    assert all(notice.ends > now for notice in after.notices)


@given(changes)
def test_change_is_read_as_it_was_written(change: Change) -> None:
    """SAFETY: the ledger gives back what it was given."""
    assert change_from_json(change_to_json(change)) == change


def test_same_key_makes_one_notice() -> None:
    """Whoever writes the second line has not read the first; it does nothing."""
    first = Notice("n1", {"en": "a"}, NOON, NOON + timedelta(hours=1))
    lines = [Change(Happened.MADE, NOON, "x", after=notice, key="k") for notice in (first, replace(first, id="n2"))]
    assert fold(Board(), lines).notices == (first,)


def test_keys_are_forgotten_after_a_thousand() -> None:
    """What is remembered is bounded."""
    notice = Notice("n1", {"en": "a"}, NOON, NOON + timedelta(hours=1))
    lines = [
        change
        for n in range(RETRIES_KEPT + 5)
        for change in (
            Change(Happened.MADE, NOON, "x", after=replace(notice, id=f"n{n}"), key=f"k{n}"),
            Change(Happened.ENDED, NOON, "x", before=replace(notice, id=f"n{n}")),
        )
    ]
    board = fold(Board(), lines)
    assert len(board.made) == RETRIES_KEPT
    assert "k4" not in board.made
