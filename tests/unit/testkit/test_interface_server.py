"""The reference interface: it says what it is told to say, to a client that is not ours."""

from __future__ import annotations

import asyncio
import json
import ssl
import subprocess
import sys
import urllib.request

import pytest

from ivrctl.adapters.deadline import Deadline
from ivrctl.testkit.interface_server import ANSWERS, InterfaceServer, closed_port
from ivrctl.testkit.interface_server.answers import FAULTY, GOOD, MISSING, REFUSING, ROW, UNDECLARED
from ivrctl.testkit.interface_server.certificate import CERTIFICATE


async def exchanged(server: InterfaceServer, request: bytes, most: int = 100_000) -> bytes:
    """What a plain socket gets for a request, until the end or so many bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(request)
    found = b""
    while len(found) < most and (part := await reader.read(most)):
        found += part
    writer.transport.abort()
    return found


def asking(kind: str) -> bytes:
    return f"GET /{kind}/1 HTTP/1.1\r\nHost: localhost\r\n\r\n".encode()


async def test_good_answer_is_its_row() -> None:
    """And it remembers what it was asked."""
    async with InterfaceServer() as server:
        body = b'{"number": "1"}'
        post = b"POST /good HTTP/1.1\r\nIdempotency-Key: leg-1\r\nContent-Length: 15\r\n\r\n" + body
        answer = await exchanged(server, post)
        assert json.loads(answer.partition(b"\r\n\r\n")[2]) == ROW
        (asked,) = server.asked
        assert (asked.method, asked.kind, asked.body) == ("POST", "good", body)
        assert asked.headers["idempotency-key"] == "leg-1"


@pytest.mark.parametrize(
    ("kind", "begins"),
    [
        ("error", b"HTTP/1.1 500 "),
        ("redirect", b"HTTP/1.1 302 "),
        ("no-http", b"220 mail"),
        ("nothing", b""),
        ("of-no-kind", b"HTTP/1.1 404 "),
        ("torn", b"HTTP/1.1 200 OK"),
    ],
)
async def test_kind_of_the_path_is_what_it_says(kind: str, begins: bytes) -> None:
    """A kind that it does not know is not found."""
    async with InterfaceServer() as server:
        answer = await exchanged(server, asking(kind))
        assert answer.startswith(begins)
        assert bool(answer) == bool(begins)


@pytest.mark.parametrize(
    "kind", ["endless", "endless-chunks", "endless-headers", "endless-interim", "gzip-bomb", "huge-header"]
)
async def test_endless_answers_go_on(kind: str) -> None:
    """They are larger than any bound, for as long as somebody reads."""
    async with InterfaceServer() as server, Deadline(20):
        assert len(await exchanged(server, asking(kind), 500_000)) >= 500_000


async def test_reset_is_a_reset() -> None:
    """And no orderly end."""
    async with InterfaceServer() as server:
        with pytest.raises(ConnectionResetError):
            await exchanged(server, asking("reset"))


async def test_it_can_fail_and_recover() -> None:
    """``always`` wins over the path."""
    async with InterfaceServer() as server:
        server.always = "error"
        assert (await exchanged(server, asking("good"))).startswith(b"HTTP/1.1 500")
        server.always = None
        assert (await exchanged(server, asking("good"))).startswith(b"HTTP/1.1 200")


async def test_it_can_go_away_and_come_back() -> None:
    """On the same port, with its memory of what it was asked."""
    server = InterfaceServer()
    async with server:
        await exchanged(server, asking("good"))
        port = server.port
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)
    async with server:
        await exchanged(server, asking("good"))
        assert (server.port, len(server.asked)) == (port, 2)


async def test_its_certificate_is_its_own() -> None:
    """Who is told of it trusts it, nobody else does."""
    async with InterfaceServer(is_encrypted=True) as server:
        for told in (True, False):
            context = ssl.create_default_context(cadata=CERTIFICATE if told else None)
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", server.port, ssl=context)
            except ssl.SSLCertVerificationError:
                assert not told
            else:
                assert told
                writer.transport.abort()


async def test_closed_port_refuses() -> None:
    """At once."""
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", closed_port())


def test_it_runs_in_a_process_of_its_own() -> None:
    """It prints where it is, and ends with its standard input."""
    command = [sys.executable, "-m", "ivrctl.testkit.interface_server"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        with urllib.request.urlopen(f"{url}/good/1") as answer:  # noqa: S310 - it is on loopback
            assert json.load(answer) == ROW
        process.communicate()
    assert process.returncode == 0


def test_every_kind_has_another_name() -> None:
    """The tables of kinds do not hide one another's."""
    tables = (GOOD, MISSING, REFUSING, UNDECLARED, FAULTY)
    assert len(ANSWERS) == sum(map(len, tables))
