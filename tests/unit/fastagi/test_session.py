from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.fastagi_server import AgiSession, HungUp, LossReason, SessionLost
from ivrctl.agi.commands import GetVariable, Noop, SetVariable, StreamFile, WaitForDigit
from ivrctl.agi.errors import LocalProtocolError
from ivrctl.agi.replies import Reply, Result

if TYPE_CHECKING:
    from conftest import StartDesk

SHORT = timedelta(milliseconds=30)
LONG = timedelta(seconds=30)


class Handled:
    """A handler that runs a test's own steps, and keeps what came of them."""

    def __init__(self, steps: Callable[[AgiSession], Awaitable[object]]) -> None:
        self._steps = steps
        self.result: asyncio.Future[object] = asyncio.get_running_loop().create_future()

    async def __call__(self, session: AgiSession) -> None:
        """Serve one session."""
        try:
            self.result.set_result(await self._steps(session))
        except (HungUp, SessionLost, LocalProtocolError) as end:
            self.result.set_result(end)

    async def outcome(self) -> object:
        """What the steps returned, or the end that they met."""
        async with Deadline(5):
            return await self.result


def lost(end: object) -> LossReason:
    assert isinstance(end, SessionLost)
    return end.reason


async def passes(time: timedelta) -> None:
    """Let a short deadline lie behind us: what must *not* happen at it can only be seen after it."""
    passed = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(time.total_seconds(), passed.set_result, None)
    await passed


async def noop(session: AgiSession) -> Reply:
    return await session.send(Noop())


async def test_handler_sees_the_request_and_the_peer(desk: StartDesk) -> None:
    """A session carries what Asterisk said of the channel, and which Asterisk it was."""

    async def steps(session: AgiSession) -> object:
        return session.request.args, session.peer

    handled = Handled(steps)
    peer = await (await desk(handled)).call()
    host, port = peer.writer.get_extra_info("sockname")
    assert await handled.outcome() == (("L",), f"{host}:{port}")


async def test_command_is_sent_and_its_reply_returned(desk: StartDesk) -> None:
    """Sending gives the reply to its command."""
    handled = Handled(lambda session: session.send(GetVariable("A")))
    peer = await (await desk(handled)).call()
    assert await peer.answers(b"200 result=1 (x)\n") == b'GET VARIABLE "A"\n'
    assert await handled.outcome() == Result("1", "x")


async def test_request_in_single_bytes_is_served(desk: StartDesk) -> None:
    """However the block is cut, it is one request."""
    block = b"agi_request: agi://h/leg\nagi_channel: PJSIP/1\nagi_uniqueid: 1.1\n\n"
    handled = Handled(noop)
    peer = await (await desk(handled)).connect()
    for byte in block:
        peer.say(bytes([byte]))
        await asyncio.sleep(0)
    await peer.answers(b"200 result=0\n")
    assert await handled.outcome() == Result("0")


async def test_socket_is_closed_when_the_handler_has_returned(desk: StartDesk) -> None:
    """The end of the handler is the end of AGI()."""
    handled = Handled(noop)
    peer = await (await desk(handled)).call()
    await peer.answers(b"200 result=0\n")
    assert await peer.is_closed()


async def test_hangup_in_a_command_ends_the_leg(desk: StartDesk) -> None:
    """HANGUP while a prompt plays raises HungUp, though no reply has come."""
    handled = Handled(lambda session: session.send(StreamFile("one")))
    peer = await (await desk(handled)).call()
    await peer.line()
    peer.say(b"HANGUP\n")
    assert isinstance(await handled.outcome(), HungUp)


async def test_socket_is_closed_before_the_handler_knows_of_the_hangup(desk: StartDesk) -> None:
    """A transfer's target starts only when the socket is closed: close first, clean up after."""

    async def steps(session: AgiSession) -> object:
        over = asyncio.Event()
        session.on_hangup(over.set)
        await over.wait()
        await asyncio.Event().wait()
        return None

    peer = await (await desk(Handled(steps))).call(b"HANGUP\n")
    assert await peer.is_closed()


