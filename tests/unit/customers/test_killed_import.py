"""An import that is killed at any moment leaves whole batches, and goes on where it was."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ivrctl.adapters.site_store import SiteStore, sqlite_url
from ivrctl.flow.program import Program
from ivrctl.service.customer_files import importing

from .conftest import everybody, import_content

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[3]
ROWS = 12
BATCH = 4
BATCHES = ROWS // BATCH

Kill = Callable[..., None]


@pytest.fixture(scope="module")
def importer() -> Iterator[subprocess.Popen[str]]:
    """A process that imports in forks of its own, each of which is killed."""
    command = [sys.executable, "-m", "tests.unit.customers.import_process"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as started:
        yield started
        assert started.stdin is not None
        started.stdin.close()


@pytest.fixture
def kill(importer: subprocess.Popen[str]) -> Kill:
    def killed(url: str, file: Path, point: str, number: int) -> None:
        """Import in a process of its own that is killed; it dies of that, and not of anything else."""
        job = {"url": url, "file": str(file), "point": point, "number": number, "batch": BATCH}
        assert importer.stdin is not None
        assert importer.stdout is not None
        importer.stdin.write(json.dumps(job) + "\n")
        importer.stdin.flush()
        assert importer.stdout.readline() == f"{-signal.SIGKILL}\n"

    return killed


def _text() -> str:
    # One PIN in each batch: a hash is made to take long.
    pins = [str(4000 + one) if one % BATCH == 0 else "" for one in range(ROWS)]
    rows = [f"C-{one:02},Customer {one},1380013{one:04},{one:06},{pin}\n" for one, pin in enumerate(pins)]
    return "customer,name,numbers,id:member,pin\n" + "".join(rows)


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
    program: Program,
    url: str,
    tmp_path: Path,
    kill: Kill,
    monkeypatch: pytest.MonkeyPatch,
    point: str,
    number: int,
    whole: int,
) -> None:
    """At every batch: before it, within its transaction, behind it. The second run ends like one that nobody killed."""
    monkeypatch.setattr(importing, "BATCH", BATCH)
    file = tmp_path / "customers.csv"
    file.write_text(_text())
    kill(url, file, point, number)
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


async def test_another_file_begins_at_its_beginning(
    program: Program, file_url: str, tmp_path: Path, kill: Kill
) -> None:
    """How far it had come is known of what was imported, not of the file's name."""
    file = tmp_path / "customers.csv"
    file.write_text(_text())
    kill(file_url, file, "after", 1)
    file.write_text(_text().replace("Customer 0,", "Zoe,"))
    store = SiteStore(file_url)
    again = await import_content(program, store, file)
    assert again.heard.went_on_at is None
    assert again.counts == (4, 1, 7, 0)
    await store.close()
