"""The stays of the last while, by queue: figures over some minutes need no database."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from ivrctl.acd.stay import Stay

KEPT = timedelta(hours=1)
"""Since a stay began, or ended where it lasted longer. Figures over more than this are no figures of this moment."""
SWEPT_AT = 5_000
"""Stays of one queue behind which those are looked for that are kept no longer; then at each doubling."""


class RecentStays:
    """Each stay as it was told last."""

    def __init__(self) -> None:
        self._queues: dict[str, dict[tuple[str, int], Stay]] = {}
        self._sweep_at: dict[str, int] = {}

    def take(self, stay: Stay) -> None:
        """A stay that has begun, changed or ended."""
        stays = self._queues.setdefault(stay.queue, {})
        # The last told stands last: who asks for the newest reads from the end.
        stays.pop((stay.uniqueid, stay.chain), None)
        stays[stay.uniqueid, stay.chain] = stay
        if len(stays) >= self._sweep_at.get(stay.queue, SWEPT_AT):
            self._sweep(stay.queue, _moved_at(stay))

    def since(self, queues: Iterable[str], at: datetime) -> Iterator[Stay]:
        """The stays in these queues that began, were answered or ended since then, or go on."""
        for queue in queues:
            for stay in self._queues.get(queue, {}).values():
                if _moved_at(stay) >= at or stay.left_at is None:
                    yield stay

    def _sweep(self, queue: str, now: datetime) -> None:
        kept = {
            key: stay
            for key, stay in self._queues[queue].items()
            if stay.left_at is None or _moved_at(stay) >= now - KEPT
        }
        self._queues[queue] = kept
        self._sweep_at[queue] = max(SWEPT_AT, 2 * len(kept))


def _moved_at(stay: Stay) -> datetime:
    return stay.left_at or stay.joined_at
