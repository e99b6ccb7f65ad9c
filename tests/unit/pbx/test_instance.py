"""What is written down of an instance, and where."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from ivrctl.adapters.pbx import find, log_file, status
from ivrctl.adapters.pbx.boot import TakenPortError
from ivrctl.adapters.pbx.folders import instances_folder, roots_folder, sounds_folder
from ivrctl.adapters.pbx.instance import (
    AGENTS,
    Pbx,
    TwoViews,
    forget_instance,
    instance_folder,
    read_instance,
    write_instance,
)
from ivrctl.adapters.pbx.life import Ports, free_ports, start_with_free_ports
from ivrctl.adapters.pbx.passwords import credentials, keep_credentials
from ivrctl.adapters.pbx.process import start_time
from ivrctl.errors import BrokenStateError, ConfigurationError


@pytest.fixture(autouse=True)
def state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def pbx() -> Pbx:
    """An instance whose process is this one."""
    folder = instance_folder("demo")
    folder.mkdir(parents=True)
    views = {name: TwoViews(folder / name, f"/srv/ivrctl/{name}") for name in ("prompts", "spool", "recordings")}
    return Pbx(
        name="demo",
        folder=folder,
        sip_port=5060,
        ami_port=5038,
        rtp=(20000, 20399),
        agi=("127.0.0.1", 4573),
        pid=os.getpid(),
        started=start_time(os.getpid()) or 0,
        **views,
    )


def test_what_is_written_is_read_back(pbx: Pbx) -> None:
    """Value by value, with its types."""
    write_instance(pbx)
    assert read_instance(pbx.folder) == pbx


def test_a_running_instance_is_found(pbx: Pbx) -> None:
    """By its name, and among all."""
    write_instance(pbx)
    assert find("demo") == pbx
    assert status() == (pbx,)


def test_an_instance_whose_process_has_ended_is_not_found(pbx: Pbx) -> None:
    """Even if another process has got its id: the start differs."""
    write_instance(replace(pbx, started=pbx.started - 1))
    assert find("demo") is None
    assert status() == ()


def test_an_instance_that_never_was_is_not_found() -> None:
    """Nothing is written down of it."""
    assert find("other") is None


def test_a_forgotten_instance_is_not_found(pbx: Pbx) -> None:
    """Its folder stays, with its log and recordings."""
    write_instance(pbx)
    forget_instance(pbx.folder)
    assert find("demo") is None
    assert pbx.folder.is_dir()


def test_ports_of_an_instance_that_was_killed_are_kept_for_it(pbx: Pbx) -> None:
    """Another one takes others while nobody listens at them, until the machine has started anew, its memory empty."""
    sip, ami, rtp = free_ports("demo", Ports())
    pbx.spool.ours.mkdir()
    write_instance(replace(pbx, started=pbx.started - 1, sip_port=sip, ami_port=ami))
    others = free_ports("other", Ports())
    assert others[0] > sip
    assert others[1] > ami
    assert free_ports("demo", Ports()) == (sip, ami, rtp)
    pbx.spool.ours.rmdir()
    assert free_ports("other", Ports()) == (sip, ami, rtp)


class Starts:
    """Starts of a PBX that fail, one after the other, because a port is taken; then one that does not."""

    def __init__(self, pbx: Pbx, *taken: int) -> None:
        self.pbx = pbx
        self.taken = list(taken)
        self.avoided: list[frozenset[int]] = []

    def __call__(self, ports: Ports) -> Pbx:
        """Start it."""
        self.avoided.append(ports.avoided)
        if self.taken:
            raise TakenPortError("AMI", self.taken.pop(0), "what answers is not this PBX")
        return self.pbx


def test_port_that_was_taken_meanwhile_is_replaced_by_another(pbx: Pbx) -> None:
    """It is told, and the next start keeps away from all that were taken."""
    told: list[str] = []
    starts = Starts(pbx, 5038, 5048)
    assert start_with_free_ports(starts, Ports(), told.append) is pbx
    assert starts.avoided == [frozenset(), {5038}, {5038, 5048}]
    assert told[0] == "AMI port 5038 is another program's: starting anew with another port"


def test_port_that_the_caller_insists_on_is_not_replaced(pbx: Pbx) -> None:
    """There is no other that would do."""
    starts = Starts(pbx, 5038)
    with pytest.raises(TakenPortError, match="is not this PBX"):
        start_with_free_ports(starts, Ports(ami=5038), lambda _: None)
    assert len(starts.avoided) == 1


def test_ports_that_are_always_taken_end_the_start(pbx: Pbx) -> None:
    """A few starts are enough."""
    starts = Starts(pbx, 1, 2, 3, 4)
    with pytest.raises(TakenPortError):
        start_with_free_ports(starts, Ports(), lambda _: None)
    assert len(starts.avoided) == 3


@pytest.mark.parametrize("garbage", ["", "{}", "[]", '{"name": "demo"}', "null"])
def test_garbage_is_named(pbx: Pbx, garbage: str) -> None:
    """Somebody else wrote there: the file is named, and how to go on."""
    (pbx.folder / "instance.json").write_text(garbage)
    with pytest.raises(BrokenStateError, match=r"instance.json") as caught:
        read_instance(pbx.folder)
    assert caught.value.advice is not None


@pytest.mark.parametrize("name", ["", "..", "a/b", "Demo", "-x", "a" * 32, "a b", ".lock"])
def test_a_name_that_cannot_be_a_folder_is_refused(name: str) -> None:
    """Nothing outside the instances' folder is ever meant."""
    with pytest.raises(ConfigurationError, match="cannot name a PBX"):
        find(name)


