"""Who is told what becomes of callers at the desk: each who joins is told of once more, when he waits no longer."""

from __future__ import annotations

from typing import Protocol

from ivrctl.simulation.people import DeskCaller, DeskMember


class Told(Protocol):
    """Whoever counts what becomes of callers."""

    def joined(self, caller: DeskCaller) -> None:
        """He waits."""

    def refused(self, caller: DeskCaller) -> None:
        """He could not join."""

    def answered(self, caller: DeskCaller, by: DeskMember, now: float) -> None:
        """He talks."""

    def abandoned(self, caller: DeskCaller, now: float) -> None:
        """He has hung up."""

    def timed_out(self, caller: DeskCaller, now: float) -> None:
        """The flow has taken him out."""

    def left_empty(self, caller: DeskCaller, now: float) -> None:
        """Nobody was left for him."""
