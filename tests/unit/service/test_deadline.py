"""A block of code has so much time, wherever it stands."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from ivrctl.adapters.deadline import Deadline

Block = Callable[[], Awaitable[None]]
MOMENT = 0.01
FOR_EVER = 60.0


async def for_ever() -> None:
    await asyncio.sleep(FOR_EVER)


async def too_long() -> None:
    async with Deadline(MOMENT):
        await for_ever()


async def test_a_block_in_time_is_left_alone() -> None:
    """Nothing of it goes on behind the block."""
    async with Deadline(FOR_EVER):
        await asyncio.sleep(0)
    assert asyncio.current_task().cancelling() == 0  # type: ignore[union-attr]


@pytest.mark.parametrize("seconds", [MOMENT, 0.0, -1.0])
async def test_a_block_that_takes_too_long_ends_as_a_timeout(seconds: float) -> None:
    """Also one whose time was over before it began."""
    with pytest.raises(TimeoutError):
        async with Deadline(seconds):
            await for_ever()
    assert asyncio.current_task().cancelling() == 0  # type: ignore[union-attr]


async def test_an_inner_deadline_is_the_inner_ones() -> None:
    """Of two, the one that is over ends its block."""
    async with Deadline(FOR_EVER):
        with pytest.raises(TimeoutError):
            await too_long()


async def test_what_the_block_raises_is_kept() -> None:
    """A deadline changes no other error."""
    with pytest.raises(ValueError, match="its own"):
        async with Deadline(FOR_EVER):
            raise ValueError("its own")


async def closing(block: Block, raised: list[type[BaseException]]) -> None:
    """Wait to be cancelled; then close with a block, and note what it raises."""
    try:
        await for_ever()
    finally:
        try:
            await block()
        except BaseException as error:  # noqa: BLE001 - cancellation is what is looked for
            raised.append(type(error))


async def test_closing_behind_a_cancellation_gets_its_timeout() -> None:
    """In Python 3.11.0 to 3.11.2 ``asyncio.timeout`` raises CancelledError there, and closing is given up."""
    raised: list[type[BaseException]] = []
    task = asyncio.ensure_future(closing(too_long, raised))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.wait({task}, timeout=FOR_EVER / 2)
    assert raised == [TimeoutError]
    assert task.cancelled()


@pytest.mark.parametrize("seconds", [FOR_EVER, 0.0])
async def test_a_cancellation_of_somebody_else_stays_one(seconds: float) -> None:
    """Also one that comes in the very moment in which the time is over; and behind an earlier cancellation, too."""
    entered, raised = asyncio.Event(), list[type[BaseException]]()

    async def block() -> None:
        async with Deadline(seconds):
            entered.set()
            await for_ever()

    for task in (asyncio.ensure_future(block()), asyncio.ensure_future(closing(block, raised))):
        await asyncio.sleep(0)
        if not entered.is_set():
            task.cancel()
            await entered.wait()
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()
        entered.clear()
    assert raised == [asyncio.CancelledError]
