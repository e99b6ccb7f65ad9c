"""An answer over the wire: whole, in two segments at every place, and cut off at every place."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from ivrctl.adapters.interfaces.address import Address
from ivrctl.adapters.interfaces.client import Answer, InterfaceClient, InterfaceFault, Request
from ivrctl.testkit.interface_server.answers import reply

ROW = '{"queue": "北方"}'.encode()
PLAIN = reply(ROW)
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"4\r\n" + ROW[:4] + b"\r\n%x\r\n" % (len(ROW) - 4) + ROW[4:] + b"\r\n0\r\n\r\n"
)
LONG = timedelta(seconds=10)


class Wire:
    """A server that sends exactly what it is told, and ends."""

    def __init__(self) -> None:
        self.parts: tuple[bytes, ...] = ()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Send each part in a segment of its own."""
        await reader.readuntil(b"\r\n\r\n")
        for part in self.parts:
            writer.write(part)
            await writer.drain()
            # Whoever reads has had his turn before the next segment is written.
            for _ in range(3):
                await asyncio.sleep(0)
        writer.close()


@pytest.fixture
async def wire() -> AsyncIterator[tuple[Wire, InterfaceClient]]:
    wire = Wire()
    server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = InterfaceClient(Address(f"http://127.0.0.1:{port}", None, None), 4)
    yield wire, client
    await client.close()
    server.close()


@pytest.mark.parametrize("answer", [PLAIN, CHUNKED], ids=["plain", "chunked"])
async def test_answer_is_the_same_wherever_it_is_split(answer: bytes, wire: tuple[Wire, InterfaceClient]) -> None:
    """Two segments, cut at every place."""
    server, client = wire
    for place in range(1, len(answer)):
        server.parts = (answer[:place], answer[place:])
        assert await client.exchange(Request("GET", "/"), LONG) == Answer(200, ROW), place


@pytest.mark.parametrize("answer", [PLAIN, CHUNKED], ids=["plain", "chunked"])
async def test_answer_that_is_cut_off_anywhere_is_a_fault(answer: bytes, wire: tuple[Wire, InterfaceClient]) -> None:
    """No half answer is taken for a whole one."""
    server, client = wire
    for place in range(len(answer)):
        server.parts = (answer[:place],)
        try:
            found = await client.exchange(Request("GET", "/"), LONG)
        except InterfaceFault:
            continue
        # A chunked body whose last chunk has come lacks nothing but the line behind it.
        assert (found.body, answer[place - 5 : place][:3]) == (ROW, b"0\r\n") or place >= len(answer) - 2, place
