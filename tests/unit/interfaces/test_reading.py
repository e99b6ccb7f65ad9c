"""JSON of a stranger, and our values as JSON: exact both ways, and refused in words that quote nothing."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.adapters.interfaces.reading import MAX_NESTING, read_json
from ivrctl.adapters.interfaces.writing import as_text, json_object
from ivrctl.lang.types import MONEY, TEXT, conform
from ivrctl.model.values import Secret

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-(10**18), 10**18), st.text(max_size=20)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


def told(body: bytes) -> str:
    """Why it is refused; empty when it is read."""
    try:
        read_json(body)
    except ValueError as error:
        return str(error)
    return ""


@given(value=JSON)
def test_safety_what_is_json_is_read_as_it_is(value: object) -> None:
    """SAFETY: for everything but floats it is Python's own reading."""
    body = json.dumps(value).encode()
    assert told(body) in {"", f"its JSON is nested deeper than {MAX_NESTING}"}
    assert told(body) or read_json(body) == value


@given(body=st.binary(max_size=200))
def test_safety_any_bytes_are_json_or_refused(body: bytes) -> None:
    """SAFETY: nothing but a ValueError, whatever comes."""
    assert told(body) == "" or told(body).startswith("its ")


@given(depth=st.integers(1, 40), kind=st.sampled_from([(b"[", b"]"), (b'{"a":', b"}")]))
def test_nesting_has_its_bound(depth: int, kind: tuple[bytes, bytes]) -> None:
    """And a bracket within a text is none."""
    begin, end = kind
    body = begin * depth + b'"[[[[\\"[[[["' + end * depth
    if depth <= MAX_NESTING:
        assert read_json(body) is not None
    else:
        with pytest.raises(ValueError, match="nested deeper"):
            read_json(body)


@pytest.mark.parametrize("body", [b'"' * 60_001, b'"\\"' * 20_000, b"[" * 60_000, b'"\\' * 30_000, b"1" * 64_000])
def test_hostile_bodies_take_no_time(body: bytes) -> None:
    """Linear in what came: a body of the longest that is taken is refused at once."""
    with pytest.raises(ValueError, match="its "):
        read_json(body)


def test_decimal_is_the_number_that_stands_there() -> None:
    """No float is between: a tenth is a tenth, and eighteen digits stay."""
    assert read_json(b"[0.1, 123456789012345678.25, 1e2]") == [Decimal("0.1"), Decimal("123456789012345678.25"), 100]
    assert conform(read_json(b"12.30"), MONEY) == Decimal("12.30")


@pytest.mark.parametrize("number", [b"1e999999999", b"1e99999999999999999999", b"-0.1E-99999999999999999999"])
def test_number_that_would_be_gigabytes_of_zeros_is_refused(number: bytes) -> None:
    """As text it would be written out; an exponent that no Decimal has is no other fault."""
    with pytest.raises(ValueError, match="too long"):
        conform(read_json(number), TEXT)


MONEYS = st.decimals(allow_nan=False, allow_infinity=False, places=2, min_value=-(10**12), max_value=10**12)


@given(text=st.text(max_size=30), amount=MONEYS, is_vip=st.booleans())
def test_safety_what_we_write_reads_as_it_was(text: str, amount: Decimal, is_vip: bool) -> None:
    """SAFETY: the exact number, the same text, true as true."""
    body = json_object({"text": text, "amount": amount, "vip": is_vip, "none": None})
    assert json.loads(body, parse_float=Decimal) == {"text": text, "amount": amount, "vip": is_vip, "none": None}


def test_values_have_one_form() -> None:
    """In an address and in a body alike."""
    moment = datetime(2026, 2, 14, 8, tzinfo=UTC)
    for value, text in [
        (Decimal("1E+2"), "100"),
        (timedelta(seconds=90), "90"),
        (timedelta(milliseconds=1500), "1.5"),
        (timedelta(0), "0"),
        (True, "true"),
        (date(2026, 2, 14), "2026-02-14"),
        (moment, "2026-02-14T08:00:00+00:00"),
    ]:
        assert as_text(value) == text
        assert json_object({"a": value}).decode().replace('"', "") == f"{{a:{text}}}"


def test_secret_has_no_place_in_an_address() -> None:
    """It is uncovered for a body alone."""
    with pytest.raises(ValueError, match="a Secret has no place in an address"):
        as_text(Secret("471199"))
    assert json_object({"pin": Secret("471199")}) == b'{"pin":"471199"}'
