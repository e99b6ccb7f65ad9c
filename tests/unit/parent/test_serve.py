"""``serve`` over real processes and sockets: what callers, operators and the next ``serve`` see of it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import stat
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from ivrctl.adapters.deadline import Deadline

pytestmark = pytest.mark.thorough

StartServe = Callable[..., Awaitable[Any]]


async def test_a_child_serves_on_the_parents_socket(start_serve: StartServe) -> None:
    """The socket is the parent's, the answer the child's."""
    serve = await start_serve()
    pid = await serve.said("ready")
    assert await serve.ask("pid") == str(pid)
    assert list(serve.phases) == [pid]


async def test_a_caller_who_comes_while_a_dead_child_is_replaced_is_served(start_serve: StartServe) -> None:
    """The connection waits in the backlog: nobody is refused."""
    serve = await start_serve()
    first = await serve.said("ready")
    assert await serve.ask("crash") == ""
    second = int(await serve.ask("pid"))
    assert second != first
    assert await serve.said("ready") == second
    assert serve.status["restarts"] == 1


async def test_a_child_killed_from_outside_is_replaced(start_serve: StartServe) -> None:
    """By the kernel's out-of-memory killer, for one."""
    serve = await start_serve()
    first = await serve.said("ready")
    os.kill(first, signal.SIGKILL)
    await serve.heard("the controller was ended by SIGKILL")
    assert int(await serve.ask("pid")) != first


async def test_a_stalled_event_loop_is_replaced_within_five_seconds(start_serve: StartServe) -> None:
    """With the periods that a site runs with."""
    serve = await start_serve()
    await serve.said("ready")
    begun = time.monotonic()
    assert await serve.ask("stall") == ""
    await serve.ask("pid")
    assert time.monotonic() - begun < 5.0


async def test_no_connection_is_refused_or_lost_while_children_are_replaced(start_serve: StartServe) -> None:
    """Four callers connect without a pause through five reloads; each connection is answered."""
    serve = await start_serve()
    await serve.said("ready")
    over = asyncio.Event()
    answers: list[str] = []

    async def call() -> None:
        while not over.is_set():
            answers.append(await serve.ask("pid"))

    async with asyncio.TaskGroup() as callers:
        for _ in range(4):
            callers.create_task(call())
        for _ in range(5):
            serve.send(signal.SIGHUP)
            await serve.said("ready")
        over.set()
    assert "" not in answers
    assert len(set(answers)) >= 5


async def test_a_session_is_ended_by_the_child_that_began_it(start_serve: StartServe) -> None:
    """A reload does not cut a caller off; the old child leaves when he is done."""
    serve = await start_serve()
    old = await serve.said("ready")
    reader, writer = await serve.connect()
    writer.write(b"hold\n")
    await reader.readline()
    serve.send(signal.SIGHUP)
    new = await serve.said("ready")
    await serve.heard("the new controller serves; the old one leaves when its sessions have ended")
    async with Deadline(20):
        # Until it has heard that it is to leave, the old one may still answer.
        while await serve.ask("pid") != str(new):
            pass
    assert serve.phases == {old: "draining", new: "serving"}
    writer.write(b"\n")
    assert await reader.readline() == b"held\n"


async def test_an_old_child_that_does_not_leave_is_killed_after_the_drain(start_serve: StartServe) -> None:
    """Its session is resumed elsewhere."""
    serve = await start_serve(drain=0.5)
    await serve.said("ready")
    reader, writer = await serve.connect()
    writer.write(b"hold\n")
    await reader.readline()
    serve.send(signal.SIGHUP)
    await serve.heard("the leaving controller still held sessions 0.5 s after it was told to leave")
    assert await reader.read() == b""


async def test_a_wrong_configuration_ends_the_first_start_with_code_2(start_serve: StartServe) -> None:
    """Its findings are shown as they are, line by line."""
    serve = await start_serve("wrong")
    await serve.heard("ivrctl: site.yaml:3:1: error: no such flow")
    await serve.heard("site.yaml:9:1: error: no such queue")
    assert await serve.ended() == 2


async def test_a_wrong_configuration_at_a_reload_leaves_the_old_child_serving(start_serve: StartServe) -> None:
    """And the operator is told why."""
    serve = await start_serve()
    old = await serve.said("ready")
    serve.mood.write_text("wrong")
    serve.send(signal.SIGHUP)
    await serve.heard("site.yaml:3:1: error: no such flow")
    await serve.heard("the old one goes on serving")
    assert await serve.ask("pid") == str(old)


async def test_a_new_child_that_crashes_leaves_the_old_one_serving(start_serve: StartServe) -> None:
    """And the operator is told."""
    serve = await start_serve()
    old = await serve.said("ready")
    serve.mood.write_text("crash")
    serve.send(signal.SIGHUP)
    await serve.heard("the new controller exited with status 1")
    await serve.heard("the old controller goes on serving")
    assert await serve.ask("pid") == str(old)


