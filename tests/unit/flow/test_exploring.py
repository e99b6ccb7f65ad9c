"""What exploring tells of small sites: who calls and when, what is keyed, what is answered, what nobody comes to."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from ivrctl.flow.exploring.survey import LineSurvey, Survey, survey
from ivrctl.flow.exploring.territory import Explorer
from ivrctl.flow.program import compile_site
from ivrctl.lang.report import render_text

from .playbook import CALLER, NOW, SITE

END = "    - hangup: served\n"


def surveyed(steps: str, site: str = "", lines: str = '"7000": start') -> Survey:
    """What is told of a flow with these steps."""
    files = {"ivrctl.yaml": SITE + site, "main.ivr.yaml": f"lines: {{{lines}}}\nsteps:\n{steps}"}
    program, findings = compile_site({path: text.encode() for path, text in files.items()})
    assert program is not None, render_text(findings, files)
    explorer = Explorer(program, NOW, CALLER)
    for _ in explorer.walk():
        pass
    return survey(explorer.territory)


def commands(found: Survey) -> Mapping[str, str | None]:
    """Each destination of the first line with what plays it."""
    return {str(each.destination): each.witness.command("main") for each in _line(found).endings}


def _line(found: Survey) -> LineSurvey:
    return found.lines[0]


def test_a_caller_whom_a_guard_names_is_tried() -> None:
    """By his number, and one who withholds it."""
    steps = """
  start:
    - hangup: {as: unserved, reason: the chief}
      when: caller.number == "+8613900139000"
    - hangup: {as: unserved, reason: nobody}
      when: caller.number == ""
    - hangup: served
"""
    assert commands(surveyed(steps)) == {
        "served": "ivrctl sim main --dial 7000 --keys -",
        "unserved: the chief": 'ivrctl sim main --dial 7000 --from "+8613900139000" --keys -',
        "unserved: nobody": 'ivrctl sim main --dial 7000 --from "" --keys -',
    }


REGIONS = """regions:
  shanghai: {prefixes: ["021"]}
  pudong: {prefixes: ["02158"]}
  east: {holds: [shanghai, pudong]}
  south: {prefixes: ["020"]}
"""


def test_callers_whom_guards_tell_apart_by_region_are_tried() -> None:
    """Of every set of regions that is asked for one number, besides callers who are in none of them."""
    steps = """
  start:
    - hangup: {as: unserved, reason: pudong}
      when: '"pudong" in caller.regions'
    - hangup: {as: unserved, reason: east}
      when: '"east" in caller.regions'
    - hangup: served
"""
    assert commands(surveyed(steps, REGIONS)) == {
        "served": "ivrctl sim main --dial 7000 --keys -",
        "unserved: pudong": 'ivrctl sim main --dial 7000 --from "+8621580000000" --keys -',
        "unserved: east": 'ivrctl sim main --dial 7000 --from "+8621000000000" --keys -',
    }


def test_callers_of_regions_that_no_guard_asks_for_are_alike() -> None:
    """Nobody is tried who fares as another does."""
    steps = """
  start:
    - hangup: served
"""
    assert list(commands(surveyed(steps, REGIONS))) == ["served"]


def test_a_holiday_and_a_day_that_a_guard_names_are_tried() -> None:
    """Calls are made at every moment that makes a difference."""
    hours = 'hours: {desk: {weekly: {mon-sun: "00:00-24:00"}, holidays: CN, on_holidays: closed}}\n'
    steps = """
  start:
    - hangup: {as: unserved, reason: holiday}
      when: not hours.desk.is_open
    - hangup: {as: unserved, reason: party}
      when: today == 2026-07-01
    - hangup: served
"""
    found = commands(surveyed(steps, hours))
    assert set(found) == {"served", "unserved: holiday", "unserved: party"}
    assert '--at "2026-07-01 ' in str(found["unserved: party"])


@pytest.mark.parametrize(
    ("check", "keyed"),
    [("length(it) == 5", "12345#"), ('starts_with(it, "0")', "0123#"), ('it == "4711"', "4711#")],
)
def test_a_number_that_its_check_lets_through_is_found(check: str, keyed: str) -> None:
    """By what the check compares it with."""
    steps = f"""
  start:
    - collect: {{prompt: Number please., digits: 4-9, check: '{check}'}}
      save: number
      then: {{otherwise: {{hangup: unserved}}}}
    - play: "{{number}}"
    - hangup: served
