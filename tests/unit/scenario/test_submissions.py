"""What a flow submits, in the engines that need nothing of the host."""

from __future__ import annotations

import pytest

from ivrctl.flow.program import Program, compile_site
from ivrctl.testkit.engines import run
from ivrctl.testkit.engines.agi import AgiEngine
from ivrctl.testkit.engines.sim import SimEngine
from ivrctl.testkit.scenario import load_scenarios
from ivrctl.testkit.verdict import Verdict

from .sites import SITE

SUBMISSIONS = b"""
submissions:
  ticket:
    database: bss
    sql: insert into tickets (key, number, text, count) values (:key, :number, :text, :count) on conflict do nothing
    params: {number: phone, text: text, count: number?}
"""
FLOW = b"""
lines: {"100": start}
steps:
  start:
    - menu: {choices: {"1": {say: For a ticket press 1., goto: ticket}, "2": {goto: leave}}}
      then: {otherwise: leave}
  ticket:
    - submit: {to: ticket, with: {number: "{caller.number}", text: "No tone on {call.line}.", count: "{visits}"}}
      then: {failed: sorry}
    - play: Your ticket is noted.
    - goto: start
  sorry:
    - play: Please call again.
    - hangup: unserved
  leave:
    - play: Goodbye.
    - hangup: served
"""
ONE_TICKET = """
script:
  - hears: For a ticket press 1.
  - presses: "1"
  - hears: Your ticket is noted.
  - presses: "2"
  - ends: {by: flow, as: served}
"""
FAILED = """
script:
  - hears: For a ticket press 1.
  - presses: "1"
  - hears: Please call again.
  - ends: {by: flow, as: unserved}
"""
ENGINES = pytest.mark.parametrize("engine", [SimEngine, AgiEngine])


def _program() -> Program:
    program, findings = compile_site({"ivrctl.yaml": SITE + SUBMISSIONS, "main.ivr.yaml": FLOW})
    assert program is not None, findings.items
    return program


async def _played(engine: type[SimEngine | AgiEngine], body: str) -> Verdict:
    program = _program()
    text = f'title: A call\nat: 2026-11-20 10:00\ncalls: {{caller: {{from: "13800138000", dials: "100"}}}}\n{body}'
    scenarios, findings = load_scenarios(text.encode(), "test", program)
    assert findings.items == []
    async with engine(program) as stage:
        return await run(scenarios[0], stage)


@ENGINES
async def test_number_is_expected_as_it_is_delivered(engine: type[SimEngine | AgiEngine]) -> None:
    """A number in a submission has one form, in a scenario as in the table or interface that gets it."""
    body = 'expect: {submissions: [{to: ticket, with: {number: "13800138000"}}]}' + ONE_TICKET
    assert (await _played(engine, body)).is_passed


@ENGINES
@pytest.mark.parametrize(
    "expected",
    [
        "[{to: ticket}]",
        "[{to: ticket, with: {text: No tone on 100.}}]",
        '[{to: ticket, with: {number: "13800138000", count: "1"}}]',
    ],
)
async def test_what_is_submitted_is_as_expected(engine: type[SimEngine | AgiEngine], expected: str) -> None:
    """The submission and the parameters that are named are compared; the others are not looked at."""
    assert (await _played(engine, f"{ONE_TICKET}expect: {{submissions: {expected}}}\n")).is_passed


@ENGINES
@pytest.mark.parametrize(
    ("expected", "due", "seen"),
    [
        ("[]", "nothing", "ticket with count: 1, number: 13800138000, text: No tone on 100."),
        ("[{to: ticket, with: {text: Noise.}}]", "ticket with text: Noise.", "ticket with text: No tone on 100."),
        ("[{to: notice}]", "notice", "ticket"),
    ],
)
async def test_another_submission_is_a_difference(
    engine: type[SimEngine | AgiEngine], expected: str, due: str, seen: str
) -> None:
    """One that is missing, one too many, and another value are told with what was seen."""
    verdict = await _played(engine, f"{ONE_TICKET}expect: {{submissions: {expected}}}\n")
    assert [(each.name, each.expected, each.seen) for each in verdict.differences] == [("submissions", due, seen)]


@ENGINES
async def test_submission_that_never_came_is_a_difference(engine: type[SimEngine | AgiEngine]) -> None:
    """What is expected and was not submitted is told as nothing."""
    body = 'script: [{hears: For a ticket}, {presses: "2"}, {ends: {by: flow}}]\n'
    verdict = await _played(engine, f"{body}expect: {{submissions: [{{to: ticket}}]}}\n")
    assert [each.seen for each in verdict.differences] == ["nothing"]


@ENGINES
async def test_submission_is_taken_when_nothing_is_given(engine: type[SimEngine | AgiEngine]) -> None:
    """A scenario that says nothing of submissions has none that fails."""
    assert (await _played(engine, ONE_TICKET)).is_passed


@ENGINES
@pytest.mark.parametrize("given", ["failed", "{after: 5s}"])
async def test_submission_fails_as_given(engine: type[SimEngine | AgiEngine], given: str) -> None:
    """One that is given as failed, or too late, leads where failed says, and nothing is submitted."""
    body = f"given: {{submissions: {{ticket: {given}}}}}\n{FAILED}expect: {{submissions: []}}\n"
    assert (await _played(engine, body)).is_passed


@ENGINES
async def test_submission_that_takes_its_time_is_taken(engine: type[SimEngine | AgiEngine]) -> None:
    """After a second the caller hears that it takes a moment, and then goes on."""
    body = f"given: {{submissions: {{ticket: {{after: 2s}}}}}}\n{ONE_TICKET}"
    verdict = await _played(engine, f"{body}expect: {{submissions: [{{to: ticket}}]}}\n")
    assert verdict.is_passed
    assert "One moment please." in verdict.course.heard


@ENGINES
async def test_each_visit_is_a_submission_of_its_own(engine: type[SimEngine | AgiEngine]) -> None:
    """A caller who asks for two tickets gets two, in their order."""
    body = ONE_TICKET.replace(
        '  - presses: "2"\n', '  - presses: "1"\n  - hears: Your ticket is noted.\n  - presses: "2"\n'
    )
    two = '[{to: ticket, with: {count: "1"}}, {to: ticket, with: {count: "2"}}]'
    assert (await _played(engine, f"{body}expect: {{submissions: {two}}}\n")).is_passed


@ENGINES
async def test_transcript_tells_what_was_submitted(engine: type[SimEngine | AgiEngine]) -> None:
    """Who reads a failure sees when something was handed over."""
    verdict = await _played(engine, ONE_TICKET)
    told = [noted.what for noted in verdict.transcript if noted.who == "flow"]
    assert told.index("submitted") == told.index("submits to ticket") + 1
