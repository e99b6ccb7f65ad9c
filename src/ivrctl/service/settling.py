"""What the end of a leg owes, until the journal may forget the leg: its record stored, its submission kept.

Whatever is kept last closes the leg. Where a part failed, the leg stays open and is handed in again, once the other
parts have come to their end too.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator


class Settling(Collection[str]):
    """The legs whose end was handed in and is not kept in all of its parts."""

    def __init__(self, close_leg: Callable[[str], None]) -> None:
        """Begin with none; ``close_leg`` is told of each leg of which everything is kept."""
        self._close_leg = close_leg
        self._owed: dict[str, set[str]] = {}
        self._failed: set[str] = set()

    def owes(self, leg: str, *parts: str) -> None:
        """The leg has ended, and these are to be kept."""
        self._owed[leg] = set(parts)

    def kept(self, leg: str, part: str) -> None:
        """One part is kept; of a leg that owes nothing here, everything is."""
        self.over(leg, part, is_kept=True)

    def over(self, leg: str, part: str, *, is_kept: bool) -> None:
        """One part has come to its end: it is kept, or it could not be."""
        if not is_kept:
            self._failed.add(leg)
        owed = self._owed.get(leg, set())
        owed.discard(part)
        if owed:
            return
        self._owed.pop(leg, None)
        if leg in self._failed:
            self._failed.discard(leg)
        else:
            self._close_leg(leg)

    def __contains__(self, leg: object) -> bool:
        return leg in self._owed

    def __iter__(self) -> Iterator[str]:
        return iter(self._owed)

    def __len__(self) -> int:
        return len(self._owed)
