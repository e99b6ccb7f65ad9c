"""Properties of exploring, on generated sites."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivrctl.flow.call import World
from ivrctl.flow.commands import AwaitKey, Command, Finish, HandedBack, HandOff, HandOffToQueue, Reply, Say
from ivrctl.flow.engine import Run
from ivrctl.flow.exploring.journeys import Journeys
from ivrctl.flow.exploring.survey import survey
from ivrctl.flow.exploring.territory import Explorer, Territory
from ivrctl.flow.exploring.wording import destination_of
from ivrctl.flow.position import Position
from ivrctl.flow.program import Program
from ivrctl.model.call import Ending

from .playbook import CALLER, NOW
from .programs import OUTCOMES, answer, begun, programs
from .replay import left_at

pytestmark = [pytest.mark.thorough, pytest.mark.timeout(300)]

SLOW = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
MOST = 1500


def _walked(program: Program, most: int = MOST) -> Territory:
    explorer = Explorer(program, NOW, CALLER, most)
    for _ in explorer.walk():
        pass
    return explorer.territory


@SLOW
@given(programs())
def test_every_witness_ends_where_exploring_says(program: Program) -> None:
    """SAFETY: the shortest way to every state, played again in the simulated engine, comes to its place."""
    territory = _walked(program, 300)
    journeys = Journeys(territory)
    reached = journeys.from_line("100")
    for state in list(reached.keys)[:60]:
        stop = territory.states[state].stop
        place, command = left_at(program, journeys.witness("100", state, reached), NOW)
        if isinstance(stop.command, Finish):
            assert isinstance(command, Finish)
            assert command.ending == stop.command.ending
            # Where an endless loop is given up depends on how long the call had gone on before.
            assert command.reason == stop.command.reason or command.ending is Ending.FALLBACK
        else:
            assert (place, type(command)) == (stop.place, type(stop.command))


@SLOW
@given(programs())
def test_the_way_on_to_a_person_leads_to_one(program: Program) -> None:
    """SAFETY: from where a person is said to be farthest, the witness comes to a queue or an extension."""
    found = Journeys(_walked(program, 300)).farthest("100")
    if found is not None:
        destination = destination_of(left_at(program, found[1], NOW)[1])
        assert destination is not None
        assert destination.is_person


@SLOW
@given(programs(), st.integers(0, 10_000))
def test_nobody_comes_to_where_exploring_says_nobody_comes(program: Program, seed: int) -> None:
    """SAFETY: whatever a caller does, where he comes to is among what was found, unless a bound was met."""
    territory = _walked(program)
    if not territory.is_whole:
        return
    reached = Journeys(territory).from_line("100", lambda _state, _way: True)
    found = {destination_of(territory.states[state].stop.command) for state in reached.keys}
    position = begun(program)
    entered = set(position.path)
    for command, now in _called(program, position, random.Random(seed)):
        entered |= set(now.path)
        destination = destination_of(command)
        assert destination in found or (destination is not None and destination.kind == "fallback")
    assert entered <= territory.entered


def _called(program: Program, position: Position, chance: random.Random) -> list[tuple[Command, Position]]:
    """A call of somebody who does anything: what it came to, and its position then."""
    run = Run(program, position)
    world = World(NOW)
    command = run.resume(None, world)
    seen: list[tuple[Command, Position]] = []
    for _ in range(60):
        if not isinstance(command, Say | AwaitKey):
            seen.append((command, run.position))
        if isinstance(command, Finish):
            break
        reply = _reply(command, chance)
        if isinstance(reply, HandedBack):
            run = Run(program, run.position, handed_back=reply.outcome)
            command = run.resume(None, world)
        else:
            command = run.resume(reply, world)
    return seen


def _reply(command: Command, chance: random.Random) -> Reply:
    if isinstance(command, HandOff):
        told = [word for word in OUTCOMES[type(command)] if word != "teleported"]
        if isinstance(command, HandOffToQueue) and command.wait is None:
            told.remove("timed_out")
        return HandedBack(chance.choice(told))
    return answer(command, chance)


@SLOW
@given(programs())
def test_exploring_ends_within_its_bounds(program: Program) -> None:
    """LIVENESS: it walks no more states than it may, says so when there are more, and tells of every line."""
    explorer = Explorer(program, NOW, CALLER, 50)
    done = list(explorer.walk())
    assert len(done) <= 50
    assert (len(explorer.territory.states) > len(done)) or explorer.territory.is_whole
    told = survey(explorer.territory)
    assert [line.line for line in told.lines] == ["100"]
    assert bool(told.bounds) == (not explorer.territory.is_whole)
