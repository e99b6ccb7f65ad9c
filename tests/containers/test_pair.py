"""The composed pair: a PBX and its controller in containers of their own, called by phones outside."""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import signal
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from ivrctl.adapters.pbx import Pbx, RuntimeName
from ivrctl.cli.commands.call import told
from ivrctl.cli.demo.calls import CALLS, DemoCall, failures_of
from ivrctl.testkit.dialling import CallPlan, PlacedCall, place_call
from ivrctl.testkit.softphone import PhoneEvent, Softphone

from .engines import ContainerEngine
from .pair import Pair, until

pytestmark = [pytest.mark.containers, pytest.mark.xdist_group("pair"), pytest.mark.timeout(600)]

PAGE = Path(__file__).parents[2] / "docs/how-to/containers.md"
SERVICES = ("controller", "pbx")
USAGE = next(call for call in CALLS if call.plan.number == "1001013")
"""Its prompt takes ten seconds: there is a middle to be lost in."""


@pytest.fixture
def pbx(pair: Pair, runtime: RuntimeName) -> Pbx:
    return pair.pbx(runtime)


@pytest.fixture
async def ready(pair: Pair) -> AsyncIterator[None]:
    """Both containers are healthy before a test, whatever another has done to them."""
    for service in SERVICES:
        await until(lambda service=service: pair.health(service) == "healthy", within=60)
    return


async def called(pair: Pair, pbx: Pbx, plan: CallPlan, folder: Path) -> PlacedCall:
    folder.mkdir()  # noqa: ASYNC240 - one folder of the test's own
    return await place_call(pbx, pair.ask, plan, folder)


async def called_while(pair: Pair, pbx: Pbx, call: DemoCall, folder: Path, strike: Callable[[], None]) -> PlacedCall:
    """Place a call, and strike in the middle of its first prompt."""
    calling = asyncio.ensure_future(called(pair, pbx, call.plan, folder))
    ask = pair.ask
    await until(lambda: any(leg["said"] for leg in ask("/live")["legs"]), within=20)
    await asyncio.sleep(2)  # of ten seconds that the prompt takes
    await asyncio.to_thread(strike)
    return await calling


@pytest.mark.usefixtures("ready")
async def test_phones_outside_are_served(pair: Pair, pbx: Pbx, tmp_path: Path) -> None:
    """Through the published ports, all at a time: each hears its prompts, and its keys lead where they should."""
    placed = await asyncio.gather(
        *(called(pair, pbx, call.plan, tmp_path / str(number)) for number, call in enumerate(CALLS))
    )
    failures = [
        (told(one), failed) for call, one in zip(CALLS, placed, strict=True) if (failed := failures_of(call, one))
    ]
    assert not failures, "\n".join(f"{call}\n{failed}" for call, failed in failures)


@pytest.mark.usefixtures("ready")
async def test_health_tells_a_controller_that_is_stuck(pair: Pair) -> None:
    """Its processes are there and answer nobody: unhealthy; and healthy when they go on.

    Podman counts failures from the end of the start period only, 90 s.
    """
    stopped = pair.processes("controller")[1:]
    for pid in stopped:
        os.kill(pid, signal.SIGSTOP)
    try:
        await until(lambda: pair.health("controller") == "unhealthy", within=180)
    finally:
        for pid in stopped:
            os.kill(pid, signal.SIGCONT)
    await until(lambda: pair.health("controller") == "healthy", within=60)


@pytest.mark.usefixtures("ready")
async def test_a_call_survives_a_kill_of_the_controllers_process(pair: Pair, pbx: Pbx, tmp_path: Path) -> None:
    """Killed in the middle of a prompt, it is replaced: the caller hears the prompt again, and is served."""
    placed = await called_while(pair, pbx, USAGE, tmp_path / "call", pair.kill_controller_process)
    assert failures_of(USAGE, placed) == []
    assert placed.seconds > 10


