"""Who is calling: the directory of callers, the methods by which a caller says who he is, and what bounds guessing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

from ivrctl.lang.marks import NameOf
from ivrctl.lang.source import Span, Word
from ivrctl.lang.types import PHONE, TEXT, Maybe
from ivrctl.model.values import Row, Value
from ivrctl.site.digit_count import DigitCount
from ivrctl.site.lookups import Lookup
from ivrctl.site.regions import closed_upwards
from ivrctl.site.text import Text

if TYPE_CHECKING:
    from ivrctl.site.site_file import Site

CALLER_NUMBER = "caller-number"
"""The method that asks nothing: the directory is asked for the calling number."""

DIRECTORY = "@directory"
"""The name of the directory's question among the lookups: no site can give it to another."""

CUSTOMER = ("tier", "brand", "language", "name")
"""What is known of a caller once he is known."""

REGION = "region"
"""What only the site's own directory knows of a customer besides: it counts among ``caller.regions``."""

VERIFY_WITHIN = timedelta(seconds=3)
"""How long an answer may take where nothing else is said."""

_NOWHERE = Span("", 0, 0, 0, 0)
"""Where locks stand that the site file leaves out."""


@dataclass(frozen=True, slots=True)
class DirectoryLookup:
    """The question that finds a customer by his number.

    A lookup without ``params`` and ``returns``: ``number`` goes in; ``tier``, ``brand``, ``language`` and ``name`` come
    out, each of them none where it is not known.
    """

    span: Span
    sql: Word | None = None
    """Of a database: one statement that reads those of the four that the table has, where a number is ``:number``."""
    database: Annotated[Word | None, NameOf("databases")] = None
    """A name of ``databases``."""
    http: Annotated[Word | None, NameOf("http")] = None
    """Of an interface: a name of ``http``."""
    path: Word | None = None
    """What is asked for, such as ``/callers/{number}``."""
    method: Literal["get", "post"] | None = None
    """``get`` when left out."""
    cache: timedelta | None = None
    """For so long a customer that was found counts for the same number, from ``1s`` to ``1d``."""


@dataclass(frozen=True, slots=True)
class Directory:
    """Where ``verify: {by: caller-number}`` finds customers; without it, in the site's own database."""

    lookup: DirectoryLookup
    """The question."""

    @property
    def asked(self) -> Lookup:
        """The question as a lookup like any other."""
        return Lookup(
            {name: Maybe(TEXT) for name in self._known},
            self.lookup.span,
            sql=self.lookup.sql,
            database=self.lookup.database,
            http=self.lookup.http,
            path=self.lookup.path,
            method=self.lookup.method,
            params={"number": PHONE},
            cache=self.lookup.cache,
        )

    @property
    def _known(self) -> tuple[str, ...]:
        """What comes out: of a statement those that it names before its ``from``, all where it names none of them."""
        selected = re.split(r"\bfrom\b", self.lookup.sql or "", maxsplit=1, flags=re.IGNORECASE)[0]
        return tuple(name for name in CUSTOMER if re.search(rf"\b{name}\b", selected)) or CUSTOMER


@dataclass(frozen=True, slots=True)
class AccountQuestion:
    """How a caller is asked who he is: a member number, a number of a document."""

    ask: Text
    """The question."""
    digits: DigitCount
    """How many keys, at most 32; ``#`` ends a shorter one."""
    span: Span
    is_: Word | None = None
    """Which of a customer's identifiers it is, as ``ivrctl customers`` names them, such as ``member``. Needed where no
    ``lookup`` knows."""
    star: Word | None = None
    """The letter for which the key ``*`` stands, such as ``X`` at the end of a Chinese ID number. As the first key it
    gives up all the same."""


@dataclass(frozen=True, slots=True)
class PinQuestion:
    """How a caller is asked for his PIN, which nobody writes down and nobody says."""

    ask: Text
    """The question."""
    digits: DigitCount
    """How many keys."""


