"""The demo site's scenarios in the two engines that need nothing of the host, and the engines against each other."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from ivrctl.testkit.engines import Engine, run
from ivrctl.testkit.engines.agi import AgiEngine
from ivrctl.testkit.engines.sim import SimEngine
from ivrctl.testkit.verdict import Course, Verdict, render_verdict

from .demo import program, titled, titles

ENGINES: dict[str, Callable[[], Engine]] = {
    "sim": lambda: SimEngine(program()),
    "agi": lambda: AgiEngine(program()),
}
A_TICK = 0.3
"""Seconds: the silences that a runner plays during a lookup come in quarters of a second."""


_VERDICTS: dict[tuple[str, str], Verdict] = {}
"""What was played once is looked at by many tests, and changed by none."""


async def judged(title: str, name: str) -> Verdict:
    """The verdict on a scenario in an engine."""
    if (title, name) not in _VERDICTS:
        async with ENGINES[name]() as engine:
            _VERDICTS[title, name] = await run(titled(title), engine)
    return _VERDICTS[title, name]


async def courses(title: str) -> tuple[Course, Course]:
    """How a call went in sim and in agi."""
    sim, agi = [await judged(title, name) for name in ENGINES]
    return sim.course, agi.course


@pytest.mark.parametrize("title", titles())
@pytest.mark.parametrize("name", ENGINES)
async def test_scenario_of_the_demo_site_passes(name: str, title: str) -> None:
    """Every scenario of the demo site passes in the engines sim and agi."""
    verdict = await judged(title, name)
    assert verdict.is_passed, render_verdict(verdict)


@pytest.mark.parametrize("title", titles())
async def test_simulation_goes_as_the_real_runner_does(title: str) -> None:
    """Path, ending, heard texts, outcomes, fields and queues of a call are the same in sim and in agi."""
    sim, agi = await courses(title)
    for aspect in ("path", "ending", "heard", "outcomes", "fields", "queues"):
        assert getattr(sim, aspect) == getattr(agi, aspect), aspect


@pytest.mark.parametrize("title", titles())
async def test_simulation_takes_the_time_that_the_real_runner_takes(title: str) -> None:
    """The longest silence of a call is the same in sim and in agi, up to the steps in which a runner waits."""
    sim, agi = await courses(title)
    assert sim.longest_silence == pytest.approx(agi.longest_silence, abs=A_TICK)


@pytest.mark.parametrize("title", titles())
async def test_simulation_notes_the_steps_that_the_real_runner_notes(title: str) -> None:
    """The trace of a call, without its times, is the same in sim and in agi."""
    sim, agi = await courses(title)
    assert [(step.place, step.event) for step in sim.trace] == [(step.place, step.event) for step in agi.trace]
