"""One scenario in one engine: set the stage up, play the script, end the call, judge."""

from __future__ import annotations

import time

from ivrctl.testkit.engines.judge import differences, outcomes_of
from ivrctl.testkit.engines.script import Script
from ivrctl.testkit.engines.stage import REACTION_SECONDS, Engine, Stage, StageFault
from ivrctl.testkit.scenario import CALLER, Scenario
from ivrctl.testkit.verdict import Course, Failure, Verdict

__all__ = ["Engine", "run"]


async def run(scenario: Scenario, engine: Engine) -> Verdict:
    """Play one scenario in one engine, which has been entered.

    Raises:
        IvrctlError: the engine itself cannot go on, such as a PBX that is gone.
    """
    began = time.perf_counter()
    place = f"{scenario.span.path}:{scenario.span.line}"
    try:
        stage = await engine.set_up(scenario)
    except StageFault as fault:
        failure = Failure(place, f"{CALLER} dials {scenario.caller.dials}", str(fault))
        took = time.perf_counter() - began
        return Verdict(str(scenario.title), place, engine.name, failure, (), (), Course(), (), 0.0, took)
    try:
        return await _played(scenario, engine, stage, place, began)
    finally:
        await engine.clear(stage)


async def _end(stage: Stage) -> None:
    """See to it that the call is over, and all known of it; what goes wrong with that is a fault of the scenario."""
    try:
        await stage.pass_time(stage.now + REACTION_SECONDS, lambda: stage.log.ended is not None)
        if stage.log.ended is None:
            stage.log.act(stage.now, CALLER, "hangs up, since the script is over")
            await stage.hang_up()
        await stage.settle()
    except StageFault as fault:
        stage.log.faults.append(str(fault))


async def _played(scenario: Scenario, engine: Engine, stage: Stage, place: str, began: float) -> Verdict:
    script = Script(scenario, stage)
    failure = await script.play()
    await _end(stage)
    if failure is None and (unheard := stage.unheard(script.met)) is not None:
        failure = Failure(str(unheard[0]), unheard[1], unheard[2])
    course = stage.log.course(stage.longest_silence(), outcomes_of(engine.program, stage.log.trace))
    differing = differences(scenario, engine.program, course)
    faults = tuple(dict.fromkeys(stage.log.faults))
    is_passed = failure is None and not differing and not faults
    return Verdict(
        title=str(scenario.title),
        place=place,
        engine=engine.name,
        failure=failure,
        differences=differing,
        faults=faults,
        course=course,
        transcript=stage.log.transcript(),
        seconds=stage.log.ended_at,
        took=time.perf_counter() - began,
        kept=None if is_passed else stage.keep(),
        script=tuple(script.written),
    )
