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
TOGETHER = 3
"""Seeds at one time where the fault is the same for all: as many callers as the processor has time for."""


async def while_broken(
    seeds: Sequence[int],
    folder: Path,
    breaks: Breaks,
    what: str,
    *,
    together: int = 1,
    server: PostgresqlServer | None = None,
) -> Evidence:
    """Let callers of each seed call while something is broken.

    Args:
        seeds: of the runs.
        folder: of the world.
        breaks: what is broken; the first seed of those that call together decides what is left to chance.
        what: names its chances.
        together: so many seeds at one time, where a fault is the same for all of them.
        server: where the databases are, if not in files.
    """
    async with opened(folder, server=server) as world:
        for first in range(0, len(seeds), together):
            group = seeds[first : first + together]
            async with breaks(world, dice_of(group[0], what)):
                callers = [persona for seed in group for persona in personas(seed, CALLERS)]
                world.calls += await all_of([world.dial(persona) for persona in callers])
        return await world.evidence()
