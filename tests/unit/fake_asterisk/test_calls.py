from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.fastagi_server import AgiSession, FastAgiServer
from ivrctl.agi.commands import Answer, GetOption, GetVariable, Noop, SetVariable, StreamFile, WaitForDigit
from ivrctl.agi.replies import Result
from ivrctl.testkit.fake_asterisk import (
    DialplanGlobals,
    FakeAsterisk,
    QueueSetup,
    ScriptFailed,
    fixed_lengths,
)

PROMPTS = fixed_lengths(
    {"welcome": 4.0, "menu": 6.0, "bye": 1.0, "fallback": 2.0, "silence/5": 5.0}
    | {f"notices/{name}": 3.0 for name in ("all-1", "all-2", "10010-1", "10086-1")}
)

Handler = Callable[[AgiSession], Awaitable[None]]
Start = Callable[..., Awaitable[FakeAsterisk]]


async def go_on(session: AgiSession, next_: str, handoff: str = "", args: str = "", **variables: str) -> None:
    """What a controller sets before it closes."""
    for name, value in {**variables, "IVRCTL_HANDOFF": handoff, "IVRCTL_ARGS": args, "IVRCTL_NEXT": next_}.items():
        await session.send(SetVariable(name, value))


@pytest.fixture
async def start() -> AsyncIterator[Start]:
    """Starts a controller with the test's handler, and a fake Asterisk that calls it."""
    servers: list[FastAgiServer] = []
    fakes: list[FakeAsterisk] = []

    async def start_with(handler: Handler, **options: Any) -> FakeAsterisk:
        server = FastAgiServer(handler, on_error=lambda *_: None)
        sock = socket.create_server(("127.0.0.1", 0))
        await server.start(sock)
        servers.append(server)
        fakes.append(FakeAsterisk(sock.getsockname(), PROMPTS, **options))
        return fakes[-1]

    yield start_with
    for fake in fakes:
        await fake.close()
    for server in servers:
        await server.close()


async def welcome(session: AgiSession) -> None:
    await session.send(Answer())
    await session.send(StreamFile("welcome"))
    await go_on(session, "end")


async def menu(session: AgiSession) -> None:
    """A menu: 1 leads to a queue, 2 to an extension, all else is the end; after a hand-off, goodbye."""
    if session.request.args[1] != "start":
        await session.send(StreamFile("bye"))
        return await go_on(session, "end")
    reply = await session.send(GetOption("menu"))
    match reply:
        case Result(result="49"):
            await go_on(session, "queue", "queue-1", "vip,c,,,60", QUEUE_PRIO="5")
        case Result(result="50"):
            await go_on(session, "dial", "dial-1", "PJSIP/8101,20,g")
        case _:
            await go_on(session, "end")
    return None


async def crash(_: AgiSession) -> None:
    raise ValueError("a bug")


async def test_caller_hears_a_prompt_to_its_end(start: Start) -> None:
    """A prompt that nothing cuts is heard in its whole length, after the answer."""
    caller = (await start(welcome)).call("10010")
    heard = await caller.hears("welcome")
    await caller.ends()
    assert (heard.started, heard.heard_seconds, heard.cut_by) == (0.5, 4.0, None)
    assert caller.channel.ended == 4.5


async def test_controller_is_told_who_calls(start: Start) -> None:
    """The request says the numbers, the line and the leg."""
    seen: list[object] = []

    async def handler(session: AgiSession) -> None:
        request = session.request
        seen.extend([request.callerid, request.extension, request.context, request.language, request.args[1]])
        seen.append(request.args[0].startswith(f"{request.uniqueid}-"))
        await go_on(session, "end")

    await (await start(handler)).call("10010", ani="13800138000", language="zh").ends()
    assert seen == ["13800138000", "10010", "ivrctl-lines", "zh", "start", True]


async def test_key_cuts_a_prompt(start: Start) -> None:
    """A key among the escape digits ends the prompt where it was pressed."""
    caller = (await start(menu)).call("10010")
    heard = await caller.hears("menu", seconds=2.5)
    await caller.press("1")
    await caller.enters_queue("vip")
    assert heard.cut_by == "1"
    assert heard.heard_seconds == pytest.approx(2.6)


async def test_key_in_a_prompt_without_escape_digits_is_lost(start: Start) -> None:
    """Nobody listens during STREAM FILE without escape digits."""
    caller = (await start(welcome)).call("10010")
    await caller.hears("welcome", seconds=1)
    await caller.press("5")
    await caller.ends()
    assert [(lost.key, lost.at) for lost in caller.channel.lost_keys] == [("5", pytest.approx(1.6))]


