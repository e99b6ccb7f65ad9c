"""The dialplan of `asterisk-conf/ivrctl.d`, on a real Asterisk with real phones; the controller is a script."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.pbx import Pbx, rx
from ivrctl.testkit.audio import find, longest_silence, tone, write_wav
from ivrctl.testkit.softphone import PhoneEvent, Softphone

from .sounds import is_said

if TYPE_CHECKING:
    from tests.live.conftest import AgiSession, Phones, Script, ScriptedController

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]

LINE = "10010"


async def until_hangup(session: AgiSession) -> None:
    """Listen for keys until the caller hangs up."""
    while (await session.send("WAIT FOR DIGIT 1000")).startswith("200 result=0"):
        pass


async def lose(session: AgiSession) -> None:
    """Die: the socket closes and nothing was said."""


async def answer_and_lose(session: AgiSession) -> None:
    await session.send("ANSWER")


async def answer_and_listen(session: AgiSession) -> None:
    await session.send("ANSWER")
    await until_hangup(session)


def hand_off(kind: str, arguments: str = "") -> Script:
    """Return a script that answers and hands the call to the dialplan."""

    async def script(session: AgiSession) -> None:
        await session.send("ANSWER")
        await session.hand_off(kind, arguments)

    return script


@pytest.fixture
def apology(pbx: Pbx) -> Iterator[Path]:
    """The site's own recorded apology, which a test can tell from everything else."""
    file = pbx.prompts.ours / "fallback.wav"
    former = file.read_bytes() if file.exists() else None
    write_wav(file, tone(1000, 1400, seconds=1.5))
    yield file
    file.unlink()
    if former is not None:
        file.write_bytes(former)


@pytest.fixture
def no_apology(pbx: Pbx) -> Iterator[None]:
    """A site without one, whatever another test has left at the PBX that they share."""
    file = pbx.prompts.ours / "fallback.wav"
    aside = file.with_suffix(".aside")
    was_there = file.exists()
    if was_there:
        file.rename(aside)
    yield
    if was_there:
        aside.rename(file)


@pytest.fixture
async def desk(pbx: Pbx, phones: Phones) -> AsyncIterator[Softphone]:
    """An agent, 8101, signed on to the queues vip and broadband."""
    agent = await phones.agent("8101")
    for queue in ("vip", "broadband"):
        await asyncio.to_thread(rx, pbx, f"queue add member PJSIP/8101 to {queue}")
    yield agent
    for queue in ("vip", "broadband"):
        await asyncio.to_thread(rx, pbx, f"queue remove member PJSIP/8101 from {queue}")


async def test_a_call_from_the_trunk_begins_a_leg(controller: ScriptedController, phones: Phones) -> None:
    """The leg id holds the uniqueid, nothing came before, and the line and the caller's number are known."""
    await controller.start(until_hangup)
    await (await phones.caller("13912345678")).dial(LINE)
    session = await controller.until_sessions(1)
    request = session.request
    assert re.fullmatch(re.escape(request["agi_uniqueid"]) + r"-\d{10}\d{3}", session.leg)
    assert session.after == "start"
    assert request["agi_extension"] == LINE
    assert request["agi_callerid"] == "13912345678"


async def test_a_caller_outside_is_told_from_an_agent(controller: ScriptedController, phones: Phones) -> None:
    """The fourth argument of AGI says on which side a call began; the number alone would not."""

    async def script(session: AgiSession) -> None:
        await session.hand_off("end")

    await controller.start(script)
    for phone in (await phones.caller(), await phones.agent("8102")):
        await phone.dial("8001")
        await phone.until(PhoneEvent.CLOSED, within=5)
    assert [session.request["agi_arg_4"] for session in controller.sessions] == ["outside", "agents"]


