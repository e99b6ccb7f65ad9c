"""A chart of the day in a terminal: a column for each quarter of an hour, or half hour, in blocks of eight heights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ivrctl.cli.columns import aligned, cut
from ivrctl.cli.trial_view.shown import QUARTER, ShownTrial, few_or_many
from ivrctl.simulation.compared import Slice

BLOCKS = "▁▂▃▄▅▆▇█"
WORST = 0.5
"""At this service level and below it stands the lowest block: what matters lies above it."""
MOST_COLUMNS = 56
"""With the names before them they fit into a line of 80."""
FEW_COLUMNS = 24
"""With so many there is room for each hour."""
NAMES = 20
"""Places for a name."""


def chart_lines(trial: ShownTrial) -> Iterator[str]:
    """Callers, the service level by each variant, and the tiers that each has in."""
    length, found = QUARTER, trial.slices()
    if len(next(iter(found.values()))) > MOST_COLUMNS:
        length, found = 2 * QUARTER, trial.slices(2 * QUARTER)
    any_ = next(iter(found.values()))
    if not any_:
        yield "nobody calls: there is nothing to draw\n"
        return
    yield _line("", _axis(trial, any_))
    most = max(each.offered for each in any_) or 1.0
    yield _line("callers", "".join(_block(each.offered / most) if each.offered else " " for each in any_))
    yield "service level\n"
    for name, slices in found.items():
        yield _line(f"  {name}", "".join(_level(each.service_level) for each in slices))
    for runs in trial.compared.runs:
        if runs.tiers:
            yield f"tiers in: {runs.name}\n"
        for key in runs.tiers:
            yield _line(f"  {key[1]}", "".join(_share(each.tiers[key]) for each in found[runs.name]))
    callers = f"callers: █ {few_or_many(most)} in {length / 60:.0f} min"
    yield f"{callers}; service level: █ 100 %, ▁ {100 * WORST:.0f} % and less; in: █ always\n"


def _axis(trial: ShownTrial, slices: Sequence[Slice]) -> str:
    """The hours above their columns; each second one where there are many."""
    step = 1 if len(slices) <= FEW_COLUMNS else 2
    line = ""
    for index, each in enumerate(slices):
        at = trial.clock(each.began)
        if at.minute == 0 and at.hour % step == 0 and len(line) <= index:
            line = f"{line.ljust(index)}{at.hour}"
    return line


def _line(name: str, marks: str) -> str:
    return f"{aligned(cut(name, NAMES), NAMES)}  {marks}".rstrip() + "\n"


def _block(share: float) -> str:
    return BLOCKS[min(len(BLOCKS) - 1, max(0, int(share * len(BLOCKS))))]


def _level(level: float | None) -> str:
    return " " if level is None else _block((level - WORST) / (1 - WORST))


def _share(share: float) -> str:
    return "·" if share < 0.01 else _block(share)  # noqa: PLR2004 - less than one in a hundred is never
