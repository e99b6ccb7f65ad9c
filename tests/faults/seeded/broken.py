"""Calls while something is broken that a controller stands on."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import TypeAlias

from ivrctl.testkit.postgresql_server import PostgresqlServer

from ..matrix import Evidence
from .callers import all_of, personas
from .calls import dice_of
from .world import World, opened

Breaks: TypeAlias = Callable[[World, random.Random], AbstractAsyncContextManager[None]]
"""Something is broken inside of it, and whole again behind."""
CALLERS = 3
"""Of each seed."""


async def while_broken(
    seeds: Sequence[int], folder: Path, breaks: Breaks, what: str, server: PostgresqlServer | None = None
) -> Evidence:
    """Let callers of each seed call while something is broken, on databases in files or on a server."""
    async with opened(folder, server=server) as world:
        for seed in seeds:
            async with breaks(world, dice_of(seed, what)):
                world.calls += await all_of([world.dial(persona) for persona in personas(seed, CALLERS)])
        return await world.evidence()
