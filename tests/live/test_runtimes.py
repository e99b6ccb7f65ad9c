"""The same PBX in every runtime of this host: it starts, is called and heard, takes commands, and leaves nothing."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.pbx import Bind, Pbx, Runtime, RuntimeName, credentials, down, ensure_runtime, find, rx, up
from ivrctl.adapters.pbx.engine_client import ask_engine, require_engine
from ivrctl.adapters.pbx.programs import run_in
from ivrctl.adapters.pbx.render import configuration_source
from ivrctl.adapters.pbx.root import require_host
from ivrctl.errors import IvrctlError, UnreachableError
from ivrctl.testkit.audio import find as find_sound
from ivrctl.testkit.sipp import callers
from ivrctl.testkit.softphone import PhoneEvent, Softphone

if TYPE_CHECKING:
    from tests.live.conftest import AgiSession, ScriptedController

pytestmark = [
    pytest.mark.live,
    pytest.mark.xdist_group("runtimes"),
    pytest.mark.heavy,
    pytest.mark.timeout(900),  # an image may have to be built first
]

SPEAK = 'espeak-ng -v en -w /tmp/speech.wav "$1" && sox -D /tmp/speech.wav -r 8000 -b 16 -c 1 /srv/out/prompt.wav'


@pytest.fixture(scope="module", params=list(RuntimeName), ids=str)
def runtime(request: pytest.FixtureRequest) -> Runtime:
    """Every runtime of this host; one that is not here is skipped by its own words."""
    try:
        require_host() if request.param is RuntimeName.ROOT else require_engine(request.param)
    except IvrctlError as error:
        pytest.skip(f"the runtime {request.param}: {error}")
    return ensure_runtime(request.param)


@pytest.fixture
def name() -> Iterator[str]:
    """The name of an instance of this test's own."""
    chosen = f"test-{secrets.token_hex(4)}"
    yield chosen
    down(chosen)


@pytest.fixture
def pbx(runtime: Runtime, name: str, agi_address: tuple[str, int]) -> Iterator[Pbx]:
    """A PBX in that runtime."""
    started = up(name, agi=agi_address, runtime=runtime.name)
    yield started
    down(name)
    shutil.rmtree(started.folder)


@pytest.fixture
async def stack() -> AsyncIterator[AsyncExitStack]:
    """Ends the phones of a test."""
    async with AsyncExitStack() as opened:
        yield opened


def containers(runtime: Runtime, part: str) -> list[str]:
    """The names of the runtime's containers, running or not, that hold a word."""
    if runtime.name is RuntimeName.ROOT:
        return []
    names = ask_engine(runtime.name, "ps", "--all", "--format", "{{.Names}}", seconds=30).split()
    return [name for name in names if part in name]


def programs_of(runtime: Runtime, pid: int) -> list[str]:
    """The containers of programs that a process has started, by their names."""
    return [name for name in containers(runtime, "ivrctl-run-") if f"-{pid}-" in name]


async def test_a_call_is_heard(
    runtime: Runtime, pbx: Pbx, controller: ScriptedController, stack: AsyncExitStack, tmp_path: Path
) -> None:
    """A prompt that the runtime's own voice has spoken is played by its Asterisk and heard by its phone."""
    out = Bind(tmp_path, "/srv/out", is_writable=True)
    run_in(runtime, ["/bin/sh", "-c", SPEAK, "speak", "For your balance press one."], binds=[out])
    shutil.copy(tmp_path / "prompt.wav", pbx.prompts.ours)

    async def play(session: AgiSession) -> None:
        await session.send("ANSWER")
        await session.send("WAIT FOR DIGIT 600")
        await session.send(f'STREAM FILE {pbx.prompts.asterisk}/prompt ""')
        await session.hand_off("end")

    await controller.start(play)
    caller = await stack.enter_async_context(Softphone.caller(pbx, folder=tmp_path / "caller"))
    await caller.dial("10010")
    await caller.until(PhoneEvent.CLOSED, within=20)
    assert find_sound(tmp_path / "prompt.wav", caller.heard).is_heard


async def test_agents_call_each_other(pbx: Pbx, stack: AsyncExitStack) -> None:
    """Two phones register with their passwords and talk."""
    one, other = [await stack.enter_async_context(Softphone.agent(pbx, number)) for number in ("8101", "8102")]
    await one.dial("8102")
    await other.until(PhoneEvent.INCOMING, within=5)
    await other.accept()
    await one.until(PhoneEvent.HEARING, within=5)
    await one.hang_up()
    await other.until(PhoneEvent.CLOSED, within=5)


async def test_many_callers_at_once(pbx: Pbx, controller: ScriptedController) -> None:
    """SIPp runs there too, and counts."""

    async def hang_up(session: AgiSession) -> None:
        await session.send("ANSWER")
        await session.hand_off("end")

    await controller.start(hang_up)
    async with callers(pbx, "10010", [f"1380013800{n}" for n in range(10)], per_second=20) as placed:
        told = await placed.told(within=20)
    assert (told.placed, told.ended_well, told.failed) == (10, 10, 0)


