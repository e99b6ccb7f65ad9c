"""What expressions can come out as, against trying everything."""

from __future__ import annotations

from decimal import Decimal
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivrctl.lang.binder import Binder
from ivrctl.lang.expressions import Domains, Expression, MappingNames, RecordScope
from ivrctl.lang.expressions.weighing import THERE
from ivrctl.lang.findings import Findings
from ivrctl.lang.source import ScalarNode, Span
from ivrctl.lang.types import BOOLEAN, NUMBER, Enumeration, Maybe
from ivrctl.model.values import Value

WORDS = ("red", "green", "blue")
SCOPE = RecordScope(
    {
        "colour": Enumeration(WORDS),
        "shade": Maybe(Enumeration(WORDS)),
        "is_open": BOOLEAN,
        "count": NUMBER,
        "left": Maybe(NUMBER),
    }
)
VALUES: dict[str, tuple[Value, ...]] = {
    "colour": WORDS,
    "shade": (None, *WORDS),
    "is_open": (True, False),
    "count": (Decimal(1), Decimal(5)),
    "left": (None, Decimal(1), Decimal(5)),
}


def expression(text: str) -> Expression:
    bound: Expression = Binder(Findings()).bind(
        Expression, ScalarNode(text, is_plain=True, span=Span("test", 1, 1, 1, len(text) + 1))
    )
    return bound


def outcomes(text: str, known: Domains | None = None) -> set[bool]:
    return set(expression(text).weighed(SCOPE, known or {}).outcomes)


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("true", {True}),
        ("is_open", {True, False}),
        ("is_open or not is_open", {True}),
        ("is_open and not is_open", {False}),
        ('colour == "red" or colour == "green" or colour == "blue"', {True}),
        ('colour == "red" and colour == "green"', {False}),
        ('colour != "red" or colour != "green"', {True}),
        ("count > 3", {True, False}),
        ("count > 3 and not count > 3", {False}),
        ("count == 3 or count != 3", {True}),
        ("left == none or left != none", {True}),
        ("left == none and left == 3", {False}),
        ("shade == none or shade == colour", {True, False}),
    ],
)
def test_outcome_is_known_where_the_values_settle_it(text: str, due: set[bool]) -> None:
    """Enumerations, booleans and whether a value is none are tried; comparisons of more are the same question again."""
    assert outcomes(text) == due


def test_what_is_known_settles_more() -> None:
    """Of a name that can only be one word, only that word is tried."""
    assert outcomes('colour == "red"', {("colour",): frozenset({"red"})}) == {True}
    assert outcomes('colour == "red"', {("colour",): frozenset({"green", "blue"})}) == {False}
    assert outcomes("left != none", {("left",): frozenset({THERE})}) == {True}


def test_what_is_behind_an_outcome_is_known() -> None:
    """Behind a guard that did not hold, its word is no longer possible."""
    behind = expression('colour == "red" or is_open').weighed(SCOPE, {}).behind
    assert behind[False] == {("colour",): frozenset({"green", "blue"}), ("is_open",): frozenset({False})}
    assert behind[True] == {("colour",): frozenset(WORDS), ("is_open",): frozenset({True, False})}


def test_expression_of_too_many_names_is_left_open() -> None:
    """Nothing is claimed where trying would take long."""
    names = {f"n{index}": Enumeration(tuple("abcdefgh")) for index in range(5)}
    text = " and ".join(f'{name} == "a" and {name} == "b"' for name in names)
    assert expression(text).weighed(RecordScope(names), {}).outcomes == {True, False}


# SAFETY: an outcome that is not named never comes.

LEAVES = st.sampled_from(
    [
        "is_open",
        "true",
        "false",
        'colour == "red"',
        'colour != "green"',
        "shade == none",
        'shade == "red"',
        "shade != colour",
        "shade == colour",
        "count > 3",
        "count == 5",
        "count != 5",
        "left == none",
        "left != none",
        "left == 5",
        "left == count",
        'starts_with(colour, "r")',
    ]
)
TEXTS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda parts: f"({' '.join(parts)})"),
        inner.map(lambda one: f"(not {one})"),
    ),
    max_leaves=6,
)


@settings(max_examples=60)
@given(text=TEXTS)
def test_no_combination_of_values_comes_out_otherwise(text: str) -> None:
    """Whatever the values are, the outcome is among those named, and the values among those behind it."""
    parsed = expression(text)
    weighed = parsed.weighed(SCOPE, {})
    for values in product(*VALUES.values()):
        names = dict(zip(VALUES, values, strict=True))
        outcome = parsed.evaluate(MappingNames(names))
        assert outcome in weighed.outcomes
        for path, domain in weighed.behind[bool(outcome)].items():
            value = names[path[0]]
            assert value in domain or (THERE in domain and value is not None)
