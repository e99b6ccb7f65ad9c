"""What ``ivrctl test --coverage`` prints, and when it fails."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.thorough

Ivrctl = Callable[..., Any]
SITES = Path(__file__).parents[2] / "sites"


@pytest.mark.parametrize("engine", ["sim", "agi"])
def test_what_was_never_walked_is_told_with_its_place(ivrctl: Ivrctl, site: Path, engine: str) -> None:
    """A table with the shares of each flow, and a line for every gap; both engines tell the same."""
    ran = ivrctl("test", site / "speed-dial.scenario.yaml", "--coverage", "--engine", engine)
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert next(line.split() for line in lines if line.startswith("account ")) == (
        ["account", "5/5", "100", "%", "15/15", "100", "%", "22/24", "91.6", "%"]
    )
    assert f'{site}/account.ivr.yaml:30: lookup: outcome "failed" never came' in lines
    assert f'{site}/desk.ivr.yaml:7: step "start" was never entered' in lines


def test_too_little_walked_fails_and_says_of_what(ivrctl: Ivrctl, site: Path) -> None:
    """The threshold asks for the coverage too; what is below it is named, with exit code 1."""
    ran = ivrctl("test", site / "speed-dial.scenario.yaml", "--fail-under", "50")
    assert ran.code == 1
    assert "in all" in ran.out
    assert re.search(
        r"^walked: [0-9.]+ % of the steps, [0-9.]+ % of the actions, .*; asked for: 50 %$", ran.err, re.MULTILINE
    )
    assert ivrctl("test", site / "speed-dial.scenario.yaml", "--fail-under", "5").code == 0


def test_coverage_in_json_stands_beside_the_verdicts(ivrctl: Ivrctl, site: Path) -> None:
    """One object for each site, with its folder, counts and gaps."""
    body = json.loads(ivrctl("test", site / "speed-dial.scenario.yaml", "--coverage", "--json").out)
    [covered] = body["coverage"]
    assert (body["format_version"], covered["format_version"], covered["site"]) == (1, 1, str(site))
    assert covered["flows"]["account"]["steps"] == {"walked": 5, "all": 5, "percent": 100.0}
    assert {gap["sort"] for gap in covered["never"]} == {"step", "outcome"}


def test_nothing_is_counted_when_nobody_asks(ivrctl: Ivrctl, site: Path) -> None:
    """Neither text nor JSON speaks of coverage."""
    assert "coverage" not in ivrctl("test", site / "speed-dial.scenario.yaml").out
    assert "coverage" not in json.loads(ivrctl("test", site / "speed-dial.scenario.yaml", "--json").out)


def test_live_scenarios_are_not_spread(ivrctl: Ivrctl, site: Path) -> None:
    """The phones of one PBX serve one call at a time: refused before anything is started."""
    ran = ivrctl("test", site, "--engine", "live", "--jobs", "2")
    assert (ran.code, "leave --jobs out" in ran.err) == (2, True)


def test_a_failure_shows_the_script_beside_the_call(ivrctl: Ivrctl, site: Path) -> None:
    """The line that was not met is marked, beside what came in its place."""
    scenario = site / "speed-dial.scenario.yaml"
    scenario.write_text(scenario.read_text().replace("hears: 您的余额是120.50。", "hears: 您的余额是999.00。", 1))
    ran = ivrctl("test", scenario)
    assert ran.code == 1
    [different] = [line.split() for line in ran.out.splitlines() if line.startswith("  ≠")]
    assert different[:2] == ["≠", "hears:"]
    assert different[-2:] == ["ivr", "您的余额是120.50。"]
    assert "\x1b" not in ran.out


@pytest.mark.parametrize("engine", ["sim", "agi"])
def test_the_demo_site_is_walked(ivrctl: Ivrctl, site: Path, engine: str) -> None:
    """The demo site's scenarios pass, enter every step, carry out every action, and see 95 % of the outcomes come."""
    ran = ivrctl("test", site, "--fail-under", "95", "--engine", engine, "--jobs", "1", "--json")
    [covered] = json.loads(ran.out)["coverage"]
    assert (ran.code, covered["steps"]["percent"], covered["actions"]["percent"]) == (0, 100, 100), ran.err


@pytest.mark.parametrize(
    "centre",
    ["10000", "10010", "10086", "hosted", "spread-by-brand", "spread-by-region", "spread-progressively"],
)
def test_the_reference_centres_are_walked(ivrctl: Ivrctl, centre: str) -> None:
    """Their scenarios pass, enter every step, carry out every action, and see 95 % of the outcomes come."""
    ran = ivrctl("test", SITES / centre, "--fail-under", "95", "--jobs", "1", "--json")
    [covered] = json.loads(ran.out)["coverage"]
    assert (ran.code, covered["steps"]["percent"], covered["actions"]["percent"]) == (0, 100, 100), ran.err


def test_a_bound_that_is_no_number_is_refused(ivrctl: Ivrctl, site: Path) -> None:
    """Nothing is less than it: CI would pass for ever."""
    assert ivrctl("test", site / "speed-dial.scenario.yaml", "--fail-under", "nan").code == 2


def test_no_more_processes_are_started_than_there_is_to_play(ivrctl: Ivrctl, site: Path) -> None:
    """A slip of the finger is no flood of processes."""
    assert ivrctl("test", site / "speed-dial.scenario.yaml", "--jobs", "1000000").code == 0
