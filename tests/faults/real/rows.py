"""Rows on a real Asterisk: a chosen set of what the seeded ones do by the hundred, with callers who listen."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Callable, Sequence
from pathlib import Path

from ivrctl.adapters.pbx import rx
from ivrctl.adapters.pbx.ports import LOOPBACK
from ivrctl.testkit.black_hole import BlackHole
from ivrctl.testkit.survival.lines import TARGET

from ..matrix import Evidence, Fault, Run, Terminal, Where
from ..way import Shape, Way
from .calling import Act, needs, under_calls
from .lossy import loss, needs_loss
from .scene import Scene

KILLS = 6
BACK_WITHIN = 30.0
QUIET = 3.0
"""Seconds of calls before and behind."""


async def kill(seeds: Sequence[int], folder: Path) -> Evidence:
    """The controller is killed at moments by chance, and its parent too."""
    dice = random.Random(seeds[0])

    async def act(scene: Scene) -> None:
        for number in range(1, KILLS + 1):
            await asyncio.sleep(dice.uniform(0.5, 5.0))
            victim = await scene.served.until_serving(within=BACK_WITHIN)
            scene.served.signal_controller(victim, signal.SIGKILL)
            await scene.served.until_serving(victim, within=BACK_WITHIN)
            if number % 3 == 0:
                await asyncio.sleep(dice.uniform(0.5, 3.0))
                await scene.served.kill()
                await scene.served.start()
                await scene.served.until_serving(within=BACK_WITHIN)

    return await under_calls(folder, act)


async def stall(seeds: Sequence[int], folder: Path) -> Evidence:
    """The controller is stopped and given up by its parent; then the parent is stopped for a while."""
    dice = random.Random(seeds[0])

    async def act(scene: Scene) -> None:
        served = scene.served
        await asyncio.sleep(dice.uniform(1, 4))
        victim = await served.until_serving(within=BACK_WITHIN)
        served.signal_controller(victim, signal.SIGSTOP)
        await served.until_serving(victim, within=BACK_WITHIN)
        await asyncio.sleep(QUIET)
        served.send(signal.SIGSTOP)
        await asyncio.sleep(5)
        served.send(signal.SIGCONT)
        await asyncio.sleep(QUIET)

    return await under_calls(folder, act)


async def upgrade(seeds: Sequence[int], folder: Path) -> Evidence:
    """A rolling upgrade, three times."""
    dice = random.Random(seeds[0])

    async def act(scene: Scene) -> None:
        for _ in range(3):
            await asyncio.sleep(dice.uniform(1, 4))
            old = await scene.served.until_serving(within=BACK_WITHIN)
            scene.served.send(signal.SIGHUP)
            await scene.served.until_serving(old, within=BACK_WITHIN)

    return await under_calls(folder, act)


async def redirect(seeds: Sequence[int], folder: Path) -> Evidence:
    """Somebody takes callers out of whatever they are in, to another line."""
    dice = random.Random(seeds[0])

    async def act(scene: Scene) -> None:
        taken = 0
        # The PBX goes without, and would only say that there is no such command.
        await asyncio.to_thread(rx, scene.pbx, "module load res_clioriginate.so")
        for _ in range(12):
            await asyncio.sleep(dice.uniform(0.2, 1.5))
            if trunks := await scene.channels("ivrctl-lines"):
                where = f"ivrctl-lines,{TARGET},1"
                await asyncio.to_thread(rx, scene.pbx, f"channel redirect {dice.choice(trunks)} {where}")
                taken += 1
        scene.remarks.append(f"callers were taken elsewhere {taken} times")

    found = await under_calls(folder, act)
    if not any(len(call.legs) > 1 for call in found.calls):
        found.faults.append("nobody was taken elsewhere")
    return found


def _restarts(how: str) -> Act:
    async def act(scene: Scene) -> None:
        await asyncio.sleep(QUIET)
        await scene.restart(how)
        await asyncio.sleep(2 * QUIET)

    return act


async def restart_now(_seeds: Sequence[int], folder: Path) -> Evidence:
    """Asterisk restarts at once."""
    return await under_calls(folder, _restarts("core restart now"))


async def restart_gracefully(_seeds: Sequence[int], folder: Path) -> Evidence:
    """Asterisk takes no new calls, and restarts when the last has ended."""

    async def act(scene: Scene) -> None:
        await asyncio.sleep(QUIET)
        await scene.restart("core restart gracefully")
        await asyncio.sleep(10 * QUIET)

    return await under_calls(folder, act)


async def asterisk_killed(_seeds: Sequence[int], folder: Path) -> Evidence:
    """Asterisk is killed and started again."""
    return await under_calls(folder, _restarts("kill -9"))


async def ami(seeds: Sequence[int], folder: Path) -> Evidence:
    """AMI is cut, delayed, sent byte by byte and swallowed; calls do not hear of it."""
    dice = random.Random(seeds[0])

    async def act(scene: Scene) -> None:
        await asyncio.sleep(QUIET)
        for shape in (
            Shape(cut_at={"back": dice.randrange(2000)}),
            Shape(delay=lambda: dice.uniform(0, 0.3)),
            Shape(is_bytewise=True),
        ):
            scene.way.shape = lambda shape=shape: shape  # type: ignore[misc]
            scene.way.cut()
            await asyncio.sleep(QUIET)
        scene.way.shape = Shape
        scene.way.swallow()
        await asyncio.sleep(6 * QUIET)
        scene.way.let_through()
        until_seen = lambda: bool(scene.served.ask("/queues")["seen"]["known"])  # noqa: E731 - read in a thread
        await scene.served.until(until_seen, "the queues are seen again", within=30)

    return await under_calls(folder, act)


LEG_LIMIT = 12
"""Seconds of IVRCTL_LEG_LIMIT in the row that waits for it: no leg of these lines is that long in the flow."""


async def agi_swallowed(_seeds: Sequence[int], folder: Path) -> Evidence:
    """The controller accepts and answers nothing; then no packet of AGI arrives at all. The leg's limit ends both."""

    async def act(scene: Scene) -> None:
        async with BlackHole.opened(scene.pbx.agi) as hole, Way((LOOPBACK, hole.port)) as way:
            usual = ":".join(map(str, scene.pbx.agi))
            await scene.set_global("IVRCTL_LEG_LIMIT", str(LEG_LIMIT))
            await scene.set_global("IVRCTL_AGI", ":".join(map(str, way.address)))
            for ends in (way, hole):
                before = way.connections
                await scene.served.until(lambda before=before: way.connections >= before + 4, "calls go that way")  # type: ignore[misc]
                ends.swallow()
                await asyncio.sleep(LEG_LIMIT + QUIET)
                ends.let_through()
            await scene.set_global("IVRCTL_AGI", usual)
            # Nobody is left on it when it is taken away.
            await scene.served.until(lambda: way.is_idle, "the calls have left that way", LEG_LIMIT + BACK_WITHIN)

    found = await under_calls(folder, act, answered_within=LEG_LIMIT + BACK_WITHIN)
    persons = sum(call.terminal is Terminal.PERSON for call in found.calls)
    if not persons:
        found.faults.append("nobody was brought to a person")
    found.remarks.append(f"IVRCTL_LEG_LIMIT was {LEG_LIMIT} s, where 600 is usual: nothing else ends the silence")
    return found