@pytest.mark.usefixtures("ready")
async def test_a_call_survives_a_kill_of_the_controllers_container(pair: Pair, pbx: Pbx, tmp_path: Path) -> None:
    """With all its processes: the engine starts it again, and the caller is served to the end in the same call."""
    placed = await called_while(pair, pbx, USAGE, tmp_path / "call", lambda: pair.kill_container("controller"))
    assert failures_of(USAGE, placed) == []


@pytest.mark.usefixtures("ready")
async def test_without_a_controller_a_caller_reaches_a_person(pair: Pair, pbx: Pbx, tmp_path: Path) -> None:
    """The fallback needs the PBX alone: an agent of the front desk has the caller on the phone."""
    async with Softphone.agent(pbx, "8105", folder=tmp_path / "agent") as agent:
        await asyncio.to_thread(pair.compose, "stop", "controller")
        try:
            async with Softphone.caller(pbx, folder=tmp_path / "caller") as caller:
                await caller.dial("10010")
                await agent.until(PhoneEvent.INCOMING, within=30)
                await agent.accept()
                await agent.until(PhoneEvent.ESTABLISHED, within=5)
                await caller.until(PhoneEvent.HEARING, within=5)
                await caller.hang_up()
        finally:
            await asyncio.to_thread(pair.compose, "start", "controller")


