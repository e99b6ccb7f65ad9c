"""The API's routes: status, calls, reload. JSON out, with ``format_version``.

The same handlers serve the Unix socket and, where a site asks for it, TCP.
"""

from __future__ import annotations

import asyncio
import importlib
import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from aiohttp import web

from ivrctl.adapters.call_store import AmbiguousLegError
from ivrctl.model.call import CallRecord, wait_to_json
from ivrctl.model.values import to_json
from ivrctl.service.controller import Controller
from ivrctl.web import queues_api, staffing_api
from ivrctl.web.answers import CONTROLLER, answer, in_json
from ivrctl.web.authors import token_gate
from ivrctl.web.notices_api import MAX_BODY, routes

MAX_CALLS = 1000
"""Records in one answer."""


def application(controller: Controller) -> web.Application:
    """The API of one controller, for this machine's user."""
    app = web.Application(client_max_size=MAX_BODY, middlewares=[in_json])
    app[CONTROLLER] = controller
    app.add_routes(
        [
            web.get("/status", _status),
            web.get("/live", _live),
            web.get("/metrics", _metrics),
            web.get("/probes", _probes),
            web.get("/calls", _calls),
            web.get("/calls/{leg}", _call),
            web.post("/reload", _reload),
            *queues_api.routes(),
            *staffing_api.routes(),
            *routes(),
        ]
    )
    return app


def application_for_tokens(
    controller: Controller, tokens: Callable[[], Mapping[str, str]], clock: Callable[[], float] = time.monotonic
) -> web.Application:
    """What whoever has a token can ask over TCP: the status, the metrics, and notices.

    Args:
        controller: who is asked.
        tokens: name to token, as they are now.
        clock: steady seconds.
    """
    app = web.Application(client_max_size=MAX_BODY, middlewares=[in_json, token_gate(tokens, clock)])
    app[CONTROLLER] = controller
    app.add_routes([web.get("/status", _status), web.get("/metrics", _metrics), *routes()])
    return app


async def _status(request: web.Request) -> web.Response:
    """What the controller says of itself, under ``status``.

    ::

        site             the site's name
        country          whose national numbers it reads, as ISO 3166 has it
        version          the content hash of the site that serves
        rejected         the findings of a changed site that is not taken; null while there are none
        since            when this controller process began
        lines            the numbers and patterns that are served
        agi              where it listens for FastAGI
        calls_in_flow    calls that are in a flow now
        open_legs        these, and the calls that wait in a queue or talk
        connections      connections of Asterisk
        refused          calls that were refused and reached a person, since this process began
        records_waiting  records that wait for the database
        records_lost     records that were lost, since this process began
        submissions      the outbox: waiting, refused, given_up, since when the oldest waits, and which submissions
                         wait for longer than their alarm (late), since when (late_since)
        prompts_made     prompts that were made during calls
        interfaces       of each HTTP interface its state (closed: it is asked; open: it is not; trial: one asks whether
                         it is there again), its faults in a row, and for how many seconds it is refused_for
        queues           whether the PBX's queues are seen, and if not why and since when; how many; the events and
                         readings so far; and the entries of the books that wait for the database, or were dropped
        staffing         whether this controller decides about backup staff (acting), else why_not; and of each policy
                         the tiers_in
        parent           its parent process: pid, children, restarts
    """
    return answer({"status": request.app[CONTROLLER].status()})


async def _live(request: web.Request) -> web.Response:
    """The legs that are in a flow now, and what was said in this entry, with the files: for a caller who compares.

    Under ``legs``, for each::

        leg     its id
        caller  the calling number
        line    the number that was dialled
        place   flow/step[index] of its action
        entry   how often it came back from a hand-off
        asked   how many inputs were asked for in this entry
        said    what was said in this entry: text, file and seconds of each
    """
    legs = [
        {
            "leg": leg,
            "caller": live.run.position.caller,
            "line": live.run.position.line,
            "place": live.run.position.frame.place,
            "entry": live.entry,
            "asked": live.executor.asked,
            "said": [
                {"text": prompt.written, "file": str(prompt.path), "seconds": prompt.seconds}
                for prompt in live.executor.said
            ],
        }
        for leg, live in request.app[CONTROLLER].runner.live.items()
    ]
    return answer({"legs": legs})


