"""What is expected of settings, by all that was tried."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.random import default_rng

from ivrctl.simulation.recommendation.response import Response, Seen

START = (5, 5, 5)
USUAL = 0.001, 0.0003, 5.0


def seen(setting: tuple[int, ...], *noise: float) -> Seen:
    """A setting of a plane, and of what bends it; one day for each noise."""
    one, other, third = (at - 5 for at in setting)
    level = -0.01 * one - 0.002 * other + 0.001 * one * third
    return Seen(setting, [(level + each, -0.3 * level - each / 3, -100.0 * one - 20.0 * other) for each in noise])


def expected(model: Response, *setting: int) -> list[float]:
    found: list[float] = model.expected([setting])[0].tolist()
    return found


def test_of_the_given_policy_nothing_is_expected() -> None:
    """Whatever was seen of others: it is what all of them are compared with."""
    model = Response(START, [seen((6, 5, 4), 0.02), seen((2, 9, 5), -0.01)], USUAL)
    assert expected(model, *START) == pytest.approx([0, 0, 0], abs=1e-9)
    assert expected(Response(START, [], USUAL), 9, 9, 9) == [0, 0, 0]


def test_what_was_seen_often_is_expected_again() -> None:
    """Its own days are surer than what its neighbours say."""
    model = Response(START, [seen((7, 5, 5), *[0.001, -0.001] * 20), seen((3, 5, 5), 0.0, 0.002)], USUAL)
    assert expected(model, 7, 5, 5)[0] == pytest.approx(-0.02, abs=0.002)


def test_many_uncertain_runs_together_say_much() -> None:
    """Of settings that were never tried: chance of a day is as much as five steps of a number do."""
    chance = default_rng(1)
    tried = [tuple(chance.integers(2, 9, 3).tolist()) for _ in range(150)]
    model = Response(START, [seen(each, *chance.normal(0, 0.05, 2)) for each in tried], USUAL)
    others = [tuple(chance.integers(3, 8, 3).tolist()) for _ in range(40)]
    truth = np.array([seen(each, 0.0).differences[0] for each in others])
    errors = np.sqrt(np.mean((model.expected(others) - truth) ** 2, axis=0))
    assert errors[0] < 0.012
    assert errors[2] < 15
