"""A row of a file of customers, compared with what the site declares."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from ivrctl.adapters.customers import is_pin
from ivrctl.adapters.customers.csv_file import Row
from ivrctl.lang.findings import did_you_mean, shortened
from ivrctl.model.customer import CustomerEntry
from ivrctl.model.values import Secret
from ivrctl.service.customer_files.columns import IDENTIFIER, TEXTS, Columns
from ivrctl.service.customer_files.keyable import identifier_remark, pin_remark
from ivrctl.service.numbering import normalised
from ivrctl.site.site_file import Site

MAX_TEXT = 200
"""Characters of a name: more than anybody is called."""
MAX_KEY = 64
"""Characters of a customer's key."""
MAX_NUMBERS = 50
"""Of one customer: a company with more has a number of its own for them."""

_IDENTIFIER = re.compile(r"[0-9A-Z]{1,64}\Z")
"""What a caller can key or a keyboard's letter stands for, such as the X that ends an identity number."""
_FORMULA = re.compile(r"(?![+-][0-9]+\Z)[=+@-]")
"""What a spreadsheet computes when it opens an export; a number alone does no harm."""
_BLANKS = re.compile(r"[\u00a0\u2007\u202f\u3000]")
"""Blanks that are wider than one, or at which no line ends: in Chinese lists names are padded with them."""
_PARTED = re.compile(r"[;\s]+")
_PUNCTUATION = re.compile(r"[-().]")
"""By which people part the digits of a number."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with a row, and what to do."""

    line: int
    column: str
    """Empty where the whole row is meant."""
    message: str
    """Never holds a PIN."""
    advice: str
    level: Literal["error", "warning"] = "error"
    """A row with a warning is imported."""


class WrongRow(Exception):  # noqa: N818 - what it says of the row is a finding
    """The row is left out."""

    def __init__(self, column: str, message: str, advice: str) -> None:
        """Say in which column, what, and what to do."""
        super().__init__(message)
        self.column = column
        self.advice = advice


class RowReader:
    """Reads the rows of one file for one site."""

    def __init__(self, site: Site, columns: Columns) -> None:
        """Compare with what this site declares."""
        self._site = site
        self._columns = columns
        self._declared = {
            "brand": tuple(map(str, site.brands)),
            "tier": tuple(map(str, site.tiers)),
            "region": tuple(map(str, site.regions)),
            "language": tuple(map(str, site.languages)),
        }

    def read(self, row: Row) -> CustomerEntry | list[Finding]:
        """What the row says, or all that is wrong with it."""
        names = self._columns.names
        if len(row.cells) != len(names):
            message = f"the row has {len(row.cells)} cells, the header {len(names)}"
            return [Finding(row.line, "", message, "a comma inside a cell needs quotes around the cell")]
        wrong: list[Finding] = []
        cells = {name: _BLANKS.sub(" ", cell) for name, cell in zip(names, row.cells, strict=True)}
        for name, cell in cells.items():
            try:
                self._check(name, cell)
            except WrongRow as fault:
                wrong.append(Finding(row.line, fault.column, str(fault), fault.advice))
        return wrong or self._entry(row.line, cells)

    def customer(self, row: Row) -> str:
        """Whose row it is, also when it is wrong; empty where nobody can say."""
        names = self._columns.names
        return row.cells[names.index("customer")] if len(row.cells) == len(names) else ""

    def remarks(self, entry: CustomerEntry) -> Iterator[tuple[str, str]]:
        """What no caller could key: the column, and what is odd about it."""
        if entry.pin is not None and (remark := pin_remark(self._site, str(entry.pin.text))):
            yield "pin", remark
        for kind, value in entry.identifiers.items():
            if value and (remark := identifier_remark(self._site, kind, value)):
                yield IDENTIFIER + kind, remark

    def _check(self, name: str, cell: str) -> None:
        if name == "pin":
            if cell and not is_pin(cell):
                raise WrongRow(
                    name, "the PIN is not 4 to 12 digits", "a caller keys it; leave it empty to keep his PIN"
                )
        elif name == "numbers":
            self._numbers(cell)
        elif name.startswith(IDENTIFIER):
            if cell and not _IDENTIFIER.match(cell.upper()):
                raise WrongRow(name, f'"{shortened(cell)}" cannot be keyed', "digits and letters, 64 at most")
        else:
            self._check_text(name, cell)

    def _check_text(self, name: str, cell: str) -> None:
        if name == "customer" and not cell:
            raise WrongRow(name, "the row names no customer", "each has a key of his own, such as C-1001")
        most = MAX_KEY if name == "customer" else MAX_TEXT
        if len(cell) > most:
            raise WrongRow(name, f"{len(cell)} characters are too many", f"{most} at most")
        if not cell.isprintable():
            raise WrongRow(name, "an invisible character stands in it", "type the cell anew")
        if _FORMULA.match(cell):
            message = f'"{shortened(cell)}" is a formula for whoever opens a table with it'
            raise WrongRow(name, message, "begin it with a letter or a digit, not with = + - or @")
        declared = self._declared.get(name, ())
        if cell and declared and cell not in declared:
            advice = did_you_mean(cell, declared) or f"the site declares {', '.join(declared)}"
            raise WrongRow(name, f'the site has no {name} "{shortened(cell)}"', advice)

    def _numbers(self, cell: str) -> tuple[str, ...]:
        parts = [part for part in _PARTED.split(cell) if part]
        if len(parts) > MAX_NUMBERS:
            raise WrongRow("numbers", f"{len(parts)} numbers are too many", f"{MAX_NUMBERS} at most")
        return tuple(sorted({self._number(part) for part in parts}))

    def _number(self, written: str) -> str:
        number = normalised(_PUNCTUATION.sub("", written), self._site.numbers)
        if number.startswith("+") or (number and self._site.dial_string(number) is not None):
            return number
        message = f'"{shortened(written)}" is no telephone number'
        country = self._site.numbers.country
        advice = f"as it is dialled in {country}, or +…; digits without blanks, several parted by a blank or ;"
        raise WrongRow("numbers", message, advice)

    def _entry(self, line: int, cells: dict[str, str]) -> CustomerEntry:
        pin = cells.get("pin")
        return CustomerEntry(
            line=line,
            customer=cells["customer"],
            texts={name: cells[name] for name in TEXTS if name in cells},
            numbers=self._numbers(cells["numbers"]) if "numbers" in cells else None,
            identifiers={kind: cells[IDENTIFIER + kind].upper() for kind in self._columns.kinds},
            pin=Secret(pin) if pin else None,
        )


def keys_of(entry: CustomerEntry) -> Iterable[tuple[str, str]]:
    """All that no other row may have: a column, and what stands there."""
    yield "customer", entry.customer
    for number in entry.numbers or ():
        yield "numbers", number
    for kind, value in entry.identifiers.items():
        if value:
            yield IDENTIFIER + kind, value
