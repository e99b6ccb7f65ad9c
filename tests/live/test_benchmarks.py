"""The same call native in the dialplan and in ivrctl, in the short form of its benchmark."""

from __future__ import annotations

from pathlib import Path

import pytest

from .short_forms import tables

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("benchmarks"), pytest.mark.heavy, pytest.mark.timeout(400)]


def test_the_same_call_is_measured_native_and_in_ivrctl(tmp_path: Path) -> None:
    """Each has its figures: calls a second that all end well, processor time, and the first prompt."""
    found = tables("native_dialplan.py", tmp_path)
    assert [table["title"] for table in found] == [
        f"{flow}, {media} media" for flow in ("speed-dial", "menu") for media in ("without", "with")
    ]
    for table in found:
        assert set(table["rows"]) == {"native", "ivrctl"}
        assert all(rate > 0 for row in table["rows"].values() for rate in row["calls a second"])
