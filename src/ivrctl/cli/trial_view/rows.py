"""Which figures of a trial are shown, and how each is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from ivrctl.lang.schema import written_duration
from ivrctl.simulation.compared import (
    Compared,
    Reading,
    Spread,
    changes,
    mean_interruptions,
    most_interrupted,
    of_queue,
    of_tiers,
    reserve_minutes,
)
from ivrctl.simulation.outcome import Outcome, QueueFigures


@dataclass(frozen=True, slots=True)
class Unit:
    """How numbers of a kind are written."""

    name: str = ""
    """Behind the heading of a row."""
    times: float = 1.0
    """By which a number is multiplied before."""
    places: int = 1

    def plain(self, value: float | None) -> str:
        """One number; a dash for none."""
        if value is None:
            return "-"
        written = f"{value * self.times:.{self.places}f}"
        return written.removeprefix("-") if float(written) == 0 else written

    def spread(self, spread: Spread | None) -> str:
        """The middle, and what it lies between where that is something else."""
        return _spread(spread, self.plain)

    def difference(self, spread: Spread | None) -> str:
        """The same with the sign of each."""
        return _spread(spread, self._signed)

    def _signed(self, value: float) -> str:
        written = self.plain(value)
        return written if written.startswith("-") or not float(written) else f"+{written}"


def _spread(spread: Spread | None, written: Callable[[float], str]) -> str:
    if spread is None:
        return "-"
    middle, least, most = written(spread.median), written(spread.least), written(spread.most)
    return middle if least == most else f"{middle} ({least}..{most})"


PERCENT, SECONDS, MINUTES, TIMES = Unit("%", 100), Unit("s"), Unit("min", places=0), Unit(places=0)
MEAN_TIMES = Unit()


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure."""

    name: str
    """For programs."""
    heading: str
    read: Reading
    unit: Unit
    was: Callable[[QueueFigures], float | None] | None = None
    """The same of a day that was; None where that is in no books."""


def figure_rows(compared: Compared, answer_in: timedelta) -> Iterator[FigureRow]:
    """What is shown of all queues together, and of the tiers."""
    yield _of_callers("service_level", f"service level {written_duration(answer_in)}", _service_level, PERCENT)
    yield _of_callers("speed_of_answer", "ASA", _speed_of_answer, SECONDS)
    yield _of_callers("abandon_share", "abandoned", _abandon_share, PERCENT)
    yield _of_callers("longest_wait", "longest wait", _longest_wait, SECONDS)
    yield FigureRow("occupancy", "occupancy", _busy_share, PERCENT)
    yield FigureRow("reserve_minutes", "reserve", reserve_minutes, MINUTES)
    for name, keys in tiers_of(compared).items():
        yield FigureRow(f"reserve_minutes.{name}", f"  {name}", of_tiers(keys, _reserve_of), MINUTES)
    yield FigureRow("changes", "changes", changes, TIMES)
    yield FigureRow("most_interrupted", "interruptions, most", most_interrupted, TIMES)
    yield FigureRow("mean_interruptions", "  on average", mean_interruptions, MEAN_TIMES)


def queue_rows(compared: Compared) -> Iterator[FigureRow]:
    """The service level of each queue that anybody called."""
    for queue in queues_of(compared):
        yield FigureRow(f"service_level.{queue}", f"  {queue}", of_queue(queue, _service_level), PERCENT)


def tiers_of(compared: Compared) -> Mapping[str, Sequence[tuple[str, str]]]:
    """The tiers of all runs as they are called: one of a policy and one of its successor have one name."""
    found: dict[str, list[tuple[str, str]]] = {}
    is_plain = all(len({tier for _, tier in runs.tiers}) == len(runs.tiers) for runs in compared.runs)
    for policy, tier in dict.fromkeys(key for runs in compared.runs for key in runs.tiers):
        found.setdefault(tier if is_plain else f"{policy} {tier}", []).append((policy, tier))
    return found


def queues_of(compared: Compared) -> Sequence[str]:
    """The queues that anybody called, in the order of the day."""
    outcomes = [outcome for runs in compared.runs for outcome in runs.outcomes]
    names = dict.fromkeys(name for outcome in outcomes for name in outcome.queues)
    return [name for name in names if any(outcome.queues[name].offered for outcome in outcomes)]


def _of_callers(name: str, heading: str, read: Callable[[QueueFigures], float | None], unit: Unit) -> FigureRow:
    return FigureRow(name, heading, lambda outcome: read(outcome.total), unit, read)


def _service_level(figures: QueueFigures) -> float | None:
    return figures.service_level


def _speed_of_answer(figures: QueueFigures) -> float | None:
    return figures.speed_of_answer


def _abandon_share(figures: QueueFigures) -> float | None:
    return figures.abandon_share


def _longest_wait(figures: QueueFigures) -> float | None:
    return figures.longest_wait


def _busy_share(outcome: Outcome) -> float | None:
    return outcome.busy_share


def _reserve_of(outcome: Outcome, key: tuple[str, str]) -> float:
    return outcome.tiers[key].reserve_minutes