async def _metrics(request: web.Request) -> web.Response:
    """What Prometheus reads: [these metrics](#metrics) in its text form, 0.0.4; errors are JSON, as elsewhere."""
    # Only a controller that is read by Prometheus holds its library, and its first reading does not keep calls waiting.
    metrics = await asyncio.to_thread(importlib.import_module, "ivrctl.web.metrics")
    body: bytes = metrics.exposition(request.app[CONTROLLER])
    answered = web.Response(body=body, headers={"Content-Type": metrics.CONTENT_TYPE})
    # Over TCP no connection is kept for long: one that is cut in the middle would be a gap in every graph.
    answered.force_close()
    return answered


async def _probes(request: web.Request) -> web.Response:
    """The words of the probe calls that this controller answered lately: for ``ivrctl doctor``, which placed one."""
    return answer({"probes": list(request.app[CONTROLLER].probes.words)})


async def _calls(request: web.Request) -> web.Response:
    """The records of the calls that ended last, the newest first; ``limit`` of them, 1 to 1000, 20 by default."""
    text = request.query.get("limit", "20")
    if not (re.fullmatch(r"[0-9]{1,4}", text) and 1 <= int(text) <= MAX_CALLS):
        return answer({"error": f"limit is a number from 1 to {MAX_CALLS}"}, status=400)
    records = await request.app[CONTROLLER].store.recent(int(text))
    return answer({"calls": [record_json(record, with_trace=False) for record in records]})


async def _call(request: web.Request) -> web.Response:
    """One call with its trace, by its leg id or the beginning of it.

    404 when there is none, 409 when several legs begin so; ``advice`` names some of them.
    """
    leg = request.match_info["leg"]
    store = request.app[CONTROLLER].store
    await store.flushed()
    try:
        record = await store.get(leg)
    except AmbiguousLegError as error:
        return answer({"error": str(error), "advice": error.advice}, status=409)
    if record is None:
        return answer({"error": f"no call {leg} has ended here"}, status=404)
    return answer({"call": record_json(record, with_trace=True)})


async def _reload(request: web.Request) -> web.Response:
    """Take the site as it is on disk, with its recordings; the version that serves now.

    422 when it has errors: ``rejected`` holds the findings, and the version before goes on serving.
    """
    controller = request.app[CONTROLLER]
    before = controller.versions.current.version
    findings = controller.versions.reload()
    if controller.versions.current.version != before:
        await controller.took_version()
    elif not findings.has_errors:
        # No version holds them: recordings may be new where no file of the site is.
        await controller.build_prompts()
    serving = {"version": controller.versions.current.version, "rejected": controller.versions.rejected}
    return answer(serving, status=422 if findings.has_errors else 200)


def record_json(record: CallRecord, *, with_trace: bool) -> dict[str, Any]:
    """A record as the API shows it; its trace only where one call is asked for."""
    shown = {
        "leg": record.leg,
        "uniqueid": record.uniqueid,
        "caller": record.ani,
        "line": record.dnis,
        "version": record.version,
        "began_at": record.began_at.isoformat(),
        "ended_at": record.ended_at.isoformat(),
        "ending": str(record.ending),
        "reason": record.reason,
        "path": list(record.path),
        "fields": {name: to_json(value) for name, value in record.fields.items()},
        "regions": list(record.regions),
        "tier": record.tier,
        "waits": [wait_to_json(wait) for wait in record.waits],
        "notices": list(record.notices),
        "promise": record.promise,
        "callback_due": None if record.callback_due is None else record.callback_due.isoformat(),
    }
    return shown | ({"trace": [entry._asdict() for entry in record.trace]} if with_trace else {})
