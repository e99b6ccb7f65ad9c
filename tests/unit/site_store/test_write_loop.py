"""The task that writes: how it ends."""

from __future__ import annotations

import asyncio

from ivrctl.adapters.site_store.write_loop import Words, WriteLoop

MOMENT = 0.01


async def test_a_database_that_does_not_answer_keeps_nobody_from_closing() -> None:
    """Also where who closes was cancelled, as all are when a controller ends: no task is left that holds it."""
    hangs, closed = asyncio.Event(), list[bool]()

    async def turn() -> bool:
        hangs.set()
        await asyncio.Event().wait()
        return True

    async def serve() -> None:
        writing = WriteLoop(turn, lambda: False, Words("away", "back", "ended"), report=print, sleep=asyncio.sleep)
        writing.start("writes")
        writing.wake()
        try:
            await asyncio.Event().wait()
        finally:
            await writing.stop(within=MOMENT)
            closed.append(True)

    before = asyncio.all_tasks()
    serving = asyncio.ensure_future(serve())
    await hangs.wait()
    serving.cancel()
    await asyncio.wait({serving})
    assert closed == [True]
    assert asyncio.all_tasks() == before
