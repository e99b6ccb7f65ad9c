from __future__ import annotations

from dataclasses import replace

import pytest

from ivrctl.testkit.engines.many import jobs_that_pay, play_all
from ivrctl.testkit.engines.sim import SimEngine
from ivrctl.testkit.verdict import Verdict

from .demo import demo_scenarios, program


def _alike(verdict: Verdict) -> Verdict:
    return replace(verdict, took=0.0)


# A process of tests that runs beside others has threads of its own, and Python warns whoever forks such a one.
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_several_processes_come_to_the_verdicts_of_one() -> None:
    """The same verdicts in the same order, with what was walked, and each is shown once."""
    scenarios, shown = demo_scenarios(), list[Verdict]()

    def make() -> SimEngine:
        return SimEngine(program(), is_observed=True)

    alone = play_all(make, scenarios, lambda _: None)
    spread = play_all(make, scenarios, shown.append, jobs=2)
    assert [_alike(verdict) for verdict in spread] == [_alike(verdict) for verdict in alone]
    assert shown == spread
    assert any(verdict.course.walked for verdict in spread)


def test_more_processes_are_begun_only_where_they_pay() -> None:
    """Few scenarios are played in this process, many on every core; live ones share the phones."""
    assert [jobs_that_pay("sim", count, 4) for count in (0, 40, 799, 800, 10**5)] == [1, 1, 1, 2, 4]
    assert jobs_that_pay("agi", 60, 2) == 2
    assert jobs_that_pay("live", 10**5, 2) == 1
