"""Instances of the development PBX: started, used side by side, stopped, and gone without a trace."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import shutil
import socket
import stat
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from ivrctl.adapters.pbx import (
    Bind,
    Pbx,
    Ports,
    RuntimeName,
    credentials,
    down,
    ensure_runtime,
    find,
    life,
    log_file,
    run_program,
    runtime_of,
    rx,
    status,
    up,
)
from ivrctl.adapters.pbx.confinement import NICENESS
from ivrctl.adapters.pbx.instance import write_instance
from ivrctl.adapters.pbx.layout import ASTERISK
from ivrctl.adapters.pbx.ports import LOOPBACK
from ivrctl.adapters.pbx.render import configuration_source
from ivrctl.errors import ConfigurationError, UnreachableError
from ivrctl.testkit.killing import kill

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]


@pytest.fixture
def name() -> Iterator[str]:
    """The name of an instance of this test's own; it is stopped and its folder removed."""
    chosen = f"test-{secrets.token_hex(4)}"
    yield chosen
    down(chosen)
    shutil.rmtree(log_file(chosen).parents[1], ignore_errors=True)


def ami(pbx: Pbx, *actions: str) -> str:
    """Log in as the controller would, send actions, and return all that AMI says until it closes."""
    login = f"Action: Login\r\nUsername: ivrctl\r\nSecret: {credentials(pbx).ami_secret}\r\n\r\n"
    with socket.create_connection((LOOPBACK, pbx.ami_port), timeout=10) as session:
        session.sendall((login + "".join(f"{action}\r\n\r\n" for action in (*actions, "Action: Logoff"))).encode())
        return b"".join(iter(lambda: session.recv(4096), b"")).decode()


def test_up_returns_a_booted_pbx(name: str) -> None:
    """AMI lets the controller in at once, with the password of this instance."""
    pbx = up(name)
    assert "Event: FullyBooted" in ami(pbx)
    assert find(name) == pbx
    assert pbx in status()


def test_up_again_is_the_same_pbx(name: str) -> None:
    """It is not started twice."""
    assert up(name) == up(name)


def test_up_for_another_controller_is_refused(name: str) -> None:
    """What runs looks for its controller elsewhere: whoever asks must know."""
    up(name, agi=(LOOPBACK, 4573))
    with pytest.raises(ConfigurationError, match="runs already"):
        up(name, agi=(LOOPBACK, 4574))


def test_two_run_side_by_side(pbx: Pbx, name: str) -> None:
    """Each with ports of its own, and each answers."""
    other = up(name)
    assert {other.sip_port, other.ami_port, *other.rtp}.isdisjoint({pbx.sip_port, pbx.ami_port, *pbx.rtp})
    assert "Event: FullyBooted" in ami(other)
    assert "Event: FullyBooted" in ami(pbx)


def test_down_leaves_no_process_and_no_spool(name: str) -> None:
    """And what it recorded and logged stays."""
    pbx = up(name)
    assert down(name)
    assert not pbx.is_running
    assert not Path(f"/proc/{pbx.pid}").exists()
    assert not pbx.spool.ours.parent.exists()
    assert log_file(name).exists()
    assert find(name) is None


def test_down_of_nothing_is_no_error(name: str) -> None:
    """It says that nothing ran."""
    assert not down(name)


def test_down_leaves_a_stranger_alone(name: str) -> None:
    """The process id belongs to somebody else by now: he lives on."""
    pbx = up(name)
    down(name)
    with subprocess.Popen(["sleep", "60"]) as stranger:
        write_instance(replace(pbx, pid=stranger.pid))
        assert not down(name)
        assert stranger.poll() is None
        stranger.kill()


def test_a_pbx_that_died_is_started_again(name: str) -> None:
    """Killed, it is not found; up starts another, and the memory of the first is given back."""
    first = up(name)
    kill(first.pid)
    assert find(name) is None
    second = up(name)
    assert second.pid != first.pid
    assert not first.spool.ours.exists()


def test_the_host_sees_none_of_its_mounts(pbx: Pbx) -> None:
    """They are in a namespace of its own and vanish with it."""
    assert str(pbx.folder) not in Path("/proc/self/mountinfo").read_text()
    # Without its first folder: what is mounted from memory is named from there on.
    assert str(Path(*pbx.folder.parts[-3:])) in Path(f"/proc/{pbx.pid}/mountinfo").read_text()


