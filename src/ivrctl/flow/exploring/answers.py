"""What a question may be answered: representatives of all answers that the flows can tell apart.

Of a lookup missing, failed, and rows: of the fields that decide something every value of few, and of the others one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice, product
from typing import assert_never

from ivrctl.flow.actions.menu import Menu
from ivrctl.flow.commands import (
    Identified,
    Identify,
    IdentityLocked,
    IdentityUnavailable,
    LookUp,
    LookupFailed,
    LookupFound,
    LookupMissing,
    NotIdentified,
    Question,
    Submit,
    SubmitFailed,
    Submitted,
)
from ivrctl.flow.exploring.choice import Answered
from ivrctl.flow.exploring.relevance import Relevance
from ivrctl.flow.it import IT
from ivrctl.flow.parts import names_deciding
from ivrctl.lang.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DIGITS,
    DURATION,
    EXTENSION,
    MONEY,
    NUMBER,
    PHONE,
    QUEUE,
    Enumeration,
    Maybe,
    Type,
    conform,
)
from ivrctl.model.dial_pattern import DialPattern
from ivrctl.model.values import Row, Scalar, Value
from ivrctl.site.identity import CALLER_NUMBER
from ivrctl.site.lookups import Lookup
from ivrctl.site.site_file import Site

MAX_VALUES = 12
"""Values of one field that are tried."""
MAX_ROWS = 48
"""Rows of one lookup that are tried; where there are more, each value is tried with the first ones of the others."""
NO_ANSWER = "no answer in time"
LOCKED_FOR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers to the questions of one site, or of two that are compared."""

    sites: tuple[Relevance, ...]

    def of(self, question: Question, now: datetime) -> tuple[Answered, ...]:
        """Every answer to a question that makes a difference: good ones first, failures last.

        Args:
            question: that one of the sites asks.
            now: when the call is made.
        """
        match question:
            case LookUp(lookup=name):
                return self._of_lookup(name, now)
            case Identify(method=method):
                found = self.of_identity(now)
                return found if method != CALLER_NUMBER else tuple(filter(_tells_without_a_guess, found))
            case Submit():
                return Answered(Submitted()), Answered(SubmitFailed(NO_ANSWER))
            case _:
                assert_never(question)

    def of_identity(self, now: datetime) -> tuple[Answered, ...]:
        """Customers of each tier, brand and language that decides something, strangers, and who is locked out."""
        site = self.sites[0].program.site
        choices: dict[str, tuple[Value, ...]] = {
            "tier": tuple(map(str, site.tiers)) or ("tier",),
            "brand": tuple(map(str, site.brands)) or ("brand",),
            "language": tuple(map(str, site.languages)),
            "name": ("name",),
        }
        telling = tuple(name for name in choices if any(each.is_read(("caller", name)) for each in self.sites))
        tried = {name: (*values, None) if name in telling else (None,) for name, values in choices.items()}
        # A customer's language becomes the call's, so that it tells even where nothing reads it.
        tried["language"] = choices["language"]
        rows = (dict(zip(tried, row, strict=True)) for row in islice(product(*tried.values()), MAX_ROWS))
        return (
            *(Answered(Identified(row), telling) for row in rows),
            Answered(NotIdentified()),
            Answered(IdentityLocked(now + LOCKED_FOR)),
            Answered(IdentityUnavailable(NO_ANSWER)),
        )

    def _of_lookup(self, name: str, now: datetime) -> tuple[Answered, ...]:
        declared = self._declared(name)
        deciding = self._deciding(name)
        values = _Values(self.sites[0].program.site, self._literals(), now)
        found = _lists(declared, deciding, values) if declared.rows else _rows(declared, deciding, values)
        telling = tuple(field for field in declared.returns if deciding is None or field in deciding)
        return (
            *(Answered(LookupFound(row), telling) for row in found),
            Answered(LookupMissing()),
            Answered(LookupFailed(NO_ANSWER)),
        )

    def _declared(self, name: str) -> Lookup:
        """A lookup as the sites declare it: with the fields of both where they differ."""
        found = [site.program.site.lookups[name] for site in self.sites if name in site.program.site.lookups]
        first, *others = found
        returns = {field: kind for other in others for field, kind in other.returns.items()}
        return replace(first, returns={**returns, **first.returns})

    def _deciding(self, name: str) -> frozenset[str] | None:
        """The fields that decide something; None for all of them."""
        paths = {path for site in self.sites for path in site.fields.get(name, ())}
        if any(name in site.program.site.lookups and site.program.site.lookups[name].rows for site in self.sites):
            return frozenset(field for site in self.sites for field in _fields_of_rows(site))
        return None if () in paths else frozenset(path[0] for path in paths)

    def _literals(self) -> frozenset[Scalar]:
        return frozenset(value for site in self.sites for value in site.literals)


def _tells_without_a_guess(answered: Answered) -> bool:
    """By the calling number nobody guesses, and so nobody is locked out."""
    return not isinstance(answered.reply, IdentityLocked)


