"""The members of some queues as seats: each is made when it is asked for, since most never are.

``seats_of`` and ``pausing`` choose among the seats of any view; among those of a picture without making the others.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from ivrctl.acd.picture import Queue
from ivrctl.staffing.scene import Scene
from ivrctl.staffing.view import Seat

Key = tuple[str, str]
"""Queue and interface."""


class Seats(Mapping[Key, Seat]):
    """By queue and interface."""

    __slots__ = ("_made", "_queues", "_scene")

    def __init__(self, scene: Scene, queues: tuple[str, ...]) -> None:
        """Those of some queues.

        Args:
            scene: what is seen; it has these queues.
            queues: by name.
        """
        self._scene = scene
        self._queues: dict[str, Queue] = {name: scene.picture.queues[name] for name in queues}
        self._made: dict[Key, Seat] = {}

    def __getitem__(self, key: Key) -> Seat:
        seat = self._made.get(key)
        if seat is None:
            queue, interface = key
            seat = self._made[key] = self._scene.seat(queue, self._queues[queue].members[interface])
        return seat

    def __contains__(self, key: object) -> bool:
        if not isinstance(key, tuple):
            return False
        queue, interface = key
        found = self._queues.get(queue)
        return found is not None and interface in found.members

    def __iter__(self) -> Iterator[Key]:
        return ((name, interface) for name, queue in self._queues.items() for interface in queue.members)

    def __len__(self) -> int:
        return sum(len(queue.members) for queue in self._queues.values())

    def of(self, queue: str) -> Iterator[Seat]:
        """Those of one queue."""
        found = self._queues.get(queue)
        return (self[queue, interface] for interface in (() if found is None else found.members))

    def pausing(self, queues: Collection[str]) -> Iterator[Seat]:
        """Those of some queues whose members pause."""
        for name in queues:
            for interface, member in self._queues[name].members.items() if name in self._queues else ():
                if member.is_paused:
                    yield self[name, interface]


def seats_of(seats: Mapping[Key, Seat], queue: str) -> Iterable[Seat]:
    """The seats of one queue."""
    return seats.of(queue) if isinstance(seats, Seats) else [seat for seat in seats.values() if seat.queue == queue]


def pausing(seats: Mapping[Key, Seat], queues: Collection[str]) -> Iterable[Seat]:
    """The seats of some queues whose members pause."""
    if isinstance(seats, Seats):
        return seats.pausing(queues)
    return [seat for seat in seats.values() if seat.is_paused and seat.queue in queues]
