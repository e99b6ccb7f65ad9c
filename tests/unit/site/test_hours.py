"""Opening hours against a slow oracle, and what the file says of them."""

from __future__ import annotations

import timeit
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivrctl.lang.binder import Binder, Unbound
from ivrctl.lang.findings import Findings
from ivrctl.lang.loader import load
from ivrctl.site.calendar import Calendar, DayKind
from ivrctl.site.check_hours import check_hours, check_years
from ivrctl.site.hours import Hours
from ivrctl.site.opening import DAYS, Opening

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
DESK = """\
weekly: {mon-fri: "08:00-21:30", sat-sun: "09:00-18:00"}
holidays: CN
on_holidays: closed
on_make_up_days: as mon-fri
"""
MINUTE = timedelta(minutes=1)


def told(text: str) -> tuple[Hours | None, list[str]]:
    findings = Findings()
    (node,) = load(text.encode(), "hours.yaml", findings)
    try:
        hours: Hours | None = Binder(findings).bind(Hours, node)
    except Unbound:
        hours = None
    if hours is not None:
        check_hours("desk", hours, findings)
    return hours, [f"{item.rule} {item.message}" for item in findings.sorted()]


def hours(text: str) -> Hours:
    bound, _ = told(text)
    assert bound is not None
    return bound


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-02 07:59", False),
        ("2026-03-02 08:00", True),
        ("2026-03-02 21:29:59", True),
        ("2026-03-02 21:30", False),
        ("2026-03-07 08:30", False),
        ("2026-03-07 17:59", True),
        ("2026-02-14 20:00", True),
        ("2026-02-15 10:00", False),
        ("2026-02-17 10:00", False),
        ("2026-02-22 10:00", False),
        ("2026-02-24 08:00", True),
        ("2098-10-01 10:00", True),
    ],
)
def test_desk_is_open_as_its_week_and_the_holidays_say(moment: str, is_open: bool) -> None:
    """A week, a holiday with the weekends inside it, a make-up Saturday, and a year that is not published yet."""
    assert hours(DESK).is_open(at(moment)) is is_open


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-02-14 22:10", "2026-02-24 08:00"),
        ("2026-03-02 06:00", "2026-03-02 08:00"),
        ("2026-03-06 21:30", "2026-03-07 09:00"),
        ("2026-03-02 12:34:56", "2026-03-02 12:34:56"),
        ("2026-09-30 22:00", "2026-10-08 08:00"),
    ],
)
def test_next_opening_passes_over_the_holidays(moment: str, opening: str) -> None:
    """A caller in the night before the Spring Festival hears the day after it; while it is open, that is now."""
    assert hours(DESK).next_opening(at(moment)) == at(opening)


def test_official_periods_are_those_of_the_state_council() -> None:
    """The periods of days off and the made-up days of 2025 and 2026, as the notices name them."""
    calendar = Calendar.of("CN")
    off = {
        *_days("2025-01-01", "2025-01-01"),
        *_days("2025-01-28", "2025-02-04"),
        *_days("2025-04-04", "2025-04-06"),
        *_days("2025-05-01", "2025-05-05"),
        *_days("2025-05-31", "2025-06-02"),
        *_days("2025-10-01", "2025-10-08"),
        *_days("2026-01-01", "2026-01-03"),
        *_days("2026-02-15", "2026-02-23"),
        *_days("2026-04-04", "2026-04-06"),
        *_days("2026-05-01", "2026-05-05"),
        *_days("2026-06-19", "2026-06-21"),
        *_days("2026-09-25", "2026-09-27"),
        *_days("2026-10-01", "2026-10-07"),
    }
    days = list(_days("2025-01-01", "2026-12-31"))
    assert {day for day in days if calendar.kind_of(day) is DayKind.HOLIDAY} == off
    made_up = ["01-26", "02-08", "04-27", "09-28", "10-11"]
    assert [f"{day:%m-%d}" for day in calendar.make_up_days(2025)] == made_up
    assert [f"{day:%m-%d}" for day in calendar.make_up_days(2026)] == [
        "01-04",
        "02-14",
        "02-28",
        "05-09",
        "09-20",
        "10-10",
    ]


