"""Each invariant sees what it is there to see, in evidence that was made wrong."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from .invariants import INVARIANTS
from .matrix import CallSeen, Evidence, Fault, Outcome, Terminal, Vitals
from .outcomes import judge, keep, read
from .page import page, percentile

CALL = CallSeen(1, "1.1", Terminal.SERVED, ("1.1-1",), keyed="123456", heard=("Noted.",), wanted_person=False)
RECORD = {"leg": "1.1-1", "uniqueid": "1.1", "ending": "served", "fields": {"number": "123456"}}


def evidence() -> Evidence:
    """One call, of which everything is as it should be."""
    return Evidence(
        calls=[CALL],
        records=[RECORD],
        taken=frozenset({"1.1-1"}),
        tickets=["123456"],
        noted="Noted.",
        swept=[],
        vitals=(Vitals(50, 20, 100_000), Vitals(50, 20, 100_000)),
        exits=[0],
        members=(frozenset({"a", "b"}), frozenset({"a"}), frozenset({"b"})),
        notices=[("Noted.", CALL)],
    )


def broken(found: Evidence) -> set[str]:
    return {each.name for each in INVARIANTS if each.check(found)}


def test_nothing_is_wrong_where_nothing_is_wrong() -> None:
    """Every reader has looked, and none complains."""
    assert broken(evidence()) == set()
    assert [each.name for each in INVARIANTS if each.check(evidence()) is None] == []


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("terminal", {"calls": [replace(CALL, terminal=Terminal.LOST)]}),
        ("terminal", {"records": []}),
        ("terminal", {"records": [{**RECORD, "ending": "abandoned"}]}),
        ("once", {"calls": [replace(CALL, queued=("sales", "sales"), wanted_person=True)]}),
        ("members", {"members": (frozenset({"a"}), frozenset(), frozenset())}),
        ("members", {"members": (frozenset(), frozenset({"a"}), frozenset())}),
        ("recorded", {"tickets": []}),
        ("recorded", {"tickets": ["123456", "123456"]}),
        ("replies", {"records": [{**RECORD, "fields": {"number": "654321"}}]}),
        ("replies", {"tickets": ["123456", "000000"]}),
        ("replies", {"calls": [replace(CALL, queued=("sales",))]}),
        ("secrets", {"swept": ["serve.log holds a PIN"]}),
        ("baseline", {"vitals": (Vitals(50, 20, 100_000), Vitals(90, 20, 100_000))}),
        ("baseline", {"vitals": (Vitals(50, 20, 100_000), Vitals(50, 20, 900_000))}),
        ("notices", {"notices": [("Another.", CALL)]}),
        ("leaves", {"exits": [0, 1]}),
        ("else", {"faults": ["something"]}),
    ],
)
def test_what_is_wrong_is_seen(name: str, wrong: dict[str, object]) -> None:
    """By the invariant that is there for it."""
    found = evidence()
    for field, value in wrong.items():
        setattr(found, field, value)
    assert name in broken(found)


async def nothing(_seeds: object, _folder: Path) -> Evidence:
    return Evidence()


def test_what_is_kept_is_read_again(tmp_path: Path) -> None:
    """With everything that the page says of it."""
    fault = Fault("kill", "somebody kills", nothing)
    made = Outcome("kill", "seeded", [1, 2, 3], machine={"cores": 2})
    found = evidence()
    found.tickets = []
    judge(made, found)
    keep(made, tmp_path)
    assert read(fault, tmp_path) == made
    assert list(made.broken) == ["recorded"]
    assert not made.is_whole


def test_page_says_what_was_missed(tmp_path: Path) -> None:
    """A lost call and a broken invariant stand where everybody sees them."""
    found = evidence()
    found.calls = [replace(CALL, terminal=Terminal.LOST, silence=9.5)]
    on = {"cores": 2, "processor": "P", "kernel": "K", "ivrctl": "0", "python": "3", "load": 0.0}
    made = Outcome("kill", "seeded", [1], machine=on)
    judge(made, found)
    keep(made, tmp_path)
    text = page(tmp_path)
    assert "1 of 1 calls in 1 rows: **missed** by 1." in text
    assert "Every invariant holds in every row: **missed** in kill." in text
    assert "at most 3 s, found 9.50 s of 1 calls: **missed** by 6.50 s." in text


def test_percentile_is_one_of_the_values() -> None:
    """By nearest rank: 99 of 100 do not exceed it."""
    assert percentile([float(n) for n in range(1, 101)], 99) == 99
    assert percentile([2.0], 99) == 2
