"""``ivrctl staffing recommend``: from a day to a policy file, which is put into force by nobody."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ivrctl.lang.findings import Findings
from ivrctl.service.compiling import compile_whole
from ivrctl.staffing.policy_files.load import read_policies

Ivrctl = Callable[..., Any]
DAY = """
date: 2026-11-20
hours: "09:00-10:00"
queues:
  broadband: {calls: {total: 60}, talk: {mean: 2m}, patience: never}
staff:
  - {agents: ["8101", "8102"]}
  - {count: 2, queues: {broadband: 0}}
backup:
  - {group: quality-inspectors, answers: 100%}
"""
POLICY = """# who helps
queues: [broadband]
tiers:
  - {tier: quality, people: {group: quality-inspectors}, bring: add}   # alone
triggers:
  longest_wait: {engage: [5s], release: 1s}      # early
timing: {engage_after: 5s, release_after: 30m, stay_at_least: 30m, rest_at_least: 5m, changes_per_hour: 40}
"""
SMALL = ("--seeds", 4, "--evaluations", 64)
LEAST = ("--seeds", 4, "--evaluations", 32)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the command is run; and one process is enough for so little."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("ivrctl.cli.commands.staffing_recommend.processors", lambda: 1)
    return tmp_path


@pytest.fixture
def day(site: Path) -> Path:
    """An hour with enough agents and patient callers, and the only policy of the site, which comes for every caller."""
    (site / "hour.day.yaml").write_text(DAY)
    (site / "hotline.staffing.yaml").write_text(POLICY)
    return site / "hour.day.yaml"


@pytest.mark.thorough
def test_a_better_policy_is_written_beside_the_site(day: Path, here: Path, ivrctl: Ivrctl) -> None:
    """With the numbers changed, the user's own comments as they were, and reasons; it has no error.

    The same arguments write the same, byte by byte, over one that is there only when that is wanted: it is refused
    before the search, which may take long.
    """
    ran = ivrctl("staffing", "recommend", day, *SMALL)
    assert ran.code == 0, ran.err
    assert "runs of a day: " in ran.err
    assert "It is written to recommended/hotline.staffing.yaml, and in force nowhere." in ran.out
    file = here / "recommended" / "hotline.staffing.yaml"
    written = file.read_bytes()
    assert_is_better(written, day.parent)

    file.write_text("mine")
    refused = ivrctl("staffing", "recommend", day, *SMALL)
    assert (refused.code, "is there already\n  try: --force" in refused.err, file.read_text()) == (2, True, "mine")
    found = json.loads(ivrctl("staffing", "recommend", day, *SMALL, "--json", "--force").out)
    assert file.read_bytes() == written
    assert (found["format_version"], found["verdict"], found["days"]) == (1, "better", ["hour"])
    assert found["file"] == "recommended/hotline.staffing.yaml"


def assert_is_better(written: bytes, site: Path) -> None:
    """It is the policy of the site with other numbers, each with its reason; and the site is as it was."""
    text = written.decode()
    assert text.startswith("#> Recommended by ivrctl staffing recommend")
    assert "# who helps\n" in text
    assert "  # alone\n" in text
    assert "  #> longest_wait of quality: 5s -> " in text
    assert (site / "hotline.staffing.yaml").read_text() == POLICY
    compiled, _ = compile_whole({path.name: path.read_bytes() for path in site.glob("*.yaml")})
    findings = Findings()
    assert compiled is not None
    (policy,) = read_policies({"hotline.staffing.yaml": written}, compiled.program.site, findings).values()
    assert findings.items == []
    assert policy != compiled.policies["hotline"]
    assert policy.tiers == compiled.policies["hotline"].tiers


@pytest.mark.thorough
def test_nothing_is_written_where_nothing_is_better(day: Path, here: Path, ivrctl: Ivrctl) -> None:
    """A day on which nobody has to wait."""
    day.write_text(DAY.replace("total: 60", "total: 1"))
    ran = ivrctl("staffing", "recommend", day, *LEAST)
    assert ran.code == 0
    assert "is better than yours. Nothing is written.\n" in ran.out
    assert not (here / "recommended").exists()


@pytest.mark.thorough
def test_a_queue_that_the_day_leaves_out_is_there(day: Path, ivrctl: Ivrctl) -> None:
    """A policy may watch a queue that nobody calls on that day."""
    (day.parent / "hotline.staffing.yaml").write_text(POLICY.replace("[broadband]", "[broadband, mobile-data]"))
    assert ivrctl("staffing", "recommend", day, *LEAST).code == 0


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        ((), "no day is named"),
        (("nowhere.day.yaml",), "nowhere.day.yaml is no file"),
        (("SITE/ivrctl.yaml",), "ivrctl.yaml is no day"),
        (("SITE/hour.day.yaml", "--day", "2026-11-20"), "a day file and a day of the books"),
        (("SITE/hour.day.yaml", "--evaluations", "20"), "--evaluations 128 or more"),
        (("SITE/hour.day.yaml", "--policy", "SITE/ivrctl.yaml"), "ivrctl.yaml is no policy"),
        (("SITE/hour.day.yaml", "--policy", "none.staffing.yaml"), "none.staffing.yaml is no file"),
        (("SITE/hour.day.yaml", "--out", "better.yaml"), "--out better.staffing.yaml"),
        (("SITE/hour.day.yaml", "--out", "SITE/hotline.staffing.yaml", "--force"), "in force at the next reload"),
        (("SITE/hour.day.yaml", "--out", "SITE/x.staffing.yaml"), "in force at the next reload"),
        (("--day", "2026-11-19"), "the books have no caller of 2026-11-19"),
    ],
)
def test_wrong_usage_ends_with_what_to_try(words: tuple[str, ...], advice: str, day: Path, ivrctl: Ivrctl) -> None:
    """Exit code 2 before anything is searched, and the next thing to try."""
    site = day.parent
    ran = ivrctl("staffing", "recommend", *(word.replace("SITE", str(site)) for word in words), "--site", site)
    assert (ran.code, ran.out) == (2, "")
    assert advice in ran.err
    assert "\n  try: " in ran.err


@pytest.mark.thorough
def test_of_several_policies_one_is_named(day: Path, ivrctl: Ivrctl) -> None:
    """The others stay in force beside it; which one is meant nobody guesses."""
    lent = "{group: outbound-retention}, bring: add, keep_back: 0"
    other = POLICY.replace("[broadband]", "[mobile-data]").replace("{group: quality-inspectors}, bring: add", lent)
    (day.parent / "second.staffing.yaml").write_text(other)
    ran = ivrctl("staffing", "recommend", day, *LEAST)
    assert (ran.code, "the site has the policies" in ran.err) == (2, True)
    assert ivrctl("staffing", "recommend", day, *LEAST, "--policy", day.parent / "hotline.staffing.yaml").code == 0


@pytest.mark.parametrize("broken", ["day", "policy"])
def test_what_is_wrong_with_a_file_is_told_as_check_tells_it(
    broken: str, day: Path, here: Path, ivrctl: Ivrctl
) -> None:
    """On standard output, with exit code 1."""
    policy = here / "new.staffing.yaml"
    policy.write_text(POLICY.replace("release: 1s", "release: 6s") if broken == "policy" else POLICY)
    if broken == "day":
        day.write_text(DAY.replace("broadband:", "broadbant:"))
    ran = ivrctl("staffing", "recommend", day, *SMALL, "--policy", policy)
    assert ran.code == 1
    assert "error: " in ran.out
