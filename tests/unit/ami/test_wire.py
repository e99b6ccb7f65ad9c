"""What is known to go wrong with panoramisk, and with AMI: each row of it once."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import ivrctl
from ivrctl.adapters.ami import AmiSession, AmiUnreachableError, Deadlines, Login
from ivrctl.adapters.ami.wire import Protocol, Told, Wire
from ivrctl.ami.actions import Action
from ivrctl.ami.answer import Answer
from ivrctl.ami.errors import LocalProtocolError
from ivrctl.ami.packet import Event

from .conftest import Starting

RIGHT = Login("ivrctl", "right")
PING = Action.of("Ping")
PHONE = "PJSIP/8101"
SOURCES = Path(ivrctl.__file__).parent


def block(*lines: str) -> bytes:
    return "".join(f"{line}\r\n" for line in (*lines, "")).encode()


class Mute:
    """Answers nothing, and hands on what it was asked."""

    def __init__(self) -> None:
        self.asked: asyncio.Queue[dict[str, str]] = asyncio.Queue()

    async def __call__(self, action: dict[str, str]) -> bytes:
        """Say nothing."""
        self.asked.put_nowait(action)
        return b""


async def ask(opened: AmiSession, mute: Mute, name: str, **headers: str) -> tuple[asyncio.Future[Answer], str]:
    """An action that is under way, and its ActionID."""
    asking = asyncio.ensure_future(opened.ask(Action.of(name, **headers)))
    return asking, (await mute.asked.get())["ActionID"]


async def under_way(peer: Starting, name: str, **headers: str) -> tuple[AmiSession, asyncio.Future[Answer], str]:
    """A session with an action under way that nobody has answered, and its ActionID."""
    mute = Mute()
    opened = await AmiSession.open((await peer(mute)).address, RIGHT, on_event=lambda _event: None)
    return opened, *await ask(opened, mute, name, **headers)


def said_at_once(opened: AmiSession, data: bytes) -> None:
    opened._wire.protocol.data_received(data)


# panoramisk


def test_one_module_knows_panoramisk_and_none_its_fastagi_server() -> None:
    """A port probe would freeze the whole controller: that server is never used."""
    naming = {
        str(file.relative_to(SOURCES)): text
        for file in SOURCES.rglob("*.py")
        if "from panoramisk" in (text := file.read_text()) or "import panoramisk" in text
    }
    assert set(naming) == {"adapters/ami/wire.py"}
    assert "fast_agi" not in naming["adapters/ami/wire.py"]


def test_a_command_starts_without_panoramisk() -> None:
    """It takes 40 ms to load: whoever opens a session waits for it, not whoever asks for help."""
    program = (
        "import sys, ivrctl.cli, ivrctl.adapters.ami, ivrctl.service.doctor; sys.exit('panoramisk' in sys.modules)"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


async def test_queue_add_is_answered(peer: Starting) -> None:
    """With the library's defaults an answer that begins with "Added" is taken for a list that never comes."""

    async def adding(action: dict[str, str]) -> bytes:
        return block("Response: Success", f"ActionID: {action['ActionID']}", "Message: Added interface to queue")

    opened = await AmiSession.open((await peer(adding)).address, RIGHT)
    answer = await opened.ask(Action.of("QueueAdd", Queue="vip", Interface="PJSIP/8101"))
    opened.close()
    assert answer.response.message == "Added interface to queue"


async def test_nothing_is_sent_again_after_a_new_connection(peer: Starting) -> None:
    """Neither by the session that was lost nor by the one behind it: it may have been done."""

    async def leaving(action: dict[str, str]) -> bytes | None:
        return None if action["Action"] == "QueueAdd" else block("Response: Success", "Ping: Pong")

    listening = await peer(leaving)
    first = await AmiSession.open(listening.address, RIGHT)
    with pytest.raises(AmiUnreachableError):
        await first.ask(Action.of("QueueAdd"))
    second = await AmiSession.open(listening.address, RIGHT, on_event=lambda _event: None)
    said_at_once(second, block("Event: FullyBooted", "Status: Fully Booted"))  # at which panoramisk sends again
    await second.ask(PING)
    second.close()
    assert [action["Action"] for action in listening.actions].count("QueueAdd") == 1


async def test_a_callback_that_raises_drops_nothing(peer: Starting) -> None:
    """The session stays, the next event is told, and the fault is seen where an event loop shows faults."""

    async def telling(action: dict[str, str]) -> bytes:
        events = block("Event: Hangup", "Cause: 16") + block("Event: Hangup", "Cause: 17")
        return events + block("Response: Success", f"ActionID: {action['ActionID']}")

    seen: list[str] = []
    faults: list[dict[str, Any]] = []

    def stumbling(event: Event) -> None:
        seen.append(event.text("Cause"))
        raise ValueError(event.text("Cause"))

    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: faults.append(context))
    opened = await AmiSession.open((await peer(telling)).address, RIGHT, on_event=stumbling)
    assert (await opened.ask(PING)).response.is_success
    assert opened.is_open
    opened.close()
    assert seen == ["16", "17"]
    assert [str(fault["exception"]) for fault in faults] == ["16", "17"]


