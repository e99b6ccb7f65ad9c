from __future__ import annotations

import asyncio

import pytest

from ivrctl.adapters.fastagi_server.waiting_room import WaitingRoom
from ivrctl.adapters.fastagi_server.wire import AgiWire


def wire_of(host: str) -> AgiWire:
    wire = AgiWire(lambda _: None, lambda *_: None, lambda _: None)
    wire.host = host
    return wire


@pytest.fixture
async def room() -> WaitingRoom:
    """An empty waiting room, on a running loop, which wires need."""
    asyncio.get_running_loop()
    return WaitingRoom()


async def test_oldest_is_who_came_first(room: WaitingRoom) -> None:
    """The order of coming is the order of going."""
    first, second = wire_of("a"), wire_of("b")
    room.enter(first)
    room.enter(second)
    assert room.oldest() is first
    room.leave(first)
    assert room.oldest() is second


async def test_leaving_twice_counts_once(room: WaitingRoom) -> None:
    """A connection makes its request, and later ends: it left the room at the first."""
    one, other = wire_of("a"), wire_of("a")
    room.enter(one)
    room.enter(other)
    room.leave(one)
    room.leave(one)
    assert room.of("a") == 1


async def test_surplus_of_each_address_is_its_oldest(room: WaitingRoom) -> None:
    """Who has too many loses the oldest of them; another address loses nothing."""
    crowd = [wire_of("a") for _ in range(4)]
    single = wire_of("b")
    for wire in (single, *crowd):
        room.enter(wire)
    assert list(room.too_many(2)) == crowd[:2]


async def test_empty_room_has_nobody(room: WaitingRoom) -> None:
    """Nobody waits, nobody is too many."""
    assert room.oldest() is None
    assert list(room.too_many(0)) == []
