"""A trial for programs: one JSON object, and the tables of CSV with a row for each seed."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeAlias

from ivrctl.cli.trial_view.rows import figure_rows, queue_rows
from ivrctl.cli.trial_view.shown import ShownTrial
from ivrctl.simulation.compared import Spread, difference, interruptions
from ivrctl.simulation.outcome import Outcome, QueueFigures

FORMAT_VERSION = 1
"""Of the JSON form; raised when a field changes its meaning or goes."""

_COUNTS = tuple(field.name for field in fields(QueueFigures))
_SHARES = ("service_level", "speed_of_answer", "abandon_share")


def as_json_body(trial: ShownTrial) -> dict[str, Any]:
    """The form for programs."""
    compared, rows = trial.compared, [*figure_rows(trial.compared, trial.answer_in), *queue_rows(trial.compared)]
    body: dict[str, Any] = {
        "format_version": FORMAT_VERSION,
        "day": compared.day,
        "begins": trial.begins.isoformat(),
        "answer_in": trial.answer_in.total_seconds(),
        "seeds": list(compared.seeds),
        "assumed": list(compared.assumed),
        "was": None if compared.was is None else {name: _figures(each) for name, each in compared.was.items()},
        "variants": [
            {
                "variant": runs.name,
                "policies": list(runs.policies),
                "figures": {row.name: _spread(runs.spread(row.read)) for row in rows},
                "interruptions": [dict(interruptions(outcome)) for outcome in runs.outcomes],
            }
            for runs in compared.runs
        ],
        "difference": None,
    }
    if trial.pair is not None:
        old, new = trial.pair
        figures = {row.name: _spread(difference(old, new, row.read)) for row in rows}
        body["difference"] = {"old": old.name, "new": new.name, "figures": figures}
    return body


def _spread(spread: Spread | None) -> dict[str, Any] | None:
    if spread is None:
        return None
    values = {name: round(getattr(spread, name), 6) for name in ("median", "least", "most")}
    return {**values, "of": spread.of}


def _figures(figures: QueueFigures) -> dict[str, Any]:
    counts = {name: _plain(getattr(figures, name)) for name in _COUNTS}
    return {**counts, **{name: _plain(getattr(figures, name)) for name in _SHARES}}


def _plain(value: float | None) -> float | None:
    return round(value, 6) if isinstance(value, float) else value


def write_csv(trial: ShownTrial, folder: Path) -> Iterator[Path]:
    """Write the tables into a folder, each with a row for each seed and variant at least; their files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (columns, rows_of) in _TABLES.items():
        path = folder / f"{name}.csv"
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("variant", "seed", *columns))
            for runs in trial.compared.runs:
                for seed, outcome in zip(trial.compared.seeds, runs.outcomes, strict=True):
                    writer.writerows((runs.name, seed, *map(_cell, row)) for row in rows_of(outcome, trial))
        yield path


_Rows: TypeAlias = Iterator[Sequence[object]]


def _cell(value: object) -> object:
    return round(value, 6) if isinstance(value, float) else "" if value is None else value


def _figures_rows(outcome: Outcome, trial: ShownTrial) -> _Rows:
    yield from ((row.name, row.read(outcome)) for row in figure_rows(trial.compared, trial.answer_in))


def _queue_rows(outcome: Outcome, _trial: ShownTrial) -> _Rows:
    yield from ((name, *_all_of(figures)) for name, figures in outcome.queues.items())


def _interval_rows(outcome: Outcome, trial: ShownTrial) -> _Rows:
    yield from ((trial.clock(at).isoformat(), *_all_of(figures)) for at, figures in outcome.intervals)


def _tier_rows(outcome: Outcome, _trial: ShownTrial) -> _Rows:
    for (policy, tier), each in outcome.tiers.items():
        yield policy, tier, *(getattr(each, name) for name in _OF_TIERS), sum(each.interruptions.values())


def _move_rows(outcome: Outcome, trial: ShownTrial) -> _Rows:
    for move in outcome.moves:
        at = trial.clock(move.at).isoformat(timespec="seconds")
        yield at, move.policy, move.tier, "in" if move.is_in else "out", move.why


def _person_rows(outcome: Outcome, _trial: ShownTrial) -> _Rows:
    yield from sorted(interruptions(outcome).items())


def _all_of(figures: QueueFigures) -> Iterator[float | None]:
    return (getattr(figures, name) for name in (*_COUNTS, *_SHARES))


_OF_TIERS = ("engaged", "minutes_in", "reserve_minutes", "talk_minutes", "changes")
_TABLES: Mapping[str, tuple[Sequence[str], Callable[[Outcome, ShownTrial], _Rows]]] = {
    "figures": (("figure", "value"), _figures_rows),
    "queues": (("queue", *_COUNTS, *_SHARES), _queue_rows),
    "intervals": (("begins", *_COUNTS, *_SHARES), _interval_rows),
    "tiers": (("policy", "tier", *_OF_TIERS, "interruptions"), _tier_rows),
    "moves": (("at", "policy", "tier", "goes", "why"), _move_rows),
    "people": (("agent", "interruptions"), _person_rows),
}
"""By the name of the file, its columns behind variant and seed, and its rows of one run."""
