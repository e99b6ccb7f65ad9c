"""One controller acts at a time, and the one before it writes no more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from ivrctl.adapters.staffing_store import StaffingStore, SupersededError
from ivrctl.adapters.staffing_store.acting import LASTS
from ivrctl.adapters.staffing_store.writes import lease_kept

from .conftest import Clock
from .kept import lease

Make = Callable[..., StaffingStore]


async def test_one_begins_and_goes_on(controller: Make) -> None:
    """Its term stays; asked again it acts still."""
    one = controller()
    assert not one.is_acting
    assert await one.lead()
    assert await one.lead()
    assert one.term == 1


async def test_one_of_another_place_waits_until_the_term_has_run_out(controller: Make, clock: Clock) -> None:
    """As long as the one that acts lives, it renews."""
    one, other = controller("one", "here"), controller("other", "there")
    assert await one.lead()
    assert not await other.lead()
    clock.pass_by(60)
    assert await one.renew()
    clock.pass_by(LASTS.total_seconds() - 1)
    assert not await other.lead()
    clock.pass_by(2)
    assert await other.lead()
    assert other.term == 2


async def test_a_successor_of_the_same_place_begins_at_once(controller: Make) -> None:
    """The one before it was killed, or hands over: it is refused from now on, and does not come back."""
    one, successor = controller("one"), controller("successor")
    assert await one.lead()
    assert await successor.lead()
    with pytest.raises(SupersededError):
        await one.write(lease_kept(lease()))
    assert not one.is_acting
    assert not await one.lead()
    assert await successor.owned() == ()
    await successor.write(lease_kept(lease()))
    assert await successor.owned() == (lease(),)


async def test_one_that_gives_up_is_followed_at_once(controller: Make) -> None:
    """What it has handed in is written before."""
    one, other = controller("one", "here"), controller("other", "there")
    await one.lead()
    one.write_soon("lease", lease_kept(lease()))
    await one.give_up()
    assert not one.is_acting
    assert await other.lead()
    assert (await other.inherit(lease().since)).owned == (lease(),)


async def test_of_two_that_begin_in_one_moment_one_acts(controller: Make) -> None:
    """And both know which."""
    both = controller("one", "here"), controller("other", "there")
    assert sorted(await asyncio.gather(*(each.lead() for each in both))) == [False, True]
    found = await both[0].acting()
    assert found is not None
    assert found.holder == next(name for name, each in zip(("one", "other"), both, strict=True) if each.is_acting)


async def test_who_does_not_act_writes_nothing(controller: Make) -> None:
    """What is handed in goes nowhere, and who waits is told."""
    one = controller()
    one.write_soon("lease", lease_kept(lease()))
    with pytest.raises(SupersededError):
        await one.write(lease_kept(lease()))
    assert await one.owned() == ()
    assert await one.acting() is None
