"""At the end of each call the site's ``at_end`` is submitted: once, whatever becomes of the controller."""

from __future__ import annotations

import asyncio
import socket
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from ivrctl.adapters.fastagi_server import LOOPBACK
from ivrctl.adapters.journal import Journal
from ivrctl.adapters.outbox import OutboxFile
from ivrctl.adapters.prompts import PromptLibrary
from ivrctl.adapters.state_folder import StateFolder
from ivrctl.adapters.voices import SilentVoice
from ivrctl.flow.commands import Finish
from ivrctl.flow.position import position_to_json
from ivrctl.model.call import Ending
from ivrctl.service.controller import Controller, ControllerSettings
from ivrctl.service.endings import End, ended_to_json
from ivrctl.service.site_versions import SiteVersions
from ivrctl.testkit.fake_asterisk import FakeAsterisk, ScaledClock

from .conftest import FLOW, SITE, Views

AT_END = """
databases: {bss: {url: "sqlite:bss.sqlite"}}
submissions:
  ended:
    database: bss
    sql: insert into calls (key, leg, ending) values (:key, :leg, :ending) on conflict do nothing
    params: {leg: text, ending: text}
at_end: ended
"""
LEG = "pbx-1.1-1"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Of a site that submits every call to a table."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "ivrctl.yaml").write_text(SITE + AT_END)
    (site / "main.ivr.yaml").write_text(FLOW)
    table = sqlite3.connect(site / "bss.sqlite")
    table.execute("create table calls (key text primary key, leg text, ending text)")
    table.commit()
    return tmp_path


@asynccontextmanager
async def _controller(folder: Path) -> AsyncIterator[tuple[Controller, FakeAsterisk]]:
    state = StateFolder.open(folder / "state")
    versions = SiteVersions(folder / "site", state.versions, lambda _text: None)
    versions.load()
    cache, spool = (Views(folder / name, f"/{name}") for name in ("prompts", "spool"))
    prompts = PromptLibrary(voice=SilentVoice(), currency="CNY", cache=cache, spool=spool)
    controller = Controller(ControllerSettings(folder / "site", state, LOOPBACK, {}), versions, prompts)
    agi = socket.create_server(("127.0.0.1", 0))
    await controller.start(agi)
    try:
        async with FakeAsterisk(agi.getsockname(), lambda _file: 20.0, clock=ScaledClock(speed=10)) as asterisk:
            yield controller, asterisk
    finally:
        await controller.close()


async def _delivered(controller: Controller, folder: Path) -> list[tuple[str, str]]:
    """The rows of the table, once all that was kept is delivered."""
    await _settled(controller)
    await controller.post_room.deliverer.turn()
    await controller.post_room.deliverer.idle()
    rows = sqlite3.connect(folder / "site" / "bss.sqlite").execute("select leg, ending from calls order by leg")
    return list(rows)


async def _settled(controller: Controller) -> None:
    """Nothing is on its way to the store and to the outbox."""
    while controller.post_room._keeping:
        await asyncio.wait(controller.post_room._keeping)
    await controller.store.flushed()
    while controller.post_room._keeping:
        await asyncio.wait(controller.post_room._keeping)


def _left_behind(folder: Path, *, has_ended: bool) -> None:
    """Write what a controller that was killed leaves: the end of a leg, or only where it stood."""
    state = StateFolder.open(folder / "state")
    versions = SiteVersions(folder / "site", state.versions, lambda _text: None)
    versions.load()
    position = versions.current.begin("+8613800138000", "100", datetime.now(UTC))
    assert position is not None
    end = End("pbx-1.1", datetime.now(UTC), Finish(Ending.SERVED))
    journal = Journal(state.journal, now=lambda: time.time() - 3600)
    journal.record(LEG, ended_to_json(position, end) if has_ended else position_to_json(position))
    journal.close()


@pytest.mark.thorough
async def test_call_is_submitted_when_it_ends(folder: Path) -> None:
    """It is in the table once, and the journal has forgotten its leg."""
    async with _controller(folder) as (controller, asterisk):
        await asterisk.call("100", ani="13800138000").ends()
        [(leg, ending)] = await _delivered(controller, folder)
        assert (ending, controller.journal.open_legs()) == ("served", [])
        assert (await controller.store.get(leg)) is not None


async def test_call_that_is_hung_up_is_submitted_too(folder: Path) -> None:
    """A caller who leaves in the middle of a prompt has abandoned, and is in the table as that."""
    async with _controller(folder) as (controller, asterisk):
        caller = asterisk.call("100", ani="13800138000")
        await caller.wait_until(lambda: bool(caller.heard))
        caller.hang_up()
        await caller.ends()
        assert [ending for _, ending in await _delivered(controller, folder)] == ["abandoned"]