async def test_the_call_is_not_answered_by_the_dialplan(controller: ScriptedController, phones: Phones) -> None:
    """A line may refuse a call unbilled: the caller sees it end without having been answered."""

    async def refuse(session: AgiSession) -> None:
        await session.hand_off("end")

    await controller.start(refuse)
    caller = await phones.caller()
    await caller.dial(LINE)
    await caller.until(PhoneEvent.CLOSED, within=5)
    assert PhoneEvent.ANSWERED not in {seen.event for seen in caller.seen}


async def test_a_line_may_speak_before_it_is_answered(controller: ScriptedController, phones: Phones) -> None:
    """With IVRCTL_NEXT=progress the controller is asked again, and what it plays then is heard as early media."""
    played: list[str] = []

    async def speak(session: AgiSession) -> None:
        if session.after == "start":
            await session.hand_off("progress")
            return
        played.append(await session.send('STREAM FILE silence/2 ""'))
        await session.hand_off("end")

    await controller.start(speak)
    caller = await phones.caller()
    await caller.dial(LINE)
    await caller.until(PhoneEvent.PROGRESS, within=5)
    await caller.until(PhoneEvent.HEARING, within=5)
    await caller.until(PhoneEvent.CLOSED, within=5)
    assert PhoneEvent.ANSWERED not in {seen.event for seen in caller.seen}
    assert [reply[:12] for reply in played] == ["200 result=0"]
    assert [(session.leg, session.after) for session in controller.sessions] == [
        (controller.sessions[0].leg, after) for after in ("start", "progress")
    ]


async def test_end_hangs_up(controller: ScriptedController, phones: Phones) -> None:
    """IVRCTL_NEXT=end ends an answered call."""
    await controller.start(hand_off("end"))
    caller = await phones.caller()
    await caller.dial(LINE)
    await caller.until(PhoneEvent.ESTABLISHED, within=5)
    await caller.until(PhoneEvent.CLOSED, within=5)


async def test_a_controller_that_dies_is_asked_again(controller: ScriptedController, phones: Phones) -> None:
    """Killed in mid-call, it gets the same leg on the same channel back, within 2 s and after the same hand-off."""
    lost_at = []

    async def die(session: AgiSession) -> None:
        await session.send("ANSWER")
        lost_at.append(asyncio.get_running_loop().time())

    await controller.start(die, until_hangup)
    await (await phones.caller()).dial(LINE)
    second = await controller.until_sessions(2)
    first = controller.sessions[0]
    assert (second.leg, second.after) == (first.leg, "start")
    assert second.request["agi_uniqueid"] == first.request["agi_uniqueid"]
    assert asyncio.get_running_loop().time() - lost_at[0] < 2


async def test_no_silence_while_the_controller_is_away(controller: ScriptedController, phones: Phones) -> None:
    """Away for 2 s, and 4 s more until it speaks: the caller hears a ring tone meanwhile, no silence of 2 s."""

    async def speak(session: AgiSession) -> None:
        await asyncio.sleep(4)
        await session.send('STREAM FILE pls-hold-while-try ""')
        await session.hand_off("end")

    await controller.start(answer_and_lose, speak)
    caller = await phones.caller()
    await caller.dial(LINE)
    await controller.until_sessions(1)
    await controller.stop()
    await asyncio.sleep(2)
    await controller.start(speak)
    await caller.until(PhoneEvent.CLOSED, within=20)
    assert longest_silence(caller.heard).seconds < 2
    assert find(tone(450, seconds=0.9), caller.heard).is_heard


async def test_without_a_controller_a_person_takes_the_call(pbx: Pbx, phones: Phones, apology: Path) -> None:
    """Nobody listens at the AGI port: the apology after about 5 s, then a static member rings and talks."""
    person, caller = await phones.agent("8105"), await phones.caller()
    began = asyncio.get_running_loop().time()
    await caller.dial(LINE)
    answered = await caller.until(PhoneEvent.ESTABLISHED, within=8)
    await person.until(PhoneEvent.INCOMING, within=8)
    await person.accept()
    await person.until(PhoneEvent.HEARING, within=5)
    await person.hang_up()
    await caller.until(PhoneEvent.CLOSED, within=5)
    assert 4 < answered.at - began < 7
    assert is_said(apology, caller.heard)


