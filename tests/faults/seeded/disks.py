"""Rows that act on databases and disks: locked, slow, gone, read-only, full."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import sqlite3
import subprocess
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from ..matrix import Evidence, Fault
from .broken import TOGETHER, Breaks, while_broken
from .world import World

# databases


def _databases(world: World) -> list[Path]:
    return [world.site / "store" / "calls.sqlite", world.site / "shop" / "shop.sqlite"]


@contextlib.contextmanager
def _locked(file: Path) -> Iterator[None]:
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
                stack.enter_context(_locked(file))
            yield

    return await while_broken(seeds, folder, breaks, "locked", together=TOGETHER)


async def slow(seeds: Sequence[int], folder: Path) -> Evidence:
    """Somebody else takes both databases again and again, for up to 100 ms."""

    async def take(world: World, dice: random.Random) -> None:
        while True:
            with contextlib.ExitStack() as stack:
                for file in _databases(world):
                    stack.enter_context(_locked(file))
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
    """Both databases are gone; half of the times the controller is killed meanwhile."""

    @asynccontextmanager
    async def breaks(world: World, dice: random.Random) -> AsyncIterator[None]:
        folders = [file.parent for file in _databases(world)]
        for each in folders:
            each.rename(each.with_name(f"{each.name}.away"))
        if dice.random() < 0.5:
            await (await world.until_serving()).kill()
        try:
            yield
        finally:
            for each in folders:
                _put_back(each)
            # What was opened meanwhile is none of the databases that are there again.
            await (await world.until_serving()).kill()

    return await while_broken(seeds, folder, breaks, "down", together=TOGETHER)


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
    async with _mounted(folder, f'mount -t tmpfs -o size={size} none "$1"'):
        yield


@asynccontextmanager
async def _mounted(folder: Path, commands: str) -> AsyncIterator[None]:
    """What commands mount at a folder ``$1``; a process of its own unmounts it, also when this one is killed.

    Raises:
        OSError: it cannot be mounted.
    """
    script = f'{commands.strip()} && echo mounted && read -r _; umount --lazy "$1"'
    argv, pipe = ["sh", "-c", script, "sh", str(folder)], asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*argv, stdin=pipe, stdout=pipe, start_new_session=True)
    assert process.stdout is not None
    if await process.stdout.readline() != b"mounted\n":
        raise OSError(f"{commands}: failed at {folder}")
    try:
        yield
    finally:
        await process.communicate(b"\n")


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
        return await while_broken(seeds, folder, _on_full("site/store"), "store", together=TOGETHER)


async def state_full(seeds: Sequence[int], folder: Path) -> Evidence:
    """The disk with the journal and the outbox is full."""
    async with disk(folder / "state", "8m"):
        return await while_broken(seeds, folder, _on_full("state"), "state", together=TOGETHER)


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

    return await while_broken(seeds, folder, breaks, "log", together=TOGETHER)


READ_ONLY = """
aside=$(mktemp -d) && mount --bind "$1" "$aside" && mount -o remount,bind,ro "$aside" && mount --bind "$aside" "$1" &&
umount "$aside" && rmdir "$aside"
"""
"""Aside, where nobody writes: a place that somebody has opened to write cannot be made so."""


async def read_only(seeds: Sequence[int], folder: Path) -> Evidence:
    """The disk with the records of calls can only be read, for a controller that starts and serves then."""

    @asynccontextmanager
    async def breaks(world: World, _dice: random.Random) -> AsyncIterator[None]:
        async with _mounted(world.site / "store", READ_ONLY):
            await (await world.until_serving()).kill()
            yield
        await (await world.until_serving()).kill()

    return await while_broken(seeds, folder, breaks, "read-only", together=TOGETHER)


FAULTS = (
    Fault("database-locked", "both databases are locked by somebody else", locked, is_of_controller=False),
    Fault("database-slow", "both databases are taken again and again for up to 100 ms", slow, is_of_controller=False),
    Fault("database-down", "both databases are gone, and a controller starts without", down, is_of_controller=False),
    Fault(
        "read-only", "the disk of the records can only be read", read_only, is_of_controller=False, needs=mounts_needed
    ),
    Fault("store-full", "the disk of the records is full", store_full, is_of_controller=False, needs=mounts_needed),
    Fault(
        "state-full", "the disk of journal and outbox is full", state_full, is_of_controller=False, needs=mounts_needed
    ),
    Fault("log-full", "the disk of the log is full, and an interface gives much to tell", log_full),
)
