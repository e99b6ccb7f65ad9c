"""The simulator beside a real Asterisk: the same callers fare much alike."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from ivrctl.testkit.queue_day.day import live, place
from ivrctl.testkit.queue_day.plan import rush_hour
from ivrctl.testkit.queue_day.replayed import replay
from ivrctl.web.client import ask

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("simulated day"), pytest.mark.timeout(240)]

SECONDS = 60.0
PER_MINUTE = 46.0
APART = 0.15
"""Share of the callers who may fare otherwise: a single one who is answered a second later moves those behind him."""
SECONDS_APART = 2.5


async def test_callers_fare_in_the_simulator_as_on_asterisk(tmp_path: Path) -> None:
    """Two queues that share agents, more callers than agents at times: as many are answered, and as soon."""
    with place(f"replayed-{os.getpid()}", tmp_path, ask) as where:
        lived = await live(where, rush_hour(1, SECONDS, PER_MINUTE))
    *_, together = replay(lived.evidence)
    asterisk, simulated = together.asterisk, together.simulated
    assert asterisk.offered == simulated.offered > SECONDS / 2
    assert abs(asterisk.answered - simulated.answered) <= APART * asterisk.offered
    assert simulated.speed_of_answer == pytest.approx(asterisk.speed_of_answer, abs=SECONDS_APART)
