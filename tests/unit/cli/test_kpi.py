"""``ivrctl kpi``: figures of a day from the books themselves, and the calls behind each."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ivrctl.acd.stay import AgentSpan, AgentState, Gap, Stay, StayEnd
from ivrctl.adapters.books_store import BooksWriter
from ivrctl.adapters.call_store import CallStore, sqlite_url
from ivrctl.cli.sites import state_folder
from ivrctl.model.call import CallRecord, Ending, Wait

pytestmark = pytest.mark.thorough

Ivrctl = Callable[..., Any]
TEN = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
"""Ten o'clock in Shanghai, where the demo site is."""


def _stay(number: int, minute: int, end: StayEnd, waited: float | None, *, queue: str = "vip") -> Stay:
    joined = TEN + timedelta(minutes=minute)
    left = None if waited is None else joined + timedelta(seconds=waited)
    is_answered = end is StayEnd.ANSWERED
    return Stay(
        queue=queue,
        uniqueid=f"1.{number}",
        linkedid=f"1.{number}",
        number=f"+86138001380{number:02}",
        line="1001061",
        joined_at=joined,
        is_joined_exactly=True,
        position=1,
        tier="gold" if number == 1 else "",
        end=end,
        left_at=left,
        interface="PJSIP/8101" if is_answered else "",
        talk_ended_at=left + timedelta(seconds=60) if left and is_answered else None,
    )


STAYS = (
    _stay(1, 0, StayEnd.ANSWERED, 10),
    _stay(2, 5, StayEnd.ANSWERED, 30.5),
    _stay(3, 35, StayEnd.ABANDONED, 12),
    _stay(4, 40, StayEnd.UNKNOWN, None, queue="broadband"),
)
SPAN = AgentSpan("PJSIP/8101", AgentState.IDLE, "", TEN, TEN + timedelta(hours=1))
GAP = Gap(TEN + timedelta(minutes=40), TEN + timedelta(minutes=41), "the connection was lost")
FIRST = Gap(TEN - timedelta(seconds=1), TEN, "nothing was seen before")
AGAIN = Gap(TEN + timedelta(minutes=50), TEN + timedelta(minutes=50, seconds=5), GAP.why)
RECORD = CallRecord(
    leg="leg-1",
    uniqueid="1.3",
    ani="+8613800138003",
    dnis="1001061",
    version="v",
    began_at=TEN,
    ended_at=TEN + timedelta(hours=1),
    ending=Ending.ABANDONED,
    reason="",
    path=("queues/start",),
    fields={"subject": "broadband", "rating": "satisfied"},
    trace=(),
    waits=(Wait("vip", 0, TEN, 12.0, "abandoned"),),
)
PROMISED = tuple(
    replace(
        RECORD,
        leg=leg,
        uniqueid=leg,
        began_at=TEN - timedelta(days=10),
        ended_at=TEN - timedelta(days=10) + timedelta(minutes=1),
        tier="vip",
        promise=promise,
        waits=(Wait("broadband", 10, TEN, waited, "answered"),),
    )
    for leg, promise, waited in (("leg-2", "broken", 23.0), ("leg-3", "kept", 9.0))
)
"""Of another day."""


