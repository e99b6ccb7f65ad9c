"""The probe call of ``ivrctl doctor``, answered by a whole controller over its socket."""

from __future__ import annotations

import asyncio

from aiohttp.test_utils import TestClient, TestServer

from ivrctl.adapters.deadline import Deadline
from ivrctl.service.probes import MAX_PROBES
from ivrctl.web.api import application

from .conftest import Whole

WORD = "0123456789abcdef"


async def probe(whole: Whole, *words: str) -> bytes:
    """What the controller says to a probe call that brings these words."""
    assert whole.controller.server._server is not None
    reader, writer = await asyncio.open_connection(*whole.controller.server._server.sockets[0].getsockname())
    arguments = "".join(f"agi_arg_{number}: {word}\n" for number, word in enumerate(words, 1))
    request = "agi_network_script: probe\nagi_request: agi://h/probe\nagi_channel: Local/s\nagi_uniqueid: 1.1\n"
    writer.write(f"agi_network: yes\n{request}{arguments}\n".encode())
    async with Deadline(5):
        said = await reader.readline()
        writer.write(b"200 result=1\n")
        rest = await reader.read()
    writer.close()
    await writer.wait_closed()
    return said + rest


async def test_probe_call_is_answered_and_let_go(whole: Whole) -> None:
    """IVRCTL_NEXT tells the dialplan that a controller was there, and the socket is closed."""
    assert await probe(whole, WORD) == b'SET VARIABLE "IVRCTL_NEXT" "probed"\n'


async def test_probe_call_never_becomes_a_call(whole: Whole) -> None:
    """It leaves no leg, and nothing in the log."""
    await probe(whole, WORD)
    assert whole.controller.journal.open_legs() == []
    assert [entry["event"] for entry in whole.logged] == ["serving"]


async def test_the_api_tells_the_words_of_probe_calls(whole: Whole) -> None:
    """So that whoever placed one knows that it reached this very controller."""
    await probe(whole, WORD)
    async with TestClient(TestServer(application(whole.controller))) as client:
        answer = await (await client.get("/probes")).json()
    assert answer["probes"] == [WORD]


async def test_a_probe_call_without_a_word_is_let_go(whole: Whole) -> None:
    """Anybody may connect: what is no word is neither kept nor answered."""
    for words in ((), ("x" * 16,), ("a" * 65,)):
        assert await probe(whole, *words) == b""
    assert whole.controller.probes.words == ()


async def test_only_the_newest_words_are_kept(whole: Whole) -> None:
    """Whoever connects again and again fills no memory."""
    for number in range(MAX_PROBES + 1):
        await probe(whole, f"{number:08x}")
    assert len(whole.controller.probes.words) == MAX_PROBES
    assert "00000000" not in whole.controller.probes.words
