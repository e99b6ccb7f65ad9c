"""Every row, in the order of the page."""

from __future__ import annotations

from .matrix import Fault
from .seeded import calls, processes, surroundings

FAULTS: tuple[Fault, ...] = (*processes.FAULTS, *calls.FAULTS, *surroundings.FAULTS)
