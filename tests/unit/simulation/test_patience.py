"""Patience by the product-limit estimate."""

from __future__ import annotations

import itertools
from math import exp, inf

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.simulation.days.patience import Patience

WAITS = st.lists(st.tuples(st.floats(0, 600), st.booleans()), min_size=1, max_size=60)


def test_estimate_is_that_of_the_textbook() -> None:
    """The remissions of 21 patients of Freireich et al. (1963), the example of Kaplan-Meier in every textbook.

    6+ is one who was seen for 6 weeks and no longer: 0.857 survive 6, 0.753 survive 10, 0.448 survive 23 (D. G.
    Kleinbaum and M. Klein, Survival Analysis, table 2.1 and the estimate that follows it).
    """
    ended = [6, 6, 6, 7, 10, 13, 16, 22, 23]
    censored = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
    found = Patience([*ended, *censored], [True] * len(ended) + [False] * len(censored))
    due = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    for week, share in due.items():
        assert found.share_beyond(week) == pytest.approx(share, abs=5e-4)
    assert found.share_beyond(5.9) == 1


def test_exponential_patience_is_found_behind_waits_that_were_cut_short() -> None:
    """A mean patience of 100 s, and answers after times that have nothing to do with it: it is found again."""
    chance = np.random.default_rng(4)
    patience, answered = chance.exponential(100, 20_000), chance.exponential(60, 20_000)
    found = Patience(np.minimum(patience, answered).tolist(), (patience < answered).tolist())
    assert found.mean == pytest.approx(100, rel=0.03)
    for wait in (20, 50, 100):
        assert found.share_beyond(wait) == pytest.approx(exp(-wait / 100), abs=0.02)
    drawn = found.drawn(np.full(20_000, 30.0), chance)
    assert drawn.mean() == pytest.approx(130, rel=0.05)


def test_nobody_hung_up_and_nobody_will() -> None:
    """Where no caller has lost his patience, it has no end."""
    found = Patience([10, 20], [False, False])
    assert list(found.drawn([10, 20], np.random.default_rng(1))) == [inf, inf]


@given(seen=WAITS, waited=st.lists(st.floats(0, 1200), max_size=20), seed=st.integers(0, 99))
def test_safety_drawn_patience_lasts_longer_than_the_wait(
    seen: list[tuple[float, bool]], waited: list[float], seed: int
) -> None:
    """SAFETY: nobody who was answered has less patience than he has shown."""
    found = Patience([wait for wait, _ in seen], [is_end for _, is_end in seen])
    drawn = found.drawn(waited, np.random.default_rng(seed))
    assert np.all(drawn >= np.array(waited))


@given(seen=WAITS)
def test_safety_share_falls_from_one(seen: list[tuple[float, bool]]) -> None:
    """SAFETY: the share of those who wait on is 1 at first, never grows, and is never less than nothing."""
    found = Patience([wait for wait, _ in seen], [is_end for _, is_end in seen])
    shares = [found.share_beyond(wait) for wait in (-1.0, 0.0, *sorted(wait for wait, _ in seen))]
    assert shares[0] == 1
    assert all(0 <= after <= before for before, after in itertools.pairwise(shares))
