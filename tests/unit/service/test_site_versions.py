from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from ivrctl.errors import ConfigurationError
from ivrctl.flow.program import compile_site
from ivrctl.service.compiling import compile_spoken
from ivrctl.service.site_versions import CURRENT, SiteVersions

from .controllers import SITE

FLOW = 'lines: {"100": start}\nsteps: {start: [{play: Hello.}, {hangup: served}]}\n'
OTHER = FLOW.replace("Hello.", "Good day.")
BROKEN = FLOW.replace("play", "plya")

STAFF = """
agents: {"8103": {name: Zhang Wei, interface: PJSIP/8103}}
groups: {leaders: ["8103"]}
"""
POLICY = """\
queues: [sales]
tiers:
  - {tier: leaders, people: {group: leaders}, bring: add}
timing: {engage_after: 1m, release_after: 10m, stay_at_least: 15m, rest_at_least: 10m, changes_per_hour: 40}
triggers:
  longest_wait: {engage: [20s], release: 10s}
"""


class Site:
    """A site's folder, and the versions made of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "site"
        self.kept = folder / "kept"
        self.told: list[str] = []
        self.folder.mkdir()
        self.kept.mkdir()
        (self.folder / "ivrctl.yaml").write_text(SITE)
        self.write(FLOW)
        self.versions = self.controller()

    def write(self, flow: str) -> None:
        """Put a flow into the folder."""
        (self.folder / "main.ivr.yaml").write_text(flow)

    def policy(self) -> Path:
        """Put a policy of backup staff into the folder."""
        (self.folder / "ivrctl.yaml").write_text(SITE + STAFF)
        file = self.folder / "evening.staffing.yaml"
        file.write_text(POLICY)
        return file

    def controller(self) -> SiteVersions:
        """Another controller of the same site."""
        return SiteVersions(self.folder, self.kept, self.told.append)


def _version(flow: str) -> str:
    program, _ = compile_site({"ivrctl.yaml": SITE.encode(), "main.ivr.yaml": flow.encode()})
    assert program is not None
    return program.version


@pytest.fixture
def site(tmp_path: Path) -> Site:
    return Site(tmp_path)


def test_folder_serves_once_it_is_loaded(site: Site) -> None:
    """The version that serves is the content of the folder."""
    assert not site.versions.load().has_errors
    assert site.versions.current.version == _version(FLOW)


def test_good_change_serves_new_calls(site: Site) -> None:
    """A changed file is noticed, and the next call runs on it."""
    site.versions.load()
    site.write(OTHER)
    assert site.versions.reload_if_changed()
    assert site.versions.current.version == _version(OTHER)


def test_changed_table_of_regions_serves_new_calls_and_a_broken_one_is_refused(site: Site) -> None:
    """Calls under way keep the table that they began with, across a restart too."""
    table = site.folder / "ported.regions.csv"
    (site.folder / "ivrctl.yaml").write_text(f"{SITE}regions: {{north: {{}}, south: {{}}}}\n")
    table.write_text("prefix,region\n010,north\n020,south\n")
    site.versions.load()
    before = site.versions.current
    table.write_text("prefix,region\n010,south\n020,north\n")
    assert site.versions.reload_if_changed()
    assert site.versions.current.regions.of("+861012345678") == {"south"}
    table.write_text("prefix,region\n010,soth\n")
    assert not site.versions.reload_if_changed()
    assert "ported.regions.csv:2:5" in str(site.versions.rejected)
    kept = site.controller().program(before.version)
    assert kept is not None
    assert kept.regions.of("+861012345678") == {"north"}


def test_nothing_is_read_while_nothing_has_changed(site: Site) -> None:
    """An unchanged folder costs a look at its names."""
    site.versions.load()
    before = site.versions.current
    assert not site.versions.reload_if_changed()
    assert site.versions.current is before


def test_file_that_is_touched_is_no_other_version(site: Site) -> None:
    """A version is its content: saving a file as it was changes nothing for anybody."""
    site.versions.load()
    before = site.versions.current
    site.write(FLOW + "\n")
    site.write(FLOW)
    assert not site.versions.reload_if_changed()
    assert site.versions.current is before


def test_broken_file_leaves_the_version_before_it_serving(site: Site) -> None:
    """A mistake in a file is told with its place, and no caller notices."""
    site.versions.load()
    site.write(BROKEN)
    assert not site.versions.reload_if_changed()
    assert site.versions.current.version == _version(FLOW)
    assert site.versions.rejected is not None
    assert f"{site.folder}/main.ivr.yaml:2:18: error: " in site.versions.rejected
    assert site.told == [
        f"the changed site is not taken, the version before goes on serving:\n{site.versions.rejected}"
    ]


def test_broken_file_is_told_once(site: Site) -> None:
    """Not at every look."""
    site.versions.load()
    site.write(BROKEN)
    site.versions.reload_if_changed()
    site.versions.reload_if_changed()
    assert len(site.told) == 1


def test_repaired_file_serves(site: Site) -> None:
    """After the repair nothing is rejected any more."""
    site.versions.load()
    site.write(BROKEN)
    site.versions.reload_if_changed()
    site.write(OTHER)
    assert site.versions.reload_if_changed()
    assert site.versions.rejected is None


def test_folder_that_is_gone_leaves_the_version_before_it_serving(site: Site) -> None:
    """A folder that somebody moves away is a mistake like any other: told, and no caller notices."""
    site.versions.load()
    shutil.rmtree(site.folder)
    assert not site.versions.reload_if_changed()
    assert site.versions.current.version == _version(FLOW)
    assert site.versions.rejected is not None
    assert "is no folder" in site.versions.rejected


def test_pipe_in_the_folder_is_refused_and_not_waited_for(site: Site) -> None:
    """What is named as a flow and is no regular file cannot hold the controller up, nor the calls with it."""
    site.versions.load()
    os.mkfifo(site.folder / "pipe.ivr.yaml")
    assert not site.versions.reload_if_changed()
    assert site.versions.current.version == _version(FLOW)
    assert "pipe.ivr.yaml cannot be read: no regular file" in (site.versions.rejected or "")


def test_call_ends_on_the_version_it_began_with(site: Site) -> None:
    """The version before a change is still there by its name."""
    site.versions.load()
    site.write(OTHER)
    site.versions.reload_if_changed()
    program = site.versions.program(_version(FLOW))
    assert program is not None
    assert program.version == _version(FLOW)


def test_version_of_a_call_is_there_after_a_restart(site: Site) -> None:
    """Another controller finds the sources of a version that the folder no longer has."""
    site.versions.load()
    site.write(OTHER)
    site.versions.reload_if_changed()
    restarted = site.controller()
    restarted.load()
    program = restarted.program(_version(FLOW))
    assert program is not None
    assert program.version == _version(FLOW)
    assert program.flows["main"].lines


def test_controller_that_starts_on_a_broken_folder_serves_what_served_last(site: Site) -> None:
    """A restart in the middle of an edit is no outage."""
    site.versions.load()
    site.write(BROKEN)
    restarted = site.controller()
    assert restarted.load().has_errors
    assert restarted.current.version == _version(FLOW)
    assert len(site.told) == 1
    assert site.told[0].startswith("the changed site is not taken, the version before goes on serving:\n")


def test_controller_that_starts_without_a_folder_serves_what_served_last(site: Site) -> None:
    """Nor is a folder that is not mounted yet."""
    site.versions.load()
    shutil.rmtree(site.folder)
    restarted = site.controller()
    restarted.load()
    assert restarted.current.version == _version(FLOW)


def test_controller_that_has_never_served_refuses_a_broken_folder(site: Site) -> None:
    """Without any version there is nothing to serve: the error holds the findings, and nothing else tells them."""
    site.write(BROKEN)
    with pytest.raises(ConfigurationError, match=r"main\.ivr\.yaml:2:18") as refused:
        site.versions.load()
    assert site.told == []
    assert refused.value.advice == f"ivrctl check {site.folder}"


@pytest.mark.parametrize("kept", ["", "{", "[]", "7", '{"version": 7}', '{"version": "../site"}', '{"version": "no"}'])
def test_note_of_the_last_version_that_cannot_be_read_is_none(site: Site, kept: str) -> None:
    """What else stands in the state folder is not taken for a version."""
    (site.kept / CURRENT).write_text(kept)
    site.write(BROKEN)
    with pytest.raises(ConfigurationError):
        site.versions.load()


def test_version_whose_sources_were_changed_is_gone(site: Site) -> None:
    """A version is named by its content: sources that say otherwise are not it."""
    site.versions.load()
    (site.kept / _version(FLOW) / "main.ivr.yaml").write_text(OTHER)
    assert site.controller().program(_version(FLOW)) is None


def test_version_that_nobody_knows_is_none(site: Site) -> None:
    """A position of a version that was dropped cannot go on."""
    site.versions.load()
    assert site.versions.program("0123456789ab") is None


def test_unused_versions_are_dropped(site: Site) -> None:
    """What no open leg names goes; what one names, and what serves, stays."""
    site.versions.load()
    for text in ("First.", "Second."):
        site.write(FLOW.replace("Hello.", text))
        site.versions.reload_if_changed()
    first, second = (_version(FLOW.replace("Hello.", text)) for text in ("First.", "Second."))
    site.versions.forget_unused({first})
    assert {path.name for path in site.kept.iterdir() if path.is_dir()} == {first, second}
    assert site.versions.program(_version(FLOW)) is None
    assert site.versions.program(first) is not None


def test_scenarios_and_drafts_are_no_part_of_a_version(site: Site) -> None:
    """Only what calls run on is kept, and an editor's draft does not disturb."""
    (site.folder / "main.scenario.yaml").write_text("title: x\n")
    (site.folder / ".#main.ivr.yaml").write_text("{")
    site.versions.load()
    kept = site.kept / _version(FLOW)
    assert {path.name for path in kept.iterdir()} == {"ivrctl.yaml", "main.ivr.yaml"}


