"""The commands that ask a controller: waiting until it serves, and reading what it kept when it is gone."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ivrctl.adapters.state_folder import StateFolder
from ivrctl.cli.commands import operate
from ivrctl.cli.commands.operate import calls, status_within
from ivrctl.errors import UnreachableError
from ivrctl.model.call import CallRecord, Ending, TraceEntry, Wait
from ivrctl.service.parent.listeners import listen_unix
from ivrctl.web.client import RefusedRequestError, ask
from ivrctl.web.server import start_api

from .conftest import Whole

LEG = "default-1795338545.1"
NOON = datetime(2026, 2, 24, 12, tzinfo=UTC)
RECORD = CallRecord(
    leg=LEG,
    uniqueid="1795338545.1",
    ani="13800138000",
    dnis="100",
    version="5f1c",
    began_at=NOON,
    ended_at=NOON,
    ending=Ending.SERVED,
    reason="",
    path=("main/start",),
    fields={},
    trace=(TraceEntry(0.0, "main/start[0]", "says", "Hello."),),
)


class Clock:
    """A clock that goes on by its sleeps only, and does something meanwhile."""

    def __init__(self, meanwhile: Callable[[], object] = lambda: None) -> None:
        self.now = 0.0
        self._meanwhile = meanwhile

    def time(self) -> float:
        """Seconds."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Go on."""
        self.now += seconds
        self._meanwhile()


def test_wait_for_a_controller_that_nobody_starts_ends_with_its_time(whole: Whole) -> None:
    """The reason says that no serve runs; the time is what was asked for."""
    clock = Clock()
    with pytest.raises(UnreachableError, match=r"no ivrctl serve runs for this site, after 3 s"):
        status_within(StateFolder.open(whole.state), 3.0, clock=clock.time, sleep=clock.sleep)
    assert clock.now == pytest.approx(3.0, abs=0.2)


def test_a_controller_that_is_slow_is_not_said_to_be_none(tmp_path: Path) -> None:
    """It takes connections and does not answer: the message has the time, and nobody is told to start another."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s"))
        listening.listen()
        with pytest.raises(UnreachableError, match=r"did not answer within 0\.01 s") as refused:
            ask(tmp_path / "s", "/status", within=0.01)
    assert "start" not in str(refused.value.advice)


def test_a_reload_has_the_time_that_the_voice_takes(whole: Whole, monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of new texts are no reason to say that nobody answers."""
    asked: list[float] = []

    def answer(*_: object, within: float) -> dict[str, object]:
        asked.append(within)
        return {"version": "5f1c", "rejected": ""}

    monkeypatch.setattr(operate, "ask", answer)
    operate.reload(whole.folder / "site", whole.state)
    assert asked == [600.0]


def test_wait_for_a_serve_that_ends_is_over_at_once(whole: Whole) -> None:
    """Nobody waits a minute for a controller that cannot start."""
    state = StateFolder.open(whole.state)
    with contextlib.ExitStack() as serve:
        serve.enter_context(state.lock())
        clock = Clock(meanwhile=serve.close)
        with pytest.raises(UnreachableError, match="ended before a controller served"):
            status_within(state, 60.0, clock=clock.time, sleep=clock.sleep)
    assert clock.now < 1.0


async def test_wait_ends_with_the_status_when_a_controller_serves(whole: Whole) -> None:
    """A controller that comes while it is waited for is shown."""
    state = StateFolder.open(whole.state)
    loop, is_asked_in_vain = asyncio.get_running_loop(), asyncio.Event()
    clock = Clock(meanwhile=lambda: loop.call_soon_threadsafe(is_asked_in_vain.set))
    waiting = asyncio.ensure_future(asyncio.to_thread(status_within, state, 1e9, clock=clock.time, sleep=clock.sleep))
    await is_asked_in_vain.wait()
    api = await start_api(whole.controller, listen_unix(state.api_socket))
    try:
        assert (await waiting)["status"]["site"] == "test"
    finally:
        await api.cleanup()


async def test_calls_are_read_from_the_store_when_no_controller_runs(
    whole: Whole, capsys: pytest.CaptureFixture[str]
) -> None:
    """They are the same records, in the same form, and it is said where they come from."""
    whole.controller.store.add(RECORD)
    await whole.controller.store.flushed()
    site = whole.folder / "site"
    await asyncio.to_thread(calls, site, whole.state, leg=None, limit=20, as_json=False)
    shown = capsys.readouterr()
    assert shown.out.startswith(f"{LEG} ")
    assert shown.err.startswith("no controller answers at ")
    assert shown.err.endswith("; read from the store of records\n")
    await asyncio.to_thread(calls, site, whole.state, leg=LEG[:12], limit=20, as_json=True)
    body = json.loads(capsys.readouterr().out)
    assert (body["format_version"], body["call"]["trace"][0]["detail"]) == (1, "Hello.")


async def test_tier_waits_and_promise_of_a_call_are_shown(whole: Whole, capsys: pytest.CaptureFixture[str]) -> None:
    """In the list the tier and what became of its promise; of one call all that it was measured by."""
    waits = (Wait("vip", 10, NOON, 60.0, "timed_out"), Wait("expert", 10, NOON, None, "answered"))
    record = replace(
        RECORD,
        regions=("shanghai", "south"),
        tier="vip",
        waits=waits,
        promise="broken",
        callback_due=NOON + timedelta(minutes=15),
    )
    whole.controller.store.add(record)
    await whole.controller.store.flushed()
    site = whole.folder / "site"
    await asyncio.to_thread(calls, site, whole.state, leg=None, limit=20, as_json=False)
    assert " vip broken " in capsys.readouterr().out
    await asyncio.to_thread(calls, site, whole.state, leg=LEG, limit=20, as_json=False)
    shown = capsys.readouterr().out
    assert [line.strip() for line in shown.splitlines()][-6:] == [
        "regions: shanghai south",
        "tier: vip",
        "waited 60 s in vip, priority 10: timed_out",
        "waited an unknown time in expert, priority 10: answered",
        "promise to answer: broken",
        "to be called back until 2026-02-24 12:15:00Z",
    ]


async def test_leg_that_no_store_knows_is_told(whole: Whole) -> None:
    """As the controller itself would."""
    with pytest.raises(RefusedRequestError, match="no call nobody has ended here"):
        await asyncio.to_thread(calls, whole.folder / "site", whole.state, leg="nobody", limit=20, as_json=False)
