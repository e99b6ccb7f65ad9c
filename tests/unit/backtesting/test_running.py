"""Trials on one and on several processors."""

from __future__ import annotations

import multiprocessing
import pickle
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType
from typing import Any

import pytest

from ivrctl.acd.intervals import day_of
from ivrctl.service.backtesting.pickling import take_read_only_mappings
from ivrctl.service.backtesting.processes import processors
from ivrctl.service.backtesting.running import Trial, run_all
from ivrctl.service.backtesting.variants import variants_of
from ivrctl.service.compiling import CompiledSite, compile_whole
from ivrctl.simulation.days.recorded import Books, RecordedDay
from ivrctl.simulation.days.synthetic import SyntheticDay

from ..simulation.day_examples import day_file  # noqa: TID252 - test folders are no packages to import from
from ..staffing.examples import shown_files  # noqa: TID252 - the same

KEYS = """
queues:
  sales: {calls: {per_hour: {"09:00-11:00": 60}}, talk: {mean: 2m}, patience: 1m}
staff:
  - {agents: ["8101"]}
"""


@pytest.fixture(scope="module")
def site() -> CompiledSite:
    compiled, _ = compile_whole(shown_files(""))
    assert compiled is not None
    return compiled


@pytest.fixture(scope="module")
def trial(site: CompiledSite) -> Trial:
    """An agent with twice the calls that he can take, and leaders who come."""
    days = SyntheticDay("rush", day_file(KEYS), site.program.site)
    return Trial(days, variants_of(site, {}, shown_files("")), range(7, 10))


def silent(_done: int, _many: int) -> None:
    """Nobody looks."""


def test_runs_stand_by_variant_in_the_order_of_the_seeds(trial: Trial) -> None:
    """Each run is that of its seed and its variant."""
    none, served = run_all(trial, silent, workers=1)
    assert (none.name, none.policies, served.policies) == ("no policy", (), ("main",))
    assert none.outcomes == tuple(trial.run((seed, 0)) for seed in (7, 8, 9))
    assert served.outcomes == tuple(trial.run((seed, 1)) for seed in (7, 8, 9))


def test_all_variants_have_the_same_callers(trial: Trial) -> None:
    """What differs between two policies is not who called."""
    none, served = run_all(trial, silent, workers=1)
    for old, new in zip(none.outcomes, served.outcomes, strict=True):
        assert old.total.offered == new.total.offered
        assert [(at, each.offered) for at, each in old.intervals] == [(at, each.offered) for at, each in new.intervals]
    assert len({one.total for one in none.outcomes}) == 3


def test_it_is_told_how_far_it_is(trial: Trial) -> None:
    """After each run."""
    told: list[tuple[int, int]] = []
    run_all(trial, lambda done, many: told.append((done, many)), workers=1)
    assert told == [(number, 6) for number in range(1, 7)]


@pytest.mark.thorough
def test_several_processes_give_what_one_gives(trial: Trial) -> None:
    """Whoever is quicker, the outcome is the same, to the last number."""
    assert run_all(trial, silent, workers=2) == run_all(trial, silent, workers=1)


@pytest.mark.thorough
def test_process_that_fails_is_an_error_here_and_leaves_none_behind(trial: Trial) -> None:
    """Whatever goes wrong in a run is raised, and no process goes on."""
    with pytest.raises(ValueError, match="non-negative"):
        run_all(replace(trial, seeds=(7, -1, 8)), silent, workers=2)
    assert multiprocessing.active_children() == []


@pytest.mark.thorough
def test_interruption_ends_every_process(trial: Trial) -> None:
    """Who presses Ctrl-C waits for no run that is under way."""

    def interrupted(_done: int, _many: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_all(replace(trial, seeds=range(50)), interrupted, workers=2)
    assert multiprocessing.active_children() == []


def test_days_and_outcomes_go_from_process_to_process(trial: Trial, site: CompiledSite) -> None:
    """Read-only mappings are no obstacle."""
    take_read_only_mappings()
    assert handed(MappingProxyType({"a": 1})) == {"a": 1}
    outcome = trial.run((7, 1))
    assert handed(outcome) == outcome
    period = day_of(date(2026, 11, 20), site.program.site.zone)
    was = RecordedDay("a day", Books(period, [], [], [], period.end + timedelta(hours=1)), site.program.site)
    assert handed(was).is_empty


def handed(value: Any) -> Any:
    """What another process gets of it."""
    return pickle.loads(pickle.dumps(value))  # noqa: S301 - from this very process


def test_as_many_processes_as_processors() -> None:
    """Never none."""
    assert processors() >= 1
