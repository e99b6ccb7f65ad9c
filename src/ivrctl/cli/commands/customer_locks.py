"""``ivrctl customers`` and the locks of accounts: what wrong guesses have brought, and ending it by hand."""

from __future__ import annotations

import os
import pwd
import syslog
from collections.abc import Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from ivrctl.adapters.customers import declared_pepper
from ivrctl.adapters.customers.register import CustomerRegister
from ivrctl.adapters.guess_books import AccountLocks, BookKeys, Guessed
from ivrctl.adapters.site_store import SiteStore
from ivrctl.cli.site_place import Place
from ivrctl.errors import ConfigurationError
from ivrctl.identity import Guessing


def account_locks(place: Place, store: SiteStore) -> AccountLocks:
    """The books of this site's accounts.

    Raises:
        ConfigurationError: the site has no pepper, with which the keys of books are made.
    """
    site = place.program.site
    pepper = declared_pepper(site.pepper, place.folder, os.environ)
    return AccountLocks(store, Guessing.of(site.locks), BookKeys(pepper))


async def guessed_at(
    place: Place, store: SiteStore, identifiers: Sequence[tuple[str, str]]
) -> tuple[Guessed, ...] | str:
    """What was guessed at these accounts; or, in words, why nobody can say."""
    if place.program.site.pepper is None:
        return ()
    try:
        return await account_locks(place, store).of(identifiers, datetime.now(UTC))
    except ConfigurationError as error:
        return str(error)


async def end_locks(place: Place, store: SiteStore, customer: str, cause: str) -> tuple[Guessed, ...] | None:
    """End the locks of a customer's accounts, and note it in the log of the host; None when nobody has this key.

    Args:
        place: of the site.
        store: its database.
        customer: his key.
        cause: the command that does it, for the log.

    Raises:
        ConfigurationError: the site has no pepper.
        SiteStoreError: the database did not take it.
    """
    found = await CustomerRegister(store).details(customer)
    if found is None:
        return None
    ended = await account_locks(place, store).end(found.identifiers, datetime.now(UTC))
    for each in ended:
        if each.until is not None:
            _note(str(place.program.site.site), customer, each, cause)
    return ended


def told(guessed: Guessed, time_zone: ZoneInfo) -> str:
    """One account in a line: whether it is locked, until when, and after how many wrong guesses in a row."""
    wrong = f"{guessed.in_row} wrong guess{'' if guessed.in_row == 1 else 'es'} in a row"
    if guessed.until is None:
        return f"{guessed.kind} is not locked, {wrong}"
    return f"{guessed.kind} is locked until {guessed.until.astimezone(time_zone):%Y-%m-%d %H:%M:%S}, {wrong}"


def kinds_of(ended: Sequence[Guessed]) -> str:
    """Those that were locked, in words; empty for none."""
    return ", ".join(each.kind for each in ended if each.until is not None)


def _note(site: str, customer: str, ended: Guessed, cause: str) -> None:
    """Who ended it, for good: in the host's log, under the facility for authorisation."""
    user = os.environ.get("SUDO_USER") or _user()
    message = f"site {site}: {user} ended the lock of customer {customer}, {ended.kind}, by {cause}"
    syslog.openlog("ivrctl", facility=syslog.LOG_AUTH)
    syslog.syslog(syslog.LOG_NOTICE, message)


def _user() -> str:
    """A user of a container may have no name."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
