"""Talks that a controller has not seen begin, which the books know from the one before it.

No reading tells who talks to whom: without them a controller that has just begun would say that nobody talks.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from types import MappingProxyType

from ivrctl.acd.picture import Picture, Talk
from ivrctl.acd.reading import is_talk_over
from ivrctl.acd.stay import Stay, StayEnd


def with_talks(picture: Picture, stays: Iterable[Stay]) -> Picture:
    """The picture, with those talking who do so by the books, where nothing that was seen says otherwise.

    Args:
        picture: as it was read.
        stays: those that are open in the books.
    """
    found: dict[str, dict[str, Talk]] = defaultdict(dict)
    places = picture.places
    for stay in stays:
        talk = _talk(stay)
        if talk is not None and _may_last(picture, stay.queue, talk):
            found[stay.queue][talk.uniqueid] = talk
            places = places.put(talk.uniqueid, stay.queue)
    if not found:
        return picture
    queues = dict(picture.queues)
    for name, talks in found.items():
        queues[name] = replace(queues[name], talks=MappingProxyType({**queues[name].talks, **talks}))
    return replace(picture, queues=MappingProxyType(queues), places=places)


def _talk(stay: Stay) -> Talk | None:
    if stay.end is not StayEnd.ANSWERED or stay.left_at is None or stay.talk_ended_at is not None:
        return None
    return Talk(stay.uniqueid, stay.number, stay.interface, stay.left_at, stay.joined_at)


def _may_last(picture: Picture, name: str, talk: Talk) -> bool:
    queue, read_at = picture.queues.get(name), picture.read_at
    if queue is None or read_at is None or picture.places.find(talk.uniqueid) is not None:
        return False
    gone, member = queue.departures.get(talk.uniqueid), queue.members.get(talk.interface)
    is_gone = gone is not None and gone.is_over and gone.at >= talk.answered_at
    return not is_gone and not is_talk_over(talk.answered_at, member, read_at, was_blind=True)
