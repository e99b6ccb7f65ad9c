from __future__ import annotations

import pytest

from ivrctl.flow.commands import Finish, HandedBack, KeyPressed, KeysTimedOut, LookupMissing, PromptEnded
from ivrctl.flow.engine import MAX_ACTIONS, MAX_HANDOFFS
from ivrctl.flow.position import MAX_PATH
from ivrctl.model.call import Ending

from .playbook import CALLER, NOW, Lost, Playbook, asks, call, compiled, ends, says

SILENT_LOOP = """
    start:
      - set: {name: Ann}
      - goto: start
"""
LOOKUP_LOOP = """
    start:
      - lookup: {query: balance, with: {number: "{caller.number}"}, timeout: 3s}
        then: {otherwise: start}
      - hangup: served
"""
QUEUE_LOOP = """
    start:
      - queue: {name: sales}
        then: {answered: {hangup: served}, otherwise: start}
"""
MENU_LOOP = """
    start:
      - menu: {choices: {"1": {say: Press 1., goto: start}}, attempts: 1}
        then: {otherwise: start}
"""


def _driven(playbook: Playbook, reply: object, times: int) -> object:
    """The last command after telling the same reply so many times, or the end, whichever comes first."""
    run = playbook.begin()
    command = run.resume(None, playbook.world)
    for _ in range(times):
        if isinstance(command, Finish):
            break
        command = run.resume(reply, playbook.world)
    return command


def test_flow_that_only_computes_for_ever_reaches_a_person() -> None:
    """A loop without a word ends in the fallback, at once."""
    assert call(SILENT_LOOP) << ends("fallback", "1000 actions without a key or a hand-off at main/start[0]")


def test_flow_that_asks_a_database_for_ever_reaches_a_person() -> None:
    """A loop of lookups without any key of the caller ends in the fallback."""
    last = _driven(call(LOOKUP_LOOP), LookupMissing(), 2 * MAX_ACTIONS)
    assert last == Finish(Ending.FALLBACK, "1000 actions without a key or a hand-off at main/start[0]")


def test_key_in_a_lookup_is_the_sign_of_a_caller() -> None:
    """A caller who presses keys while a database is asked is there, and stands in the trace."""
    playbook = call(LOOKUP_LOOP)
    assert not isinstance(_driven(playbook, LookupMissing(keys="1"), 2 * MAX_ACTIONS), Finish)
    assert ("main/start[0]", "key", "1") in playbook.trace


def test_flow_that_goes_from_queue_to_queue_for_ever_reaches_a_person() -> None:
    """A loop of hand-offs ends in the fallback."""
    last = _driven(call(QUEUE_LOOP), HandedBack("full"), 2 * MAX_HANDOFFS)
    assert last == Finish(Ending.FALLBACK, "500 hand-offs at main/start[0]")


def test_silent_caller_in_a_menu_without_an_end_reaches_a_person() -> None:
    """A menu that asks a silent caller for ever ends in the fallback."""
    last = _driven(call(MENU_LOOP), KeysTimedOut(), 2 * MAX_ACTIONS)
    assert isinstance(last, Finish)
    assert last.ending is Ending.FALLBACK


def test_caller_who_presses_keys_is_never_cut_off() -> None:
    """Keys are the sign of a caller: he may go round as often as he likes."""
    assert not isinstance(_driven(call(MENU_LOOP), KeyPressed("1"), 3 * MAX_ACTIONS), Finish)


def test_path_of_a_long_call_is_bounded() -> None:
    """The path keeps the newest steps, so that the journal does not grow with the call."""
    playbook = call(MENU_LOOP)
    _driven(playbook, KeyPressed("1"), MAX_PATH + 50)
    assert len(playbook.position.path) == MAX_PATH
    assert playbook.position.visits["main/start"] == MAX_PATH + 51


def test_run_that_has_ended_is_not_resumed() -> None:
    """There is no command after the end."""
    run = call("start: [{hangup: served}]").begin()
    world = call("start: [{hangup: served}]").world
    run.resume(None, world)
    with pytest.raises(ValueError, match="ended"):
        run.resume(PromptEnded(), world)


