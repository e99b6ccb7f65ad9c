"""A controller is killed between any two of its steps, and its successor goes on: nobody is left behind."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ivrctl.adapters.site_store import sqlite_url
from ivrctl.staffing.decision import Wanted
from ivrctl.testkit.fake_ami import Answering

from ..staffing.memberships import wanted  # noqa: TID252 - test folders are no packages to import from
from .floor import Controller, Floor

BEFORE = (wanted("8110"), wanted("8111"))
BEHIND = (wanted("8111", penalty=7), wanted("8112", queue="mobile"))
"""One goes, one has another penalty, one comes."""


@pytest.fixture
async def floor(tmp_path: Path) -> AsyncIterator[Floor]:
    async with Floor(sqlite_url(tmp_path / "calls.sqlite")) as opened:
        yield opened


async def live(controller: Controller) -> None:
    """Everything that one does."""
    await controller.begin()
    await controller.has(*BEFORE)
    await controller.has(*BEHIND)
    await controller.store.flushed()


async def until_killed(controller: Controller) -> bool:
    """Let one live; False where it lived to the end."""
    living, killed = asyncio.ensure_future(live(controller)), asyncio.ensure_future(controller.steps.killed.wait())
    await asyncio.wait({living, killed}, return_when=asyncio.FIRST_COMPLETED)
    if living.done() and not controller.steps.killed.is_set():
        # One that was not done in time has not lived to the end.
        living.result()
    for task in (living, killed):
        task.cancel()
    await asyncio.gather(living, killed, return_exceptions=True)
    return controller.steps.killed.is_set()


async def is_left_behind(floor: Floor) -> set[tuple[str, str]]:
    """Members whom a controller has added and no lease names."""
    members = {(queue, f"PJSIP/{number}") for queue in floor.pbx.queues for number in floor.members(queue)}
    return members - await floor.leases()


def penalties(people: tuple[Wanted, ...]) -> dict[tuple[str, str], int]:
    return {(each.queue, each.interface.removeprefix("PJSIP/")): each.penalty for each in people}


async def killed_at(floor: Floor, step: int) -> bool:
    """One is killed at a step; its successor has everybody who is wanted, and in the end sends all home."""
    controller = floor.mortal("one", step)
    was_killed = await until_killed(controller)
    await controller.stop()
    assert await is_left_behind(floor) == set()
    successor = await floor.controller("successor", *BEHIND)
    await successor.has(*BEHIND)
    members = {(queue, number): at for queue in floor.pbx.queues for number, at in floor.members(queue).items()}
    assert members == penalties(BEHIND)
    await successor.has()
    await successor.store.flushed()
    assert await floor.leases() == set()
    assert await is_left_behind(floor) == set()
    await successor.stop()
    return was_killed


@pytest.mark.parametrize("step", [4, 10])
async def test_killed_at_a_step_it_leaves_nobody_behind(floor: Floor, step: int) -> None:
    """Every member whom it has begun has a lease at that moment, and the successor goes by it."""
    assert await killed_at(floor, step)


@pytest.mark.thorough
@pytest.mark.timeout(240)
@pytest.mark.parametrize("how", [Answering.AT_ONCE, Answering.CUT_BEHIND, Answering.NEVER])
async def test_killed_at_any_step_it_leaves_nobody_behind(tmp_path: Path, steps: range, how: Answering) -> None:
    """Between any two of them; also where an action has had no answer."""
    survived = None
    for step in steps:
        async with Floor(sqlite_url(tmp_path / f"{step}.sqlite")) as floor:
            floor.asterisk.answering.append(how)
            if not await killed_at(floor, step):
                survived = step
                break
    assert survived is not None
    assert survived > 20
