"""What the outbox costs: to put one thing, to put many at once, to hold a hundred thousand, to deliver them.

    python benchmarks/submissions.py [--waiting 100000] [--rounds 5] [--folder .]

``put``            one after the other: each waits for the disk, as a caller does
``put together``   a hundred calls at the same moment: they share their transactions
``peer: fsync``    a line appended to a file and synced: the floor of what waits for the disk, in the same run
``look``           the deliverer counts what waits, with all of it there
``next``           the oldest that is due, with all of it there
``deliver``        to somebody who takes everything at once, from an outbox that holds all of it

The median of the rounds with the spread, and the memory that this process gained. The disk is that of ``--folder``.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ivrctl.adapters.outbox import Entry, Outbox, OutboxFile, Put
from ivrctl.adapters.process_lock import ProcessLock
from ivrctl.flow.program import compile_site
from ivrctl.model.delivery import Delivered, Delivery
from ivrctl.service.delivering import Deliverer, DelivererParts
from ivrctl.site.site_file import Site

SITE = b"""
site: shop
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: Silence., no_match: Wrong., one_moment: One moment., fallback: Sorry.}
databases: {shop: {url: "sqlite:shop.sqlite"}}
submissions:
  ticket:
    database: shop
    sql: insert into tickets (key, text) values (:key, :text)
    params: {text: text}
"""
FLOW = b'lines: {"100": start}\nsteps: {start: [{play: Hello.}, {hangup: served}]}\n'
TOGETHER = 100
TEXT = "No dialling tone since this morning, the lamp of the router is red. " * 4


class Taker:
    """Takes everything at once."""

    async def deliver(self, _entry: Entry) -> Delivery:
        """Taken."""
        return Delivered()

    async def close(self) -> None:
        """Nothing is open."""


def _now() -> datetime:
    return datetime.now(UTC)


def _put(key: str) -> Put:
    return Put(key, "ticket", {"text": TEXT}, _now())


async def _timed(rounds: int, count: int, work: Callable[[int], Awaitable[object]]) -> list[float]:
    """Microseconds for one thing, in each round."""
    figures = []
    for number in range(rounds):
        began = time.perf_counter()
        await work(number)
        figures.append((time.perf_counter() - began) / count * 1e6)
    return figures


def _show(name: str, figures: list[float]) -> None:
    median = statistics.median(figures)
    print(f"{name:16} {median:12.1f} us   {min(figures):10.1f} … {max(figures):10.1f}   {1e6 / median:10.0f} /s")


def _memory() -> float:
    """Megabytes at most, so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


async def _puts(folder: Path, rounds: int) -> None:
    outbox = Outbox(folder / "puts.sqlite", clock=_now)

    async def alone(number: int) -> None:
        for each in range(TOGETHER):
            await outbox.put(_put(f"alone/{number}/{each}"))

    async def together(number: int) -> None:
        await asyncio.gather(*(outbox.put(_put(f"together/{number}/{each}")) for each in range(TOGETHER)))

    _show("put", await _timed(rounds, TOGETHER, alone))
    _show("put together", await _timed(rounds, TOGETHER, together))
    await outbox.close()
    descriptor = os.open(folder / "peer", os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    async def synced(_number: int) -> None:
        for _ in range(TOGETHER):
            os.write(descriptor, TEXT.encode())
            os.fdatasync(descriptor)

    _show("peer: fsync", await _timed(rounds, TOGETHER, synced))
    os.close(descriptor)


async def _waiting(folder: Path, rounds: int, waiting: int, site: Site) -> None:
    path, before = folder / "waiting.sqlite", _memory()
    file = OutboxFile(path)
    for first in range(0, waiting, 500):
        file.put([_put(f"leg/{number}") for number in range(first, min(first + 500, waiting))], _now())
    file.close()
    outbox = Outbox(path, clock=_now)
    print(f"\n{waiting} wait in {path.stat().st_size / 1e6:.0f} MB")
    _show("look", await _timed(rounds, 1, lambda _: outbox.figures()))
    _show("next", await _timed(rounds, 1, lambda _: outbox.due("ticket", _now(), timedelta(minutes=10), 4)))
    parts = DelivererParts(
        outbox=outbox,
        lock=ProcessLock(folder / "lock"),
        site=lambda: site,
        destinations=lambda _site: Taker(),
        tell=print,
        clock=_now,
        seconds=time.monotonic,
        chance=lambda: 1.0,
    )
    deliverer = Deliverer(parts)

    async def deliver(_number: int) -> None:
        await deliverer.turn()
        await deliverer.idle()

    _show("deliver", await _timed(1, waiting, deliver))
    print(f"left {sum(figure.count for figure in await outbox.figures())}, memory {_memory() - before:+.1f} MB")
    await deliverer.close()
    await outbox.close()


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--waiting", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=None)
    wanted = parser.parse_args()
    program, findings = compile_site({"ivrctl.yaml": SITE, "main.ivr.yaml": FLOW})
    if program is None:
        raise SystemExit(findings.items)
    with tempfile.TemporaryDirectory(dir=wanted.folder) as folder:
        asyncio.run(_puts(Path(folder), wanted.rounds))
        asyncio.run(_waiting(Path(folder), wanted.rounds, wanted.waiting, program.site))


if __name__ == "__main__":
    main()
