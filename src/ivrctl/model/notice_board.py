"""The board of notices: a pure fold over the changes that were made to them.

Every change is kept; the board is what they come to. Nothing else is remembered of a notice, so that whoever has read
the changes, in whatever process, knows the same::

    made ----> on the board ----> ended (somebody took it down) or expired (its time came)
                 |        ^
                 +changed-+ reminded (its author was told that it ends soon)
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
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
class Board:
    """The notices that stand, in the order in which they were made."""

    posted: Mapping[str, Posted] = field(default_factory=dict)
    """By id."""
    made: Mapping[str, Notice] = field(default_factory=dict)
    """By the key of the request that made it, also when it has gone since."""

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Those that are announced now or later, in the order in which they are heard."""
        return tuple(posted.notice for posted in self.posted.values())


def fold(board: Board, changes: Iterable[Change]) -> Board:
    """The board after some more changes; one that fits nothing that stands there changes nothing."""
    posted, made = dict(board.posted), dict(board.made)
    for change in changes:
        if not _fits(change, posted, made):
            continue
        _take(change, posted, made)
    while len(made) > RETRIES_KEPT:
        del made[next(iter(made))]
    return Board(posted, made)


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


def _fits(change: Change, posted: Mapping[str, Posted], made: Mapping[str, Notice]) -> bool:
    match change.happened:
        case Happened.MADE:
            return change.after is not None and change.id not in posted and (not change.key or change.key not in made)
        case Happened.CHANGED:
            return change.after is not None and change.id in posted
        case Happened.ENDED | Happened.EXPIRED | Happened.REMINDED:
            return change.id in posted


def _take(change: Change, posted: dict[str, Posted], made: dict[str, Notice]) -> None:
    if change.happened is Happened.REMINDED:
        posted[change.id] = replace(posted[change.id], is_reminded=True)
    elif change.after is None:
        del posted[change.id]
        _find_slots(posted)
    else:
        before = posted.get(change.id)
        is_reminded = before is not None and before.is_reminded and before.notice.ends == change.after.ends
        posted[change.id] = Posted(change.after, {} if before is None else before.slots, is_reminded)
        if change.key:
            made[change.key] = change.after
        _find_slots(posted)


def _find_slots(posted: dict[str, Posted]) -> None:
    """Each notice keeps the slots that it has; the oldest without one gets the lowest that is free."""
    taken: set[tuple[str, int]] = set()
    for id_, one in posted.items():
        wanted = places(one.notice.scope)
        kept = {place: slot for place, slot in one.slots.items() if place in wanted}
        posted[id_] = replace(one, slots=kept)
        taken |= set(kept.items())
    for id_, one in posted.items():
        slots = dict(one.slots)
        for place in places(one.notice.scope):
            free = next((slot for slot in range(1, SLOTS + 1) if (place, slot) not in taken), None)
            if place not in slots and free is not None:
                slots[place] = free
                taken.add((place, free))
        posted[id_] = replace(one, slots=slots)
