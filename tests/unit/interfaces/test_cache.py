"""Answers that count for a while."""

from __future__ import annotations

from datetime import timedelta

from ivrctl.adapters.lookup_cache import MAX_ENTRIES, LookupCache
from ivrctl.model.values import Secret
from ivrctl.testkit.interface_server import InterfaceServer

from .conftest import Clock, Open
from .sites import NUMBER, PIN, lookup

LONG = timedelta(seconds=10)
CACHED = lookup("good", ", cache: 5m")


async def test_answer_counts_for_its_time_and_its_parameters(
    server: InterfaceServer, opened: Open, clock: Clock
) -> None:
    """The same question within five minutes is not asked again; another is, and the same is afterwards."""
    lookups = opened(server.url, CACHED)
    first = await lookups.ask("good", {"number": NUMBER}, LONG)
    clock.now += 299
    assert await lookups.ask("good", {"number": NUMBER}, LONG) == first
    assert len(server.asked) == 1
    await lookups.ask("good", {"number": "1"}, LONG)
    clock.now += 1
    await lookups.ask("good", {"number": NUMBER}, LONG)
    assert [asked.target for asked in server.asked] == [f"/good/{NUMBER}", "/good/1", f"/good/{NUMBER}"]


async def test_what_is_not_found_is_asked_every_time(server: InterfaceServer, opened: Open) -> None:
    """Somebody who has just become a customer is one."""
    lookups = opened(server.url, CACHED)
    server.always = "not-found"
    assert await lookups.ask("good", {"number": NUMBER}, LONG) is None
    server.always = None
    assert await lookups.ask("good", {"number": NUMBER}, LONG) is not None


async def test_answer_to_a_secret_is_never_kept(server: InterfaceServer, opened: Open) -> None:
    """A PIN that was right is compared again, and stands in no memory."""
    secret = "{number: phone, pin: secret}, method: post"
    lookups = opened(server.url, CACHED.replace("{number: phone}", secret))
    for _ in range(2):
        await lookups.ask("good", {"number": NUMBER, "pin": Secret(PIN)}, LONG)
    assert len(server.asked) == 2
    assert lookups._cache._answers == {}


async def test_another_version_of_the_site_begins_empty(server: InterfaceServer, opened: Open) -> None:
    """What a changed site declares is not answered by what was kept before."""
    for _ in range(2):
        await opened(server.url, CACHED).ask("good", {"number": NUMBER}, LONG)
    assert len(server.asked) == 2


def test_cache_is_bounded(clock: Clock) -> None:
    """The oldest answer goes; the others stay."""
    cache = LookupCache(clock)
    for number in range(MAX_ENTRIES + 1):
        cache.keep("route", {"number": str(number)}, {"queue": "sales"}, LONG)
    assert len(cache._answers) == MAX_ENTRIES
    assert cache.get("route", {"number": "0"}) is None
    assert cache.get("route", {"number": "1"}) == {"queue": "sales"}
