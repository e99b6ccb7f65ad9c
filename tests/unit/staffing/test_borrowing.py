"""Groups that are lent to each other in turn, however many stand between them."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ivrctl.service.compiling import compile_whole

from .examples import shown_files

QUEUES = ("a", "b", "c", "d")
SITE = """queues: {a: {}, b: {}, c: {}, d: {}}
agents:
  "8101": {name: Of a, queues: {a: 0}}
  "8102": {name: Of b, queues: {b: 0}}
  "8103": {name: Of c, queues: {c: 0}}
  "8104": {name: Of d, queues: {d: 0}}
groups: {a: ["8101"], b: ["8102"], c: ["8103"], d: ["8104"]}
"""


def _told(lent: dict[str, list[str]]) -> list[str]:
    """What is found in a policy by which the desk of each queue helps in others."""
    tiers = "".join(
        f"  - {{tier: {home}, people: {{group: {home}}}, bring: add, keep_back: 0, queues: [{', '.join(queues)}]}}\n"
        for home, queues in lent.items()
    )
    row = f"triggers:\n  longest_wait: {{engage: [{', '.join(['20s'] * len(lent))}], release: 10s}}\n"
    files = shown_files(f"# ivrctl.yaml\n{SITE}# main.staffing.yaml\nqueues: [a]\ntiers:\n{tiers}{row}")
    return [finding.message for finding in compile_whole(files)[1].sorted()]


def test_ring_of_three_is_told_once_with_its_way() -> None:
    """Whoever reads it sees who helps whom."""
    (told,) = _told({"a": ["b"], "b": ["c"], "c": ["a"]})
    assert told.split("; ") == [
        '"a" is lent to "b", where "b" is at home',
        '"b" is lent to "c", where "c" is at home',
        '"c" is lent to "a", where "a" is at home',
    ]


def test_helping_in_one_direction_is_no_ring() -> None:
    """Nor is a desk that several help, nor one that comes in at home."""
    assert _told({"a": ["a", "b", "c"], "b": ["c", "d"], "c": ["d"]}) == []


desks = st.dictionaries(
    st.sampled_from(QUEUES), st.lists(st.sampled_from(QUEUES), min_size=1, max_size=3, unique=True), min_size=1
)


@given(desks)
def test_safety_ring_is_told_whenever_there_is_one(lent: dict[str, list[str]]) -> None:
    """SAFETY: it is told exactly when somebody helps, over others, where he comes from."""
    helped = {home: {queue for queue in queues if queue != home} & lent.keys() for home, queues in lent.items()}
    assert bool(_told(lent)) == any(home in _reached(home, helped) for home in lent)


def _reached(start: str, helped: dict[str, set[str]]) -> set[str]:
    found: set[str] = set()
    wave = set(helped[start])
    while wave - found:
        found |= wave
        wave = {other for home in wave for other in helped[home]}
    return found
