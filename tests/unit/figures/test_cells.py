"""Names of cells: what is written is what is read."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.acd.books import Cell
from ivrctl.acd.intervals import LENGTHS, Intervals, day_of
from ivrctl.service.figures.cells import UnreadableCellError, name_of, named

BERLIN = ZoneInfo("Europe/Berlin")
PERIOD = day_of(date(2026, 10, 25), BERLIN)
TIERS = st.none() | st.sampled_from(("vip", "a-b_c", ""))
QUEUES = st.none() | st.sampled_from(
    ("vip", "600", "", "all", "total", "tier:gold", "sales+service", "a/b", "2026-11-20", "服务 & co")
)
AGENTS = st.none() | st.sampled_from(("PJSIP/8101", "Local/5001@from-queue/n", "PJSIP/+493012345", ""))


@given(
    QUEUES,
    TIERS,
    AGENTS,
    st.none() | st.sampled_from(LENGTHS),
    st.integers(0, 300 * 86_400),
    st.sampled_from(("Europe/Berlin", "Australia/Lord_Howe", "Asia/Shanghai", "America/Havana")).map(ZoneInfo),
)
def test_every_row_is_found_by_its_name(
    queue: str | None, tier: str | None, agent: str | None, length: timedelta | None, second: int, zone: ZoneInfo
) -> None:
    """SAFETY: also of the hour that comes twice, of an interface with slashes and plus, and of a queue named all."""
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


@pytest.mark.parametrize(
    ("heading", "figure"),
    [
        ("level", "service_level"),
        ("ASA", "speed_of_answer"),
        ("AHT", "handling_time"),
        ("short", "short_abandons"),
        ("longest", "longest_wait"),
        ("left", "left"),
        ("answered_soon_share", "service_level"),
    ],
)
def test_a_figure_is_known_by_the_heading_of_its_column(heading: str, figure: str) -> None:
    """What stands in the table can be asked for."""
    assert named(f"vip/2026-11-20/{heading}", BERLIN, LENGTHS[1]).figure == figure


@pytest.mark.parametrize("text", ["total/2026-11-20/offered", "all/2026-11-20"])
def test_the_row_of_everything_is_known_by_both_of_its_names(text: str) -> None:
    """The table calls it total, cells call it all."""
    assert named(text, BERLIN, LENGTHS[1]).cell == Cell()


@pytest.mark.parametrize(
    "text", ["all/2026-11-20..2026-11-19", "all/9999-12-31", "all/0001-01-01", "all/0001-01-01T00:00/offered"]
)
def test_a_time_that_there_is_not_is_refused(text: str) -> None:
    """Also one that ends before it begins, and one at the ends of the calendar."""
    with pytest.raises(UnreadableCellError, match="names a time that does not exist"):
        named(text, BERLIN, LENGTHS[1])
