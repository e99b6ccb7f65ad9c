"""What the tests of this folder run on."""

from __future__ import annotations

import asyncio
import time

import pytest

from ivrctl.adapters.deadline import Deadline


async def test_time_in_which_a_test_is_not_let_run_does_not_count() -> None:
    """Its deadlines are as long as they are on a machine of its own."""
    began = asyncio.get_running_loop().time()
    async with Deadline(0.1):
        time.sleep(0.3)  # noqa: ASYNC251 - as on a machine that is busy with others
        for _ in range(3):
            await asyncio.sleep(0)
    assert asyncio.get_running_loop().time() - began < 0.1


async def _work_until(end: float) -> None:
    while time.monotonic() < end:
        sum(range(10_000))
        await asyncio.sleep(0)


async def test_waiting_and_working_count() -> None:
    """A deadline ends whatever waits for it, or takes the processor for itself."""
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        async with Deadline(0.05):
            await asyncio.Event().wait()
    with pytest.raises(TimeoutError):
        async with Deadline(0.05):
            await _work_until(began + 30)
