"""Whatever happens to a desk: what decisions never do, and what they always do in the end."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .chance import Chance, Drawn, Seeded
from .decision_properties import AT_EACH_DECISION, OF_A_DESK, Made, history


@st.composite
def chances(draw: st.DrawFn) -> Chance:
    return Drawn(draw)


@pytest.mark.parametrize("holds", AT_EACH_DECISION, ids=[holds.__name__ for holds in AT_EACH_DECISION])
@given(data=st.data())
def test_it_holds_at_each_decision(holds: Callable[[Made], None], data: st.DataObject) -> None:
    """Hypothesis shows the shortest history in which it does not."""
    for made in history(Drawn(data.draw)):
        holds(made)


@pytest.mark.parametrize("holds", OF_A_DESK, ids=[holds.__name__ for holds in OF_A_DESK])
@given(data=st.data())
def test_it_holds_of_any_desk(holds: Callable[[Chance], None], data: st.DataObject) -> None:
    """Hypothesis shows the simplest desk of which it does not."""
    holds(Drawn(data.draw))


@pytest.mark.thorough
def test_they_hold_for_many_desks() -> None:
    """Of seeds: ``python -m tests.unit.staffing.many_decisions`` takes as many as one likes."""
    for seed in range(60):
        for made in history(Seeded(seed)):
            for holds in AT_EACH_DECISION:
                holds(made)
        for holds_of in OF_A_DESK:
            holds_of(Seeded(seed))
