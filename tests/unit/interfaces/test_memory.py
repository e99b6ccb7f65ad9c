"""What a question to a hostile interface costs: a megabyte at most, however much it sends."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from datetime import timedelta

import pytest

from ivrctl.adapters.lookup_answer import LookupFault
from ivrctl.adapters.site_lookups import SiteLookups

from .conftest import Clock, Open
from .sites import LOOKUPS, NUMBER, SITE

pytestmark = pytest.mark.thorough

DEADLINE = timedelta(milliseconds=500)
MOST = 1_000_000
"""Bytes."""
LEFT_AT_MOST = 10_000
TIMES = 10
KINDS = ["good", "endless", "endless-chunks", "gzip-bomb", "endless-headers", "huge-header", "deep", "huge-exponent"]


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[str]:
    """The address of an interface in a process of its own: what it needs itself counts for nobody here."""
    command = [sys.executable, "-m", "ivrctl.testkit.interface_server"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate()


async def asked(lookups: SiteLookups, kind: str) -> None:
    """Ask once, whatever comes."""
    with contextlib.suppress(LookupFault):
        await lookups.ask(kind, {"number": NUMBER}, DEADLINE)


async def taken(kind: str, elsewhere: str, opened: Open, clock: Clock, times: int = TIMES) -> int:
    """The bytes that one question takes at its peak; that many questions leave nothing behind is asserted."""
    lookups = opened(elsewhere, LOOKUPS, SITE.replace("connections: 4", f"connections: {times}"))
    await asked(lookups, kind)
    tracemalloc.start()
    try:
        await asked(lookups, kind)
        _, peak = tracemalloc.get_traced_memory()
        gc.collect()
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(times):
            clock.now += 1000
            await asked(lookups, kind)
        await asyncio.sleep(0)
        gc.collect()
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    left = (after - before) / times
    print(f"{kind:16} peak {peak / 1000:6.0f} kB, {left:6.0f} bytes left by each of {times}")  # noqa: T201 - to be read
    assert left < LEFT_AT_MOST
    return peak


@pytest.mark.parametrize("kind", KINDS)
async def test_question_takes_a_megabyte_at_most(kind: str, elsewhere: str, opened: Open, clock: Clock) -> None:
    """However much the interface sends: of gigabytes the first hundred kilobytes are read."""
    assert await taken(kind, elsewhere, opened, clock) < MOST


async def test_interim_answers_without_end_take_a_few_megabytes(elsewhere: str, opened: Open, clock: Clock) -> None:
    """Those of one segment become objects before they are passed over: a bound of its own, and nothing stays."""
    assert await taken("endless-interim", elsewhere, opened, clock, times=4) < 10 * MOST
