"""The end of a leg, safe against a kill: noted in the journal first, taken out when the record is stored.

Between the moment at which a flow has come to its end and the moment at which its record is in the database a
controller may be killed. The journal's line of the leg then says how it ended: a caller whom the dialplan brings back
is not served again, and the next controller hands the record in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from ivrctl.flow.commands import Finish
from ivrctl.flow.position import Position, position_from_json, position_to_json
from ivrctl.model.call import CallRecord, Ending, TraceEntry
from ivrctl.model.promise import callback_due, promise_of
from ivrctl.service.legs import message_file
from ivrctl.site.site_file import NOWHERE
from ivrctl.site.tiers import Tier

TiersOf: TypeAlias = Callable[[str], Mapping[str, Tier]]
"""The tiers of customers of a version of the site; none where its sources are gone."""

NO_TIER = Tier(NOWHERE)
"""Of a caller whom nobody knows: he is promised nothing."""

ENDED = "ended"
"""The key beside those of a position."""

REFUSED = "refused"
"""The key, beside those of a position, of a leg that came back from a hand-off and was refused: why it was."""

SETTLES_WITHIN = timedelta(seconds=5)
"""In which a controller that lives has stored the record itself: what is older was left behind by one that is gone."""

GIVEN_UP_AFTER = timedelta(minutes=20)
"""A leg in a flow of which nothing was heard so long: twice the dialplan's limit for a stay (IVRCTL_LEG_LIMIT)."""

FORGOTTEN_SOON = timedelta(hours=23)
"""A leg that is handed off: an hour before the journal forgets it, it gets its record."""


@dataclass(frozen=True, slots=True)
class End:
    """How and when a leg ended."""

    uniqueid: str
    ended_at: datetime
    finish: Finish


def ended_to_json(position: Position, end: End) -> dict[str, Any]:
    """The journal's form of a leg that has ended and whose record is not stored yet."""
    ended = {
        "uniqueid": end.uniqueid,
        "at": end.ended_at.isoformat(),
        "ending": str(end.finish.ending),
        "reason": end.finish.reason,
    }
    return {**position_to_json(position), ENDED: ended}


def end_in(kept: Mapping[str, Any]) -> End | None:
    """How the leg ended whose line in the journal this is; None when it has not.

    Raises:
        KeyError, ValueError, TypeError: the line is none of this release.
    """
    ended = kept.get(ENDED)
    if ended is None:
        return None
    finish = Finish(Ending(ended["ending"]), ended["reason"])
    return End(ended["uniqueid"], datetime.fromisoformat(ended["at"]), finish)


def record_left_behind(
    leg: str, kept: Mapping[str, Any], age: timedelta, now: datetime, tiers: TiersOf = lambda _version: {}
) -> CallRecord | None:
    """The record of a leg that no living controller will hand in; None when one may, or the call may go on.

    Args:
        leg: its id.
        kept: its line in the journal.
        age: of that line.
        now: aware.
        tiers: the tiers of customers of a version of the site.

    Raises:
        KeyError, ValueError, TypeError: the line is none of this release.
    """
    position, end = position_from_json(kept), end_in(kept)
    may_go_on = position.awaited is not None and REFUSED not in kept
    if end is None and age > (FORGOTTEN_SOON if may_go_on else GIVEN_UP_AFTER):
        finish = Finish(position.ending_of_leaving, "not heard of again after a loss of the controller")
        if REFUSED in kept:
            finish = Finish(Ending.FALLBACK, str(kept[REFUSED]))
        end = End(leg.rpartition("-")[0], now, finish)
    if end is None or age < SETTLES_WITHIN:
        return None
    return record_of(leg, position, end, tiers=tiers(position.version))


def record_of(
    leg: str, position: Position, end: End, trace: tuple[TraceEntry, ...] = (), *, tiers: Mapping[str, Tier]
) -> CallRecord:
    """The record of a leg that stood at a position when it ended.

    The messages that the caller left are in its trace, whatever else of that was lost with a controller.

    Args:
        leg: its id.
        position: where it stood.
        end: how and when it ended.
        trace: what happened in it.
        tiers: the tiers of customers of the site that it ran on.
    """
    files = [message_file(leg, message) for message in position.messages]
    told = {entry.detail for entry in trace if entry.event == "recorded"}
    name = str(position.customer.get("tier") or "")
    tier = tiers.get(name, NO_TIER)
    untold = tuple(TraceEntry(0.0, "", "recorded", file) for file in files if file not in told)
    return CallRecord(
        leg=leg,
        uniqueid=end.uniqueid,
        ani=position.caller,
        dnis=position.line,
        version=position.version,
        began_at=position.began_at,
        ended_at=end.ended_at,
        ending=end.finish.ending,
        reason=end.finish.reason,
        path=position.path,
        fields=position.fields,
        trace=(*untold, *trace),
        regions=tuple(sorted(position.regions)),
        tier=name,
        waits=position.waits,
        notices=position.heard,
        promise=str(promise_of(tier.answer, position.waits, end.finish.ending) or ""),
        callback_due=callback_due(tier.callback, end.ended_at, has_message=bool(position.messages)),
    )