async def test_key_between_commands_is_lost(start: Start) -> None:
    """A key that is pressed while no command runs reaches nobody."""
    ready, go = asyncio.Event(), asyncio.Event()
    got: list[object] = []

    async def handler(session: AgiSession) -> None:
        await session.send(Noop())
        ready.set()
        await go.wait()
        got.append(await session.send(WaitForDigit(timedelta(seconds=1))))
        await go_on(session, "end")

    caller = (await start(handler)).call("10010")
    await ready.wait()
    caller.press_now("1")
    go.set()
    await caller.ends()
    assert got == [Result("0")]
    assert [lost.key for lost in caller.channel.lost_keys] == ["1"]


async def test_keys_one_after_the_other_are_collected(start: Start) -> None:
    """GET OPTION takes the first key, WAIT FOR DIGIT each further one, and none is lost on the way."""
    got: list[str | None] = []

    async def handler(session: AgiSession) -> None:
        reply = await session.send(GetOption("menu"))
        while isinstance(reply, Result) and reply.key is not None:
            got.append(reply.key)
            reply = await session.send(WaitForDigit(timedelta(seconds=3)))
        await go_on(session, "end")

    caller = (await start(handler)).call("10010")
    await caller.hears("menu", seconds=1)
    await caller.press("18*9#0")
    await caller.ends()
    assert got == list("18*9#0")
    assert caller.channel.lost_keys == []


async def test_hangup_cuts_a_prompt_and_ends_the_call(start: Start) -> None:
    """The controller sees -1 and HANGUP, and the loop is not entered again."""
    caller = (await start(welcome)).call("10010")
    heard = await caller.hears("welcome", seconds=1)
    caller.hang_up()
    await caller.ends()
    assert heard.cut_by == "hang-up"
    assert caller.agi_log[-3:] == ["< 200 result=-1 endpos=8000", "< HANGUP", "< HANGUP"]
    assert len(caller.legs) == 1
    assert caller.losses == 0


async def test_hangup_between_the_hand_off_and_its_queue_leaves_no_status(start: Start) -> None:
    """Where the call goes is said, and the caller leaves before he is there; the controller is told all the same."""
    told: list[AgiSession] = []

    async def handler(session: AgiSession) -> None:
        if session.request.network_script == "ended":
            told.append(session)
            return
        over = asyncio.Event()
        session.on_hangup(over.set)
        await go_on(session, "queue", "queue-1", "vip,c")
        caller.hang_up()
        await over.wait()

    caller = (await start(handler)).call("10010")
    await caller.ends()
    assert len(told) == 1
    assert caller.stays == []
    assert caller.channel.variables["IVRCTL_OUTCOME"] == ""


async def test_queue_with_c_comes_back_when_the_agent_hangs_up(start: Start) -> None:
    """The hand-off's outcome is CONTINUE, and AGI is entered with the hand-off's id in the same leg."""
    caller = (await start(menu)).call("10010")
    await caller.hears("menu", seconds=1)
    await caller.press("1")
    stay = await caller.enters_queue("vip")
    assert (stay.arguments, stay.priority) == ("vip,c,,,60", "5")
    stay.answer("8101")
    await caller.wait(300)
    stay.agent_hangs_up()
    await caller.hears("bye")
    await caller.ends()
    assert (stay.outcome, stay.agent) == ("CONTINUE", "8101")
    assert caller.channel.variables["IVRCTL_AFTER"] == "queue-1"
    assert caller.channel.variables["IVRCTL_OUTCOME"] == "CONTINUE"
    assert len(caller.legs) == 1


async def test_queue_gives_up_at_its_timeout(start: Start) -> None:
    """The fifth argument of Queue() bounds the wait."""
    caller = (await start(menu)).call("10010")
    await caller.hears("menu", seconds=1)
    await caller.press("1")
    stay = await caller.enters_queue()
    await caller.hears("bye", within=70)
    assert stay.outcome == "TIMEOUT"
    assert stay.ended == pytest.approx(stay.began + 60)


async def test_talk_is_not_cut_by_the_timeout(start: Start) -> None:
    """The timeout of a queue is for the wait."""
    caller = (await start(menu)).call("10010")
    await caller.hears("menu", seconds=1)
    await caller.press("1")
    stay = await caller.enters_queue()
    stay.answer("8101")
    await caller.wait(600)
    assert stay.is_talking