"""
    assert commands(surveyed(steps))["served"] == f"ivrctl sim main --dial 7000 --keys {keyed}"


def test_of_a_pattern_each_sort_of_extension_is_keyed() -> None:
    """One that the site has, and one that it has not."""
    steps = """
  start:
    - menu: {choices: {"_8XXX": {say: Key the extension.}}}
      save: keyed
      then: {otherwise: {hangup: unserved}}
    - dial: {to: "{keyed}"}
      then: {answered: {hangup: served}, unknown: {hangup: {as: unserved, reason: no such extension}}, otherwise: start}
"""
    found = commands(surveyed(steps))
    assert found["extension 8100"] == "ivrctl sim main --dial 7000 --keys 8100"
    assert found["unserved: no such extension"] == "ivrctl sim main --dial 7000 --keys 8999"


def test_every_row_that_a_guard_tells_apart_is_answered() -> None:
    """Both booleans, none and not none; missing and failed."""
    steps = """
  start:
    - lookup: {query: balance, with: {number: "{caller.number}"}, timeout: 3s}
      save: row
      then: {missing: {hangup: {as: unserved, reason: missing}}, failed: {hangup: {as: unserved, reason: failed}}}
    - hangup: {as: unserved, reason: overdue}
      when: row.overdue
    - hangup: {as: unserved, reason: late}
      when: row.due != none and row.due < today
    - hangup: {as: unserved, reason: rich}
      when: row.amount > 1000
    - hangup: served
"""
    reasons = {each.destination.name for each in _line(surveyed(steps)).endings}
    assert reasons == {"missing", "failed", "overdue", "late", "rich", ""}


def test_a_visit_that_a_guard_counts_is_reached() -> None:
    """Loops are walked as often as somebody asks how often they were."""
    steps = """
  start:
    - hangup: {as: unserved, reason: enough}
      when: visits > 4
    - menu: {choices: {"1": start}}
      then: {otherwise: {hangup: served}}
"""
    assert commands(surveyed(steps))["unserved: enough"] == "ivrctl sim main --dial 7000 --keys 1,1,1,1"


def test_what_nobody_comes_to_is_told_with_its_line() -> None:
    """A step behind a guard that no call passes, and a text that nobody hears."""
    steps = """
  start:
    - set: {call.subject: orders}
    - goto: other
      when: call.subject == "faults" and visits > 1
    - play: Never heard.
      when: call.subject == "faults" and visits < 9
    - hangup: served
  other:
    - hangup: unserved
"""
    found = surveyed(steps)
    assert [(each.span.line, each.what) for each in found.never_entered] == [(11, "main/other")]
    assert [(each.span.line, each.what) for each in found.never_heard] == [(8, "Never heard.")]


def test_a_line_for_agents_is_told_from_both_sides() -> None:
    """Who calls from outside is refused; whom an agent sends is not."""
    site = "" if "agents_only" in SITE else "  agents_only: For our staff only.\n"
    steps = f"  start:\n{END}"
    files = SITE.replace("databases:\n", f"{site}databases:\n", 1)
    program, findings = compile_site(
        {
            "ivrctl.yaml": files.encode(),
            "main.ivr.yaml": f'lines: {{"8001": {{step: start, from: agents}}}}\nsteps:\n{steps}'.encode(),
        }
    )
    assert program is not None, findings.sorted()
    explorer = Explorer(program, NOW, CALLER)
    assert len(list(explorer.walk())) == 0
    told = {str(each.destination): each.witness.callers for each in _line(survey(explorer.territory)).endings}
    assert told == {
        "served": "Callers whom an agent sends to 8001",
        "refused: the line 8001 is for agents": "Callers of 8001",
    }


MEMBERS = """
identity:
  member: {account: {ask: Your number., digits: 3, is: member}, pin: {ask: Your PIN., digits: 2-4}}
