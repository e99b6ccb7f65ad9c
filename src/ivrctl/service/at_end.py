"""What is submitted when a call has ended: of its record and its call fields what the site's ``at_end`` asks for."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from ivrctl.adapters.outbox import Put
from ivrctl.lang.types.conforming import MAX_TEXT_BYTES
from ivrctl.model.call import CallRecord
from ivrctl.model.values import Value
from ivrctl.service.answering import as_declared
from ivrctl.site.site_file import Site

KEY = "at_end"
"""Behind the leg; what a flow submits has a place there, with a ``#``."""


def put_at_end(record: CallRecord, site: Site) -> Put | None:
    """What is submitted of a call; None where the site submits nothing at the end of calls.

    Args:
        record: of the call, whose version of the site may be an older one.
        site: as it is now: what it asks for and a call of an older version has not is none.
    """
    submission = None if site.at_end is None else site.submissions.get(site.at_end)
    if site.at_end is None or submission is None:
        return None
    known = {**record.fields, **_of_record(record)}
    params = {str(name): known.get(str(name)) for name in submission.params}
    declared = as_declared(params, submission.params, site)
    return Put(f"{record.leg}/{KEY}", str(site.at_end), declared, record.ended_at)


def _of_record(record: CallRecord) -> Mapping[str, Value]:
    """By the names of ``site.at_end.OF_RECORD``."""
    return {
        "leg": record.leg,
        "uniqueid": record.uniqueid,
        "version": record.version,
        "caller": record.ani,
        "line": record.dnis,
        "regions": _listed(record.regions),
        "tier": record.tier or None,
        "began_at": record.began_at,
        "ended_at": record.ended_at,
        "seconds": _seconds((record.ended_at - record.began_at).total_seconds()),
        "ending": str(record.ending),
        "reason": record.reason,
        "path": _listed(record.path),
        "queue": record.waits[-1].queue if record.waits else None,
        "waited": _seconds(sum(wait.seconds or 0.0 for wait in record.waits)) if record.waits else None,
        "messages": _listed(tuple(entry.detail for entry in record.trace if entry.event == "recorded")),
        "notices": _listed(record.notices),
    }


def _listed(words: tuple[str, ...]) -> str:
    """With a blank between them; of more than a text can hold, the last ones."""
    text = " ".join(words)
    if len(text.encode()) <= MAX_TEXT_BYTES:
        return text
    kept = text.encode()[-MAX_TEXT_BYTES:].decode(errors="ignore")
    return kept.partition(" ")[2]


def _seconds(seconds: float) -> Decimal:
    return Decimal(str(round(seconds, 1)))
