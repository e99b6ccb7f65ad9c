"""What guessing at PINs brings: lines that guess all day, simulated on the locks of a site.

::

    python benchmarks/guessing.py [--lines 10] [--days 1]

Each line keys a guess in 15 seconds, and is told at once. It hangs up when it is locked out, and comes again when that
may have ended. ``most`` is the most guesses that one account has taken in any 24 hours, ``accounts opened`` how many
that is worth with PINs of four digits, each guess another one.
"""

from __future__ import annotations

import argparse
import heapq
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))

from ivrctl.identity import Books, Guessing, Locked, most_in_a_row, most_whatever_happens
from ivrctl.site.identity import Locks

BEGINS = datetime(2026, 3, 2, tzinfo=UTC)
DAY = timedelta(hours=24)
KEYING = timedelta(seconds=15)
"""To key an account and a PIN."""
PINS = 10_000
SPOOFS = "spoofs"
"""A line that sends another number with every call."""


@dataclass
class Site:
    """The books of a site, and what was guessed there."""

    locks: Locks
    accounts: dict[str, Books] = field(default_factory=lambda: defaultdict(Books))
    callers: dict[str, Books] = field(default_factory=lambda: defaultdict(Books))
    site: Books = field(default_factory=Books)
    taken: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    """The wrong guesses that were compared, by account."""
    guessing: Guessing = field(init=False)

    def __post_init__(self) -> None:
        """Read the locks."""
        self.guessing = Guessing.of(self.locks)

    def guess(self, account: str, caller: str, now: datetime, *, is_right: bool = False) -> datetime | None:
        """One guess; until when none is taken, None for one that was."""
        books = Books(self.accounts[account].account, self.callers[caller].caller, self.site.site)
        taken = self.guessing.reserve(books, now)
        if isinstance(taken, Locked):
            return taken.until
        if not is_right:
            self.taken[account].append(now)
        self._keep(account, caller, self.guessing.right(taken.books, taken.receipt) if is_right else taken.books)
        return None

    def _keep(self, account: str, caller: str, books: Books) -> None:
        self.accounts[account] = replace(self.accounts[account], account=books.account)
        self.callers[caller] = replace(self.callers[caller], caller=books.caller)
        self.site = replace(self.site, site=books.site)

    @property
    def most(self) -> int:
        """The most guesses of one account in any 24 hours."""
        return max((_most(times) for times in self.taken.values()), default=0)


def _most(times: list[datetime]) -> int:
    first, most = 0, 0
    for number, time in enumerate(times):
        while times[first] <= time - DAY:
            first += 1
        most = max(most, number - first + 1)
    return most


def attack(  # noqa: PLR0913 - what an attack is
    locks: Locks,
    lines: int,
    days: int,
    accounts: Callable[[], Iterator[str]],
    *,
    customer_every: timedelta | None = None,
    numbers: str = "own",
    is_sly: bool = False,
    seed: int = 1,
) -> Site:
    """Lines that guess for days.

    Args:
        locks: of the site.
        lines: how many, all at once.
        days: how long.
        accounts: the accounts that a line guesses at, one after the other, for ever.
        customer_every: how often the customer of the first account comes in himself; None for never.
        numbers: ``own``, one calling number for each line; or ``SPOOFS``.
        is_sly: True for lines that never make the last guess before a lock, and wait until the customer has called.
        seed: of the moments at which lines begin.
    """
    site, chance = Site(locks), random.Random(seed)  # noqa: S311 - a simulation
    ends = BEGINS + timedelta(days=days)
    targets = [accounts() for _ in range(lines)]
    ahead = [(BEGINS + KEYING * chance.random(), line) for line in range(lines)]
    if customer_every is not None:
        ahead.append((BEGINS, -1))
    heapq.heapify(ahead)
    calls = 0
    while ahead[0][0] < ends:
        now, line = heapq.heappop(ahead)
        calls += 1
        if line < 0:
            site.guess("1", "customer", now, is_right=True)
            heapq.heappush(ahead, (now + (customer_every or DAY), line))
            continue
        book = site.accounts["1"].account
        if is_sly and book is not None and book.in_row >= locks.account.after - 1:
            heapq.heappush(ahead, (now + KEYING, line))
            continue
        caller = f"{calls}" if numbers == SPOOFS else f"line {line}"
        until = site.guess(next(targets[line]), caller, now)
        waits = numbers == SPOOFS and until is not None and until - now > timedelta(minutes=10)
        # Who can go on elsewhere does; who cannot waits for the lock to end.
        heapq.heappush(ahead, (now + KEYING if until is None or waits else max(until, now + KEYING), line))
    return site


def one() -> Iterator[str]:
    """Always the same account."""
    while True:
        yield "1"


def many(count: int) -> Callable[[], Iterator[str]]:
    """One account after the other, and then again."""

    def accounts() -> Iterator[str]:
        number = 0
        while True:
            number = number % count + 1
            yield str(number)

    return accounts


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description="What guessing at PINs brings.")
    parser.add_argument("--lines", type=int, default=10)
    parser.add_argument("--days", type=int, default=1)
    given = parser.parse_args()
    locks = Locks()
    spoofed: dict[str, Any] = {"numbers": SPOOFS}
    customer: dict[str, Any] = {**spoofed, "customer_every": timedelta(minutes=30)}
    cases: list[tuple[str, dict[str, Any]]] = [
        ("one account", {"accounts": one}),
        ("one account, spoofed numbers", {"accounts": one, **spoofed}),
        ("the same, its customer calls every 30 minutes", {"accounts": one, **customer}),
        ("the same, two guesses after each of his calls", {"accounts": one, **customer, "is_sly": True}),
        ("10,000 accounts", {"accounts": many(10_000)}),
        ("10,000 accounts, spoofed numbers", {"accounts": many(10_000), **spoofed}),
    ]
    bound = most_in_a_row(locks.account)
    print(f"{given.lines} lines, {given.days} day(s); default locks; bound {bound} an account and day,")
    print(f"{most_whatever_happens()} however often its customer comes in himself\n")
    print(f"{'attack':46} {'guesses':>8} {'most':>6} {'accounts opened':>15}")
    unbound = int(given.lines * given.days * DAY / KEYING)
    row = f"{'one account, without locks (computed)':46} {unbound:8} {unbound // given.days:6}"
    print(f"{row} {min(unbound / PINS, 1):15.3f}")
    for name, how in cases:
        site = attack(locks, given.lines, given.days, **how)
        guesses = sum(map(len, site.taken.values()))
        opened = sum(min(len(times) / PINS, 1.0) for times in site.taken.values())
        print(f"{name:46} {guesses:8} {site.most:6} {opened:15.3f}")


if __name__ == "__main__":
    main()
