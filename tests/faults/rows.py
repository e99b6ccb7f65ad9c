"""Every row, in the order of the page."""

from __future__ import annotations

from .matrix import Fault
from .real import rows as real
from .seeded import beside, calls, disks, processes, server, surroundings

FAULTS: tuple[Fault, ...] = (
    *processes.FAULTS,
    *calls.FAULTS,
    *disks.FAULTS,
    *server.FAULTS,
    *surroundings.FAULTS,
    *beside.FAULTS,
    *real.FAULTS,
)
