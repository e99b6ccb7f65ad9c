"""A PIN that was keyed stands in nothing that a call leaves behind: files, databases, logs, what Asterisk saw."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ivrctl.adapters.customers import Pins
from ivrctl.adapters.customers.tables import customers, identifiers
from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.fastagi_server import LOOPBACK
from ivrctl.adapters.prompts import PromptLibrary
from ivrctl.adapters.site_store import SiteStore, sqlite_url
from ivrctl.adapters.state_folder import StateFolder
from ivrctl.adapters.voices import SilentVoice
from ivrctl.flow.trace import HIDDEN_KEY
from ivrctl.service.controller import Controller, ControllerSettings
from ivrctl.service.site_versions import SiteVersions
from ivrctl.testkit.fake_asterisk import Caller, FakeAsterisk, QueueSetup, ScaledClock

from .conftest import Views, Whole

PEPPER = "canary-pepper-canary"
ACCOUNT, WRONG, RIGHT = "40710355", "714285", "918273"
"""What is keyed: an account, a PIN that is wrong and the one that is right."""
HOURS = 100_000.0
"""Seconds of the fake Asterisk's time."""
SITE = """
site: test
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: Silence., no_match: Wrong., one_moment: One moment., fallback: Sorry., not_verified: No.}
queues: {sales: {}}
pepper: {env: PEPPER}
identity:
  member: {account: {ask: Number., digits: 8, is: member}, pin: {ask: PIN., digits: 4-6}, timeout: 30s}
"""
FLOW = """
lines: {"100": start}
steps:
  start:
    - play: Hello.
    - verify: {by: member}
      then: {otherwise: {hangup: unserved}}
    - play: "Hello {caller.name}."
      when: caller.name != none
    - queue: {name: sales}
      then: {answered: {hangup: served}, otherwise: {hangup: unserved}}
"""


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    site = tmp_path / "site"
    site.mkdir()
    (site / "ivrctl.yaml").write_text(SITE)
    (site / "main.ivr.yaml").write_text(FLOW)
    state = StateFolder.open(tmp_path / "state")
    await _fill(state)
    versions = SiteVersions(site, state.versions, lambda _text: None)
    versions.load()
    cache, spool = (Views(tmp_path / name, f"/{name}") for name in ("prompts", "spool"))
    prompts = PromptLibrary(
        voice=SilentVoice(),
        currency="CNY",
        cache=cache,
        spool=spool,
        recorded=site / "prompts",  # type: ignore[arg-type]
    )
    with capture_logs() as logged:
        controller = Controller(ControllerSettings(site, state, LOOPBACK, {"PEPPER": PEPPER}), versions, prompts)
        await controller.start(socket.create_server(("127.0.0.1", 0)))
        yield Whole(controller, tmp_path, logged)  # type: ignore[arg-type]
        await controller.close()


async def _fill(state: StateFolder) -> None:
    """A customer whose PIN is the right one."""
    store, pins = SiteStore(sqlite_url(state.call_database)), Pins(PEPPER)
    row = {"id": "C-1", "name": "Wang", "brand": "", "tier": "", "region": "", "language": ""}
    async with store.writing() as connection:
        hashed = await pins.hash(RIGHT)
        await connection.execute(customers.insert(), {**row, "pin_hash": hashed, "updated_at": datetime.now(UTC)})
        await connection.execute(identifiers.insert(), {"kind": "member", "value": ACCOUNT, "customer": "C-1"})
    pins.close()
    await store.close()


async def _verified(controller: Controller, caller: Caller) -> None:
    """Key a wrong PIN and then the right one, each with the account; and further digits while it is compared."""
    for asked, keys in enumerate((ACCOUNT, WRONG, ACCOUNT, RIGHT + WRONG), 1):

        def is_due(due: int = asked) -> bool:
            return any(leg.executor.asked >= due for leg in controller.runner.live.values())

        await caller.wait_until(is_due, at=caller.channel.elapsed + HOURS)
        await caller.press(keys)
    await caller.enters_queue("sales", within=HOURS)


def _files(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        # A file that is there for a moment, such as a temporary one that becomes the real one, has gone meanwhile.
        with contextlib.suppress(FileNotFoundError):
            if path.is_file():
                yield str(path.relative_to(folder)), path.read_bytes()


def _swept(folder: Path, *canaries: str) -> list[str]:
    """The files that hold one of them, as text or as the digits of a pack."""
    return [name for name, content in _files(folder) for canary in canaries if canary.encode() in content]


@pytest.mark.thorough
async def test_pin_stands_in_nothing_that_a_call_leaves_behind(whole: Whole, tmp_path: Path) -> None:
    """Not while the call waits in a queue, not when it is over; in the write-ahead log of the database neither."""
    controller = whole.controller
    host, port = controller.server.address.rsplit(":", 1)
    # Real time, since the PINs are compared in it: the fake Asterisk's own would run into the limit of a leg meanwhile.
    clock = ScaledClock(speed=5)
    asterisk = FakeAsterisk((host, int(port)), lambda _name: 1.0, clock=clock, queues={"sales": QueueSetup()})
    caller = asterisk.call("100", ani="13800138000")
    await _verified(controller, caller)
    folder = tmp_path / "state"
    names = [name for name, _ in _files(folder)]
    assert "calls.sqlite-wal" in names
    assert any(name.startswith("journal/") for name in names)
    assert _swept(tmp_path, WRONG, RIGHT) == []
    caller.hang_up()
    await caller.ends()
    await asterisk.close()
    async with Deadline(5):
        await controller.store.flushed()
    (record,) = await controller.store.recent(1)
    trace = [entry for entry in record.trace if entry.event == "key"]
    assert trace
    assert {entry.detail for entry in trace} == {HIDDEN_KEY}
    seen = [
        *caller.agi_log,
        repr(caller.channel.variables),
        json.dumps(asdict(record), default=str),
        repr(whole.logged),
    ]
    assert any("GET OPTION" in line for line in seen)
    (tmp_path / "seen").write_text("\n".join(seen))
    assert _swept(tmp_path, WRONG, RIGHT, PEPPER) == []
    assert _swept(folder / "journal", ACCOUNT) == []
    assert ACCOUNT not in "".join(seen)


def test_sweep_finds_what_is_there(tmp_path: Path) -> None:
    """In a row of a database that was written a moment ago, too."""
    (tmp_path / "note").write_text(f"PIN {RIGHT}")
    assert _swept(tmp_path, RIGHT) == ["note"]


def test_controller_leaves_no_core_behind() -> None:
    """Neither a file nor what the kernel hands to a program: PINs are in its memory."""
    program = (
        "import ctypes, resource; from ivrctl.adapters.no_core import leave_no_core; leave_no_core();"
        "print(resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "(0, 0) 0"
