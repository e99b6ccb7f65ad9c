"""``ivrctl customers`` and accounts that wrong guesses have locked: they are seen, and released."""

from __future__ import annotations

import asyncio
import io
import json
import syslog
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ivrctl.adapters.guess_books import BookKeys, StoredBooks
from ivrctl.cli.site_place import place_of
from ivrctl.identity import Books, Guessing, Locked, Reserved

Ivrctl = Callable[..., Any]
PEPPER = "p3pper-of-the-shop-that-nobody-guesses"
SITE = """
site: shop
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: Silence., no_match: Wrong., one_moment: Wait., fallback: Sorry., not_verified: No.}
pepper: {env: SHOP_PEPPER}
identity:
  member: {account: {ask: Number., digits: 6, is: member}, pin: {ask: PIN., digits: 4}}
"""
ACCOUNT = "123456"


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a site."""
    folder = tmp_path / "shop"
    folder.mkdir()
    (folder / "ivrctl.yaml").write_text(SITE)
    (folder / "main.ivr.yaml").write_text('lines: {"7000": start}\nsteps: {start: [{hangup: served}]}\n')
    monkeypatch.setenv("SHOP_PEPPER", PEPPER)
    return folder


@pytest.fixture
def customers(ivrctl: Ivrctl, shop: Path, tmp_path: Path) -> Ivrctl:
    """``ivrctl customers`` for this site, with one customer."""

    def run(*words: str) -> Any:
        return ivrctl("customers", *words, "--site", shop)

    file = tmp_path / "customers.csv"
    file.write_text(f"customer,name,id:member\nC-1,Ann,{ACCOUNT}\n")
    assert run("import", str(file)).code == 0
    return run


@pytest.fixture
def noted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What comes into the host's log."""
    lines: list[str] = []
    monkeypatch.setattr(syslog, "syslog", lambda _level, line: lines.append(line))
    return lines


def _guess(shop: Path, times: int) -> list[Reserved | Locked]:
    """Somebody keys the account and a wrong PIN, now."""
    place, now = place_of(shop, None), datetime.now(UTC)
    guessing, keys = Guessing.of(place.program.site.locks), BookKeys(PEPPER).of("member", ACCOUNT, "+8613800138000")

    def change(books: Books) -> tuple[Books, Reserved | Locked]:
        taken = guessing.reserve(books, now)
        return (taken.books if isinstance(taken, Reserved) else books), taken

    async def guesses() -> list[Reserved | Locked]:
        from ivrctl.adapters.site_store import SiteStore  # noqa: PLC0415 - as long as this loop

        store = SiteStore(place.url)
        try:
            books = StoredBooks(store, guessing)
            return [await books.turn(keys, change, now=now, within=timedelta(seconds=9)) for _ in range(times)]
        finally:
            await store.close()

    return asyncio.run(guesses())


def test_lock_is_shown(customers: Ivrctl, shop: Path) -> None:
    """Until when, in the site's time, and after how many wrong guesses in a row; the pepper is needed to know."""
    assert "lock         none\n" in customers("show", "C-1").out
    _guess(shop, 2)
    assert "lock         member is not locked, 2 wrong guesses in a row\n" in customers("show", "C-1").out
    _guess(shop, 2)
    shown = customers("show", "C-1").out
    assert "lock         member is locked until 20" in shown
    assert ", 3 wrong guesses in a row\n" in shown
    [lock] = json.loads(customers("show", "C-1", "--json").out)["customer"]["locks"]
    assert (lock["kind"], lock["wrong_in_a_row"]) == ("member", 3)
    assert datetime.fromisoformat(lock["until"]) > datetime.now(UTC)


def test_without_the_pepper_nobody_knows_of_locks(customers: Ivrctl, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said instead of none; everything else of the customer is shown."""
    monkeypatch.delenv("SHOP_PEPPER")
    shown = customers("show", "C-1")
    assert shown.code == 0
    assert "lock         not known: the site's pepper: " in shown.out
    assert json.loads(customers("show", "C-1", "--json").out)["customer"]["locks"] is None


def test_lock_is_ended_by_hand(customers: Ivrctl, shop: Path, noted: list[str]) -> None:
    """The next guess is taken; who did it stands in the host's log, without any number of the account."""
    assert isinstance(_guess(shop, 4)[-1], Locked)
    assert customers("unlock", "C-1").out == "customer C-1: the lock of member is ended\n"
    assert "lock         none\n" in customers("show", "C-1").out
    assert isinstance(_guess(shop, 1)[0], Reserved)
    [line] = noted
    assert line.endswith(" ended the lock of customer C-1, member, by unlock")
    assert ACCOUNT not in line


def test_unlocking_who_is_not_locked_says_so(customers: Ivrctl, noted: list[str]) -> None:
    """It is no mistake, and no event; one who is not there is."""
    assert customers("unlock", "C-1").out == "customer C-1: no account of his was locked\n"
    assert noted == []
    assert customers("unlock", "C-9").code == 1


def test_new_pin_ends_the_lock(
    customers: Ivrctl, shop: Path, noted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who has forgotten his PIN has locked himself out; without a PIN the lock stays."""
    _guess(shop, 3)
    customers("set-pin", "C-1", "--remove")
    assert "is locked" in customers("show", "C-1").out
    monkeypatch.setattr("sys.stdin", io.StringIO("4711\n"))
    said = customers("set-pin", "C-1", "--stdin").err
    assert said == "customer C-1 has a new PIN\nthe lock of member is ended\n"
    assert isinstance(_guess(shop, 1)[0], Reserved)
    assert len(noted) == 1
