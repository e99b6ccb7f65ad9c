"""Who is calling: by the directory, by an account and a PIN, by a lookup; and how little guessing brings."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from ivrctl.adapters.guess_books import Keys, StoredBooks
from ivrctl.adapters.guess_books.stored import books_table
from ivrctl.adapters.lookup_answer import LookupFault
from ivrctl.adapters.site_store import SiteStore, SiteStoreError, sqlite_url
from ivrctl.errors import ConfigurationError
from ivrctl.flow.commands import Answer, Identified, IdentityLocked, IdentityUnavailable, NotIdentified
from ivrctl.identity import Books, Guessing
from ivrctl.model.values import Secret
from ivrctl.service.identities import GuessBooks, Secrets

from .conftest import ACCOUNT, BEGAN, DIRECTORY, NUMBER, PIN, SITE, Desk

Opened = Callable[[str], Desk]
WANG = {"tier": "vip", "brand": None, "language": "zh", "name": "Wang", "region": None}
NOBODY, WRONG = "99999999", "314159"


def pass_over(seconds: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """So much time passes at once."""
    loop = asyncio.get_running_loop()
    before = loop.time
    monkeypatch.setattr(loop, "time", lambda: before() + seconds)


async def counted(desk: Desk) -> set[tuple[int, int]]:
    """What stands in all books together: wrong guesses, and those in a row."""
    async with desk.store.writing() as connection:
        rows = await connection.execute(sa.select(books_table.c.wrong, books_table.c.in_row))
        return {(wrong, in_row) for wrong, in_row in rows}


@dataclass
class Reserving:
    """Books that say when so many guesses are reserved."""

    kept: GuessBooks
    asked_of: int
    are_reserved: asyncio.Event = field(default_factory=asyncio.Event)
    is_held: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when somebody has more to write than that, and waits."""
    may_go_on: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        self.may_go_on.set()

    async def turn(
        self, keys: Keys, change: Callable[[Books], tuple[Books, Any]], *, now: datetime, within: timedelta
    ) -> Any:
        """As those that it stands before."""
        if self.are_reserved.is_set():
            self.is_held.set()
            await self.may_go_on.wait()
        answer = await self.kept.turn(keys, change, now=now, within=within)
        self.asked_of -= 1
        if self.asked_of == 0:
            self.are_reserved.set()
        return answer


# by the calling number


async def test_number_of_a_customer_says_who_he_is(desk: Desk) -> None:
    """Of the site's own customers; another number is nobody's."""
    assert await desk.by_number(NUMBER) == Identified(WANG)
    assert await desk.by_number("+8613800138999") == NotIdentified()


async def test_directory_is_asked_where_the_site_has_one(opened: Opened) -> None:
    """With the number as its databases write it."""
    desk = opened(SITE + DIRECTORY)
    desk.lookups.answer = {"tier": "vip", "name": "Li"}
    assert await desk.by_number(NUMBER) == Identified({"tier": "vip", "name": "Li"})
    assert desk.lookups.asked == [("@directory", {"number": "13800138000"})]
    desk.lookups.answer = LookupFault("no answer within 3 s")
    assert await desk.by_number(NUMBER) == IdentityUnavailable("no answer within 3 s")


# by an account and a PIN


async def test_right_pin_says_who_he_is(desk: Desk) -> None:
    """With all that is known of him."""
    assert await desk.verify() == Identified(WANG)


async def test_account_alone_is_enough_where_the_method_has_no_pin(desk: Desk) -> None:
    """Whoever knows it is taken for him."""
    assert await desk.verify(method="card", pin=None) == Identified(WANG)
    assert await desk.verify(NOBODY, method="card", pin=None) == NotIdentified()