async def test_a_second_header_event_changes_nothing(peer: Starting) -> None:
    """A UserEvent's own headers may be called Event, ActionID or Response; the first header decides."""
    opened, asking, action_id = await under_way(peer, "Ping")
    seen: list[str] = []
    opened._on_event = lambda event: seen.append(event.name)
    said_at_once(opened, block("Event: UserEvent", "Event: Shutdown", "Response: Success", f"ActionID: {action_id}"))
    said_at_once(opened, block("Response: Success", f"ActionID: {action_id}"))
    answer = await asking
    opened.close()
    assert seen == ["UserEvent"]
    assert answer.response.is_success


async def test_a_character_over_two_segments_stays_whole(peer: Starting) -> None:
    """Wherever a list is cut, its names are the ones that were sent."""
    mute = Mute()
    opened = await AmiSession.open((await peer(mute)).address, RIGHT)
    for cut in range(1, 200):
        asking, action_id = await ask(opened, mute, "QueueStatus")
        said = (
            block("Response: Success", f"ActionID: {action_id}", "EventList: start")
            + block("Event: QueueMember", "Name: 王小明", f"ActionID: {action_id}")
            + block("Event: QueueStatusComplete", f"ActionID: {action_id}", "EventList: Complete", "ListItems: 1")
        )
        said_at_once(opened, said[:cut])
        said_at_once(opened, said[cut:])
        assert [entry.get("Name") for entry in (await asking).entries] == ["王小明"], cut
    opened.close()


@pytest.mark.parametrize("evil", ["\r\nAction: Command", "\n", "\r", "\0"])
async def test_a_line_end_in_a_value_is_refused(peer: Starting, evil: str) -> None:
    """Asterisk takes a bare LF for one, and what follows would be a header of the caller's choosing."""
    listening = await peer()
    opened = await AmiSession.open(listening.address, RIGHT)
    with pytest.raises(LocalProtocolError):
        await opened.ask(Action.of("QueueAdd", MemberName=f"x{evil}"))
    await opened.ask(PING)
    opened.close()
    assert [action["Action"] for action in listening.actions] == ["Challenge", "Login", "Ping"]


async def test_a_ping_without_a_reply_ends_the_session(peer: Starting) -> None:
    """A peer that has vanished is noticed though nobody asks anything."""
    deadlines = Deadlines(ping_every=0.01, ping=0.02)
    opened = await AmiSession.open((await peer(Mute())).address, RIGHT, deadlines=deadlines)
    assert await opened.ended() == "no answer to Ping within 0.02 s"
    assert not opened.is_open


def test_a_vanished_peer_is_noticed_within_fifteen_seconds() -> None:
    """The pause before a ping and the deadline of its reply, as they usually are."""
    assert Deadlines().ping_every + Deadlines().ping < 15


async def test_pings_that_are_answered_keep_the_session(peer: Starting) -> None:
    """They go on for as long as it is open."""
    third = asyncio.Event()

    async def answering(action: dict[str, str]) -> bytes:
        if len(listening.actions) == 5:
            third.set()
        return block("Response: Success", f"ActionID: {action['ActionID']}", "Ping: Pong")

    listening = await peer(answering)
    opened = await AmiSession.open(listening.address, RIGHT, deadlines=Deadlines(ping_every=0.01))
    await third.wait()
    assert opened.is_open
    opened.close()


async def test_no_ping_runs_beside_an_action(peer: Starting) -> None:
    """An error that has lost its ActionID could belong to either; the action has a deadline of its own."""
    opened, asking, action_id = await under_way(peer, "QueueStatus")
    opened._ping()
    said_at_once(opened, block("Response: Error", "Message: Permission denied"))
    answer = await asking
    opened.close()
    assert action_id
    assert answer.response.message == "Permission denied"


async def test_a_shutdown_ends_the_session_at_once(peer: Starting) -> None:
    """What is under way is told; nobody connects again of his own accord."""
    opened, asking, _ = await under_way(peer, "Ping")
    said_at_once(opened, block("Event: Shutdown", "Shutdown: Cleanly", "Restart: False"))
    with pytest.raises(AmiUnreachableError, match="Asterisk shuts down"):
        await asking


async def test_whoever_gives_up_an_action_ends_the_session(peer: Starting) -> None:
    """Its answer would come to the next one who asks."""
    opened, asking, _ = await under_way(peer, "QueueStatus")
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    with pytest.raises(AmiUnreachableError, match="QueueStatus was given up"):
        await opened.ask(PING)


class Line(asyncio.Transport):
    """A transport that only knows whether it was cut."""

    is_cut = False

    def close(self) -> None:
        """Not yet: what was written may be under way."""

    def abort(self) -> None:
        """At once."""
        self.is_cut = True


