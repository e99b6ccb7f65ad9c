"""Call records and stores for the tests of the call store."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from ivrctl.adapters.call_store import CallStore
from ivrctl.model.call import CallRecord, Ending, TraceEntry, Wait

MakeCall = Callable[..., CallRecord]
BEGAN = datetime(2026, 2, 24, 8, 0, tzinfo=UTC)


def _call(leg: str, *, ending: Ending = Ending.SERVED, minute: int = 0, ani: str = "+8613800138000") -> CallRecord:
    """A call of a minute that began so many minutes after eight."""
    began = BEGAN + timedelta(minutes=minute)
    return CallRecord(
        leg=leg,
        uniqueid="1771920000.7",
        ani=ani,
        dnis="1001011",
        version="5f1c",
        began_at=began,
        ended_at=began + timedelta(minutes=1),
        ending=ending,
        reason="the balance was told",
        path=("account/start", "account/balance"),
        fields={"balance": Decimal("120.50"), "due": date(2026, 3, 1), "plan": {"name": "冰激凌"}, "keys": ("1", "2")},
        trace=(TraceEntry(0.0, "account/start[0]", "says", "欢迎"), TraceEntry(1.25, "account/start[1]", "key", "1")),
        regions=("shanghai", "south"),
        tier="vip",
        waits=(Wait("vip", 10, began, 12.0, "answered"), Wait("expert", 0, began, None, "")),
        notices=("2026-02-24-1",),
        promise="kept",
        callback_due=began + timedelta(minutes=15),
    )


@pytest.fixture
def call() -> MakeCall:
    return _call


@pytest.fixture
def file_url(grown_file_url: str) -> str:
    return grown_file_url


@pytest.fixture(params=["file_url", pytest.param("grown_postgresql_url", marks=pytest.mark.postgresql)])
def url(request: pytest.FixtureRequest) -> str:
    """Either database: what a store promises holds on both."""
    return str(request.getfixturevalue(request.param))


@pytest.fixture
async def store(url: str) -> AsyncIterator[CallStore]:
    opened = CallStore(url)
    await opened.open()
    yield opened
    await opened.close()


@pytest.fixture
async def file_store(file_url: str) -> AsyncIterator[CallStore]:
    opened = CallStore(file_url)
    await opened.open()
    yield opened
    await opened.close()