async def test_exit_key_leads_out_of_a_queue(start: Start) -> None:
    """A key of the queue's context is the outcome KEY_<k>; any other is lost."""
    caller = (await start(menu, queues={"vip": QueueSetup(exit_keys="0")})).call("10010")
    await caller.hears("menu", seconds=1)
    await caller.press("1")
    stay = await caller.enters_queue()
    await caller.press("50")
    await caller.hears("bye")
    assert stay.outcome == "KEY_0"
    assert [lost.key for lost in caller.channel.lost_keys] == ["5"]


@pytest.mark.parametrize(
    ("queues", "outcome"),
    [
        ({}, "UNKNOWN"),
        ({"vip": QueueSetup(is_empty=True)}, "JOINEMPTY"),
        ({"vip": QueueSetup(is_full=True)}, "FULL"),
    ],
)
async def test_queue_that_takes_nobody_in(start: Start, queues: dict[str, QueueSetup], outcome: str) -> None:
    """An unknown, empty or full queue has its outcome at once."""
    caller = (await start(menu, queues=queues)).call("10010")
    await caller.hears("menu", seconds=1)
    await caller.press("1")
    await caller.hears("bye")
    (stay,) = caller.stays
    assert (stay.outcome, stay.ended) == (outcome, stay.began)


async def test_script_ends_a_queue_with_any_status(start: Start) -> None:
    """LEAVEEMPTY and the like are the script's to say."""
    caller = (await start(menu)).call("10010")
    await caller.hears("menu", seconds=1)
    await caller.press("1")
    (await caller.enters_queue()).end("LEAVEEMPTY")
    await caller.hears("bye")
    assert caller.channel.variables["IVRCTL_OUTCOME"] == "LEAVEEMPTY"


async def test_dial_with_g_comes_back_after_the_talk(start: Start) -> None:
    """Dial's status is ANSWER, and the flow goes on."""
    caller = (await start(menu)).call("10010")
    await caller.hears("menu", seconds=1)
    await caller.press("2")
    call = await caller.is_dialled_to("PJSIP/8101")
    call.answer("8101")
    call.agent_hangs_up()
    await caller.hears("bye")
    assert (call.outcome, caller.channel.variables["IVRCTL_AFTER"]) == ("ANSWER", "dial-1")


async def test_dial_rings_as_long_as_it_says(start: Start) -> None:
    """Nobody answers within 20 s: NOANSWER."""
    caller = (await start(menu)).call("10010")
    await caller.hears("menu", seconds=1)
    await caller.press("2")
    call = await caller.is_dialled_to()
    await caller.hears("bye")
    assert (call.outcome, call.ended) == ("NOANSWER", pytest.approx(call.began + 20))


async def test_transfer_is_a_new_leg_of_the_same_channel(start: Start) -> None:
    """An agent's blind transfer enters the other line from its start, with the same uniqueid."""
    caller = (await start(menu)).call("10010")
    await caller.hears("menu", seconds=1)
    await caller.press("1")
    stay = await caller.enters_queue()
    stay.answer("8101")
    stay.transfer("8001")
    await caller.hears("menu")
    first, second = caller.legs
    assert (first.extension, second.extension) == ("10010", "8001")
    assert first.id != second.id
    assert second.id.startswith(caller.channel.uniqueid)
    assert caller.channel.variables["IVRCTL_AFTER"] == "start"


async def test_redirect_out_of_the_controller_looks_like_a_hangup(start: Start) -> None:
    """The controller sees HANGUP while the caller lives, and the other line begins when it has closed."""
    caller = (await start(menu)).call("10010")
    await caller.hears("menu", seconds=1)
    caller.redirect("8001")
    await caller.hears("menu", seconds=1)
    assert "< HANGUP" in caller.agi_log
    assert caller.legs[-1].extension == "8001"
    assert not caller.channel.has_left


async def test_lost_controller_is_tried_again(start: Start) -> None:
    """A session that ends without IVRCTL_NEXT is entered again with the same leg after a ring tone."""
    seen: list[tuple[str, ...]] = []

    async def handler(session: AgiSession) -> None:
        seen.append(session.request.args)
        if len(seen) == 1:
            raise ValueError("a bug")
        await welcome(session)

    caller = (await start(handler)).call("10010")
    await caller.hears("tone/ring")
    await caller.hears("welcome")
    assert seen[0] == seen[1]
    assert caller.losses == 1


