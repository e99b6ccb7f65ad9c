"""Rows that act on what a controller stands on: interfaces, the files of its site, its clock."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from zoneinfo import ZoneInfo

from ivrctl.errors import IvrctlError
from ivrctl.testkit.interface_server.answers import ANSWERS

from ..matrix import Evidence, Fault
from . import site as texts
from .broken import while_broken
from .callers import all_of, personas
from .calls import dice_of
from .world import World, opened


async def interfaces(seeds: Sequence[int], folder: Path) -> Evidence:
    """The interface answers in every wrong way there is, one for each seed."""
    kinds = sorted(ANSWERS)

    @asynccontextmanager
    async def breaks(world: World, dice: random.Random) -> AsyncIterator[None]:
        world.crm.always = dice.choice(kinds)
        try:
            yield
        finally:
            world.crm.always = None

    return await while_broken(seeds, folder, breaks, "interface")


RELOADS = 50
"""Of each seed."""


async def reloads(seeds: Sequence[int], folder: Path) -> Evidence:
    """The flow is broken and reloaded fifty times under the calls of each seed."""
    refused: list[bool] = []

    async def edit(world: World, dice: random.Random) -> None:
        flow = world.site / "main.ivr.yaml"
        good = flow.read_text(encoding="utf-8")
        for _ in range(RELOADS):
            flow.write_bytes(_broken(good, dice).encode("utf-8", "replace"))
            refused.append(not await _reload(world))
        flow.write_text(good, encoding="utf-8")

    @asynccontextmanager
    async def breaks(world: World, dice: random.Random) -> AsyncIterator[None]:
        editing = asyncio.ensure_future(edit(world, dice))
        yield
        await editing
        if not await _reload(world):
            faults.append("a site that is whole again was refused")

    faults: list[str] = []
    evidence = await while_broken(seeds, folder, breaks, "reload")
    evidence.faults += faults
    evidence.remarks.append(f"{sum(refused)} of {len(refused)} edits were refused, the others still meant something")
    return evidence


def _broken(text: str, dice: random.Random) -> str:
    at = dice.randrange(len(text))
    lines = text.splitlines(keepends=True)
    match dice.randrange(4):
        case 0:
            return text[:at]
        case 1:
            return text[:at] + dice.choice("{[]}:&*!|>'\"\t\x00#,") + text[at:]
        case 2:
            return text.replace("goto: order", f"goto: {dice.randrange(10**6)}", 1)
        case _:
            number = dice.randrange(len(lines))
            return "".join(lines[:number] + lines[number + 1 :])


async def _reload(world: World) -> bool:
    try:
        answer = await world.ask("/reload", "POST")
    except IvrctlError:
        return False
    return answer["rejected"] is None


ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "America/Santiago",
    "Australia/Lord_Howe",
    "Africa/Cairo",
    "Asia/Shanghai",
)
"""With summer time in both halves of the world, one of half an hour, one that begins at midnight; and one without."""


MOMENTS = 3
"""To which the clock is set under the calls of a seed."""


async def clocks(seeds: Sequence[int], folder: Path) -> Evidence:
    """The clock is set to moments around both changes of summer time, back and forth, while callers call."""
    faults, zone = [], "Europe/Berlin"
    async with opened(folder, is_clock_set=True) as world:
        for seed in seeds:
            dice = dice_of(seed, "clock")
            zone = await _moved(world, zone, ZONES[seed % len(ZONES)])
            calling = asyncio.ensure_future(all_of([world.dial(persona) for persona in personas(seed, 2)]))
            for _ in range(MOMENTS):
                moment = _near_a_change(zone, dice)
                world.set_clock(moment.timestamp() - time.time())
                [caller] = personas(dice.randrange(10**6), 1, texts.DESK_HOURS)
                [call] = await all_of([world.dial(caller)])
                said = {text for text in call.heard if text in {texts.OPEN, texts.CLOSED}}
                if said != {_expected(moment.astimezone(ZoneInfo(zone)))}:
                    faults.append(f"seed {seed}: at {moment.isoformat()} in {zone} was said {said}")
                world.calls.append(call)
            world.calls += await calling
        evidence = await world.evidence()
    evidence.faults += faults
    return evidence


async def _moved(world: World, zone: str, to: str) -> str:
    """Have the site lie in another time zone."""
    file = world.site / "ivrctl.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace(zone, to), encoding="utf-8")
    await _reload(world)
    return to


def _near_a_change(zone: str, dice: random.Random) -> datetime:
    """A moment of two years near a change of the zone's clocks, or any where there is none; not on a minute."""
    begin, there = datetime.now(UTC).replace(minute=0, second=0, microsecond=0), ZoneInfo(zone)
    hours = [begin + timedelta(hours=n) for n in range(2 * 365 * 24)]
    changes = [at for at, then in pairwise(hours) if _offset(at, there) != _offset(then, there)]
    at = dice.choice(changes or hours)
    return at + timedelta(minutes=dice.randrange(-180, 240), seconds=dice.randrange(10, 40))


def _offset(at: datetime, zone: ZoneInfo) -> timedelta | None:
    return at.astimezone(zone).utcoffset()


def _expected(local: datetime) -> str:
    """By the clock on the wall, as the site says: from two to three, and from eight to twenty."""
    return texts.OPEN if local.hour == 2 or 8 <= local.hour < 20 else texts.CLOSED


FAULTS = (
    Fault("interface", "an HTTP interface answers in every wrong way", interfaces, is_of_controller=False),
    Fault("broken-reload", "fifty broken edits are reloaded under the calls of each seed", reloads),
    Fault("clock", "the clock is set around changes of summer time, in six zones", clocks, is_of_controller=False),
)
