"""Rounds of a graph: what they are, and what it costs to find them."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from ivrctl.flow.rounds import on_rounds

NODES = st.integers(0, 7)


class Counting(dict[int, set[int]]):
    """A graph that counts how often it is asked for a node's ways."""

    asked = 0

    def __getitem__(self, node: int) -> set[int]:
        self.asked += 1
        return super().__getitem__(node)


def _peeled(ways: Mapping[int, set[int]]) -> set[int]:
    """What the docstring says, one layer at a time."""
    left = set(ways)
    while True:
        led_to = {to for node in left for to in ways[node]}
        kept = {node for node in left & led_to if ways[node] & left}
        if kept == left:
            return left
        left = kept


@given(st.dictionaries(NODES, st.sets(NODES)))
def test_what_leads_nowhere_or_is_led_to_by_nothing_is_on_no_round(drawn: dict[int, set[int]]) -> None:
    """SAFETY: in every graph the same remains as when it is peeled layer by layer."""
    ways = {node: targets & drawn.keys() for node, targets in drawn.items()}
    assert on_rounds(ways) == _peeled(ways)


def test_a_long_chain_is_looked_at_once() -> None:
    """The work grows with the steps of a flow and not with their square."""
    steps = 2000
    ways = Counting({step: {step + 1} for step in range(steps)} | {steps: set()})
    assert on_rounds(ways) == set()
    assert ways.asked <= 2 * len(ways)
