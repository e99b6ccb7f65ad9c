"""What app_queue of a real Asterisk answers to the actions that queues are asked and told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from ivrctl.adapters.ami import (
    ActionLink,
    AmiLoginRefusedError,
    AmiSession,
    AmiUnreachableError,
    Login,
    Pace,
    There,
)
from ivrctl.adapters.ami.device_actions import custom_devices, device_state
from ivrctl.adapters.ami.queue_actions import (
    Outcome,
    queue_add,
    queue_log,
    queue_pause,
    queue_penalty,
    queue_remove,
    queue_status,
)
from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.pbx import Pbx, credentials, rx
from ivrctl.adapters.pbx.ports import LOOPBACK
from ivrctl.ami.actions import LINE_LIMIT, Action
from ivrctl.ami.packet import Event

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]

QUEUE, PHONE, NAME = "guangdong", "PJSIP/8107", "王小明"


def login_of(pbx: Pbx) -> Login:
    known = credentials(pbx)
    return Login(known.ami_user, known.ami_secret)


@pytest.fixture
async def session(pbx: Pbx) -> AsyncIterator[AmiSession]:
    """A session of the controller's user; the member of the tests is gone afterwards."""
    opened = await AmiSession.open((LOOPBACK, pbx.ami_port), login_of(pbx))
    yield opened
    if opened.is_open:
        await queue_remove(opened, QUEUE, PHONE)
    opened.close()


async def member(session: AmiSession) -> Event | None:
    """The member of the tests, as a reading shows him."""
    members = (await queue_status(session)).members
    return next((entry for entry in members if (entry.text("Queue"), entry.text("Location")) == (QUEUE, PHONE)), None)


async def seen(session: AmiSession, header: str) -> str:
    found = await member(session)
    assert found is not None
    return found.text(header)


async def test_a_member_comes_changes_and_goes(session: AmiSession) -> None:
    """Each outcome has its word, and the reading shows what was done."""
    assert await queue_remove(session, QUEUE, PHONE) is Outcome.NOT_THERE
    assert await queue_add(session, QUEUE, PHONE, penalty=3, name=NAME) is Outcome.ADDED
    assert await seen(session, "Name") == NAME
    assert await queue_pause(session, QUEUE, PHONE, paused=True, reason="lunch") is Outcome.PAUSED
    assert [await seen(session, "Paused"), await seen(session, "PausedReason")] == ["1", "lunch"]
    assert await queue_pause(session, QUEUE, PHONE, paused=False) is Outcome.UNPAUSED
    assert await queue_remove(session, QUEUE, PHONE) is Outcome.REMOVED
    assert await member(session) is None


async def test_a_member_who_is_added_twice_keeps_his_penalty(session: AmiSession) -> None:
    """It is set by an action of its own."""
    await queue_add(session, QUEUE, PHONE, penalty=3)
    assert await queue_add(session, QUEUE, PHONE, penalty=9) is Outcome.ALREADY_THERE
    assert await seen(session, "Penalty") == "3"
    assert await queue_penalty(session, QUEUE, PHONE, 9) is Outcome.SET
    assert await seen(session, "Penalty") == "9"


async def test_what_is_not_there_is_told(session: AmiSession) -> None:
    """A queue, a member; one who stands in queues.conf cannot be removed."""
    assert await queue_add(session, "no-such", PHONE) is Outcome.NO_SUCH_QUEUE
    assert await queue_remove(session, "no-such", PHONE) is Outcome.NO_SUCH_QUEUE
    assert await queue_pause(session, QUEUE, PHONE, paused=True) is Outcome.NOT_THERE
    assert await queue_penalty(session, QUEUE, PHONE, 1) is Outcome.NOT_THERE
    assert await queue_penalty(session, "no-such", PHONE, 1) is Outcome.NOT_THERE
    assert await queue_remove(session, "front-desk", "PJSIP/8105") is Outcome.NOT_DYNAMIC


async def test_asterisk_itself_would_take_garbage(session: AmiSession) -> None:
    """Which is why fields are checked before they are sent."""
    garbage = Action.of("QueueAdd", Queue=QUEUE, Interface="garbage", Penalty="abc")
    try:
        assert (await session.ask(garbage)).response.is_success
        members = (await queue_status(session)).members
        penalties = [entry.text("Penalty") for entry in members if entry.text("Location") == "garbage"]
    finally:
        await session.ask(Action.of("QueueRemove", Queue=QUEUE, Interface="garbage"))
    assert penalties == ["0"]


async def test_an_entry_is_written_to_queue_log(session: AmiSession, pbx: Pbx) -> None:
    """Where programs that read it find it."""
    assert await queue_log(session, QUEUE, "TIERIN", interface=PHONE, data=("2", "waited 31 s")) is Outcome.LOGGED
    log = (pbx.log.parent / "queue_log").read_text()
    assert f"|NONE|{QUEUE}|{PHONE}|TIERIN|2|waited 31 s\n" in log


