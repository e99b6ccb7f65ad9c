"""The API's routes about backup staff: how it stands, what would be done and why, and orders by hand."""

from __future__ import annotations

import asyncio
import re
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from ivrctl.service.staffing.by_hand import Asked, Refusal
from ivrctl.service.staffing.recording import decision_shown
from ivrctl.service.staffing.shown import order_shown
from ivrctl.staffing.view import OrderKind
from ivrctl.web.answers import CONTROLLER, answer
from ivrctl.web.authors import author_of
from ivrctl.web.bodies import asked

MAX_DECISIONS = 1000
"""Decisions in one answer."""

_ID = "{id:[a-z0-9.]{1,32}}"
_REFUSED = 422


class OrderBody(BaseModel):
    """An order by hand."""

    model_config = ConfigDict(extra="forbid", strict=True)

    kind: Annotated[str, Field(pattern="^(engage|release|freeze)$")]
    tier: Annotated[str, Field(max_length=128)] = ""
    policy: Annotated[str, Field(max_length=128)] = ""
    lasts: Annotated[str, Field(max_length=32)] = ""
    reason: Annotated[str, Field(max_length=1000)] = ""


class PlanBody(BaseModel):
    """A policy that is not served."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: Annotated[str, Field(max_length=255, pattern="^[^/]+[.]staffing[.]yaml$")]
    content: Annotated[str, Field(max_length=1_000_000)]


class ApplyBody(BaseModel):
    """Whose plan is carried out."""

    model_config = ConfigDict(extra="forbid", strict=True)

    policy: Annotated[str, Field(max_length=128)] = ""


def routes() -> list[web.RouteDef]:
    """All of them."""
    return [
        web.get("/staffing", _status),
        web.get("/staffing/plan", _plan),
        web.post("/staffing/plan", _plan_of),
        web.post("/staffing/apply", _apply),
        web.get("/staffing/forecast", _forecast),
        web.get("/staffing/history", _history),
        web.get(f"/staffing/history/{_ID}", _decision),
        web.post("/staffing/orders", _order),
        web.delete(f"/staffing/orders/{_ID}", _cancel),
    ]


async def _status(request: web.Request) -> web.Response:
    """How backup staff stands, by each policy, as its last round left it.

    ``acting`` is true where this controller acts, ``why_not`` says why it does not, and ``faults`` what has failed and
    is not well yet. Under ``policies``, for each::

        policy      its name
        mode        act; or advise: people carry its plans out
        queues      that it judges
        at          when it was decided
        hold        why nothing was decided; empty when something was
        tiers       each with in, since, why (a sentence), changed_because (that of when it last came or went), cause,
                    until, asked, and people: number, name, presence, in, came_at, left_at, why_out
        measures    each with value, queue, engage (by tier), release, calls_for (tiers), calm; said is with its unit;
                    why_unknown; taken is false of one that nobody can know here
        forecast    people needed now and soon: begin, end, offered, people, people_least, people_most; null where
                    nothing is forecast
        calm_since  since when all of them are calm
        changes     that are to be made: kind (add, penalty, remove), queue, interface, tier, penalty, cause, why
        pending     changes that were begun and are not observed yet: since, attempts, error, retry_at
        held        changes that wait: held_because, until
        unmanaged   seats that are as wanted but not ours, and why
        orders      by hand: id, kind, tier, given_at, expires_at, by, reason
        changes_in_the_last_hour, changes_per_hour
    """
    return answer(request.app[CONTROLLER].staffing.status())


async def _plan(request: web.Request) -> web.Response:
    """What would be done now, under ``plans``, each as a policy of ``GET /staffing``; ``?policy=`` names one."""
    planned = request.app[CONTROLLER].staffing.plan(request.query.get("policy", ""))
    return _refused(planned) if isinstance(planned, Refusal) else answer({"plans": planned})


async def _plan_of(request: web.Request) -> web.Response:
    """What a policy would do now that is not served: ``name`` of its file and ``content`` in, under ``plans`` out.

    422 when it has errors: ``rejected`` holds the findings. Nothing is kept, and nothing is done.
    """
    body = await asked(request, PlanBody)
    staffing = request.app[CONTROLLER].staffing
    planned = await asyncio.to_thread(staffing.read, body.name, body.content.encode())
    if isinstance(planned, str):
        return answer({"error": f"{body.name} has errors", "rejected": planned}, status=_REFUSED)
    return answer({"plans": [staffing.preview(planned)]})


async def _apply(request: web.Request) -> web.Response:
    """Carry out what is planned now, by every policy or by ``policy``, and see that it is so.

    Under ``applied``, for each policy, ``changes`` with ``done`` and ``error``, and what is ``held``.
    """
    body = await asked(request, ApplyBody)
    applied = await request.app[CONTROLLER].staffing.apply(body.policy)
    return _refused(applied) if isinstance(applied, Refusal) else answer({"applied": applied})


async def _forecast(request: web.Request) -> web.Response:
    """What was forecast last, under ``forecasts``, for the queues of each policy; ``?policy=`` names one.

    Each has ``made_at`` (null before the first time), ``fault`` (why the last attempt failed), ``people_by`` (the share
    to be answered in ``answer_in`` seconds, the share who may hang up, and callers' ``patience`` in seconds), with
    ``judged`` (how wrong such forecasts were in the last weeks, beside two naive ones), and ``days``, today and
    tomorrow::

        day, kind_of_day    and from_days, those that it was made of
        lacking             what is missing for a forecast; empty where there is one
        level               by how much more calls than expected came today so far
        intervals           begin, end, offered with least and most (80 % of past intervals lay between), handling in
                            seconds, came (null where that is not known yet), people with people_least and people_most
    """
    made = request.app[CONTROLLER].staffing.forecast(request.query.get("policy", ""))
    return _refused(made) if isinstance(made, Refusal) else answer({"forecasts": made})


async def _history(request: web.Request) -> web.Response:
    """The last decisions that changed something, the newest first, under ``decisions``.

    ``limit`` of them, 1 to 1000, 20 by default; ``policy`` names one. Each has ``id``, ``at``, ``policy``, and what led
    to it: ``tiers`` with their sentences, ``measures``, ``queues``, ``changes`` and what was ``held`` back; ``sent`` is
    what was done by it, with ``outcome``.
    """
    text = request.query.get("limit", "20")
    if not (re.fullmatch(r"[0-9]{1,4}", text) and 1 <= int(text) <= MAX_DECISIONS):
        return answer({"error": f"limit is a number from 1 to {MAX_DECISIONS}"}, status=400)
    kept = await request.app[CONTROLLER].staffing.history(int(text), request.query.get("policy", ""))
    return answer({"decisions": [decision_shown(each) for each in kept]})


async def _decision(request: web.Request) -> web.Response:
    """One of them, under ``decision``; 404 when none has this id."""
    kept = await request.app[CONTROLLER].staffing.decision(request.match_info["id"])
    if kept is None:
        id_ = request.match_info["id"]
        return answer({"error": f"no decision {id_} is kept", "advice": "ivrctl staffing history"}, status=404)
    return answer({"decision": decision_shown(kept)})


async def _order(request: web.Request) -> web.Response:
    """Order something by hand: ``kind`` (engage, release, freeze), ``tier``, ``lasts`` (such as 2h) and ``reason``.

    ``policy`` is due where several have a tier of that name; a freeze without one is for all. 201 with ``orders``, 422
    when it cannot be.
    """
    body = await asked(request, OrderBody)
    wanted = Asked(OrderKind(body.kind), body.tier, body.policy, body.lasts, body.reason, author_of(request))
    given = await request.app[CONTROLLER].staffing.order(wanted)
    if isinstance(given, Refusal):
        return _refused(given)
    return answer({"orders": [order_shown(each) for each in given]}, status=201)


async def _cancel(request: web.Request) -> web.Response:
    """End an order now; ``order`` as it was. 404 when none of this id is in force."""
    id_ = request.match_info["id"]
    given = await request.app[CONTROLLER].staffing.cancel(id_)
    if given is None:
        return answer({"error": f"no order {id_} is in force", "advice": "ivrctl staffing status"}, status=404)
    return answer({"order": order_shown(given)})


def _refused(refusal: Refusal) -> web.Response:
    return answer({"error": refusal.message, "advice": refusal.advice}, status=_REFUSED)
