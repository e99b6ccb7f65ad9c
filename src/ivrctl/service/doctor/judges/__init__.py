"""The judges: what was seen against what is expected. Pure; one file per part of the set-up.

Each judge yields the findings of its part and relies on no other's, except that what follows from a greater fault is
not reported beside it: without AMI nothing, without its globals no wrong global.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from ivrctl.service.doctor.conventions import Conventions, conventions_of
from ivrctl.service.doctor.finding import Finding
from ivrctl.service.doctor.judges import access, agents, controller, dialplan, phones, prompts, queues, rights, system
from ivrctl.service.doctor.observed import Expected, Observed

Judge = Callable[[Observed, Expected, Conventions], Iterable[Finding]]

JUDGES: tuple[Judge, ...] = (
    access.judge,
    rights.judge,
    system.judge,
    dialplan.judge,
    controller.judge,
    prompts.judge,
    queues.judge,
    phones.judge,
    agents.judge,
)
"""In the order in which somebody sets a PBX up."""


def judged(observed: Observed, expected: Expected) -> tuple[Finding, ...]:
    """All findings, in the order of the parts."""
    conventions = conventions_of(observed.contexts)
    if not observed.is_reached:
        return tuple(access.judge(observed, expected, conventions))
    parts: Iterator[Iterable[Finding]] = (judge(observed, expected, conventions) for judge in JUDGES)
    return tuple(chain.from_iterable(parts))
