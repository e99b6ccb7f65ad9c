"""Settings on days: each tried once, and no more than were allowed."""

from __future__ import annotations

from collections.abc import Sequence

from ivrctl.simulation.recommendation.judged import DayFigures
from ivrctl.simulation.recommendation.tries import Tries, Try

A, B = (1, 2), (3, 4)


class Desk:
    """Runs whatever it is told, and remembers it."""

    def __init__(self) -> None:
        self.asked: list[Try] = []

    def run(self, tries: Sequence[Try]) -> Sequence[DayFigures]:
        """Figures that tell which try it was."""
        self.asked += tries
        return [DayFigures(sum(each.setting) / 100 + each.day / 1000, 100, 0) for each in tries]


def test_what_was_tried_is_not_tried_again() -> None:
    """A setting on a day has its figures once and for all."""
    desk = Desk()
    tries = Tries(desk.run, 100)
    assert tries.on([A, A, B], [0, 1]) == (A, B)
    assert tries.on([A], [0, 1, 2]) == (A,)
    assert desk.asked == [Try(A, 0), Try(A, 1), Try(B, 0), Try(B, 1), Try(A, 2)]
    assert (tries.used, tries.left) == (5, 95)
    assert [day.level for day in tries.figures(A, [2, 0])] == [0.032, 0.03]


def test_what_is_too_much_is_not_tried_at_all() -> None:
    """A setting has all of the days or none of them; one that has them already stays."""
    desk = Desk()
    tries = Tries(desk.run, 3)
    assert tries.on([A, B], [0, 1]) == (A,)
    assert tries.on([B, A], [0, 1]) == (A,)
    assert tries.on([B], [0]) == (B,)
    assert (tries.left, len(desk.asked)) == (0, 3)


def test_what_is_kept_back_is_for_later() -> None:
    """Who comes first does not use up everything."""
    tries = Tries(Desk().run, 4)
    tries.kept_back = 2
    assert tries.on([A, B], [0, 1]) == (A,)
    tries.kept_back = 0
    assert tries.on([A, B], [0, 1]) == (A, B)
    assert tries.judged(B, [0]).level == 0.07