def test_trace_tells_steps_words_keys_outcomes_and_the_end() -> None:
    """What happened is told in order, each with its place."""
    steps = """
        start:
          - menu: {choices: {"1": {say: Press 1., goto: ask}}}
            then: {otherwise: ask}
        ask:
          - lookup: {query: balance, with: {number: "{caller.number}"}, timeout: 3s}
            then: {otherwise: wait}
          - goto: wait
        wait:
          - queue: {name: sales, choices: {"1": bye}}
            then: {answered: bye, otherwise: bye}
        bye:
          - hangup: {as: unserved, reason: tired}
    """
    playbook = call(steps)
    run = playbook.begin()
    run.resume(None, playbook.world)
    for reply in (KeyPressed("1"), LookupMissing(), HandedBack("key_1")):
        run.resume(reply, playbook.world)
    assert playbook.trace == [
        ("main/start[0]", "step", "main/start"),
        ("main/start[0]", "says", "Press 1."),
        ("main/start[0]", "key", "1"),
        ("main/ask[0]", "step", "main/ask"),
        ("main/ask[0]", "looks-up", "balance"),
        ("main/ask[0]", "missing", ""),
        ("main/ask[0]", "outcome", "missing"),
        ("main/wait[0]", "step", "main/wait"),
        ("main/wait[0]", "queues", "sales"),
        ("main/wait[0]", "comes-back", "key_1"),
        ("main/wait[0]", "outcome", "key_1"),
        ("main/bye[0]", "step", "main/bye"),
        ("main/bye[0]", "ends", "unserved: tired"),
    ]


def test_trace_of_the_controller_that_takes_over_begins_with_that() -> None:
    """After a loss the trace says that the call went on, and does not claim a second visit."""
    playbook = call("start: [{play: Hello.}, {play: Goodbye.}, {hangup: served}]")
    assert playbook << says("Hello.") >> PromptEnded() << says("Goodbye.") >> Lost() << says("Goodbye.")
    assert playbook.trace == [
        ("main/start[1]", "resumes", "main/start"),
        ("main/start[1]", "says", "Goodbye."),
    ]


def test_outcome_that_nothing_names_reaches_a_person() -> None:
    """An outcome that the dialplan brings and no flow knows is no crash: the caller falls back."""
    playbook = call(
        QUEUE_LOOP.replace(
            "otherwise: start", "timed_out: start, left: start, empty: start, full: start, failed: start"
        )
    )
    run = playbook.begin()
    run.resume(None, playbook.world)
    last = run.resume(HandedBack("teleported"), playbook.world)
    assert last == Finish(Ending.FALLBACK, "nothing says where teleported leads at main/start[0]")


LINES = """
    lines: {"100": exact, "_1XX": pattern, "_[12]XX": wide, "_2.": open}
    steps:
      exact: [{play: Exact.}, {hangup: served}]
      pattern: [{play: Pattern.}, {hangup: served}]
      wide: [{play: Wide.}, {hangup: served}]
      open: [{play: Open., when: call.line != "7"}, {hangup: served}]
"""


@pytest.mark.parametrize(
    ("number", "text"), [("100", "Exact."), ("101", "Pattern."), ("201", "Open."), ("29999", "Open.")]
)
def test_line_of_a_number_is_the_exact_one_else_the_narrowest(number: str, text: str) -> None:
    """An exact number wins over patterns, and among those the one that Asterisk would take."""
    program = compiled({"main": LINES})
    begun = program.begin(CALLER, number, NOW)
    assert begun is not None
    assert Playbook(program, begun) << says(text)


def test_number_without_a_line_has_no_beginning() -> None:
    """A number that no flow claims begins nothing."""
    assert compiled({"main": LINES}).begin(CALLER, "300", NOW) is None


def test_pattern_itself_is_no_number() -> None:
    """The text of a pattern is not dialled, whatever comes in."""
    assert compiled({"main": LINES}).begin(CALLER, "_1XX", NOW) is None


def test_guard_may_look_at_the_time() -> None:
    """The name today is the date in the site's zone, whatever the zone of the machine."""
    steps = """
        start:
          - play: A Saturday in Shanghai.
            when: today == 2026-02-14
          - hangup: served
    """
    late = NOW.replace(hour=15, minute=59)
    assert call(steps, now=late) << says("A Saturday in Shanghai.")
    assert call(steps, now=late.replace(hour=16, minute=0)) << ends("served")


def test_begun_call_has_its_step_counted() -> None:
    """The first step is a visit like any other."""
    playbook = call("start: [{hangup: served, when: visits == 1}, {hangup: unserved}]")
    assert playbook << ends("served")


def test_second_input_is_asked_when_nothing_was_typed() -> None:
    """Type-ahead is used up: one key answers one input."""
    steps = """
        start:
          - menu: {choices: {"1": {say: First., goto: more}}}
            then: {otherwise: more}
        more:
          - menu: {choices: {"1": {say: Second., goto: more}}}
            then: {otherwise: more}
    """
    assert call(steps) << asks("First.") >> KeyPressed("1") << asks("Second.") >> KeyPressed("1") << asks("Second.")