async def test_hangup_between_commands_is_told(desk: StartDesk) -> None:
    """A handler that is in a lookup can give it up."""

    async def steps(session: AgiSession) -> object:
        over = asyncio.Event()
        session.on_hangup(over.set)
        await over.wait()
        return session.is_hung_up

    handled = Handled(steps)
    peer = await (await desk(handled)).call()
    peer.say(b"HANGUP\n")
    assert await handled.outcome() is True


async def test_late_callback_is_called_at_once(desk: StartDesk) -> None:
    """Who asks after the end is told at once."""

    async def steps(session: AgiSession) -> object:
        session.close()
        told: list[bool] = []
        session.on_hangup(lambda: told.append(True))
        return told

    handled = Handled(steps)
    await (await desk(handled)).call()
    assert await handled.outcome() == [True]


async def test_sends_after_the_hangup_fail_alike(desk: StartDesk) -> None:
    """A leg that is over stays over."""

    async def steps(session: AgiSession) -> object:
        with pytest.raises(HungUp):
            await session.send(Noop())
        return await session.send(SetVariable("A", "b"))

    handled = Handled(steps)
    peer = await (await desk(handled)).call()
    await peer.line()
    peer.say(b"HANGUP\n")
    assert isinstance(await handled.outcome(), HungUp)


async def test_failed_prompt_of_a_living_channel_is_a_result(desk: StartDesk) -> None:
    """-1 for a missing file comes back as a result, after a look whether the leg is over."""
    handled = Handled(lambda session: session.send(StreamFile("nope")))
    peer = await (await desk(handled)).call()
    await peer.answers(b"200 result=-1 endpos=0\n")
    assert await peer.answers(b"200 result=0\n") == b"NOOP\n"
    assert await handled.outcome() == Result("-1", None, 0)


async def test_failed_prompt_of_a_dead_channel_is_a_hangup(desk: StartDesk) -> None:
    """-1 because the caller hung up is followed by HANGUP, and is never taken for a missing file."""
    handled = Handled(lambda session: session.send(StreamFile("one")))
    peer = await (await desk(handled)).call()
    await peer.answers(b"200 result=-1 endpos=8000\n")
    await peer.answers(b"HANGUP\n200 result=0\n")
    assert isinstance(await handled.outcome(), HungUp)


async def test_reply_and_hangup_in_one_segment_are_a_hangup(desk: StartDesk) -> None:
    """With AGIEXITONHANGUP the reply, HANGUP and the end come together."""
    handled = Handled(lambda session: session.send(StreamFile("one")))
    peer = await (await desk(handled)).call()
    await peer.answers(b"200 result=-1 endpos=8000\nHANGUP\nHANGUP\n")
    peer.writer.close()
    assert isinstance(await handled.outcome(), HungUp)


async def test_end_of_input_loses_the_session(desk: StartDesk) -> None:
    """Asterisk gone without HANGUP is a loss."""
    handled = Handled(noop)
    peer = await (await desk(handled)).call()
    await peer.line()
    peer.writer.close()
    assert lost(await handled.outcome()) is LossReason.END_OF_INPUT


async def test_reset_loses_the_session(desk: StartDesk) -> None:
    """A connection that breaks is a loss."""
    handled = Handled(noop)
    peer = await (await desk(handled)).call()
    await peer.line()
    peer.writer.transport.abort()
    assert lost(await handled.outcome()) in {LossReason.RESET, LossReason.END_OF_INPUT}


async def test_missing_reply_loses_the_session(desk: StartDesk) -> None:
    """A deadline bounds what Asterisk may take, and the socket is closed with it."""
    handled = Handled(lambda session: session.send(Noop(), longest=SHORT))
    peer = await (await desk(handled)).call()
    await peer.line()
    assert lost(await handled.outcome()) is LossReason.DEADLINE
    assert await peer.is_closed()


