"""A witness played again, on the engine of ``ivrctl sim``, which knows nothing of exploring."""

from __future__ import annotations

import asyncio
from datetime import datetime

from ivrctl.flow.commands import Ask, Finish, HandOff, Question
from ivrctl.flow.exploring.choice import Answered, CameBack, HungUp, Keyed
from ivrctl.flow.exploring.walk import Waiting
from ivrctl.flow.exploring.wording import Turn, Witness
from ivrctl.flow.program import Program
from ivrctl.service.answering import Asker
from ivrctl.testkit.engines.given_answers import Answered as AnsweredAfter
from ivrctl.testkit.engines.sim import SimCall


class Scripted:
    """Lookups that answer as the turns of a witness say."""

    def __init__(self, turns: tuple[Turn, ...]) -> None:
        self._replies = [turn.choice.reply for turn in turns if isinstance(turn.choice, Answered)]

    async def answer(self, command: Question, _asker: Asker) -> AnsweredAfter:
        """The next reply; what is asked behind the last turn is where the witness ends."""
        if not self._replies:
            raise LookedUpError(command)
        return AnsweredAfter(self._replies.pop(0), 0.0)


class LookedUpError(Exception):
    """A lookup is asked behind the last turn."""


def left_at(program: Program, witness: Witness, now: datetime) -> tuple[str, Waiting]:
    """Where the call of a witness stands when all of it has happened: the place, and what waits there."""
    return asyncio.run(_played(program, witness, now))


async def _played(program: Program, witness: Witness, now: datetime) -> tuple[str, Waiting]:
    start = witness.start
    call = SimCall(program, start.number, start.caller, Scripted(witness.turns), witness.at or now)
    turns = [turn for turn in witness.turns if not isinstance(turn.choice, Answered)]
    groups = [(turn, group) for turn in turns for group in (turn.pressed or ("",))]
    try:
        while not isinstance(call.doing and call.doing.command, Finish):
            command = None if call.doing is None else call.doing.command
            if not isinstance(command, Ask | HandOff):
                await call.advance()
            elif not groups:
                break
            else:
                turn, group = groups.pop(0)
                await _turn(call, command, turn, group)
    except LookedUpError as asked:
        assert not groups
        return call.position.frame.place, asked.args[0]
    assert not groups
    assert call.doing is not None
    command = call.doing.command
    assert isinstance(command, Ask | HandOff | Finish)
    return call.position.frame.place, command


async def _turn(call: SimCall, command: Ask | HandOff, turn: Turn, group: str) -> None:
    match turn.choice:
        case HungUp():
            if call.doing is not None and isinstance(command, HandOff):
                # Long enough for a message that counts.
                call.elapsed += 100
            call.hang_up()
        case CameBack(outcome=outcome):
            await call.hand_back(outcome)
        case Keyed() if not group:
            await call.advance()
        case _:
            for key in group:
                assert await call.press(key)
