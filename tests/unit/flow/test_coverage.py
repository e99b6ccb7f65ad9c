from __future__ import annotations

from collections import defaultdict

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivrctl.flow.call import World
from ivrctl.flow.commands import Command, Finish, HandedBack, KeyPressed, KeysTimedOut, LookupFound, Reply
from ivrctl.flow.coverage import Count, Coverage, Walk, Walked, coverage_of, ends_within
from ivrctl.flow.engine import BEGUN, Run
from ivrctl.flow.graph import ends_of
from ivrctl.flow.program import Program

from .playbook import NOW, SITE, call, compiled
from .programs import Caller, begun, programs

STEPS = """
    start:
      - goto: late
        when: visits > 1
      - menu:
          prompt: Press a key.
          choices: {"1": {say: One., value: one}, "2": ask, "_8X": late}
        save: key
        then: {no_match: late, otherwise: {hangup: unserved}}
      - lookup: {query: balance, with: {number: "{caller.number}"}, timeout: 3s}
        then: {missing: next, failed: late}
      - hangup: served
    ask:
      - gosub: {flow: ask}
        then: {gave_up: late}
      - queue: {name: sales, wait: 5m, choices: {"1": late}}
        then: {answered: {hangup: served}, otherwise: late}
    late:
      - play: Late.
      - hangup: unserved
"""
ASK = """
    outcomes: [gave_up]
    steps:
      start:
        - return: gave_up
          when: visits > 1
        - return: done
"""
LANGUAGE = 'lines: {"100": start}\nsteps: {start: [{language: {keys: {"1": en}, ask: Hello.}}, {hangup: served}]}\n'
FOUND = LookupFound({"amount": 1, "overdue": False, "due": None})  # type: ignore[dict-item] # what a row holds is no matter here


def _played(*replies: Reply) -> tuple[Coverage, set[Walked]]:
    """Drive one call with these replies; a hand-off is answered in a run of its own."""
    program = call(STEPS, ask=ASK).program
    walk = Walk()
    run = Run(program, begun(program), observer=walk)
    run.resume(None, World(NOW))
    for reply in replies:
        if isinstance(reply, HandedBack):
            run = Run(program, run.position, handed_back=reply.outcome, observer=walk)
            run.resume(None, World(NOW))
        else:
            run.resume(reply, World(NOW))
    return coverage_of(program, walk.walked), walk.walked


def _says(coverage: Coverage, flow: str = "main") -> list[str]:
    return [gap.says for gap in coverage.flows[flow].gaps]


def test_every_end_of_an_action_is_an_outcome() -> None:
    """A guard that does not hold, each key, the good outcome, and each of those that ``otherwise`` covers."""
    program = call(STEPS, ask=ASK).program
    guarded, menu, lookup, _ = program.flows["main"].steps["start"]  # type: ignore[index] # a word equals its text
    assert list(ends_of(guarded, program.signatures)) == ["passed over", "done"]
    assert list(ends_of(menu, program.signatures)) == ["key_1", "key_2", "key__8X", "no_input", "no_match"]
    assert list(ends_of(lookup, program.signatures)) == ["done", "failed", "missing"]
    assert len(ends_of(program.flows["main"].steps["ask"][1], program.signatures)) == 7  # type: ignore[index] # the same


def test_what_was_never_walked_is_told_with_its_place() -> None:
    """Steps, actions and outcomes that no call walked are told in sentences, in the order of the file."""
    coverage, _ = _played(KeyPressed("1"), FOUND)
    assert _says(coverage) == [
        "goto: its guard never held",
        'menu: nobody pressed "2"',
        'menu: nobody pressed "_8X"',
        'menu: outcome "no_input" never came',
        'menu: outcome "no_match" never came',
        'lookup: outcome "failed" never came',
        'lookup: outcome "missing" never came',
        'step "ask" was never entered',
        'step "late" was never entered',
    ]
    assert [gap.span.line for gap in coverage.flows["main"].gaps][:3] == [5, 9, 9]


def test_what_lies_in_a_gap_is_counted_but_not_told() -> None:
    """A step that nobody entered is one sentence; its actions and outcomes lower the share all the same."""
    coverage, _ = _played(KeyPressed("1"), FOUND)
    whole = coverage.flows["main"]
    assert (whole.steps, whole.actions, whole.outcomes) == (Count(1, 3), Count(3, 8), Count(4, 22))


