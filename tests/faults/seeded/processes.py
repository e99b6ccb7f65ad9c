"""Rows that act on the controller's process under calls: kill it, stop it, replace it, starve it of descriptors."""

from __future__ import annotations

import asyncio
import random
import signal
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from ..matrix import Evidence, Fault
from .callers import OnePhone, all_of, personas
from .calls import at_commands, dice_of
from .world import World, opened

STARTS = 0.2
"""Seconds of a start, from the fork to a controller that serves."""
MANY = 12
"""Callers of a seed at one time."""
DESCRIPTORS = 66
"""A controller that has served holds some sixty."""


async def kill(seeds: Sequence[int], folder: Path) -> Evidence:
    """The controller is killed; its parent starts the next."""

    async def act(world: World, _phone: OnePhone) -> None:
        if world.controller is not None:
            await world.controller.kill()

    return await at_commands(seeds, folder, act, callers=2)


async def kill_both(seeds: Sequence[int], folder: Path) -> Evidence:
    """Parent and controller are killed; they are started again some moments later."""
    dice = random.Random("away")

    async def come_back(world: World) -> None:
        await asyncio.sleep(dice.uniform(0, 0.1))
        await world.come_back()

    async def act(world: World, _phone: OnePhone) -> None:
        await world.go_away()
        world.later(come_back(world))

    return await at_commands(seeds, folder, act, callers=2)


async def stall(seeds: Sequence[int], folder: Path) -> Evidence:
    """The controller is stopped; it goes on after a moment, or is given up, killed and replaced."""
    dice = random.Random("stall")

    async def act(world: World, _phone: OnePhone) -> None:
        if world.controller is not None:
            world.controller.send(signal.SIGSTOP)
            await asyncio.sleep(dice.uniform(0, 0.2))
            world.controller.send(dice.choice([signal.SIGCONT, signal.SIGKILL]))

    return await at_commands(seeds, folder, act, callers=2)


async def upgrade(seeds: Sequence[int], folder: Path) -> Evidence:
    """A new controller takes the new calls; the old one is told to leave as soon as it serves."""

    async def act(world: World, _phone: OnePhone) -> None:
        await world.succeed()

    return await at_commands(seeds, folder, act, callers=3)


async def start_up(seeds: Sequence[int], folder: Path) -> Evidence:
    """The controller is killed, and its successor is told to leave at some moment of its start."""
    dice = random.Random("start")

    async def act(world: World, _phone: OnePhone) -> None:
        before = world.controller
        if before is None:
            return
        await before.kill()
        while world.controller is before:  # noqa: ASYNC110 - the parent of these runs tells nobody
            await asyncio.sleep(0.001)
        await asyncio.sleep(dice.uniform(0, STARTS))
        if world.controller is not None:
            world.leaving(world.controller)

    return await at_commands(seeds, folder, act, callers=2)


async def kill_live(seeds: Sequence[int], folder: Path) -> Evidence:
    """The controller is killed three times at moments by chance, under a dozen calls."""
    async with opened(folder) as world:
        for seed in seeds:
            dice = dice_of(seed, "moments")
            calling = asyncio.ensure_future(all_of([world.dial(persona) for persona in personas(seed, MANY)]))
            for _ in range(3):
                await asyncio.sleep(dice.uniform(0, 0.2))
                await (await world.until_serving()).kill()
            world.calls += await calling
        return await world.evidence()


async def descriptors(seeds: Sequence[int], folder: Path) -> Evidence:
    """The controller may open only few files more than it has, and a dozen callers come at once."""
    async with opened(folder) as world:
        whole = world.charge
        world.charge = replace(whole, descriptors=DESCRIPTORS)
        await (await world.until_serving()).kill()
        for seed in seeds:
            world.calls += await all_of([world.dial(persona) for persona in personas(seed, MANY)])
        world.charge = whole
        await (await world.until_serving()).kill()
        await world.until_serving()
        return await world.evidence()


FAULTS = (
    Fault("kill", "kill -9 of the controller before, during or behind any command", kill),
    Fault("kill-live", "kill -9 of the controller three times under a dozen calls", kill_live),
    Fault(
        "kill-both",
        "kill -9 of controller and parent at any command; nobody listens for up to 4 s",
        kill_both,
        brings_to_person=True,
    ),
    Fault("stall", "SIGSTOP at any command, then SIGCONT or kill -9", stall),
    Fault("upgrade", "a rolling upgrade at any command", upgrade),
    Fault("start-up", "kill -9 at any command, and SIGTERM to the successor at any moment of its start", start_up),
    Fault("descriptors", "no descriptors left under a dozen calls", descriptors, brings_to_person=True),
)
