"""What becomes of something that is posted to an interface."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from ivrctl.adapters.site_lookups import SiteLookups
from ivrctl.model.delivery import Delivered, Delivery, Failed, Refused
from ivrctl.model.values import Value
from ivrctl.testkit.interface_server import InterfaceServer, closed_port

from .conftest import Open

SOON = timedelta(milliseconds=300)


async def post(lookups: SiteLookups, kind: str, values: Mapping[str, Value] | None = None) -> Delivery:
    """Post to a kind of answer, with a key."""
    assert lookups.interfaces is not None
    return await lookups.interfaces.post("crm", f"/{kind}", values or {}, SOON, {"Idempotency-Key": "leg-1"})


@pytest.mark.parametrize(
    ("kind", "became"),
    [
        ("good", Delivered()),
        ("no-content", Delivered()),
        ("html", Delivered()),
        ("not-found", Failed("it answered with the status 404")),
        ("unauthorized", Failed("it answered with the status 401")),
        ("unprocessable", Refused("it answered with the status 422")),
        ("conflict", Failed("it answered with the status 409")),
        ("busy", Failed("it answered with the status 429")),
        ("error", Failed("it answered with the status 500")),
        ("redirect", Failed("it sends us elsewhere, with the status 302")),
        ("hanging", Failed("no answer within 0.3 s")),
        ("nothing", Failed("it broke off in the middle of its answer")),
        ("no-http", Failed("its answer is no HTTP, or has headers without bounds")),
    ],
)
async def test_status_says_whether_to_send_it_again(kind: str, became: Delivery, lookups: SiteLookups) -> None:
    """Delivered, refused for good, or to be sent again; of the answer nothing but its status counts."""
    assert await post(lookups, kind) == became


async def test_body_is_one_object_and_the_key_a_header(server: InterfaceServer, lookups: SiteLookups) -> None:
    """Numbers are exact, moments are ISO 8601, lists and rows go as they are."""
    values: dict[str, Value] = {
        "amount": Decimal("0.10"),
        "at": datetime(2026, 2, 14, 8, tzinfo=UTC),
        "path": ("start", "choose"),
        "fields": {"order": "17", "due": None},
    }
    await post(lookups, "good", values)
    (asked,) = server.asked
    assert (asked.method, asked.target, asked.headers["idempotency-key"]) == ("POST", "/good", "leg-1")
    body = (
        '{"amount":0.10,"at":"2026-02-14T08:00:00+00:00","path":["start","choose"],"fields":{"order":"17","due":null}}'
    )
    assert asked.body.decode() == body


async def test_value_in_the_path_is_not_sent_again(server: InterfaceServer, lookups: SiteLookups) -> None:
    """What stands between braces is percent-encoded there; what cannot stand there is refused for good."""
    await post(lookups, "good/{number}", {"number": "a/b", "text": "c"})
    assert (server.asked[0].target, server.asked[0].body) == ("/good/a%2Fb", b'{"text":"c"}')
    assert isinstance(await post(lookups, "good/{number}", {"number": ".."}), Refused)


async def test_interface_that_is_away_is_not_asked_for_every_post(opened: Open) -> None:
    """Posts and lookups share the breaker: the sixth fails at once."""
    lookups = opened(f"http://127.0.0.1:{closed_port()}")
    became = [await post(lookups, "good") for _ in range(6)]
    assert became[4] == Failed("no connection: Connection refused")
    assert became[5] == Failed(
        "it is not asked, since it has failed several times in a row", is_away=True, is_asked=False
    )