@pytest.fixture(scope="module")
def day(grown_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site's database with a day in its books, to be copied."""
    file = Path(shutil.copy(grown_file, tmp_path_factory.mktemp("day") / "calls.sqlite"))

    async def fill() -> None:
        writer, calls = BooksWriter(sqlite_url(file)), CallStore(sqlite_url(file))
        await writer.open()
        await calls.open()
        for entry in (*STAYS, SPAN, GAP):
            writer.add(entry)
        calls.add(RECORD)
        for promised in PROMISED:
            calls.add(promised)
        calls.add(replace(RECORD, leg="leg-0", uniqueid="0.1", ending=Ending.SERVED, waits=(), fields={}))
        await writer.close()
        await calls.close()

    asyncio.run(fill())
    return file


@pytest.fixture
def books(site: Path, day: Path, ivrctl: Ivrctl) -> Path:
    """The demo site with a day in its books."""
    database = state_folder(site, None).call_database
    database.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(day, database)
    return site


def _json(ran: Any) -> dict[str, Any]:
    assert ran.code == 0, ran.err
    body: dict[str, Any] = json.loads(ran.out)
    assert body["format_version"] == 1
    return body


def test_day_is_shown_by_queue(books: Path, ivrctl: Ivrctl) -> None:
    """A row for each, a total, what is incomplete and why, and the figures of all together."""
    ran = ivrctl("kpi", "--site", books, "--day", "2026-11-20")
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0].split()[:3] == ["offered", "answered", "abandoned"]
    assert lines[1].startswith("! broadband/2026-11-20  ")
    assert lines[2].split()[:5] == ["!", "vip/2026-11-20", "3", "2", "1"]
    assert "! broadband/2026-11-20: what became of 1 went unseen" in lines
    assert "service level 20 s     negative 33.3 %, ignore 50.0 %, positive 66.7 %" in lines
    assert "self-service           50.0 % of 2 calls" in lines
    assert "satisfied              100.0 %, 1 of 1 rated" in lines


def test_what_went_unseen_is_told_once_for_each_reason(books: Path, ivrctl: Ivrctl) -> None:
    """However often a connection broke; and how long nothing was seen before the first time nobody knows."""

    async def fill() -> None:
        writer = BooksWriter(sqlite_url(state_folder(books, None).call_database))
        await writer.open()
        writer.add(FIRST)
        writer.add(AGAIN)
        await writer.close()

    asyncio.run(fill())
    lines = ivrctl("kpi", "--site", books, "--day", "2026-11-20").out.splitlines()
    assert [line for line in lines if line.startswith("! vip/2026-11-20: ")] == [
        "! vip/2026-11-20: nothing was seen before",
        "! vip/2026-11-20: the connection was lost (2 times, for 0:01:05)",
    ]


def test_json_has_every_figure_or_why_there_is_none(books: Path, ivrctl: Ivrctl) -> None:
    """With the counts of all ends, which add up to the offered."""
    body = _json(ivrctl("kpi", "show", "--site", books, "--day", "2026-11-20", "--by", "queue,hour", "--json"))
    rows = {row["cell"]: row for row in body["rows"]}
    assert rows.keys() == {"broadband/2026-11-20T10:00", "vip/2026-11-20T10:00"}
    vip = rows["vip/2026-11-20T10:00"]
    assert sum(vip[end] for end in StayEnd) == vip["offered"] == 3
    assert vip["service_level"] == {"value": 0.333333, "of": 3}
    assert vip["speed_of_answer"]["value"] == 20.25
    assert rows["broadband/2026-11-20T10:00"]["service_level"] == {"value": None, "because": "no call's fate is known"}
    assert [lack["kind"] for lack in rows["broadband/2026-11-20T10:00"]["lacks"]] == ["unseen", "ends_unknown"]
    assert body["calls"]["satisfaction"] == {"value": 1.0, "of": 1, "offered": 1, "responses": 1}


def test_csv_is_a_line_for_each_row(books: Path, ivrctl: Ivrctl) -> None:
    """Half hours by the site's own interval."""
    ran = ivrctl("kpi", "--site", books, "--day", "2026-11-20", "--by", "interval", "--csv")
    rows = list(csv.DictReader(io.StringIO(ran.out)))
    assert [(row["cell"], row["offered"]) for row in rows] == [
        ("all/2026-11-20T10:00", "2"),
        ("all/2026-11-20T10:30", "2"),
    ]
    assert rows[1]["lacks"] == "the connection was lost; what became of 1 went unseen"


def test_time_of_agents_is_shown_by_agent(books: Path, ivrctl: Ivrctl) -> None:
    """An hour of 8101."""
    body = _json(ivrctl("kpi", "--site", books, "--day", "2026-11-20", "--by", "agent", "--json"))
    assert [(row["agent"], row["signed_on"]) for row in body["agents"]] == [("PJSIP/8101", 3600.0)]
    assert "PJSIP/8101" in ivrctl("kpi", "--site", books, "--day", "2026-11-20", "--by", "agent").out


