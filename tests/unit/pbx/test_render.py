"""Rendering the configuration."""

from __future__ import annotations

import re
from configparser import ConfigParser
from pathlib import Path

import pytest

from ivrctl.adapters.pbx.instance import AGENTS
from ivrctl.adapters.pbx.render import configuration_source, render
from ivrctl.errors import BrokenStateError


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    (folder / "part").mkdir(parents=True)
    (folder / "one.conf").write_text("port = @@PORT@@\nexten => s,1,Dial(${PEER})\n")
    (folder / "part/two.conf").write_text("name = @@NAME@@ @@PORT@@\n")
    (folder / "README.md").write_text("@@IGNORED@@")
    return folder


def test_places_are_filled_in(source: Path, tmp_path: Path) -> None:
    """In every .conf file of the tree, at the same place of the target."""
    render(source, tmp_path / "etc", {"PORT": "5060", "NAME": "demo"})
    assert (tmp_path / "etc/part/two.conf").read_text() == "name = demo 5060\n"


def test_the_variables_of_the_dialplan_stay(source: Path, tmp_path: Path) -> None:
    """${PEER} is Asterisk's own."""
    render(source, tmp_path / "etc", {"PORT": "5060", "NAME": "demo"})
    assert "Dial(${PEER})" in (tmp_path / "etc/one.conf").read_text()


def test_other_files_are_not_rendered(source: Path, tmp_path: Path) -> None:
    """A README is for people."""
    render(source, tmp_path / "etc", {"PORT": "5060", "NAME": "demo"})
    assert not (tmp_path / "etc/README.md").exists()


def test_a_place_without_a_value_is_refused(source: Path, tmp_path: Path) -> None:
    """And nothing is written: half a configuration is worse than none."""
    with pytest.raises(BrokenStateError, match=r"two.conf names @@NAME@@"):
        render(source, tmp_path / "etc", {"PORT": "5060"})
    assert not (tmp_path / "etc").exists()


def test_a_value_without_a_place_is_refused(source: Path, tmp_path: Path) -> None:
    """Somebody renamed one of the two."""
    with pytest.raises(BrokenStateError, match="no file of the configuration names @@OLD@@"):
        render(source, tmp_path / "etc", {"PORT": "5060", "NAME": "demo", "OLD": "x"})


def section(file: str, name: str) -> dict[str, str]:
    """Return a section of one of our own files, comments stripped."""
    text = (configuration_source() / file).read_text()
    body = re.search(rf"^\[{name}\].*?\n(.*?)(?=^\[|\Z)", text, re.MULTILINE | re.DOTALL)
    assert body is not None
    parser = ConfigParser(strict=False, inline_comment_prefixes=";", comment_prefixes=(";", "#"), delimiters=("=",))
    parser.read_string(f"[{name}]\n{body[1]}")
    return dict(parser[name])


def test_the_controllers_ami_user_cannot_see_keys() -> None:
    """The classes agi and dtmf carry every key; dialplan carries every variable, of which filters let two through."""
    user = section("ivrctl.d/manager.conf", "ivrctl")
    assert set(user["read"].split(",")) == {"system", "call", "agent", "dialplan"}
    filters = {name: value for name, value in user.items() if name.startswith("eventfilter(")}
    assert all(name.startswith("eventfilter(action(include),name(") for name in filters)
    assert not any("name(varset)" in name and "method(exact)" not in name for name in filters)


def test_the_controllers_ami_user_cannot_take_the_pbx_over() -> None:
    """What may load modules, run commands or dial is not granted to write."""
    granted = set(section("ivrctl.d/manager.conf", "ivrctl")["write"].split(","))
    assert granted == {"agent", "message", "reporting"}


def test_the_examining_ami_user_hears_of_the_probe_call_only() -> None:
    """He dials and asks; he reads no call, no queue and no key, and can neither load nor write nor run anything."""
    examining = section("ivrctl.d/doctor.conf", "ivrctl-doctor")
    assert examining["read"] == "user"
    assert set(examining["write"].split(",")) == {"originate", "reporting"}


