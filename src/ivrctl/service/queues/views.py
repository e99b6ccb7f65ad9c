"""The picture as the API shows it, and the commands behind it: plain values, times in ISO 8601, waits in seconds."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from ivrctl.acd.expected_wait import ExpectedWaits
from ivrctl.acd.facts import facts
from ivrctl.acd.picture import Member, Picture, Queue, WaitingCaller
from ivrctl.service.queues.watch import QueueWatch


def seen(watch: QueueWatch) -> dict[str, Any]:
    """How far what is shown can be trusted.

    ::

        known        True when this is so now, as far as anybody can know
        why          why it is not; empty while it is
        stale_since  since when nothing is seen; None while something is, and before the first reading
        read_at      the last full reading
        seen_at      the last event or reading
        now          the time at Asterisk
    """
    picture = watch.picture
    return {
        "known": picture.is_known,
        "why": watch.why_blind,
        "stale_since": iso(picture.stale_since),
        "read_at": iso(picture.read_at),
        "seen_at": iso(picture.seen_at),
        "now": iso(watch.now()),
    }


def queues(watch: QueueWatch) -> list[dict[str, Any]]:
    """Every queue in short, by name."""
    picture, now = watch.picture, watch.now()
    expected = watch.books.expected
    return [_short(picture, name, now, expected) for name in sorted(picture.queues)]


def queue(watch: QueueWatch, name: str) -> dict[str, Any] | None:
    """One queue with its callers, its members and its talks; None for one that is not there."""
    picture, now = watch.picture, watch.now()
    found = picture.queues.get(name)
    if found is None:
        return None
    expected = watch.books.expected
    return {
        **_short(picture, name, now, expected),
        "callers": [_caller(caller, now) for caller in found.callers.values()],
        "members": [_member(member, found, now) for member in found.members.values()],
        "talks": [
            {
                "number": talk.number,
                "interface": talk.interface,
                "uniqueid": talk.uniqueid,
                "talked": _seconds(now - talk.answered_at),
            }
            for talk in found.talks.values()
        ],
    }


def _short(picture: Picture, name: str, now: datetime, expected: ExpectedWaits) -> dict[str, Any]:
    """``expected_wait`` is P50 and ``expected_wait_80`` P80; each figure may be None."""
    told, queue = facts(picture, name, now, expected), picture.queues[name]
    wait = told.expected_wait
    accuracy = expected.accuracy(name)
    return {
        "name": name,
        "strategy": queue.settings.strategy,
        "staff": told.staff,
        "available": told.available,
        "talking": len(queue.talks),
        "paused": sum(member.is_paused for member in queue.members.values()),
        "waiting": told.waiting,
        "longest_wait": None if told.longest_wait is None else _seconds(told.longest_wait),
        "expected_wait": None if wait is None else _seconds(wait.p50),
        "expected_wait_80": None if wait is None else _seconds(wait.p80),
        "expected_wait_error": None if accuracy is None else _seconds(accuracy.error),
    }


def _caller(caller: WaitingCaller, now: datetime) -> dict[str, Any]:
    return {
        "position": caller.position,
        "number": caller.number,
        "priority": caller.priority,
        "waited": _seconds(now - caller.joined_at),
        "ringing": list(caller.ringing),
        "uniqueid": caller.uniqueid,
        "linkedid": caller.linkedid,
    }


def _member(member: Member, of: Queue, now: datetime) -> dict[str, Any]:
    return {
        "name": member.name,
        "interface": member.interface,
        "state": state_of(member, of, now),
        "paused": member.is_paused,
        "reason": member.pause_reason,
        "since": iso(since_of(member, of, now)),
        "penalty": member.penalty,
        "origin": member.origin.name.lower(),
        "device": member.device.name.lower(),
    }


def state_of(member: Member, of: Queue, now: datetime) -> str:
    """What a member does, in one word: talking, wrap-up, paused, free, ringing, busy, away."""
    is_talking = member.in_call or any(talk.interface == member.interface for talk in of.talks.values())
    if is_talking:
        return "talking"
    # chan_pjsip says of a phone that takes one call at a time that it is busy, while it rings too.
    if any(member.interface in caller.ringing for caller in of.callers.values()):
        return "ringing"
    device = member.device.name.lower()
    if device in {"unavailable", "invalid"}:
        return "away"
    if device in {"ringing", "ringinuse"}:
        return "ringing"
    if device in {"inuse", "busy", "onhold"}:
        return "busy"
    if member.is_paused:
        return "paused"
    return "wrap-up" if member.wraps_up(now) else "free"


def since_of(member: Member, of: Queue, now: datetime) -> datetime | None:
    """Since when he does that; None where it is not known."""
    answered = [talk.answered_at for talk in of.talks.values() if talk.interface == member.interface]
    if answered:
        return max(answered)
    if member.since is None or member.last_call is None or member.wraps_up(now):
        return member.since
    # His wrap-up time has ended without an event.
    over = member.last_call + member.wrap_up
    return max(member.since, over) if state_of(member, of, now) == "free" else member.since


def _seconds(time: timedelta) -> float:
    return round(max(time, timedelta(0)).total_seconds(), 1)


def iso(moment: datetime | None) -> str | None:
    """A moment as the API writes it."""
    return None if moment is None else moment.isoformat(timespec="milliseconds")
