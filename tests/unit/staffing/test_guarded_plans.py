"""Whatever is desired, observed and remembered: what a guarded plan never does, and what it always does in the end."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given

from .any_centre import Centre, centres, seeded
from .plan_properties import PROPERTIES

properties = pytest.mark.parametrize("holds", PROPERTIES, ids=[holds.__name__ for holds in PROPERTIES])


@properties
@given(centre=centres())
def test_it_holds_for_any_centre(holds: Callable[[Centre], None], centre: Centre) -> None:
    """Hypothesis shows the smallest centre that it does not hold for."""
    holds(centre)


@pytest.mark.thorough
@properties
def test_it_holds_for_many_centres(holds: Callable[[Centre], None]) -> None:
    """Of seeds: ``python -m tests.unit.staffing.many_plans --cases`` takes as many as one likes."""
    for seed in range(2000):
        holds(seeded(seed))
