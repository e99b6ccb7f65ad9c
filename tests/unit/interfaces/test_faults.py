"""A question to an interface that does not answer as it should is a fault in time, which tells nothing."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.lookup_answer import LookupFault
from ivrctl.adapters.site_lookups import SiteLookups
from ivrctl.model.values import Secret
from ivrctl.testkit.interface_server import ANSWERS, InterfaceServer, closed_port
from ivrctl.testkit.interface_server.answers import FAULTY, GOOD, MISSING, REFUSING, UNDECLARED

from .conftest import Open
from .sites import LOOKUPS, NUMBER, PIN, TOKEN, lookup

DEADLINE = timedelta(milliseconds=300)
GRACE = 0.1
"""Seconds beyond the deadline within which every fault is told."""

REASONS = {
    "error": "it answered with the status 500",
    "busy": "it answered with the status 429",
    "hanging": "no answer within 0.3 s",
    "hanging-behind-headers": "no answer within 0.3 s",
    "byte-by-byte": "no answer within 0.3 s",
    "endless": "its answer has more than 64 kB",
    "endless-chunks": "its answer has more than 64 kB",
    "gzip-bomb": "its answer is compressed, which was not asked for",
    "endless-headers": "its answer is no HTTP, or has headers without bounds",
    "endless-interim": "no answer within 0.3 s",
    "huge-header": "its answer is no HTTP, or has headers without bounds",
    "redirect": "it sends us elsewhere, with the status 302",
    "elsewhere": "it sends us elsewhere, with the status 307",
    "torn": "it broke off in the middle of its answer",
    "reset": "it broke off in the middle of its answer",
    "nothing": "it broke off in the middle of its answer",
    "no-http": "its answer is no HTTP, or has headers without bounds",
    "no-json": "its answer is no JSON",
    "half-json": "its answer is no JSON",
    "html": "its answer is not application/json",
    "no-type": "its answer is not application/json",
    "latin-1": "its answer is not UTF-8",
    "nan": "its JSON holds a number that is none, such as NaN",
    "infinity": "its JSON holds a number that is none, such as NaN",
    "twice": "its JSON holds a key twice",
    "deep": "its JSON is nested deeper than 16",
    "long-number": "its JSON holds a number that is too long",
    "huge-exponent": "its JSON holds a number that is too long",
    "text": "its answer is not an object",
    "unauthorized": "it answered with the status 401",
    "unprocessable": "it answered with the status 422",
    "conflict": "it answered with the status 409",
}
OF_UNDECLARED = {
    "wrong-types": '"command" is not as declared: an answer that is none of queue, extension, refuse',
    "unknown-command": '"command" is not as declared: an answer that is none of queue, extension, refuse',
    "unknown-queue": '"queue" is no queue of the site',
    "unknown-extension": '"extension" is no extension of the site',
    "shell": '"queue" is not as declared: a text that is not the name of a queue',
    "nested": '"command" is not as declared: an answer that is none of queue, extension, refuse',
    "without-a-field": 'the answer has no "command"',
}


async def fault_of(lookups: SiteLookups, kind: str, within: timedelta = DEADLINE) -> tuple[str, float]:
    """The fault of a question, and after how many seconds it was told, in which this process was let run."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    with pytest.raises(LookupFault) as fault:
        await lookups.ask(kind, {"number": NUMBER}, within)
    return str(fault.value), loop.time() - began


@pytest.mark.parametrize("kind", [*FAULTY, *REFUSING])
async def test_fault_is_told_in_time_and_in_words(kind: str, lookups: SiteLookups) -> None:
    """Every fault is told within the deadline and a tenth of a second."""
    reason, seconds = await fault_of(lookups, kind)
    assert reason == f"the interface crm: {REASONS[kind]}"
    assert seconds < DEADLINE.total_seconds() + GRACE


@pytest.mark.parametrize("kind", UNDECLARED)
async def test_answer_that_is_not_as_declared_is_a_fault(kind: str, lookups: SiteLookups) -> None:
    """A command, a queue, an extension that the site does not know is obeyed by nobody."""
    assert (await fault_of(lookups, kind))[0] == OF_UNDECLARED[kind]


