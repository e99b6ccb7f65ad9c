"""Rows that act on calls at a chosen command: hang up, take elsewhere, cut or bend the way."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from ..matrix import Evidence, Fault
from ..way import Shape
from . import site
from .callers import OnePhone, all_of, personas
from .settings import LEG_SECONDS
from .wire import Moment, Passing
from .world import PARALLEL, World, opened

COMMANDS = 26
"""A call that goes through everything has about so many."""

Act: TypeAlias = Callable[[World, OnePhone], Coroutine[None, None, None]]


@dataclass(slots=True)
class Trigger:
    """What happens to a call at one of its commands."""

    number: int
    moment: Moment
    act: Callable[[], Awaitable[None]]
    is_pulled: bool = False


@dataclass(slots=True)
class Triggers:
    """Those of all calls, by uniqueid; the watch of a wire."""

    of: dict[str, Trigger] = field(default_factory=dict)

    async def __call__(self, passing: Passing) -> None:
        """Pull the one that is due."""
        trigger = self.of.get(passing.uniqueid)
        if trigger is None or trigger.is_pulled or passing.moment is not trigger.moment:
            return
        if passing.number >= trigger.number:
            trigger.is_pulled = True
            await trigger.act()


def dice_of(seed: int, what: str) -> random.Random:
    """The chances of a seed."""
    return random.Random(f"{what} {seed}")


async def at_commands(
    seeds: Sequence[int],
    folder: Path,
    act: Act,
    *,
    together: int = 1,
    callers: int = 1,
    leg_seconds: float = LEG_SECONDS,
) -> Evidence:
    """Let callers of each seed call, and act on the first of them at a command that the seed chooses.

    Args:
        seeds: of the runs.
        folder: of the world.
        act: what is done.
        together: so many seeds at one time.
        callers: of each seed.
        leg_seconds: TIMEOUT(absolute).
    """
    async with opened(folder, leg_seconds=leg_seconds) as world:
        triggers = Triggers()
        world.wire.watch = triggers
        for first in range(0, len(seeds), together):
            phones = []
            for seed in seeds[first : first + together]:
                dice = dice_of(seed, "command")
                of_seed = [world.dial(persona) for persona in personas(seed, callers)]
                uniqueid = of_seed[0].caller.channel.uniqueid
                act_now = _bound(act, world, of_seed[0])
                triggers.of[uniqueid] = Trigger(dice.randrange(1, COMMANDS), dice.choice(list(Moment)), act_now)
                phones += of_seed
            world.calls += await all_of(phones)
        evidence = await world.evidence()
        pulled = sum(trigger.is_pulled for trigger in triggers.of.values())
        evidence.remarks.append(f"{pulled} of {len(triggers.of)} calls lasted until their command")
        return evidence


def _bound(act: Act, world: World, phone: OnePhone) -> Callable[[], Awaitable[None]]:
    async def bound() -> None:
        # It goes on when the session ends by it.
        await asyncio.shield(world.later(act(world, phone)))

    return bound


async def hang_up(seeds: Sequence[int], folder: Path) -> Evidence:
    """The caller hangs up."""

    async def act(_world: World, phone: OnePhone) -> None:
        phone.hang_up()

    return await at_commands(seeds, folder, act, together=PARALLEL)


async def redirect(seeds: Sequence[int], folder: Path) -> Evidence:
    """Somebody takes the caller to another line: a REFER of his, or AMI's Redirect."""

    async def act(_world: World, phone: OnePhone) -> None:
        phone.redirect(site.TARGET)

    return await at_commands(seeds, folder, act, together=PARALLEL)


async def _shaped(seeds: Sequence[int], folder: Path, shape: Callable[[int], Callable[[], Shape]]) -> Evidence:
    """Let a caller of each seed call over a way that is shaped so, session by session."""
    async with opened(folder) as world:
        for first in range(0, len(seeds), PARALLEL):
            phones, shapes = [], {}
            for seed in seeds[first : first + PARALLEL]:
                [persona] = personas(seed, 1)
                phones.append(world.dial(persona))
                shapes[phones[-1].caller.channel.uniqueid] = shape(seed)
            world.wire.shape_of = lambda uniqueid, of=shapes: of[uniqueid]() if uniqueid in of else Shape()  # type: ignore[misc]
            world.calls += await all_of(phones)
        return await world.evidence()


async def cut(seeds: Sequence[int], folder: Path) -> Evidence:
    """The way is reset behind any byte, up to three times in a call."""

    def shape(seed: int) -> Callable[[], Shape]:
        dice = dice_of(seed, "cut")
        cuts = [Shape(cut_at={dice.choice(["back", "there"]): dice.randrange(600)}) for _ in range(dice.randint(1, 3))]
        return lambda: cuts.pop() if cuts else Shape()

    return await _shaped(seeds, folder, shape)


async def bytewise(seeds: Sequence[int], folder: Path) -> Evidence:
    """Each byte comes in a segment of its own."""
    return await _shaped(seeds, folder, lambda _seed: lambda: Shape(is_bytewise=True))


async def delayed(seeds: Sequence[int], folder: Path) -> Evidence:
    """Each segment takes up to 30 ms; one in twenty is lost, and sent again by TCP 200 ms later."""

    def shape(seed: int) -> Callable[[], Shape]:
        dice = dice_of(seed, "delay")
        return lambda: Shape(delay=lambda: 0.2 if dice.random() < 0.05 else dice.uniform(0, 0.03))

    return await _shaped(seeds, folder, shape)


async def swallowed(seeds: Sequence[int], folder: Path) -> Evidence:
    """From a command on nothing comes through, and nobody is told: TIMEOUT(absolute), here of a minute, ends it."""

    async def act(_world: World, phone: OnePhone) -> None:
        await phone.until_over()

    return await at_commands(seeds, folder, act, together=PARALLEL, leg_seconds=60.0)


FAULTS = (
    Fault("hang-up", "the caller hangs up before, during or behind any command", hang_up),
    Fault("redirect", "REFER or Redirect takes the caller elsewhere before, during or behind any command", redirect),
    Fault("agi-cut", "AGI reset behind any byte of either direction, up to three times in a call", cut),
    Fault("agi-bytewise", "AGI in segments of one byte", bytewise),
    Fault("agi-delayed", "AGI delayed by up to 30 ms a segment, 5 % of them lost for 200 ms", delayed),
    Fault(
        "agi-swallowed",
        "AGI swallowed from any command on: TIMEOUT(absolute) brings the caller to a person",
        swallowed,
        is_of_controller=False,
        brings_to_person=True,
    ),
)
