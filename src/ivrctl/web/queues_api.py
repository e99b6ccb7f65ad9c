"""The API's routes about queues: what is seen now."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from ivrctl.errors import UnreachableError
from ivrctl.service.queues import agent_views, views
from ivrctl.web.answers import CONTROLLER, answer


def routes() -> list[web.RouteDef]:
    """All of them."""
    return [web.get("/queues", _queues), web.get("/queues/{name}", _queue), web.get("/agents", _agents)]


async def _queues(request: web.Request) -> web.Response:
    """All queues in short, and how far that can be trusted.

    Under ``seen``: known, why, stale_since, read_at, seen_at, now. Under ``queues``, for each::

        name                 as in queues.conf
        strategy             how it rings
        staff                members who are signed on
        available            of these, the ones whom a caller could reach now
        talking              talks of its callers
        paused               members who are signed on and pause
        waiting              callers
        longest_wait         seconds of who waits longest; 0 while nobody does
        expected_wait        seconds of somebody who came now: half of them wait no longer; null where it cannot be said
        expected_wait_80     the same for four fifths of them
        expected_wait_error  seconds by which such an expectation has been wrong lately, in the middle
    """
    watch = request.app[CONTROLLER].queues
    return answer({"seen": views.seen(watch), "queues": views.queues(watch)})


async def _queue(request: web.Request) -> web.Response:
    """One queue with its ``callers``, ``members`` and ``talks``; 404 for one that Asterisk has not.

    503 while no queues were seen yet: nobody knows then which there are.
    """
    watch = request.app[CONTROLLER].queues
    if watch.picture.read_at is None:
        raise UnreachableError(f"no queues are seen: {watch.why_blind}", advice="ivrctl doctor")
    shown = views.queue(watch, request.match_info["name"])
    if shown is None:
        return answer({"error": f'Asterisk has no queue "{request.match_info["name"][:80]}"'}, status=404)
    return answer({"seen": views.seen(watch), "queue": shown})


async def _agents(request: web.Request) -> web.Response:
    """Everybody who is in a queue now, and how far that can be trusted, under ``seen`` as for queues.

    Under ``agents``, for each::

        interface  what the queues ring
        name       as Asterisk has it
        state      talking, ringing, busy, away, wrap-up, paused or free; where his queues differ the first of these
        paused     true while he pauses, whatever his phone does
        reason     why; empty when he does not, or says none
        since      since when; null where it is not known
        queues     the queues that he is in, each with his state, paused, reason, since and penalty in it

    Under ``backup`` the numbers of the agents who are available for backup; null where Asterisk does not say.
    """
    watch = request.app[CONTROLLER].queues
    body: dict[str, Any] = {"seen": views.seen(watch), "agents": agent_views.agents(watch)}
    available = watch.picture.backup if watch.picture.is_known else None
    body["backup"] = None if available is None else sorted(available)
    return answer(body)
