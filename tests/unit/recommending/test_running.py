"""Settings of a policy on drawn days, here and in other processes."""

from __future__ import annotations

import multiprocessing
from dataclasses import replace

import pytest

from ivrctl.service.backtesting.processes import Processes
from ivrctl.service.backtesting.running import Trial, Variant
from ivrctl.service.compiling import CompiledSite, compile_whole
from ivrctl.service.recommending.running import Ground, in_processes
from ivrctl.simulation.days.synthetic import SyntheticDay
from ivrctl.simulation.recommendation.judged import day_figures
from ivrctl.simulation.recommendation.space import Space
from ivrctl.simulation.recommendation.tries import NOBODY, Try

from ..simulation.day_examples import day_file  # noqa: TID252 - test folders are no packages to import from
from ..staffing.examples import shown_files  # noqa: TID252 - the same

KEYS = """
queues:
  sales: {calls: {per_hour: {"09:00-10:00": 60}}, talk: {mean: 2m}, patience: 1m}
staff:
  - {agents: ["8101"]}
"""


@pytest.fixture(scope="module")
def site() -> CompiledSite:
    compiled, _ = compile_whole(shown_files(""))
    assert compiled is not None
    return compiled


@pytest.fixture(scope="module")
def ground(site: CompiledSite) -> Ground:
    """An agent with twice the calls that he can take, and leaders who come; another day with as many again."""
    days = [SyntheticDay(name, day_file(KEYS.replace("60", calls)), site.program.site) for name, calls in DAYS]
    return Ground(days, Space(site.policies["main"]), {}, seed=7)


DAYS = (("rush", "60"), ("more", "120"))


def silent(_done: int) -> None:
    """Nobody looks."""


def test_a_seed_has_the_callers_that_it_has_in_a_backtest(ground: Ground, site: CompiledSite) -> None:
    """So what is recommended can be compared there, and has the same figures."""
    trial = Trial(ground.days[0], (Variant("none", {}), Variant("as served", site.policies)), (7, 8))
    start = ground.space.start
    assert ground.run(Try(start, 2)) == day_figures(trial.run((8, 1)), "main")
    assert replace(ground.run(Try(NOBODY, 0)), reserve=()) == day_figures(trial.run((7, 0)), "main")


def test_days_of_several_kinds_come_in_turn(ground: Ground) -> None:
    """All of them for the first seed, then all for the second."""
    assert [ground.seed_of(day) for day in range(4)] == [7, 7, 8, 8]
    assert ground.run(Try(NOBODY, 1)).waited > ground.run(Try(NOBODY, 0)).waited


def test_it_is_told_how_far_it_is(ground: Ground) -> None:
    """After each run, over all batches."""
    told: list[int] = []
    with Processes() as processes:
        run = in_processes(processes, ground, told.append)
        run([Try(NOBODY, 0), Try(NOBODY, 1)])
        run([Try(NOBODY, 2)])
    assert told == [1, 2, 3]


@pytest.mark.thorough
def test_several_processes_give_what_one_gives_and_end(ground: Ground) -> None:
    """Whoever is quicker, figures come in the order of the tries; behind the block nobody is left."""
    tries = [Try(setting, day) for day in (3, 0, 2) for setting in (ground.space.start, NOBODY)]
    with Processes() as processes:
        processes.start(2)
        assert in_processes(processes, ground, silent)(tries) == [ground.run(each) for each in tries]
    assert multiprocessing.active_children() == []


@pytest.mark.thorough
def test_nobody_is_left_behind_one_who_interrupts(ground: Ground) -> None:
    """He waits for no run that is under way."""

    def interrupt(_done: int) -> None:
        raise KeyboardInterrupt

    def interrupted() -> None:
        with Processes() as processes:
            processes.start(2)
            in_processes(processes, ground, interrupt)([Try(NOBODY, day) for day in range(8)])

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert multiprocessing.active_children() == []