async def test_a_ringing_is_heard_before_the_fallback_answers(phones: Phones) -> None:
    """A call that is not answered yet is kept alive with 180 while the controller is looked for."""
    caller = await phones.caller()
    await caller.dial(LINE)
    await caller.until(PhoneEvent.RINGING, within=2)


@pytest.mark.usefixtures("no_apology")
async def test_the_apology_may_be_missing(pbx: Pbx, phones: Phones) -> None:
    """Without a recording of the site's own, the fallback says so with a sound that every Asterisk has."""
    caller = await phones.caller()
    await caller.dial(LINE)
    await caller.until(PhoneEvent.HEARING, within=8)
    await asyncio.sleep(3)
    await caller.hang_up()
    await caller.until(PhoneEvent.CLOSED, within=2)
    assert is_said(core_sound(pbx, "sorry-youre-having-problems"), caller.heard)


def core_sound(pbx: Pbx, name: str) -> Path:
    return Path(f"/proc/{pbx.pid}/root/usr/share/asterisk/sounds/en_US_f_Allison/{name}.wav")


async def test_losses_in_a_row_are_bounded(controller: ScriptedController, phones: Phones, apology: Path) -> None:
    """A flow that kills the controller each time gets six tries, then a person takes the call."""
    await controller.start(lose)
    caller = await phones.caller()
    await caller.dial(LINE)
    await caller.until(PhoneEvent.ESTABLISHED, within=15)
    assert len(controller.sessions) == 6


async def test_losses_of_a_leg_are_bounded(controller: ScriptedController, phones: Phones, apology: Path) -> None:
    """Hand-offs forgive losses in a row, not the total: a leg that has lost nine controllers ends at a person."""
    unknown = hand_off("queue", "nowhere,c")
    await controller.start(lose, lose, lose, lose, unknown, lose, lose, lose, lose, unknown, lose)
    caller = await phones.caller()
    await caller.dial(LINE)
    session = await controller.until_sessions(11, within=20)
    await caller.until(PhoneEvent.HEARING, within=5)
    assert session.after == "queue-1"
    await asyncio.sleep(1.5)
    assert len(controller.sessions) == 11


async def test_a_silent_controller_is_left_at_the_limit(
    pbx: Pbx, controller: ScriptedController, phones: Phones, apology: Path
) -> None:
    """A controller that accepts and says nothing is given up at the limit of the leg: extension T, the fallback."""

    async def say_nothing(session: AgiSession) -> None:
        await session.send("ANSWER")
        await session.reader.read()

    await asyncio.to_thread(rx, pbx, "dialplan set global IVRCTL_LEG_LIMIT 2")
    try:
        await controller.start(say_nothing)
        caller = await phones.caller()
        await caller.dial(LINE)
        await caller.until(PhoneEvent.ESTABLISHED, within=5)
        await asyncio.sleep(5)
        await caller.hang_up()
        await caller.until(PhoneEvent.CLOSED, within=2)
    finally:
        await asyncio.to_thread(rx, pbx, "dialplan set global IVRCTL_LEG_LIMIT 600")
    match = find(apology, caller.heard)
    assert match.is_heard
    assert 1.5 < match.at_seconds < 3.5


async def test_the_limit_does_not_cut_a_conversation(
    pbx: Pbx, controller: ScriptedController, phones: Phones, desk: Softphone
) -> None:
    """A talk may last longer than a leg in a flow: the limit is off during a hand-off."""
    await asyncio.to_thread(rx, pbx, "dialplan set global IVRCTL_LEG_LIMIT 2")
    try:
        await controller.start(hand_off("queue", "vip,c,,,30"), hand_off("end"))
        await (await phones.caller()).dial(LINE)
        await desk.until(PhoneEvent.INCOMING, within=5)
        await desk.accept()
        await desk.until(PhoneEvent.ESTABLISHED, within=5)
        await asyncio.sleep(4)
        assert desk.is_in_call
        await desk.hang_up()
    finally:
        await asyncio.to_thread(rx, pbx, "dialplan set global IVRCTL_LEG_LIMIT 600")
    assert (await controller.until_sessions(2)).after == "queue-1"