async def test_controller_that_always_fails_ends_at_a_person(start: Start) -> None:
    """After six losses in a row the caller is in the fallback's queue within five seconds."""
    caller = (await start(crash)).call("10010")
    await caller.hears("fallback")
    await caller.enters_queue("front-desk")
    assert caller.is_in_fallback
    assert caller.losses == 6
    assert caller.stays[-1].began < 5 + 2


async def test_no_controller_ends_at_a_person(start: Start) -> None:
    """With nobody on the port the caller is in the fallback after about five seconds."""
    sock = socket.create_server(("127.0.0.1", 0))
    address = sock.getsockname()
    sock.close()
    async with FakeAsterisk(address, PROMPTS) as fake:
        caller = fake.call("10010")
        heard = await caller.hears("fallback")
        assert 4 < heard.started < 6
        await caller.enters_queue("front-desk")


async def test_missing_prompt_counts_as_a_failure_of_agi(start: Start) -> None:
    """AGISTATUS says FAILURE after a missing prompt, though the controller was there; what it set still counts."""

    async def handler(session: AgiSession) -> None:
        await session.send(StreamFile("nope"))
        await go_on(session, "end")

    caller = (await start(handler)).call("10010")
    await caller.ends()
    assert caller.channel.variables["AGISTATUS"] == "FAILURE"
    assert caller.losses == 0


async def test_losses_of_a_leg_are_bounded_through_handoffs(start: Start) -> None:
    """A flow that crashes the controller after each queue ends at a person, though each loss is the first in a row."""
    runs = 0

    async def handler(session: AgiSession) -> None:
        nonlocal runs
        runs += 1
        if runs % 2:
            raise ValueError("a bug")
        await go_on(session, "queue", f"queue-{runs}", "vip,c,,,1")

    caller = (await start(handler)).call("10010")
    await caller.enters_queue("front-desk")
    assert caller.losses == 9


async def test_refusing_controller_sends_the_caller_to_a_person_at_once(start: Start) -> None:
    """IVRCTL_NEXT=fallback costs no tries."""

    async def handler(session: AgiSession) -> None:
        await go_on(session, "fallback")

    caller = (await start(handler)).call("10010")
    await caller.hears("fallback")
    assert caller.losses == 0


async def test_served_caller_is_not_queued_again_by_the_fallback(start: Start) -> None:
    """After a talk that ended well a lost controller means goodbye, not another queue."""

    async def handler(session: AgiSession) -> None:
        if session.request.args[1] == "start":
            return await go_on(session, "queue", "queue-1", "vip,c,,,60")
        raise ValueError("a bug")

    caller = (await start(handler)).call("10010")
    stay = await caller.enters_queue("vip")
    stay.answer("8101")
    stay.agent_hangs_up()
    await caller.ends()
    assert [stay.target for stay in caller.stays] == ["vip"]
    assert caller.is_in_fallback


@pytest.mark.thorough
async def test_silent_controller_is_left_at_the_limit_of_a_leg(start: Start) -> None:
    """A controller that accepts and says nothing holds a caller for the leg's time, and then a person takes him."""

    async def handler(session: AgiSession) -> None:
        over = asyncio.Event()
        session.on_hangup(over.set)
        await over.wait()

    caller = (await start(handler, numbers=DialplanGlobals(leg_seconds=20.0))).call("10010")
    heard = await caller.hears("fallback")
    assert heard.started == pytest.approx(20)


async def test_controller_may_wait_on_the_callers_clock(start: Start) -> None:
    """A lookup of 30 s under silence costs the caller 30 s, and the test none."""

    async def handler(session: AgiSession) -> None:
        lookup = asyncio.ensure_future(clock.sleep(12))
        while not lookup.done():
            await session.send(StreamFile("silence/5"))
        await session.send(StreamFile("bye"))
        await go_on(session, "end")

    fake = await start(handler)
    clock = fake.clock
    caller = fake.call("10010")
    heard = await caller.hears("bye")
    await caller.ends()
    assert heard.started == 15
    assert caller.longest_silence == 15


async def test_silence_is_measured_outside_of_queues(start: Start) -> None:
    """Time in a queue, with its music, is no silence; the time before a prompt is."""
    caller = (await start(menu)).call("10010")
    await caller.hears("menu", seconds=1)
    await caller.press("1")
    await caller.hears("bye", within=90)
    await caller.ends()
    assert caller.longest_silence == pytest.approx(0)


