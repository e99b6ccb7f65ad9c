from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivrctl.flow.call import World
from ivrctl.flow.commands import (
    Ask,
    AwaitKey,
    Command,
    Finish,
    HandedBack,
    HandOff,
    HandOffToDial,
    HandOffToQueue,
    HandOffToVoicemail,
    KeyPressed,
    KeysTimedOut,
    LookUp,
    LookupFailed,
    LookupFound,
    LookupMissing,
    PromptEnded,
    Reply,
    Say,
)
from ivrctl.flow.engine import MAX_ACTIONS, MAX_HANDOFFS, Run
from ivrctl.flow.position import position_from_json, position_to_json
from ivrctl.flow.program import Program
from ivrctl.model.call import Ending
from ivrctl.model.values import Row

from .playbook import NOW
from .programs import NOTICES, Caller, answer, begun, commands_of, journaled, programs

pytestmark = pytest.mark.thorough

WORLD = World(NOW, NOTICES)
SLOW = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
ROWS: st.SearchStrategy[Row] = st.fixed_dictionaries(
    {"amount": st.decimals(0, 10**6, places=2), "overdue": st.booleans(), "due": st.none() | st.dates()}
)
KEYS = st.text("0123456789*#", max_size=3)
REPLIES: st.SearchStrategy[Reply] = st.one_of(
    st.builds(PromptEnded),
    st.builds(KeyPressed, st.sampled_from("0123456789*#")),
    st.builds(KeysTimedOut),
    st.builds(LookupFound, ROWS, KEYS),
    st.builds(LookupMissing, KEYS),
    st.builds(LookupFailed, st.text(max_size=5), KEYS),
    st.builds(HandedBack, st.sampled_from(["answered", "timed_out", "key_1", "key_", "", "done", "otherwise"])),
)


# SAFETY: a call that loses its controller anywhere goes on as if it had not.
@SLOW
@given(programs(), st.integers(0, 10**6))
def test_call_cut_at_any_reply_ends_as_the_uncut_one(program: Program, seed: int) -> None:
    """Cut before any reply and resumed from the journaled position alone, a call takes the same way to the same end."""
    caller = Caller(seed)
    uncut = list(commands_of(program, caller))
    for lose_at in range(len(uncut) - 1):
        *_, cut = commands_of(program, caller, lose_at=lose_at)
        if uncut[-1].end is not None and uncut[-1].end.ending is Ending.FALLBACK:
            assert cut.end is not None
            assert cut.end.ending is Ending.FALLBACK
        else:
            assert cut == uncut[-1]


# SAFETY: whatever comes in, a call is answered with a command or has ended.
@SLOW
@given(programs(), st.lists(REPLIES, max_size=40))
def test_any_replies_are_borne(program: Program, replies: list[Reply]) -> None:
    """Replies that do not even belong to the command neither raise nor leave the call without a next command."""
    run = Run(program, begun(program))
    command = run.resume(None, WORLD)
    for reply in replies:
        assert isinstance(command, Say | Ask | AwaitKey | LookUp | HandOff | Finish)
        if isinstance(command, Finish):
            break
        command = run.resume(reply, WORLD)


# SAFETY: the journal gives back the very position, wherever a call stands.
@SLOW
@given(programs(), st.integers(0, 10**6), st.integers(1, 30))
def test_position_comes_back_from_the_journal_as_it_was(program: Program, seed: int, turns: int) -> None:
    """position_from_json is the inverse of position_to_json, through the text of a JSON line."""
    run, chance = Run(program, begun(program)), random.Random(seed)
    command = run.resume(None, WORLD)
    for _ in range(turns):
        assert journaled(run.position) == run.position
        assert position_to_json(position_from_json(position_to_json(run.position))) == position_to_json(run.position)
        if isinstance(command, Finish):
            break
        command = run.resume(answer(command, chance), WORLD)


# SAFETY: type-ahead is respected.
@SLOW
@given(programs(), st.integers(0, 10**6))
def test_prompt_that_keys_cut_is_never_played_to_a_caller_who_has_typed(program: Program, seed: int) -> None:
    """While a key waits in the position for an input, the prompts before that input are passed over."""
    run, chance = Run(program, begun(program)), random.Random(seed)
    command = run.resume(None, WORLD)
    for _ in range(30):
        if isinstance(command, Finish):
            break
        assert not (isinstance(command, Say) and command.is_cut_by_keys and run.position.typed)
        command = run.resume(answer(command, chance), WORLD)


def _silence(command: Command) -> Reply:
    """What a caller who has gone to sleep, and a site whose databases and queues are away, answer."""
    match command:
        case Say():
            return PromptEnded()
        case LookUp():
            return LookupFailed("away")
        case HandOffToQueue():
            return HandedBack("timed_out")
        case HandOffToDial():
            return HandedBack("no_answer")
        case HandOffToVoicemail():
            return HandedBack("too_short")
        case _:
            return KeysTimedOut()


# LIVENESS: a caller who does nothing is not kept for ever.
@settings(SLOW, max_examples=25)
@given(programs())
def test_call_of_a_silent_caller_ends(program: Program) -> None:
    """With no key, no row and no agent, every flow comes to its end or to a person, within a bound."""
    run = Run(program, begun(program))
    command = run.resume(None, WORLD)
    turns = 0
    while not isinstance(command, Finish):
        turns += 1
        assert turns <= (MAX_HANDOFFS + 1) * MAX_ACTIONS
        command = run.resume(_silence(command), WORLD)
    assert command.ending in set(Ending) - {Ending.ABANDONED}


# LIVENESS: a caller who hangs up is gone.
@SLOW
@given(programs(), st.integers(0, 10**6), st.integers(0, 30))
def test_call_of_a_caller_who_hangs_up_has_ended(program: Program, seed: int, turns: int) -> None:
    """At any command the hang-up has an end: served after a talk, unserved after a message, else abandoned."""
    run, chance = Run(program, begun(program)), random.Random(seed)
    command = run.resume(None, WORLD)
    for _ in range(turns):
        if isinstance(command, Finish):
            return
        command = run.resume(answer(command, chance), WORLD)
    left_message = bool(run.position.messages) and not run.position.is_answered
    expected = Ending.SERVED if run.position.is_answered else Ending.UNSERVED if left_message else Ending.ABANDONED
    assert run.hang_up() == Finish(expected, f"the caller {'left a message' if left_message else 'hung up'}")
