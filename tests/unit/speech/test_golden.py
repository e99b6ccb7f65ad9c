"""Golden tables of how values are said: ``value<TAB>spoken``, read line by line by people who speak the language."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ivrctl.model.utterance import Said, Utterance
from ivrctl.model.values import Scalar
from ivrctl.speech import Pause, pieces
from ivrctl.speech.piece import GROUP_PAUSE

TABLES = sorted((Path(__file__).parents[2] / "golden" / "speech").glob("*.tsv"))
OF_ONE_FORMAT = [table for table in TABLES if not table.stem.endswith("-formats")]
"""``test_formats`` reads the others."""
FEWEST_ROWS = 60


def read_day(text: str) -> date:
    year, month, day = map(int, text.split("-"))
    return date(year, month, day)


def read_value(family: str, text: str) -> tuple[Said, str]:
    currency, _, amount = text.rpartition(" ")
    values: dict[str, Scalar] = {}
    if family in {"number", "money", "currencies"}:
        values[family] = Decimal(amount)
    elif family in {"date", "month"}:
        values[family] = read_day(text)
    said_as = {"currencies": "money"}.get(family, family)
    return Said(said_as, values.get(family, text)), currency or "CNY"


def spoken(language: str, said: Said, currency: str) -> str:
    """The pieces as one would write them down; a longer pause is a comma."""
    words, commas = {"zh": ("", "，"), "en": (" ", ", ")}[language]
    text, glue = "", ""
    for item in pieces(Utterance(language, (said,)), currency):
        if isinstance(item, Pause):
            glue = commas if item == GROUP_PAUSE else words
        else:
            text += glue + item.text
            glue = words
    return text


def rows(table: Path) -> list[list[str]]:
    return [line.split("\t") for line in table.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("table", OF_ONE_FORMAT, ids=lambda table: table.stem)
def test_every_row_is_said_as_written(table: Path) -> None:
    """Each value of the table is said in the words beside it."""
    language, family = table.stem.split("-")
    said = {value: spoken(language, *read_value(family, value)) for value, _ in rows(table)}
    assert said == dict(rows(table))


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("family", ["money", "number", "digits", "date", "month", "currencies"])
def test_every_language_has_a_table_for_every_family(language: str, family: str) -> None:
    """A format without sixty rows that people have read is not done."""
    [table] = [table for table in TABLES if table.stem == f"{language}-{family}"]
    assert len(rows(table)) >= FEWEST_ROWS
