"""What an interface answers well: rows with their declared types, nothing, and what it was asked for that."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from ivrctl.adapters.lookup_answer import LookupFault
from ivrctl.adapters.site_lookups import SiteLookups
from ivrctl.model.values import Value
from ivrctl.testkit.interface_server import InterfaceServer
from ivrctl.testkit.interface_server.answers import GOOD, MISSING
from ivrctl.testkit.interface_server.certificate import CERTIFICATE

from .conftest import Open
from .sites import NUMBER, SITE, TOKEN, lookup

LONG = timedelta(seconds=10)
ROW = {"command": "queue", "queue": "sales", "extension": None}


@pytest.mark.parametrize("kind", [kind for kind in GOOD if kind != "list"])
async def test_good_answer_is_its_row(kind: str, lookups: SiteLookups) -> None:
    """In one segment or in a hundred, in chunks, to the end of the connection, late: the row is the same."""
    assert await lookups.ask(kind, {"number": NUMBER}, LONG) == ROW


@pytest.mark.parametrize("kind", MISSING)
async def test_nothing_of_that_kind_is_missing(kind: str, lookups: SiteLookups) -> None:
    """404, 204, null and an empty list say the same."""
    assert await lookups.ask(kind, {"number": NUMBER}, LONG) is None


async def test_list_is_rows_where_rows_are_declared(server: InterfaceServer, opened: Open) -> None:
    """At most so many as are declared; an object is no list then, and a list no row otherwise."""
    lookups = opened(
        server.url, lookup("list", ", rows: 9") + lookup("good", ", rows: 1") + lookup("empty-list", ", rows: 1")
    )
    assert await lookups.ask("list", {"number": NUMBER}, LONG) == (ROW, ROW)
    assert await lookups.ask("empty-list", {"number": NUMBER}, LONG) is None
    with pytest.raises(LookupFault, match="its answer is not a list of objects"):
        await lookups.ask("good", {"number": NUMBER}, LONG)
    with pytest.raises(LookupFault, match="its answer is not an object"):
        await opened(server.url, lookup("list")).ask("list", {"number": NUMBER}, LONG)


async def test_more_rows_than_are_declared_are_left(server: InterfaceServer, opened: Open) -> None:
    """A caller is offered what the menu was made for."""
    assert await opened(server.url, lookup("list", ", rows: 1")).ask("list", {"number": NUMBER}, LONG) == (ROW,)


async def test_values_are_exact(server: InterfaceServer, opened: Open) -> None:
    """A number of JSON never becomes a float: 0.1 is a tenth, and a cent a cent."""
    declared = lookup("good").replace(
        "command: [queue, extension, refuse]", "amount: money, share: number, due: date, seen: datetime, vip: boolean"
    )
    server.row = {"amount": 120.5, "share": 0.1, "due": "2026-02-14", "seen": "2026-02-14T00:00:00Z", "vip": True}
    row = await opened(server.url, declared).ask("good", {"number": NUMBER}, LONG)
    assert not isinstance(row, tuple)
    assert row is not None
    assert (row["amount"], row["share"], row["due"]) == (Decimal("120.50"), Decimal("0.1"), date(2026, 2, 14))
    assert row["seen"] == datetime(2026, 2, 14, tzinfo=UTC)
    assert (row["vip"], row["queue"]) == (True, None)


async def test_question_is_a_get_with_its_token(server: InterfaceServer, lookups: SiteLookups) -> None:
    """The parameter stands in the path; no cookie, no body, nothing compressed is asked for."""
    await lookups.ask("good", {"number": NUMBER}, LONG)
    (asked,) = server.asked
    assert (asked.method, asked.target, asked.body) == ("GET", f"/good/{NUMBER}", b"")
    assert asked.headers["authorization"] == f"Bearer {TOKEN}"
    assert asked.headers["accept-encoding"] == "identity"
    assert "cookie" not in asked.headers


PARAMS = "params: {number: phone, text: text, amount: money, day: date, vip: boolean, wait: duration, note: text?}"
VALUES: dict[str, Value] = {
    "number": "+8613800138000",
    "text": "a&b=c #?/ü\n",
    "amount": Decimal("0.10"),
    "day": date(2026, 2, 14),
    "vip": True,
    "wait": timedelta(seconds=90),
    "note": None,
}


async def test_other_parameters_are_the_query(server: InterfaceServer, opened: Open) -> None:
    """Each is percent-encoded; one that is none is left out."""
    lookups = opened(server.url, lookup("good").replace("params: {number: phone}", PARAMS))
    await lookups.ask("good", VALUES, LONG)
    query = "text=a%26b%3Dc%20%23%3F%2F%C3%BC%0A&amount=0.10&day=2026-02-14&vip=true&wait=90"
    assert server.asked[0].target == f"/good/%2B8613800138000?{query}"


async def test_post_sends_them_as_one_object(server: InterfaceServer, opened: Open) -> None:
    """As JSON, with numbers as they are, and null for what is none."""
    lookups = opened(server.url, lookup("good", ", method: post").replace("params: {number: phone}", PARAMS))
    await lookups.ask("good", VALUES, LONG)
    (asked,) = server.asked
    assert (asked.method, asked.target) == ("POST", "/good/%2B8613800138000")
    assert asked.headers["content-type"] == "application/json"
    expected = r'{"text":"a&b=c #?/\u00fc\n","amount":0.10,"day":"2026-02-14","vip":true,"wait":90,"note":null}'
    assert asked.body.decode() == expected


async def test_path_stands_behind_the_base_address(server: InterfaceServer, opened: Open) -> None:
    """An address with a path keeps it, with a slash at its end or without."""
    for base in ("/api", "/api/"):
        await opened(server.url + base).ask("not-found", {"number": "1"}, LONG)
    assert [asked.target for asked in server.asked] == ["/api/not-found/1"] * 2


async def test_withheld_number_is_told_with_what_to_write(server: InterfaceServer, lookups: SiteLookups) -> None:
    """It is nobody's, and no request goes out for it."""
    with pytest.raises(LookupFault, match=r'the number is withheld.*when: caller.number != ""'):
        await lookups.ask("good", {"number": ""}, LONG)
    assert server.asked == []


