"""Entries of a menu, against the set of everything that can be keyed."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.flow.entries import fault_of, is_hidden, looked_up
from ivrctl.model.dial_pattern import DialPattern, best_match

PLACES = st.sampled_from(["1", "2", "8", "X", "Z", "N", "[12]", "[2-9]", "[0-8]"])
PATTERNS = st.lists(PLACES, min_size=1, max_size=3).map(lambda places: "_" + "".join(places))
EXACT = st.text("01289*#", min_size=1, max_size=3)
ENTRIES = st.lists(PATTERNS | EXACT, min_size=1, max_size=5, unique=True)
KEYED = ["".join(keys) for length in (1, 2, 3) for keys in product("0123456789", repeat=length)]


# SAFETY: what is keyed is taken for what Asterisk's dialplan would take it for.
@given(ENTRIES, st.text("01289*#", min_size=1, max_size=4))
def test_keys_are_the_entry_that_the_dialplan_would_choose(entries: list[str], keyed: str) -> None:
    """The entry that some keys are is the one that the dialplan's patterns choose."""
    patterns = {entry: DialPattern.parse(entry) for entry in entries}
    assert looked_up(entries, keyed).entry == best_match(patterns, keyed)


# LIVENESS: nobody waits for a key that can lead nowhere, and nobody is cut off from a longer entry.
@given(ENTRIES, st.text("01289", min_size=1, max_size=2))
def test_one_more_key_is_awaited_exactly_when_it_can_make_an_entry(entries: list[str], keyed: str) -> None:
    """Keys can grow when, and only when, some longer run of keys that begins with them is an entry."""
    patterns = [DialPattern.parse(entry) for entry in entries]
    tails = ["".join(keys) for length in (1, 2) for keys in product("0123456789*#", repeat=length)]
    longer = [keyed + tail for tail in tails]
    assert looked_up(entries, keyed).can_grow == any(one.matches(keys) for one in patterns for keys in longer)


# SAFETY: what is called unreachable is, and nothing else.
@given(ENTRIES)
def test_entry_is_hidden_exactly_when_it_is_never_chosen(entries: list[str]) -> None:
    """Tried with everything that can be keyed, an entry that is hidden is chosen by nothing, any other by something."""
    patterns = {entry: DialPattern.parse(entry) for entry in entries}
    chosen = {best_match(patterns, keyed) for keyed in (*KEYED, *entries)}
    for entry in entries:
        assert is_hidden(entry, entries) == (entry not in chosen)


@pytest.mark.parametrize("text", ["0", "#", "*", "8100", "*1", "_8XXX", "_[1-4]Z", "_NXX"])
def test_keys_and_patterns_of_one_length_are_entries(text: str) -> None:
    """A key, several, and what the dialplan calls a pattern."""
    assert fault_of(text) is None


@pytest.mark.parametrize("text", ["", "A", "+49", "_8X.", "_8!", "_", "_8[9-1]", "_+4X", "1" * 33, "_" + "X" * 33])
def test_what_cannot_be_keyed_is_no_entry(text: str) -> None:
    """What no telephone has, what never ends, what nobody keys."""
    assert fault_of(text) is not None