async def test_wrong_pin_and_unknown_account_have_the_same_answer_for_the_same_work(desk: Desk) -> None:
    """The same statements in the same order, and one comparison each: a clock tells nobody which accounts there are."""
    await desk.verify("11111111", WRONG)
    statements = desk.watched()
    assert await desk.verify(ACCOUNT, WRONG, caller="+8613800138001") == NotIdentified()
    of_account, compared = list(statements), desk.pins.compared
    statements.clear()
    assert await desk.verify(NOBODY, WRONG, caller="+8613800138002") == NotIdentified()
    assert statements == of_account
    assert desk.pins.compared == compared + 1


@pytest.mark.parametrize("account", [ACCOUNT, NOBODY])
async def test_account_is_locked_whether_or_not_anybody_has_it(desk: Desk, account: str) -> None:
    """After three wrong guesses, for five minutes; then nothing is compared, however right it is."""
    for _ in range(3):
        assert await desk.verify(account, WRONG) == NotIdentified()
    compared = desk.pins.compared
    assert await desk.verify(account) == IdentityLocked(BEGAN + timedelta(minutes=5))
    assert desk.pins.compared == compared


async def test_customer_gets_in_when_the_lock_has_ended(desk: Desk) -> None:
    """And the row begins anew."""
    for _ in range(3):
        await desk.verify(pin=WRONG)
    desk.later(minutes=5)
    assert await desk.verify() == Identified(WANG)
    assert await desk.verify(pin=WRONG) == NotIdentified()


async def test_lock_ends_also_when_the_clock_was_years_ahead(desk: Desk) -> None:
    """It lasts as long as any other from then on, and those who call meanwhile do not make it longer."""
    desk.later(days=3650)
    for _ in range(3):
        await desk.verify(pin=WRONG)
    desk.clock[0] = BEGAN
    assert await desk.verify() == IdentityLocked(BEGAN + timedelta(minutes=5))
    desk.later(minutes=4)
    assert await desk.verify() == IdentityLocked(BEGAN + timedelta(minutes=5))
    desk.later(minutes=1)
    assert await desk.verify() == Identified(WANG)


async def test_ten_lines_of_two_controllers_have_three_guesses_together(opened: Opened) -> None:
    """Each is reserved before it is compared, in the one database."""
    desks = [opened(SITE), opened(SITE)]
    answers = await asyncio.gather(*(desks[line % 2].verify(pin=f"10000{line}") for line in range(10)))
    assert sorted(type(answer).__name__ for answer in answers) == ["IdentityLocked"] * 7 + ["NotIdentified"] * 3
    assert sum(desk.pins.compared for desk in desks) == 3


async def test_number_that_guesses_at_many_accounts_is_locked(desk: Desk) -> None:
    """After ten, for an hour; another number is not."""
    for guess in range(10):
        assert await desk.verify(f"1000000{guess}", WRONG) == NotIdentified()
    assert await desk.verify() == IdentityLocked(BEGAN + timedelta(hours=1), "caller")
    assert await desk.verify(caller="+8613800138001") == Identified(WANG)


async def test_callers_who_withhold_their_number_are_one(desk: Desk) -> None:
    """Or withholding it would be a way around the lock."""
    for guess in range(10):
        await desk.verify(f"1000000{guess}", WRONG, caller="")
    assert isinstance(await desk.verify(caller=""), IdentityLocked)


async def test_site_is_locked_when_all_together_guess_too_often(opened: Opened) -> None:
    """Somebody tries one PIN at every account, from a new number each time."""
    desk = opened(SITE + "locks: {site: {after: 4}}\n")
    for guess in range(4):
        await desk.verify(f"1000000{guess}", WRONG, caller=f"+861380013800{guess}")
    assert await desk.verify(caller="+8613800138009") == IdentityLocked(BEGAN + timedelta(minutes=10), "site")


async def test_books_hold_neither_accounts_nor_numbers(desk: Desk) -> None:
    """Their keys are made with the pepper; of another site they would be others."""
    await desk.verify(pin=WRONG)
    async with desk.store.writing() as connection:
        rows = (await connection.execute(sa.select(books_table))).all()
    assert len(rows) == 3
    assert all(secret not in str(rows) for secret in (ACCOUNT, NUMBER, NUMBER[3:], PIN, WRONG))


