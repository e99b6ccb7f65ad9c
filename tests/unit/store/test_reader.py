"""Records are read one after the other, in pages that nobody sees."""

from __future__ import annotations

from datetime import timedelta

import pytest

from ivrctl.acd.intervals import Interval
from ivrctl.adapters.call_store import CallStore
from ivrctl.adapters.call_store import reader as reading
from ivrctl.adapters.call_store.reader import CallReader
from ivrctl.adapters.site_store import SiteStore

from .conftest import BEGAN, MakeCall


@pytest.mark.parametrize("page", [1, 2, 3, 100])
async def test_calls_come_as_they_ended_each_once(
    store: CallStore, url: str, call: MakeCall, page: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever stands in one answer; two that ended at the same moment are two."""
    monkeypatch.setattr(reading, "PAGE", page)
    minutes = {"1-b": 5, "1-a": 5, "2-a": 0, "3-a": 9, "4-a": 60, "5-a": -1}
    for leg, minute in minutes.items():
        store.add(call(leg, minute=minute))
    await store.flushed()
    site_store = SiteStore(url)
    try:
        hour = Interval(BEGAN, BEGAN + timedelta(hours=1))
        found = [record.leg async for record in CallReader(site_store).call_by_call(hour)]
    finally:
        await site_store.close()
    assert found == ["2-a", "1-a", "1-b", "3-a"]
