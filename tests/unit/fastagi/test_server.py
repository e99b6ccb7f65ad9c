from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from datetime import timedelta
from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest
import uvloop

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.fastagi_server import AgiSession, FastAgiServer, ServerLimits
from ivrctl.adapters.fastagi_server.server import _is_in
from ivrctl.agi.commands import Noop

if TYPE_CHECKING:
    from conftest import Desk, Peer, StartDesk

SHORT = timedelta(milliseconds=30)
LONG = timedelta(seconds=30)
REFUSAL = b'SET VARIABLE "IVRCTL_NEXT" "fallback"\n'


async def talk(session: AgiSession) -> None:
    """A call that goes on for as long as its peer answers."""
    while True:
        await session.send(Noop())


async def is_served(peer: Peer) -> bool:
    """True when a call gets its next command."""
    return await peer.answers(b"200 result=0\n") == b"NOOP\n"


async def gone(desk: Desk, connections: int) -> None:
    """Wait until the server has taken note that only so many connections are left."""
    async with Deadline(5):
        while desk.server.connections > connections:  # noqa: ASYNC110 - the server tells nobody of a closed socket
            await asyncio.sleep(0)


async def test_fault_of_a_handler_closes_the_session_unsaid(desk: StartDesk) -> None:
    """Nothing is set, so the dialplan tries again; the fault is handed over."""
    faults: list[Exception] = []

    async def handler(_: AgiSession) -> None:
        raise ValueError("a bug")

    peer = await (await desk(handler, on_error=lambda _, error: faults.append(error))).call()
    assert await peer.is_closed()
    assert [str(fault) for fault in faults] == ["a bug"]


async def test_end_of_a_leg_is_no_fault(desk: StartDesk) -> None:
    """HungUp that leaves a handler is told to nobody."""
    faults: list[Exception] = []
    open_desk = await desk(talk, on_error=lambda _, error: faults.append(error))
    peer = await open_desk.call()
    await peer.answers(b"HANGUP\n")
    await gone(open_desk, 0)
    await open_desk.server.close()
    assert faults == []


async def test_fault_without_a_listener_is_shown_by_the_loop(desk: StartDesk) -> None:
    """Without on_error a fault reaches the event loop's own handler: it is never lost."""
    shown: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().set_exception_handler(
        lambda _, context: shown.done() or shown.set_result(str(context.get("exception")))
    )

    async def handler(_: AgiSession) -> None:
        raise ValueError("a bug")

    await (await desk(handler)).call()
    async with Deadline(5):
        assert await shown == "a bug"


async def test_refusing_server_says_so_to_the_dialplan(desk: StartDesk) -> None:
    """A refused session is sent to the fallback in the protocol, without a handler, and closed after its reply."""
    open_desk = await desk(talk)
    open_desk.server.refusing = True
    peer = await open_desk.call()
    assert await peer.answers(b"200 result=1\n") == REFUSAL
    assert await peer.is_closed()
    assert (open_desk.server.refused, open_desk.server.calls) == (1, 0)


async def test_refused_session_that_is_silent_is_closed(desk: StartDesk) -> None:
    """Nobody keeps a socket by not answering a refusal."""
    open_desk = await desk(talk, limits=ServerLimits(refusal_within=SHORT))
    open_desk.server.refusing = True
    peer = await open_desk.call()
    await peer.line()
    assert await peer.is_closed()


async def test_refusal_is_told_before_and_after_asterisk_has_taken_note(desk: StartDesk) -> None:
    """Who watches the server is told of each refused session and why, and again once the dialplan knows."""
    heard: list[str] = []

    def refused(session: AgiSession, reason: str) -> Callable[[], None]:
        heard.append(f"{session.request.args[0]}: {reason}")
        return lambda: heard.append("noted")

    open_desk = await desk(talk, on_refused=refused)
    open_desk.server.refusing = True
    peer = await open_desk.call()
    await peer.line()
    assert heard == ["L: the controller is leaving"]
    peer.say(b"200 result=1\n")
    assert await peer.is_closed()
    assert heard[1:] == ["noted"]


