"""Says who is calling: by the directory, or by what the caller keyed, within what the site lets anybody guess.

A guess is reserved before anything is compared and settled behind it, whether it was right or wrong: so a database that
goes away in between tells nobody which of them it was. An account that nobody has is worked on as any other is: the
same books, the same question to the directory, the same hash to compare with.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeVar

from ivrctl.adapters.customers import Pins
from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.guess_books import BookKeys, Keys
from ivrctl.adapters.lookup_answer import LookupFault
from ivrctl.errors import IvrctlError
from ivrctl.flow.commands import (
    Answer,
    Identified,
    Identify,
    IdentityLocked,
    IdentityUnavailable,
    NotIdentified,
)
from ivrctl.identity import Books, Guessing, Locked, Receipt, Reserved
from ivrctl.model.customer import Customer
from ivrctl.model.values import Row, RowOrRows, Value
from ivrctl.service.answering import Asker, Lookups
from ivrctl.service.numbering import spoken
from ivrctl.site.identity import CALLER_NUMBER, CUSTOMER, DIRECTORY, REGION, Method
from ivrctl.site.site_file import Site

SETTLES_IN = timedelta(milliseconds=200)
"""Of an answer's time kept back for the books, and at most a fifth of it: whoever should know must answer before."""

PER_CORE = 12
"""Comparisons under way, for each core: with two turns of the books each takes some 70 ms, so that on two cores that
have other work the last of them is answered in two seconds. More of them would all be too late, and nobody served."""
CROWDED = "too many callers are being verified at this moment"

_Result = TypeVar("_Result")


class Directory(Protocol):
    """The site's own customers."""

    async def by_number(self, e164: str, *, within: timedelta) -> Customer | None:
        """The customer who has a number."""

    async def by_identifier(self, kind: str, value: str, *, within: timedelta) -> Customer | None:
        """The customer whom an identifier names."""


class GuessBooks(Protocol):
    """Keeps the books of guesses."""

    async def turn(
        self, keys: Keys, change: Callable[[Books], tuple[Books, _Result]], *, now: datetime, within: timedelta
    ) -> _Result:
        """Hand books in and keep those that come back, with nothing in between."""


class Secrets:
    """What is made with the site's pepper, once somebody needs it."""

    def __init__(self, pepper: Callable[[], str]) -> None:
        """Ask for the pepper later: a site without methods needs none.

        Args:
            pepper: gives it, or raises ``ConfigurationError``.
        """
        self._pepper = pepper
        self._pins: Pins | None = None

    def pins(self) -> Pins:
        """The hashes of PINs.

        Raises:
            ConfigurationError: the pepper is not there.
        """
        if self._pins is None:
            self._pins = Pins(self._pepper())
        return self._pins

    def keys(self) -> BookKeys:
        """The keys of books.

        Raises:
            ConfigurationError: the pepper is not there.
        """
        return BookKeys(self._pepper())

    def close(self) -> None:
        """Let go of the threads in which PINs are compared."""
        if self._pins is not None:
            self._pins.close()


