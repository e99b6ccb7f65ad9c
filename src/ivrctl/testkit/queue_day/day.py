"""The whole of a day: a PBX and a controller for it, the people, and the comparison."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ivrctl.acd.intervals import Interval
from ivrctl.adapters import pbx as development
from ivrctl.adapters.ami import AmiSession, Login
from ivrctl.adapters.ami.queue_actions import queue_add, queue_remove
from ivrctl.adapters.books_store import BooksReader
from ivrctl.adapters.pbx import Pbx, credentials
from ivrctl.adapters.pbx.ports import LOOPBACK, free_tcp_port
from ivrctl.adapters.pbx.render import configuration_source
from ivrctl.adapters.site_store import SiteStore, sqlite_url
from ivrctl.ami.actions import Action
from ivrctl.testkit.queue_day.compare import Compared, Evidence, compare
from ivrctl.testkit.queue_day.evidence import read_cdrs, read_events, read_queue_log
from ivrctl.testkit.queue_day.people import ByHand, Noted, People
from ivrctl.testkit.queue_day.plan import Day
from ivrctl.testkit.queue_day.site import EVERYBODY, shared_with, write_configuration, write_site
from ivrctl.testkit.signal_phone import SignalPhones
from ivrctl.testkit.survival.serving import Ask, Serving, serving

SETTLED_WITHIN = 30.0
"""Seconds from the end of the last call until the books have it."""
FIRST_PORT = 12_000


@dataclass(frozen=True, slots=True)
class Place:
    """Where a day takes place."""

    pbx: Pbx
    site: Path
    folder: Path
    ask: Ask


@dataclass(frozen=True, slots=True)
class Lived:
    """A day that was lived."""

    evidence: Evidence
    figures: dict[str, Any]
    """Of ``ivrctl kpi``."""
    unreadable: int
    """Events that could not be read."""

    def compared(self) -> Compared:
        """The books with all the rest."""
        compared = compare(self.evidence)
        compared.differences += [f"{self.unreadable} events could not be read"] if self.unreadable else []
        compared.differences += _of_rows(self.evidence, self.figures)
        return compared


@contextmanager
def place(name: str, folder: Path, ask: Ask) -> Iterator[Place]:
    """A PBX of its own with the day's queues, and the site for it; both are gone in the end.

    Args:
        name: of the PBX.
        folder: for everything; it exists and is empty.
        ask: how to ask the API.
    """
    configuration = write_configuration(configuration_source(), folder / "asterisk-conf")
    agi = (LOOPBACK, free_tcp_port(FIRST_PORT + os.getpid() % 20_000))
    pbx = development.up(name, agi=agi, configuration=configuration)
    try:
        site = write_site(folder / "site")
        _run("prompts", "build", str(site), "--pbx", name)
        _run("agents", "dialplan", "--site", str(site), "--pbx", name)
        yield Place(pbx, site, folder, ask)
    finally:
        development.down(name)
        shutil.rmtree(pbx.folder)


async def live(where: Place, day: Day) -> Lived:
    """Live a day."""
    async with serving(where.site, where.folder, where.pbx, where.ask) as served:
        await served.until(lambda: bool(_status(served)["seen"]), "the queues are seen", within=15)
        noted = await _people(where.pbx, day)
        ended_at = datetime.now(UTC)
        await served.until(lambda: _has_settled(served), "the books are written", within=SETTLED_WITHIN)
        evidence = await _evidence(where, served, noted, Interval(noted.began_at, ended_at + timedelta(seconds=1)))
        figures = await asyncio.to_thread(_kpi, where.site, served)
        return Lived(evidence, figures, _status(served)["unreadable"])


def passwords(pbx: Pbx) -> dict[str, str]:
    """Of all agents' phones."""
    known = credentials(pbx).agents
    return {name: known[shared_with(name)] for name in EVERYBODY}


async def _people(pbx: Pbx, day: Day) -> Noted:
    known = credentials(pbx)
    session = await AmiSession.open((LOOPBACK, pbx.ami_port), Login(known.ami_user, known.ami_secret))
    try:
        async with SignalPhones.opened(pbx) as phones:
            return await People(day, phones, by_hand(session)).live(passwords(pbx))
    finally:
        session.close()


def by_hand(session: AmiSession) -> ByHand:
    """What a person does at the console, over a session of his own."""

    async def add(queue: str, interface: str) -> None:
        await queue_add(session, queue, interface, name=f"Agent {interface[-4:]}")

    async def remove(queue: str, interface: str) -> None:
        await queue_remove(session, queue, interface)

    async def withdraw(queue: str, number: str) -> None:
        answer = await session.ask(Action.of("QueueStatus", Queue=queue))
        for entry in answer.named("QueueEntry"):
            if entry.text("CallerIDNum") == number:
                await session.ask(Action.of("QueueWithdrawCaller", Queue=queue, Caller=entry.text("Channel")))

    return ByHand(add, remove, withdraw)


def _status(served: Serving) -> dict[str, Any]:
    status: dict[str, Any] = served.ask("/status")["status"]["queues"]
    return status


def _has_settled(served: Serving) -> bool:
    """Nobody waits or talks any more, and everything is in the database."""
    queues = served.ask("/queues")["queues"]
    is_over = all(queue["waiting"] == queue["talking"] == 0 for queue in queues)
    return is_over and _status(served)["entries_waiting"] == 0


async def _evidence(where: Place, served: Serving, noted: Noted, period: Interval) -> Evidence:
    log, since = where.pbx.folder / "log", noted.began_at
    store = SiteStore(sqlite_url(served.state.call_database))
    try:
        reader = BooksReader(store)
        stays, spans = await reader.stays(period), await reader.spans(period)
        gaps = await reader.gaps(period)
    finally:
        await store.close()
    logged, pauses = read_queue_log(log / "queue_log", since)
    recorded = read_cdrs(log / "cdr-csv/Master.csv", since)
    bridged = read_events(log / "cel.csv", since)
    return Evidence(noted, logged, pauses, recorded, bridged, stays, spans, gaps)


def _kpi(site: Path, served: Serving) -> dict[str, Any]:
    command = ["kpi", "show", "--site", str(site), "--state", str(served.state.path), "--by", "queue", "--json"]
    told: dict[str, Any] = json.loads(_run(*command))
    return told


def _of_rows(evidence: Evidence, figures: dict[str, Any]) -> list[str]:
    """The rows of ``ivrctl kpi`` against the lines of queue_log."""
    differences: list[str] = []
    logged = [each for of in evidence.logged.values() for each in of]
    rows = {row["queue"]: row for row in figures["rows"]}
    for queue in sorted({each.queue for each in logged} | set(rows)):
        own = [each for each in logged if each.queue == queue]
        row = rows.get(queue, {})
        ends = sorted({each.end for each in own} | {"answered", "abandoned", "timed_out", "key", "empty", "withdrawn"})
        for what, count in {"offered": len(own), **{end: sum(each.end == end for each in own) for end in ends}}.items():
            if row.get(what) != count:
                differences.append(f"ivrctl kpi has {row.get(what)} {what} in {queue}, queue_log {count}")
        if row.get("gap"):
            differences.append(f"the row of {queue} does not balance: {row}")
    return differences


def _run(*arguments: str) -> str:
    command = [sys.executable, "-m", "ivrctl", *arguments]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise RuntimeError(f"{' '.join(arguments)}: {ran.stderr}")
    return ran.stdout