async def test_refusal_that_asterisk_takes_no_note_of_is_not_told_to_be_known(desk: StartDesk) -> None:
    """The dialplan tries again, and may be served then."""
    heard: list[str] = []
    limits = ServerLimits(refusal_within=SHORT, calls=0)
    open_desk = await desk(
        talk, limits=limits, on_refused=lambda _session, reason: heard.append(reason) or (lambda: heard.append("noted"))
    )
    peer = await open_desk.call()
    await peer.line()
    assert await peer.is_closed()
    assert heard == ["overload: more than 0 calls"]


async def test_one_call_too_many_is_refused_and_the_others_go_on(desk: StartDesk) -> None:
    """Overload is refused politely at the limit of calls."""
    open_desk = await desk(talk, limits=ServerLimits(calls=1))
    first = await open_desk.call()
    assert await is_served(first)
    second = await open_desk.call()
    assert await second.line() == REFUSAL
    assert await is_served(first)


async def test_a_session_that_is_never_refused_is_served_beyond_the_limit(desk: StartDesk) -> None:
    """What closes the books of a call must not be lost because the desk is full or about to leave."""
    open_desk = await desk(talk, never_refused=lambda session: session.request.args == ("L",))
    open_desk.server.refusing = True
    assert await is_served(await open_desk.call())
    assert open_desk.server.refused == 0


async def test_place_of_a_call_that_ended_is_free(desk: StartDesk) -> None:
    """The limit counts calls that stand."""
    open_desk = await desk(talk, limits=ServerLimits(calls=1))
    first = await open_desk.call()
    await first.answers(b"HANGUP\n")
    assert await first.is_closed()
    await gone(open_desk, 0)
    assert await is_served(await open_desk.call())


async def test_stranger_is_cut_off_unheard(desk: StartDesk) -> None:
    """An address that is not allowed is closed at once, and its request is not read."""
    open_desk = await desk(talk, allowed=(ip_network("127.0.0.2/32"),))
    assert await (await open_desk.call()).is_closed()
    assert open_desk.server.connections == 0


async def test_allowed_address_is_served(desk: StartDesk) -> None:
    """The allow-list goes by the peer's address."""
    open_desk = await desk(talk, allowed=(ip_network("127.0.0.2/32"),))
    peer = await open_desk.connect(b"agi_request: x\nagi_channel: y\nagi_uniqueid: z\n\n", source="127.0.0.2")
    assert await is_served(peer)


