from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.model.dial_pattern import DialPattern, best_match, common_number

KEYS = "0123456789*#+"
CLASSES = {"X": "0123456789", "Z": "123456789", "N": "23456789"}


def _sets(pattern: str) -> list[str]:
    """The characters that each place of a pattern lets through: the naive reading, without regular expressions."""
    sets, rest = [], pattern
    while rest:
        if rest[0] == "[":
            inner, _, rest = rest[1:].partition("]")
            sets.append(_bracket(inner))
        else:
            sets.append(CLASSES.get(rest[0], rest[0]))
            rest = rest[1:]
    return sets


def _bracket(inner: str) -> str:
    found = ""
    while inner:
        if inner[1:2] == "-" and inner[2:]:
            found += "".join(digit for digit in "0123456789" if inner[0] <= digit <= inner[2])
            inner = inner[3:]
        else:
            found, inner = found + inner[0], inner[1:]
    return found


def _matches(pattern: str, number: str) -> bool:
    """Whether a pattern has a number, by the words of Asterisk's documentation."""
    if not pattern.startswith("_"):
        return pattern == number
    body = pattern[1:]
    least = {".": 1, "!": 0}.get(body[-1])
    sets = _sets(body if least is None else body[:-1])
    rest = len(number) - len(sets)
    fits = all(key in allowed for key, allowed in zip(number, sets, strict=False))
    return fits and (rest == 0 if least is None else rest >= least)


RANGES = st.tuples(st.integers(0, 9), st.integers(0, 9)).map(lambda pair: f"[{min(pair)}-{max(pair)}]")
PLACES = st.sampled_from([*"0123456789XZN*#", "[13]", "[2468]"]) | RANGES
PATTERNS = st.builds(
    lambda places, end: "_" + "".join(places) + end,
    st.lists(PLACES, min_size=1, max_size=6),
    st.sampled_from(["", ".", "!"]),
)
NUMBERS = st.text(KEYS, min_size=1, max_size=8)


# SAFETY: a call reaches the line that the documentation of Asterisk's patterns says.
@given(PATTERNS, NUMBERS)
def test_pattern_has_the_numbers_that_a_naive_reading_gives_it(pattern: str, number: str) -> None:
    """The compiled pattern agrees with reading it place by place."""
    assert DialPattern.parse(pattern).matches(number) == _matches(pattern, number)


# SAFETY: whatever stands in a file, reading it as a pattern is refused or succeeds.
@given(st.text(st.sampled_from("_[]-0123456789XZN.!*#+ a\n"), max_size=12))
def test_any_text_is_a_pattern_or_is_refused(text: str) -> None:
    """No text makes the reader fail in another way than by refusing."""
    try:
        pattern = DialPattern.parse(text)
    except ValueError:
        return
    assert pattern.text == text


# SAFETY: the choice among patterns does not depend on their order.
@given(st.lists(PATTERNS, min_size=1, max_size=5, unique=True), NUMBERS, st.randoms(use_true_random=False))
def test_choice_does_not_depend_on_the_order_of_the_patterns(patterns: list[str], number: str, random: object) -> None:
    """The same line is reached however the flows are sorted, and it is one that has the number."""
    parsed = {text: DialPattern.parse(text) for text in patterns}
    shuffled = list(parsed)
    random.shuffle(shuffled)
    chosen = best_match(parsed, number)
    assert chosen == best_match({text: parsed[text] for text in shuffled}, number)
    assert (chosen is None) == (not any(_matches(text, number) for text in patterns))


@pytest.mark.parametrize(
    ("patterns", "number", "chosen"),
    [
        (["100", "_1XX"], "100", "100"),
        (["_1XX", "_XXX"], "100", "_1XX"),
        (["_[1-9]XX", "_1XX"], "100", "_1XX"),
        (["_NXX", "_XXX"], "200", "_NXX"),
        (["_2.", "_2XX"], "200", "_2XX"),
        (["_2!", "_2."], "200", "_2."),
        (["_1X0", "_10X"], "100", "_10X"),
    ],
)
def test_narrower_pattern_wins_as_in_asterisk(patterns: list[str], number: str, chosen: str) -> None:
    """From the left, the place with fewer digits decides; an open end loses."""
    assert best_match({text: DialPattern.parse(text) for text in patterns}, number) == chosen


@pytest.mark.parametrize("text", ["", "_", "10 00", "_1[9-1]", "1X", "_x", "_1.2", "_[", "_[]", "_" + "X" * 80])
def test_malformed_pattern_is_refused(text: str) -> None:
    """What Asterisk would read otherwise than it looks is refused."""
    with pytest.raises(ValueError, match=r"digits|smaller"):
        DialPattern.parse(text)


@pytest.mark.parametrize(
    ("one", "other", "number"),
    [
        ("_8[1-5]XX", "_8[3-7]XX", "8300"),
        ("_8[1-5]XX", "_83XX", None),
        ("_8XXX", "_8XX", None),
        ("_X.", "_X.", "01"),
        ("_[12]!", "_[13]!", "11"),
        ("_[12]XX", "_[34]XX", None),
    ],
)
def test_number_that_two_patterns_take_alike(one: str, other: str, number: str | None) -> None:
    """There is one where the patterns overlap and neither is narrower."""
    assert common_number(one, other) == common_number(other, one) == number
    if number is not None:
        assert all(DialPattern.parse(pattern).matches(number) for pattern in (one, other))
