"""Tables of prefixes: properties of the table against one that tries every beginning."""

from __future__ import annotations

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from ivrctl.site.prefixes import MOST_DIGITS, NOT_FOUND, PrefixTable

NARROW = st.text("019", min_size=1, max_size=6)
"""Few digits, so that prefixes lie in one another, and at the ends of the digits."""
PREFIXES = st.dictionaries(
    NARROW | st.text("0123456789", min_size=1, max_size=MOST_DIGITS), st.integers(0, 5), max_size=30
)
NUMBERS = st.text("019", max_size=9) | st.text("0123456789", max_size=20)


def slowly(prefixes: Mapping[str, int], digits: str) -> tuple[int, int]:
    """The longest prefix that fits, found by trying all."""
    fitting = [prefix for prefix in prefixes if digits.startswith(prefix)]
    longest = max(fitting, key=len, default=None)
    return NOT_FOUND if longest is None else (len(longest), prefixes[longest])


# SAFETY: what is found is the longest prefix that fits, and nothing else ever is.
@given(PREFIXES, st.lists(NUMBERS, max_size=20))
def test_longest_prefix_wins(prefixes: Mapping[str, int], numbers: list[str]) -> None:
    """A look-up finds what trying every prefix finds, for numbers that are shorter or longer than all of them too."""
    table = PrefixTable.of(prefixes)
    for digits in [*numbers, *prefixes, *(f"{prefix}0" for prefix in prefixes), *(prefix[:-1] for prefix in prefixes)]:
        assert table.find(digits) == slowly(prefixes, digits)


@given(PREFIXES, st.lists(st.integers(0, 3), min_size=6, max_size=6), st.lists(NUMBERS, max_size=20))
def test_other_values_change_nothing_else(prefixes: Mapping[str, int], values: list[int], numbers: list[str]) -> None:
    """A table with other values in the place of its own is the one that is made of them."""
    changed = PrefixTable.of(prefixes).with_values(values)
    made = PrefixTable.of({prefix: values[value] for prefix, value in prefixes.items()})
    for digits in [*numbers, *prefixes]:
        assert changed.find(digits) == made.find(digits)


# LIVENESS: everything that the table has can be found.
@given(PREFIXES)
def test_every_stretch_can_be_found_by_its_beginning(prefixes: Mapping[str, int]) -> None:
    """What the table lists as the least number of a stretch is in it."""
    table = PrefixTable.of(prefixes)
    for digits, value in table.beginnings():
        assert table.find(digits)[1] == value == slowly(prefixes, digits)[1]


def test_empty_table_finds_nothing() -> None:
    """No prefix, no value."""
    assert PrefixTable.of({}).find("8613800138000") == NOT_FOUND


def test_number_that_is_shorter_than_a_prefix_is_not_in_it() -> None:
    """Digits that are missing are none, and not zeros."""
    assert PrefixTable.of({"8610000": 1}).find("8610") == NOT_FOUND


def test_hundred_thousand_prefixes_take_little_room() -> None:
    """Four megabytes, and no object for each."""
    table = PrefixTable.of({f"86139{number:06}0": number for number in range(100_000)})
    assert table.size < 4 * 1024 * 1024