def test_the_root_cannot_be_changed_from_inside(pbx: Pbx) -> None:
    """All instances share it."""
    mounts = Path(f"/proc/{pbx.pid}/mountinfo").read_text().splitlines()
    options = {mount.split()[4]: mount.split()[5] for mount in mounts}
    assert options["/"].startswith("ro")
    assert options["/srv/ivrctl/prompts"].startswith("ro")
    assert options["/srv/ivrctl/recordings"].startswith("rw")


def test_asterisk_is_not_root(pbx: Pbx) -> None:
    """Its user is the root's own `asterisk`, with no capability left."""
    lines = Path(f"/proc/{pbx.pid}/status").read_text()
    fields = dict(re.findall(r"^(Uid|CapEff):\s+(\S+)", lines, re.MULTILINE))
    assert fields["Uid"] != "0"
    assert int(fields["CapEff"], 16) == 0


def test_asterisk_resolves_its_own_name(pbx: Pbx) -> None:
    """Otherwise SIP stalls for seconds a call."""
    question = ["/bin/sh", "-c", "hostname; getent hosts $(hostname)"]
    joined = runtime_of(pbx.runtime).joined(pbx.process, question, ASTERISK)
    hostname, *entry = subprocess.run(joined, capture_output=True, text=True, check=True).stdout.split()
    assert entry == [LOOPBACK, "localhost", hostname]


