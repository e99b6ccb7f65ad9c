"""``ivrctl staffing simulate`` and ``ivrctl staffing backtest``: from files and books to figures."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Ivrctl = Callable[..., Any]
DAY = """
date: 2026-11-20
hours: "09:00-10:00"
queues:
  broadband: {calls: {total: 30}, talk: {mean: 2m}, patience: 2m}
staff:
  - {agents: ["8101"]}
"""
POLICY = """
queues: [broadband]
tiers:
  - {tier: quality, people: {group: quality-inspectors}, bring: add}
triggers:
  longest_wait: {engage: [20s], release: 10s}
timing: {engage_after: 20s, release_after: 5m, stay_at_least: 5m, rest_at_least: 5m, changes_per_hour: 40}
"""
T = 1_795_140_000
"""10:00 in Shanghai on 20 November 2026."""


def _call(number: int) -> str:
    """One of those who call each two minutes: every third hangs up after forty seconds."""
    at, call = T + 120 * number, f"1.{number}"
    joined = f"{at}|{call}|broadband|NONE|ENTERQUEUE||+8613800138001|1\n"
    if number % 3 == 2:
        return joined + f"{at + 40}|{call}|broadband|NONE|ABANDON|1|1|40\n"
    connected = f"{at + 10}|{call}|broadband|PJSIP/8101|CONNECT|10|1.2|4\n"
    return joined + connected + f"{at + 100}|{call}|broadband|PJSIP/8101|COMPLETECALLER|10|90|1\n"


LOG = f"{T}|NONE|NONE|NONE|QUEUESTART|\n" + "".join(map(_call, range(30)))


@pytest.fixture
def day(site: Path) -> Path:
    """A short day in the site's folder, and a policy for it that is not served."""
    (site / "hour.day.yaml").write_text(DAY)
    (site / "hotline.staffing.yaml").unlink()
    return site / "hour.day.yaml"


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    file = tmp_path / "quality.staffing.yaml"
    file.write_text(POLICY)
    return file


@pytest.mark.thorough
def test_policy_is_tried_on_a_described_day(day: Path, policy: Path, ivrctl: Ivrctl) -> None:
    """Beside no policy; the same again with the same seeds, to the letter."""
    ran = ivrctl("staffing", "simulate", day, "--policy", policy, "--seeds", 2)
    assert ran.code == 0
    head, _, headings, level, *_ = ran.out.splitlines()
    assert head == "hour: seeds 1 to 2; of each figure the middle (the least..the most)"
    assert headings.split() == ["no", "policy", "quality.staffing.yaml", "difference"]
    assert level.startswith("service level 20s, %")
    assert "difference: quality.staffing.yaml less no policy, seed by seed" in ran.out
    assert ran.err == "runs of a day: 4\n"
    assert ivrctl("staffing", "simulate", day, "--policy", policy, "--seeds", 2).out == ran.out
    assert ivrctl("staffing", "simulate", day, "--policy", policy, "--seed", 7, "--seeds", 2).out != ran.out


def test_json_is_all_that_is_printed(day: Path, policy: Path, ivrctl: Ivrctl) -> None:
    """For programs, with what was compared."""
    ran = ivrctl("staffing", "simulate", day, "--policy", policy, "--seeds", 1, "--json")
    body = json.loads(ran.out)
    assert body["seeds"] == [1]
    assert [variant["policies"] for variant in body["variants"]] == [[], ["quality"]]
    assert body["begins"] == "2026-11-20T00:00:00+08:00"


def test_picture_and_tables_are_written_where_they_are_wanted(day: Path, tmp_path: Path, ivrctl: Ivrctl) -> None:
    """And it is said that they are; what cannot be written is an error with advice."""
    ran = ivrctl("staffing", "simulate", day, "--seeds", 1, "--svg", tmp_path / "a.svg", "--csv", tmp_path / "b")
    assert (ran.code, (tmp_path / "a.svg").read_text()[:4]) == (0, "<svg")
    assert (tmp_path / "b" / "figures.csv").read_text().startswith("variant,seed,figure,value\n")
    assert f"{tmp_path}/a.svg is written" in ran.err
    ran = ivrctl("staffing", "simulate", day, "--seeds", 1, "--svg", tmp_path / "none" / "a.svg")
    assert (ran.code, "try: name another place" in ran.err) == (2, True)
    assert f"ivrctl: {tmp_path}/none/a.svg cannot be written: No such file or directory" in ran.err


def test_day_with_an_error_is_told_as_check_tells_it(day: Path, ivrctl: Ivrctl) -> None:
    """On standard output, with exit code 1; ``ivrctl check`` tells the same."""
    day.write_text(DAY.replace("broadband:", "broadbant:"))
    ran = ivrctl("staffing", "simulate", day)
    assert ran.code == 1
    assert f'{day}:5:3: error: the queue "broadbant" does not exist; did you mean "broadband"? [IVR601]' in ran.out
    assert ran.out.splitlines()[0] in ivrctl("check", day.parent).out


def test_policy_with_an_error_is_told_as_check_tells_it(day: Path, policy: Path, ivrctl: Ivrctl) -> None:
    """The same of a policy that is not served."""
    policy.write_text(POLICY.replace("release: 10s", "release: 30s"))
    ran = ivrctl("staffing", "simulate", day, "--policy", policy)
    assert ran.code == 1
    assert f"{policy}:6:42: error: longest_wait would be calm at 30s" in ran.out


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        (("simulate", "nowhere.day.yaml"), "nowhere.day.yaml is no file"),
        (("simulate", "SITE/ivrctl.yaml"), "ivrctl.yaml is no day"),
        (("simulate", "SITE/hour.day.yaml", "--policy", "SITE/ivrctl.yaml"), "ivrctl.yaml is no policy"),
        (("backtest", "--site", "SITE", "--day", "Friday"), '"Friday" is no day'),
        (("backtest", "--site", "SITE", "--day", "yesterday"), "the books have no caller of "),
        (("backtest", "--site", "SITE", "--comes-when-asked", "half"), "--comes-when-asked"),
        (("backtest", "--site", "SITE", "--day", "2026-11-19"), "the books have no caller of 2026-11-19"),
    ],
)
def test_wrong_usage_ends_with_what_to_try(words: tuple[str, ...], advice: str, day: Path, ivrctl: Ivrctl) -> None:
    """Exit code 2, and the next thing to try."""
    ran = ivrctl("staffing", *(word.replace("SITE", str(day.parent)) for word in words))
    assert (ran.code, ran.out) == (2, "")
    assert advice in ran.err
    assert "\n  try: " in ran.err


@pytest.mark.thorough
def test_policy_is_tried_on_a_day_of_an_imported_log(day: Path, policy: Path, tmp_path: Path, ivrctl: Ivrctl) -> None:
    """The callers of the log, with what became of them beside what would have."""
    log = tmp_path / "queue_log"
    log.write_text(LOG)
    site = day.parent
    assert ivrctl("kpi", "import", log, "--site", site).code == 0
    words = ("staffing", "backtest", "--site", site, "--day", "2026-11-20", "--policy", policy, "--seeds", 2)
    ran = ivrctl(*words)
    assert ran.code == 0
    assert ran.out.splitlines()[2].split() == ["that", "day", "no", "policy", "quality.staffing.yaml", "difference"]
    assert "! of 1 agent only talks are known" in ran.out
    body = json.loads(ivrctl(*words, "--json").out)
    assert (body["was"]["broadband"]["offered"], body["was"]["broadband"]["service_level"]) == (30, 0.666667)
    assert ivrctl(*words, "--comes-when-asked", "70%").code == 0
