"""A directory of customers on either database, a site, and imports into it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ivrctl.adapters.customers import Pins, pins
from ivrctl.adapters.customers.csv_file import CsvFile
from ivrctl.adapters.customers.register import CustomerRegister
from ivrctl.adapters.site_store import SiteStore
from ivrctl.flow.program import Program, compile_site
from ivrctl.model.customer import CustomerDetails
from ivrctl.service.customer_files import Import, Outcome
from ivrctl.service.customer_files.checking import Finding

PEPPER = "a pepper that nobody guesses"
SITE = """
site: shop
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: Silence., no_match: Wrong., one_moment: Wait., fallback: Sorry.}
brands: [global, easy]
tiers: {vip: {priority: 10}, ordinary: {}}
regions: {shanghai: {prefixes: ["021"]}}
extensions: {_81XX: "PJSIP/{extension}"}
pepper: {env: SHOP_PEPPER}
"""
NOW = datetime(2026, 2, 24, 8, 0, tzinfo=UTC)


@dataclass
class Heard:
    """What an import has said."""

    findings: list[Finding] = field(default_factory=list)
    went_on_at: int | None = None
    last_progress: tuple[int, int, str] = (0, 0, "")

    def finding(self, finding: Finding) -> None:
        """Keep it."""
        self.findings.append(finding)

    def progress(self, done: int, total: int, what: str) -> None:
        """Keep the last."""
        self.last_progress = (done, total, what)

    def goes_on(self, line: int) -> None:
        """Keep it."""
        self.went_on_at = line

    @property
    def told(self) -> list[tuple[int, str, str]]:
        """Line, column and message of each finding."""
        return [(one.line, one.column, one.message) for one in self.findings]


@pytest.fixture(autouse=True)
def _cheap_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashes cost next to nothing here; what they cost in truth is what ``test_pins.py`` looks at."""
    monkeypatch.setattr(pins, "PASSES", 1)
    monkeypatch.setattr(pins, "MEMORY_KIB", 8)


@pytest.fixture(scope="session")
def program() -> Program:
    """A site that declares brands, tiers, a region and extensions."""
    return compiled()


def compiled() -> Program:
    """The site, compiled."""
    made, findings = compile_site({"ivrctl.yaml": SITE.encode()})
    assert made is not None, findings.sorted()
    return made


@pytest.fixture
def file_url(grown_file_url: str) -> str:
    return grown_file_url


@pytest.fixture(params=["file_url", pytest.param("grown_postgresql_url", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest) -> str:
    """Either database: what a directory promises holds on both."""
    return str(request.getfixturevalue(request.param))


@pytest.fixture
async def store(url: str) -> AsyncIterator[SiteStore]:
    opened = SiteStore(url)
    yield opened
    await opened.close()


@dataclass
class Imported:
    """How an import ended, and what it said."""

    outcome: Outcome
    heard: Heard

    @property
    def counts(self) -> tuple[int, int, int, int]:
        """Rows added, changed, unchanged and left out."""
        return self.outcome.added, self.outcome.changed, self.outcome.unchanged, self.outcome.left_out


ImportText = Callable[..., Awaitable[Imported]]


async def import_content(program: Program, store: SiteStore, file: Path, *, is_dry: bool = False) -> Imported:
    """Import a file."""
    heard = Heard()
    opened = CsvFile.open(file)
    try:
        outcome = await Import(program, store, lambda: Pins(PEPPER), lambda: NOW, heard, is_dry).run(opened)
    finally:
        opened.close()
    return Imported(outcome, heard)


@pytest.fixture
def take(program: Program, store: SiteStore, tmp_path: Path) -> ImportText:
    """Imports a text, or bytes as they stand."""

    async def taken(content: str | bytes, *, is_dry: bool = False) -> Imported:
        file = tmp_path / "customers.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return await import_content(program, store, file, is_dry=is_dry)

    return taken


async def everybody(store: SiteStore) -> dict[str, CustomerDetails]:
    """The whole directory, by key."""
    return {details.customer.id: details async for details in CustomerRegister(store).all()}