async def handed_off(
    controller: ScriptedController, phones: Phones, kind: str, arguments: str
) -> tuple[Softphone, asyncio.Future[tuple[str, str]]]:
    """Have a caller handed off; the future is (after, outcome) when he is back."""
    back: asyncio.Future[tuple[str, str]] = asyncio.get_running_loop().create_future()

    async def come_back(session: AgiSession) -> None:
        back.set_result((session.after, await session.variable("IVRCTL_OUTCOME")))
        await until_hangup(session)

    await controller.start(hand_off(kind, arguments), come_back)
    caller = await phones.caller()
    await caller.dial(LINE)
    return caller, back


async def test_an_answered_queue_comes_back(controller: ScriptedController, phones: Phones, desk: Softphone) -> None:
    """The agent hangs up first: the caller goes on in the same leg with the outcome CONTINUE."""
    caller, back = await handed_off(controller, phones, "queue", "vip,c,,,30")
    await desk.until(PhoneEvent.INCOMING, within=5)
    await desk.accept()
    await desk.until(PhoneEvent.HEARING, within=5)
    await desk.hang_up()
    async with Deadline(5):
        assert await back == ("queue-1", "CONTINUE")
    assert controller.sessions[1].leg == controller.sessions[0].leg
    assert caller.is_in_call


async def test_a_queue_nobody_answers_times_out(
    controller: ScriptedController, phones: Phones, desk: Softphone
) -> None:
    """The wait given in the arguments ends with TIMEOUT."""
    _, back = await handed_off(controller, phones, "queue", "vip,c,,,2")
    async with Deadline(10):
        assert await back == ("queue-1", "TIMEOUT")


async def test_an_empty_queue_is_not_joined(controller: ScriptedController, phones: Phones) -> None:
    """Nobody is signed on: the flow is told instead of the caller waiting for nobody."""
    _, back = await handed_off(controller, phones, "queue", "full-service,c,,,30")
    async with Deadline(5):
        assert await back == ("queue-1", "JOINEMPTY")


async def test_an_unknown_queue_is_unknown(controller: ScriptedController, phones: Phones) -> None:
    """A queue that queues.conf does not have gives UNKNOWN, at once."""
    _, back = await handed_off(controller, phones, "queue", "nowhere,c,,,30")
    async with Deadline(5):
        assert await back == ("queue-1", "UNKNOWN")


async def test_an_allowed_key_leaves_the_queue(controller: ScriptedController, phones: Phones, desk: Softphone) -> None:
    """In the queue broadband key 1 leaves, others do not; the leg goes on in its own line."""
    caller, back = await handed_off(controller, phones, "queue", "broadband,c,,,30")
    await desk.until(PhoneEvent.INCOMING, within=5)
    await caller.press("2")
    await asyncio.sleep(0.5)
    assert not back.done()
    await caller.press("1")
    async with Deadline(5):
        assert await back == ("queue-1", "KEY_1")
    assert controller.sessions[1].request["agi_extension"] == LINE
    assert controller.sessions[1].request["agi_context"] == "ivrctl-lines"


async def test_no_key_leaves_a_queue_without_keys(
    controller: ScriptedController, phones: Phones, desk: Softphone
) -> None:
    """The queue vip has no exit context: its callers keep waiting."""
    caller, back = await handed_off(controller, phones, "queue", "vip,c,,,30")
    await desk.until(PhoneEvent.INCOMING, within=5)
    await caller.press("10#")
    await asyncio.sleep(0.5)
    assert not back.done()