def test_kept_versions_that_were_removed_are_kept_again(site: Site) -> None:
    """An operator who clears the state folder under us costs no version that comes after."""
    site.versions.load()
    shutil.rmtree(site.kept)
    site.versions.forget_unused(())
    site.write(OTHER)
    assert site.versions.reload_if_changed()
    assert site.told == []
    assert site.controller().program(_version(OTHER)) is not None


def test_kept_version_that_holds_something_unreadable_is_gone(site: Site) -> None:
    """A folder where a file should be makes the version unknown, and nothing worse."""
    site.versions.load()
    (site.kept / _version(FLOW) / "main.ivr.yaml").unlink()
    (site.kept / _version(FLOW) / "main.ivr.yaml").mkdir()
    assert site.controller().program(_version(FLOW)) is None


def test_state_folder_that_refuses_does_not_keep_a_good_site_from_serving(site: Site) -> None:
    """A full disk is told: calls run on the new version all the same."""
    shutil.rmtree(site.kept)
    site.kept.write_text("not a folder")
    site.versions.load()
    assert site.versions.current.version == _version(FLOW)
    assert site.told[0].startswith(f"the sources of version {_version(FLOW)} cannot be kept")


def test_note_of_the_last_version_is_whole(site: Site) -> None:
    """It is replaced, not rewritten: nobody reads half of it, and no draft stays behind."""
    site.versions.load()
    assert json.loads((site.kept / CURRENT).read_text()) == {"version": _version(FLOW)}
    assert {path.name for path in site.kept.iterdir()} == {CURRENT, _version(FLOW)}


