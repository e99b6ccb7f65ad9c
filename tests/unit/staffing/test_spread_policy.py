"""The policy of the site whose calls are spread progressively: which of its named groups help, when, how long."""

from __future__ import annotations

from pathlib import Path

import pytest

from ivrctl.adapters.site_folder import read_site
from ivrctl.service.compiling import compile_whole
from ivrctl.staffing.policy import Policy

from .desk import MINUTE, SECOND, Desk

SITE = Path(__file__).parents[2] / "sites" / "spread-progressively"


@pytest.fixture(scope="module")
def policy() -> Policy:
    """As the site has it."""
    site, findings = compile_whole(read_site(SITE))
    assert site is not None, findings.items
    return site.policies["cities"]


def test_named_groups_come_while_one_city_waits_long_and_go_home_behind_it(policy: Policy) -> None:
    """Leaders at 45 s, outbound at 75 s, in every city's queue; back in reverse, a quarter of an hour later."""
    desk = Desk(policy=policy).set("wenzhou", longest_wait=46).wait(30 * SECOND)
    assert desk.story == ["+00:10 leaders in"]
    assert desk.wanted("wenzhou") == desk.wanted("hangzhou") == ["8111", "8112"]
    desk.set("wenzhou", longest_wait=80).wait(MINUTE)
    assert desk.story[1:] == ["+00:40 outbound in"]
    assert len(desk.wanted("wenzhou")) == 4  # one of the three stays with his own queue
    desk.set("wenzhou", longest_wait=0).wait(40 * MINUTE)
    assert desk.story[2:] == ["+15:40 outbound out", "+25:40 leaders out"]
    assert desk.wanted("wenzhou") == []


def test_high_value_caller_brings_them_sooner_than_an_ordinary_one(policy: Policy) -> None:
    """Sixteen seconds are four fifths of what he is promised, and nothing that anybody else would mind."""
    assert Desk(policy=policy).set("ningbo", longest_wait=16, promise_used=0.5).wait(MINUTE).story == []
    assert Desk(policy=policy).set("ningbo", longest_wait=16, promise_used=0.8).wait(MINUTE).story == [
        "+00:10 leaders in"
    ]
