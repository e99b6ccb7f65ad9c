"""What is shown of a recommendation."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ivrctl.cli.recommend_view.shown import effect, signed
from ivrctl.cli.recommend_view.text import MOST_POINTS, conclusion, thinned
from ivrctl.simulation.recommendation.judged import Judged, difference
from ivrctl.simulation.recommendation.recommended import Point

from .recommendations import BEST, DEARER, FLAT, FOUND, GIVEN, GOLDEN, SHOWN, TEXTS


@pytest.mark.parametrize("name", TEXTS)
def test_recommendation_is_shown_exactly_so(name: str) -> None:
    """What a person or a program reads of it is the golden file, to the letter."""
    assert TEXTS[name]() == (GOLDEN / name).read_text(encoding="utf-8")


def test_what_chance_would_do_as_well_is_told_so() -> None:
    """A number that does nothing has no figures that somebody could believe."""
    assert effect(difference(GIVEN, GIVEN), Judged.of(GIVEN)) == "nothing that chance would not do"
    assert effect(difference(FLAT, BEST), Judged.of(GIVEN)).startswith("weighted -")


def test_nothing_has_no_sign() -> None:
    """Neither has what is too small to be seen."""
    assert [signed(value, 1) for value in (0.0, -0.04, 0.04, -0.06)] == ["0.0", "0.0", "0.0", "-0.1"]


def test_a_long_curve_is_shown_with_both_ends() -> None:
    """And no more points than can be read."""
    curve = [Point({}, FOUND.given.judged) for _ in range(40)]
    thin = thinned(curve)
    assert len(thin) == MOST_POINTS
    assert (thin[0], thin[-1]) == (curve[0], curve[-1])


def test_what_a_promise_costs_is_told_where_it_was_broken() -> None:
    """A recommendation may be dearer, and says so."""
    assert "keeps the promise, at +" in conclusion(DEARER)
    still = replace(DEARER.found, promise=replace(DEARER.found.promise, level=0.99))
    assert "is nearer to the promise, at +" in conclusion(replace(DEARER, found=still))
    assert "at 18 % less reserve, weighted" in conclusion(SHOWN)
