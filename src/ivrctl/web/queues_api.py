"""The API's routes about queues: what is seen now."""

from __future__ import annotations

from aiohttp import web

from ivrctl.service.queues import views
from ivrctl.web.answers import CONTROLLER, answer


def routes() -> list[web.RouteDef]:
    """All of them."""
    return [web.get("/queues", _queues), web.get("/queues/{name}", _queue)]


async def _queues(request: web.Request) -> web.Response:
    """All queues in short, and how far that can be trusted.

    Under ``seen``: known, why, stale_since, read_at, seen_at, now. Under ``queues``, for each::

        name                 as in queues.conf
        strategy             how it rings
        staff                members who are signed on
        available            of these, the ones whom a caller could reach now
        talking              talks of its callers
        waiting              callers
        longest_wait         seconds of who waits longest; 0 while nobody does
        expected_wait        seconds of somebody who came now: half of them wait no longer; null where it cannot be said
        expected_wait_80     the same for four fifths of them
        expected_wait_error  seconds by which such an expectation has been wrong lately, in the middle
    """
    watch = request.app[CONTROLLER].queues
    return answer({"seen": views.seen(watch), "queues": views.queues(watch)})


async def _queue(request: web.Request) -> web.Response:
    """One queue with its ``callers``, ``members`` and ``talks``; 404 for one that Asterisk has not."""
    watch = request.app[CONTROLLER].queues
    shown = views.queue(watch, request.match_info["name"])
    if shown is None:
        return answer({"error": f'Asterisk has no queue "{request.match_info["name"][:80]}"'}, status=404)
    return answer({"seen": views.seen(watch), "queue": shown})
