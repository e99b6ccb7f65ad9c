"""A policy file with other numbers: nothing else of it changes, and each change says why."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from ivrctl.simulation.recommendation.space import Space
from ivrctl.staffing.bound import bound_of
from ivrctl.staffing.policy import Measure
from ivrctl.staffing.policy_files.numbers import (
    EngageValue,
    Numbers,
    ReleaseValue,
    TimingKey,
    TimingValue,
    named,
    numbers_of,
    with_numbers,
)
from ivrctl.staffing.policy_files.rewritten import Comments, rewritten

from .any_policy_file import read, site, source

SECOND = timedelta(seconds=1)
WAIT = Measure.LONGEST_WAIT
NOTHING = Comments([], {})


def changed(numbers: Numbers, comments: Comments = NOTHING, of: bytes | None = None) -> str:
    """The file with these numbers."""
    return rewritten(source() if of is None else of, "main.staffing.yaml", numbers, comments).decode()


def difference(new: str) -> list[str]:
    """The lines that are not in the file as it was."""
    old = source().decode().splitlines()
    return [line for line in new.splitlines() if line not in old]


def test_without_a_change_the_file_is_the_same() -> None:
    """Byte by byte."""
    assert changed({}).encode() == source()


def test_a_number_is_written_with_its_unit_and_comments_stay_where_they_are() -> None:
    """A shorter number leaves its place to the gap behind it, a longer one takes from it what it can."""
    numbers = {
        EngageValue(WAIT, 1): 60.0,
        EngageValue(WAIT, 2): 150.0,
        ReleaseValue(WAIT): 5.0,
        TimingValue(TimingKey.ENGAGE_AFTER): 90.0,
    }
    assert difference(changed(numbers)) == [
        "  longest_wait:          {engage: [20s, 1m,  150s], release: 5s}    # the plain one",
        "  engage_after:  90s                          # 一分钟",
    ]


def test_a_quoted_number_stays_quoted() -> None:
    """And shares and amounts have their own form."""
    numbers = {EngageValue(Measure.WAITING_PER_AVAILABLE, 1): 3.0, EngageValue(Measure.SERVICE_LEVEL, 0): 0.575}
    assert difference(changed(numbers)) == [
        '      - "3.0"',
        "  service_level: {engage: [57.5%, 70%, never], release: 92%}",
    ]


def test_reasons_stand_above_their_line_and_at_the_head() -> None:
    """With the mark by which the next time knows them."""
    comments = Comments(["Made for a test.", ""], {EngageValue(WAIT, 0): "break 20s -> 30s: so it is"})
    told = changed({EngageValue(WAIT, 0): 30.0}, comments)
    assert told.startswith("#> Made for a test.\n#>\n")
    assert "\n  #> break 20s -> 30s: so it is\n  longest_wait:          {engage: [30s, 40s," in told


def test_reasons_of_an_earlier_time_are_taken_out() -> None:
    """What holds no more does not stay; his own comments do."""
    comments = Comments(["Made for a test."], {EngageValue(WAIT, 0): "because"})
    once = changed({EngageValue(WAIT, 0): 30.0}, comments)
    assert changed({EngageValue(WAIT, 0): 20.0}, of=once.encode()).encode() == source()


def test_line_breaks_are_those_of_the_file() -> None:
    """A file of another system keeps its own."""
    other = source().replace(b"\n", b"\r\n")
    told = changed({EngageValue(WAIT, 0): 30.0}, Comments(["Head"], {EngageValue(WAIT, 0): "why"}), other)
    assert told.count("\n") == told.count("\r\n")
    assert read(told.encode()).policy is not None


def test_a_reason_does_not_break_a_text_in_two() -> None:
    """Where a text ends on the line of a number, all is said at the head."""
    told = changed({EngageValue(WAIT, 0): 30.0}, Comments(["Head"], {EngageValue(WAIT, 0): "why"}), IN_BRACES)
    assert told.startswith("#> Head\n#> why\n{title")
    assert read(told.encode()).policy is not None


IN_BRACES = b"""{title: a policy of
  the day, triggers: {longest_wait: {engage: [20s, 40s, 90s], release: 10s}}, queues: [sales],
  tiers: [{tier: break, people: {paused_for: [break]}, bring: ask, patience: 2m},
    {tier: leaders, people: {group: leaders}, bring: add},
    {tier: inspectors, people: {group: inspectors}, bring: add}],
  timing: {engage_after: 1m, release_after: 10m, stay_at_least: 15m, rest_at_least: 10m, changes_per_hour: 40}}
"""


SPACE = Space(site().policies["main"], 60 * SECOND)
settings_of = st.tuples(*(st.integers(0, len(scale) - 1) for scale in SPACE.scales))


@given(settings_of)
def test_what_is_written_is_what_was_meant(setting: tuple[int, ...]) -> None:
    """SAFETY: a file with other numbers is read as the policy with these numbers, and no other key is touched."""
    numbers = SPACE.numbers(setting)
    why = {place: f"{named(place, ('break', 'leaders', 'inspectors'))} was changed" for place in numbers}
    found = read(changed(numbers, Comments(["Head"], why)).encode())
    if found.policy is not None:
        assert found.policy == with_numbers(SPACE.given, numbers)
        assert numbers_of(found.policy) == numbers
    else:
        assert not SPACE.is_provable(setting)


@given(settings_of)
def test_what_is_provable_has_no_error_and_no_new_warning(setting: tuple[int, ...]) -> None:
    """SAFETY: the checker says of the file what was said of the policy."""
    before = read(source()).rules
    found = read(changed(SPACE.numbers(setting)).encode())
    if SPACE.is_provable(setting):
        assert found.policy is not None
        assert found.rules <= before
    elif found.policy is not None and found.rules <= before:
        by_tiers = bound_of(found.policy).by_tiers
        assert by_tiers is not None
        assert by_tiers > bound_of(SPACE.given).ceiling