async def test_a_caller_who_waits_hears_music(
    pbx: Pbx, controller: ScriptedController, phones: Phones, desk: Softphone
) -> None:
    """A queue is never silent."""
    caller, _ = await handed_off(controller, phones, "queue", "vip,c,,,30")
    await caller.until(PhoneEvent.HEARING, within=5)
    await asyncio.sleep(3)
    await caller.hang_up()
    await caller.until(PhoneEvent.CLOSED, within=2)
    assert find(tone(523.25, seconds=0.5), caller.heard).is_heard
    assert longest_silence(caller.heard).seconds < 1


async def test_a_caller_who_comes_back_takes_the_place_he_left(
    controller: ScriptedController, phones: Phones, desk: Softphone
) -> None:
    """He was second, a third came while he was out, and he is second again: the channel said where he had stood."""
    places: dict[str, list[str]] = {"second": [], "third": []}
    is_out, is_behind, are_back = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def wait_in_turn(session: AgiSession) -> None:
        who = {"13900000001": "first", "13900000002": "second", "13900000003": "third"}[session.request["agi_callerid"]]
        if session.after == "start":
            await session.send("ANSWER")
            await session.hand_off("queue", f"vip,c,,,{4 if who == 'second' else 6 if who == 'third' else 50}")
            return
        place = await session.variable("QUEUEPOSITION")
        places[who].append(place)
        if who == "second" and len(places[who]) == 1:
            is_out.set()
            await is_behind.wait()
            await session.hand_off("queue", f"vip,c,,,12,,,,{place}", number=2)
            return
        if len(places["second"]) == 2 and places["third"]:
            are_back.set()
        await until_hangup(session)

    await controller.start(wait_in_turn)
    for number in ("13900000001", "13900000002"):
        await (await phones.caller(number)).dial(LINE)
        await asyncio.sleep(1)
    await is_out.wait()
    await (await phones.caller("13900000003")).dial(LINE)
    await asyncio.sleep(1.5)
    is_behind.set()
    async with Deadline(30):
        await are_back.wait()
    assert places == {"second": ["2", "2"], "third": ["3"]}


async def test_an_outcome_is_never_that_of_an_earlier_queue(controller: ScriptedController, phones: Phones) -> None:
    """QUEUESTATUS keeps its value in Asterisk; ours is cleared before each queue, so a dial's is not seen either."""
    outcomes = []

    async def again(session: AgiSession) -> None:
        outcomes.append(await session.variable("IVRCTL_OUTCOME"))
        await session.hand_off("dial" if len(outcomes) == 1 else "end", "PJSIP/8103,5,g")

    await controller.start(hand_off("queue", "nowhere,c"), again)
    caller = await phones.caller()
    await caller.dial(LINE)
    await caller.until(PhoneEvent.ESTABLISHED, within=5)
    await caller.until(PhoneEvent.CLOSED, within=5)
    assert outcomes == ["UNKNOWN", "CHANUNAVAIL"]


async def test_a_dialled_agent_comes_back(controller: ScriptedController, phones: Phones) -> None:
    """With option g the caller goes on when the agent hangs up: ANSWER."""
    agent = await phones.agent("8102")
    _, back = await handed_off(controller, phones, "dial", "PJSIP/8102,20,g")
    await agent.until(PhoneEvent.INCOMING, within=5)
    await agent.accept()
    await agent.until(PhoneEvent.HEARING, within=5)
    await agent.hang_up()
    async with Deadline(5):
        assert await back == ("dial-1", "ANSWER")


async def test_a_busy_agent_is_busy(controller: ScriptedController, phones: Phones) -> None:
    """An agent who refuses the call gives BUSY."""
    agent = await phones.agent("8102")
    _, back = await handed_off(controller, phones, "dial", "PJSIP/8102,20,g")
    await agent.until(PhoneEvent.INCOMING, within=5)
    await agent.hang_up()
    async with Deadline(5):
        assert await back == ("dial-1", "BUSY")