async def test_device_states_are_those_of_the_phones(session: AmiSession, pbx: Pbx) -> None:
    """A phone that nobody has registered is not there, one that there is not is none; a hint tells the same."""
    assert await device_state(session, "PJSIP/8104") == "UNAVAILABLE"
    assert await device_state(session, "PJSIP/9999") == "INVALID"
    rx(pbx, "dialplan add extension 5001,hint,PJSIP/8104 into ext-local")
    try:
        assert await device_state(session, "hint:5001@ext-local") == "UNAVAILABLE"
    finally:
        rx(pbx, "dialplan remove context ext-local")


async def test_what_the_dialplan_keeps_is_listed(session: AmiSession, pbx: Pbx) -> None:
    """All of it, with the rights that the controller's user has."""
    rx(pbx, "devstate change Custom:ivrctl-backup-8104 INUSE")
    try:
        assert (await custom_devices(session))["ivrctl-backup-8104"] == "INUSE"
    finally:
        rx(pbx, "devstate change Custom:ivrctl-backup-8104 NOT_INUSE")


async def test_lists_are_whole_while_events_come(session: AmiSession, pbx: Pbx) -> None:
    """Members come and go through one session while another reads; no event is taken for an entry, or lost."""
    events: list[Event] = []
    reader = await AmiSession.open((LOOPBACK, pbx.ami_port), login_of(pbx), on_event=events.append)

    async def change() -> None:
        for _ in range(50):
            await queue_add(session, QUEUE, PHONE)
            await queue_remove(session, QUEUE, PHONE)

    async def read() -> None:
        while not changing.done():
            assert len((await queue_status(reader)).queues) == queues

    queues = len((await queue_status(session)).queues)
    changing = asyncio.ensure_future(change())
    await asyncio.gather(changing, read())
    while [event.name for event in events].count("QueueMemberRemoved") < 50:
        await reader.ask(Action.of("Ping"))
    reader.close()
    names = [event.name for event in events]
    assert names.count("QueueMemberAdded") == names.count("QueueMemberRemoved") == 50
    assert not {"QueueMember", "QueueParams", "QueueStatusComplete"} & set(names)


async def test_the_longest_line_that_is_sent_is_read(session: AmiSession) -> None:
    """Asterisk answers it, and the session is unharmed."""
    longest = "x" * (LINE_LIMIT - len("Filler: \r\n"))
    assert (await session.ask(Action.of("Ping", Filler=longest))).response.text("Ping") == "Pong"
    assert (await session.ask(Action.of("Ping"))).response.text("Ping") == "Pong"


async def test_a_wrong_secret_is_refused(pbx: Pbx) -> None:
    """With Asterisk's own sentence."""
    with pytest.raises(AmiLoginRefusedError, match="Authentication failed"):
        await AmiSession.open((LOOPBACK, pbx.ami_port), Login(credentials(pbx).ami_user, "wrong"))


@asynccontextmanager
async def relay(port: int) -> AsyncIterator[tuple[tuple[str, int], list[asyncio.StreamWriter]]]:
    """A way to AMI that can be cut: its address, and the connections that were made through it."""
    made: list[asyncio.StreamWriter] = []
    pumps: set[asyncio.Task[None]] = set()

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while said := await reader.read(65536):
                writer.write(said)
        finally:
            writer.transport.abort()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(LOOPBACK, port)
        made.append(writer)
        for ends in ((reader, far_writer), (far_reader, writer)):
            pumps.add(asyncio.ensure_future(pump(*ends)))

    server = await asyncio.start_server(accept, LOOPBACK, 0)
    try:
        yield server.sockets[0].getsockname(), made
    finally:
        server.close()
        for task in pumps:
            task.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)


async def test_a_link_that_was_cut_comes_back(session: AmiSession, pbx: Pbx) -> None:
    """Of its own accord, within its first pause; what was asked meanwhile has failed and is not carried out later."""
    states = asyncio.Queue[object]()
    async with AsyncExitStack() as stack:
        address, made = await stack.enter_async_context(relay(pbx.ami_port))
        link = ActionLink(address, login_of(pbx), on_change=states.put_nowait, pace=Pace(chance=lambda: 0.9))
        stack.push_async_callback(link.close)
        await link.ask(Action.of("Ping"))
        assert await states.get() == There()
        made[0].transport.abort()
        await states.get()
        with pytest.raises(AmiUnreachableError):
            await queue_add(link, QUEUE, PHONE)
        async with Deadline(5):
            assert await states.get() == There()
        assert (await queue_status(link)).queues
    assert await member(session) is None