async def test_shorter_deadline_after_a_longer_one_holds(desk: StartDesk) -> None:
    """The timer of a long prompt does not delay the deadline of the command after it."""

    async def steps(session: AgiSession) -> object:
        await session.send(StreamFile("one"), longest=LONG)
        return await session.send(Noop(), longest=SHORT)

    handled = Handled(steps)
    peer = await (await desk(handled)).call()
    await peer.answers(b"200 result=0 endpos=8000\n")
    assert lost(await handled.outcome()) is LossReason.DEADLINE


async def test_longer_deadline_after_a_shorter_one_holds(desk: StartDesk) -> None:
    """The timer of a short command does not cut the command after it."""

    async def steps(session: AgiSession) -> object:
        await session.send(Noop(), longest=SHORT)
        return await session.send(StreamFile("one"), longest=LONG)

    handled = Handled(steps)
    peer = await (await desk(handled)).call()
    await peer.answers(b"200 result=0\n")
    await peer.line()
    await passes(2 * SHORT)
    peer.say(b"200 result=0 endpos=8000\n")
    assert await handled.outcome() == Result("0", None, 8000)


async def test_no_deadline_runs_while_it_is_our_turn(desk: StartDesk) -> None:
    """A handler may think as long as it likes between two commands."""

    async def steps(session: AgiSession) -> object:
        await session.send(Noop(), longest=SHORT)
        await passes(2 * SHORT)
        return await session.send(Noop())

    handled = Handled(steps)
    peer = await (await desk(handled)).call()
    await peer.answers(b"200 result=0\n")
    await peer.answers(b"200 result=0\n")
    assert await handled.outcome() == Result("0")


async def test_junk_loses_the_session(desk: StartDesk) -> None:
    """A peer that is out of step is not talked to any more."""
    handled = Handled(noop)
    peer = await (await desk(handled)).call()
    await peer.answers(b"junk\n")
    assert lost(await handled.outcome()) is LossReason.PROTOCOL


async def test_second_command_at_once_is_refused(desk: StartDesk) -> None:
    """Two tasks cannot send at the same time: the second has a local fault, the first its reply."""

    async def steps(session: AgiSession) -> object:
        first = asyncio.ensure_future(session.send(Noop()))
        await asyncio.sleep(0)
        with pytest.raises(LocalProtocolError):
            await session.send(Noop())
        return await first

    handled = Handled(steps)
    peer = await (await desk(handled)).call()
    await peer.answers(b"200 result=0\n")
    assert await handled.outcome() == Result("0")


async def test_command_that_cannot_be_encoded_leaves_the_session_whole(desk: StartDesk) -> None:
    """A local fault sends nothing, and the next command goes through."""

    async def steps(session: AgiSession) -> object:
        with pytest.raises(LocalProtocolError):
            await session.send(SetVariable("A", "x\nHANGUP"))
        return await session.send(Noop())

    handled = Handled(steps)
    peer = await (await desk(handled)).call()
    assert await peer.answers(b"200 result=0\n") == b"NOOP\n"
    assert await handled.outcome() == Result("0")


async def test_given_up_command_keeps_the_line_until_its_reply(desk: StartDesk) -> None:
    """A handler that stops waiting cannot send until Asterisk has answered, and then it can."""

    async def steps(session: AgiSession) -> object:
        with pytest.raises(TimeoutError):
            async with Deadline(SHORT.total_seconds()):
                await session.send(WaitForDigit(LONG))
        with pytest.raises(LocalProtocolError):
            await session.send(Noop())
        peer.say(b"200 result=0\n")
        await passes(SHORT)
        return await session.send(Noop())

    handled = Handled(steps)
    peer = await (await desk(handled)).call()
    await peer.line()
    await peer.answers(b"200 result=0\n")
    assert await handled.outcome() == Result("0")


async def test_closed_session_sends_nothing(desk: StartDesk) -> None:
    """After close every send is lost for our own reason."""

    async def steps(session: AgiSession) -> object:
        session.close()
        return await session.send(Noop())

    handled = Handled(steps)
    peer = await (await desk(handled)).call()
    assert lost(await handled.outcome()) is LossReason.CLOSED
    assert await peer.is_closed()