pepper: {env: PEPPER}
"""
"""Of a site whose callers say who they are; its words stand among the prompts."""


def test_callers_key_an_account_and_a_pin_and_are_whoever_they_can_be() -> None:
    """Known, not known, locked out, and while nobody can say; and those who key nothing, or give up."""
    steps = """
  start:
    - verify: {by: member}
      then:
        failed: {hangup: {as: unserved, reason: failed}}
        locked: {hangup: {as: unserved, reason: locked}}
        unavailable: {hangup: {as: unserved, reason: unavailable}}
        cancelled: {hangup: {as: unserved, reason: cancelled}}
    - hangup: served
"""
    files = {
        "ivrctl.yaml": SITE.replace("databases:", "  not_verified: We could not verify that.\ndatabases:") + MEMBERS,
        "main.ivr.yaml": f'lines: {{"7000": start}}\nsteps:\n{steps}',
    }
    program, findings = compile_site({path: text.encode() for path, text in files.items()})
    assert program is not None, render_text(findings, files)
    explorer = Explorer(program, NOW, CALLER)
    for _ in explorer.walk():
        pass
    found = survey(explorer.territory)
    assert {str(each.destination): (each.keys, each.witness.callers) for each in _line(found).endings} == {
        "served": (6, "Callers of 7000 who key in 123, then 12#, then are known"),
        "unserved: failed": (3, "Callers of 7000 who press # (3 times)"),
        "unserved: locked": (6, "Callers of 7000 who key in 123, then 12#, then are locked out"),
        "unserved: unavailable": (6, "Callers of 7000 who key in 123, then 12#, then cannot be looked up"),
        "unserved: cancelled": (1, "Callers of 7000 who press *"),
    }
    assert found.never_heard == ()
    assert found.never_entered == ()


def test_customer_of_every_tier_that_a_guard_names_is_tried() -> None:
    """By the calling number, which costs nobody a key."""
    steps = """
  start:
    - verify: {by: caller-number}
      then: {otherwise: {hangup: unserved}}
    - hangup: {as: unserved, reason: vip}
      when: caller.tier == "vip"
    - hangup: served
"""
    found = surveyed(steps, "tiers: {vip: {answer: 15s}, ordinary: {answer: 60s}}\n")
    told = {str(each.destination): each.witness.callers for each in _line(found).endings}
    assert told["unserved: vip"] == "Callers of 7000 who are known (tier: vip)"
    assert set(told) == {"unserved", "unserved: vip", "served"}


def test_nobody_is_locked_out_by_the_calling_number() -> None:
    """It is no guess: a flow cannot name the outcome, so that no call comes to it either."""
    steps = """
  start:
    - verify: {by: caller-number}
      then: {failed: next, unavailable: {hangup: {as: unserved, reason: nobody can say}}}
    - hangup: served
"""
    assert set(commands(surveyed(steps))) == {"served", "unserved: nobody can say"}


BUSY = """
  start:
    - goto: later
      when: queues.sales.expected_wait != none and queues.sales.expected_wait > 5m
    - goto: nobody
      when: queues.sales.staff == 0
    - queue: {name: sales, wait: 5m}
      then: {answered: {hangup: served}, otherwise: {hangup: unserved}}
  later:
    - play: Please call again later.
    - hangup: {as: unserved, reason: it takes too long}
  nobody:
    - play: Nobody is here.
    - hangup: {as: unserved, reason: nobody is here}
"""


def test_callers_are_tried_while_queues_are_busy_while_nobody_is_there_and_while_nothing_is_known() -> None:
    """Each witness says how busy the queues are, in the words that play it again."""
    found = commands(surveyed(BUSY))
    assert found["unserved: it takes too long"] is not None
    assert "--queues staff=" in found["unserved: it takes too long"]
    assert "expected_wait=301s" in found["unserved: it takes too long"]
    assert found["unserved: nobody is here"] == (
        "ivrctl sim main --dial 7000 --queues staff=0,available=0,waiting=0,longest_wait=0s --keys -"
    )
    assert found["queue sales"] == "ivrctl sim main --dial 7000 --keys -"


def test_nobody_is_told_of_queues_for_which_no_flow_asks() -> None:
    """A site that asks for none is walked once."""
    steps = """
  start:
    - queue: {name: sales}
      then: {answered: {hangup: served}, otherwise: {hangup: served}}
"""
    assert "--queues" not in str(commands(surveyed(steps)))
