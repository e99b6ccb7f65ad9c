"""The guard once more, at the moment before an action is sent: since it was planned somebody may have begun to ring."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from ivrctl.acd.expected_wait import ExpectedWaits
from ivrctl.acd.picture import Picture
from ivrctl.acd.recent_stays import RecentStays
from ivrctl.staffing.decision import Memory
from ivrctl.staffing.guard import guard
from ivrctl.staffing.plan import Change, Plan, SeatKey
from ivrctl.staffing.policy import Policy
from ivrctl.staffing.scene import Scene
from ivrctl.staffing.seats import Seats
from ivrctl.staffing.view import View


def last_look(
    change: Change,
    policy: Policy,
    picture: Picture,
    now: datetime,
    sent: Sequence[datetime],
    leaving: Collection[SeatKey],
) -> Plan:
    """The change, unless it is done already, or must wait and says what for.

    Args:
        change: what is about to be sent.
        policy: whose it is.
        picture: of now.
        now: by Asterisk's clock.
        sent: the changes of the last hour that its ceiling counts.
        leaving: seats whose removal was sent and is not observed yet.
    """
    return guard(
        Plan((change,)), _queue_seen(change.queue, picture, now), Memory(changes=tuple(sent)), policy, now, leaving
    )


def _queue_seen(queue: str, picture: Picture, now: datetime) -> View:
    """What is seen of one queue; one that is not there has nobody in it."""
    found = picture.queues.get(queue)
    if not picture.is_known or found is None:
        return View(now, picture.is_known, picture.stale_because, picture.sight)
    seats = Seats(Scene(picture, RecentStays(), ExpectedWaits(), now), (queue,))
    return View(now, True, "", picture.sight, seats=seats, waiting={queue: len(found.callers)})