@pytest.mark.parametrize(
    ("host", "is_allowed"),
    [
        ("127.0.0.1", True),
        ("::ffff:127.0.0.1", True),
        ("::1", True),
        ("10.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("", False),
    ],
)
def test_addresses_of_loopback(host: str, is_allowed: bool) -> None:
    """An IPv4 address in IPv6 form counts as what it is; no address is no loopback."""
    assert _is_in(host, (ip_network("127.0.0.0/8"), ip_network("::1/128"))) is is_allowed


async def test_idle_connection_is_closed_in_time(desk: StartDesk) -> None:
    """Who does not make a request is closed."""
    assert await (await (await desk(talk, limits=ServerLimits(request_within=SHORT))).connect()).is_closed()


async def test_dripping_request_is_closed_in_time(desk: StartDesk) -> None:
    """The time for the request runs from the connect, not from the last byte."""
    peer = await (await desk(talk, limits=ServerLimits(request_within=2 * SHORT))).connect()
    loop = asyncio.get_running_loop()

    def drip() -> None:
        nonlocal timer
        peer.say(b"a")
        timer = loop.call_later(SHORT.total_seconds() / 3, drip)

    timer = loop.call_soon(drip)
    assert await peer.is_closed()
    timer.cancel()


async def test_idle_connections_do_not_keep_calls_out(desk: StartDesk) -> None:
    """Beyond the places of one address its oldest idle connections go, and a call is served."""
    open_desk = await desk(talk, limits=ServerLimits(waiting_per_source=3))
    idle = [await open_desk.connect() for _ in range(5)]
    assert await is_served(await open_desk.call())
    assert await idle[0].is_closed()
    assert await idle[1].is_closed()
    assert open_desk.server.connections == 4


@pytest.mark.parametrize("new_loop", [asyncio.new_event_loop, uvloop.new_event_loop])
def test_burst_of_calls_is_no_crowd_of_idlers(new_loop: Callable[[], asyncio.AbstractEventLoop]) -> None:
    """Calls that come all at once are served, though the loop accepts them all before it reads the first request."""
    calls = 50

    async def main() -> int:
        served = asyncio.Semaphore(0)

        async def handler(_: AgiSession) -> None:
            served.release()

        server = FastAgiServer(handler, limits=ServerLimits(waiting_per_source=3))
        sock = socket.create_server(("127.0.0.1", 0), backlog=calls)
        peers = [socket.create_connection(sock.getsockname()) for _ in range(calls)]
        for peer in peers:
            peer.sendall(b"agi_request: x\nagi_channel: y\nagi_uniqueid: z\n\n")
        await server.start(sock)
        async with Deadline(5):
            for _ in peers:
                await served.acquire()
        await server.close()
        for peer in peers:
            peer.close()
        return calls

    with asyncio.Runner(loop_factory=new_loop) as runner:
        assert runner.run(main()) == calls


async def test_idle_connections_of_others_go_when_all_places_are_taken(desk: StartDesk) -> None:
    """At the cap of all connections the oldest that waits goes, whoever it is."""
    open_desk = await desk(talk, limits=ServerLimits(connections=2))
    first = await open_desk.connect(source="127.0.0.3")
    await open_desk.connect(source="127.0.0.4")
    assert await is_served(await open_desk.call())
    assert await first.is_closed()


async def test_calls_are_never_closed_for_a_newcomer(desk: StartDesk) -> None:
    """When all places are calls, the newcomer goes."""
    open_desk = await desk(talk, limits=ServerLimits(connections=1))
    call = await open_desk.call()
    assert await is_served(call)
    assert await (await open_desk.call()).is_closed()
    assert await is_served(call)


ATTACKS = {
    "port probe": b"",
    "another protocol": b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    "NUL": b"agi_request: \0\n",
    "endless line": b"agi_request: " + b"x" * 1_000_000,
    "endless block": b"".join(b"agi_x%d: y\n" % n for n in range(10_000)),
    "reply without a command": b"agi_request: x\nagi_channel: y\nagi_uniqueid: z\n\n200 result=0\n200 result=0\n",
    "binary": bytes(range(256)) * 64,
    "twice": b"agi_request: x\nagi_request: x\n",
    "block without its headers": b"\n",
}


@pytest.mark.parametrize("attack", ATTACKS.values(), ids=ATTACKS)
async def test_call_does_not_notice_an_attack(desk: StartDesk, attack: bytes) -> None:
    """Whatever somebody else sends, a call beside it goes on, and nothing is taken for a fault of a handler."""
    faults: list[Exception] = []
    open_desk = await desk(talk, on_error=lambda _, error: faults.append(error))
    call = await open_desk.call()
    assert await is_served(call)
    attacker = await open_desk.connect(attack)
    assert await is_served(call)
    attacker.writer.close()
    assert await is_served(call)
    await gone(open_desk, 1)
    assert faults == []


async def test_end_after_each_byte_of_a_request_is_survived(desk: StartDesk) -> None:
    """A peer may be gone after any byte: the server has no connection left over, and the call beside goes on."""
    block = b"agi_request: x\nagi_channel: y\nagi_uniqueid: z\n\n"
    open_desk = await desk(talk)
    call = await open_desk.call()
    for end in range(len(block) + 1):
        peer = await open_desk.connect(block[:end])
        peer.writer.close()
    assert await is_served(call)
    await gone(open_desk, 1)
    assert open_desk.server.connections == 1


async def test_junk_in_the_segment_of_the_request_is_no_refusal_fault(desk: StartDesk) -> None:
    """A refusing server survives a peer that breaks the protocol together with its request."""
    open_desk = await desk(talk)
    open_desk.server.refusing = True
    peer = await open_desk.call(b"junk\n")
    assert await peer.is_closed()


async def test_sockets_are_tuned(desk: StartDesk) -> None:
    """Small lines go at once, and a dead peer is noticed within a minute."""
    open_desk = await desk(talk)
    await is_served(await open_desk.call())
    (wire,) = open_desk.server._wires
    assert wire._transport is not None
    sock = wire._transport.get_extra_info("socket")
    assert sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
    assert sock.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    idle, interval, probes = (
        sock.getsockopt(socket.IPPROTO_TCP, option)
        for option in (socket.TCP_KEEPIDLE, socket.TCP_KEEPINTVL, socket.TCP_KEEPCNT)
    )
    assert idle + interval * probes <= 60


async def test_drained_server_accepts_nobody(desk: StartDesk) -> None:
    """With nothing left to serve, draining is over at once and the port is closed."""
    open_desk = await desk(talk)
    assert await open_desk.server.drain(LONG) == 0
    with pytest.raises(ConnectionRefusedError):
        await open_desk.connect()


async def test_draining_waits_for_calls(desk: StartDesk) -> None:
    """A call that stands is served to its end."""
    open_desk = await desk(talk)
    call = await open_desk.call()
    assert await is_served(call)
    draining = asyncio.ensure_future(open_desk.server.drain(LONG))
    assert await is_served(call)
    await call.answers(b"HANGUP\n")
    assert await draining == 0


async def test_draining_without_a_successor_refuses_newcomers(desk: StartDesk) -> None:
    """When nobody takes over, new callers are sent to a person while the old ones are served to their end."""
    open_desk = await desk(talk)
    call = await open_desk.call()
    assert await is_served(call)
    draining = asyncio.ensure_future(open_desk.server.drain(LONG, is_refusing=True))
    newcomer = await open_desk.call()
    assert await newcomer.answers(b"200 result=1\n") == REFUSAL
    assert await newcomer.is_closed()
    await call.answers(b"HANGUP\n")
    assert await draining == 0
    with pytest.raises(ConnectionRefusedError):
        await open_desk.connect()


async def test_draining_ends_with_its_grace(desk: StartDesk) -> None:
    """A call that does not end is counted when the grace is over."""
    open_desk = await desk(talk)
    assert await is_served(await open_desk.call())
    assert await open_desk.server.drain(SHORT) == 1


async def test_closing_ends_handlers(desk: StartDesk) -> None:
    """Closing cancels what runs and waits for it."""
    ended: list[str] = []

    async def handler(session: AgiSession) -> None:
        try:
            await session.send(Noop())
        finally:
            ended.append("clean")

    open_desk = await desk(handler)
    peer = await open_desk.call()
    await peer.line()
    await open_desk.server.close()
    assert ended == ["clean"]
    assert await peer.is_closed()


def test_server_runs_on_uvloop() -> None:
    """The faster event loop, where it is installed, serves as the plain one does."""

    async def main() -> tuple[bytes, bool]:
        server = FastAgiServer(talk)
        sock = socket.create_server(("127.0.0.1", 0))
        await server.start(sock)
        reader, writer = await asyncio.open_connection(*sock.getsockname())
        writer.write(b"agi_request: x\nagi_channel: y\nagi_uniqueid: z\n\n")
        command = await reader.readline()
        writer.write(b"200 result=0\nHANGUP\n")
        await reader.read()
        writer.close()
        is_left = await server.drain(timedelta(seconds=5)) == 0
        await server.close()
        return command, is_left

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(main()) == (b"NOOP\n", True)


@pytest.mark.parametrize("turns", range(6))
async def test_connection_that_comes_as_a_drain_begins_is_not_lost(turns: int) -> None:
    """In whichever turn of the event loop: it is served here, or it waits for the successor."""
    listener = socket.create_server(("127.0.0.1", 0))
    successor = listener.dup()
    successor.setblocking(False)
    served = asyncio.Event()

    async def handler(session: AgiSession) -> None:
        served.set()
        session.close()

    server = FastAgiServer(handler)
    await server.start(listener)
    with successor, socket.create_connection(successor.getsockname()) as caller:
        caller.sendall(b"agi_request: agi://h/leg\nagi_channel: PJSIP/1\nagi_uniqueid: 1.1\nagi_network: yes\n\n")
        for _ in range(turns):
            await asyncio.sleep(0)
        await server.drain(LONG)
        assert served.is_set() != _takes_one(successor)
    await server.close()


def _takes_one(listener: socket.socket) -> bool:
    """True when a connection was waiting to be accepted."""
    try:
        waiting, _ = listener.accept()
    except BlockingIOError:
        return False
    waiting.close()
    return True
