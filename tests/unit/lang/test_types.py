"""Types as they are written, what fits where, and foreign values made to conform."""

from __future__ import annotations

import contextlib
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.lang.binder import Binder
from ivrctl.lang.findings import Findings
from ivrctl.lang.loader import load
from ivrctl.lang.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DIGITS,
    DURATION,
    EXTENSION,
    MONEY,
    NONE,
    NUMBER,
    PHONE,
    QUEUE,
    SECRET,
    SIMPLE,
    TEXT,
    WORD_SET,
    Enumeration,
    ListOf,
    Maybe,
    Record,
    Type,
    accepts,
    conform,
)
from ivrctl.model.utterance import write

KIND = Enumeration(("move", "repair"))


@pytest.mark.parametrize("written", [*SIMPLE, *(f"{name}?" for name in SIMPLE), "[move, repair]", "[move, none]"])
def test_a_type_is_written_as_it_is_read(written: str) -> None:
    """`str()` of a type is its YAML."""
    (node,) = load(f"{written}\n".encode(), "a.yaml", Findings())
    assert str(Binder(Findings()).bind(Type, node)) == written


TYPES = st.sampled_from([*SIMPLE.values(), KIND, Enumeration(("move",)), Maybe(DATE), Maybe(KIND), NONE, WORD_SET])


@given(TYPES)
def test_every_type_accepts_itself(kind: Type) -> None:
    """A value can stand where its own type is due."""
    assert accepts(kind, kind)


@given(TYPES, TYPES, TYPES)
def test_fitting_is_transitive_without_secrets(first: Type, second: Type, third: Type) -> None:
    """What fits into what fits, fits."""
    if accepts(first, second) and accepts(second, third):
        assert accepts(first, third)


@given(TYPES)
def test_a_secret_fits_only_where_a_secret_is_due(kind: Type) -> None:
    """SAFETY: no declared type but secret takes a secret."""
    assert accepts(kind, SECRET) == (kind == SECRET)


@pytest.mark.parametrize(
    ("target", "source"),
    [
        (TEXT, DIGITS),
        (TEXT, KIND),
        (PHONE, DIGITS),
        (EXTENSION, DIGITS),
        (Maybe(DATE), DATE),
        (Maybe(DATE), NONE),
        (Maybe(TEXT), Maybe(KIND)),
        (KIND, Enumeration(("move",))),
        (Record({"a": TEXT}), Record({"a": DIGITS, "b": DATE})),
        (ListOf(TEXT), ListOf(PHONE)),
        (SECRET, DIGITS),
    ],
)
def test_a_value_fits_where_a_wider_type_is_due(target: Type, source: Type) -> None:
    """Text takes all texts, `?` takes none, an enumeration takes some of its words."""
    assert accepts(target, source)


@pytest.mark.parametrize(
    ("target", "source"),
    [
        (DATE, Maybe(DATE)),
        (DIGITS, TEXT),
        (DIGITS, PHONE),
        (KIND, TEXT),
        (Enumeration(("move",)), KIND),
        (DATE, DATETIME),
        (TEXT, NUMBER),
        (NUMBER, DURATION),
        (QUEUE, TEXT),
        (Record({"a": TEXT}), Record({})),
        (TEXT, NONE),
    ],
)
def test_a_value_does_not_fit_where_a_narrower_type_is_due(target: Type, source: Type) -> None:
    """What may be none, or another word, or another kind, is refused."""
    assert not accepts(target, source)


CHINA = ZoneInfo("Asia/Shanghai")


