"""Names of cells: what is written is what is read."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.acd.books import Cell
from ivrctl.acd.intervals import LENGTHS, Intervals, day_of
from ivrctl.service.figures.cells import name_of, named

BERLIN = ZoneInfo("Europe/Berlin")
PERIOD = day_of(date(2026, 10, 25), BERLIN)
NAMES = st.none() | st.sampled_from(("vip", "a-b_c", "600"))
AGENTS = st.none() | st.sampled_from(("PJSIP/8101", "Local/5001@from-queue/n", ""))


@given(
    NAMES,
    NAMES,
    AGENTS,
    st.none() | st.sampled_from(LENGTHS),
    st.integers(0, 300 * 86_400),
    st.sampled_from(("Europe/Berlin", "Australia/Lord_Howe", "Asia/Shanghai", "America/Havana")).map(ZoneInfo),
)
def test_every_row_is_found_by_its_name(
    queue: str | None, tier: str | None, agent: str | None, length: timedelta | None, second: int, zone: ZoneInfo
) -> None:
    """SAFETY: also of the hour that comes twice, and of an agent whose interface has slashes."""
    at = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=second)
    interval = None if length is None else Intervals(zone, length).of(at)
    cell = Cell(interval, queue, tier, agent)
    period = day_of(at.astimezone(zone).date(), zone)
    found = named(f"{name_of(cell, period, zone)}/abandoned", zone, length or LENGTHS[0])
    assert (found.cell.queue, found.cell.tier, found.cell.agent) == (queue, tier, agent)
    assert (found.time, found.figure) == (interval or period, "abandoned")


def test_hour_that_comes_twice_has_its_offset() -> None:
    """So that each can be asked for."""
    half_past = [datetime(2026, 10, 25, 2, 30, tzinfo=BERLIN, fold=fold).astimezone(UTC) for fold in (0, 1)]
    intervals = Intervals(BERLIN, timedelta(minutes=30))
    assert [name_of(Cell(intervals.of(at), "vip"), PERIOD, BERLIN) for at in half_past] == [
        "vip/2026-10-25T02:30+02:00",
        "vip/2026-10-25T02:30+01:00",
    ]


@pytest.mark.parametrize("text", ["vip/2026-11-20", "2026-11-20/offered", "2026-11-20"])
def test_what_is_left_out_is_everything(text: str) -> None:
    """Without a figure all who were offered, without a queue all queues."""
    found = named(text, BERLIN, LENGTHS[1])
    assert found.figure == "offered"
    assert found.cell.queue == ("vip" if text.startswith("vip") else None)
