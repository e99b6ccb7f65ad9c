"""A secret: from the caller's keys to a parameter that is declared secret, and nowhere else."""

from __future__ import annotations

import json
from datetime import timedelta

from ivrctl.flow.call import World
from ivrctl.flow.commands import (
    Ask,
    AwaitKey,
    Command,
    Finish,
    KeyPressed,
    KeysTimedOut,
    LookUp,
    LookupFound,
    PromptEnded,
    Reply,
    Say,
)
from ivrctl.flow.engine import Run
from ivrctl.flow.position import position_from_json, position_to_json
from ivrctl.flow.program import Program, compile_site
from ivrctl.model.values import Secret, from_json, to_json

from .golden import SHARED_SITE
from .playbook import CALLER, NOW

FLOW = """
lines: {"100": start}
steps:
  start:
    - play: Hello.
    - collect: {prompt: Your PIN., digits: 4, secret: true}
      save: pin
      then: {otherwise: {hangup: unserved}}
    - lookup: {query: customer, timeout: 3s, with: {number: "{caller.number}", pin: "{pin}"}}
      save: customer
      then: {missing: {hangup: unserved}, failed: {hangup: {as: unserved, reason: away}}}
    - play: Hello {customer.name}.
    - hangup: served
"""


ASKS_FIRST = """- lookup: {query: customer, timeout: 3s, with: {number: "{caller.number}", pin: "0"}}
      then: {otherwise: next}"""


def program(flow: str = FLOW) -> Program:
    compiled, findings = compile_site({"ivrctl.yaml": SHARED_SITE.read_bytes(), "main.ivr.yaml": flow.encode()})
    assert compiled is not None, findings.items
    return compiled


class Called:
    """A call to the flow above."""

    def __init__(self, flow: str = FLOW) -> None:
        self.program = program(flow)
        begun = self.program.begin(CALLER, "100", NOW)
        assert begun is not None
        self.run = Run(self.program, begun)
        self.trace: list[tuple[str, str]] = []

    def tell(self, reply: Reply | None) -> Command:
        """Tell the run a reply; the next command."""
        command = self.run.resume(reply, World(NOW))
        self.trace += [(step.event, step.detail) for step in self.run.take_trace()]
        return command

    def key(self, keys: str) -> Command:
        """Hear the greeting and key at the question, whatever it is."""
        self.tell(None)
        command = self.tell(PromptEnded())
        for key in keys:
            command = self.tell(KeyPressed(key))
        return command

    @property
    def journal(self) -> str:
        """What the journal would hold now."""
        return json.dumps(position_to_json(self.run.position))


def test_secret_goes_to_the_parameter_that_asks_for_it() -> None:
    """The lookup is asked with what was keyed, and the call goes on with its answer."""
    call = Called()
    command = call.key("4711")
    assert isinstance(command, LookUp)
    assert command.params == {"number": CALLER, "pin": Secret("4711")}
    assert isinstance(call.tell(LookupFound({"name": "Ann"})), Say)


def test_keys_of_a_secret_are_asked_for_as_such() -> None:
    """Whoever drives the call knows from the command that nobody is to write them down."""
    call = Called()
    assert isinstance(call.tell(None), Say)
    assert call.tell(PromptEnded()) == Ask(
        (call.program.flows["main"].steps["start"][1].kind.prompt.said("en"),),  # type: ignore[index, attr-defined]
        timedelta(seconds=5),
        is_secret=True,
    )
    assert call.tell(KeyPressed("4")) == AwaitKey(timedelta(seconds=3), is_secret=True)


def test_no_key_cuts_what_is_said_before_the_question_for_a_secret() -> None:
    """A PIN that is typed early is nobody's: it is not kept until the question comes."""
    greeting = Called().tell(None)
    assert isinstance(greeting, Say)
    assert not greeting.is_cut_by_keys


def test_keys_during_a_lookup_before_a_secret_are_not_written_down() -> None:
    """They may be the PIN: they stand in no trace, and wait in no journal."""
    call = Called(FLOW.replace("- play: Hello.", ASKS_FIRST))
    assert isinstance(call.tell(None), LookUp)
    assert isinstance(call.tell(LookupFound({"name": "Ann"}, keys="4711")), Ask)
    assert "key" not in dict(call.trace)
    assert "4711" not in call.journal


def test_secret_is_in_no_trace_and_in_no_journal() -> None:
    """Neither key by key nor as a value."""
    call = Called()
    call.key("4711")
    keys = [detail for event, detail in call.trace if event == "key"]
    assert keys == ["(secret)"] * 4
    assert "4711" not in call.journal
    assert "4711" not in repr(call.run.position)


def test_lookup_whose_secret_was_lost_has_failed() -> None:
    """After the loss of a controller nobody knows the PIN: the flow goes where it goes without an answer."""
    call = Called()
    call.key("4711")
    run = Run(call.program, position_from_json(json.loads(call.journal)))
    command = run.resume(None, World(NOW))
    assert isinstance(command, Finish)
    assert command.reason == "away"


def test_silence_at_a_secret_is_an_outcome_like_any_other() -> None:
    """Nothing is kept."""
    call = Called()
    call.key("")
    for _ in range(2):
        assert isinstance(call.tell(KeysTimedOut()), Ask)
    assert isinstance(call.tell(KeysTimedOut()), Finish)


def test_secret_shows_itself_to_nobody() -> None:
    """Not in a log line that holds it, and not in JSON."""
    assert "4711" not in repr(Secret("4711"))
    assert from_json(to_json(Secret("4711"))) == Secret(None)
