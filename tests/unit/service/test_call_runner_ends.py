"""What the call runner does with legs whose end is in the journal already."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.fastagi_server import AgiSession, FastAgiServer
from ivrctl.adapters.journal import Journal
from ivrctl.flow.commands import Finish
from ivrctl.flow.position import Frame, Position
from ivrctl.model.call import CallRecord, Ending
from ivrctl.service.call_runner import CallRunner
from ivrctl.service.endings import End, ended_to_json
from ivrctl.service.prompting import Prompts
from ivrctl.service.runner_parts import RunnerParts, Versions

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
LEG = "pbx-1795336241.0-1795336241799"
STANDS = Position("v1", "+8613800138000", "10010", NOW, "zh", (Frame("hotline", "main"),), path=("hotline/main",))


class NoNeed:
    """Stands for what a leg that has ended must not need: touching it fails the test."""

    def __getattr__(self, name: str) -> object:
        raise AssertionError(f"asked for {name}")


class Desk:
    """A runner behind a real server, and what it told."""

    def __init__(self, journal: Journal) -> None:
        self.journal = journal
        self.records: list[CallRecord] = []
        self.faults: list[str] = []
        parts = RunnerParts(
            versions=cast("Versions", NoNeed()),
            answers=lambda _program: pytest.fail("a leg that has ended asks nothing"),
            prompts=cast("Prompts", NoNeed()),
            journal=journal,
            on_record=self.records.append,
            on_fault=lambda _leg, fault: self.faults.append(fault),
            clock=lambda: NOW,
            is_stored_later=True,
        )
        self.served = 0
        self._runner = CallRunner(parts)
        self.server = FastAgiServer(self._serve)
        self.address = ("", 0)

    async def _serve(self, session: AgiSession) -> None:
        await self._runner(session)
        self.served += 1

    async def enter(self, script: str) -> list[str]:
        """Have the leg come in; the commands that it was given, each answered well."""
        reader, writer = await asyncio.open_connection(*self.address)
        block = {
            "network": "yes",
            "network_script": script,
            "request": "agi://h/" + script,
            "channel": "PJSIP/1",
            "uniqueid": "1.0",
        }
        lines = [f"agi_{name}: {value}" for name, value in {**block, "arg_1": LEG, "arg_2": "start"}.items()]
        writer.write("\n".join([*lines, "", ""]).encode())
        commands: list[str] = []
        async with Deadline(5):
            while line := (await reader.readline()).decode().strip():
                commands.append(line.replace('"', ""))
                writer.write(b"200 result=1\n")
        writer.close()
        assert self.served == 1
        return commands


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    """A desk with an empty journal."""
    opened = Desk(Journal(tmp_path))
    sock = socket.create_server(("127.0.0.1", 0))
    opened.address = sock.getsockname()
    await opened.server.start(sock)
    yield opened
    await opened.server.close()
    opened.journal.close()


@pytest.mark.parametrize(("ending", "label"), [(Ending.SERVED, "end"), (Ending.FALLBACK, "fallback")])
async def test_a_leg_that_had_ended_when_its_controller_died_is_sent_on_and_not_served_again(
    desk: Desk, ending: Ending, label: str
) -> None:
    """The dialplan did not know of the end and brings it once more; its record is handed in by another."""
    desk.journal.record(LEG, ended_to_json(STANDS, End("1.0", NOW, Finish(ending, ""))))
    commands = await desk.enter("leg")
    assert commands == [f"SET VARIABLE IVRCTL_NEXT {label}"]
    assert (desk.records, desk.faults) == ([], [])


async def test_the_hangup_of_a_leg_that_has_ended_says_nothing_new(desk: Desk) -> None:
    """The first end counts."""
    desk.journal.record(LEG, ended_to_json(STANDS, End("1.0", NOW, Finish(Ending.SERVED, ""))))
    assert await desk.enter("ended") == ["SET VARIABLE IVRCTL_NEXT told"]
    assert (desk.records, desk.faults) == ([], [])