def test_asterisk_takes_commands(pbx: Pbx) -> None:
    """And what it is told to change has changed; one that does not run is told nothing."""
    rx(pbx, "logger add channel told.log verbose")
    rx(pbx, "queue add member PJSIP/8103 to vip")
    rx(pbx, "queue remove member PJSIP/8103 from vip")
    assert (pbx.folder / "log/told.log").exists()
    down(pbx.name)
    with pytest.raises(UnreachableError, match="does not run"):
        rx(pbx, "core show version")


def test_asterisk_has_no_rights(pbx: Pbx) -> None:
    """It is not root, has no capability and can gain none, and its system files cannot be changed."""
    status = Path(f"/proc/{pbx.pid}/status").read_text()
    fields = dict(re.findall(r"^(Uid|CapEff|CapPrm|NoNewPrivs):\s+(\S+)", status, re.MULTILINE))
    assert fields["Uid"] != "0"
    assert int(fields["CapEff"], 16) == int(fields["CapPrm"], 16) == 0
    mounts = [line.split() for line in Path(f"/proc/{pbx.pid}/mountinfo").read_text().splitlines()]
    options = {mount[4]: mount[5].split(",") for mount in mounts}
    assert "ro" in options["/"]
    assert "ro" in options["/srv/ivrctl/prompts"]
    assert "rw" in options["/srv/ivrctl/recordings"]
    if pbx.container:
        assert fields["NoNewPrivs"] == "1"


def test_sound_goes_first(pbx: Pbx) -> None:
    """As root, Asterisk goes before other programs in every runtime."""
    assert os.getpriority(os.PRIO_PROCESS, pbx.pid) == -10


def test_down_leaves_nothing(runtime: Runtime, name: str, agi_address: tuple[str, int]) -> None:
    """No process, no container, no spool; log and recordings stay for the next start."""
    pbx = up(name, agi=agi_address, runtime=runtime.name)
    assert pbx.runtime is runtime.name
    assert len(containers(runtime, name)) == (0 if runtime.name is RuntimeName.ROOT else 1)
    assert down(name)
    assert not pbx.is_running
    assert not pbx.spool.ours.parent.exists()
    assert containers(runtime, name) == []
    assert find(name) is None
    again = up(name, agi=agi_address, runtime=runtime.name)
    assert credentials(again) == credentials(pbx)
    down(name)
    shutil.rmtree(pbx.folder)


def test_a_pbx_that_cannot_start_leaves_nothing(
    runtime: Runtime, name: str, tmp_path: Path, agi_address: tuple[str, int]
) -> None:
    """What Asterisk says of its reason is in the error."""
    broken = tmp_path / "asterisk-conf"
    shutil.copytree(configuration_source(), broken)
    (broken / "modules.conf").write_text("[modules]\nautoload = no\nrequire = res_nonsense.so\n")
    with pytest.raises(UnreachableError, match="res_nonsense"):
        up(name, agi=agi_address, runtime=runtime.name, configuration=broken)
    assert containers(runtime, name) == []


async def test_a_phone_ends_with_whoever_held_it(runtime: Runtime, pbx: Pbx, tmp_path: Path) -> None:
    """Its holder is killed: the phone does not go on, and no container is left."""
    command = (sys.executable, "-c", HOLDER, pbx.name, str(tmp_path / "phone"))
    holder = await asyncio.create_subprocess_exec(*command, stdout=subprocess.PIPE)
    assert holder.stdout is not None
    client = int(await holder.stdout.readline())
    process = os.pidfd_open(client)
    holder.send_signal(signal.SIGKILL)
    await holder.wait()
    ended = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().add_reader(process, ended.set_result, None)
    try:
        async with Deadline(20):
            await ended
    finally:
        asyncio.get_running_loop().remove_reader(process)
        os.close(process)
    async with Deadline(10):  # the client may go first, since nobody reads what it says
        while await asyncio.to_thread(programs_of, runtime, holder.pid):
            pass


def test_a_program_that_does_not_end_is_ended(runtime: Runtime) -> None:
    """After the time that it was given, and nothing of it is left."""
    with pytest.raises(UnreachableError, match=r"sleep did not end within 1 s"):
        run_in(runtime, ["sleep", "60"], seconds=1)
    assert programs_of(runtime, os.getpid()) == []


HOLDER = """
import asyncio, sys
from pathlib import Path
from ivrctl.adapters.pbx import find
from ivrctl.testkit.softphone import Softphone

async def hold():
    async with Softphone.caller(find(sys.argv[1]), folder=Path(sys.argv[2])) as phone:
        print(phone._process._process.pid, flush=True)
        await asyncio.sleep(60)

asyncio.run(hold())
"""
