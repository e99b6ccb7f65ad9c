"""Rows of what goes on beside calls: notices that somebody makes, and members of queues over a bad AMI."""

from __future__ import annotations

import asyncio
import contextlib
import random
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from ivrctl.adapters.site_store import sqlite_url
from ivrctl.errors import IvrctlError
from ivrctl.staffing.decision import Wanted
from ivrctl.testkit.fake_ami import Answering
from ivrctl.testkit.fake_ami import Fault as AmiFault

from ...unit.staffing.memberships import wanted
from ...unit.staffing_actuator.floor import Controller, Floor
from ..matrix import CallSeen, Evidence, Fault
from ..reading import texts_of_sounds
from ..way import Shape, Way
from .callers import all_of, personas
from .calls import dice_of
from .world import World, opened

VISIBLE_WITHIN = 5.0
"""Seconds; the pauses are fifty times as short, and 15 s are allowed to notice that a way swallows everything."""
HEARD_AFTER = 1.05
"""Seconds from the answer to a call that hears it."""


async def notices(seeds: Sequence[int], folder: Path) -> Evidence:
    """The controller is killed around a notice that somebody makes; what was acknowledged is heard a second later."""
    announced: list[tuple[str, CallSeen]] = []
    async with opened(folder) as world:
        for seed in seeds:
            text = f"There is fault number {seed} in the north."
            is_kept = await _announced(world, text, dice_of(seed, "notice"))
            await world.until_serving()
            if is_kept:
                await asyncio.sleep(HEARD_AFTER)
            world.calls += await all_of([world.dial(persona) for persona in personas(seed, 1)])
            if is_kept:
                said = texts_of_sounds(world.site / "sounds", f"{world.site}/sounds")
                call = world.calls[-1]
                announced.append((text, replace(call, heard=tuple(said.get(file, file) for file in call.heard))))
            await _end_all(world)
        evidence = await world.evidence()
    evidence.notices = announced
    evidence.remarks.append(f"{len(announced)} of {len(seeds)} notices were acknowledged")
    return evidence


async def _announced(world: World, text: str, dice: random.Random) -> bool:
    """Make a notice, and kill the controller meanwhile; whether it was acknowledged."""
    controller = await world.until_serving()
    await controller.until_serving()
    making = asyncio.ensure_future(world.ask("/notices", "POST", {"texts": {"en": text}, "lasts": "1h"}))
    await asyncio.wait([making], timeout=dice.uniform(0.0, 0.08))
    await controller.kill()
    try:
        return bool((await making).get("notice"))
    except IvrctlError:
        return False


async def _end_all(world: World) -> None:
    controller = await world.until_serving()
    await controller.until_serving()
    standing = (await world.ask("/notices"))["notices"]
    assert isinstance(standing, list)
    for notice in standing:
        await world.ask(f"/notices/{notice['id']}", "DELETE")


# members


@asynccontextmanager
async def floor_in(folder: Path) -> AsyncIterator[Floor]:
    """An Asterisk with queues, and a database."""
    folder.mkdir(parents=True)  # noqa: ASYNC240 - before anything runs on the loop
    async with Floor(sqlite_url(folder / "calls.sqlite")) as floor:
        yield floor
    shutil.rmtree(folder)


async def members(seeds: Sequence[int], folder: Path) -> Evidence:
    """People come and go over an AMI that is cut, slow, in pieces, silent, or answers in every wrong way."""
    desired, there, pending = set[str](), set[str](), set[str]()
    faults = list[str]()
    async with floor_in(folder) as floor, Way(floor.asterisk.address) as way:
        direct, floor.asterisk.address = floor.asterisk.address, way.address
        controller = await floor.controller()
        floor.asterisk.address = direct
        for seed in seeds:
            people = _people(dice_of(seed, "people"))
            await _broken(floor, way, controller, people, dice_of(seed, "ami"))
            for names, found in zip((desired, there, pending), _standing(floor, controller, people), strict=True):
                names |= {f"seed {seed}: {name}" for name in found}
            _heal(floor, way)
            try:
                await controller.has(*people, within=30)
            except TimeoutError:
                faults.append(f"seed {seed}: {people} are wanted, {floor.members()} are there long after")
    evidence = Evidence(members=(frozenset(desired), frozenset(there), frozenset(pending)))
    evidence.faults = faults
    evidence.remarks.append(f"{way.connections} connections to AMI")
    return evidence


def _people(dice: random.Random) -> list[Wanted]:
    return [wanted(number, penalty=dice.choice([5, 7])) for number in dice.sample([f"811{n}" for n in range(8)], 4)]


async def _broken(floor: Floor, way: Way, controller: Controller, people: list[Wanted], dice: random.Random) -> None:
    """Break AMI in a way of the seed's, want other people, and let some time pass."""
    match dice.randrange(6):
        case 0:
            floor.asterisk.answering.extend(dice.choice(list(Answering)) for _ in range(dice.randint(1, 6)))
        case 1:
            floor.asterisk.fault = dice.choice([AmiFault.SILENT, AmiFault.REFUSING, AmiFault.FLAPPING])
            floor.asterisk.cut()
        case 2:
            way.swallow()
        case 3:
            way.shape, cuts = lambda: Shape(cut_at={"there": dice.randrange(2000), "back": dice.randrange(4000)}), 3
            for _ in range(cuts):
                floor.asterisk.cut()
        case 4:
            way.shape = lambda: Shape(is_bytewise=True)
            floor.asterisk.cut()
        case _:
            way.shape = lambda: Shape(delay=lambda: dice.uniform(0, 0.02))
            floor.asterisk.cut()
    await controller.want(*people)
    with contextlib.suppress(TimeoutError):
        await floor.until(controller.is_settled, dice.uniform(0.05, 0.5))

    def is_visible() -> bool:
        to_be, are, coming = _standing(floor, controller, people)
        return to_be ^ are <= coming

    with contextlib.suppress(TimeoutError):
        await floor.until(is_visible, VISIBLE_WITHIN)


def _standing(floor: Floor, controller: Controller, people: list[Wanted]) -> tuple[set[str], set[str], set[str]]:
    """Who is to be a member, who is by the queue's own account, and of whom it can be seen that it is not done yet.

    A controller that does not see the queues says so, and that goes for everybody.
    """
    desired = {each.interface for each in people}
    there = {f"PJSIP/{name}" for name in floor.members()}
    pending = {each.change.interface for each in controller.actuator.pending}
    return desired, there, pending if controller.picture.is_known else pending | (desired ^ there)


def _heal(floor: Floor, way: Way) -> None:
    floor.asterisk.answering.clear()
    floor.asterisk.answer_late()
    floor.asterisk.fault = AmiFault.NONE
    way.shape = Shape
    way.let_through()
    floor.asterisk.cut()


FAULTS = (
    Fault("notice", "kill -9 of the controller around a notice that somebody makes", notices),
    Fault(
        "ami",
        "AMI cut, delayed, in segments of one byte, swallowed, silent, refusing, answering late, twice, never or no",
        members,
        is_of_controller=False,
    ),
)