@pytest.mark.parametrize("service", SERVICES)
def test_no_process_of_a_container_has_rights(pair: Pair, service: str) -> None:
    """No user is root, no capability is held or can be had, no set-uid program gives one."""
    for pid in pair.processes(service):
        lines = (line.split(":\t") for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        status = {name: value.split() for name, value in (line for line in lines if len(line) == 2)}
        assert "0" not in status["Uid"] + status["Gid"] + status["Groups"]
        sets = [status[f"Cap{which}"] for which in ("Inh", "Prm", "Eff", "Bnd", "Amb")]
        assert {int(held[0], 16) for held in sets} == {0}
        assert status["NoNewPrivs"] == ["1"]


@pytest.mark.parametrize("service", SERVICES)
def test_a_container_cannot_change_its_own_files(pair: Pair, service: str) -> None:
    """The root file system is read-only, as the engine says and as a process in it sees."""
    assert pair.engine.inspect(pair.container(service))["HostConfig"]["ReadonlyRootfs"] is True
    options = {
        fields[1]: fields[3].split(",")
        for fields in map(str.split, pair.execute(service, "cat", "/proc/mounts").splitlines())
    }
    assert "ro" in options["/"]
    for place in ("/", "/usr/local/libexec", "/srv/ivrctl"):
        assert "Read-only file system" in pair.execute(service, "touch", f"{place}/mark", check=False)


def test_the_pbx_cannot_change_prompts(pair: Pair) -> None:
    """Neither the kept ones nor those of a call: it plays what the controller has written."""
    for place in ("prompts", "spool"):
        said = pair.execute("pbx", "touch", f"/srv/ivrctl/{place}/mark", check=False)
        assert "Permission denied" in said or "Read-only file system" in said


def test_prompts_of_one_call_are_in_memory(pair: Pair) -> None:
    """They may hold personal data: no disk ever has them."""
    for service in SERVICES:
        assert "tmpfs /srv/ivrctl/spool tmpfs" in pair.execute(service, "cat", "/proc/mounts")


def test_recordings_go_from_the_pbx_to_the_controller(pair: Pair) -> None:
    """What the PBX records the controller reads, and cannot change."""
    pair.execute("pbx", "sh", "-c", "umask 027; echo sound > /srv/ivrctl/recordings/call.wav")
    assert pair.execute("controller", "cat", "/srv/ivrctl/recordings/call.wav") == "sound"
    assert "denied" in pair.execute("controller", "rm", "-f", "/srv/ivrctl/recordings/call.wav", check=False)
    pair.execute("pbx", "rm", "/srv/ivrctl/recordings/call.wav")


def test_only_sip_and_sound_are_published(pair: Pair) -> None:
    """And on the loopback: AMI and FastAGI have no port on the host."""
    ports = {
        binding["HostIp"] + " " + port
        for service in SERVICES
        for port, bindings in pair.engine.inspect(pair.container(service))["NetworkSettings"]["Ports"].items()
        for binding in bindings or ()
    }
    sound = range(pair.rtp[0], pair.rtp[1] + 1)
    assert ports == {f"127.0.0.1 {port}/udp" for port in (pair.sip_port, *sound)}


def test_passwords_are_kept_by_the_pbx_alone(pair: Pair) -> None:
    """Made by chance, in a file that only its user reads; no log, no image and no argument holds one."""
    assert pair.execute("pbx", "stat", "-c", "%a %u", "/srv/ivrctl/kept/passwords") == "600 5060"
    passwords = set(pair.passwords.values())
    assert len(passwords) == len(pair.passwords) >= 7
    shown = pair.compose("logs") + json.dumps([pair.engine.inspect(pair.container(service)) for service in SERVICES])
    assert not [password for password in passwords if password in shown]


@pytest.mark.usefixtures("ready")
async def test_the_commands_of_the_page_work(pair: Pair) -> None:
    """Those of docs/how-to/containers.md that leave the pair up; `exec` without the terminal that a test has not."""
    commands = re.findall(r"^docker compose (.+)$", PAGE.read_text(), re.MULTILINE)
    for command in commands:
        arguments = shlex.split(command.replace("exec ", "exec -T ", 1))
        await asyncio.to_thread(pair.compose, *arguments)  # fails when the command does
    assert {command.split()[0] for command in commands} >= {"up", "ps", "exec", "kill"}


@pytest.mark.usefixtures("ready")
async def test_passwords_outlive_the_container(pair: Pair) -> None:
    """Phones have noted them."""
    before = pair.passwords
    await asyncio.to_thread(pair.compose, "restart", "pbx")
    await until(lambda: pair.health("pbx") == "healthy", within=60)
    assert pair.passwords == before


@pytest.mark.usefixtures("images")
def test_a_place_that_nothing_fills_stops_the_pbx(engine: ContainerEngine, tmp_path: Path) -> None:
    """Half a configuration is worse than none: it names the place and ends."""
    (tmp_path / "pjsip.conf").write_text("bind = @@SIP_ADDRESS@@\ncolour = @@COLOUR@@\n")
    tmp_path.chmod(0o755)
    settings = "ADDRESS=127.0.0.1 EXTERNAL_ADDRESS=same TRUNK=192.0.2.1/32 SIP_PORT=1 RTP_FIRST=2 RTP_LAST=3 AGI=x:1"
    said = engine.run(
        *("run", "--rm", "--network", "none", "--volume", f"{tmp_path}:/usr/share/ivrctl/asterisk-conf:ro"),
        *(word for setting in settings.split() for word in ("--env", f"IVRCTL_{setting}")),
        "localhost/ivrctl/pbx",
        check=False,
    )
    assert "pbx: nothing says what goes to COLOUR" in said


@pytest.mark.usefixtures("images")
def test_a_setting_cannot_write_into_the_configuration(engine: ContainerEngine) -> None:
    """A line end in an environment variable would begin a line of its own."""
    said = engine.run(
        *("run", "--rm", "--network", "none", "--env", "IVRCTL_EXTERNAL_ADDRESS=192.0.2.1\n[evil]"),
        *("--env", "IVRCTL_ADDRESS=x", "--env", "IVRCTL_TRUNK=x", "--env", "IVRCTL_SIP_PORT=1", "localhost/ivrctl/pbx"),
        check=False,
    )
    assert "pbx: EXTERNAL_ADDRESS holds a character that cannot stand in a configuration file" in said
