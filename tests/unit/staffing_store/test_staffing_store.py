"""What is kept of backup staff is there again as it was."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from ivrctl.adapters.site_store import SiteStore, SiteStoreError, sqlite_url
from ivrctl.adapters.staffing_store import StaffingStore
from ivrctl.adapters.staffing_store.store import LEASE
from ivrctl.adapters.staffing_store.tables import memories
from ivrctl.adapters.staffing_store.writes import (
    KEEP,
    decision_kept,
    lease_ended,
    lease_kept,
    memory_kept,
    sent_kept,
)
from ivrctl.staffing.json_form import memory_to_json

from .conftest import Clock
from .kept import MEMORY, MINUTE, NOW, REASON, decision, lease, order, sent

Make = Callable[..., StaffingStore]


@pytest.fixture
async def acting(controller: Make) -> StaffingStore:
    made = controller()
    await made.lead()
    return made


async def test_a_successor_inherits_all_of_it(acting: StaffingStore, controller: Make) -> None:
    """Leases, memories, orders that have not expired, and what the ceiling counts."""
    await acting.write(lease_kept(lease("8110")), lease_kept(lease("8111", is_confirmed=True)))
    await acting.write(lease_ended(("broadband", "PJSIP/8110")), memory_kept("hotline", MEMORY, NOW))
    for identity, minutes, is_counted in (("1.1", 61, True), ("1.2", 59, True), ("1.3", 1, True), ("1.4", 1, False)):
        await acting.write(sent_kept(sent(identity, at=NOW - minutes * MINUTE, is_counted=is_counted)))
    for each in (order("1"), order("2", NOW)):
        await acting.keep_order(each)
    successor = controller("successor")
    assert await successor.lead()
    found = await successor.inherit(NOW)
    assert found.owned == (lease("8111", is_confirmed=True),)
    assert found.memories == {"hotline": MEMORY}
    assert found.orders == (order("1"),)
    assert found.sent == {"hotline": (NOW - 59 * MINUTE, NOW - MINUTE)}


async def test_a_decision_is_told_with_what_was_done_by_it(acting: StaffingStore) -> None:
    """The last first; or one of them, by its id."""
    await acting.write(*(decision_kept(decision(f"1.{each}", NOW + each * MINUTE)) for each in range(3)))
    await acting.write(sent_kept(sent("1.9", "1.1")))
    await acting.write(sent_kept(replace(sent("1.9", "1.1"), outcome="added", settled_at=NOW + MINUTE)))
    last, middle = await acting.decided(policy="hotline", most=2)
    assert (last.id, middle.id) == ("1.2", "1.1")
    assert middle.reasons == (REASON,)
    assert await acting.decision("1.1") == middle
    assert await acting.decision("1.7") is None
    assert [(one.outcome, one.change.sentence) for one in middle.sent] == [("added", "it was 64 s")]
    assert await acting.decided(policy="other") == ()
    assert [one.id for one in await acting.decided(before=last.at)] == ["1.1", "1.0"]


async def test_leases_go_on_while_their_controller_lives(acting: StaffingStore, clock: Clock) -> None:
    """They are renewed when that is due, and not more often."""
    await acting.write(lease_kept(lease()))
    assert await acting.renew()
    clock.pass_by(29)
    assert not await acting.renew()
    clock.pass_by(1)
    assert await acting.renew()
    assert [one.expires_at for one in await acting.owned()] == [clock() + LEASE]
    clock.pass_by(-3600)
    assert await acting.renew()


async def test_what_is_old_is_forgotten(acting: StaffingStore, clock: Clock) -> None:
    """After ninety days; leases and what is younger stay."""
    old, young = NOW - KEEP - MINUTE, NOW - KEEP + MINUTE
    await acting.write(*(decision_kept(decision(name, at)) for name, at in (("old", old), ("young", young))))
    await acting.write(*(sent_kept(sent(name, "young", at)) for name, at in (("1.1", old), ("1.2", young))))
    await acting.write(lease_kept(lease()), memory_kept("hotline", MEMORY, old))
    await acting.keep_order(order("1", old))
    await acting.renew()
    await acting.flushed()
    (kept,) = await acting.decided()
    assert (kept.id, [one.id for one in kept.sent]) == ("young", ["1.2"])
    found = await acting.inherit(old - MINUTE)
    assert (found.memories, found.orders, len(found.owned)) == ({}, (), 1)


async def test_what_nobody_can_read_of_a_memory_begins_anew(acting: StaffingStore, database: SiteStore) -> None:
    """The rest of it goes on, and that is said."""
    await acting.write(memory_kept("hotline", MEMORY, NOW))
    async with database.writing() as connection:
        await connection.execute(sa.update(memories).values(memory={**memory_to_json(MEMORY), "calm_since": 7}))
    found = await acting.inherit(NOW)
    assert found.memories == {"hotline": replace(MEMORY, calm_since=None)}
    assert [sentence.partition(":")[0] for sentence in found.lost] == ["hotline"]


async def test_writes_of_one_moment_are_one_transaction(acting: StaffingStore) -> None:
    """All of them are there when the first one is."""
    first, *_ = await asyncio.gather(
        _written(acting, "8110"), *(acting.write(lease_kept(lease(f"81{number}"))) for number in range(11, 50))
    )
    assert first == 40


async def _written(store: StaffingStore, number: str) -> int:
    await store.write(lease_kept(lease(number)))
    return len(await store.owned())


class Pauses:
    """Stands for ``asyncio.sleep``: a pause ends when the test says so."""

    def __init__(self) -> None:
        self.begun: asyncio.Queue[float] = asyncio.Queue()
        self.over = asyncio.Event()

    async def __call__(self, seconds: float) -> None:
        """Begin a pause."""
        self.begun.put_nowait(seconds)
        await self.over.wait()


async def test_what_was_done_waits_for_a_database_that_is_away(tmp_path: Path, clock: Clock) -> None:
    """What must be written first fails at once meanwhile, and both are said."""
    folder, pauses, heard = tmp_path / "state", Pauses(), list[str]()
    folder.mkdir()
    database = SiteStore(sqlite_url(folder / "calls.sqlite"))
    store = StaffingStore(database, place="here", holder="one", clock=clock, sleep=pauses, on_trouble=heard.append)
    await store.lead()
    await database.close()
    folder.rename(tmp_path / "away")
    store.write_soon("change", sent_kept(sent()))
    await pauses.begun.get()
    with pytest.raises(SiteStoreError):
        await store.write(lease_kept(lease()))
    store.write_soon("change", sent_kept(replace(sent(), outcome="added")))
    (tmp_path / "away").rename(folder)
    pauses.over.set()
    await store.flushed()
    assert (await store.inherit(NOW)).sent == {"hotline": (NOW,)}
    assert await store.owned() == ()
    await store.give_up()
    await database.close()
    assert [sentence.partition(":")[0] for sentence in heard] == [
        "the database of backup staff is away",
        "the database of backup staff answers again",
    ]