def test_a_slow_reader_is_not_disconnected_at_once() -> None:
    """The default of 100 ms disconnects a controller that is busy for a moment."""
    assert 2000 <= int(section("ivrctl.d/manager.conf", "ivrctl")["writetimeout"]) <= 5000


def test_no_log_holds_keys() -> None:
    """The level dtmf is on nowhere, nor is debug."""
    logs = section("logger.conf", "logfiles")
    assert not re.search("dtmf|debug|\\*", str(logs))


def test_every_agent_has_a_phone() -> None:
    """The extensions that the code knows are those of pjsip-agents.conf."""
    text = (configuration_source() / "pjsip-agents.conf").read_text()
    assert tuple(re.findall(r"^\[(\d+)\]\(agent\)", text, re.MULTILINE)) == AGENTS


@pytest.mark.parametrize("file", sorted(configuration_source().rglob("*.conf")), ids=lambda file: file.name)
def test_nothing_listens_beyond_the_loopback(file: Path) -> None:
    """Every bind address of the configuration is 127.0.0.1, or the place that the development PBX fills with it."""
    addresses = re.findall(r"^(?:bind|bindaddr)\s*=\s*(\S+)", file.read_text(), re.MULTILINE)
    assert all(address.startswith(("127.0.0.1", "@@SIP_ADDRESS@@:")) for address in addresses)


APPLICATIONS = {
    "AGI": "res_agi",
    "AddQueueMember": "app_queue",
    "Answer": None,
    "Dial": "app_dial",
    "Gosub": "app_stack",
    "Goto": None,
    "GotoIf": None,
    "Hangup": None,
    "Log": "app_verbose",
    "NoOp": None,
    "PauseQueueMember": "app_queue",
    "Playback": "app_playback",
    "Playtones": "app_playtones",
    "Progress": None,
    "Queue": "app_queue",
    "Record": "app_record",
    "RemoveQueueMember": "app_queue",
    "Return": "app_stack",
    "Ringing": None,
    "Set": None,
    "StopPlaytones": "app_playtones",
    "UnpauseQueueMember": "app_queue",
    "UserEvent": "app_userevent",
    "Verbose": "app_verbose",
    "Wait": None,
}
"""What brings an application of the dialplan: a module, or Asterisk itself."""


@pytest.mark.parametrize("file", ["extensions.conf", "ivrctl.d/extensions.conf", "ivrctl.d/agents.conf"])
def test_every_application_of_the_dialplan_is_loaded(file: str) -> None:
    """One that is missing hangs up on the caller, in the middle of the dialplan."""
    dialplan, modules = ((configuration_source() / name).read_text() for name in (file, "modules.conf"))
    used = set(re.findall(r"^(?:exten =>[^,]+,|\s*same => )[^,]+,(\w+)\(", dialplan, re.MULTILINE))
    loaded = set(re.findall(r"^(?:load|require) = (\w+)\.so", modules, re.MULTILINE))
    assert {"Goto"} <= used <= APPLICATIONS.keys()
    assert {APPLICATIONS[name] for name in used} - {None} <= loaded


def contexts() -> dict[str, str]:
    text = (configuration_source() / "ivrctl.d/extensions.conf").read_text()
    return dict(re.findall(r"^\[([\w-]+)\]\n(.*?)(?=^\[|\Z)", text, re.MULTILINE | re.DOTALL))


@pytest.mark.parametrize("name", sorted(contexts()))
def test_every_context_of_ours_has_a_way_out(name: str) -> None:
    """T for a controller that is silent, h for a caller who leaves."""
    extensions = re.findall(r"^exten => ([^,]+),1,", contexts()[name], re.MULTILINE)
    assert {"T", "h"} <= set(extensions)