def test_current_is_asked_for_only_when_there_is_one(site: Site) -> None:
    """Before anything is loaded there is an error, not a surprise."""
    with pytest.raises(ConfigurationError):
        _ = site.versions.current


def test_policies_come_and_go_with_the_site(site: Site) -> None:
    """A policy is read, changed and dropped like a flow: whoever asks for the policies gets those of now."""
    site.versions.load()
    assert site.versions.policies == {}
    file = site.policy()
    assert site.versions.reload_if_changed()
    assert site.versions.policies["evening"].triggers[0].release == 10
    file.write_text(file.read_text().replace("release: 10s", "release: 5s"))
    before = site.versions.current.version
    assert site.versions.reload_if_changed()
    assert site.versions.policies["evening"].triggers[0].release == 5
    assert site.versions.current.version != before
    file.unlink()
    assert site.versions.reload_if_changed()
    assert site.versions.policies == {}


def test_broken_policy_leaves_the_version_before_serving(site: Site) -> None:
    """Flows and policies are one version: neither is taken while something in either is wrong."""
    file = site.policy()
    site.versions.load()
    before = site.versions.current
    site.write(OTHER)
    file.write_text(file.read_text().replace("release: 10s", "release: 30s"))
    assert not site.versions.reload_if_changed()
    assert site.versions.current is before
    assert site.versions.policies["evening"].triggers[0].release == 10
    assert "evening.staffing.yaml:6:42: error: longest_wait would be calm at 30s" in str(site.versions.rejected)


def test_policies_of_the_version_that_served_last_serve_again(site: Site) -> None:
    """A controller that finds a broken folder goes on with flows and policies of before."""
    file = site.policy()
    site.versions.load()
    file.write_text("queues: [")
    after = site.controller()
    after.load()
    assert list(after.policies) == ["evening"]
    assert after.current.version == site.versions.current.version


def test_policy_that_is_refused_by_now_takes_no_flow_with_it(site: Site) -> None:
    """A version may have been kept by a release that had no such rule: its flows serve, and nobody is called in."""
    file = site.policy()
    file.write_text(POLICY.replace("release: 10s", "release: 30s"))
    kept = {path.name: path.read_bytes() for path in site.folder.iterdir()}
    program, _ = compile_spoken(kept)
    assert program is not None
    shutil.copytree(site.folder, site.kept / program.version)
    (site.kept / CURRENT).write_text(json.dumps({"version": program.version}))
    site.write(BROKEN)
    site.versions.load()
    assert site.versions.current.version == program.version
    assert site.versions.policies == {}
