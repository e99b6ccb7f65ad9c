"""A controller does not stand still for garbage while there are calls: they leave none that would have to be found."""

from __future__ import annotations

import asyncio
import gc
import weakref
from collections import Counter
from collections.abc import Iterator

import pytest

from ivrctl.adapters.deadline import Deadline
from ivrctl.model.call import Ending
from ivrctl.service import garbage
from ivrctl.service.call_runner import LiveLeg
from ivrctl.service.garbage import MOST_LOOKS, NEW_OBJECTS, is_time, look_for_garbage

from .controllers import Start

PACKAGES = tuple(f"ivrctl.{name}." for name in ("adapters", "agi", "flow", "model", "service", "site"))
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


class Cycle:
    """Something that refers to itself."""

    def __init__(self) -> None:
        self.itself = self


def ours() -> Counter[type]:
    """What there is of the program's own, but for what plays Asterisk."""
    kinds = Counter(type(each) for each in gc.get_objects())
    return Counter({kind: kinds[kind] for kind in kinds if str(kind.__module__).startswith(PACKAGES)})


@pytest.fixture
def _nobody_looks() -> Iterator[None]:
    """The collector does nothing that it is not asked for."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


@pytest.mark.usefixtures("_nobody_looks")
@pytest.mark.parametrize("ending", [Ending.SERVED, Ending.ABANDONED, None])
async def test_a_call_leaves_no_cycle(controller_of: Start, ending: Ending | None) -> None:
    """Whether it is served, its caller hangs up or its session breaks: nothing is there that only a look would find."""
    controller = await controller_of(FLOW)
    caller = controller.call()
    await caller.hears("Press 1.", seconds=0.5)
    if ending is Ending.ABANDONED:
        caller.hang_up()
    elif ending is Ending.SERVED:
        for key in ("1", *"4711"):
            await caller.press(key)
        await caller.ends()
    if ending is not None:
        assert (await controller.record()).ending is ending
    await controller.server.close()
    del caller
    for _ in range(5):
        await asyncio.sleep(0)
    assert not [each for each in gc.get_objects() if type(each) is LiveLeg]
    left = ours()
    gc.collect()
    assert left - ours() == Counter()


@pytest.mark.parametrize(
    ("looks", "calls", "is_it"),
    [
        (0, 0, False),
        (1, 0, True),
        (1, 1, False),
        (2, 1, True),
        (MOST_LOOKS, 1000, False),
        (MOST_LOOKS + 1, 1000, True),
    ],
)
def test_it_is_time_the_sooner_the_fewer_wait(looks: int, calls: int, is_it: bool) -> None:
    """When nobody calls at once; with many only where memory is the greater worry."""
    assert is_time(looks, calls) is is_it


async def test_everything_is_looked_through_when_the_last_caller_has_left(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until then only what is new is; and the collector is left as it was."""
    monkeypatch.setattr(garbage, "LOOK_EVERY", 0.0)
    gc.collect()
    before, calls = gc.get_threshold(), [1000]
    looking = asyncio.ensure_future(look_for_garbage(lambda: calls[0]))
    await asyncio.sleep(0)
    cycle = Cycle()
    gone = asyncio.Event()
    there = weakref.ref(cycle, lambda _: gone.set())
    kept = [[] for _ in range(2 * NEW_OBJECTS)]
    del cycle
    kept += [[] for _ in range(20 * NEW_OBJECTS)]
    for _ in range(5):
        await asyncio.sleep(0)
    assert (gone.is_set(), gc.get_count()[1] > 0) == (False, True)
    calls[0] = 0
    async with Deadline(5):
        await gone.wait()
    assert (there(), len(kept)) == (None, 22 * NEW_OBJECTS)
    looking.cancel()
    await asyncio.wait({looking})
    assert gc.get_threshold() == before