def _fields_of_rows(site: Relevance) -> Iterator[str]:
    """The fields by which menus choose which rows to offer."""
    for flow in site.program.flows.values():
        for _, action in flow.places():
            if isinstance(action.kind, Menu) and action.kind.from_ is not None and action.kind.from_.when is not None:
                names = names_deciding(action.kind.from_.when)
                yield from (path[1] for path in names if path[0] == IT and path[1:])


def _rows(declared: Lookup, deciding: frozenset[str] | None, values: _Values) -> tuple[Row, ...]:
    """Every combination of what decides; where these are too many, each value once beside the first ones."""
    choices = {
        name: values.of(kind, name) if deciding is None or name in deciding else values.of(kind, name)[:1]
        for name, kind in declared.returns.items()
    }
    count = 1
    for tried in choices.values():
        count *= len(tried)
    if count <= MAX_ROWS:
        return tuple(dict(zip(choices, row, strict=True)) for row in product(*choices.values()))
    return tuple(islice(_one_by_one(choices), MAX_ROWS))


def _one_by_one(choices: Mapping[str, tuple[Value, ...]]) -> Iterator[Row]:
    first: dict[str, Value] = {name: tried[0] for name, tried in choices.items()}
    yield first
    for name, tried in choices.items():
        yield from ({**first, name: value} for value in tried[1:])


def _lists(declared: Lookup, deciding: frozenset[str] | None, values: _Values) -> Iterator[tuple[Row, ...]]:
    """One row of each sort alone, and as many as there may be."""
    rows = _rows(declared, deciding, values)
    most = declared.rows or 1
    yield from ((_numbered(row, 1, declared),) for row in rows)
    if most > 1:
        many = (rows * most)[: max(len(rows), 2)][:most]
        yield tuple(_numbered(row, number, declared) for number, row in enumerate(many, 1))


def _numbered(row: Row, number: int, declared: Lookup) -> Row:
    """A row whose texts tell it from the others, and whose digits can be keyed."""
    own: dict[str, Value] = {}
    for name, kind in declared.returns.items():
        if kind == DIGITS:
            own[name] = str(number)
        elif str(kind) == "text":
            own[name] = f"{name} {number}"
    return {**row, **own}


@dataclass(frozen=True, slots=True)
class _Values:
    """Values of types: those that something is compared with, those beside them, and one of no meaning."""

    site: Site
    literals: frozenset[Scalar]
    now: datetime

    def of(self, kind: Type, name: str) -> tuple[Value, ...]:
        """Values of a type, the most ordinary one first.

        Args:
            kind: the type.
            name: of the field: the words of a text that nobody compares.
        """
        match kind:
            case Maybe(of=inner):
                return (*self.of(inner, name), None)
            case Enumeration(words=words):
                return words
            case _ if kind == BOOLEAN:
                return False, True
            case _ if kind == QUEUE:
                return tuple(self.site.queues)[:MAX_VALUES] or ("queue",)
        plain = self._plain(kind, name)
        found = [plain, *self._beside(kind), *self._conforming(kind)]
        return tuple(dict.fromkeys(found))[:MAX_VALUES]

    def _plain(self, kind: Type, name: str) -> Scalar:
        today = self._today
        plain: Mapping[Type, Callable[[], Scalar]] = {
            MONEY: lambda: Decimal("12.34"),
            NUMBER: lambda: Decimal(1),
            DATE: lambda: today + timedelta(days=1),
            DATETIME: lambda: self.now + timedelta(days=1),
            DURATION: lambda: timedelta(minutes=1),
            DIGITS: lambda: "12345678",
            PHONE: lambda: "12345678",
            EXTENSION: lambda: next(iter(extensions_of(self.site)), "8000"),
        }
        return plain[kind]() if kind in plain else name.replace("_", " ")

    def _beside(self, kind: Type) -> Iterator[Scalar]:
        """Values on both sides of every limit."""
        if kind == DATE:
            yield from (self._today, self._today - timedelta(days=1))
        elif kind == DATETIME:
            yield self.now - timedelta(days=1)
        elif kind in {NUMBER, MONEY}:
            yield Decimal(2)
            numbers = sorted(value for value in self.literals if isinstance(value, Decimal))
            yield from (value + step for value in numbers for step in (0, -1, 1))
        elif kind == EXTENSION:
            yield from extensions_of(self.site)
            yield "0000"

    def _conforming(self, kind: Type) -> Iterator[Scalar]:
        for literal in sorted(self.literals, key=str):
            try:
                value = conform(literal, kind, zone=self.site.zone)
            except ValueError:
                continue
            if isinstance(value, str | Decimal | timedelta):
                yield value
            elif isinstance(value, date):
                yield from _around(value)

    @property
    def _today(self) -> date:
        return self.now.astimezone(self.site.zone).date()


def _around(day: date) -> Iterable[date]:
    return day, day - timedelta(days=1), day + timedelta(days=1)


def extensions_of(site: Site) -> tuple[str, ...]:
    """For each extension or pattern of a site the first number that it has."""
    patterns = (DialPattern.parse(text) for text in site.extensions)
    return tuple("".join(min(place) for place in pattern.places) for pattern in patterns)[:MAX_VALUES]