def _days(first: str, last: str) -> Iterable[date]:
    day = date.fromisoformat(first)
    while day <= date.fromisoformat(last):
        yield day
        day += timedelta(days=1)


def test_country_that_moves_no_working_days_keeps_its_weekends() -> None:
    """Easter Monday is a holiday in Germany, Holy Saturday is a Saturday; Corpus Christi is one in Bavaria only."""
    germany, bavaria = Calendar.of("DE"), Calendar.of("DE-BY")
    assert germany.kind_of(date(2026, 4, 6)) is DayKind.HOLIDAY
    assert germany.kind_of(date(2026, 4, 4)) is DayKind.ORDINARY
    assert germany.kind_of(date(2026, 6, 4)) is DayKind.ORDINARY
    assert bavaria.kind_of(date(2026, 6, 4)) is DayKind.HOLIDAY


def test_exception_wins_over_everything() -> None:
    """A day of its own is as it is written, on a holiday too."""
    desk = hours(DESK + 'exceptions: {2026-02-17: "10:00-12:00", 2026-03-02: closed, 2026-03-03: as sun}\n')
    assert desk.is_open(at("2026-02-17 11:00"))
    assert not desk.is_open(at("2026-03-02 11:00"))
    assert not desk.is_open(at("2026-03-03 08:30"))
    assert desk.is_open(at("2026-03-03 09:30"))


def test_span_over_midnight_belongs_to_the_day_on_which_it_begins() -> None:
    """Saturday night ends on Sunday morning, though Sunday is closed; Monday morning is closed."""
    bar = hours('weekly: {fri-sat: "20:00-03:00", sun-thu: closed}\n')
    assert bar.is_open(at("2026-03-08 02:59"))
    assert not bar.is_open(at("2026-03-08 03:00"))
    assert not bar.is_open(at("2026-03-09 01:00"))
    assert not bar.is_open(at("2026-03-06 01:00"))


def test_desk_without_a_week_may_have_had_its_last_opening() -> None:
    """Hours that live by single days alone have no next opening after the last; those with a week always have one."""
    event = hours('weekly: {mon-sun: closed}\nexceptions: {2026-03-02: "10:00-12:00"}\n')
    assert not event.opens_every_week
    assert event.next_opening(at("2026-02-01 00:00")) == at("2026-03-02 10:00")
    assert event.next_opening(at("2026-03-02 12:00")) is None
    assert hours(DESK).opens_every_week


@pytest.mark.parametrize(
    ("moment", "opening"),
    [
        ("2026-03-29 01:59", "2026-03-29 03:00"),
        ("2026-03-29 00:10", "2026-03-29 03:00"),
        ("2026-10-25 00:10", "2026-10-25 02:30"),
    ],
)
def test_clock_that_is_put_forward_opens_the_desk_at_once(moment: str, opening: str) -> None:
    """A desk that opens at half past two opens at three in the night that has no half past two."""
    desk = hours('weekly: {mon-sun: "02:30-05:00"}\n')
    assert desk.next_opening(at(moment, BERLIN)) == at(opening, BERLIN)


# SAFETY: the fast answers are those of asking every minute.


def _spans() -> st.SearchStrategy[str]:
    marks = st.lists(st.integers(0, 47), min_size=2, max_size=6, unique=True).map(sorted)
    return marks.map(lambda found: ", ".join(_written(*pair) for pair in zip(found[::2], found[1::2], strict=False)))


def _written(start: int, end: int) -> str:
    return f"{start // 2:02}:{start % 2 * 30:02}-{end // 2:02}:{end % 2 * 30:02}"


