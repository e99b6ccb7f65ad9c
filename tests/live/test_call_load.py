"""Three hundred callers at one time, and a surplus, in the short form of the benchmark."""

from __future__ import annotations

from pathlib import Path

import pytest

from .short_forms import tables

pytestmark = [pytest.mark.live, pytest.mark.heavy, pytest.mark.timeout(400)]


def test_three_hundred_callers_fail_nowhere_and_a_surplus_meets_the_fallback(tmp_path: Path) -> None:
    """Under load every call ends well; beyond the capacity some are taken, some fall back, and none fails."""
    (table,) = tables("call_load.py", tmp_path)
    load, overload = table["rows"]["load"], table["rows"]["overload"]
    assert (load["failed"], load["fallback"]) == ([0], [0])
    assert overload["failed"] == [0]
    assert 0 < overload["fallback"][0] < overload["calls"][0]
