from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.model.utterance import Said, Utterance, write
from ivrctl.model.values import Value, from_json, to_json

ZONES = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.text(),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.dates(),
    st.datetimes(timezones=ZONES),
    st.timedeltas(),
)
VALUES: st.SearchStrategy[Value] = st.recursive(
    SCALARS | st.frozensets(st.text()),
    lambda inner: st.lists(inner, max_size=4).map(tuple) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


# SAFETY: what is journaled comes back as it was.
@given(VALUES)
def test_value_comes_back_from_the_journal_as_it_was(value: Value) -> None:
    """from_json is the exact inverse of to_json, through the text of a JSON line, with the types."""
    back = from_json(json.loads(json.dumps(to_json(value))))
    assert back == value
    assert to_json(back) == to_json(value)


# SAFETY: a journal that something else wrote is refused, never misread.
@pytest.mark.parametrize("data", [7, 1.5, {"decimal": 7}, {"unknown": "x"}, {"date": "tomorrow"}, {}])
def test_what_is_no_value_is_refused(data: object) -> None:
    """JSON that to_json never writes is a ValueError."""
    with pytest.raises(ValueError, match=r".+"):
        from_json(data)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("balance", "balance"),
        (None, "none"),
        (True, "yes"),
        (False, "no"),
        (Decimal("120.50"), "120.50"),
        (Decimal("1E+3"), "1000"),
        (date(2026, 2, 24), "2026-02-24"),
        (datetime(2026, 2, 24, 8, 0, tzinfo=UTC), "2026-02-24 08:00"),
        (timedelta(seconds=90), "90s"),
        (timedelta(milliseconds=500), "0.5s"),
    ],
)
def test_value_has_one_written_form(value: Value, text: str) -> None:
    """Transcripts and scenarios show a value in one form."""
    assert write(value) == text


def test_row_has_no_written_form() -> None:
    """A row is shown field by field."""
    with pytest.raises(TypeError):
        write({"amount": Decimal(1)})


def test_utterance_is_written_as_it_is_heard() -> None:
    """Words and values stand in their order."""
    utterance = Utterance("zh", ("您的余额是", Said("money", Decimal("120.50")), "。"))
    assert utterance.written == "您的余额是120.50。"
    assert not utterance.is_static


def test_utterance_of_words_alone_is_static() -> None:
    """Fixed words serve every call."""
    assert Utterance("en", ("Hello.",)).is_static
