"""``ivrctl explore`` and ``ivrctl diff``: what they print, what they take, how they end."""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.thorough

Ivrctl = Callable[..., Any]
"""A command's words to what it did: its exit code, stdout and stderr."""


def _git(folder: Path, *words: str) -> None:
    who = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True, timeout=60)


def _change(site: Path) -> None:
    """Everybody who wants an advisor comes to another queue."""
    flow = site / "hotline.ivr.yaml"
    flow.write_text(flow.read_text().replace("with: {queue: full-service}", "with: {queue: vip}"))


KEPT = {"hotline", "account", "order-status", "desk", "rate", "switchboard"}


@pytest.fixture
def site(site: Path) -> Path:
    """The demo site's hotline and switchboard: what is told of all its flows, and how, other tests say."""
    for flow in site.glob("*.ivr.yaml"):
        if flow.name.partition(".")[0] not in KEPT:
            flow.unlink()
    for scenarios in site.glob("*.scenario.yaml"):
        scenarios.unlink()
    return site


@pytest.fixture
def other(site: Path, tmp_path: Path) -> Path:
    """A copy of the site in which something is another."""
    folder = tmp_path / "other"
    shutil.copytree(site, folder)
    _change(folder)
    return folder


def test_explore_tells_of_every_line_where_its_callers_end(ivrctl: Ivrctl, site: Path) -> None:
    """With the fewest keys to there, and the command that plays it."""
    ran = ivrctl("explore", site)
    assert ran.code == 0
    assert "10010  (hotline;" in ran.out
    assert f"  queue full-service   2 keys  ivrctl sim {site} --dial 10010 --keys 1,0\n" in ran.out
    assert "0 dead ends" in ran.err


def test_a_witness_of_explore_can_be_played(ivrctl: Ivrctl, site: Path) -> None:
    """Every command that it prints ends where it says."""
    body = ivrctl("explore", site, "--line", "4001", "--json").out
    for ending in json.loads(body)["lines"][0]["endings"]:
        if ending["witness"]["keys"] is None:
            assert ending["name"] == "the caller left a message"
            continue
        keys = ending["witness"]["keys"]
        played = ivrctl("sim", site, "--dial", "4001", *shlex.split(f"--keys {keys}")).out
        word = {"queue": "queues", "extension": "dials", "voicemail": "records"}.get(ending["kind"], "ends")
        assert word in played
        assert (ending["name"] or ending["kind"]) in played


def test_explore_of_a_flow_is_about_its_lines(ivrctl: Ivrctl, site: Path) -> None:
    """A flow is named by its file; one that there is not is refused."""
    told = json.loads(ivrctl("explore", site / "switchboard.ivr.yaml", "--json").out)
    assert told["format_version"] == 1
    assert [line["line"] for line in told["lines"]] == ["4001", "4002", "4003"]
    assert ivrctl("explore", site, "--line", "4711").code == 2


def test_explore_ends_with_1_where_callers_come_to_no_end(ivrctl: Ivrctl, site: Path) -> None:
    """A round that nobody gets out of is a dead end, and shown with the call that comes there."""
    flow = site / "switchboard.ivr.yaml"
    flow.write_text(
        flow.read_text().replace("    - hangup: {as: refused, reason: the number has changed}", "    - goto: changed")
    )
    ran = ivrctl("explore", site, "--line", "4003")
    assert ran.code == 1
    assert "dead end at switchboard/changed" in ran.out


def test_explore_says_when_there_is_more(ivrctl: Ivrctl, site: Path) -> None:
    """A bound that was met is told: what is missing then may be there."""
    ran = ivrctl("explore", site, "--max-states", "3")
    assert "not everything was walked: only 3 states were walked, and there are more" in ran.out


def test_diff_says_when_there_is_more(ivrctl: Ivrctl, site: Path, other: Path) -> None:
    """Each bound once, whichever of the walks has met it."""
    told = json.loads(ivrctl("diff", site, other, "--max-states", "3", "--json").out)["bounds"]
    assert "only 3 states were walked, and there are more" in told
    assert len(told) == len(set(told))


def test_diff_of_the_same_site_is_empty(ivrctl: Ivrctl, site: Path) -> None:
    """Exit code 0, and nothing on standard output."""
    ran = ivrctl("diff", site, site)
    assert (ran.code, ran.out) == (0, "")
    assert "all callers fare as before" in ran.err


def test_diff_of_two_folders_says_who_fares_otherwise(ivrctl: Ivrctl, site: Path, other: Path) -> None:
    """One sentence for one change; exit code 1."""
    ran = ivrctl("diff", site, other)
    assert ran.code == 1
    assert ran.out.startswith("Callers who end somewhere else:\n")
    assert "reached queue full-service; now they reach queue vip." in ran.out
    assert "1 difference" in ran.err