def test_a_sub_flow_returns_with_an_outcome_of_its_gosub() -> None:
    """The gosub has begun when its flow is entered, and has ended when that has returned."""
    coverage, walked = _played(KeyPressed("2"))
    assert {one.end for one in walked if (one.flow, one.step, one.at) == ("main", "ask", 0)} == {BEGUN, "done"}
    assert _says(coverage, "ask") == ["return: its guard never held"]


def test_a_key_that_leads_out_of_a_queue_is_an_outcome_of_its_own() -> None:
    """An exit key with a target is told by its key, other outcomes by their names."""
    coverage, _ = _played(KeyPressed("2"), HandedBack("timed_out"))
    assert [says for says in _says(coverage) if says.startswith("queue")] == [
        'queue: nobody left it with "1"',
        'queue: outcome "answered" never came',
        'queue: outcome "empty" never came',
        'queue: outcome "failed" never came',
        'queue: outcome "full" never came',
        'queue: outcome "left" never came',
    ]


def test_a_caller_who_leaves_in_an_action_has_walked_it_without_an_outcome() -> None:
    """The menu was begun, and none of its outcomes came."""
    _, walked = _played()
    assert {one.end for one in walked if one.at == 1} == {BEGUN}


def test_a_language_that_nobody_chose_is_told() -> None:
    """Each key of a choice of languages is an outcome, and so is choosing none."""
    program = compiled({"main": LANGUAGE})
    walk = Walk()
    run = Run(program, begun(program), observer=walk)
    run.resume(None, World(NOW))
    run.resume(KeysTimedOut(), World(NOW))
    assert _says(coverage_of(program, walk.walked)) == ['language: nobody pressed "1"']


def test_coverage_as_json_has_shares_and_places() -> None:
    """The counts of all flows and of each, and what was never walked."""
    body = _played(KeyPressed("1"), FOUND)[0].to_json()
    assert body["format_version"] == 1
    assert body["flows"]["main"]["actions"] == {"walked": 3, "all": 8, "percent": 37.5}
    assert body["never"][1] == {
        "path": "main.ivr.yaml",
        "line": 5,
        "column": 7,
        "sort": "action",
        "says": "goto: its guard never held",
    }


def test_a_share_is_rounded_down_so_that_100_means_all() -> None:
    """999 of 1000 is 99.9 %, and 9999 of 10000 is too; of nothing, everything was walked."""
    assert Count(9999, 10000).to_json()["percent"] == 99.9
    assert Count(0, 0).percent == 100


BRANCH = SITE.replace(
    "queues:\n",
    """
  branch:
    sql: select extension, code from branches where city = :city
    database: shop
    params: {city: digits}
    returns: {extension: "extension?", code: digits}
queues:
""",
    1,
)
"""A site whose database names extensions."""


def _ruled_out(*actions: str) -> set[str]:
    """What cannot come of the last of some actions, although ``otherwise`` leads it somewhere."""
    body = "".join(f"  - {each}\n" for each in actions)
    program = call(f"start:\n{body}  - hangup: unserved\n", site=BRANCH).program
    flow = program.flows["main"]
    action = flow.steps["start"][len(actions) - 1]  # type: ignore[index] # a word equals its text
    return {*ends_of(action, program.signatures)} - {*ends_within(flow, program)(action)}


LOOKED_UP = (
    '{lookup: {query: branch, with: {city: "10"}, timeout: 3s}, save: branch, then: {otherwise: {hangup: unserved}}}'
)
DIALLED = "dial: {to: TO}, then: {answered: {hangup: served}, otherwise: next}"
BRANCH_DIALLED = "{when: branch.extension != none, " + DIALLED.replace("TO", '"{branch.extension}"') + "}"


def test_an_extension_that_is_written_down_is_known() -> None:
    """The checker has found it in the site, so that ``unknown`` is no gap."""
    assert _ruled_out("{" + DIALLED.replace("TO", '"8101"') + "}") == {"unknown"}


def test_an_extension_that_a_lookup_has_brought_is_known() -> None:
    """A row that names one which the site has not is no answer: the lookup has failed."""
    assert _ruled_out(LOOKED_UP, BRANCH_DIALLED) == {"unknown"}


@pytest.mark.parametrize(
    ("before", "to"),
    [
        (LOOKED_UP, "{branch.code}"),
        ("{collect: {prompt: Key it., digits: 4}, save: keyed, then: {otherwise: {hangup: unserved}}}", "{keyed}"),
    ],
)
def test_an_extension_that_is_only_digits_may_be_unknown(before: str, to: str) -> None:
    """Digits are taken where an extension is due, whether they were looked up or keyed."""
    assert _ruled_out(before, "{" + DIALLED.replace("TO", f'"{to}"') + "}") == set()


