"""Where a caller is: from his uniqueid to his queue, without a search through all of them.

The end of a channel names no queue, and most channels that end were never in one. A frozen mapping of thousands would
be copied for each caller; this one is cut into pieces, of which one is copied.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

PIECES = 64
_Pieces = tuple[MappingProxyType[str, str], ...]
_NOWHERE: _Pieces = (MappingProxyType({}),) * PIECES


class Places:
    """A frozen mapping of uniqueid to queue."""

    __slots__ = ("_pieces",)

    def __init__(self, pieces: _Pieces = _NOWHERE) -> None:
        self._pieces = pieces

    @classmethod
    def of(cls, places: Iterable[tuple[str, str]]) -> Places:
        """From uniqueids with their queues."""
        pieces: list[dict[str, str]] = [{} for _ in range(PIECES)]
        for uniqueid, queue in places:
            pieces[hash(uniqueid) % PIECES][uniqueid] = queue
        return cls(tuple(map(MappingProxyType, pieces)))

    def find(self, uniqueid: str) -> str | None:
        """His queue; None where he is in none."""
        return self._pieces[hash(uniqueid) % PIECES].get(uniqueid)

    def put(self, uniqueid: str, queue: str | None) -> Places:
        """The same with one caller in another queue, or in none."""
        number = hash(uniqueid) % PIECES
        piece = self._pieces[number].copy()
        if queue is not None:
            piece[uniqueid] = queue
        else:
            piece.pop(uniqueid, None)
        return Places((*self._pieces[:number], MappingProxyType(piece), *self._pieces[number + 1 :]))

    def __len__(self) -> int:
        return sum(map(len, self._pieces))