@dataclass(frozen=True, slots=True)
class Method:
    """One way for a caller to say who he is, for ``verify: {by: NAME}``."""

    account: AccountQuestion
    """Who he says that he is."""
    span: Span
    pin: PinQuestion | None = None
    """What only he knows; without it whoever knows the account is taken for him."""
    attempts: int | None = None
    """Tries in one call; ``keying.attempts`` where it is not written."""
    confirm: bool = False
    """The account is read back by ``prompts.confirm_account``, all but its end hidden: 1 takes it, 2 is one more
    try."""
    timeout: timedelta = VERIFY_WITHIN
    """How long an answer may take."""
    lookup: Annotated[Word, NameOf("lookups")] | None = None
    """The lookup that is asked instead of the site's own customers. Its params are ``account: digits``, and ``pin:
    secret`` where there is a PIN; it answers any of ``tier``, ``brand``, ``language`` and ``name``, and a row is a
    customer."""


@dataclass(frozen=True, slots=True)
class AccountLock:
    """What bounds guesses at one account, from all callers together. A right PIN begins the row anew."""

    span: Span = _NOWHERE
    after: int = 3
    """Wrong guesses in a row after which it is locked, from 1 to 10."""
    first: timedelta = timedelta(minutes=5)
    """How long the first time, at least a minute; each further wrong guess doubles it."""
    longest: timedelta = timedelta(hours=24)
    """How long at most, up to 7 days."""


@dataclass(frozen=True, slots=True)
class CallerLock:
    """What bounds guesses from one calling number; all callers who withhold theirs count as one."""

    span: Span = _NOWHERE
    after: int = 10
    """Wrong guesses."""
    within: timedelta = timedelta(hours=1)
    """Of this time."""
    for_: timedelta = timedelta(hours=1)
    """How long nothing more is taken from it."""


@dataclass(frozen=True, slots=True)
class SiteLock:
    """What bounds guesses of all callers together: somebody who tries one PIN at every account."""

    span: Span = _NOWHERE
    after: int = 300
    """Wrong guesses."""
    within: timedelta = timedelta(minutes=10)
    """Of this time."""
    for_: timedelta = timedelta(minutes=10)
    """How long nothing more is taken."""


WindowLock: TypeAlias = CallerLock | SiteLock


@dataclass(frozen=True, slots=True)
class Locks:
    """When guesses are taken no more, and for how long. Every lock ends by itself."""

    account: AccountLock = field(default_factory=AccountLock)
    """Of one account."""
    caller: CallerLock = field(default_factory=CallerLock)
    """Of one calling number."""
    site: SiteLock = field(default_factory=SiteLock)
    """Of the site."""


def with_directory(site: Site) -> Site:
    """The site with its directory's question among the lookups, under the name ``DIRECTORY``: for who answers them."""
    if site.directory is None:
        return site
    return replace(site, lookups={**site.lookups, DIRECTORY: site.directory.asked})


def regions_of(customer: Row, site: Site) -> frozenset[str]:
    """The region of a customer of the site's own directory, and those that hold it; a region that it has not is none.

    They come beside those of his number: where he is a customer counts also when he calls from elsewhere.
    """
    return closed_upwards(site.regions).get(str(customer.get(REGION)), frozenset())


def known_of(customer: Row, site: Site) -> Mapping[str, Value]:
    """What a site makes of a customer: a tier, a brand or a language that it has not is none.

    A customer whose brand was renamed yesterday is a customer all the same.
    """
    words: Mapping[str, tuple[str, ...]] = {
        "tier": tuple(map(str, site.tiers)),
        "brand": tuple(map(str, site.brands)),
        "language": tuple(map(str, site.languages)),
    }
    known: dict[str, Value] = {}
    for name in CUSTOMER:
        value, possible = customer.get(name), words.get(name, ())
        known[name] = value if not possible or value in possible else None
    return known
