"""``ivrctl explain``: the page of every rule."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ivrctl.cli.rules import every_rule
from ivrctl.lang.rule import visible

Ivrctl = Callable[..., Any]
"""A command's words to what it did: its exit code, stdout and stderr."""


@pytest.mark.parametrize("rule", every_rule())
def test_page_has_the_reason_and_both_examples(ivrctl: Ivrctl, rule: str) -> None:
    """What the table says of a rule is what is shown, and nothing in it steers a terminal."""
    ran = ivrctl("explain", rule)
    page = every_rule()[rule]
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"{rule} {page.severity}: {page.title}\n")
    assert page.why in " ".join(ran.out.split())
    for line in (visible(page.bad) + visible(page.good)).splitlines():
        assert f"    {line}".rstrip() in ran.out
    assert all(character.isprintable() for character in ran.out.replace("\n", ""))


@pytest.mark.parametrize("word", ["IVR101", "ivr101", "[IVR101]"])
def test_id_is_taken_as_it_was_copied(ivrctl: Ivrctl, word: str) -> None:
    """From a finding with its brackets, or typed in haste."""
    assert ivrctl("explain", word).out.startswith("IVR101 error: ")


def test_several_pages_stand_in_the_order_in_which_they_were_asked_for(ivrctl: Ivrctl) -> None:
    """With a line between them."""
    out = ivrctl("explain", "IVR203", "IVR101").out
    assert out.startswith("IVR203 ")
    assert "\n\nIVR101 " in out


def test_without_an_id_all_rules_are_listed(ivrctl: Ivrctl) -> None:
    """A line for each, in the order of their ids."""
    lines = ivrctl("explain").out.splitlines()
    assert [line.split()[0] for line in lines] == list(every_rule())


def test_json_has_every_part_of_the_page(ivrctl: Ivrctl) -> None:
    """Scripts read it; examples stand in it as they are."""
    body = json.loads(ivrctl("explain", "IVR001", "--json").out)
    rule = every_rule()["IVR001"]
    assert body == {
        "format_version": 1,
        "rules": [
            {
                "id": "IVR001",
                "severity": "error",
                "title": rule.title,
                "why": rule.why,
                "shown": "steps",
                "bad": rule.bad,
                "good": rule.good,
            }
        ],
    }


def test_unknown_rule_is_a_usage_error_with_the_nearest_one(ivrctl: Ivrctl) -> None:
    """Exit code 2, nothing on stdout, and where the list is."""
    ran = ivrctl("explain", "IVR1O1")
    assert (ran.code, ran.out) == (2, "")
    assert 'there is no rule "IVR1O1"; did you mean "IVR' in ran.err
    assert "try: ivrctl explain" in ran.err


def test_check_says_how_to_learn_more(ivrctl: Ivrctl, site: Path) -> None:
    """With the rule of its first finding; after a check without findings there is nothing to learn."""
    assert "explain" not in ivrctl("check", site).err
    flow = site / "hotline.ivr.yaml"
    flow.write_text(flow.read_text().replace("goto: charges}", "goto: chargs}", 1))
    assert "ivrctl explain IVR101" in ivrctl("check", site).err
