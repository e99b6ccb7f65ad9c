"""The events side over a real socket: what is told, and when; every fault of the peer, and none of the clock."""

from __future__ import annotations

import asyncio
import re
import socket
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.adapters.ami import (
    AmiBootUnseenError,
    AmiLoginRefusedError,
    Deadlines,
    Doubt,
    EventInbox,
    EventStream,
    Login,
    Lost,
    Opened,
)
from ivrctl.adapters.ami.event_session import BOOT_WITHIN, PING_EVERY, REPLY_WITHIN, USER_TIMEOUT
from ivrctl.adapters.ami.event_stream import LONGEST_KNOCK
from ivrctl.adapters.deadline import Deadline
from ivrctl.ami.raw_packet import RawPacket
from ivrctl.errors import ConfigurationError
from ivrctl.testkit.fake_ami import FakeAmi, Fault, event

from .conftest import Listening, Time


def join(uniqueid: str) -> bytes:
    return event("QueueCallerJoin", Uniqueid=uniqueid)


async def test_a_session_is_told_and_then_what_happens(asterisk: FakeAmi, listen: Listening) -> None:
    """Whoever takes reads everything at the first, and what is not wanted never comes."""
    listener = listen()
    assert await listener.tells(1) == ["Opened"]
    asterisk.say(join("1"), event("Newexten", Uniqueid="2"), event("Hangup", Uniqueid="3"))
    assert await listener.tells(2) == ["QueueCallerJoin 1", "Hangup 3"]


async def test_the_secret_never_crosses_the_wire(asterisk: FakeAmi, listen: Listening) -> None:
    """The login is by challenge."""
    await listen().tells(1)
    assert [action["Action"] for action in asterisk.actions[:2]] == ["Challenge", "Login"]
    assert "right" not in str(asterisk.actions)


async def test_nothing_but_logins_and_pings_is_asked(asterisk: FakeAmi, listen: Listening, time: Time) -> None:
    """Actions have a session of their own: one that takes long would hold the events up."""
    await listen().tells(1)
    for _ in range(6):
        await time.passes()
    await time.next_pause()
    assert {action["Action"] for action in asterisk.actions} == {"Challenge", "Login", "Ping"}


async def test_what_happens_during_a_reading_waits_behind_it(asterisk: FakeAmi, listen: Listening) -> None:
    """In order, and once: nothing is taken while a reading is under way, and nothing is missed."""
    listener = listen()
    await listener.tells(1)
    asterisk.say(*(join(str(number)) for number in range(100)))
    asterisk.say(event("Hangup", Uniqueid="last"))
    assert (await listener.tells(101))[-1] == "Hangup last"


async def test_asterisk_that_starts_is_told_when_it_is_up(asterisk: FakeAmi, listen: Listening) -> None:
    """A login is taken before the queues are there; what is said before counts for nothing."""
    asterisk.fault = Fault.STARTING
    listener = listen()
    await asterisk.until(lambda: asterisk.listeners == 1)
    asterisk.say(join("too early"))
    asterisk.boot()
    asterisk.say(join("1"))
    assert await listener.tells(2) == ["Opened", "QueueCallerJoin 1"]


async def test_asterisk_that_never_says_it_is_up_is_an_alarm(asterisk: FakeAmi, listen: Listening, time: Time) -> None:
    """The user may not read ``system``, or a filter drops the event: a person must look."""
    asterisk.fault = Fault.STARTING
    listener = listen()
    while time.now <= BOOT_WITHIN:
        await time.passes()
    assert "has booted" in (await listener.tells(1))[0]
    assert isinstance(listener.alarms[0], AmiBootUnseenError)


async def test_a_cut_is_told_and_mended(asterisk: FakeAmi, listen: Listening, time: Time) -> None:
    """With a new reading, since what happened meanwhile is never said again."""
    listener = listen()
    await listener.tells(1)
    await time.next_pause()
    asterisk.cut()
    asterisk.say(join("missed"))
    assert (await listener.tells(1))[0].startswith("Lost")
    assert await time.passes() <= 0.5
    assert await listener.tells(1) == ["Opened"]
    asterisk.say(join("1"))
    assert await listener.tells(1) == ["QueueCallerJoin 1"]


async def test_a_peer_that_has_vanished_is_noticed_within_15_seconds(
    asterisk: FakeAmi, listen: Listening, time: Time
) -> None:
    """Nobody answers the pings: it is the replies that are looked at, and not whether the ping could be written."""
    listener = listen()
    await listener.tells(1)
    await time.next_pause()
    asterisk.say(join("behind the first reply"))
    await listener.tells(1)
    asterisk.fault = Fault.SILENT
    time.end_pause()
    pauses = [await time.passes() for _ in range(4)]
    assert pauses == [PING_EVERY - REPLY_WITHIN, REPLY_WITHIN] * 2
    assert "no reply to 2 pings" in (await listener.tells(1))[0]
    assert REPLY_WITHIN + sum(pauses) < 15