async def test_a_connection_that_ended_before_it_was_known_is_cut() -> None:
    """A peer may break the protocol with its first bytes; no ping goes on for it."""
    ends: list[str] = []
    wire = Wire(("127.0.0.1", 1), Told(lambda: None, lambda _event: None, ends.append, lambda: None), 5)
    line, protocol = Line(), Protocol(wire)
    protocol.connection_made(line)
    protocol.data_received(b"220 mail ready\r\n")
    wire.abort()
    made: asyncio.Future[object] = asyncio.get_running_loop().create_future()
    made.set_result((line, protocol))
    wire.connection_made(made)
    assert ends == ["the peer does not speak AMI"]
    assert line.is_cut
    assert wire.pinger is None


async def test_what_was_answered_is_forgotten(peer: Starting) -> None:
    """A session that lives for months keeps no action but the one under way."""
    opened = await AmiSession.open((await peer()).address, RIGHT)
    for _ in range(20):
        await opened.ask(PING)
    kept = dict(opened._wire.protocol.responses)
    opened.close()
    assert kept == {}


async def test_the_secret_stands_in_no_log(peer: Starting, caplog: pytest.LogCaptureFixture) -> None:
    """Whatever the library logs, also when a login is refused."""
    caplog.set_level(logging.DEBUG)
    opened = await AmiSession.open((await peer()).address, RIGHT)
    await opened.ask(Action.of("Setvar", Variable="PIN", Value="4711"))
    opened.close()
    assert "right" not in caplog.text
    assert "4711" not in caplog.text


# AMI


async def test_a_line_that_asterisk_would_refuse_is_not_sent(peer: Starting) -> None:
    """1,024 bytes with its end is the longest; what is refused harms nothing."""
    opened = await AmiSession.open((await peer()).address, RIGHT)
    fits = 1024 - len("Reason: \r\n")
    assert (await opened.ask(Action.of("QueuePause", Reason="x" * fits))).response.is_success
    with pytest.raises(LocalProtocolError, match="at most 1024 bytes"):
        await opened.ask(Action.of("QueuePause", Reason="x" * (fits + 1)))
    opened.close()


async def test_the_action_id_comes_first(peer: Starting) -> None:
    """So that an error in what follows keeps it; and nobody can guess it."""
    listening = await peer()
    opened = await AmiSession.open(listening.address, RIGHT)
    await opened.ask(PING)
    opened.close()
    assert all(next(iter(action)) == "ActionID" for action in listening.actions)
    assert len(listening.actions[-1]["ActionID"]) > 36


async def test_a_synchronous_originate_is_refused(peer: Starting) -> None:
    """It would hold the session, and all that others ask, until somebody answers the phone."""
    listening = await peer()
    opened = await AmiSession.open(listening.address, RIGHT)
    with pytest.raises(LocalProtocolError, match="Async: true"):
        await opened.ask(Action.of("Originate", Channel=PHONE))
    assert (await opened.ask(Action.of("Originate", Channel=PHONE, Async="true"))).response.is_success
    opened.close()


async def test_originate_response_is_an_event(peer: Starting) -> None:
    """It has a header Response and the ActionID of an action that was answered long before."""
    opened, asking, action_id = await under_way(peer, "Originate", Async="true")
    seen: list[str] = []
    opened._on_event = lambda event: seen.append(event.name)
    said_at_once(opened, block("Response: Success", f"ActionID: {action_id}", "Message: Originate successfully queued"))
    late = block("Event: OriginateResponse", f"ActionID: {action_id}", "Response: Failure", "Reason: 0")
    said_at_once(opened, late)
    await asking
    opened.close()
    assert seen == ["OriginateResponse"]


async def test_events_are_asked_for_only_when_somebody_listens(peer: Starting) -> None:
    """A session for actions does not read what a session for events reads."""
    listening = await peer()
    (await AmiSession.open(listening.address, RIGHT)).close()
    (await AmiSession.open(listening.address, RIGHT, on_event=lambda _event: None)).close()
    assert [action["Events"] for action in listening.actions if action["Action"] == "Login"] == ["off", "on"]


async def test_a_list_keeps_apart_what_is_interleaved(peer: Starting) -> None:
    """Events that merely happen, an entry of another list, a response that is nobody's."""
    opened, asking, action_id = await under_way(peer, "QueueStatus")
    for said in (
        block("Response: Success", f"ActionID: {action_id}", "EventList: start"),
        block("Event: QueueMember", "Queue: vip", "Location: PJSIP/8101", f"ActionID: {action_id}"),
        block("Event: QueueMemberStatus", "Queue: vip", "Interface: PJSIP/8102"),
        block("Event: QueueMember", "Queue: vip", "Location: PJSIP/8103", "ActionID: another"),
        block("Response: Error", "Message: nobody's"),
        block("Event: QueueStatusComplete", f"ActionID: {action_id}", "EventList: Complete", "ListItems: 1"),
    ):
        said_at_once(opened, said)
    answer = await asking
    opened.close()
    assert [entry.get("Location") for entry in answer.entries] == ["PJSIP/8101"]