def test_diff_as_json_carries_a_format_version(ivrctl: Ivrctl, site: Path, other: Path) -> None:
    """And each difference its kind, its sentence, its lines and a witness."""
    told = json.loads(ivrctl("diff", site, other, "--json").out)
    assert told["format_version"] == 1
    (difference,) = told["differences"]
    assert difference["kind"] == "ends"
    assert {"10010", "1001099"} <= set(difference["lines"])


def test_diff_takes_a_flow_file_in_the_place_of_the_sites_own(ivrctl: Ivrctl, site: Path, other: Path) -> None:
    """A draft that lies elsewhere is compared as if it stood in the site; only its lines are."""
    draft = other.parent / "hotline.ivr.yaml"
    shutil.copy(other / "hotline.ivr.yaml", draft)
    ran = ivrctl("diff", site / "hotline.ivr.yaml", draft)
    assert ran.code == 1
    assert "now they reach queue vip." in ran.out


def test_diff_reads_a_git_revision(ivrctl: Ivrctl, site: Path) -> None:
    """The same folder as it was, with nothing checked out; or a folder of the revision's own."""
    _git(site.parent, "init", "-q")
    _git(site.parent, "add", ".")
    _git(site.parent, "commit", "-q", "-m", "the site")
    _change(site)
    for revision in ("HEAD", f"HEAD:{site.name}"):
        ran = ivrctl("diff", revision, site)
        assert ran.code == 1
        assert "reached queue full-service; now they reach queue vip." in ran.out


BY_REGION = """
lines: {"_40080010XX": start}
steps:
  start:
    - set: {desk: "{settings.south_desk}"}
    - set: {desk: "{settings.east_desk}"}
      when: '"shanghai" in caller.regions'
    - queue: {name: "{desk}", wait: 5m}
      then: {answered: {hangup: served}, otherwise: {hangup: unserved}}
"""


def test_diff_reads_the_tables_of_regions_of_a_revision(ivrctl: Ivrctl, tmp_path: Path) -> None:
    """A number that was given to another region since is told, with a call from it."""
    centre = tmp_path / "hosted"
    shutil.copytree(Path(__file__).parents[2] / "sites" / "hosted", centre)
    # One flow in the place of all: it is compared from every region of a country.
    for file in centre.glob("*.*.yaml"):
        file.unlink()
    (centre / "reception.ivr.yaml").write_text(BY_REGION)
    _git(centre, "init", "-q")
    _git(centre, "add", ".")
    _git(centre, "commit", "-q", "-m", "the site")
    table = centre / "ported.regions.csv"
    table.write_text(table.read_text().replace("13901600000,guangdong", "13901600000,shanghai"))
    ran = ivrctl("diff", "HEAD", centre)
    assert ran.code == 1
    assert "from +8613901600000" in ran.out
    assert "reached queue south-desk; now they reach queue east-desk" in ran.out


def test_diff_with_one_version_compares_it_with_the_site_that_is_here(
    ivrctl: Ivrctl, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was changed since the last commit, in the folder where it was changed."""
    _git(site, "init", "-q")
    _git(site, "add", ".")
    _git(site, "commit", "-q", "-m", "the site")
    _change(site)
    monkeypatch.chdir(site)
    ran = ivrctl("diff", "HEAD")
    assert ran.code == 1
    assert "now they reach queue vip." in ran.out


@pytest.mark.parametrize(
    "words",
    [
        ("nosuch", "{site}"),
        ("./nosuch", "{site}"),
        ("--", "-c", "{site}"),
        ("HEAD:x", "{site}"),
        ("a" * 5000, "{site}"),
    ],
    ids=lambda words: words[0][:10],
)
def test_diff_refuses_what_is_nothing(ivrctl: Ivrctl, site: Path, words: tuple[str, ...]) -> None:
    """Exit code 2 and advice for what is no folder, no flow and no revision."""
    _git(site, "init", "-q")
    ran = ivrctl("diff", *(word.format(site=site) for word in words))
    assert ran.code == 2
    assert "try: " in ran.err


def test_diff_shows_what_is_wrong_with_a_site_that_does_not_compile(ivrctl: Ivrctl, site: Path, other: Path) -> None:
    """Its findings, with their places; exit code 2."""
    flow = other / "hotline.ivr.yaml"
    flow.write_text(flow.read_text().replace("goto: main", "goto: mian"))
    ran = ivrctl("diff", site, other)
    assert ran.code == 2
    assert 'step "mian" does not exist' in ran.err
