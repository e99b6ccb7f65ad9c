"""Rows that act on what a controller stands on: databases, disks, interfaces, its site's files, its clock."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import sqlite3
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias
from zoneinfo import ZoneInfo

from ivrctl.errors import IvrctlError
from ivrctl.testkit.interface_server.answers import ANSWERS

from ..matrix import Evidence, Fault
from . import site as texts
from .callers import all_of, personas
from .calls import dice_of
from .world import World, opened

Breaks: TypeAlias = Callable[[World, random.Random], AbstractAsyncContextManager[None]]
"""Something is broken inside of it, and whole again behind."""
CALLERS = 3
"""Of each seed."""


async def while_broken(seeds: Sequence[int], folder: Path, breaks: Breaks, what: str) -> Evidence:
    """Let callers of each seed call while something is broken."""
    async with opened(folder) as world:
        for seed in seeds:
            async with breaks(world, dice_of(seed, what)):
                world.calls += await all_of([world.dial(persona) for persona in personas(seed, CALLERS)])
        return await world.evidence()


# databases


def _databases(world: World) -> list[Path]:
    return [world.site / "store" / "calls.sqlite", world.site / "shop" / "shop.sqlite"]


@contextlib.contextmanager
def _locked(file: Path) -> object:  # type: ignore[misc]  # a generator of nothing
    """Somebody else has the database for himself."""
    connection = sqlite3.connect(file, isolation_level=None, timeout=10)
    try:
        connection.execute("begin immediate")
        yield
        connection.execute("rollback")
    finally:
        connection.close()


async def locked(seeds: Sequence[int], folder: Path) -> Evidence:
    """Both databases are locked by somebody else while the calls last."""

    @asynccontextmanager
    async def breaks(world: World, _dice: random.Random) -> AsyncIterator[None]:
        with contextlib.ExitStack() as stack:
            for file in _databases(world):
                stack.enter_context(_locked(file))  # type: ignore[arg-type]
            yield

    return await while_broken(seeds, folder, breaks, "locked")


async def slow(seeds: Sequence[int], folder: Path) -> Evidence:
    """Somebody else takes both databases again and again, for up to 100 ms."""

    async def take(world: World, dice: random.Random) -> None:
        while True:
            with contextlib.ExitStack() as stack:
                for file in _databases(world):
                    stack.enter_context(_locked(file))  # type: ignore[arg-type]
                await asyncio.sleep(dice.uniform(0, 0.1))
            await asyncio.sleep(dice.uniform(0, 0.05))

    @asynccontextmanager
    async def breaks(world: World, dice: random.Random) -> AsyncIterator[None]:
        taking = asyncio.ensure_future(take(world, dice))
        try:
            yield
        finally:
            taking.cancel()
            await asyncio.gather(taking, return_exceptions=True)

    return await while_broken(seeds, folder, breaks, "slow")


async def down(seeds: Sequence[int], folder: Path) -> Evidence:
    """Both databases are gone; every second time the controller is killed meanwhile."""

    @asynccontextmanager
    async def breaks(world: World, dice: random.Random) -> AsyncIterator[None]:
        folders = [file.parent for file in _databases(world)]
        for each in folders:
            each.rename(each.with_name(f"{each.name}.away"))
        if dice.random() < 0.5:  # noqa: PLR2004 - every second time
            await (await world.until_serving()).kill()
        try:
            yield
        finally:
            for each in folders:
                _put_back(each)
            # What was opened meanwhile is none of the databases that are there again.
            await (await world.until_serving()).kill()

    return await while_broken(seeds, folder, breaks, "down")


def _put_back(folder: Path) -> None:
    if folder.exists():
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()
    folder.with_name(f"{folder.name}.away").rename(folder)


# disks


def mounts_needed() -> str:
    """Whether a disk can be made here."""
    if os.geteuid() != 0:
        return "only root can mount a disk that fills up"
    tried = subprocess.run(["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False)
    return "" if tried.returncode == 0 else "no disk can be mounted here"


@asynccontextmanager
async def disk(folder: Path, size: str) -> AsyncIterator[None]:
    """A disk of its own at a folder."""
    folder.mkdir(parents=True, exist_ok=True)  # noqa: ASYNC240 - before anything runs on the loop
    await _run("mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder))
    try:
        yield
    finally:
        await _run("umount", "--lazy", str(folder))


async def _run(*argv: str) -> None:
    process = await asyncio.create_subprocess_exec(*argv)
    if await process.wait():
        raise OSError(f"{' '.join(argv)} failed")


def _fill(folder: Path) -> Path:
    """Write until the disk refuses."""
    file = folder / "filling"
    with file.open("wb", buffering=0) as filling, contextlib.suppress(OSError):
        for size in (65_536, 512, 1):
            with contextlib.suppress(OSError):
                while True:
                    filling.write(bytes(size))
    return file


def _on_full(part: str) -> Breaks:
    @asynccontextmanager
    async def breaks(world: World, _dice: random.Random) -> AsyncIterator[None]:
        file = await asyncio.to_thread(_fill, world.folder / part)
        try:
            yield
        finally:
            file.unlink()

    return breaks


async def store_full(seeds: Sequence[int], folder: Path) -> Evidence:
    """The disk with the records of calls is full."""
    async with disk(folder / "site" / "store", "8m"):
        return await while_broken(seeds, folder, _on_full("site/store"), "store")


async def state_full(seeds: Sequence[int], folder: Path) -> Evidence:
    """The disk with the journal and the outbox is full."""
    async with disk(folder / "state", "8m"):
        return await while_broken(seeds, folder, _on_full("state"), "state")


async def log_full(seeds: Sequence[int], folder: Path) -> Evidence:
    """The disk with the log is full, and an interface gives much to tell."""

    @asynccontextmanager
    async def breaks(world: World, _dice: random.Random) -> AsyncIterator[None]:
        whole, world.charge = world.charge, replace(world.charge, log=Path("/dev/full"))
        await (await world.until_serving()).kill()
        world.crm.always = "hanging"
        try:
            yield
        finally:
            world.crm.always, world.charge = None, whole
            await (await world.until_serving()).kill()

    return await while_broken(seeds, folder, breaks, "log")


async def read_only(seeds: Sequence[int], folder: Path) -> Evidence:
    """The disk with the records of calls can only be read, for a controller that starts and serves then."""

    @asynccontextmanager
    async def breaks(world: World, _dice: random.Random) -> AsyncIterator[None]:
        store = str(world.site / "store")
        await _run("mount", "--bind", store, store)
        await _run("mount", "-o", "remount,bind,ro", store)
        await (await world.until_serving()).kill()
        try:
            yield
        finally:
            await _run("umount", "--lazy", store)
            await (await world.until_serving()).kill()

    return await while_broken(seeds, folder, breaks, "read-only")


# interfaces, files, clocks


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
"""Those with summer time, in both halves of the world, one of half an hour, one that begins at midnight; and one without."""


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
    """A moment of the next two years near which the zone's clocks change, or any where they never do; not on a minute."""
    begin, there = datetime.now(UTC).replace(minute=0, second=0, microsecond=0), ZoneInfo(zone)
    hours = [begin + timedelta(hours=n) for n in range(0, 2 * 365 * 24)]
    changes = [at for at, then in zip(hours, hours[1:], strict=False) if _offset(at, there) != _offset(then, there)]
    at = dice.choice(changes or hours)
    return at + timedelta(minutes=dice.randrange(-180, 240), seconds=dice.randrange(10, 40))