async def test_who_declines_has_refused(pbx: Pbx, controller: ScriptedController, phones: Phones) -> None:
    """Cause 21, which a phone's 603 is, is told from a phone that is away, also right after one has refused."""
    outcomes: asyncio.Queue[str] = asyncio.Queue()
    await asyncio.to_thread(rx, pbx, "dialplan add extension s,1,Hangup(21) into declines")

    async def dial(session: AgiSession) -> None:
        tried = session.after.removeprefix("dial-")
        if session.after == "start":
            await session.send("ANSWER")
            await session.hand_off("dial", "Local/s@declines/n,5,g")
            return
        outcomes.put_nowait(await session.variable("IVRCTL_OUTCOME"))
        await session.hand_off("dial" if tried == "1" else "end", "PJSIP/8104,5,g", number=2)

    await controller.start(dial)
    await (await phones.caller()).dial(LINE)
    async with Deadline(10):
        assert [await outcomes.get(), await outcomes.get()] == ["REFUSED", "CHANUNAVAIL"]


async def test_an_agent_who_does_not_answer(controller: ScriptedController, phones: Phones) -> None:
    """The ring time passes: NOANSWER."""
    await phones.agent("8102")
    _, back = await handed_off(controller, phones, "dial", "PJSIP/8102,2,g")
    async with Deadline(8):
        assert await back == ("dial-1", "NOANSWER")


async def test_a_blind_transfer_begins_a_new_leg(
    controller: ScriptedController, phones: Phones, desk: Softphone
) -> None:
    """An agent sends the caller to a line: it starts anew, from the agents' side, with the caller's channel."""
    seen: dict[str, str] = {}

    async def at_the_target(session: AgiSession) -> None:
        seen["outcome"] = await session.variable("IVRCTL_OUTCOME")
        await until_hangup(session)

    await controller.start(hand_off("queue", "vip,c,,,30"), at_the_target)
    caller = await phones.caller()
    await caller.dial(LINE)
    await desk.until(PhoneEvent.INCOMING, within=5)
    await desk.accept()
    await desk.until(PhoneEvent.HEARING, within=5)
    await desk.transfer("8001")
    second = await controller.until_sessions(2)
    first = controller.sessions[0]
    assert second.request["agi_extension"] == "8001"
    assert second.request["agi_uniqueid"] == first.request["agi_uniqueid"]
    assert second.leg != first.leg
    assert second.after == "start"
    assert second.request["agi_arg_3"] == first.leg
    assert second.request["agi_arg_4"] == "agents"
    await caller.hang_up()
    await caller.until(PhoneEvent.CLOSED, within=5)
    assert seen == {"outcome": ""}


async def test_a_caller_who_leaves_a_queue_is_reported(
    controller: ScriptedController, phones: Phones, desk: Softphone
) -> None:
    """He hangs up while the dialplan has him: the controller is told which leg has ended, and how far it had come."""
    caller, _ = await handed_off(controller, phones, "queue", "vip,c,,,30")
    await desk.until(PhoneEvent.INCOMING, within=5)
    await caller.hang_up()
    ended = await controller.until_ended()
    assert (ended.leg, ended.after) == (controller.sessions[0].leg, "start")
    assert ended.request["outcome"] == ""  # app_queue gives an abandoned call no status


async def test_a_caller_who_leaves_a_conversation_is_reported(
    controller: ScriptedController, phones: Phones, desk: Softphone
) -> None:
    """He hangs up after having spoken to the agent: the outcome says that the queue was answered."""
    caller, _ = await handed_off(controller, phones, "queue", "vip,c,,,30")
    await desk.until(PhoneEvent.INCOMING, within=5)
    await desk.accept()
    await caller.until(PhoneEvent.HEARING, within=5)
    await asyncio.sleep(0.5)
    await caller.hang_up()
    ended = await controller.until_ended()
    assert ended.request["outcome"] == "CONTINUE"