def test_other_users_cannot_look_inside(pbx: Pbx) -> None:
    """Neither into the instance's folder nor into the spool, which may hold personal data."""
    for folder in (pbx.folder, pbx.spool.ours.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_both_views_show_the_same_folder(pbx: Pbx) -> None:
    """A prompt put into ours is a prompt for Asterisk."""
    prompt = pbx.spool.ours / "hello.wav"
    prompt.write_bytes(b"x")
    try:
        assert Path(f"/proc/{pbx.pid}/root{pbx.spool.asterisk}/hello.wav").read_bytes() == b"x"
    finally:
        prompt.unlink()


def test_the_spool_is_in_memory(pbx: Pbx) -> None:
    """What is made for one call never touches a disk."""
    kind = subprocess.run(["stat", "-f", "-c", "%T", pbx.spool.ours], capture_output=True, text=True, check=True).stdout
    assert kind.strip() == "tmpfs"


def test_every_module_is_loaded(pbx: Pbx) -> None:
    """The list of modules names none that fails: the log has neither errors nor warnings from the start."""
    start = pbx.log.read_text().partition("Asterisk Ready.")[0]
    assert not re.search(r"\b(ERROR|WARNING)\[", start)


def test_the_controllers_user_may_change_queues(pbx: Pbx) -> None:
    """QueueAdd and QueueRemove are what the staffing loop does."""
    said = ami(
        pbx,
        "Action: QueueAdd\r\nQueue: vip\r\nInterface: PJSIP/8104",
        "Action: QueueRemove\r\nQueue: vip\r\nInterface: PJSIP/8104",
    )
    assert said.count("Response: Success") == 3


@pytest.mark.parametrize(
    "action",
    [
        "Action: Command\r\nCommand: core show version",
        "Action: ModuleLoad\r\nLoadType: reload",
        "Action: Originate\r\nChannel: Local/s@ivrctl-fallback\r\nApplication: System\r\nData: id",
        "Action: UpdateConfig\r\nSrcFilename: extensions.conf\r\nDstFilename: extensions.conf",
    ],
)
def test_the_controllers_user_may_not_take_the_pbx_over(pbx: Pbx, action: str) -> None:
    """A command line, modules, calls and configuration are refused."""
    assert "Message: Permission denied" in ami(pbx, action)


def test_a_wrong_password_is_refused(pbx: Pbx) -> None:
    """Loopback is not a permission."""
    with socket.create_connection((LOOPBACK, pbx.ami_port), timeout=10) as session:
        session.sendall(b"Action: Login\r\nUsername: ivrctl\r\nSecret: guess\r\n\r\n")
        said = b"".join(iter(lambda: session.recv(4096), b""))
    assert b"Authentication failed" in said


def test_a_taken_ami_port_is_named(name: str) -> None:
    """Asterisk would run without AMI: up does not return such a PBX, and stops it. The other program stays silent."""
    with closing(socket.create_server((LOOPBACK, 0))) as squatter:
        port = squatter.getsockname()[1]
        with pytest.raises(UnreachableError, match=f"AMI port {port}"):
            up(name, ports=Ports(ami=port))
    assert find(name) is None


def test_a_taken_sip_port_is_named(name: str) -> None:
    """The log of Asterisk says why, and is shown."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as squatter:
        squatter.bind((LOOPBACK, 0))
        port = squatter.getsockname()[1]
        with pytest.raises(UnreachableError, match=rf"SIP port {port}[\s\S]*in use"):
            up(name, ports=Ports(sip=port))
    assert find(name) is None


def test_a_pbx_that_cannot_start_shows_its_log(name: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A module that must be there is not: the error names it, and nothing is left running."""
    broken = tmp_path / "asterisk-conf"
    shutil.copytree(configuration_source(), broken)
    (broken / "modules.conf").write_text("[modules]\nautoload = no\nrequire = res_nonsense.so\n")
    monkeypatch.setattr(life, "configuration_source", lambda: broken)
    with pytest.raises(UnreachableError, match=r"res_nonsense"):
        up(name)
    assert find(name) is None


def test_a_command_reaches_asterisk(pbx: Pbx) -> None:
    """Rx changes what it is told to change."""
    rx(pbx, "queue add member PJSIP/8103 to vip")
    assert "PJSIP/8103" in ami(pbx, "Action: QueueStatus\r\nQueue: vip")
    rx(pbx, "queue remove member PJSIP/8103 from vip")


def test_a_command_to_a_stopped_pbx_is_an_error(name: str) -> None:
    """It is not sent to another one."""
    pbx = up(name)
    down(name)
    with pytest.raises(UnreachableError, match="does not run"):
        rx(pbx, "core show version")


def test_a_program_runs_by_itself(tmp_path: Path) -> None:
    """The voice needs no instance: a text becomes a file in a folder of ours."""
    out = Bind(tmp_path, "/srv/out", is_writable=True)
    run_program(["espeak-ng", "-w", "/srv/out/hello.wav", "hello"], binds=[out])
    assert (tmp_path / "hello.wav").read_bytes()[:4] == b"RIFF"


def test_another_program_at_the_ami_port_is_not_taken_for_the_pbx(name: str) -> None:
    """It answers, but not as this instance: named, and nothing is left running."""
    other = up(f"{name[:20]}-b")
    try:
        with pytest.raises(UnreachableError, match=f"AMI port {other.ami_port} is not this PBX"):
            up(name, ports=Ports(ami=other.ami_port))
    finally:
        down(other.name)
        shutil.rmtree(other.folder)
    assert find(name) is None


def test_a_program_cannot_write_where_it_may_only_read(tmp_path: Path) -> None:
    """A folder is bound read-only unless it is said otherwise."""
    with pytest.raises(UnreachableError, match="Read-only"):
        run_program(["touch", "/srv/out/x"], binds=[Bind(tmp_path, "/srv/out")])


def test_a_program_that_does_not_end_is_ended() -> None:
    """After the time that it was given."""
    with pytest.raises(UnreachableError, match=r"sleep did not end within 0.2 s"):
        run_program(["sleep", "60"], seconds=0.2)


def test_a_program_that_fails_says_why() -> None:
    """The error is its own, and its name is there."""
    with pytest.raises(UnreachableError, match=r"sox failed: .*nowhere"):
        run_program(["sox", "/nowhere.wav", "/srv/x.wav"])


def test_a_program_can_be_talked_to() -> None:
    """Its pipes are those of the command."""
    command = ensure_runtime().command(["cat"])
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as cat:
        assert cat.communicate(b"hello")[0] == b"hello"
    assert cat.returncode == 0


def test_asterisk_goes_before_everything_else(name: str) -> None:
    """It carries sound: before other programs, and before other sessions where Linux weighs them (sched(7))."""
    pbx = up(name)
    if pbx.runtime is not RuntimeName.ROOT:
        pytest.skip(f"{pbx.runtime} gives a container its share")
    assert os.getpriority(os.PRIO_PROCESS, pbx.pid) == NICENESS
    autogroup = Path(f"/proc/{pbx.pid}/autogroup")
    assert not autogroup.exists() or autogroup.read_text().split()[-1] == str(NICENESS)


async def test_starting_is_fast(name: str) -> None:
    """A test or a demo does not wait: 0.3 s seen on two cores."""
    began = asyncio.get_running_loop().time()
    await asyncio.to_thread(up, name)
    assert asyncio.get_running_loop().time() - began < 5


def test_the_programs_are_complete() -> None:
    """Asterisk, the phones, the load generator, the voice and the converter."""
    wanted = ["/usr/sbin/asterisk", *(f"/usr/bin/{name}" for name in ("baresip", "sipp", "espeak-ng", "sox"))]
    run_program(["/bin/ls", *wanted])
