from __future__ import annotations

import asyncio

from ivrctl.testkit.fake_asterisk import ScaledClock, VirtualClock


async def test_virtual_hour_takes_no_time() -> None:
    """Nobody waits for a virtual clock."""
    clock = VirtualClock()
    began = asyncio.get_running_loop().time()
    await clock.sleep(3600)
    assert clock.now() == 3600
    assert asyncio.get_running_loop().time() - began < 1


async def test_timers_come_in_order() -> None:
    """Timers are called by their time, and equal ones as they were set."""
    clock = VirtualClock()
    called: list[str] = []
    for when, name in [(2, "c"), (1, "a"), (1, "b")]:
        clock.call_at(when, lambda name=name: called.append(name))
    await clock.sleep(3)
    assert called == ["a", "b", "c"]


async def test_cancelled_timer_moves_nothing() -> None:
    """A timer that was taken back is not called, and time does not stop at it."""
    clock = VirtualClock()
    called: list[float] = []
    clock.call_at(1, lambda: called.append(clock.now())).cancel()
    await clock.sleep(2)
    assert called == []


async def test_past_timer_is_called_now() -> None:
    """Time never goes back."""
    clock = VirtualClock()
    await clock.sleep(5)
    seen: list[float] = []
    clock.call_at(1, lambda: seen.append(clock.now()))
    await clock.sleep(0)
    assert seen == [5]


async def test_held_clock_stands_still() -> None:
    """While somebody has something to do, no time passes."""
    clock = VirtualClock(patience=30)
    clock.hold()
    sleeping = asyncio.ensure_future(clock.sleep(1))
    for _ in range(50):
        await asyncio.sleep(0)
    assert clock.now() == 0
    clock.release()
    await sleeping
    assert clock.now() == 1


async def test_silent_holder_is_passed_over() -> None:
    """A holder who does nothing does not stop the world: that is a controller that hangs."""
    clock = VirtualClock(patience=0.01)
    clock.hold()
    await clock.sleep(600)
    assert clock.now() == 600


async def test_scaled_clock_is_faster() -> None:
    """A hundred scaled seconds pass in a tenth of a second."""
    clock = ScaledClock(speed=1000)
    began = asyncio.get_running_loop().time()
    await clock.sleep(100)
    assert 0.09 < asyncio.get_running_loop().time() - began < 5
    assert clock.now() >= 99
