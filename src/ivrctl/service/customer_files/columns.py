"""The columns of a file of customers, as its first line names them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from ivrctl.adapters.customers.csv_file import Row, UnreadableFile
from ivrctl.lang.findings import did_you_mean, shortened

TEXTS = ("name", "brand", "tier", "region", "language")
"""Columns that are kept as they stand."""
KNOWN = ("customer", *TEXTS, "numbers", "pin")
IDENTIFIER = "id:"
"""How the name of a column of identifiers begins; the kind stands behind it."""

KIND = re.compile(r"[a-z][a-z0-9_-]{0,62}\Z")
"""Kinds of identifiers, as the site's ``identity`` names them."""


@dataclass(frozen=True, slots=True)
class Columns:
    """The names of the columns, in the file's order."""

    names: tuple[str, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of identifiers that the file has."""
        return tuple(name.removeprefix(IDENTIFIER) for name in self.names if name.startswith(IDENTIFIER))


def columns_of(header: Row) -> Columns:
    """Read the header.

    Raises:
        UnreadableFile: a column is missing, unknown, or stands twice.
    """
    names = tuple(name.lower() for name in header.cells)
    if len(names) == 1 and re.search("[;\t]", names[0]):
        message = "the columns are not parted by commas"
        raise UnreadableFile(header.line, message, 'save it as "CSV UTF-8 (comma delimited)"')
    for name in names:
        _check(header.line, name)
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise UnreadableFile(header.line, f'the column "{twice[0]}" stands twice', "remove one")
    if "customer" not in names:
        message = 'there is no column "customer"'
        raise UnreadableFile(header.line, message, "by it a row finds its customer: your own customer number")
    return Columns(names)


def _check(line: int, name: str) -> None:
    if name in KNOWN:
        return
    if name.startswith(IDENTIFIER):
        kind = name.removeprefix(IDENTIFIER)
        if not KIND.match(kind):
            message = f'"{shortened(kind)}" is no kind of identifier'
            raise UnreadableFile(line, message, "such as id:member: letters, digits, - and _")
        return
    message = f'there is no column "{shortened(name)}"' if name else "a column has no name"
    advice = did_you_mean(name, KNOWN) if name else "name it, or remove it"
    raise UnreadableFile(line, message, advice or f"there are {', '.join(KNOWN)}, and id:<kind> such as id:member")