@dataclass(frozen=True, slots=True)
class SiteIdentities:
    """Who knows callers, for one version of a site."""

    site: Site
    directory: Directory
    lookups: Lookups
    """Of the site with its directory (``with_directory``)."""
    books: GuessBooks
    secrets: Secrets
    clock: Callable[[], datetime]
    """Aware."""

    at_once: int = PER_CORE * (os.cpu_count() or 1)
    """Comparisons with the site's own customers that are under way at one time; who comes beyond is told at once."""

    _comparing: set[object] = field(default_factory=set)
    _under_way: set[asyncio.Task[Any]] = field(default_factory=set)
    """Those who ask, and what they write behind it, also when nobody waits for their answer any more."""

    async def identify(self, question: Identify, asker: Asker) -> Answer:
        """The answer, within the deadline; whatever is wrong with the site's databases is ``IdentityUnavailable``.

        Nobody waits until a database lets go: SQLite waits for somebody who writes in a thread that heeds no deadline.
        Work that is late comes to its own end: a guess whose caller was told that nobody can say is given back then. A
        caller who leaves cancels it, and his guess stays: to hang up must be no way around a lock.
        """
        told = _Told()
        asking = self._begun(self._identified(question, asker, told))
        try:
            await asyncio.wait({asking}, timeout=question.timeout.total_seconds())
        except asyncio.CancelledError:
            asking.cancel()
            raise
        if asking.done():
            return asking.result()
        told.that_it_is_late = True
        return _too_late(question.timeout)

    async def close(self) -> None:
        """Let go of what is made with the pepper, once nobody asks any more."""
        await self.idle()
        self.secrets.close()

    async def idle(self) -> None:
        """Wait until nothing is asked or written any more, for callers who have left or were told something, too."""
        while self._under_way:
            # One that asks may begin to write.
            await asyncio.wait(self._under_way)

    def _begun(self, work: Coroutine[Any, Any, _Result]) -> asyncio.Task[_Result]:
        task = asyncio.get_running_loop().create_task(work)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    async def _identified(self, question: Identify, asker: Asker, told: _Told) -> Answer:
        try:
            if question.method == CALLER_NUMBER:
                async with Deadline(question.timeout.total_seconds()):
                    return await self._by_number(asker.caller, question.timeout)
            return await self._by_account(question, asker, told)
        except TimeoutError:
            return _too_late(question.timeout)
        except (IvrctlError, LookupFault) as fault:
            return IdentityUnavailable(str(fault))

    async def _by_number(self, number: str, within: timedelta) -> Answer:
        """No guess: who calls from a number says nothing that could be wrong."""
        if self.site.directory is None:
            customer = await self.directory.by_number(number, within=within)
            return NotIdentified() if customer is None else Identified(_known(customer))
        row = await self.lookups.ask(DIRECTORY, {"number": spoken(number, self.site.numbers)}, within)
        return _answer(row)

    async def _by_account(self, question: Identify, asker: Asker, told: _Told) -> Answer:
        """Within the number of those that can be served in time; a lookup has bounds of its own."""
        if self.site.identity[question.method].lookup is not None:
            return await self._guessed(question, asker, told)
        if len(self._comparing) >= self.at_once:
            return IdentityUnavailable(CROWDED)
        token = object()
        self._comparing.add(token)
        try:
            return await self._guessed(question, asker, told)
        finally:
            self._comparing.discard(token)

    async def _guessed(self, question: Identify, asker: Asker, told: _Told) -> Answer:
        method, account = self.site.identity[question.method], question.account or ""
        pin = None if question.pin is None else question.pin.text
        if method.pin is not None and pin is None:
            return IdentityUnavailable("the PIN went with the controller that took it")
        guess = _Guess(
            self.books,
            Guessing.of(self.site.locks),
            self.secrets.keys().of(str(method.account.is_ or question.method), account, asker.caller),
            self.clock,
            question.timeout,
        )
        loop = asyncio.get_running_loop()
        until = loop.time() + (question.timeout - min(SETTLES_IN, question.timeout / 5)).total_seconds()
        reserved = await guess.reserve()
        if isinstance(reserved, Locked):
            return IdentityLocked(reserved.until, reserved.sort)
        try:
            async with Deadline(until - loop.time()):
                left = timedelta(seconds=max(until - loop.time(), 0))
                answer = await self._compared(method, account, pin, question, left)
        except (IvrctlError, LookupFault, TimeoutError):
            # Whoever asked may have left by then: to the books it makes no difference.
            await asyncio.shield(self._begun(guess.give_back(reserved.receipt)))
            raise
        is_right = isinstance(answer, Identified)
        await asyncio.shield(self._begun(guess.settle(reserved.receipt, is_right=is_right)))
        if told.that_it_is_late and not is_right:
            await asyncio.shield(self._begun(guess.give_back(reserved.receipt)))
        return answer

    async def _compared(
        self, method: Method, account: str, pin: str | None, question: Identify, within: timedelta
    ) -> Answer:
        """Whether there is such a customer, and his PIN is this one."""
        if method.lookup is not None:
            params: dict[str, Value] = {"account": account}
            if question.pin is not None:
                params["pin"] = question.pin
            return _answer(await self.lookups.ask(str(method.lookup), params, within))
        customer = await self.directory.by_identifier(str(method.account.is_), account, within=within)
        if pin is not None:
            # Before anything depends on whether there is such a customer.
            kept = None if customer is None else customer.pin_hash
            is_right = await self.secrets.pins().matches(kept, pin)
            customer = customer if is_right else None
        return NotIdentified() if customer is None else Identified(_known(customer))


@dataclass(slots=True)
class _Told:
    """What a caller has heard meanwhile."""

    that_it_is_late: bool = False


@dataclass(frozen=True, slots=True)
class _Guess:
    """One guess and its books."""

    books: GuessBooks
    guessing: Guessing
    keys: Keys
    clock: Callable[[], datetime]
    within: timedelta

    async def reserve(self) -> Reserved | Locked:
        """Take it, as if it were wrong; a lock takes nothing."""
        now = self.clock()

        def change(books: Books) -> tuple[Books, Reserved | Locked]:
            known = books.by_clock(now)
            taken = self.guessing.reserve(known, now)
            return (taken.books if isinstance(taken, Reserved) else known), taken

        return await self.books.turn(self.keys, change, now=now, within=self.within)

    async def settle(self, receipt: Receipt, *, is_right: bool) -> None:
        """Write what became of it. A wrong one is in the books already, and is written all the same."""

        def change(books: Books) -> tuple[Books, None]:
            return (self.guessing.right(books, receipt) if is_right else books), None

        await self.books.turn(self.keys, change, now=self.clock(), within=self.within)

    async def give_back(self, receipt: Receipt) -> None:
        """Nothing was compared, or nobody was told. Where the books cannot be written either, it counts."""

        def change(books: Books) -> tuple[Books, None]:
            return self.guessing.uncompared(books, receipt), None

        with contextlib.suppress(IvrctlError):
            await self.books.turn(self.keys, change, now=self.clock(), within=self.within)


def _too_late(within: timedelta) -> IdentityUnavailable:
    return IdentityUnavailable(f"no answer within {within.total_seconds():g} s")


def _answer(row: RowOrRows | None) -> Answer:
    """A customer is one row: a lookup that answers several is none of these, as the check of the site sees to."""
    return Identified(row) if isinstance(row, Mapping) else NotIdentified()


def _known(customer: Customer) -> Row:
    return {name: getattr(customer, name) for name in (*CUSTOMER, REGION)}