def _real(
    name: str,
    what: str,
    run: Run,
    *,
    is_of_controller: bool = True,
    needs: Callable[[], str] = needs,
    is_bounded_by_limit: bool = False,
) -> Fault:
    return Fault(
        f"real-{name}",
        what,
        run,
        Where.REAL,
        is_of_controller,
        needs,
        brings_to_person=True,
        most_seeds=1,
        is_bounded_by_limit=is_bounded_by_limit,
    )


FAULTS = (
    _real("kill", "kill -9 of the controller six times and of its parent twice", kill),
    _real("stall", "SIGSTOP of the controller until its parent replaces it; SIGSTOP of the parent for 5 s", stall),
    _real("upgrade", "a rolling upgrade, three times", upgrade),
    _real("redirect", "Redirect of whoever is in our dialplan, twelve times", redirect, is_of_controller=False),
    _real("restart", "Asterisk: core restart now", restart_now, is_of_controller=False),
    _real("graceful", "Asterisk: core restart gracefully", restart_gracefully, is_of_controller=False),
    _real("asterisk-kill", "Asterisk: kill -9, and started again", asterisk_killed, is_of_controller=False),
    _real("ami", "AMI cut, delayed, byte by byte, swallowed for 18 s", ami, is_of_controller=False),
    _real(
        "agi-swallowed",
        "AGI swallowed under calls, behind the accept, then in every packet: TIMEOUT(absolute) brings them to a person",
        agi_swallowed,
        is_of_controller=False,
        is_bounded_by_limit=True,
    ),
    _real("loss", "5 % of all packets lost, in a network of its own", loss, is_of_controller=False, needs=needs_loss),
)
