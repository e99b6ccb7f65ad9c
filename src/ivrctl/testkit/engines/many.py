"""Many scenarios in one engine: one after the other in this process, or spread over several processes.

Each process has an engine of its own, so only engines whose scenarios share nothing are spread: not ``live``, whose
phones and queues are the PBX's.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractAsyncContextManager
from typing import TypeAlias

from ivrctl.errors import IvrctlError
from ivrctl.testkit.engines.run import run
from ivrctl.testkit.engines.stage import Engine
from ivrctl.testkit.scenario import Scenario
from ivrctl.testkit.verdict import Verdict

Opening: TypeAlias = Callable[[], AbstractAsyncContextManager[Engine]]
"""Makes an engine that has not been entered."""

Show: TypeAlias = Callable[[Verdict], None]

PARTS_PER_PROCESS = 4
"""Scenarios are handed out in so many parts a process: one that has quick ones takes more."""

PAYS_FROM = {"sim": 400, "agi": 20}
"""Scenarios a process from which it pays to begin one: that takes 50 ms, a scenario 0.5 ms in sim and 8 in agi."""


def jobs_that_pay(engine: str, scenarios: int, cores: int) -> int:
    """How many processes play so many scenarios quickest; one for an engine that is not spread."""
    least = PAYS_FROM.get(engine)
    return 1 if least is None else max(1, min(cores, scenarios // least))


MOST_PROCESSES = 64
"""However many are asked for: a slip of the finger must not fill the machine."""


def play_all(make: Opening, scenarios: Sequence[Scenario], show: Show, *, jobs: int = 1) -> list[Verdict]:
    """Play scenarios in so many processes; verdicts are shown, and come, in the order of the scenarios.

    Raises:
        IvrctlError: an engine cannot go on, or one of the processes was killed.
    """
    verdicts: list[Verdict] = []
    for verdict in _in_turn(make, scenarios, show) if jobs <= 1 else _spread(make, scenarios, jobs):
        verdicts.append(verdict)
        if jobs > 1:
            show(verdict)
    return verdicts


def _in_turn(make: Opening, scenarios: Sequence[Scenario], show: Show) -> list[Verdict]:
    async def play() -> list[Verdict]:
        verdicts = []
        async with make() as engine:
            for scenario in scenarios:
                verdicts.append(await run(scenario, engine))
                show(verdicts[-1])
        return verdicts

    return asyncio.run(play())


def _spread(make: Opening, scenarios: Sequence[Scenario], jobs: int) -> Iterator[Verdict]:
    """By forking: the children have the compiled site and the scenarios without reading them again."""
    size = max(1, len(scenarios) // (jobs * PARTS_PER_PROCESS))
    parts = [(begin, min(begin + size, len(scenarios))) for begin in range(0, len(scenarios), size)]
    fork = multiprocessing.get_context("fork")
    # With fork the pool starts all of its processes at once, however little there is for them to do.
    with ProcessPoolExecutor(min(jobs, len(parts), MOST_PROCESSES), fork, _take_part, (make, scenarios)) as pool:
        try:
            for verdicts in pool.map(_play_part, parts):
                yield from verdicts
        except BrokenProcessPool as error:
            advice = "ivrctl test --jobs 1"
            raise IvrctlError("a process that played scenarios was killed", advice=advice) from error


class _Part:
    """What a child has from its parent."""

    make: Opening
    scenarios: Sequence[Scenario]


def _take_part(make: Opening, scenarios: Sequence[Scenario]) -> None:
    """Keep what is to be played; whoever interrupts the parent interrupts all of it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _Part.make, _Part.scenarios = staticmethod(make), scenarios


def _play_part(part: tuple[int, int]) -> list[Verdict]:
    begin, end = part
    return _in_turn(_Part.make, _Part.scenarios[begin:end], lambda _: None)
