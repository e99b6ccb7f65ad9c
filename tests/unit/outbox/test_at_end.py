"""What is submitted of a call that has ended."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from ivrctl.adapters.outbox import Put
from ivrctl.model.call import CallRecord, Ending, TraceEntry, Wait
from ivrctl.service.at_end import put_at_end
from ivrctl.site.at_end import OF_RECORD, names_at_end
from ivrctl.site.site_file import Site

from .conftest import NOW, SITE, site

RECORD = CallRecord(
    leg="pbx-1.2-9",
    uniqueid="pbx-1.2",
    ani="+8613800138000",
    dnis="100",
    version="abc",
    began_at=NOW - timedelta(seconds=75.26),
    ended_at=NOW,
    ending=Ending.SERVED,
    reason="",
    path=("main/start", "main/agent"),
    fields={"subject": "orders", "due": date(2026, 3, 1)},
    trace=(TraceEntry(1.0, "main/start[0]", "recorded", "messages/1.wav"),),
    regions=("shanghai", "trial"),
    tier="vip",
    waits=(Wait("sales", 0, NOW, 10.0, "timed_out"), Wait("support", 0, NOW, 5.5, "answered")),
    notices=("n1",),
)


def _asking(names: dict[str, str]) -> Site:
    """A site that asks for all of these at the end of calls, by their types."""
    params = "".join(f'      {name}: "{kind}"\n' for name, kind in names.items())
    listed = "".join(f", :{name}" for name in names)
    text = f"  ended:\n    database: bss\n    sql: insert into calls values (:key{listed})\n    params:\n{params}"  # noqa: S608 - no database sees it
    return site(SITE + text + "at_end: ended\n")


def _put(record: CallRecord = RECORD, **names: str) -> Put:
    put = put_at_end(record, _asking(names))
    assert put is not None
    return put


def test_site_that_asks_for_nothing_submits_nothing() -> None:
    """Without ``at_end`` calls end without a submission."""
    assert put_at_end(RECORD, site()) is None


def test_every_name_of_a_record_has_its_value() -> None:
    """All that a site can ask for is there, in the type that the check demands."""
    kinds = {name: "text" if str(kind).startswith("[") else str(kind) for name, kind in OF_RECORD.items()}
    assert _put(**kinds).params == {
        "leg": "pbx-1.2-9",
        "uniqueid": "pbx-1.2",
        "version": "abc",
        "caller": "13800138000",
        "line": "100",
        "regions": "shanghai trial",
        "tier": "vip",
        "began_at": RECORD.began_at,
        "ended_at": NOW,
        "seconds": Decimal("75.3"),
        "ending": "served",
        "reason": "",
        "path": "main/start main/agent",
        "queue": "support",
        "waited": Decimal("15.5"),
        "messages": "messages/1.wav",
        "notices": "n1",
    }


def test_call_fields_are_asked_for_by_their_names() -> None:
    """A field that the call has not is none."""
    assert _put(subject="text?", due="date?").params == {"subject": "orders", "due": date(2026, 3, 1)}
    assert _put(replace(RECORD, fields={}), subject="text?").params == {"subject": None}


def test_one_call_is_submitted_once() -> None:
    """Its key is that of its leg, and it is as old as the end of the call: handed in again, it is the same."""
    put = _put(leg="text")
    assert (put.key, put.submission, put.at) == ("pbx-1.2-9/at_end", "ended", NOW)


def test_what_a_call_has_not_is_none() -> None:
    """A caller whom nobody knows and who waited nowhere has no tier, no queue and no wait."""
    plain = replace(RECORD, tier="", waits=(), ani="")
    names = {"tier": "text?", "queue": "text?", "waited": "number?", "caller": "phone"}
    assert _put(plain, **names).params == {"tier": None, "queue": None, "waited": None, "caller": ""}


def test_path_of_a_caller_who_circles_for_an_hour_is_cut() -> None:
    """Of more steps than a text can hold the last ones are handed over, whole."""
    path = tuple(f"main/step-{number}" for number in range(500))
    text = str(_put(replace(RECORD, path=path), path="text").params["path"])
    assert len(text) < 4096
    assert text.split(" ") == list(path[-len(text.split(" ")) :])


def test_field_with_the_name_of_a_record_does_not_hide_it() -> None:
    """``reason`` is the record's, whatever a site calls its fields."""
    assert names_at_end({"reason": OF_RECORD["seconds"]})["reason"] == OF_RECORD["reason"]