def test_the_log_is_known_before_the_start() -> None:
    """Whoever follows it may wait for it."""
    assert log_file("demo") == instance_folder("demo") / "log/messages.log"


def test_the_folders_follow_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """XDG_CACHE_HOME and XDG_STATE_HOME move everything."""
    monkeypatch.setenv("XDG_CACHE_HOME", "/c")
    monkeypatch.setenv("XDG_STATE_HOME", "/s")
    assert (roots_folder(), instances_folder()) == (Path("/c/ivrctl/roots"), Path("/s/ivrctl/pbx"))
    assert sounds_folder() == Path("/c/ivrctl/sounds")


def test_a_relative_folder_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """As the specification of XDG_CACHE_HOME says."""
    monkeypatch.setenv("XDG_CACHE_HOME", "here")
    assert roots_folder() == Path.home() / ".cache/ivrctl/roots"


def test_passwords_are_for_root_alone(pbx: Pbx) -> None:
    """Mode 0600, whatever the umask."""
    keep_credentials(pbx.folder)
    assert stat.S_IMODE((pbx.folder / "credentials.json").stat().st_mode) == 0o600


def test_passwords_are_kept(pbx: Pbx) -> None:
    """A client that has noted one can use it after the next start."""
    assert keep_credentials(pbx.folder) == keep_credentials(pbx.folder) == credentials(pbx)


def test_every_password_is_another(pbx: Pbx) -> None:
    """One for AMI and one for each agent, 128 bits each."""
    made = keep_credentials(pbx.folder)
    assert tuple(made.agents) == AGENTS
    assert len({made.ami_secret, *made.agents.values()}) == len(AGENTS) + 1
    assert all(len(bytes.fromhex(password)) == 16 for password in made.agents.values())


def test_garbage_for_passwords_is_named(pbx: Pbx) -> None:
    """It is not replaced: it may be somebody's."""
    (pbx.folder / "credentials.json").write_text(json.dumps({"ami": 1}))
    with pytest.raises(BrokenStateError, match=r"credentials.json"):
        keep_credentials(pbx.folder)


def test_an_instance_of_an_earlier_release_gets_the_password_it_lacks(pbx: Pbx) -> None:
    """The user that examines the PBX is new: his password is made, and the others stay."""
    before = keep_credentials(pbx.folder)
    file = pbx.folder / "credentials.json"
    known = json.loads(file.read_text())
    del known["doctor_secret"], known["doctor_user"]
    file.write_text(json.dumps(known))
    after = keep_credentials(pbx.folder)
    assert after.doctor_secret
    assert after.ami_secret == before.ami_secret
    assert keep_credentials(pbx.folder) == after
