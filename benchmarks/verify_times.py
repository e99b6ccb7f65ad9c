"""How long a caller waits for "no": after a wrong PIN, and after an account that nobody has.

::

    python benchmarks/verify_times.py [--guesses 200]

On the real directory, books of guesses and argon2id, in a SQLite file. Both kinds are asked in turn, so that a slow
moment of the host hits both. Milliseconds: quartiles, and how far the means are apart beside what chance makes of it.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from ivrctl.adapters.customers import Pins
from ivrctl.adapters.customers.tables import customers, identifiers
from ivrctl.adapters.site_store import SiteStore, sqlite_url
from ivrctl.flow.commands import Identify, NotIdentified
from ivrctl.flow.program import Program, compile_site
from ivrctl.model.utterance import Utterance
from ivrctl.model.values import RowOrRows, Secret
from ivrctl.service.answering import Asker
from ivrctl.service.known_callers import KnownCallers

PEPPER = "a pepper that nobody guesses"
SITE = b"""
site: test
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: Silence., no_match: Wrong., one_moment: One moment., fallback: Sorry., not_verified: No.}
pepper: {env: PEPPER}
identity:
  member: {account: {ask: Number., digits: 8, is: member}, pin: {ask: PIN., digits: 4-6}}
"""
FLOW = b'lines: {"100": start}\nsteps: {start: [{hangup: served}]}\n'


class NoLookups:
    """Nobody asks a lookup here."""

    async def ask(self, name: str, *_others: object) -> RowOrRows | None:
        """Never."""
        raise AssertionError(name)


async def fill(store: SiteStore, count: int) -> None:
    """Customers with a PIN that nobody keys."""
    pins = Pins(PEPPER)
    hashed, now = await pins.hash("000000"), datetime.now(UTC)
    row = {"name": "", "brand": "", "tier": "", "region": "", "language": "", "pin_hash": hashed, "updated_at": now}
    async with store.writing() as connection:
        await connection.execute(customers.insert(), [{**row, "id": f"{number}"} for number in range(count)])
        known = [{"kind": "member", "value": f"1{number:07}", "customer": f"{number}"} for number in range(count)]
        await connection.execute(identifiers.insert(), known)
    pins.close()


async def measured(program: Program, folder: Path, guesses: int) -> tuple[list[float], list[float]]:
    """Milliseconds of each guess with a wrong PIN, and of each at an account that nobody has."""
    store = SiteStore(sqlite_url(folder / "calls.sqlite"))
    await fill(store, guesses)
    known = KnownCallers(store, folder, {"PEPPER": PEPPER}, lambda: datetime.now(UTC))
    identities = known.of(program, NoLookups())  # type: ignore[arg-type]  # it is never asked
    took: tuple[list[float], list[float]] = ([], [])
    for number in range(guesses):
        for kind in (0, 1) if number % 2 else (1, 0):
            account = f"{kind + 1}{number:07}"
            question = Identify("member", account, Secret("314159"), timedelta(seconds=30), Utterance("en", ()))
            began = time.perf_counter()
            answer = await identities.identify(question, Asker("leg", f"+86138{kind}{number:07}", "100"))
            took[kind].append((time.perf_counter() - began) * 1000)
            assert isinstance(answer, NotIdentified), answer  # noqa: S101 - else other things are measured
    await known.close()
    return took


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description='How long a caller waits for "no".')
    parser.add_argument("--guesses", type=int, default=200)
    given = parser.parse_args()
    locks = f"locks: {{site: {{after: {10 * given.guesses}}}}}\n".encode()
    program, findings = compile_site({"ivrctl.yaml": SITE + locks, "main.ivr.yaml": FLOW})
    if program is None:
        raise SystemExit(str(findings.items))
    with tempfile.TemporaryDirectory() as folder:
        took = asyncio.run(measured(program, Path(folder), given.guesses))
    print(f"{'ms':28} {'25 %':>8} {'median':>8} {'75 %':>8} {'mean':>8}")
    for name, times in zip(("a wrong PIN", "an account that nobody has"), took, strict=True):
        low, middle, high = statistics.quantiles(times, n=4)
        print(f"{name:28} {low:8.2f} {middle:8.2f} {high:8.2f} {statistics.mean(times):8.2f}")
    apart = statistics.mean(took[0]) - statistics.mean(took[1])
    chance = (sum(statistics.variance(times) / len(times) for times in took)) ** 0.5
    print(f"\nmeans apart: {apart:+.2f} ms; standard error {chance:.2f} ms")


if __name__ == "__main__":
    main()
