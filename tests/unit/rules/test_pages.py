"""The pages of all rules: their examples do what they say."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from ivrctl.cli.rules import every_rule
from ivrctl.lang.findings import Finding, Findings
from ivrctl.lang.loader import load
from ivrctl.lang.rule import Rule, Shown
from ivrctl.lang.source import MappingNode
from ivrctl.service.compiling import compile_whole
from ivrctl.simulation.days.load import read_days
from ivrctl.testkit.scenario import load_scenarios

from ..simulation.day_examples import shown_day  # noqa: TID252 - test folders are no packages to import from
from ..staffing.examples import shown_files  # noqa: TID252 - the same

GOLDEN = Path(__file__).parents[2] / "golden" / "flow"
TODAY = date(2098, 6, 1)
LINE = 'lines: {"100": start}\n'
ONE_STEP = LINE + "steps:\n  start:\n"
PLAIN_FLOW = ONE_STEP + "    - play: Hello.\n    - hangup: served\n"
RULES = [rule for rule in every_rule().values() if rule.shown not in {Shown.PBX, Shown.RECORDINGS}]


def _site(keys: str) -> bytes:
    """The site of the golden pairs, with some of its keys replaced."""
    text = (GOLDEN / "ivrctl.yaml").read_text()
    for key in re.findall(r"^(\w+):", keys, re.MULTILINE):
        text = re.sub(rf"^{key}:.*\n(?:[ #].*\n)*", "", text, flags=re.MULTILINE)
    return (text + keys).encode()


def _files(rule: Rule, example: str) -> Mapping[str, bytes]:
    """The site that shows an example."""
    flow, site, sub = PLAIN_FLOW, _site(""), (GOLDEN / "sub.ivr.yaml").read_bytes()
    match rule.shown:
        case Shown.STEPS:
            flow = ONE_STEP + re.sub(r"^", "    ", example, flags=re.MULTILINE).rstrip(" ")
        case Shown.FLOW:
            flow = example
        case Shown.SITE if not example:
            return {"main.ivr.yaml": flow.encode()}
        case Shown.SITE:
            site = _site(example)
            flow = ONE_STEP + "".join(f'    - play: "{{settings.{name}}}"\n' for name in _settings(example))
            flow += "    - hangup: served\n"
        case Shown.SCENARIO:
            site = _site("settings: {patience: 60s}\n")
        case Shown.STAFFING:
            return shown_files(example)
        case Shown.DAY:
            return shown_day(example)
        case Shown.FOLDER:
            known = {"ivrctl.yaml": site, "main.ivr.yaml": flow.encode()}
            return {name: known.get(name, sub) for name in example.split()}
        case _:
            pass
    return {"ivrctl.yaml": site, "main.ivr.yaml": flow.encode(), "sub.ivr.yaml": sub}


def _settings(example: str) -> list[str]:
    return re.findall(r"(\w+): \{type", example)


def told(rule: Rule, example: str) -> list[Finding]:
    files = _files(rule, example)
    site, findings = compile_whole(files, today=TODAY)
    if rule.shown not in {Shown.SCENARIO, Shown.DAY}:
        return findings.sorted()
    assert site is not None
    if rule.shown is Shown.DAY:
        read_days(files, site.program.site, findings)
        return findings.sorted()
    at = "" if "\nat:" in example else "at: 2026-11-20 10:00\n"
    return load_scenarios(f"title: A call\n{at}{example}".encode(), "one.scenario.yaml", site.program)[1].sorted()


def name(rule: Rule) -> str:
    return rule.id


@pytest.mark.parametrize("rule", RULES, ids=name)
def test_bad_example_has_this_finding_and_no_other(rule: Rule) -> None:
    """What the page shows as wrong is what the rule finds, with the severity that the page names."""
    found = told(rule, rule.bad)
    assert {(item.rule, item.severity, item.hides_line) for item in found} == {
        (rule.id, rule.severity, rule.hides_line)
    }


@pytest.mark.parametrize("rule", RULES, ids=name)
def test_good_example_has_no_finding(rule: Rule) -> None:
    """What the page shows as right is right, without a warning."""
    assert told(rule, rule.good) == []


@pytest.mark.parametrize("rule", RULES, ids=name)
def test_page_is_complete(rule: Rule) -> None:
    """A title without a full stop, a reason in whole sentences, and two examples that differ."""
    assert not rule.title.endswith(".")
    assert rule.why.endswith(".")
    assert rule.bad != rule.good


def test_ids_are_in_order() -> None:
    """Pages are listed by id, and no two tables share one."""
    assert [rule.id for rule in RULES] == sorted(rule.id for rule in RULES)


def test_example_is_a_mapping_when_it_shows_a_file() -> None:
    """Examples of files are keys, so that a page can show them as they stand."""
    for rule in RULES:
        if rule.shown is Shown.SITE and rule.bad:
            (node,) = load(rule.bad.encode(), "example", Findings())
            assert isinstance(node, MappingNode)
