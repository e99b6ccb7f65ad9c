"""Calls that the controller did not take: announced by the dialplan, recorded here with the reason, and each once.

The fallback leg speaks to such a caller and brings him to a person; the next call is taken as soon as there is room. A
new leg gets its record when the dialplan has taken note of the refusal: until then the journal says that it has ended,
so that it is not served as well when the note was lost. One that comes back from a hand-off gets it with its end, of
which the fallback tells. So does a leg that met no controller at all.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from ivrctl.flow.commands import Finish
from ivrctl.model.call import Ending
from ivrctl.service.endings import ENDED, REFUSED, End, ended_to_json, record_of
from ivrctl.service.legs import LegEntry
from ivrctl.service.numbering import normalised

if TYPE_CHECKING:
    from ivrctl.service.runner_parts import RunnerParts

AWAY = "the controller was away"
"""The reason of a leg that met none."""

MAX_REMEMBERED = 20_000
"""Legs of which it is remembered that they have their record, while they are in the fallback. One that is forgotten is
handed in twice, and the store takes the first."""

Told: TypeAlias = Callable[[], None]
"""To be called when the dialplan has taken note of a refusal."""

_MADE = re.compile(r"-(?P<epoch>[0-9]{10})[0-9]{3}\Z")
"""The end of a leg's id: when the dialplan made it, in seconds since 1970, and a number by chance."""


def nothing() -> None:
    """There is nothing to do when the dialplan has taken note of it."""


class Refusals:
    """Writes down the legs that were not taken."""

    def __init__(self, parts: RunnerParts) -> None:
        self._parts = parts
        self._recorded: OrderedDict[str, None] = OrderedDict()

    def refuse(self, entry: LegEntry, reason: str) -> Told:
        """Write down that an entry is refused."""
        journal = self._parts.journal
        kept = journal.find(entry.leg)
        if kept is None:
            return self._written(entry, entry.number, self._parts.clock(), reason)
        if ENDED not in kept:
            journal.record(entry.leg, {**kept, REFUSED: reason})
        return nothing

    def reason_of(self, leg: str) -> str:
        """Why a leg is in the fallback that is not over."""
        kept = self._parts.journal.find(leg) or {}
        return str(kept.get(REFUSED, AWAY))

    def never_taken(self, entry: LegEntry, number: str) -> None:
        """Record a leg that has left the fallback, and of which the journal knows nothing.

        Args:
            entry: as the fallback's h extension tells it.
            number: the one that was dialled.
        """
        if entry.leg not in self._recorded:
            self._written(entry, number, self._made_at(entry.leg), AWAY)()

    def has_record(self, leg: str) -> None:
        """Remember a leg that goes to the fallback with its record made."""
        self._recorded[leg] = None
        while len(self._recorded) > MAX_REMEMBERED:
            self._recorded.popitem(last=False)

    def _written(self, entry: LegEntry, number: str, began_at: datetime, reason: str) -> Told:
        parts, program = self._parts, self._parts.versions.current
        caller = normalised(entry.caller, program.site.numbers)
        begun = program.begin(caller, number, began_at, is_from_agents=entry.is_from_agents)
        if begun is None:
            parts.on_fault(entry.leg, f"no line of the site has the number {number}")
            return nothing
        # He was in no step of it.
        position = replace(begun, path=())
        end = End(entry.uniqueid, parts.clock(), Finish(Ending.FALLBACK, reason))
        if parts.is_stored_later:
            parts.journal.record(entry.leg, ended_to_json(position, end))
        self.has_record(entry.leg)
        return lambda: parts.on_record(record_of(entry.leg, position, end, tiers={}))

    def _made_at(self, leg: str) -> datetime:
        """When the call came, which its id says; now, for one that was made otherwise."""
        made = _MADE.search(leg)
        now = self._parts.clock()
        return now if made is None else min(now, datetime.fromtimestamp(int(made["epoch"]), UTC))
