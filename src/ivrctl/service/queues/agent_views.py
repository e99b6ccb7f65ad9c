"""Agents as the API shows them: each interface once, whatever queues it is in, with what its agent does now."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ivrctl.acd.picture import Member, Queue
from ivrctl.service.queues.views import iso, since_of, state_of
from ivrctl.service.queues.watch import QueueWatch

_SAYS_MOST = ("talking", "ringing", "busy", "away", "wrap-up", "paused", "free")
"""Of an agent who is seen otherwise in one queue than in another, the first of these is what he does."""


def agents(watch: QueueWatch) -> list[dict[str, Any]]:
    """Everybody who is in a queue now, by interface."""
    places: Mapping[str, list[tuple[Queue, Member]]] = defaultdict(list)
    for _, queue in sorted(watch.picture.queues.items()):
        for member in queue.members.values():
            places[member.interface].append((queue, member))
    now = watch.now()
    return [_agent(interface, places[interface], now) for interface in sorted(places)]


def _agent(interface: str, places: list[tuple[Queue, Member]], now: datetime) -> dict[str, Any]:
    queues = {queue.name: _in_a_queue(member, queue, now) for queue, member in places}
    says_most = min(queues.values(), key=lambda one: _SAYS_MOST.index(one["state"]))
    return {
        "interface": interface,
        "name": places[0][1].name,
        **{key: says_most[key] for key in ("state", "paused", "reason", "since")},
        "queues": queues,
    }


def _in_a_queue(member: Member, of: Queue, now: datetime) -> dict[str, Any]:
    return {
        "state": state_of(member, of, now),
        "paused": member.is_paused,
        "reason": member.pause_reason,
        "since": iso(since_of(member, of, now)),
        "penalty": member.penalty,
    }