@pytest.mark.parametrize("number", [".", "..", "../admin", "1/../../admin", "1\\..\\admin", "1/./2"])
async def test_value_that_would_name_another_path_is_not_asked(
    number: str, server: InterfaceServer, lookups: SiteLookups
) -> None:
    """No request goes out for it; nor where a proxy would decode its way upwards."""
    with pytest.raises(LookupFault, match='the parameter "number" cannot stand in a path'):
        await lookups.ask("good", {"number": number}, LONG)
    assert server.asked == []


async def test_certificate_of_the_sites_own_is_trusted(opened: Open, tmp_path: Path) -> None:
    """``ca`` names who vouches for the interface; the name must be right all the same."""
    (tmp_path / "crm.pem").write_text(CERTIFICATE)
    site = SITE.replace("connections: 4", "ca: crm.pem")
    async with InterfaceServer(is_encrypted=True) as server:
        assert await opened(server.url, lookup("good"), site).ask("good", {"number": NUMBER}, LONG) == ROW
        assert server.asked[0].headers["authorization"] == f"Bearer {TOKEN}"


async def test_interface_that_cannot_be_asked_is_known_before_any_call(tmp_path: Path) -> None:
    """A variable that is not set, a file that is missing: told once, as of a database."""
    from .sites import compiled  # noqa: PLC0415 - beside its only use

    def told(environ: dict[str, str], site: str = SITE) -> list[str]:
        return SiteLookups(compiled(lookup("good"), site).site, tmp_path, environ).unusable()

    good = {"CRM_URL": "https://crm.example", "CRM_TOKEN": TOKEN}
    assert told(good) == []
    assert told({"CRM_TOKEN": TOKEN}) == [
        'the interface "crm": the environment variable CRM_URL is not set; export CRM_URL=…'
    ]
    assert "its address cannot be read" in told({**good, "CRM_URL": "crm.example?key=1"})[0]
    assert "its token holds what no header can hold" in told({**good, "CRM_TOKEN": "a\nHost: b"})[0]
    assert "the file crm.pem cannot be used" in told(good, SITE.replace("connections: 4", "ca: crm.pem"))[0]
