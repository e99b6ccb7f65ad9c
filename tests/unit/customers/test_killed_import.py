"""An import that is killed at any moment leaves whole batches, and goes on where it was."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ivrctl.adapters.site_store import SiteStore, sqlite_url
from ivrctl.flow.program import Program
from ivrctl.service.customer_files import importing

from .conftest import everybody, import_content

pytestmark = pytest.mark.thorough

ROWS = 12
BATCH = 4
BATCHES = ROWS // BATCH

KILLED = """
import asyncio, os, signal, sys
from pathlib import Path

sys.path.insert(0, sys.argv[1])
from customers_conftest import compiled, import_content
from ivrctl.adapters.customers.batches import ImportBatches
from ivrctl.adapters.site_store import SiteStore
from ivrctl.service.customer_files import importing

importing.BATCH = 4
url, file, point, number = sys.argv[2], Path(sys.argv[3]), sys.argv[4], int(sys.argv[5])
calls = 0


def kill():
    os.kill(os.getpid(), signal.SIGKILL)


def wrapped(name):
    inner = getattr(ImportBatches, name)

    async def outer(self, *arguments, **options):
        global calls
        calls += 1
        if calls == number + 1 and point == "before":
            kill()
        result = await inner(self, *arguments, **options)
        if calls == number + 1:
            kill()
        return result

    setattr(ImportBatches, name, outer)


wrapped({"before": "write", "within": "_apply", "after": "write", "at the end": "finish"}[point])
asyncio.run(import_content(compiled(), SiteStore(url), file))
"""


def _text() -> str:
    rows = [f"C-{one:02},Customer {one},1380013{one:04},{one:06},{4000 + one}\n" for one in range(ROWS)]
    return "customer,name,numbers,id:member,pin\n" + "".join(rows)


def _kill(url: str, file: Path, point: str, number: int) -> None:
    """Import in a process of its own that is killed; it dies of that, and not of anything else."""
    folder = file.parent
    (folder / "customers_conftest.py").write_text((Path(__file__).parent / "conftest.py").read_text())
    command = [sys.executable, "-c", KILLED, str(folder), url, str(file), point, str(number)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, timeout=50)
    assert ended.returncode == -9, ended.stderr


@pytest.mark.parametrize(
    ("point", "number", "whole"),
    [
        *[("before", number, number) for number in range(BATCHES)],
        *[("within", number, number) for number in range(BATCHES)],
        *[("after", number, number + 1) for number in range(BATCHES)],
        ("at the end", 0, BATCHES),
    ],
)
async def test_killed_import_leaves_whole_batches_and_goes_on(  # noqa: PLR0913, PLR0917 - where, and what is left
    program: Program, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, point: str, number: int, whole: int
) -> None:
    """At every batch: before it, within its transaction, behind it. The second run ends like one that nobody killed."""
    monkeypatch.setattr(importing, "BATCH", BATCH)
    file = tmp_path / "customers.csv"
    file.write_text(_text())
    _kill(url, file, point, number)
    store, other = SiteStore(url), SiteStore(sqlite_url(tmp_path / "other.sqlite"))
    assert len(await everybody(store)) == whole * BATCH
    second = await import_content(program, store, file)
    assert second.heard.went_on_at == (None if whole == 0 or point == "at the end" else whole * BATCH + 2)
    assert second.outcome.skipped == (0 if point == "at the end" else whole * BATCH)
    await import_content(program, other, file)
    assert _without_hashes(await everybody(store)) == _without_hashes(await everybody(other))
    third = await import_content(program, store, file)
    assert third.counts == (0, 0, ROWS, 0)
    await store.close()
    await other.close()


def _without_hashes(found: dict[str, object]) -> list[str]:
    """Hashes have a salt each, and are not shown."""
    return [repr(details) for details in found.values()]


async def test_another_file_begins_at_its_beginning(program: Program, file_url: str, tmp_path: Path) -> None:
    """How far it had come is known of what was imported, not of the file's name."""
    file = tmp_path / "customers.csv"
    file.write_text(_text())
    _kill(file_url, file, "after", 1)
    file.write_text(_text().replace("Customer 0,", "Zoe,"))
    store = SiteStore(file_url)
    again = await import_content(program, store, file)
    assert again.heard.went_on_at is None
    assert again.counts == (4, 1, 7, 0)
    await store.close()