MIXED = """
    lines: {"100": start}
    steps:
      start:
        - lookup: {query: branch, with: {city: "10"}, timeout: 3s}
          save: branch
          then: {missing: keyed, failed: keyed}
        - goto: ring
      keyed:
        - gosub: {flow: sub, with: {extension: "8101", code: "8101"}}
          save: branch
        - goto: ring
      ring:
        - dial: {to: "{branch.extension}"}
          when: branch.extension != none
          then: {answered: {hangup: served}, otherwise: next}
        - hangup: unserved
"""
SUB = """
    params:  {extension: "extension?", code: digits}
    returns: {extension: "extension?", code: digits}
    steps: {start: [return: done]}
"""


def test_a_name_that_something_else_gives_a_value_too_may_hold_anything() -> None:
    """A sub-flow is saved under the name of the row: what is dialled need not be the row's."""
    program = compiled({"main": MIXED, "sub": SUB}, BRANCH)
    flow = program.flows["main"]
    dial = flow.steps["ring"][0]  # type: ignore[index] # a word equals its text
    assert "unknown" in ends_within(flow, program)(dial)


def test_nobody_waits_too_long_where_no_time_is_set() -> None:
    """A queue without ``wait`` does not time out; one with it does."""
    queue = "{queue: {name: salesWAIT}, then: {answered: {hangup: served}, otherwise: next}}"
    assert _ruled_out(queue.replace("WAIT", "")) == {"timed_out"}
    assert _ruled_out(queue.replace("WAIT", ", wait: 1m")) == set()


def test_numbered_rows_of_a_lookup_are_never_empty() -> None:
    """A lookup without a row is ``missing``; a guard, or keys of the rows' own, can leave nothing to offer."""
    rows = LOOKED_UP.replace("query: branch", "query: branches").replace("save: branch", "save: rows")
    menu = '{menu: {from: {rows: "{rows}", say: "{it.name}"MORE}}, then: {otherwise: next}}'
    assert _ruled_out(rows, menu.replace("MORE", "")) == {"empty"}
    assert _ruled_out(rows, menu.replace("MORE", ', when: it.state == "open"')) == set()
    assert _ruled_out(rows, menu.replace("MORE", ', key: "{it.extension}"')) == set()


def test_what_is_ruled_out_is_neither_counted_nor_told() -> None:
    """All that can come of a queue without a time is all of its outcomes."""
    steps = "start:\n  - queue: {name: sales}\n    then: {answered: {hangup: served}, otherwise: {hangup: unserved}}\n"
    program = call(steps).program
    came = {Walked("main", "start", 0, end) for end in (BEGUN, "answered", "left", "empty", "full", "failed")}
    covered = coverage_of(program, came).flows["main"]
    assert (covered.outcomes, covered.gaps) == (Count(5, 5), ())


# SAFETY: what an observer is told is what can happen.
@pytest.mark.thorough
@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(programs(), st.integers(0, 10**6))
def test_every_end_that_comes_is_one_that_the_graph_has(program: Program, seed: int) -> None:
    """An action ends only as ``ends_within`` says, and only after it has begun or since its guard does not hold."""
    ends = defaultdict(set)
    for one in _walked(program, Caller(seed)):
        ends[one.flow, one.step, one.at].add(one.end)
    for (flow, step, at), came in ends.items():
        action = program.flows[flow].steps[step][at]  # type: ignore[index] # a word equals its text
        # The dialplan of these calls says anything; of what the flow decides itself nothing comes that is ruled out.
        is_free = action.kind.name in {"queue", "dial"}
        ends_at = ends_of(action, program.signatures) if is_free else ends_within(program.flows[flow], program)(action)
        possible = {*ends_at, BEGUN}
        assert {end for end in came if not end.startswith("key_") and end != "teleported"} <= possible
        assert came <= {"passed over"} or BEGUN in came


def _walked(program: Program, caller: Caller) -> set[Walked]:
    walk = Walk()
    run = Run(program, begun(program), observer=walk)
    command: Command = run.resume(None, World(NOW))
    for turn in range(60):
        if isinstance(command, Finish):
            break
        reply = caller.reply(command, run.position, turn)
        if isinstance(reply, HandedBack):
            run = Run(program, run.position, handed_back=reply.outcome, observer=walk)
            command = run.resume(None, World(NOW))
        else:
            command = run.resume(reply, World(NOW))
    return walk.walked