@pytest.mark.parametrize("kind", [*FAULTY, *REFUSING, *UNDECLARED])
async def test_fault_tells_nothing_that_was_asked_or_answered(kind: str, lookups: SiteLookups) -> None:
    """Neither the number of the caller nor the token nor a word of the answer stands in a fault: it goes into logs."""
    reason, _ = await fault_of(lookups, kind)
    for word in (NUMBER, TOKEN, "127.0.0.1", "self-destruct", "nowhere", "9999", "SHELL", "Sorry", "169.254"):
        assert word not in reason


async def test_port_that_is_closed_is_a_fault_at_once(opened: Open) -> None:
    """Who refuses the connection is not waited for."""
    reason, seconds = await fault_of(opened(f"http://127.0.0.1:{closed_port()}"), "good")
    assert reason == "the interface crm: no connection: Connection refused"
    assert seconds < DEADLINE.total_seconds()


async def test_name_that_does_not_exist_is_a_fault(opened: Open) -> None:
    """A name under ``.invalid`` never resolves (RFC 6761); where names take long, the deadline ends it."""
    reason, seconds = await fault_of(opened("https://crm.invalid/api"), "good")
    assert reason in {"the interface crm: its name cannot be resolved", "the interface crm: no answer within 0.3 s"}
    assert seconds < DEADLINE.total_seconds() + GRACE


async def test_certificate_that_nobody_vouches_for_is_a_fault(opened: Open) -> None:
    """TLS without trust is a fault, and nothing was asked by then."""
    async with InterfaceServer(is_encrypted=True) as server:
        reason, seconds = await fault_of(opened(server.url), "good", timedelta(seconds=2))
        assert reason == "the interface crm: its certificate is not trusted"
        assert seconds < 2
        assert server.asked == []


async def test_tls_where_none_is_spoken_is_a_fault(server: InterfaceServer, opened: Open) -> None:
    """An interface that answers in the clear is no answer to a handshake."""
    reason, _ = await fault_of(opened(server.url.replace("http:", "https:")), "good")
    assert reason.startswith("the interface crm: ")


async def test_caller_who_hangs_up_closes_the_request(server: InterfaceServer, lookups: SiteLookups) -> None:
    """A question that is given up leaves no connection behind."""
    asking = asyncio.ensure_future(lookups.ask("hanging", {"number": NUMBER}, timedelta(seconds=30)))
    async with Deadline(5):
        await server.arrived.wait()
        asking.cancel()
        await asyncio.wait({asking})
        await server.left.wait()
    assert asking.cancelled()


async def test_connections_are_bounded_and_waiting_for_one_counts(
    server: InterfaceServer, lookups: SiteLookups
) -> None:
    """Four connections are declared: the fifth question waits for one, and its deadline runs meanwhile."""
    patient = timedelta(seconds=30)
    four = [asyncio.ensure_future(lookups.ask("hanging", {"number": NUMBER}, patient)) for _ in range(4)]
    async with Deadline(20):
        while len(server.asked) < len(four):  # noqa: ASYNC110 - it tells of the first one alone
            await asyncio.sleep(0.01)
    reason, seconds = await fault_of(lookups, "hanging")
    assert (reason, len(server.asked)) == ("the interface crm: no answer within 0.3 s", 4)
    assert seconds < DEADLINE.total_seconds() + GRACE
    for asking in four:
        asking.cancel()
    await asyncio.wait(four)


async def test_secret_goes_in_the_body_alone(server: InterfaceServer, opened: Open) -> None:
    """A PIN is in the body of a post, and neither in the address nor in the fault."""
    declared = lookup("good") + lookup("error")
    lookups = opened(server.url, declared.replace("{number: phone}", "{number: phone, pin: secret}, method: post"))
    params = {"number": NUMBER, "pin": Secret(PIN)}
    assert await lookups.ask("good", params, timedelta(seconds=5)) is not None
    with pytest.raises(LookupFault) as fault:
        await lookups.ask("error", params, timedelta(seconds=5))
    assert PIN not in str(fault.value)
    assert PIN not in server.asked[0].target + str(server.asked[0].headers)
    assert server.asked[0].body == b'{"pin":"471199"}'


def test_every_kind_of_answer_is_tried() -> None:
    """The reference interface has no answer that these tests pass over."""
    tried = {*GOOD, *MISSING, *REASONS, *OF_UNDECLARED}
    assert tried == set(ANSWERS)
    assert all(f"  {kind}: " in LOOKUPS for kind in tried)