def test_promises_are_counted_by_tier_and_the_broken_ones_are_listed(books: Path, ivrctl: Ivrctl) -> None:
    """A row's name with a heading behind it finds the calls."""
    options = ("--site", books, "--day", "2026-11-10")
    lines = [line.split() for line in ivrctl("kpi", *options).out.splitlines()]
    assert ["tier:vip/2026-11-10", "2", "1", "1", "0", "50.0", "%"] in lines
    (row, whole) = _json(ivrctl("kpi", *options, "--json"))["calls"]["promises"]
    assert (row["tier"], row["kept"], row["broken"], row["share"]) == ("vip", 1, 1, {"value": 0.5, "of": 2})
    assert whole["cell"] == "all/2026-11-10"
    ran = ivrctl("kpi", "why", "tier:vip/2026-11-10/broken", "--site", books)
    assert ran.out.splitlines() == [
        "2026-11-10 10:00:00  +8613800138003   vip (15 s) broken: broadband 23 s answered",
        "    leg-2  abandoned: queues/start",
    ]
    assert ran.err == "1 call\n"
    listed = _json(ivrctl("kpi", "why", "broadband/2026-11-10/promised", "--site", books, "--json"))
    assert [call["records"][0]["leg"] for call in listed["calls"]] == ["leg-2", "leg-3"]
    refused = ivrctl("kpi", "why", "agent:8101/2026-11-10/kept", "--site", books)
    assert (refused.code, "leave agent: out" in refused.err) == (2, True)


def test_several_days_are_one_time(books: Path, ivrctl: Ivrctl) -> None:
    """And their cells are named by both ends."""
    body = _json(ivrctl("kpi", "--site", books, "--from", "2026-11-19", "--to", "2026-11-21", "--json"))
    assert body["total"]["cell"] == "all/2026-11-19..2026-11-21"
    assert body["total"]["offered"] == 4


def test_why_lists_the_calls_behind_a_figure(books: Path, ivrctl: Ivrctl) -> None:
    """Each with what became of it, and the record of its flow."""
    ran = ivrctl("kpi", "why", "vip/2026-11-20T10:30/abandoned", "--site", books)
    assert ran.out.splitlines() == [
        "2026-11-20 10:35:00  vip          +8613800138003   abandoned after 12.0 s",
        "    leg-1  abandoned: queues/start",
    ]
    assert ran.err == "1 stay\n"
    body = _json(ivrctl("kpi", "why", "all/2026-11-20/answered_late", "--site", books, "--json"))
    assert [call["stay"]["uniqueid"] for call in body["calls"]] == ["1.2"]


@pytest.mark.parametrize("by", ["interval", "day", "agent", "tier"])
def test_rows_of_one_queue_are_named_by_it(books: Path, ivrctl: Ivrctl, by: str) -> None:
    """So that the calls behind each are those that were counted, and not those of all queues."""
    options = ("--site", books, "--day", "2026-11-20", "--by", by, "--queue", "vip")
    shown = _json(ivrctl("kpi", "show", *options, "--json"))
    for row in [*shown["rows"], shown["total"]]:
        assert row["queue"] == "vip"
        listed = _json(ivrctl("kpi", "why", f"{row['cell']}/offered", "--site", books, "--json"))
        assert len(listed["calls"]) == row["offered"]


@pytest.mark.parametrize(
    ("figure", "calls"),
    [
        ("level", ["1.1", "1.2", "1.3"]),
        ("ASA", ["1.1", "1.2"]),
        ("AHT", ["1.1", "1.2"]),
        ("longest", ["1.2"]),
        ("left", []),
        ("short", []),
    ],
)
def test_what_a_figure_is_reckoned_from_can_be_listed(
    books: Path, ivrctl: Ivrctl, figure: str, calls: list[str]
) -> None:
    """By the heading of its column."""
    listed = _json(ivrctl("kpi", "why", f"vip/2026-11-20/{figure}", "--site", books, "--json"))
    assert [call["stay"]["uniqueid"] for call in listed["calls"]] == calls


