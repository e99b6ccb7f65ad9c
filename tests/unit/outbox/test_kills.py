"""kill -9 at every point of a submit: what is acknowledged is there once, and nothing is there half."""

from __future__ import annotations

import asyncio
import sqlite3
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from ivrctl.testkit.interface_server import InterfaceServer

from .kills import TABLE, TO_A_TABLE, Processes

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def server() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.unit.outbox.controller_process"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as started:
        yield started
        assert started.stdin is not None
        started.stdin.close()


@pytest.fixture
def processes(tmp_path: Path, server: subprocess.Popen[str]) -> Processes:
    return Processes(tmp_path, server)


@pytest.fixture
def table(processes: Processes) -> sqlite3.Connection:
    """A table of tickets, to which the site submits."""
    processes.declare(TO_A_TABLE)
    connection = sqlite3.connect(processes.folder / "site" / "bss.sqlite")
    connection.execute(TABLE)
    connection.commit()
    return connection


@pytest.fixture
async def interface(processes: Processes) -> AsyncIterator[InterfaceServer]:
    """An interface that takes tickets, to which the site submits."""
    async with InterfaceServer() as started:
        processes.declare(
            f'http: {{crm: {{url: "{started.url}"}}}}\n'
            "submissions:\n  ticket: {http: crm, path: /good/tickets, params: {text: text}}\n"
        )
        yield started


def test_call_that_resumes_hands_over_once_to_a_table(processes: Processes, table: sqlite3.Connection) -> None:
    """Wherever the controller is killed: the call submits again under the same key, and the table has it once."""

    def resumes(point: int) -> None:
        processes.run([(f"key-{point}", "ticket")])
        _whole(table, f"key-{point}")

    points = processes.at_every_point(resumes)
    assert points > 20
    assert table.execute("select count(*) from tickets").fetchone() == (points + 1,)


def test_what_was_acknowledged_is_in_the_table_once(processes: Processes, table: sqlite3.Connection) -> None:
    """Also where the call never comes back: the next controller delivers it; what was not told is there or not."""

    def is_gone(point: int) -> None:
        processes.run([])
        if f"key-{point}" in processes.acknowledged:
            _whole(table, f"key-{point}")

    points = processes.at_every_point(is_gone)
    assert len(processes.acknowledged) > points // 3
    keys = [key.removeprefix("leg/") for (key,) in table.execute("select key from tickets")]
    assert processes.acknowledged <= set(keys)
    assert len(keys) == len(set(keys))


async def test_interface_gets_every_key_and_the_same_under_each(
    processes: Processes, interface: InterfaceServer
) -> None:
    """A try that was cut is repeated with the same header and the same body: the interface can count it once."""

    def resumes(point: int) -> None:
        processes.run([(f"key-{point}", "ticket")])

    points = await asyncio.to_thread(processes.at_every_point, resumes)
    bodies: dict[str, set[bytes]] = {}
    tries: Counter[str] = Counter()
    for asked in interface.asked:
        key = asked.headers["idempotency-key"]
        tries[key] += 1
        bodies.setdefault(key, set()).add(asked.body)
    due = {f"leg/key-{point}": {f'{{"text":"text of key-{point}"}}'.encode()} for point in range(1, points + 2)}
    assert bodies == due
    # Only who is killed while an answer is on its way sends again.
    assert set(tries.values()) == {1, 2}


def _whole(table: sqlite3.Connection, key: str) -> None:
    found = table.execute("select text from tickets where key = ?", (f"leg/{key}",)).fetchall()
    assert found == [(f"text of {key}",)]
