from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from .peer import AmiPeer, Answering

Starting = Callable[..., Awaitable[AmiPeer]]


async def pong(action: dict[str, str]) -> bytes | None:
    """Answers everything."""
    return f"Response: Success\r\nActionID: {action['ActionID']}\r\n\r\n".encode()


@pytest.fixture
async def peer() -> AsyncIterator[Starting]:
    """Starts an AMI peer; it ends with the test."""
    started = []

    async def start(answering: Answering = pong, **how: object) -> AmiPeer:
        made = AmiPeer(answering, **how)  # type: ignore[arg-type]
        await made.start()
        started.append(made)
        return made

    yield start
    for made in started:
        await made.close()