@pytest.mark.parametrize("agent", ["PJSIP/8101", "8101", "王小明"])
def test_an_agent_is_known_by_interface_number_and_name(books: Path, ivrctl: Ivrctl, agent: str) -> None:
    """Supervisors know the name."""
    listed = _json(ivrctl("kpi", "why", f"agent:{agent}/2026-11-20/answered", "--site", books, "--json"))
    assert len(listed["calls"]) == 2


def test_a_queue_that_nobody_knows_is_told(books: Path, ivrctl: Ivrctl) -> None:
    """A slip is no quiet day; one of the site, or of the books alone, may well have been quiet."""
    for words in (("show", "--queue", "vipp", "--day", "2026-11-20"), ("why", "vipp/2026-11-20")):
        ran = ivrctl("kpi", *words, "--site", books)
        assert ran.code == 2
        assert 'neither the site file nor the books have a queue "vipp"' in ran.err
        assert 'did you mean "vip"?' in ran.err
    assert ivrctl("kpi", "service-level", "--queue", "vipp", "--site", books).code == 2
    assert ivrctl("kpi", "why", "expert/2026-11-20", "--site", books).code == 0


@pytest.mark.parametrize("figure", ["offered", "short_abandons", *StayEnd])
def test_every_count_of_a_row_is_what_why_lists(books: Path, ivrctl: Ivrctl, figure: str) -> None:
    """The figure and the list behind it are the same calls."""
    shown = _json(ivrctl("kpi", "--site", books, "--day", "2026-11-20", "--by", "queue,tier,agent", "--json"))
    for row in shown["rows"]:
        listed = _json(ivrctl("kpi", "why", f"{row['cell']}/{figure}", "--site", books, "--json"))
        assert len(listed["calls"]) == row[figure]


def test_service_levels_stand_side_by_side(books: Path, ivrctl: Ivrctl) -> None:
    """With the calls that make them differ."""
    words = ("kpi", "service-level", "--site", books, "--queue", "vip", "--day", "2026-11-20", "--threshold", "30s")
    ran = ivrctl(*words, "--explain")
    assert "asterisk    100.0 %          2 / 2  completed in T / completed (ServiceLevelPerf)" in ran.out
    assert "2 do not count alike in all five, 1 do" in ran.out
    assert "    all of ours: answered after 30.5 s" in ran.out
    body = _json(ivrctl(*words, "--explain", "--json"))
    assert (body["levels"]["negative"]["part"], body["levels"]["negative"]["whole"]) == (1, 3)
    assert [one["stay"]["uniqueid"] for one in body["differences"]] == ["1.2", "1.3"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--day", "someday"), '"someday" is no day'),
        (("--by", "weather"), 'rows are not apart by "weather"'),
        (("--interval", "20m"), "no interval is 20m"),
        (("--day", "2026-11-20", "--from", "2026-11-20"), "a day and several days"),
        (("--from", "2026-11-21", "--to", "2026-11-20"), "from 2026-11-21 to 2026-11-20 is no time"),
        (("--from", "1990-01-01", "--to", "2026-11-20"), "is more than ten years"),
        (("--day", "9999-12-31"), '"9999-12-31" is no day'),
        (("--day", "0001-01-01"), '"0001-01-01" is no day'),
        (("why", "vip"), '"vip" names no cell'),
        (("why", "vip/2026-11-20/happy"), '"happy" is no figure'),
        (("why", "vip/2026-11-31/offered"), "names a time that does not exist"),
        (("why", "vip/2026-11-20T10:10/offered"), 'no interval of 30m begins at "10:10"'),
    ],
)
def test_what_is_meant_by_nothing_is_told(site: Path, ivrctl: Ivrctl, words: tuple[str, ...], told: str) -> None:
    """Exit code 2, with what could be meant."""
    ran = ivrctl("kpi", *words, "--site", site)
    assert ran.code == 2
    assert told in ran.err


def test_empty_books_are_no_error(site: Path, ivrctl: Ivrctl) -> None:
    """A site that begins has figures of nothing."""
    ran = ivrctl("kpi", "--site", site, "--day", "2026-11-20")
    assert ran.code == 0
    assert ran.out.splitlines()[1].split() == ["total", "0", "0", "0", "0", "0", "0", "0", "-", "-", "-", "-"]