async def test_a_leg_that_the_controller_ended_is_not_reported(controller: ScriptedController, phones: Phones) -> None:
    """IVRCTL_NEXT=end was its own decision: it knows."""
    await controller.start(hand_off("end"))
    caller = await phones.caller()
    await caller.dial(LINE)
    await caller.until(PhoneEvent.ESTABLISHED, within=5)
    await caller.until(PhoneEvent.CLOSED, within=5)
    await caller.dial(LINE)
    await controller.until_sessions(2)
    assert not controller.ended


@pytest.mark.parametrize("word", ["fallback", "garbage"])
async def test_a_refusal_is_spoken_at_once(
    word: str, controller: ScriptedController, phones: Phones, apology: Path
) -> None:
    """IVRCTL_NEXT=fallback, or a word that the dialplan does not know: no second try, the apology."""
    await controller.start(hand_off(word))
    caller = await phones.caller()
    await caller.dial(LINE)
    await caller.until(PhoneEvent.HEARING, within=5)
    await asyncio.sleep(2)
    await caller.hang_up()
    await caller.until(PhoneEvent.CLOSED, within=2)
    assert find(apology, caller.heard).at_seconds < 0.5
    assert len(controller.sessions) == 1


async def test_who_has_spoken_to_a_person_is_not_queued_again(
    controller: ScriptedController, phones: Phones, desk: Softphone, apology: Path
) -> None:
    """The controller is lost for good after an answered queue: the caller is let go, not apologised to."""
    caller, back = await handed_off(controller, phones, "queue", "vip,c,,,30")
    await desk.until(PhoneEvent.INCOMING, within=5)
    await desk.accept()
    await desk.until(PhoneEvent.HEARING, within=5)
    await controller.stop()
    await desk.hang_up()
    await caller.until(PhoneEvent.CLOSED, within=8)
    assert not back.done()
    assert not find(apology, caller.heard).is_begun


async def test_the_trunk_reaches_lines_only(controller: ScriptedController, phones: Phones) -> None:
    """A number that is an agent's extension does not ring him when it is dialled from outside."""
    agent = await phones.agent("8102")
    await controller.start(hand_off("end"))
    caller = await phones.caller()
    await caller.dial("8102")
    await caller.until(PhoneEvent.CLOSED, within=5)
    assert controller.sessions[0].request["agi_extension"] == "8102"
    assert PhoneEvent.INCOMING not in {seen.event for seen in agent.seen}


@pytest.mark.parametrize("label", ["entry", "fallback", "queue"])
async def test_a_caller_cannot_choose_a_label(controller: ScriptedController, phones: Phones, label: str) -> None:
    """A comma in what he dials is none of Goto's: the leg begins at its beginning, as that of a caller from outside."""
    await controller.start(hand_off("end"))
    caller = await phones.caller()
    await caller.dial(f"8001%2C{label}")
    await caller.until(PhoneEvent.CLOSED, within=5)
    request = controller.sessions[0].request
    assert (request["agi_extension"], request["agi_arg_2"], request["agi_arg_4"]) == ("8001", "start", "outside")


async def test_keys_are_not_written_down(pbx: Pbx, controller: ScriptedController, phones: Phones) -> None:
    """A PIN keyed in during a call is in no log of Asterisk's."""
    before = pbx.log.stat().st_size
    keys = []

    async def listen(session: AgiSession) -> None:
        await session.send("ANSWER")
        while len(keys) < 6:
            keys.append(chr(int((await session.send("WAIT FOR DIGIT 5000")).removeprefix("200 result="))))
        await session.hand_off("end")

    await controller.start(listen)
    caller = await phones.caller()
    await caller.dial(LINE)
    await caller.until(PhoneEvent.ESTABLISHED, within=5)
    await caller.press("904173")
    await caller.until(PhoneEvent.CLOSED, within=5)
    assert "".join(keys) == "904173"
    assert not re.search(rb"DTMF|904173", pbx.log.read_bytes()[before:])
