"""Whatever is answered and however time passes: what is kept is delivered once, and nothing is gone."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivrctl.adapters.outbox import Entry, State
from ivrctl.model.delivery import Delivered, Delivery, Failed, Refused

from .conftest import Desk, opened_desk

pytestmark = pytest.mark.thorough

ANSWERS = st.sampled_from([Delivered(), Delivered(), Refused("no"), Failed("status 500"), Failed("away", is_away=True)])
STEPS = st.lists(
    st.tuples(
        st.integers(0, 5),
        st.timedeltas(timedelta(), timedelta(minutes=20)),
        st.timedeltas(timedelta(hours=-2), timedelta(hours=2)),
        st.booleans(),
    ),
    max_size=8,
)
"""So many are put, so much time passes, so far is the clock set, and whether another controller takes over."""


class Taking:
    """Answers as it is told, and counts what it has taken."""

    def __init__(self, answers: list[Delivery]) -> None:
        self._answers = iter(answers)
        self.is_well = False
        self.taken: Counter[str] = Counter()

    def __call__(self, entry: Entry) -> Delivery:
        """The next answer; everything is taken once it is well."""
        answer = Delivered() if self.is_well else next(self._answers, Failed("status 500"))
        self.taken[entry.key] += isinstance(answer, Delivered)
        return answer


async def _walked(desk: Desk, folder: Path, steps: list[tuple[int, timedelta, timedelta, bool]]) -> Desk:
    """The desk of the controller that is there at the end."""
    count = 0
    for puts, passes, is_set, is_taken_over in steps:
        for _ in range(puts):
            await desk.put(f"leg/{count}", "ticket" if count % 2 else "note")
            count += 1
        await desk.later(passes)
        desk.now += is_set
        if is_taken_over:
            await desk.deliverer.close()
            await desk.outbox.close()
            other = opened_desk(folder, desk.receiver.site)
            other.receiver.answer, other.now, other.seconds = desk.receiver.answer, desk.now, desk.seconds
            desk = other
    return desk


@settings(max_examples=25)
@given(STEPS, st.lists(ANSWERS, max_size=60))
def test_safety_and_liveness(steps: list[tuple[int, timedelta, timedelta, bool]], answers: list[Delivery]) -> None:
    """SAFETY: what was taken is never sent again, and nothing is gone. LIVENESS: once all is well, all is delivered."""

    async def run(folder: Path) -> None:
        taking = Taking(answers)
        desk = opened_desk(folder)
        desk.receiver.answer = taking
        desk = await _walked(desk, folder, steps)
        before = await desk.states()
        assert len(before) == sum(step[0] for step in steps)
        assert all(count <= 1 for count in taking.taken.values())
        taking.is_well = True
        for _ in range(3):
            await desk.later(minutes=11)
        after = await desk.states()
        assert {key for key, state in after.items() if state is State.WAITING} == set()
        delivered = {key for key, state in after.items() if state is State.DELIVERED}
        assert {key for key, count in taking.taken.items() if count == 1} == delivered
        assert all(count <= 1 for count in taking.taken.values())
        await desk.deliverer.close()
        await desk.outbox.close()

    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(run(Path(folder)))