async def test_books_that_are_forgotten_are_thrown_away(desk: Desk) -> None:
    """A guesser leaves no rows for ever."""
    for guess in range(5):
        await desk.verify(f"1000000{guess}", WRONG)
    desk.later(days=30)
    await desk.verify()
    async with desk.store.writing() as connection:
        assert await connection.scalar(sa.select(sa.func.count()).select_from(books_table)) == 3


# by a lookup


async def test_lookup_is_asked_with_what_was_keyed(desk: Desk) -> None:
    """Its row is a customer, no row is nobody; the guesses are counted as any other."""
    desk.lookups.answer = {"tier": "vip"}
    assert await desk.verify(method="asked") == Identified({"tier": "vip"})
    assert desk.lookups.asked == [("check", {"account": ACCOUNT, "pin": Secret(PIN)})]
    desk.lookups.answer = None
    for _ in range(3):
        assert await desk.verify(method="asked") == NotIdentified()
    assert isinstance(await desk.verify(method="asked"), IdentityLocked)


async def test_interface_that_is_away_locks_nobody_out(desk: Desk) -> None:
    """Nothing was compared: the guess is given back."""
    desk.lookups.answer = LookupFault("the interface crm is away")
    for _ in range(10):
        assert await desk.verify(method="asked") == IdentityUnavailable("the interface crm is away")
    desk.lookups.answer = {}
    assert await desk.verify(method="asked") == Identified({})


# when something is away


async def test_database_that_is_away_is_unavailable(desk: Desk, tmp_path: Path) -> None:
    """Never failed, and never in."""
    store = SiteStore(sqlite_url(tmp_path / "gone" / "calls.sqlite"))
    books = StoredBooks(store, Guessing.of(desk.identities.site.locks))
    away = replace(desk, identities=replace(desk.identities, books=books))
    assert isinstance(await away.verify(), IdentityUnavailable)
    assert isinstance(await away.verify(pin=WRONG), IdentityUnavailable)
    assert desk.pins.compared == 0
    await store.close()


async def test_database_that_somebody_holds_is_unavailable_within_the_deadline(file_url: str, desk: Desk) -> None:
    """A caller does not wait longer for it than his site says."""
    path = file_url.removeprefix("sqlite+aiosqlite:///")
    store = SiteStore(file_url)
    await store.read(lambda connection: connection.scalar(sa.text("select 1")))
    books = StoredBooks(store, Guessing.of(desk.identities.site.locks))
    held = replace(desk, identities=replace(desk.identities, books=books))
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("begin exclusive")
    # By the clock on the wall: whoever waits for a lock in the loop itself takes no time of the loop's.
    began = time.monotonic()
    assert isinstance(await held.verify(timeout=timedelta(milliseconds=300)), IdentityUnavailable)
    # With room for a machine that is busy: the database itself would wait for five seconds.
    assert time.monotonic() - began < 3
    holder.execute("rollback")
    holder.close()
    await held.identities.close()
    await store.close()


class _Failing:
    """Books that take a guess, and cannot be written behind it."""

    def __init__(self, books: Any) -> None:
        self.books, self.turns = books, 0

    async def turn(self, *arguments: Any, **options: Any) -> Any:
        self.turns += 1
        if self.turns > 1:
            raise SiteStoreError("the site's database does not answer")
        return await self.books.turn(*arguments, **options)


@pytest.mark.parametrize("pin", [PIN, WRONG])
async def test_database_that_goes_away_behind_the_comparison_tells_nothing(desk: Desk, pin: str) -> None:
    """Whether the PIN was right: both are unavailable."""
    failing = replace(desk.identities, books=_Failing(desk.identities.books))
    answer = await replace(desk, identities=failing).verify(pin=pin)
    assert answer == IdentityUnavailable("the site's database does not answer")


