"""Callers who call again and again on a real Asterisk while something is done, and what became of each call."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import TypeAlias

from ivrctl.adapters.pbx import Pbx, RuntimeName, down, up
from ivrctl.adapters.pbx.instance import write_instance
from ivrctl.adapters.pbx.ports import LOOPBACK, free_tcp_port
from ivrctl.adapters.pbx.root import require_host
from ivrctl.errors import IvrctlError
from ivrctl.testkit.softphone import Softphone
from ivrctl.testkit.survival.books import Books
from ivrctl.testkit.survival.lines import ANSWERS, PERSON
from ivrctl.testkit.survival.people import answer_calls, make_speech
from ivrctl.testkit.survival.serving import serving
from ivrctl.web.client import ask

from ..matrix import Evidence
from ..reading import texts_of_sounds
from ..way import Way
from . import site
from .callers import ANSWERED_WITHIN, Caller
from .looking import evidence, reading
from .scene import AGENTS, DESK, Scene

SITE = Path(__file__).parents[3] / "flows"
LINES = (*[ANSWERS] * 4, *[PERSON] * 2, *[site.ORDER] * 2)
"""What the callers dial, one each."""

Act: TypeAlias = Callable[[Scene], Awaitable[None]]


def needs() -> str:
    """A PBX of its own, in a Debian root."""
    try:
        require_host()
    except IvrctlError as error:
        return f"{error}"
    return ""


async def under_calls(folder: Path, act: Act, answered_within: float = ANSWERED_WITHIN) -> Evidence:
    """Let callers call while something is done, and see what became of each call; nobody waits longer for an answer."""
    # As the live tests do: what is killed is then a process of this machine, and no container's.
    os.environ.setdefault("IVRCTL_RUNTIME", RuntimeName.ROOT)
    name = f"matrix-{os.getpid()}"
    agi = (LOOPBACK, free_tcp_port(10_000 + os.getpid() % 20_000))
    pbx = await asyncio.to_thread(up, name, agi=agi)
    folder.mkdir(parents=True)  # noqa: ASYNC240 - before anything runs on the loop
    try:
        async with _opened(pbx, folder) as scene:
            return await _called(scene, folder, act, answered_within)
    finally:
        await asyncio.to_thread(down, name)
        shutil.rmtree(pbx.folder, ignore_errors=True)


@asynccontextmanager
async def _opened(pbx: Pbx, folder: Path) -> AsyncIterator[Scene]:
    """A controller that serves, and reaches AMI by a way that a row can break."""
    made = site.write(SITE, folder / "site")
    build = [sys.executable, "-m", "ivrctl", "prompts", "build", str(made), "--pbx", pbx.name]
    await asyncio.to_thread(subprocess.run, build, check=True, capture_output=True)
    async with Way((LOOPBACK, pbx.ami_port)) as way:
        write_instance(replace(pbx, ami_port=way.address[1]))
        async with serving(made, folder, pbx, ask) as served:
            # Only the controller goes that way. It is not written down again: a PBX that was killed is another.
            write_instance(pbx)
            yield Scene(pbx, served, way)


@dataclass(slots=True)
class _Orders:
    """What the callers of the line ``ORDER`` key: another number and another code in each call."""

    pins: list[str]
    numbers: Iterator[str] = field(default_factory=site.numbers)
    counted: Iterator[int] = field(default_factory=lambda: count(4_703_101))

    def keys(self) -> dict[str, str]:
        self.pins.append(f"9{next(self.counted)}")
        return {site.ASK_ORDER: next(self.numbers), site.ASK_PIN: self.pins[-1]}


async def _called(scene: Scene, folder: Path, act: Act, answered_within: float) -> Evidence:
    books, speech = Books.opened(scene.pbx), make_speech(folder / "agent.wav")
    prompts = scene.pbx.prompts.ours
    sounds = {text: Path(f"{file}.wav") for file, text in texts_of_sounds(prompts, str(prompts)).items()}
    orders = _Orders(scene.pins)
    async with AsyncExitStack() as stack:
        callers = [
            Caller(
                await stack.enter_async_context(
                    Softphone.caller(scene.pbx, f"1397777{n:04}", folder=folder / f"caller-{n}")
                ),
                line,
                scene.has_died,
                sounds,
                answered_within,
            )
            for n, line in enumerate(LINES)
        ]
        agents = [
            await stack.enter_async_context(Softphone.agent(scene.pbx, name, folder=folder / name))
            for name in (*AGENTS, DESK)
        ]
        await scene.sign_on()
        await stack.enter_async_context(scene.helped())
        enough = asyncio.Event()
        answering = [asyncio.ensure_future(answer_calls(agent, speech)) for agent in agents]
        # Each calls once before anything is broken, which fills what is filled once.
        warmed = await scene.served.until_serving()
        await asyncio.gather(*(_call(caller, orders) for caller in callers))
        if await scene.served.until_serving() == warmed:
            # Another, where the machine had no time for that one, has served none of them.
            scene.look_at(warmed, reading(folder))
        async with asyncio.TaskGroup() as group:
            for caller in callers:
                group.create_task(_call_until(enough, caller, orders))
            await act(scene)
            enough.set()
        for task in answering:
            task.cancel()
        await asyncio.gather(*answering, return_exceptions=True)
        return await evidence(scene, books, [call for caller in callers for call in caller.calls], folder)


async def _call_until(enough: asyncio.Event, caller: Caller, orders: _Orders) -> None:
    while not enough.is_set():
        await _call(caller, orders)


async def _call(caller: Caller, orders: _Orders) -> None:
    is_order = caller.line == site.ORDER
    await caller.call(orders.keys() if is_order else {}, site.NOTED if is_order else "")
