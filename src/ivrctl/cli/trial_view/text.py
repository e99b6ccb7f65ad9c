"""A trial as a table: the variants beside each other, what the new one changes, and what all of it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ivrctl.cli.columns import table
from ivrctl.cli.trial_view.blocks import chart_lines
from ivrctl.cli.trial_view.idle import idle_lines
from ivrctl.cli.trial_view.rows import FigureRow, figure_rows, queue_rows
from ivrctl.cli.trial_view.shown import ShownTrial
from ivrctl.simulation.compared import Runs, difference
from ivrctl.simulation.tally import together


def told(trial: ShownTrial) -> Iterator[str]:
    """All lines, each with its end."""
    compared = trial.compared
    yield f"{compared.day}: {_seeds(compared.seeds)}\n\n"
    rows = list(figure_rows(compared, trial.answer_in))
    yield from table([_headings(trial), *(_cells(row, trial) for row in rows)], right=range(1, 9))
    if len(by_queue := list(queue_rows(compared))) > 1:
        yield "\n"
        first = ["service level by queue", *[""] * (len(_headings(trial)) - 1)]
        yield from table([first, *(_cells(row, trial) for row in by_queue)], right=range(1, 9))
    yield "\n"
    yield from chart_lines(trial)
    yield from _below(trial)


def _seeds(seeds: Sequence[int]) -> str:
    if len(seeds) == 1:
        return f"seed {seeds[0]}"
    return f"seeds {seeds[0]} to {seeds[-1]}; of each figure the middle (the least..the most)"


def _headings(trial: ShownTrial) -> list[str]:
    names = [runs.name for runs in trial.compared.runs]
    was = [] if trial.compared.was is None else ["that day"]
    return ["", *was, *names, *([] if trial.pair is None else ["difference"])]


def _cells(row: FigureRow, trial: ShownTrial) -> list[str]:
    compared, cells = trial.compared, [f"{row.heading}, {row.unit.name}" if row.unit.name else row.heading]
    if compared.was is not None:
        cells.append(_was(row, trial))
    cells += [_cell(row, runs) for runs in compared.runs]
    if trial.pair is not None:
        cells.append(row.unit.difference(difference(*trial.pair, row.read)))
    return cells


def _was(row: FigureRow, trial: ShownTrial) -> str:
    """The figure of the day itself, of all its queues or of one."""
    was = trial.compared.was or {}
    queue = row.name.partition("service_level.")[2]
    if queue:
        return row.unit.plain(was[queue].service_level if queue in was else None)
    return row.unit.plain(None if row.was is None else row.was(together(was.values())))


def _cell(row: FigureRow, runs: Runs) -> str:
    return row.unit.spread(runs.spread(row.read))


def _below(trial: ShownTrial) -> Iterator[str]:
    yield "\n"
    if trial.pair is not None:
        old, new = trial.pair
        yield f"difference: {new.name} less {old.name}, seed by seed\n"
    yield "reserve: minutes of people who were in by a policy, each counted once\n"
    yield "interruptions: how often one person was called in or asked: at most, and on average of those who were\n"
    yield from idle_lines(trial.compared)
    if trial.compared.was is not None:
        yield "that day: what the books say; how far a variant like it is from that is how well the model fits\n"
    yield from (f"! {sentence}\n" for sentence in trial.compared.assumed)
