"""People missing by the forecast, over a day."""

from __future__ import annotations

from datetime import date, timedelta

from ivrctl.acd.intervals import Interval, day_of
from ivrctl.forecast.required import Required
from ivrctl.simulation.day import Pause, Shift, SimulatedAgent
from ivrctl.simulation.days.foreseen import Foreseen, shortfalls

from .day_examples import site

DAY = day_of(date(2026, 11, 20), site().zone)
HOUR, MINUTE = 3600.0, 60.0


def needed(*people: int) -> Foreseen:
    """So many in each half hour from eight o'clock on, and none before and behind."""
    half = timedelta(minutes=30)
    asked = [*[0] * 16, *people, *[0] * (32 - len(people))]
    intervals = (Interval(DAY.begin + place * half, DAY.begin + (place + 1) * half) for place in range(48))
    required = tuple(Required(each, one, one, one) for each, one in zip(intervals, asked, strict=True))
    return Foreseen(frozenset({"sales"}), required)


def agent(number: int, *pauses: Pause, queue: str = "sales") -> SimulatedAgent:
    """Somebody who works from eight to ten."""
    return SimulatedAgent(str(number), str(number), {queue: 0}, (Shift(8 * HOUR, 10 * HOUR, pauses),))


def missing(foreseen: Foreseen, *agents: SimulatedAgent) -> list[tuple[float, float]]:
    """Minutes since eight, and how many are missing from then on."""
    found = shortfalls(foreseen, agents, DAY.begin.astimezone(site().zone), 24 * HOUR)
    return [((at - 8 * HOUR) / MINUTE, people) for at, people in found]


def test_people_are_missing_a_quarter_of_an_hour_before_they_are_needed() -> None:
    """Three are needed from nine on, and two are there until ten; the day begins without a shortfall."""
    assert missing(needed(2, 2, 3, 3), agent(1), agent(2)) == [(-480, 0), (-15, 2), (0, 0), (45, 1), (120, 0)]


def test_who_pauses_is_missing() -> None:
    """From twenty past eight on, for ten minutes."""
    pause = Pause(8 * HOUR + 20 * MINUTE, 8 * HOUR + 30 * MINUTE)
    found = missing(needed(2, 2), agent(1), agent(2, pause))
    assert found == [(-480, 0), (-15, 2), (0, 0), (20, 1), (30, 0)]


def test_who_serves_another_queue_is_not_counted() -> None:
    """Only those whose daily work the queues are."""
    assert missing(needed(1), agent(1, queue="support")) == [(-480, 0), (-15, 1), (30, 0)]


def test_without_a_forecast_nothing_is_missing() -> None:
    """And nothing is known."""
    assert missing(Foreseen(frozenset({"sales"}), (), "too few days"), agent(1)) == []
