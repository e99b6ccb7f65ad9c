"""Listens on loopback, remembers what it was asked, and answers as the path says."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import struct
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from ivrctl.testkit.interface_server.answers import ANSWERS, ROW, Row
from ivrctl.testkit.interface_server.certificate import CERTIFICATE, KEY

LOOPBACK = "127.0.0.1"

_LINGER_NOT = struct.pack("ii", 1, 0)
"""``SO_LINGER`` with no time: a close becomes a reset (socket(7))."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, as it came."""

    method: str
    target: str
    """Path and query, percent-encoded as they were sent."""
    headers: Mapping[str, str]
    """By lower-case name."""
    body: bytes

    @property
    def kind(self) -> str:
        """The first part of the path."""
        return urlsplit(self.target).path.strip("/").partition("/")[0]


class InterfaceServer:
    """One interface. An asynchronous context manager: it listens on entering, and is gone on leaving."""

    def __init__(self, row: Row = ROW, *, is_encrypted: bool = False) -> None:
        """Choose what a good answer holds; nothing listens yet.

        Args:
            row: of a good answer.
            is_encrypted: True for TLS, with a certificate that nobody trusts unless it is told to.
        """
        self.row = row
        self.always: str | None = None
        """The kind of every answer, whatever the path says: an interface that fails, and recovers."""
        self.asked: list[Asked] = []
        self.arrived = asyncio.Event()
        """Set by a request."""
        self.left = asyncio.Event()
        """Set by whoever closes his connection before he is answered."""
        self._is_encrypted = is_encrypted
        self._server: asyncio.Server | None = None
        self._under_way: set[asyncio.Task[Any]] = set()
        self.port = 0

    @property
    def url(self) -> str:
        """Its base address."""
        return f"{'https' if self._is_encrypted else 'http'}://{LOOPBACK}:{self.port}"

    async def __aenter__(self) -> Self:
        """Listen."""
        tls = _tls() if self._is_encrypted else None
        self._server = await asyncio.start_server(self._serve, LOOPBACK, self.port, ssl=tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close everything, in the middle of whatever it says; entered again, it listens on the same port."""
        if self._server is not None:
            self._server.close()
        for task in self._under_way:
            task.cancel()
        if self._under_way:
            await asyncio.wait(self._under_way)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if (task := asyncio.current_task()) is not None:
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
        try:
            await self._answer(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        except asyncio.CancelledError:
            # asyncio's own handler of such tasks reports a cancelled one as an error.
            pass
        finally:
            writer.transport.abort() if writer.transport.is_closing() else writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked = await _read(reader)
        self.asked.append(asked)
        self.arrived.set()
        answer = ANSWERS.get(self.always or asked.kind, ANSWERS["not-found"])
        sending = asyncio.ensure_future(_send(answer(self.row), writer))
        # Whoever has asked says no more: the end of his side is the end of his patience.
        leaving = asyncio.ensure_future(reader.read())
        try:
            await asyncio.wait({sending, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if not sending.done():
                self.left.set()
        finally:
            sending.cancel()
            leaving.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError):
                await sending
            with contextlib.suppress(asyncio.CancelledError, OSError):
                await leaving


async def _send(parts: Any, writer: asyncio.StreamWriter) -> None:
    try:
        async for part in parts:
            writer.write(part)
            await writer.drain()
    except ConnectionResetError:
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
        writer.transport.abort()


async def _read(reader: asyncio.StreamReader) -> Asked:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Asked(method, target, headers, body)


def _tls() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "both.pem"
        path.write_text(CERTIFICATE + KEY)
        context.load_cert_chain(path)
    return context


def closed_port() -> int:
    """A port of loopback that refuses: nothing has listened there a moment ago, and nothing will soon."""
    with socket.create_server((LOOPBACK, 0)) as bound:
        port: int = bound.getsockname()[1]
    return port
