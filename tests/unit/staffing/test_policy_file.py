"""A policy file becomes a policy: names are people, units are seconds, a calendar is floors."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from ivrctl.lang.schema import written_duration
from ivrctl.service.compiling import compile_whole
from ivrctl.staffing.floors import floored
from ivrctl.staffing.policy import Bring, Floor, Measure, Mode, Person, Policy, Timing, Trigger, Warn

from .examples import shown_files

MINUTE = timedelta(minutes=1)


def policy(keys: str) -> Policy:
    """The policy of some keys, which nothing is wrong with."""
    site, findings = compile_whole(shown_files(keys))
    assert findings.items == []
    assert site is not None
    return site.policies["main"]


def rules(keys: str) -> list[str]:
    """What is found in a policy of some keys."""
    return [finding.rule for finding in compile_whole(shown_files(keys))[1].sorted()]


def test_agents_of_a_group_are_people_with_their_phones_and_queues() -> None:
    """In the order of the site file, with what the queues ring and what they serve every day."""
    tiers = "tiers:\n  - {tier: support, people: {group: support-desk}, bring: add, penalty: 5, keep_back: 1}\n"
    (tier,) = policy(tiers + "triggers:\n  longest_wait: {engage: [20s], release: 10s}\n").tiers
    assert tier.people == (
        Person("8102", "Li Na", "PJSIP/8102", "", ("support",)),
        Person("8106", "Zhao Lei", "PJSIP/8106", "", ("support",)),
    )
    assert (tier.bring, tier.penalty, tier.keep_back, tier.queues) == (Bring.ADD, 5, 1, ("sales",))


def test_members_who_have_paused_are_asked() -> None:
    """The tier has their reasons, and nobody by name."""
    tiers = "tiers:\n  - {tier: break, people: {paused_for: [break, lunch]}, bring: ask, patience: 90s}\n"
    (tier,) = policy(tiers + "triggers:\n  longest_wait: {engage: [20s], release: 10s}\n").tiers
    assert (tier.bring, tier.people, tier.paused_for) == (Bring.ASK, (), frozenset({"break", "lunch"}))
    assert tier.patience == timedelta(seconds=90)


def test_values_have_the_unit_of_what_is_measured() -> None:
    """Durations are seconds, percentages shares of one; never is none."""
    rows = """triggers:
  longest_wait: {engage: [20s, 1m], release: 500ms}
  waiting_per_available: {engage: [1.5, never], release: 0.5}
  service_level: {engage: [85%, 62.5%], release: 92%}
  promise_used: {engage: [50%, 110%], release: 20%}
"""
    assert policy(rows).triggers == (
        Trigger(Measure.LONGEST_WAIT, (20, 60), 0.5),
        Trigger(Measure.WAITING_PER_AVAILABLE, (1.5, None), 0.5),
        Trigger(Measure.SERVICE_LEVEL, (0.85, 0.625), 0.92),
        Trigger(Measure.PROMISE_USED, (0.5, 1.1), 0.2),
    )


def test_what_is_not_written_has_its_usual_value() -> None:
    """Five minutes, nobody is warned, phones show the heads-up, the controller acts, the zone is the site's."""
    plain = policy("")
    assert (plain.window, plain.warn, plain.heads_up, plain.mode) == (5 * MINUTE, None, "", Mode.ACT)
    assert (plain.time_zone, plain.floors, plain.titles) == ("Asia/Shanghai", (), {})


def test_who_is_told_is_an_agent_or_a_submission() -> None:
    """By number, or by name."""
    told = policy('title: Help\nwarn: {at: 80%, to: "8103"}\nheads_up: text-message\nmode: advise\n')
    assert (told.warn, told.heads_up, told.mode) == (Warn(0.8, "8103"), "text-message", Mode.ADVISE)
    assert told.titles == {"en": "Help"}
    assert policy("warn: {at: 80%, to: alarm}\n").warn == Warn(0.8, "alarm")


def test_calendar_is_a_floor_for_each_stretch_of_a_day() -> None:
    """Ranges are days, the last days count from the end, and the end of the day is midnight."""
    calendar = """calendar:
  - {days: [1-3, 28], last: 2, weekdays: [mon-wed, sat], hours: "09:00-12:00, 22:00-02:00", tiers: [leaders]}
  - {hours: "18:00-24:00", tiers: [leaders, inspectors]}
  - {weekdays: [sun], tiers: [leaders]}
"""
    days = {
        "days": frozenset({1, 2, 3, 28}),
        "days_before_end": frozenset({0, 1}),
        "weekdays": frozenset({0, 1, 2, 5}),
    }
    assert policy(calendar).floors == (
        Floor(1, time(9), time(12), **days),
        Floor(1, time(22), time(2), **days),
        Floor(2, time(18), time(0)),
        Floor(1, time(0), time(0), weekdays=frozenset({6})),
    )


def test_policies_of_a_site_are_in_the_order_of_their_names() -> None:
    """Whoever goes through them does so in the same order each time."""
    other = (
        "queues: [support]\ntiers:\n  - {tier: sales, people: {group: sales-desk}, bring: add, keep_back: 0}\n"
        "triggers:\n  longest_wait: {engage: [20s], release: 10s}\n"
    )
    site, _ = compile_whole(shown_files(f"# evening.staffing.yaml\n{other}"))
    assert site is not None
    assert list(site.policies) == ["evening", "main"]