async def test_one_reply_that_is_missed_is_forgotten(asterisk: FakeAmi, listen: Listening, time: Time) -> None:
    """When the next ping is answered."""
    listener = listen()
    await listener.tells(1)
    for fault in (Fault.NONE, Fault.SILENT, Fault.NONE, Fault.SILENT, Fault.NONE):
        asterisk.fault = fault
        pings = len(asterisk.actions)
        await time.next_pause()
        if fault is Fault.NONE:
            asterisk.say(join("behind the reply"))
            await listener.tells(1)
        time.end_pause()
        await time.next_pause()
        assert len(asterisk.actions) - pings <= 1
        time.end_pause()
    assert asterisk.ended == 0


async def test_what_was_sent_and_not_acknowledged_breaks_the_connection(
    asterisk: FakeAmi, listen: Listening, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The kernel is told so, for every session."""
    options = []
    monkeypatch.setattr(socket.socket, "setsockopt", lambda _socket, *option: options.append(option))
    await listen().tells(1)
    assert (socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT) in options


async def test_a_refused_login_is_an_alarm_and_no_storm(asterisk: FakeAmi, listen: Listening, time: Time) -> None:
    """Only a person can mend it: a minute and more between two attempts, and longer each time."""
    listener = listen(secret="wrong")
    pauses = [await time.passes() for _ in range(4)]
    assert pauses[0] >= 60
    assert pauses == sorted(pauses)
    assert all(isinstance(alarm, AmiLoginRefusedError) for alarm in listener.alarms)
    assert len(listener.alarms) == 4
    assert "Authentication failed" in (await listener.tells(1))[0]
    assert "wrong" not in str(listener.alarms[0])


async def test_a_login_that_is_right_again_opens(asterisk: FakeAmi, listen: Listening, time: Time) -> None:
    """Without a restart of the controller."""
    asterisk.fault = Fault.REFUSING
    listener = listen()
    await time.next_pause()
    asterisk.fault = Fault.NONE
    listener.stream.retry_now()
    assert (await listener.tells(2))[1] == "Opened"


async def test_an_asterisk_that_flaps_is_left_alone_for_longer_each_time(
    asterisk: FakeAmi, listen: Listening, time: Time
) -> None:
    """A session that breaks at once is no success: pauses grow to half a minute."""
    time.chance = 1 - 2**-53
    asterisk.fault = Fault.FLAPPING
    listen()
    pauses = []
    while not pauses or pauses[-1] < 30:
        pauses.append(round(await time.passes(), 2))
    assert [pause for pause in pauses if pause not in {REPLY_WITHIN, PING_EVERY - REPLY_WITHIN}] == [0.5, 2, 8, 16, 30]


async def test_nobody_there_is_asked_again_within_seconds(asterisk: FakeAmi, listen: Listening, time: Time) -> None:
    """It costs nobody anything, and the queues are seen within ten seconds of Asterisk."""
    time.chance = 1 - 2**-53
    await asterisk.__aexit__()
    listener = listen()
    pauses = [round(await time.passes(), 2) for _ in range(6)]
    assert pauses == [0.5, 1, 2, LONGEST_KNOCK, LONGEST_KNOCK, LONGEST_KNOCK]
    assert (await listener.tells(1))[0].startswith("Lost")
    await time.next_pause()
    await asterisk.__aenter__()
    listener.stream.retry_now()
    assert await listener.tells(1) == ["Opened"]


async def test_a_peer_that_greets_nobody_is_given_up(asterisk: FakeAmi, listen: Listening, time: Time) -> None:
    """A port that takes connections and is silent holds nobody."""
    asterisk.fault = Fault.SILENT
    listener = listen(deadlines=Deadlines(connect=0.02, answer=0.02))
    assert "does not answer" in (await listener.tells(1))[0]


async def test_pauses_are_drawn(asterisk: FakeAmi, listen: Listening, time: Time) -> None:
    """Many controllers do not come back in one moment."""
    time.chance = 0.25
    await asterisk.__aexit__()
    listen()
    assert [await time.passes() for _ in range(3)] == [0.125, 0.25, 0.5]


@pytest.mark.parametrize("cut", range(1, 420, 7))
async def test_a_session_that_is_cut_at_any_byte_is_mended(asterisk: FakeAmi, listen: Listening, cut: int) -> None:
    """In the banner, in the login, in an event: half an event was none, and the next session is whole."""
    asterisk.cut_after = cut
    listener = listen()
    await asterisk.until(lambda: asterisk.ended + asterisk.listeners > 0)
    asterisk.cut_after = None
    asterisk.say(join("1") * 10)
    await asterisk.until(lambda: asterisk.ended == 1)
    listener.stream.retry_now()
    await asterisk.until(lambda: asterisk.listeners == 1)
    asterisk.say(join("last"))
    told = await listener.tells_until("QueueCallerJoin last")
    assert told[-2] == "Opened"
    assert told[-3].startswith("Lost")
    assert set(told[:-3]) <= {"Opened", "QueueCallerJoin 1"}


async def test_garbage_is_a_doubt_and_the_session_goes_on(asterisk: FakeAmi, listen: Listening) -> None:
    """A reading puts right what was lost."""
    listener = listen()
    await listener.tells(1)
    asterisk.say(b"what nobody can read\r\n\r\n" + join("1"))
    assert await listener.tells(2) == ["QueueCallerJoin 1", "Doubt Asterisk said what nobody can read"]


@pytest.mark.thorough
async def test_a_hundred_thousand_at_once_are_a_doubt_and_never_a_wait(asterisk: FakeAmi, listen: Listening) -> None:
    """Too many for whoever takes: they are dropped, the reader reads on, and everything is read anew."""
    listener = listen(capacity=1000)
    assert await listener.tells(1) == ["Opened"]
    asterisk.say(join("1") * 100_000, event("Hangup", Uniqueid="last"))
    async with Deadline(30):
        await _until_arrived(listener.stream._inbox, 100_001)
    told = await listener.stream.take()
    assert isinstance(told[0], Doubt)
    assert "dropped" in told[0].why
    assert len(told) <= 1000


async def _until_arrived(inbox: EventInbox, count: int) -> None:
    while inbox._dropped + sum(isinstance(told, RawPacket) for told in inbox._told) < count:  # noqa: ASYNC110 - it is what was dropped that is waited for
        await asyncio.sleep(0)  # each turn of the loop reads once; no time passes


def packets(count: int) -> list[RawPacket]:
    return [RawPacket("Hangup", b"Event: Hangup")] * count


async def test_an_overflow_keeps_what_is_no_event() -> None:
    """That the session was lost and came back is told all the same, and one doubt stands for all that is missing."""
    inbox = EventInbox(capacity=10)
    inbox.tell(Lost("cut"))
    inbox.tell(Opened())
    for _ in range(5):
        inbox.happened(packets(6))
    told = await inbox.take()
    assert told[:2] == [Lost("cut"), Opened()]
    assert [each for each in told if isinstance(each, Doubt)] == told[2:3]
    assert "24 events" in told[2].why  # type: ignore[union-attr]


@given(st.lists(st.integers(0, 30), max_size=30), st.integers(10, 60))
def test_an_inbox_is_bounded_and_says_what_it_drops(batches: list[int], capacity: int) -> None:
    """SAFETY: it never holds more than it may, and either everything is in it or a doubt is."""

    async def fill() -> None:
        inbox = EventInbox(capacity)
        for batch in batches:
            inbox.happened(packets(batch))
            assert len(inbox._told) <= capacity + 1
        if batches:
            told = await inbox.take()
            is_whole = len(told) == sum(batches) and not any(isinstance(each, Doubt) for each in told)
            assert is_whole or isinstance(told[0], Doubt)

    asyncio.run(fill())


async def test_a_stream_that_ends_closes_its_session(asterisk: FakeAmi, listen: Listening) -> None:
    """Nothing is left at Asterisk."""
    listener = listen()
    await listener.tells(1)
    running = [task for task in asyncio.all_tasks() if "EventStream.run" in repr(task)]
    running[0].cancel()
    await asterisk.until(lambda: asterisk.listeners == 0)


def test_uvloop_carries_it_too() -> None:
    """Its transports are none of asyncio's own, and it is used wherever it is installed."""
    uvloop = pytest.importorskip("uvloop")

    async def listen() -> list[object]:
        async with FakeAmi() as asterisk:
            stream = EventStream(asterisk.address, Login("ivrctl", "right"), {}, alarm=pytest.fail)
            running = asyncio.ensure_future(stream.run())
            async with Deadline(5):
                told = await stream.take()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            return list(told)

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(listen()) == [Opened()]


class ForgetfulAmi(FakeAmi):
    """Its errors have no ActionID, as some of Asterisk's."""

    def answer(self, session: object, action: dict[str, str]) -> Iterable[bytes]:
        """What is said to an action, without what tells whose it is."""
        answers = super().answer(session, action)  # type: ignore[arg-type]
        return [re.sub(rb"ActionID: .*\r\n", b"", answer) for answer in answers]


async def test_an_error_that_lost_its_action_is_that_of_the_login(time: Time) -> None:
    """One action at a time waits for its answer, so it can be no other's."""
    async with ForgetfulAmi(secret="another") as asterisk:
        alarms: list[ConfigurationError] = []
        stream = EventStream(asterisk.address, Login("ivrctl", "right"), {}, alarm=alarms.append, pace=time.pace())
        running = asyncio.ensure_future(stream.run())
        await time.next_pause()
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert isinstance(alarms[0], AmiLoginRefusedError)
