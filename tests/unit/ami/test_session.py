from __future__ import annotations

import asyncio
import gc
import socket

import pytest

from ivrctl.adapters.ami import AmiLoginRefusedError, AmiSession, AmiUnreachableError, Deadlines, Login
from ivrctl.ami.actions import Action
from ivrctl.ami.errors import LocalProtocolError
from ivrctl.ami.packet import Event

from .conftest import Starting

RIGHT = Login("ivrctl", "right")
PING = Action.of("Ping")
HASTY = Deadlines(connect=0.05)


def ok(action: dict[str, str], *more: str) -> bytes:
    return "".join(
        f"{line}\r\n" for line in ("Response: Success", f"ActionID: {action['ActionID']}", *more, "")
    ).encode()


async def test_an_action_is_answered(peer: Starting) -> None:
    """The answer holds the headers of the response."""

    async def answering(action: dict[str, str]) -> bytes:
        return ok(action, "Value: 7")

    opened = await AmiSession.open((await peer(answering)).address, RIGHT)
    answer = await opened.ask(Action.of("Getvar", Variable="X"))
    opened.close()
    assert answer.response.get("Value") == "7"


async def test_nobody_is_pinged_before_he_has_greeted(peer: Starting) -> None:
    """It would be no fault of his, and stand in the log as one of ours."""
    faults: list[dict[str, object]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, fault: faults.append(fault))
    listening = await peer(banner=b"")
    with pytest.raises(AmiUnreachableError):
        await AmiSession.open(listening.address, RIGHT, deadlines=Deadlines(connect=0.05, ping_every=0.005))
    gc.collect()
    assert (faults, listening.raw) == ([], b"")


async def test_the_secret_never_crosses_the_wire(peer: Starting) -> None:
    """What is sent is a digest of it and of the peer's challenge."""
    listening = await peer()
    (await AmiSession.open(listening.address, RIGHT)).close()
    assert b"right" not in listening.raw
    assert [action["Action"] for action in listening.actions] == ["Challenge", "Login"]


async def test_a_refused_login_is_an_error_of_its_own(peer: Starting) -> None:
    """It names the user and what to compare, holds no secret, and is not tried again."""
    listening = await peer()
    with pytest.raises(AmiLoginRefusedError, match='refuses the AMI user "ivrctl": Authentication failed') as refused:
        await AmiSession.open(listening.address, Login("ivrctl", "wrong"))
    assert "wrong" not in str(refused.value)
    assert "[ivrctl]" in (refused.value.advice or "")
    assert len(listening.actions) == 2


def test_a_login_does_not_show_its_secret() -> None:
    """A log line that holds one is no leak."""
    assert "right" not in repr(RIGHT)


async def test_a_closed_port_is_unreachable() -> None:
    """At once, with the place in the message."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = unused.getsockname()
        with pytest.raises(AmiUnreachableError, match=f"127.0.0.1:{address[1]}"):
            await AmiSession.open(address, RIGHT)


async def test_another_program_is_no_ami(peer: Starting) -> None:
    """What listens says something else than an Asterisk."""
    with pytest.raises(AmiUnreachableError, match="does not speak AMI"):
        await AmiSession.open((await peer(banner=b"220 mail ready\r\n")).address, RIGHT)


async def test_a_peer_that_says_nothing_is_given_up(peer: Starting) -> None:
    """A port that accepts and is silent holds nobody."""
    with pytest.raises(AmiUnreachableError, match="no answer within"):
        await AmiSession.open((await peer(banner=b"")).address, RIGHT, deadlines=HASTY)


async def test_an_action_without_an_answer_ends_the_session(peer: Starting) -> None:
    """Every action has a deadline, and is never sent again: whether it was carried out is not known."""

    async def silent(_action: dict[str, str]) -> bytes:
        return b""

    listening = await peer(silent)
    opened = await AmiSession.open(listening.address, RIGHT, deadlines=Deadlines(answer=0.05))
    with pytest.raises(AmiUnreachableError, match="no answer to QueueAdd"):
        await opened.ask(Action.of("QueueAdd"))
    with pytest.raises(AmiUnreachableError):
        await opened.ask(PING)
    assert [action["Action"] for action in listening.actions].count("QueueAdd") == 1


async def test_a_lost_session_ends_what_is_under_way(peer: Starting) -> None:
    """At once, and it does not connect again: whoever asked decides."""

    async def leaving(_action: dict[str, str]) -> None:
        return None

    listening = await peer(leaving)
    opened = await AmiSession.open(listening.address, RIGHT)
    with pytest.raises(AmiUnreachableError, match="Asterisk closed the session"):
        await opened.ask(PING)
    assert [action["Action"] for action in listening.actions] == ["Challenge", "Login", "Ping"]


async def test_a_list_comes_whole_and_events_apart(peer: Starting) -> None:
    """Events that happen meanwhile go to whoever listens for events, also one with two headers Event."""

    async def listing(action: dict[str, str]) -> bytes:
        tag = f"ActionID: {action['ActionID']}\r\n"
        return (
            ok(action, "EventList: start")
            + f"Event: QueueMember\r\n{tag}Name: 王小明\r\n\r\n".encode()
            + b"Event: UserEvent\r\nEvent: QueueMember\r\nUserEvent: X\r\n\r\n"
            + f"Event: QueueStatusComplete\r\n{tag}EventList: Complete\r\n\r\n".encode()
        )

    seen: list[Event] = []
    opened = await AmiSession.open((await peer(listing)).address, RIGHT, on_event=seen.append)
    answer = await opened.ask(Action.of("QueueStatus"))
    opened.close()
    assert [entry.get("Name") for entry in answer.entries] == ["王小明"]
    assert [event.name for event in seen] == ["UserEvent"]


async def test_actions_asked_at_once_wait_for_each_other(peer: Starting) -> None:
    """So that an error without an ActionID can only be the answer to one."""

    async def forgetful(action: dict[str, str]) -> bytes:
        return f"Response: Error\r\nMessage: {action['Action']}\r\n\r\n".encode()

    opened = await AmiSession.open((await peer(forgetful)).address, RIGHT)
    answers = await asyncio.gather(opened.ask(Action.of("A")), opened.ask(Action.of("B")))
    opened.close()
    assert [answer.response.message for answer in answers] == ["A", "B"]


async def test_an_action_that_cannot_be_sent_harms_nothing(peer: Starting) -> None:
    """A line end in a value is refused here, and the next action is answered."""
    opened = await AmiSession.open((await peer()).address, RIGHT)
    with pytest.raises(LocalProtocolError):
        await opened.ask(Action.of("Getvar", Variable="X\nAction: Command"))
    answer = await opened.ask(PING)
    opened.close()
    assert answer.response.is_success


async def test_a_packet_that_breaks_the_protocol_ends_the_session(peer: Starting) -> None:
    """With what was wrong as the reason."""

    async def garbling(_action: dict[str, str]) -> bytes:
        return b"Good day\r\n\r\n"

    opened = await AmiSession.open((await peer(garbling)).address, RIGHT)
    with pytest.raises(AmiUnreachableError, match="neither response nor event"):
        await opened.ask(PING)
