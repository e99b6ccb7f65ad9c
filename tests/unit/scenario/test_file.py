from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from ivrctl.model.call import Ending
from ivrctl.testkit.scenario import Fails, Misses, Row, load_scenarios, read_scenarios
from ivrctl.testkit.scenario.script import By, Ends, Enters, Hears

from .demo import HEAD, program, scenario

WAITS = "script: [{waits: 1s}]\n"


def test_time_of_a_call_is_in_the_zone_of_the_site() -> None:
    """A scenario's date and time are read in the site's time zone."""
    assert scenario(WAITS).at.isoformat() == "2026-11-20T10:00:00+08:00"


def test_row_has_the_types_that_the_site_declares() -> None:
    """The values of a given row are conformed to the lookup's declaration."""
    given = scenario("given: {lookups: {balance: {amount: 120.5, overdue: true}}}\n" + WAITS).given
    assert given.lookups["balance"] == Row({"amount": Decimal("120.50"), "overdue": True})


def test_row_may_come_late() -> None:
    """A row with a delay comes after it."""
    given = scenario("given: {lookups: {order: {after: 2s, state: done, promised_on: 2026-11-01}}}\n" + WAITS).given
    row = {"state": "done", "promised_on": date(2026, 11, 1)}
    assert given.lookups["order"] == Row(row, timedelta(seconds=2))


def test_lookup_may_be_given_as_failed_missing_or_slow() -> None:
    """The three answers that are no row."""
    given = scenario("given: {lookups: {balance: failed, bill: missing, usage: {after: 30s}}}\n" + WAITS).given
    expected = {"balance": Fails(), "bill": Misses(), "usage": Fails(timedelta(seconds=30))}
    assert dict(given.lookups) == expected


def test_line_takes_ten_seconds_at_most_unless_it_says_otherwise() -> None:
    """The deadline of a line has a default."""
    lines = scenario("script:\n  - hears: a\n  - hears: b\n    within: 500ms\n").script
    assert [line.within.total_seconds() for line in lines] == [10.0, 0.5]


def test_kinds_of_lines_carry_what_is_written() -> None:
    """A line is bound to its kind."""
    lines = scenario(
        "script:\n  - hears: 中文\n  - enters: {queue: vip, priority: 10}\n  - ends: {by: flow, as: served}\n"
    ).script
    assert [line.kind for line in lines] == [Hears("中文"), Enters("vip", 10), Ends(By.FLOW, Ending.SERVED)]


@pytest.mark.parametrize("line", ['transfers: "1001099"', "does: answers", "does: refuses", "does: signs_off"])
def test_only_agent_need_not_be_named(line: str) -> None:
    """With one agent, what only an agent does is his doing."""
    body = HEAD.replace('  other: {extension: "8102"}\n', "").replace("LINE", "10010")
    [read], findings = load_scenarios((body + f"script: [{{{line}}}]\n").encode(), "test", program())
    assert not findings.items
    assert read.agent_of(read.script[0]) == "agent"


def test_file_holds_one_scenario_a_document() -> None:
    """Documents of one file are scenarios of their own, in order."""
    text = (HEAD.replace("LINE", "10010") + WAITS) * 1
    documents = text + "---\n" + text.replace("A call", "Another")
    read, findings = load_scenarios(documents.encode(), "test", program())
    assert not findings.items
    assert [str(each.title) for each in read] == ["A call", "Another"]


def test_document_with_a_mistake_leaves_the_others_playable() -> None:
    """A finding in one document does not take its neighbours along."""
    good = HEAD.replace("LINE", "10010") + WAITS
    read, findings = load_scenarios((good.replace("waits", "wayts") + "---\n" + good).encode(), "test", program())
    assert len(read) == 1
    assert [finding.rule for finding in findings.items] == ["IVR301"]


def test_all_mistakes_of_a_scenario_are_told_at_once() -> None:
    """Findings of several parts come in one run."""
    body = HEAD.replace("LINE", "999") + 'script: [{presses: "x"}, {enters: {queue: vips}}]\n'
    _, findings = load_scenarios(body.encode(), "test", program())
    assert sorted(finding.rule for finding in findings.items) == ["IVR303", "IVR305", "IVR307"]


def test_bytes_that_are_no_yaml_are_findings() -> None:
    """A broken file never raises."""
    assert load_scenarios(b"\xff\xfe title: [", "test", program())[1].has_errors


def test_files_of_a_site_that_are_no_scenarios_are_passed_over() -> None:
    """Of a site's files, only scenario files are read."""
    text = (HEAD.replace("LINE", "10010") + WAITS).encode()
    read, _ = read_scenarios({"a.scenario.yaml": text, "ivrctl.yaml": b"site: x"}, program())
    assert len(read) == 1
