"""The API's routes of notices: on the Unix socket, and over TCP for those who have a token."""

from __future__ import annotations

import re

from aiohttp import web

from ivrctl.service.notices import Kept
from ivrctl.service.notices.draft import Answered
from ivrctl.web.answers import CONTROLLER, answer
from ivrctl.web.authors import author_of
from ivrctl.web.bodies import NoticeBody, asked
from ivrctl.web.notice_answers import answered
from ivrctl.web.notice_shown import changes_json, notice_json

MAX_BODY = 8 * 2**20
"""Bytes: recordings of two minutes in three languages, in base64."""
MAX_CHANGES = 1000
"""Changes in one answer."""
MAX_KEY = 200
"""Characters of an Idempotency-Key."""


def routes() -> list[web.RouteDef]:
    """What can be asked of notices."""
    return [
        web.get("/notices", _list),
        web.post("/notices", _make),
        web.get("/notices/history", _history),
        web.get("/notices/{id:[a-z0-9]{1,32}}", _show),
        web.patch("/notices/{id:[a-z0-9]{1,32}}", _change),
        web.delete("/notices/{id:[a-z0-9]{1,32}}", _end),
    ]


async def _list(request: web.Request) -> web.Response:
    """The notices that are announced now or later, in the order in which they are heard, under ``notices``.

    Each has::

        id                   its id
        texts                language to what is said
        recordings           language to the recording that is heard in its place
        starts, ends         when it begins and when it is over
        scope                whom it is for; without a key for everybody
        ends_call            true: the call ends behind it
        is_off_peak_advised  true: callers are advised to call at another time
        reason, author       why, and who made it
        is_current           true while it is heard
        is_for_the_dialplan  true: it is heard while no controller runs, too
    """
    controller = request.app[CONTROLLER]
    now = controller.notices.now()
    return answer({"notices": [notice_json(notice, now) for notice in controller.notices.current()]})


async def _show(request: web.Request) -> web.Response:
    """One notice that stands, under ``notice``; 404 when none has this id."""
    notices = request.app[CONTROLLER].notices
    found = next((notice for notice in notices.current() if notice.id == request.match_info["id"]), None)
    if found is None:
        return _unknown(request.match_info["id"])
    return answer({"notice": notice_json(found, notices.now())})


async def _make(request: web.Request) -> web.Response:
    """Make a notice. Every call that begins a second after the answer hears it, and it outlives any loss of power.

    The body is a JSON object; only an end, and something to say in each of the site's languages, must be there::

        texts       language to text
        recordings  language to a WAV file in base64, heard in place of the text
        scope       lines, points, regions, brands, tiers, queues, callers: lists of names; each must hold for a
                    caller, by any of its names; without it the notice is for everybody
        starts      such as 2026-11-20 18:00, of the site's time zone unless it names one; at once without it
        ends        in the same way; or
        lasts       how long, such as 2h
        ends_call   true: the call ends behind it; then a reason is due
        off_peak    true: callers are advised to call at another time
        reason      why
        waive       languages that are missing on purpose
        force       true: also when the same is announced already

    201 with ``notice`` and ``remarks``, sentences that its author should read. 422 when it cannot be made:
    ``refusals`` holds all that is wrong, a ``message`` and an ``advice`` each. With a header ``Idempotency-Key`` the
    same request can be sent again: it makes one notice, and the answer is 200 with ``is_new`` false. 409 when another
    request had that key: nothing is made.
    """
    author = author_of(request)
    key = request.headers.get("Idempotency-Key", "")
    if len(key) > MAX_KEY or not key.isprintable():
        return answer({"error": f"an Idempotency-Key has up to {MAX_KEY} characters that can be seen"}, status=400)
    draft = (await asked(request, NoticeBody)).draft(author, key)
    return answered_json(await request.app[CONTROLLER].notices.make(draft), request, made=201)


async def _change(request: web.Request) -> web.Response:
    """Change a notice that stands: the body is as for ``POST``, and what it does not name stays as it is.

    200 with ``notice`` and ``remarks``, 404 when no notice with this id stands, 422 as for ``POST``.
    """
    draft = (await asked(request, NoticeBody)).draft(author_of(request))
    return answered_json(await request.app[CONTROLLER].notices.change(request.match_info["id"], draft), request)


async def _end(request: web.Request) -> web.Response:
    """End a notice now; ``notice`` as it was. 404 when none with this id stands."""
    return answered_json(
        await request.app[CONTROLLER].notices.end(request.match_info["id"], author_of(request)), request
    )


async def _history(request: web.Request) -> web.Response:
    """The last changes, the newest first, under ``changes``; ``limit`` of them, 1 to 1000, 20 by default.

    Each has ``happened`` (``made``, ``changed``, ``ended``, ``expired``, ``reminded``), ``id``, ``at``, ``author``, and
    the notice ``before`` and ``after``. All of them stand in the ledger in the state folder.
    """
    text = request.query.get("limit", "20")
    if not (re.fullmatch(r"[0-9]{1,4}", text) and 1 <= int(text) <= MAX_CHANGES):
        return answer({"error": f"limit is a number from 1 to {MAX_CHANGES}"}, status=400)
    changes = await request.app[CONTROLLER].notices.history(int(text))
    return answer({"changes": changes_json(changes)})


def answered_json(result: Answered, request: web.Request, *, made: int = 200) -> web.Response:
    """The answer to a request; a notice that is new has a status of its own."""
    body, status = answered(result, request.app[CONTROLLER].notices.now())
    return answer(body, made if isinstance(result, Kept) and result.is_new else status)


def _unknown(id_: str) -> web.Response:
    return answer({"error": f"no notice {id_} stands", "advice": "ivrctl notice list"}, status=404)