@pytest.mark.parametrize(
    ("value", "kind", "conformed"),
    [
        ("您好", TEXT, "您好"),
        (42, TEXT, "42"),
        (42, DIGITS, "42"),
        ("0042", DIGITS, "0042"),
        ("+8613800138000", PHONE, "+8613800138000"),
        (13800138000, PHONE, "13800138000"),
        ("full-service", QUEUE, "full-service"),
        ("8001", EXTENSION, "8001"),
        (3, NUMBER, Decimal(3)),
        (3.0, NUMBER, Decimal(3)),
        (0.1, NUMBER, Decimal("0.1")),
        ("007", NUMBER, Decimal(7)),
        (Decimal("1E+3"), NUMBER, Decimal(1000)),
        ("120.50", MONEY, Decimal("120.50")),
        (120, MONEY, Decimal("120.00")),
        (120.5, MONEY, Decimal("120.50")),
        (0.1 + 0.2, MONEY, Decimal("0.30")),
        (Decimal("-0.000"), MONEY, Decimal("0.00")),
        ("2026-02-01", DATE, date(2026, 2, 1)),
        (date(2026, 2, 1), DATE, date(2026, 2, 1)),
        (datetime(2026, 2, 1), DATE, date(2026, 2, 1)),  # noqa: DTZ001 - what drivers give for a date column
        ("2026-02-01 00:00:00", DATE, date(2026, 2, 1)),
        ("2026-02-01T08:00:00+00:00", DATETIME, datetime(2026, 2, 1, 8, tzinfo=UTC)),
        ("2026-02-01 08:00", DATETIME, datetime(2026, 2, 1, 8, tzinfo=CHINA)),
        ("90s", DURATION, timedelta(seconds=90)),
        (90, DURATION, timedelta(seconds=90)),
        (1.5, DURATION, timedelta(seconds=1.5)),
        (0, BOOLEAN, False),
        (1, BOOLEAN, True),
        ("true", BOOLEAN, True),
        ("repair", KIND, "repair"),
        (None, Maybe(DATE), None),
        ("2026-02-01", Maybe(DATE), date(2026, 2, 1)),
        ({"a": 1, "more": 2}, Record({"a": NUMBER, "b": Maybe(TEXT)}), {"a": Decimal(1), "b": None}),
        ([1, 2], ListOf(NUMBER), (Decimal(1), Decimal(2))),
        (["north"], WORD_SET, frozenset({"north"})),
        (None, NONE, None),
    ],
)
def test_a_foreign_value_takes_its_one_form(value: object, kind: Type, conformed: object) -> None:
    """What databases and JSON give becomes what flows compute with, of the very type."""
    result = conform(value, kind, zone=CHINA)
    assert result == conformed
    assert type(result) is type(conformed)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, TEXT),
        (None, MONEY),
        ("broken", KIND),
        (1, KIND),
        (float("nan"), NUMBER),
        (float("inf"), MONEY),
        (Decimal("NaN"), NUMBER),
        (Decimal("sNaN"), MONEY),
        (1e300, NUMBER),
        (10**18, NUMBER),
        (Decimal("1E+999999"), MONEY),
        (Decimal("1E-999999"), NUMBER),
        ("1e3", NUMBER),
        ("1,5", NUMBER),
        ("", NUMBER),
        ("٣", NUMBER),
        (True, NUMBER),
        (120.505, MONEY),
        ("120.505", MONEY),
        ("x" * 4097, TEXT),
        ("您" * 1366, TEXT),
        ("a\x00b", TEXT),
        ("a\nb", TEXT),
        ("a\ud800", TEXT),
        (1.5, TEXT),
        (b"a", TEXT),
        (["a"], TEXT),
        ("", DIGITS),
        ("12a", DIGITS),
        ("138 0013 8000", PHONE),
        ("a;b", QUEUE),
        ("a,b", EXTENSION),
        ("2026-02-30", DATE),
        ("20260201", DATE),
        ("2026-02-01 08:00", DATE),
        ("tomorrow", DATE),
        (20260201, DATE),
        ("soon", DATETIME),
        (5, DATETIME),
        ("90", DURATION),
        (1e12, DURATION),
        (float("nan"), DURATION),
        (2, BOOLEAN),
        ("yes", BOOLEAN),
        ([], Record({"a": TEXT})),
        ({}, Record({"a": TEXT})),
        ({"a": 1}, ListOf(NUMBER)),
        ([None], ListOf(NUMBER)),
        ([0] * 1001, ListOf(NUMBER)),
        ("north", WORD_SET),
        (1, NONE),
    ],
)
def test_what_does_not_fit_is_refused(value: object, kind: Type) -> None:
    """SAFETY: nothing is cut, rounded or guessed; the lookup has failed instead."""
    with pytest.raises(ValueError, match=r"."):
        conform(value, kind, zone=CHINA)


def test_a_datetime_without_a_zone_needs_one() -> None:
    """A naive datetime is refused where nobody says in which zone it is meant."""
    with pytest.raises(ValueError, match="without a time zone"):
        conform("2026-02-01 08:00", DATETIME)


def test_a_refusal_names_the_field_and_not_the_value() -> None:
    """What a customer's row holds does not reach the log."""
    with pytest.raises(ValueError, match=r"^amount: ") as caught:
        conform({"amount": "王小明"}, Record({"amount": MONEY}))
    assert "王小明" not in str(caught.value)


CENTS = st.integers(-(10**12), 10**12).map(lambda cents: Decimal(cents).scaleb(-2))
VALUES = st.one_of(
    st.tuples(st.just(MONEY), CENTS),
    st.tuples(st.just(NUMBER), st.integers(-(10**17), 10**17).map(Decimal)),
    st.tuples(st.just(DATE), st.dates()),
    st.tuples(st.just(BOOLEAN), st.booleans()),
    st.tuples(st.just(DIGITS), st.text("0123456789*#", min_size=1, max_size=64)),
    st.tuples(st.just(KIND), st.sampled_from(KIND.words)),
)


# SAFETY: `conform` is the inverse of what a driver or JSON made of a value.


@given(VALUES)
def test_a_value_comes_back_from_what_it_is_written_as(pair: tuple[Type, object]) -> None:
    """A value, written as text by a database, conforms to itself."""
    kind, value = pair
    written = write(value) if not isinstance(value, bool) else str(value).lower()  # type: ignore[arg-type]
    assert conform(written, kind) == value


@given(VALUES)
def test_conforming_twice_changes_nothing(pair: tuple[Type, object]) -> None:
    """A value of a type conforms to that type as itself."""
    kind, value = pair
    assert conform(value, kind) == value
    assert conform(conform(value, kind), kind) == value


@given(CENTS)
def test_money_survives_a_float_column(amount: Decimal) -> None:
    """Amounts that a database keeps as floating point come back to the cent."""
    assert conform(json.loads(json.dumps(float(amount))), MONEY) == amount


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


@given(JSON, TYPES)
def test_any_answer_conforms_or_is_refused(answer: object, kind: Type) -> None:
    """Whatever an interface answers, nothing but ValueError comes out."""
    with contextlib.suppress(ValueError):
        conform(answer, kind)