def _offset(at: datetime, zone: ZoneInfo) -> timedelta | None:
    return at.astimezone(zone).utcoffset()


def _expected(local: datetime) -> str:
    """By the clock on the wall, as the site says: from two to three, and from eight to twenty."""
    return texts.OPEN if local.hour == 2 or 8 <= local.hour < 20 else texts.CLOSED  # noqa: PLR2004 - the site's hours


FAULTS = (
    Fault("database-locked", "both databases are locked by somebody else", locked, is_of_controller=False),
    Fault("database-slow", "both databases are taken again and again for up to 100 ms", slow, is_of_controller=False),
    Fault("database-down", "both databases are gone, and a controller starts without", down, is_of_controller=False),
    Fault("read-only", "the disk of the records can only be read", read_only, is_of_controller=False, needs=mounts_needed),
    Fault("store-full", "the disk of the records is full", store_full, is_of_controller=False, needs=mounts_needed),
    Fault("state-full", "the disk of journal and outbox is full", state_full, is_of_controller=False, needs=mounts_needed),
    Fault("log-full", "the disk of the log is full, and an interface gives much to tell", log_full),
    Fault("interface", "an HTTP interface answers in every wrong way", interfaces, is_of_controller=False),
    Fault("broken-reload", "fifty broken edits are reloaded under the calls of each seed", reloads),
    Fault("clock", "the clock is set around changes of summer time, in six zones", clocks, is_of_controller=False),
)
