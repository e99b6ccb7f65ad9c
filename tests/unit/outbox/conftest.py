"""A deliverer on a real outbox, with somebody to deliver to, and time that a test moves."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.outbox import Entry, Outbox, Put, State
from ivrctl.adapters.process_lock import ProcessLock
from ivrctl.flow.program import compile_site
from ivrctl.model.delivery import Delivered, Delivery
from ivrctl.model.values import Value
from ivrctl.service.delivering import Deliverer, DelivererParts
from ivrctl.site.site_file import Site

NOW = datetime(2026, 2, 14, 1, 0, tzinfo=UTC)
SITE = """
site: small
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: No key., no_match: Wrong key., one_moment: One moment., fallback: Please hold.}
databases: {bss: {url: "sqlite:bss.sqlite"}}
call_fields: {subject: text, due: date}
submissions:
  ticket:
    database: bss
    sql: insert into tickets (key, text, count) values (:key, :text, :count) on conflict do nothing
    params: {text: text, count: number?}
  note:
    database: bss
    sql: insert into notes (key, text) values (:key, :text) on conflict do nothing
    params: {text: text}
    alarm: 1m
    give_up: 1h
"""


def site(text: str = SITE) -> Site:
    """A site of this file."""
    program, findings = compile_site({"ivrctl.yaml": text.encode(), "main.ivr.yaml": FLOW.encode()})
    assert program is not None, findings.items
    return program.site


FLOW = 'lines: {"100": start}\nsteps: {start: [{play: Hello.}, {hangup: served}]}\n'

Answer = Callable[[Entry], Delivery]


@dataclass(slots=True)
class Receiver:
    """Who is delivered to: what he answers, and what he has got."""

    site: Site
    answer: Answer = lambda _entry: Delivered()
    got: list[str] = field(default_factory=list)
    """The key of each try, in their order."""
    waits: asyncio.Event | None = None
    """Until this is set an answer is waited for, where there is one."""
    is_closed: bool = False
    tried: asyncio.Event = field(default_factory=asyncio.Event)

    async def until(self, count: int) -> None:
        """Return when so much was tried."""
        async with Deadline(5):
            while len(self.got) < count:
                self.tried.clear()
                await self.tried.wait()

    async def deliver(self, entry: Entry) -> Delivery:
        """Take it, or not."""
        self.got.append(entry.key)
        self.tried.set()
        if self.waits is not None:
            await self.waits.wait()
        return self.answer(entry)

    async def close(self) -> None:
        """Not used any more."""
        self.is_closed = True


@dataclass(slots=True)
class Desk:
    """All that a test works with."""

    outbox: Outbox
    receiver: Receiver
    deliverer: Deliverer
    told: list[str]
    now: datetime = NOW
    seconds: float = 1000.0

    async def put(self, key: str, submission: str = "ticket", **params: Value) -> None:
        """Something is handed over."""
        await self.outbox.put(Put(key, submission, params or {"text": "hello"}, self.now))

    async def turn(self) -> None:
        """One look of the deliverer, and all that comes of it."""
        await self.deliverer.turn()
        await self.deliverer.idle()

    async def later(self, time: timedelta = timedelta(), **times: float) -> None:
        """Time passes, and the deliverer looks."""
        passed = time + timedelta(**times)
        self.now += passed
        self.seconds += passed.total_seconds()
        await self.turn()

    async def states(self) -> dict[str, State]:
        """What has become of everything, by key."""
        found = await self.outbox._run(lambda: self.outbox._file._read("true order by number", ()))
        return {entry.key: entry.state for entry in found}


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk where everything is taken."""
    made = opened_desk(tmp_path)
    yield made
    await made.deliverer.close()
    await made.outbox.close()


def opened_desk(folder: Path, declared: Site | None = None) -> Desk:
    """A desk of a controller whose state lies in a folder."""
    told: list[str] = []
    receiver = Receiver(declared or site())
    outbox = Outbox(folder / "outbox.sqlite", clock=lambda: desk.now)
    parts = DelivererParts(
        outbox=outbox,
        lock=ProcessLock(folder / "outbox.lock"),
        site=lambda: receiver.site,
        destinations=lambda _site: receiver,
        tell=told.append,
        clock=lambda: desk.now,
        seconds=lambda: desk.seconds,
        chance=lambda: 1.0,
    )
    desk = Desk(outbox, receiver, Deliverer(parts), told)
    outbox.on_put = desk.deliverer.wake
    return desk