@pytest.mark.parametrize(("has_ended", "ending"), [(True, "served"), (False, "abandoned")])
async def test_call_of_a_controller_that_was_killed_is_submitted_by_the_next(
    folder: Path, ending: str, *, has_ended: bool
) -> None:
    """Its journal says how the leg ended, or only that nothing was heard of it any more."""
    _left_behind(folder, has_ended=has_ended)
    async with _controller(folder) as (controller, _):
        assert await _delivered(controller, folder) == [(LEG, ending)]
        assert controller.journal.open_legs() == []


async def test_controller_that_is_killed_between_record_and_outbox_loses_nothing(folder: Path) -> None:
    """The record is stored, the leg is open still: the next one hands it in again, and there is one of each."""
    async with _controller(folder) as (controller, _):
        pass
    _left_behind(folder, has_ended=True)
    async with _controller(folder) as (controller, _):
        await _settled(controller)
    # As if it had died before the journal heard of it.
    _left_behind(folder, has_ended=True)
    async with _controller(folder) as (controller, _):
        assert await _delivered(controller, folder) == [(LEG, "served")]
        assert len(await controller.store.recent(10)) == 1


async def test_outbox_that_refuses_leaves_the_leg_open_until_it_takes(folder: Path) -> None:
    """What could not be kept stands in the journal; it is handed in again once there is room."""
    outbox = folder / "state" / "outbox.sqlite"
    StateFolder.open(folder / "state")
    outbox.write_bytes(b"no database" * 1000)
    _left_behind(folder, has_ended=True)
    async with _controller(folder) as (controller, _):
        await _settled(controller)
        assert [leg.leg for leg in controller.journal.open_legs()] == [LEG]
        outbox.unlink()
        controller.hand_in_left_behind()
        assert await _delivered(controller, folder) == [(LEG, "served")]
        assert controller.journal.open_legs() == []
        assert len(await controller.store.recent(10)) == 1


async def test_call_stands_in_the_log_once_however_long_the_outbox_refuses(folder: Path) -> None:
    """Or the log of a disk that is full would fill another one: a line for every call, every ten seconds."""
    StateFolder.open(folder / "state")
    (folder / "state" / "outbox.sqlite").write_bytes(b"no database" * 1000)
    _left_behind(folder, has_ended=True)
    with capture_logs() as logged:
        async with _controller(folder) as (controller, _):
            for _ in range(3):
                await _settled(controller)
                controller.hand_in_left_behind()
            await _settled(controller)
    assert [entry["event"] for entry in logged].count("call") == 1


async def test_what_is_never_kept_holds_no_leg_open(folder: Path) -> None:
    """More than the outbox takes of one call: that is told with its leg, and its record is stored all the same."""
    fields = {f"f{number}": f'call.f{number}: "{"x" * 4000}"' for number in range(20)}
    declared = "".join(f', {name}: "text?"' for name in fields)
    used = "".join(f" || :{name}" for name in fields)
    site = (
        (SITE + AT_END).replace("ending: text}", f"ending: text{declared}}}").replace(", :ending)", f", :ending{used})")
    )
    (folder / "site" / "ivrctl.yaml").write_text(f"{site}call_fields: {{{': text, '.join(fields)}: text}}\n")
    steps = f"{{start: [{{set: {{{', '.join(fields.values())}}}}}, {{hangup: served}}]}}"
    (folder / "site" / "main.ivr.yaml").write_text(f'lines: {{"100": start}}\nsteps: {steps}\n')
    with capture_logs() as logged:
        async with _controller(folder) as (controller, asterisk):
            await asterisk.call("100", ani="13800138000").ends()
            await _settled(controller)
            [record] = await controller.store.recent(10)
            assert controller.journal.open_legs() == []
    [told] = [entry["trouble"] for entry in logged if entry["event"] == "outbox"]
    lost, why = f"{record.leg}/at_end", "its parameters have 80 kB, and at most 64 are kept"
    assert told == f"what a call submits at its end is lost, {lost}: {why}"


async def test_status_tells_how_the_outbox_stands(folder: Path) -> None:
    """Those that wait, and since when; nothing that was delivered."""
    (folder / "site" / "bss.sqlite").unlink()
    _left_behind(folder, has_ended=True)
    async with _controller(folder) as (controller, _):
        await _settled(controller)
        await controller.post_room.deliverer.turn()
        await controller.post_room.deliverer.turn()
        standing = controller.status()["submissions"]
        assert (standing["waiting"], standing["refused"], standing["given_up"], standing["late"]) == (1, 0, 0, [])
        assert standing["oldest"].startswith("20")
    [entry] = OutboxFile(folder / "state" / "outbox.sqlite").listed(10)
    assert 'the database "bss" has no file bss.sqlite' in entry.reason