async def test_callers_are_turned_away_while_no_child_comes_up(start_serve: StartServe) -> None:
    """Their connections end at once, instead of hanging in the backlog; when a child serves, they are served."""
    serve = await start_serve("crash", turn_away_after=0.2, longest_pause=0.5)
    await serve.heard("the new controller exited with status 1")
    assert await serve.ask("pid") == ""
    serve.mood.write_text("serve")
    pid = await serve.said("ready")
    assert await serve.ask("pid") == str(pid)


async def test_a_child_that_is_never_ready_is_replaced(start_serve: StartServe) -> None:
    """It may hang on something that is there the next time."""
    serve = await start_serve("never ready", ready_within=1.0)
    first = await serve.said("starting")
    serve.mood.write_text("serve")
    await serve.heard("the new controller was not ready within 1 s and was killed")
    assert await serve.said("ready") != first


async def test_sigterm_lets_sessions_end_and_leaves_with_code_0(start_serve: StartServe) -> None:
    """Callers who come meanwhile are turned away."""
    serve = await start_serve()
    await serve.said("ready")
    reader, writer = await serve.connect()
    writer.write(b"hold\n")
    await reader.readline()
    serve.send(signal.SIGTERM)
    await serve.turned_away()
    writer.write(b"\n")
    assert await reader.readline() == b"held\n"
    assert await serve.ended() == 0


async def test_a_stop_leaves_no_socket_and_no_status_behind(start_serve: StartServe) -> None:
    """So that commands see at once that nobody serves."""
    serve = await start_serve()
    await serve.said("ready")
    serve.send(signal.SIGTERM)
    await serve.ended()
    assert sorted(path.name for path in serve.state.iterdir()) == ["journal", "lock", "versions"]


async def test_sigint_leaves_with_code_130(start_serve: StartServe) -> None:
    """As a shell expects it after Ctrl-C."""
    serve = await start_serve()
    await serve.said("ready")
    serve.send(signal.SIGINT)
    assert await serve.ended() == 130


async def test_a_second_signal_does_not_wait_for_sessions(start_serve: StartServe) -> None:
    """The operator is impatient."""
    serve = await start_serve()
    await serve.said("ready")
    reader, writer = await serve.connect()
    writer.write(b"hold\n")
    await reader.readline()
    serve.send(signal.SIGTERM)
    # The first signal has been taken in, and the second does not melt into it.
    await serve.turned_away()
    serve.send(signal.SIGTERM)
    assert await serve.ended() == 0
    assert await reader.read() == b""


@pytest.mark.parametrize(("what", "code"), [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
async def test_told_again_and_again_until_it_has_left_it_ends_as_with_once(
    start_serve: StartServe, what: signal.Signals, code: int
) -> None:
    """Also between its last turn and the end of its process, when there is nothing left that could be stopped."""
    serve = await start_serve()
    await serve.said("ready")
    # Not by way of its object, which asks the kernel first whether it has ended, and is told instead of asyncio.
    with contextlib.suppress(ProcessLookupError):
        while serve.process.returncode is None:
            os.kill(serve.process.pid, what)
            await asyncio.sleep(0)
    assert await serve.ended() == code


async def test_a_child_is_out_of_reach_of_the_terminals_interrupt(start_serve: StartServe) -> None:
    """Ctrl-C goes to the foreground group, and must not cut sessions short."""
    serve = await start_serve()
    pid = await serve.said("ready")
    assert os.getpgid(pid) != os.getpgid(serve.process.pid)


async def test_children_leave_with_a_killed_parent(start_serve: StartServe) -> None:
    """And a new parent gets the same address and folder at once."""
    serve = await start_serve()
    await serve.said("ready")
    port = serve.port
    serve.send(signal.SIGKILL)
    await serve.ended()
    again = await start_serve(port=port)
    pid = await again.said("ready")
    assert again.port == port
    assert await again.ask("pid") == str(pid)


async def test_a_stalled_child_leaves_with_a_killed_parent_too(start_serve: StartServe) -> None:
    """It could not hear anything that waits for its event loop."""
    serve = await start_serve()
    await serve.said("ready")
    _, writer = await serve.connect()
    writer.write(b"stall\n")
    await writer.drain()
    serve.send(signal.SIGKILL)
    await serve.ended()


async def test_a_second_serve_in_the_same_folder_is_refused(start_serve: StartServe) -> None:
    """It names the process that is there, and the first one goes on."""
    serve = await start_serve()
    pid = await serve.said("ready")
    second = await start_serve()
    await second.heard(f"another ivrctl serve is running here, pid {serve.process.pid}")
    assert await second.ended() == 2
    assert await serve.ask("pid") == str(pid)


async def test_the_api_socket_is_its_users_alone(start_serve: StartServe) -> None:
    """Mode 0600 from the first moment."""
    serve = await start_serve()
    await serve.said("ready")
    mode = (serve.state / "api.sock").stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600