OVER_MIDNIGHT = st.tuples(st.integers(30, 47), st.integers(0, 20)).map(lambda pair: _written(*pair))
PLANS = st.one_of(st.just("closed"), _spans(), OVER_MIDNIGHT)
RULES = st.one_of(PLANS, st.sampled_from([f"as {day}" for day in DAYS]))
WEEKS = st.lists(PLANS, min_size=7, max_size=7)
ZONES = {
    "Asia/Shanghai": "2026-02-10",
    "Europe/Berlin": "2026-03-26",
    "America/New_York": "2026-10-29",
    "Australia/Lord_Howe": "2026-04-02",  # half an hour
    "Africa/Cairo": "2026-04-22",  # midnight itself is skipped
    "America/Sao_Paulo": "2018-11-01",  # the same, on a Sunday
}
DAYS_TRIED = 6


@st.composite
def desks(draw: st.DrawFn) -> tuple[Hours, datetime]:
    """Hours, and the first moment of days in which the clock of their zone is changed or China has a holiday."""
    zone = draw(st.sampled_from(sorted(ZONES)))
    first = date.fromisoformat(ZONES[zone])
    week = ", ".join(f'{day}: "{draw(PLANS)}"' for day in DAYS)
    text = f'weekly: {{{week}}}\nexceptions: {{{first + timedelta(days=2)}: "{draw(RULES)}"}}\n'
    country = draw(st.sampled_from(["", "CN", "US"]))
    if country:
        text += f'holidays: {country}\non_holidays: "{draw(RULES)}"\non_make_up_days: "{draw(RULES)}"\n'
    return hours(text), datetime(first.year, first.month, first.day, tzinfo=ZoneInfo(zone))


@pytest.mark.thorough
@settings(max_examples=100, deadline=None)
@given(drawn=desks(), seconds=st.integers(0, DAYS_TRIED * 24 * 60 * 60 - 1))
def test_answers_are_those_of_asking_every_minute(drawn: tuple[Hours, datetime], seconds: int) -> None:
    """Open now, and the first open minute from now on, across changes of the clock and midnight."""
    desk, first = drawn
    start = first.astimezone(UTC)
    asked = start + timedelta(seconds=seconds)
    local = asked.astimezone(first.tzinfo)
    plans: dict[date, frozenset[int]] = {}
    assert desk.is_open(local) is _open_by_oracle(desk, local, plans)
    found, due = desk.next_opening(local), _next_by_oracle(desk, asked, first, plans)
    if due is not None:
        assert found is not None
        assert found.astimezone(UTC) == due
    else:
        assert found is None or found.astimezone(UTC) >= start + timedelta(days=DAYS_TRIED)
    assert found is not None or not desk.opens_every_week


def _next_by_oracle(
    desk: Hours, asked: datetime, first: datetime, plans: dict[date, frozenset[int]]
) -> datetime | None:
    moment = asked
    while moment < first.astimezone(UTC) + timedelta(days=DAYS_TRIED):
        if _open_by_oracle(desk, moment.astimezone(first.tzinfo), plans):
            return moment
        moment = moment.replace(second=0) + MINUTE
    return None


def _open_by_oracle(desk: Hours, local: datetime, plans: dict[date, frozenset[int]]) -> bool:
    """By the clock on the wall: in the list of every open minute of today, or of last night."""
    today, yesterday = local.date(), local.date() - timedelta(days=1)
    for day in (today, yesterday):
        if day not in plans:
            plans[day] = frozenset(minute for span in _plan(desk, day) for minute in range(span.start, span.end))
    minute = local.hour * 60 + local.minute
    return minute in plans[today] or minute + 1440 in plans[yesterday]


