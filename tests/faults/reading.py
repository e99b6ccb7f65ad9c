"""What somebody else than ivrctl reads of what a run has left: with ``sqlite3``, ``psql``, ``/proc``, every file."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ivrctl.testkit.postgresql_server import PostgresqlServer

from .matrix import Vitals

COLUMNS = ("leg", "uniqueid", "ending", "ani", "began_at", "reason", "path", "fields")


_AS_JSON = f"select coalesce(json_agg(each), '[]') from (select {', '.join(COLUMNS)} from calls) each"  # noqa: S608 - fixed names


def record_of(row: Sequence[Any]) -> dict[str, Any]:
    """A row of the table of calls, as ``COLUMNS`` has it."""
    record = dict(zip(COLUMNS, row, strict=True))
    return {**record, "path": json.loads(record["path"]), "fields": json.loads(record["fields"])}


def texts_of_sounds(ours: Path, theirs: str) -> dict[str, str]:
    """What is said in the files of the prompts, as the cache's own list has it, by the names that AGI uses.

    Args:
        ours: the folder where they lie.
        theirs: the same, as Asterisk sees it.
    """
    entries = [json.loads(line) for line in (ours / "manifest.jsonl").read_text(encoding="utf-8").splitlines()]
    return {f"{theirs}/{entry['sound'][:2]}/{entry['sound']}": entry["text"] for entry in entries}


@dataclass(frozen=True, slots=True)
class Reading:
    """One folder with everything that a run leaves."""

    folder: Path
    store: str = "site/store/calls.sqlite"
    shop: str = "site/shop/shop.sqlite"
    """Where those who receive tickets have them."""
    log: str = "serve.log"
    server: PostgresqlServer | None = None
    """Where store and shop are databases of that name, if not files."""

    def records(self) -> list[dict[str, Any]]:
        """The table of calls."""
        if self.server is not None:
            told = self.server.execute(_AS_JSON, "store")
            records: list[dict[str, Any]] = json.loads(told)
            return records
        rows = _read(self.folder / self.store, f"select {', '.join(COLUMNS)} from calls")  # noqa: S608 - fixed names
        return [record_of(row) for row in rows]

    def tickets(self) -> list[str]:
        """What the receiver of tickets has."""
        if self.server is not None:
            return self.server.execute("select number from tickets", "shop").split()
        return [number for (number,) in _read(self.folder / self.shop, "select number from tickets")]

    def waiting(self) -> int:
        """How much waits to be handed over."""
        rows = _read(self.folder / "state/outbox.sqlite", "select count(*) from entries where state = 'waiting'")
        return int(rows[0][0]) if rows else 0

    def swept(self, secrets: Mapping[str, str]) -> list[str]:
        """The files that hold a secret; by secret what it is."""
        return [
            f"{path.relative_to(self.folder)} holds {name}"
            for path, content in _files(self.folder)
            for secret, name in secrets.items()
            if secret.encode() in content
        ]

    def warned(self) -> str:
        """How often the controllers have told each kind of trouble in their log."""
        warned: Counter[str] = Counter()
        for line in (self.folder / self.log).read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                entry = json.loads(line)
            except ValueError:
                # What is told of a site that is broken is for people.
                continue
            warned[entry["event"]] += entry["level"] in {"warning", "error"}
        return ", ".join(f"{event} {times}" for event, times in sorted(warned.items()) if times)

    @staticmethod
    def vitals(pid: int, tasks: int | None = None) -> Vitals | None:
        """What a process holds; None where nobody but root may look.

        Args:
            pid: the process.
            tasks: those of asyncio, where it tells them; else what the kernel calls so is counted, its threads.
        """
        proc = Path(f"/proc/{pid}")
        try:
            descriptors = len(os.listdir(proc / "fd"))  # noqa: PTH208 - their number
        except PermissionError:
            return None
        if tasks is None:
            tasks = len(os.listdir(proc / "task"))  # noqa: PTH208 - their number
        pages = int((proc / "statm").read_text().split()[1])
        return Vitals(descriptors, tasks, pages * os.sysconf("SC_PAGE_SIZE") // 1024)


def _read(file: Path, query: str) -> list[tuple[Any, ...]]:
    if not file.exists():
        return []
    connection = sqlite3.connect(f"file:{file}?mode=ro", uri=True, timeout=10)
    try:
        return list(connection.execute(query))
    except sqlite3.OperationalError:
        return []
    finally:
        connection.close()


def _files(folder: Path) -> Iterator[tuple[Path, bytes]]:
    for path in sorted(folder.rglob("*")):
        with contextlib.suppress(OSError):
            if path.is_file() and path.suffix != ".wav":
                yield path, path.read_bytes()
