"""A controller stands still for no garbage while there are calls: they leave none that would have to be looked for."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections.abc import Iterator

import pytest

from ivrctl.model.call import Ending
from ivrctl.service import garbage
from ivrctl.service.garbage import SOME, TOO_MANY, is_time, look_for_garbage

from .controllers import Start

FLOW = """
lines: {"100": start}
steps:
  start:
    - play: Hello.
    - menu: {prompt: Press 1., choices: {"1": one}}
      then: {otherwise: {hangup: unserved}}
  one:
    - collect: {prompt: Four digits., digits: 4}
      save: code
      then: {otherwise: {hangup: unserved}}
    - play: "{code:digits}"
    - hangup: served
"""


class Circle:
    """Something that refers to itself."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def _all_is_kept() -> Iterator[None]:
    """What is found to be garbage stands in ``gc.garbage``."""
    gc.collect()
    gc.set_debug(gc.DEBUG_SAVEALL)
    yield
    gc.set_debug(0)
    gc.garbage.clear()


@pytest.mark.usefixtures("_all_is_kept")
@pytest.mark.parametrize("ending", [Ending.SERVED, Ending.ABANDONED])
async def test_a_call_leaves_nothing_in_circles(controller_of: Start, ending: Ending) -> None:
    """Whether it is served or its caller hangs up."""
    controller = await controller_of(FLOW)
    caller = controller.call()
    await caller.hears("Press 1.", seconds=0.5)
    if ending is Ending.ABANDONED:
        caller.hang_up()
    else:
        for key in ("1", *"4711"):
            await caller.press(key)
        await caller.ends()
    assert (await controller.record()).ending is ending
    del caller
    gc.collect()
    ours = {type(each) for each in gc.garbage if type(each).__module__.startswith("ivrctl.")}
    assert {each for each in ours if not each.__module__.startswith("ivrctl.testkit.")} == set()


@pytest.mark.parametrize(
    ("grown", "calls", "looks"),
    [(SOME, 0, False), (SOME + 1, 0, True), (SOME + 1, 1, False), (TOO_MANY, 1, False), (TOO_MANY + 1, 1, True)],
)
def test_it_is_time_when_nobody_waits_or_there_is_too_much(grown: int, calls: int, looks: bool) -> None:
    """A little is left lying; with callers, all but too much."""
    assert is_time(grown, calls) is looks


async def test_it_is_looked_when_the_last_caller_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until then nothing is; and whoever takes the collector's place gives it back."""
    monkeypatch.setattr(garbage, "LOOK_EVERY", 0.0)
    calls = [1]
    looking = asyncio.ensure_future(look_for_garbage(lambda: calls[0]))
    await asyncio.sleep(0)
    assert not gc.isenabled()
    circle = Circle()
    gone = asyncio.Event()
    there = weakref.ref(circle, lambda _: gone.set())
    del circle
    grown = [[] for _ in range(2 * SOME)]
    for _ in range(5):
        await asyncio.sleep(0)
    assert not gone.is_set()
    calls[0] = 0
    await asyncio.wait_for(gone.wait(), 5)
    assert (there(), len(grown)) == (None, 2 * SOME)
    looking.cancel()
    await asyncio.wait({looking})
    assert gc.isenabled()
