"""An AMI peer on a free port that does what a test says: a real socket, and nothing of our codec."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

BANNER = b"Asterisk Call Manager/11.0.0\r\n"
CHALLENGE = "164893"

Answering = Callable[[dict[str, str]], Awaitable[bytes | None]]
"""What is said to an action; None closes the connection."""


def key_of(secret: str) -> str:
    """What the right secret makes of the challenge."""
    return hashlib.md5((CHALLENGE + secret).encode(), usedforsecurity=False).hexdigest()


@dataclass
class AmiPeer:
    """One peer; it keeps what it was sent."""

    answering: Answering
    secret: str = "right"
    banner: bytes = BANNER
    actions: list[dict[str, str]] = field(default_factory=list)
    raw: bytes = b""
    address: tuple[str, int] = ("", 0)
    _server: asyncio.Server | None = None
    _serving: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> None:
        """Listen on a port that the kernel chooses."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        host, port = self._server.sockets[0].getsockname()
        self.address = (host, port)

    async def close(self) -> None:
        """End everything."""
        if self._server is not None:
            self._server.close()
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._serving.add(asyncio.ensure_future(self._serve(reader, writer)))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(self.banner)
            while (said := await self._answer(await self._read(reader))) is not None:
                writer.write(said)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> dict[str, str]:
        block = await reader.readuntil(b"\r\n\r\n")
        self.raw += block
        action = dict(line.split(": ", 1) for line in block.decode().split("\r\n") if line)
        self.actions.append(action)
        return action

    async def _answer(self, action: dict[str, str]) -> bytes | None:
        tag = f"ActionID: {action['ActionID']}\r\n".encode()
        if action["Action"] == "Challenge":
            return b"Response: Success\r\n" + tag + f"Challenge: {CHALLENGE}\r\n\r\n".encode()
        if action["Action"] == "Login":
            if action["Key"] != key_of(self.secret):
                return b"Response: Error\r\n" + tag + b"Message: Authentication failed\r\n\r\n"
            return b"Response: Success\r\n" + tag + b"Message: Authentication accepted\r\n\r\n"
        return await self.answering(action)
