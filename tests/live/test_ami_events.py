"""What a real Asterisk tells the controller's user: the events of queues, two variables, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator

import pytest

from ivrctl.adapters.ami import AmiSession, EventStream, Login, Opened, Told
from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.pbx import Pbx, credentials, rx
from ivrctl.adapters.pbx.ports import LOOPBACK
from ivrctl.ami import events
from ivrctl.ami.actions import Action
from ivrctl.ami.packet import Event
from ivrctl.ami.raw_packet import RawPacket
from ivrctl.service.doctor.filters import SENT, SENT_VARIABLES

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]

EXTENSIONS = {
    "900": ("Answer,", "Set,PIN=4711", "Queue,vip,,,,2", "Set,IVRCTL_OUTCOME=timed_out", "Set,CARD=4711"),
    "silent": ("Wait,30",),
}
MEMBER = "Local/silent@ami-events/n"


@pytest.fixture
def dialplan(pbx: Pbx) -> Iterator[None]:
    """A caller who keys a PIN and waits two seconds for a member who does not answer."""
    for extension, steps in EXTENSIONS.items():
        for priority, step in enumerate(steps, 1):
            rx(pbx, f"dialplan add extension {extension},{priority},{step} into ami-events")
    yield
    rx(pbx, "dialplan remove context ami-events")


def login(pbx: Pbx) -> Login:
    return Login("ivrctl", credentials(pbx).ami_secret)


@pytest.fixture
async def session(pbx: Pbx) -> AsyncIterator[AmiSession]:
    """For actions."""
    opened = await AmiSession.open((LOOPBACK, pbx.ami_port), login(pbx))
    yield opened
    opened.close()


async def call(pbx: Pbx, session: AmiSession) -> None:
    """Let a member come, be rung, pause and go, and a module be read anew; the caller goes on by himself."""
    assert (await session.ask(Action.of("QueueAdd", Queue="vip", Interface=MEMBER))).response.is_success
    known = credentials(pbx)
    caller = await AmiSession.open((LOOPBACK, pbx.ami_port), Login(known.doctor_user, known.doctor_secret))
    dialled = Action.of("Originate", Channel="Local/900@ami-events/n", Application="Wait", Data="10", Async="true")
    assert (await caller.ask(dialled)).response.is_success
    caller.close()
    for paused in ("true", "false"):
        await session.ask(Action.of("QueuePause", Queue="vip", Interface=MEMBER, Paused=paused, Reason="lunch"))
    await asyncio.to_thread(rx, pbx, "module reload app_queue.so")


async def until(is_so: Callable[[], bool], stirred: asyncio.Event) -> None:
    async with Deadline(10):
        while not is_so():
            await stirred.wait()
            stirred.clear()


async def test_exactly_what_queues_need_is_sent(pbx: Pbx, session: AmiSession, dialplan: None) -> None:
    """By Asterisk's own filters: of all variables two, and neither a PIN nor the commands of the dialplan."""
    seen: list[Event] = []
    stirred = asyncio.Event()

    def note(event: Event) -> None:
        seen.append(event)
        stirred.set()

    listening = await AmiSession.open((LOOPBACK, pbx.ami_port), login(pbx), on_event=note)
    await call(pbx, session)
    await until(lambda: sum(event.name == "Hangup" for event in seen) >= 4, stirred)
    await session.ask(Action.of("QueueRemove", Queue="vip", Interface=MEMBER))
    await until(lambda: any(event.name == "QueueMemberRemoved" for event in seen), stirred)
    listening.close()
    assert {event.name for event in seen} <= {*SENT, "VarSet"}
    assert {event.text("Variable") for event in seen if event.name == "VarSet"} == set(SENT_VARIABLES)
    assert "4711" not in str(seen)
    assert {event.name for event in seen} >= {
        *("QueueCallerJoin", "QueueCallerLeave", "AgentCalled", "AgentRingNoAnswer", "Hangup", "Reload"),
        *("QueueMemberAdded", "QueueMemberPause", "QueueMemberRemoved"),
    }


async def test_a_stream_tells_all_of_it_as_values(pbx: Pbx, session: AmiSession, dialplan: None) -> None:
    """In order, each by Asterisk's clock, and nothing that cannot be read."""
    told: list[Told] = []
    stirred = asyncio.Event()
    wanted = dict.fromkeys(SENT, ()) | {"VarSet": tuple(f"Variable: {name}" for name in SENT_VARIABLES)}
    stream = EventStream((LOOPBACK, pbx.ami_port), login(pbx), wanted, alarm=pytest.fail)

    async def take() -> None:
        while True:
            told.extend(await stream.take())
            stirred.set()

    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(stream.run()), tasks.create_task(take())]
        await until(lambda: Opened() in told, stirred)
        await call(pbx, session)
        await until(lambda: sum(isinstance(t, RawPacket) and t.name == "Hangup" for t in told) >= 4, stirred)
        await session.ask(Action.of("QueueRemove", Queue="vip", Interface=MEMBER))
        for task in running:
            task.cancel()
    happened = [event for t in told if isinstance(t, RawPacket) if (event := events.parse(t)) is not None]
    assert all(event.at is not None for event in happened if not isinstance(event, events.FullyBooted))
    (joined,) = (event for event in happened if isinstance(event, events.QueueCallerJoin))
    outcomes = [(event.variable, event.value) for event in happened if isinstance(event, events.VarSet)]
    assert outcomes == [("QUEUESTATUS", "TIMEOUT"), ("IVRCTL_OUTCOME", "timed_out")]
    assert {event.uniqueid for event in happened if isinstance(event, events.VarSet)} == {joined.uniqueid}