def _plan(desk: Hours, day: date) -> tuple[Opening, ...]:
    """What decides a day, looked up in the order of the documentation."""
    week = [plan.openings for plan in desk.weekly.plans if plan is not None]
    rules = [desk.exceptions.rules.get(day)]
    kind = desk.holidays.calendar.kind_of(day) if desk.holidays else DayKind.ORDINARY
    rules.append(desk.on_make_up_days if kind is DayKind.MAKE_UP else None)
    rules.append(desk.on_holidays if kind is DayKind.HOLIDAY else None)
    rule = next((rule for rule in rules if rule is not None), None)
    if rule is None:
        return week[day.weekday()]
    return rule.plan.openings if rule.plan is not None else week[rule.weekday if rule.weekday is not None else -1]


def test_question_costs_microseconds() -> None:
    """A flow asks at every call: the answer is not searched for; the bound is far above what it takes."""
    desk, now = hours(DESK), at("2026-03-02 22:00")
    desk.is_open(now)
    assert timeit.timeit(lambda: desk.is_open(now), number=1000) / 1000 < 200e-6


# What is told of a file.


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        (DESK, []),
        ('weekly: {mon-sun: "00:00-24:00"}\n', []),
        ('weekly: {fri-mon: "10:00-12:00", tue-thu: closed}\n', []),
        ('weekly: {mon-fri: "8:00-21:30"}\n', ["IVR210"]),
        ('weekly: {mon-fri: "08:00-08:00"}\n', ["IVR210"]),
        ('weekly: {mon-fri: "08:00-25:00"}\n', ["IVR210"]),
        ('weekly: {mon-fri: "12:00-13:00, 08:00-09:00"}\n', ["IVR210"]),
        ('weekly: {mon-fri: "08:00-12:00", fri: closed}\n', ["IVR210"]),
        ('weekly: {monday: "08:00-12:00"}\n', ["IVR210"]),
        ('weekly: "08:00-12:00"\n', ["IVR210"]),
        (DESK.replace("CN", "XX"), ["IVR210"]),
        (DESK.replace("CN", "DE-XX"), ["IVR210"]),
        (DESK + "exceptions: {2026-02-30: closed}\n", ["IVR013"]),
        (DESK + "exceptions: closed\n", ["IVR210"]),
        ('weekly: {mon-sun: "08:00-12:00"}\non_holidays: closed\n', ["IVR210"]),
        ('weekly: {mon-sun: "08:00-12:00"}\nholidays: CN\non_make_up_days: as mon\n', ["IVR211"]),
        ('weekly: {mon-sun: "08:00-12:00"}\nholidays: CN\non_holidays: closed\n', ["IVR211"]),
        ('weekly: {mon-sun: "08:00-12:00"}\nholidays: US\non_holidays: closed\n', []),
        ('weekly: {mon-fri: "08:00-12:00"}\n', ["IVR211"]),
    ],
)
def test_hours_that_say_too_little_or_nothing_are_found(text: str, rules: list[str]) -> None:
    """What cannot be read is an error; what is left open to doubt is told."""
    assert [finding.split()[0] for finding in told(text)[1]] == rules


@pytest.mark.parametrize(
    ("today", "is_told"),
    [("2026-05-01", False), ("2026-10-31", False), ("2026-11-01", True), ("2027-01-05", True)],
)
def test_year_that_is_not_published_is_told_before_it_comes(today: str, is_told: bool) -> None:
    """Two months before the known years end, a check says so; the library of this release knows China to some year."""
    last = Calendar.of("CN").last_year
    findings = Findings()
    moved = date.fromisoformat(today)
    check_years("desk", hours(DESK), moved.replace(year=moved.year - 2026 + last), findings)
    assert [item.rule for item in findings.items] == (["IVR212"] if is_told else [])


def test_unknown_year_is_no_holiday() -> None:
    """Of a year that is not published nothing is claimed, neither open nor closed: the week goes on."""
    calendar = Calendar.of("CN")
    assert calendar.kind_of(date(calendar.last_year + 1, 1, 1)) is DayKind.UNKNOWN
    assert hours(DESK).openings(date(calendar.last_year + 1, 1, 1)) == hours(DESK).weekly.openings(
        date(calendar.last_year + 1, 1, 1).weekday()
    )
