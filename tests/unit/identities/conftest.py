"""A site whose callers are known by a number and a PIN, on either database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from ivrctl.adapters.customers import CustomerDirectory, Pins
from ivrctl.adapters.customers import pins as pins_module
from ivrctl.adapters.customers.tables import customers, identifiers, numbers
from ivrctl.adapters.guess_books import StoredBooks
from ivrctl.adapters.lookup_answer import LookupFault
from ivrctl.adapters.site_store import SiteStore
from ivrctl.flow.commands import Answer, Identify
from ivrctl.flow.program import compile_site
from ivrctl.identity import Guessing
from ivrctl.model.utterance import Utterance
from ivrctl.model.values import RowOrRows, Secret, Value
from ivrctl.service.answering import Asker
from ivrctl.service.identities import Secrets, SiteIdentities
from ivrctl.site.site_file import Site

PEPPER = "a pepper that nobody guesses"
BEGAN = datetime(2026, 3, 2, 12, tzinfo=UTC)
ACCOUNT, PIN, NUMBER = "20260001", "271828", "+8613800138000"
SITE = """
site: test
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: Silence., no_match: Wrong., one_moment: One moment., fallback: Sorry., not_verified: No.}
databases: {shop: {url: "sqlite:shop.sqlite"}}
lookups:
  check:
    sql: select tier from members where member = :account and pin = :pin
    database: shop
    params: {account: digits, pin: secret}
    returns: {tier: text?}
pepper: {env: PEPPER}
identity:
  member: {account: {ask: Number., digits: 8, is: member}, pin: {ask: PIN., digits: 4-6}}
  card: {account: {ask: Card., digits: 8, is: card}}
  asked: {account: {ask: Number., digits: 8}, pin: {ask: PIN., digits: 4-6}, lookup: check}
"""
DIRECTORY = 'directory: {lookup: {sql: "select tier, name from customers where n = :number", database: shop}}\n'


def site_of(text: str = SITE) -> Site:
    flow = 'lines: {"100": start}\nsteps: {start: [{hangup: served}]}\n'
    program, findings = compile_site({"ivrctl.yaml": text.encode(), "main.ivr.yaml": flow.encode()})
    assert program is not None, findings.items
    return program.site


class CountedPins(Pins):
    """Counts how often something is compared."""

    compared = 0
    on_compare: Callable[[], None] = staticmethod(lambda: None)

    def _matches(self, pin_hash: str, pin: str) -> bool:
        self.compared += 1
        self.on_compare()
        return super()._matches(pin_hash, pin)


class CountedSecrets(Secrets):
    """Secrets whose comparisons are counted."""

    def __init__(self, pins: CountedPins) -> None:
        super().__init__(lambda: PEPPER)
        self._pins = pins


@dataclass
class GivenLookups:
    """Answers lookups."""

    answer: RowOrRows | LookupFault | None = None
    asked: list[tuple[str, Mapping[str, Value]]] = field(default_factory=list)

    async def ask(self, name: str, params: Mapping[str, Value], timeout: timedelta) -> RowOrRows | None:  # noqa: ASYNC109 - as lookups are asked
        """The answer, whatever is asked."""
        self.asked.append((name, params))
        if isinstance(self.answer, LookupFault):
            raise self.answer
        return self.answer


@dataclass
class Desk:
    """Who knows the callers, and what he did for it."""

    identities: SiteIdentities
    store: SiteStore
    pins: CountedPins
    lookups: GivenLookups
    clock: list[datetime]
    statements: list[str] = field(default_factory=list)

    async def verify(self, account: str = ACCOUNT, pin: str | None = PIN, **others: object) -> Answer:
        """One guess."""
        asked: dict[str, object] = {"method": "member", "caller": NUMBER, "timeout": timedelta(seconds=3), **others}
        secret = None if pin is None else Secret(pin)
        question = Identify(str(asked["method"]), account, secret, asked["timeout"], Utterance("en", ()))  # type: ignore[arg-type]
        return await self.identities.identify(question, Asker("leg-1", str(asked["caller"]), "100"))

    async def by_number(self, number: str) -> Answer:
        """Who calls from a number."""
        question = Identify("caller-number", None, None, timedelta(seconds=3), Utterance("en", ()))
        return await self.identities.identify(question, Asker("leg-1", number, "100"))

    def later(self, **by: float) -> None:
        """Time passes."""
        self.clock[0] += timedelta(**by)

    def watched(self) -> list[str]:
        """The statements of the database from now on."""
        engine = self.store._engine.sync_engine

        def note(_connection: object, _cursor: object, statement: str, *_others: object) -> None:
            self.statements.append(statement)

        sa.event.listen(engine, "before_cursor_execute", note)
        return self.statements


@pytest.fixture(autouse=True)
def _cheap_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes cost next to nothing here; what they cost in truth is what ``customers/test_pins.py`` looks at."""
    monkeypatch.setattr(pins_module, "PASSES", 1)
    monkeypatch.setattr(pins_module, "MEMORY_KIB", 8)


@pytest.fixture
def file_url(grown_file_url: str) -> str:
    return grown_file_url


@pytest.fixture(params=["file_url", pytest.param("grown_postgresql_url", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest) -> str:
    """Either database: what is promised holds on both."""
    return str(request.getfixturevalue(request.param))


async def fill(store: SiteStore, pins: Pins) -> None:
    """One customer, Wang."""
    row = {"id": "C-1", "name": "Wang", "brand": "", "tier": "vip", "region": "", "language": "zh"}
    async with store.writing() as connection:
        hashed = await pins.hash(PIN)
        await connection.execute(customers.insert(), {**row, "pin_hash": hashed, "updated_at": BEGAN})
        await connection.execute(numbers.insert(), {"number": NUMBER, "customer": "C-1"})
        for kind in ("member", "card"):
            await connection.execute(identifiers.insert(), {"kind": kind, "value": ACCOUNT, "customer": "C-1"})


@pytest.fixture
async def opened(url: str) -> AsyncIterator[Callable[[str], Desk]]:
    """Opens desks on one database, as each controller of a site does."""
    desks: list[Desk] = []
    clock = [BEGAN]

    def open_one(text: str = SITE) -> Desk:
        store, pins, lookups, site = SiteStore(url), CountedPins(PEPPER), GivenLookups(), site_of(text)
        books = StoredBooks(store, Guessing.of(site.locks))
        secrets = CountedSecrets(pins)
        known = SiteIdentities(site, CustomerDirectory(store), lookups, books, secrets, lambda: clock[0])
        desks.append(Desk(known, store, pins, lookups, clock))
        return desks[-1]

    first = open_one()
    await fill(first.store, first.pins)
    yield open_one
    for desk in desks:
        desk.pins.close()
        await desk.store.close()


@pytest.fixture
def desk(opened: Callable[[str], Desk]) -> Desk:
    return opened(SITE)
