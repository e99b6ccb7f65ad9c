"""The board of notices: a pure fold over the changes that were made to them.

Every change is kept; the board is what they come to. Nothing else is remembered of a notice, so that whoever has read
the changes, in whatever process, knows the same::

    made ----> on the board ----> ended (somebody took it down) or expired (its time came)
                 |        ^
                 +changed-+ reminded (its author was told that it ends soon)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from ivrctl.model.notice import Notice, Scope

EVERY_LINE = "all"
"""The place of a notice that every caller hears, where the dialplan looks for it while no controller runs."""
SLOTS = 5
"""Notices that the dialplan plays for one place: it counts through the files, since it cannot list them."""
RETRIES_KEPT = 1000
"""Keys of requests that made a notice: who asks again after a thousand others makes another one."""
BY_TIME = "ivrctl"
"""The author of what time does."""


class Happened(StrEnum):
    """What became of a notice."""

    MADE = "made"
    CHANGED = "changed"
    ENDED = "ended"
    EXPIRED = "expired"
    REMINDED = "reminded"


@dataclass(frozen=True, slots=True)
class Change:
    """One change, as it is kept for good."""

    happened: Happened
    at: datetime
    """Aware."""
    author: str
    """Who did it; ``ivrctl`` for what time does."""
    before: Notice | None = None
    """None of one that is made."""
    after: Notice | None = None
    """None of one that is gone."""
    key: str = ""
    """Of a request that may be sent twice: with the same key the same notice is meant."""
    asked: str = ""
    """The digest of what that request asked for; empty of one that was kept before there was any."""

    @property
    def id(self) -> str:
        """The notice's."""
        notice = self.after or self.before
        return "" if notice is None else notice.id


@dataclass(frozen=True, slots=True)
class Posted:
    """A notice on the board."""

    notice: Notice
    slots: Mapping[str, int] = field(default_factory=dict)
    """Where the dialplan finds it while no controller runs: ``all`` or a line, and its number there, from 1.

    Empty for a notice whose callers the dialplan cannot tell; a place that is full is missing.
    """
    is_reminded: bool = False
    """True once its author was told that it ends soon."""


@dataclass(frozen=True, slots=True)
class MadeBefore:
    """What a request that may be sent twice has made."""

    notice: Notice
    asked: str
    """The digest of what it asked for; empty where it was not kept."""


@dataclass(frozen=True, slots=True)
class Board:
    """The notices that stand, in the order in which they were made."""

    posted: Mapping[str, Posted] = field(default_factory=dict)
    """By id."""
    made: Mapping[str, MadeBefore] = field(default_factory=dict)
    """By the key of the request that made it, also when it has gone since."""

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Those that are announced now or later, in the order in which they are heard."""
        return tuple(posted.notice for posted in self.posted.values())


def fold(board: Board, changes: Iterable[Change]) -> Board:
    """The board after some more changes; one that fits nothing that stands there changes nothing."""
    folding = _Folding(dict(board.posted), dict(board.made))
    for change in changes:
        if folding.fits(change):
            folding.take(change)
    return Board(folding.posted, folding.made)


def due(board: Board, now: datetime, ahead: timedelta) -> Iterator[Change]:
    """What time does to the board: notices that expire, and authors to be told that theirs ends soon.

    Args:
        board: as it stands.
        now: aware.
        ahead: how long before the end an author is told; of a notice that lasts no longer he is not.
    """
    for posted in board.posted.values():
        notice = posted.notice
        if notice.ends <= now:
            yield Change(Happened.EXPIRED, now, BY_TIME, before=notice)
        elif not posted.is_reminded and notice.ends - notice.starts > ahead and notice.ends - ahead <= now:
            yield Change(Happened.REMINDED, now, BY_TIME, before=notice, after=notice)


def places(scope: Scope) -> tuple[str, ...]:
    """Where the dialplan looks for a notice of this scope; nowhere when it would have to know more than the line."""
    if scope == Scope():
        return (EVERY_LINE,)
    return tuple(sorted(scope.lines)) if scope == Scope(lines=scope.lines) else ()


class _Folding:
    """A board that changes; what a change costs grows with the notices that stand only where a slot is freed."""

    def __init__(self, posted: dict[str, Posted], made: dict[str, MadeBefore]) -> None:
        self.posted, self.made = posted, made
        self._taken: dict[str, set[int]] = {}
        for one in posted.values():
            for place, slot in one.slots.items():
                self._taken.setdefault(place, set()).add(slot)

    def fits(self, change: Change) -> bool:
        match change.happened:
            case Happened.MADE:
                is_new = change.id not in self.posted and (not change.key or change.key not in self.made)
                return change.after is not None and is_new
            case Happened.CHANGED:
                return change.after is not None and change.id in self.posted
            case Happened.ENDED | Happened.EXPIRED | Happened.REMINDED:
                return change.id in self.posted

    def take(self, change: Change) -> None:
        before = self.posted.get(change.id)
        if change.happened is Happened.REMINDED and before is not None:
            self.posted[change.id] = Posted(before.notice, before.slots, is_reminded=True)
        elif change.after is None:
            del self.posted[change.id]
            self._free({} if before is None else before.slots)
        else:
            self._post(change.after, before)
            if change.key:
                self._remember(change.key, MadeBefore(change.after, change.asked))

    def _post(self, notice: Notice, before: Posted | None) -> None:
        """Each notice keeps the slots that it has; for a place that is new to it, it gets the lowest that is free."""
        wanted, had = places(notice.scope), {} if before is None else before.slots
        slots = {place: had[place] for place in wanted if place in had}
        slots |= {place: slot for place in wanted if place not in had and (slot := self._lowest(place))}
        is_reminded = before is not None and before.is_reminded and before.notice.ends == notice.ends
        self.posted[notice.id] = Posted(notice, slots, is_reminded)
        self._free({place: slot for place, slot in had.items() if place not in slots})

    def _lowest(self, place: str) -> int | None:
        """Take the lowest slot of a place that is free; None when it is full."""
        taken = self._taken.setdefault(place, set())
        slot = next((slot for slot in range(1, SLOTS + 1) if slot not in taken), None)
        if slot is not None:
            taken.add(slot)
        return slot

    def _free(self, slots: Mapping[str, int]) -> None:
        """Slots are free; the oldest notice that waits for one of such a place has it."""
        for place, slot in slots.items():
            self._taken[place].discard(slot)
            for id_, one in self.posted.items():
                if place not in one.slots and place in places(one.notice.scope):
                    found = self._lowest(place)
                    self.posted[id_] = Posted(one.notice, {**one.slots, place: found or slot}, one.is_reminded)
                    break

    def _remember(self, key: str, made: MadeBefore) -> None:
        self.made[key] = made
        if len(self.made) > RETRIES_KEPT:
            del self.made[next(iter(self.made))]
