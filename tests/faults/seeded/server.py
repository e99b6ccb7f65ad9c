"""A row whose databases are on a real PostgreSQL, which hangs, is killed or is restarted under calls."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from ivrctl.errors import MissingToolError
from ivrctl.testkit.postgresql_server import PostgresqlServer, server_programs

from ..matrix import Evidence, Fault
from .broken import while_broken
from .site import DATABASES
from .world import World

UNTIL_BROKEN, UNTIL_WHOLE = 0.15, 0.3
"""Seconds at most from the first call to the fault, and from there to its end; a caller's are forty times as long."""


def postgresql_needed() -> str:
    """Whether there is a server to be started here."""
    try:
        server_programs()
    except MissingToolError as error:
        return f"{error}"
    return ""


async def down(seeds: Sequence[int], folder: Path) -> Evidence:
    """It hangs, is killed, is restarted, or ends all connections, some moments after the calls have begun."""
    with PostgresqlServer() as server:

        @asynccontextmanager
        async def breaks(_world: World, dice: random.Random) -> AsyncIterator[None]:
            breaking = asyncio.ensure_future(_broken(server, dice))
            yield
            await breaking

        return await while_broken(seeds, folder, breaks, "postgresql", server=server)


async def _broken(server: PostgresqlServer, dice: random.Random) -> None:
    """Break it in a way of the seed's, and have it whole again."""
    await asyncio.sleep(dice.uniform(0, UNTIL_BROKEN))
    away = dice.uniform(0, UNTIL_WHOLE)
    match dice.randrange(4):
        case 0:
            server.freeze()
            await asyncio.sleep(away)
            server.thaw()
        case 1:
            await asyncio.to_thread(server.kill)
            await asyncio.sleep(away)
            await asyncio.to_thread(server.start)
        case 2:
            await asyncio.to_thread(server.stop)
            await asyncio.sleep(away)
            await asyncio.to_thread(server.start)
        case _:
            for name in DATABASES.values():
                await asyncio.to_thread(server.end_connections, name)


FAULTS = (
    Fault(
        "postgresql",
        "both databases are on a PostgreSQL that hangs, is killed, is restarted, or ends all connections",
        down,
        is_of_controller=False,
        needs=postgresql_needed,
    ),
)