def test_policy_is_looked_at_while_flows_are_broken() -> None:
    """All findings come in one run; while the site file is broken, the policy's shape is looked at all the same."""
    files = {**shown_files("window: 5\nqueues: [nobody]\n"), "main.ivr.yaml": b"steps: {start: [{plya: Hello.}]}"}
    assert {finding.rule for finding in compile_whole(files)[1].items} >= {"IVR013"}
    files = {**shown_files("queues: [nobody]\n"), "main.ivr.yaml": b"steps: {start: [{plya: Hello.}]}"}
    assert {finding.rule for finding in compile_whole(files)[1].items} >= {"IVR501"}
    files = {**shown_files("window: 5\n"), "ivrctl.yaml": b"site: {"}
    assert {finding.rule for finding in compile_whole(files)[1].items} >= {"IVR013"}


def test_file_whose_name_is_no_word_is_refused() -> None:
    """Reports, orders and the PBX's queue log name a policy by its file."""
    files = dict(shown_files(""))
    files["my policy.staffing.yaml"] = files.pop("main.staffing.yaml")
    assert [finding.rule for finding in compile_whole(files)[1].items] == ["IVR206"]


durations = st.integers(0, 3600).map(lambda seconds: timedelta(seconds=seconds))


@given(st.builds(Timing, durations, durations, durations, durations, st.integers(1, 1000)))
def test_safety_timing_is_read_as_it_is_written(timing: Timing) -> None:
    """SAFETY: whatever is written in the units of YAML is what the policy has."""
    names = ("engage_after", "release_after", "stay_at_least", "rest_at_least")
    keys = [f"{name}: {written_duration(getattr(timing, name))}" for name in names]
    site, findings = compile_whole(
        shown_files(f"timing: {{{', '.join(keys)}, changes_per_hour: {timing.changes_per_hour}}}\n")
    )
    assert not findings.has_errors
    assert site is not None
    assert site.policies["main"].timing == timing


rows = st.tuples(st.lists(st.one_of(st.none(), st.integers(0, 100)), min_size=2, max_size=2), st.integers(0, 100))


@given(rows, st.booleans(), st.lists(st.integers(0, 1000).map(lambda tenths: tenths / 1000), min_size=1, max_size=20))
def test_safety_table_that_is_accepted_contradicts_itself_nowhere(
    row: tuple[list[int | None], int], is_low_bad: bool, figures: list[float]
) -> None:
    """SAFETY: at no figure a tier is wanted while all is calm, or while the one before it is not wanted."""
    measure = Measure.SERVICE_LEVEL if is_low_bad else Measure.ABANDON_SHARE
    engage = ", ".join("never" if value is None else f"{value}%" for value in row[0])
    keys = f"triggers:\n  {measure}: {{engage: [{engage}], release: {row[1]}%}}\n"
    if rules(keys):
        return
    (trigger,) = policy(keys).triggers
    for value in (*figures, trigger.release, *(each for each in trigger.engage if each is not None)):
        wanted = [trigger.engages(tier, value) for tier in range(2)]
        assert wanted == sorted(wanted, reverse=True)
        assert not (trigger.is_calm(value) and any(wanted))


hours = st.sampled_from(["", "00:00-24:00", "00:00-12:00", "12:00-24:00", "06:00-20:00", "20:00-06:00", "09:00-12:00"])
days = st.sampled_from(["", "[1-31]", "[1-15]", "[16-31]", "[1-28]", "[29-31]"])
weekdays = st.sampled_from(["", "[mon-sun]", "[mon-fri]", "[sat-sun]", "[sun-thu]"])
last = st.sampled_from(["", "3", "31"])


@st.composite
def calendars(draw: st.DrawFn) -> str:
    """Entries of which some cover all days, or all hours."""
    entries = []
    for _ in range(draw(st.integers(1, 4))):
        given_keys = {"days": draw(days), "weekdays": draw(weekdays), "last": draw(last), "hours": draw(hours)}
        keys = [f'{key}: "{text}"' if key == "hours" else f"{key}: {text}" for key, text in given_keys.items() if text]
        entries.append(f"  - {{{', '.join([*keys, 'tiers: [leaders]'])}}}\n")
    return "calendar:\n" + "".join(entries)


@given(calendars(), st.lists(st.integers(0, 4 * 365 * 24 * 4), min_size=30, max_size=30))
def test_safety_calendar_that_is_always_on_is_at_every_moment(keys: str, quarters: list[int]) -> None:
    """SAFETY: what the checks say of a calendar is what decisions see of it, and of others some moment is left out."""
    site, findings = compile_whole(shown_files(f"# ivrctl.yaml\ntime_zone: UTC\n# main.staffing.yaml\n{keys}"))
    assert site is not None
    began = datetime(2026, 1, 1, tzinfo=UTC)
    floors = site.policies["main"].floors
    if findings.items:
        assert all(floored(floors, "UTC", began + number * 15 * MINUTE).tiers for number in quarters)
    elif not any(floor.days or floor.days_before_end for floor in floors):
        week = (began + number * 60 * MINUTE for number in range(7 * 24))
        assert not all(floored(floors, "UTC", moment).tiers for moment in week)


WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@given(st.integers(1, 31), st.sampled_from(WEEK))
def test_liveness_calendar_that_leaves_out_a_rare_day_is_not_always_on(day: int, weekday: str) -> None:
    """LIVENESS: each day of the month falls on each day of the week at some time."""
    days = [each for each in (f"1-{day - 1}", f"{day + 1}-31") if each not in {"1-0", "32-31"}]
    weekdays = [each for each in WEEK if each != weekday]
    other_days = f"  - {{days: [{', '.join(days)}], tiers: [leaders]}}\n"
    other_weekdays = f"  - {{weekdays: [{', '.join(weekdays)}], tiers: [leaders]}}\n"
    assert rules(f"calendar:\n{other_days}{other_weekdays}") == []
    assert rules(f"calendar:\n{other_days}{other_weekdays}  - {{weekdays: [{weekday}], tiers: [leaders]}}\n") == [
        "IVR542"
    ]
