"""Whatever stands in a file: what is right in it is there afterwards, and the same file once more changes nothing."""

from __future__ import annotations

import asyncio
import csv
import io
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ivrctl.adapters.site_store import SiteStore, sqlite_url
from ivrctl.model.customer import CustomerDetails

from .conftest import Imported, compiled, everybody, import_content

pytestmark = pytest.mark.thorough

PROGRAM = compiled()
COLUMNS = ("customer", "name", "tier", "numbers", "id:member")
ROW = st.tuples(
    st.sampled_from(["C-1", "C-2", "C-3", "C-4", ""]),
    st.one_of(st.sampled_from(["Ann", "", "客户", 'Bob "the" builder', "a, b"]), st.text(max_size=5)),
    st.sampled_from(["vip", "ordinary", "", "vipp"]),
    st.lists(st.sampled_from(["13800138001", "+8613800138001", "13800138002", "13800138003", "12"]), max_size=2).map(
        " ".join
    ),
    st.sampled_from(["1", "2", "1a", "1A", "", "1-1"]),
)
FILE = st.lists(ROW, min_size=1, max_size=5)


def _write(file: Path, rows: list[tuple[str, ...]]) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([COLUMNS, *rows])
    file.write_text(text.getvalue(), encoding="utf-8", newline="", errors="replace")


async def _imported(
    folder: Path, before: list[tuple[str, ...]], rows: list[tuple[str, ...]]
) -> tuple[list[Imported], list[dict[str, CustomerDetails]]]:
    store, file = SiteStore(sqlite_url(folder / "calls.sqlite")), folder / "customers.csv"
    taken, found = [], []
    for content in (before, rows, rows):
        _write(file, content)
        taken.append(await import_content(PROGRAM, store, file))
        found.append(await everybody(store))
    await store.close()
    return taken, found


@settings(max_examples=25)
@given(before=FILE, rows=FILE)
def test_same_file_once_more_changes_nothing(before: list[tuple[str, ...]], rows: list[tuple[str, ...]]) -> None:
    """SAFETY: after any other file; each row is counted once, and what is told the second time was told the first."""
    with tempfile.TemporaryDirectory() as folder:
        taken, found = asyncio.run(_imported(Path(folder), before, rows))
    _, first, second = taken
    assert found[1] == found[2]
    assert second.outcome.added == second.outcome.changed == 0
    if first.outcome.is_readable:
        assert sum(first.counts) == sum(second.counts) == first.outcome.rows
    assert second.heard.told == first.heard.told
    assert found[0].keys() <= found[1].keys()
    numbers = [number for details in found[1].values() for number in details.numbers]
    assert len(numbers) == len(set(numbers))
