"""What becomes of a request about a notice, as JSON: for the API, and for a command while no controller runs."""

from __future__ import annotations

from datetime import datetime
from typing import Any, assert_never

from ivrctl.service.notices.draft import Answered, Kept, Refused, Taken, Unknown
from ivrctl.web.notice_shown import notice_json

_REFUSED, _CONFLICT = 422, 409


def answered(result: Answered, now: datetime) -> tuple[dict[str, Any], int]:
    """What became of a request, as a body and a status."""
    match result:
        case Kept(notice, remarks, is_new):
            body = {"notice": notice_json(notice, now), "remarks": list(remarks), "is_new": is_new}
            return body, 200
        case Refused(refusals):
            listed = [{"message": refusal.message, "advice": refusal.advice} for refusal in refusals]
            first = refusals[0]
            return {"error": first.message, "advice": first.advice, "refusals": listed}, _REFUSED
        case Taken(id_):
            error = f"this Idempotency-Key made the notice {id_} of another request: nothing was made"
            return {"error": error, "advice": "take a key of its own for each notice"}, _CONFLICT
        case Unknown(id_):
            return {"error": f"no notice {id_} stands", "advice": "ivrctl notice list"}, 404
        case _:
            assert_never(result)