async def test_caller_who_hangs_up_while_it_is_compared_has_guessed(desk: Desk) -> None:
    """Or hanging up would be a way around the lock."""
    loop = asyncio.get_running_loop()
    for _ in range(3):
        begun = asyncio.Event()
        desk.pins.on_compare = lambda begun=begun: loop.call_soon_threadsafe(begun.set)
        guessing = asyncio.ensure_future(desk.verify(pin=WRONG))
        await begun.wait()
        guessing.cancel()
        await asyncio.wait({guessing})
    assert isinstance(await desk.verify(), IdentityLocked)


async def test_more_than_can_be_compared_in_time_are_refused_at_once_and_the_others_served(desk: Desk) -> None:
    """Or nobody would be served: each would wait for all the others, and be too late."""
    may_end = threading.Event()
    desk.pins.on_compare = may_end.wait
    crowded = replace(desk, identities=replace(desk.identities, at_once=2))
    callers = [f"+861380013800{number}" for number in range(8)]
    asking = [asyncio.ensure_future(crowded.verify(caller=caller)) for caller in callers]
    while sum(task.done() for task in asking) < len(callers) - 2:
        await asyncio.wait(asking, return_when=asyncio.FIRST_COMPLETED)
    refused = [task.result() for task in asking if task.done()]
    may_end.set()
    answers = await asyncio.gather(*asking)
    assert refused == [IdentityUnavailable("too many callers are being verified at this moment")] * 6
    assert [answer for answer in answers if answer not in refused] == [Identified(WANG)] * 2
    assert await crowded.verify(caller=callers[-1]) == Identified(WANG)


@pytest.mark.parametrize("held_up", [2.9, 10], ids=["late", "held-up"])
@pytest.mark.parametrize("pin", [PIN, WRONG])
async def test_comparison_that_is_too_late_is_no_guess(
    desk: Desk, pin: str, held_up: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Callers who wait for each other's comparisons, on a busy day, must not lock themselves out: nobody told them.

    Also where the controller itself was held up, so that the answer is late at the moment the comparison is.
    """
    is_over = threading.Event()
    desk.pins.on_compare = is_over.wait
    books = Reserving(desk.identities.books, 3)
    crowded = replace(desk, identities=replace(desk.identities, books=books))
    asking = [asyncio.ensure_future(crowded.verify(pin=pin)) for _ in range(3)]
    await books.are_reserved.wait()
    pass_over(held_up, monkeypatch)
    late = await asyncio.gather(*asking)
    is_over.set()
    desk.pins.on_compare = lambda: None
    assert late == [IdentityUnavailable("no answer within 3 s")] * 3
    await crowded.identities.idle()
    assert await counted(desk) == {(0, 0)}
    assert await desk.verify() == Identified(WANG)


async def test_wrong_guess_that_is_written_down_too_late_is_none(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was compared in time, but its caller was told that nobody could say."""
    books = Reserving(desk.identities.books, 1)
    slow = replace(desk, identities=replace(desk.identities, books=books))
    books.may_go_on.clear()
    guessing = asyncio.ensure_future(slow.verify(pin=WRONG))
    await books.is_held.wait()
    pass_over(10, monkeypatch)
    assert await guessing == IdentityUnavailable("no answer within 3 s")
    books.may_go_on.set()
    await slow.identities.idle()
    assert await counted(desk) == {(0, 0)}


async def test_site_whose_pepper_is_not_there_knows_nobody_by_a_pin(desk: Desk) -> None:
    """Its callers are told that nobody can say; by their number they are known all the same."""

    def missing() -> str:
        raise ConfigurationError("the pepper's environment variable PEPPER is not set")

    without = replace(desk, identities=replace(desk.identities, secrets=Secrets(missing)))
    assert await without.verify() == IdentityUnavailable("the pepper's environment variable PEPPER is not set")
    assert await without.by_number(NUMBER) == Identified(WANG)


async def test_pin_that_went_with_another_controller_is_no_guess(desk: Desk) -> None:
    """It cannot be compared."""
    question_without: Answer = await desk.verify(pin=None)
    assert isinstance(question_without, IdentityUnavailable)