async def test_calls_side_by_side_do_not_mix(start: Start) -> None:
    """Two callers hear their own prompts, each on his own leg."""
    fake = await start(menu)
    one, two = fake.call("10010"), fake.call("10011")
    await asyncio.gather(one.hears("menu", seconds=1), two.hears("menu", seconds=1))
    await one.press("1")
    await one.enters_queue("vip")
    await two.ends()
    assert (len(one.stays), len(two.stays)) == (1, 0)
    assert one.legs[0].id != two.legs[0].id


async def test_same_script_runs_alike_every_time(start: Start) -> None:
    """On the virtual clock a call is the same to the last line."""

    async def run() -> tuple[str, list[str]]:
        caller = (await start(menu)).call("10010")
        await caller.hears("menu", seconds=2)
        await caller.press("1")
        stay = await caller.enters_queue()
        stay.answer("8101")
        await caller.wait(30)
        stay.agent_hangs_up()
        await caller.ends()
        return caller.transcript(), list(caller.agi_log)

    assert await run() == await run()


async def test_prompt_that_does_not_come_fails_the_script(start: Start) -> None:
    """The failure shows what was heard instead."""
    caller = (await start(menu)).call("10010")
    with pytest.raises(ScriptFailed, match=r"should hear welcome(.|\n)*heard menu"):
        await caller.hears("welcome")


async def test_prompt_that_comes_too_late_fails_the_script(start: Start) -> None:
    """A limit is on the caller's clock."""
    caller = (await start(menu)).call("10010")
    await caller.hears("menu", seconds=1)
    await caller.press("1")
    with pytest.raises(ScriptFailed, match="not within 10 s"):
        await caller.hears("bye", within=10)


async def test_prompt_counts_once(start: Start) -> None:
    """A prompt that was heard does not satisfy the next line of the script."""
    caller = (await start(welcome)).call("10010")
    await caller.hears("welcome")
    with pytest.raises(ScriptFailed, match="the call is over"):
        await caller.hears("welcome")


async def test_prompt_may_be_known_by_a_test_of_its_file(start: Start) -> None:
    """A script that knows a text finds its file by its own means."""
    caller = (await start(welcome)).call("10010")
    heard = await caller.hears(lambda file: file.startswith("wel"))
    assert heard.file == "welcome"


async def test_agent_cannot_hang_up_before_he_answered(start: Start) -> None:
    """A script that contradicts itself is told so."""
    caller = (await start(menu)).call("10010")
    await caller.hears("menu", seconds=1)
    await caller.press("1")
    stay = await caller.enters_queue()
    with pytest.raises(ValueError, match="nobody has answered"):
        stay.agent_hangs_up()


async def test_missing_prompt_is_not_heard(start: Start) -> None:
    """A file that does not exist fails in the controller and leaves nothing in the caller's ear."""
    got: list[object] = []

    async def handler(session: AgiSession) -> None:
        got.append(await session.send(StreamFile("nope")))
        got.append(await session.send(GetVariable("IVRCTL_LINE")))
        await go_on(session, "end")

    caller = (await start(handler)).call("10010")
    await caller.ends()
    assert got == [Result("-1", None, 0), Result("1", "10010")]
    assert list(caller.heard) == []


async def test_closing_hangs_up_what_stands(start: Start) -> None:
    """Leaving the context ends every call, and the controller is told."""
    hung_up = asyncio.Event()

    async def handler(session: AgiSession) -> None:
        session.on_hangup(hung_up.set)
        await session.send(StreamFile("welcome"))

    fake = await start(handler)
    caller = fake.call("10010")
    await caller.hears("welcome", seconds=1)
    await fake.close()
    async with Deadline(5):
        await hung_up.wait()
    assert caller.has_ended


async def test_fault_of_the_fake_is_not_a_silent_caller(start: Start) -> None:
    """What goes wrong inside the fake reaches the script as itself."""

    def broken(_: str) -> float:
        raise ZeroDivisionError("no such table")

    other = FakeAsterisk((await start(welcome))._agi, broken)
    with pytest.raises(ZeroDivisionError):
        await other.call("10010").hears("welcome")


async def test_fallback_says_the_notices_before_its_apology(start: Start) -> None:
    """Those for everybody first, then those for the line, each that is there and not over; nobody else is asked."""

    async def handler(session: AgiSession) -> None:
        await go_on(session, "fallback")

    announced = {"notices/all-2", "notices/10010-1", "notices/10086-1"}
    caller = (await start(handler, numbers=DialplanGlobals(is_announced=announced.__contains__))).call("10010")
    await caller.hears("fallback")
    assert [prompt.file for prompt in caller.heard] == ["notices/all-2", "notices/10010-1", "fallback"]
