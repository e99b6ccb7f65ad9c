"""``ivrctl kpi why``: the calls behind a figure."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from ivrctl.acd.stay import Stay, StayEnd
from ivrctl.adapters.books_store import BooksReader
from ivrctl.adapters.call_store.reader import CallReader
from ivrctl.adapters.site_store import SiteStore
from ivrctl.cli.columns import aligned
from ivrctl.cli.commands.kpi import Asked, Place, check_queue, print_json
from ivrctl.lang.source import Word
from ivrctl.model.call import CallRecord, Wait
from ivrctl.service.agents.listing import agents_of
from ivrctl.service.figures import CellName, StayBehind, behind, calls_behind, named
from ivrctl.service.figures.behind_figures import PROMISES
from ivrctl.site.site_file import Site
from ivrctl.web.api import record_json


def why(asked: Asked, cell: str, *, as_json: bool) -> None:
    """Print the calls of a cell."""
    place, now = asked.place(), datetime.now(UTC)
    site, zone = place.site, place.site.zone
    name = _of_agent(named(cell, zone, asked.length(site)), site)
    if name.figure in PROMISES:
        _why_promise(place, name, cell, as_json=as_json)
        return

    async def work(store: SiteStore) -> list[StayBehind]:
        books = BooksReader(store)
        found = await behind(name, asked.rule(site), books, CallReader(store), now)
        if not found:
            await check_queue(name.cell.queue, site, books)
        return found

    found = place.run(work)
    if as_json:
        print_json({"cell": cell, "calls": [_json(one, zone) for one in found]})
        return
    for one in found:
        sys.stdout.write(_line(one, zone))
    count = len(found)
    sys.stderr.write(f"{count} {'stay' if count == 1 else 'stays'}\n")


def _why_promise(place: Place, name: CellName, cell: str, *, as_json: bool) -> None:
    """Print the calls whose promise a cell counts."""
    found = place.run(lambda store: calls_behind(name, CallReader(store)))
    if as_json:
        print_json({"cell": cell, "calls": [{"records": [record_json(one, with_trace=False)]} for one in found]})
        return
    for one in found:
        sys.stdout.write(_promise_line(one, place.site))
    count = len(found)
    sys.stderr.write(f"{count} {'call' if count == 1 else 'calls'}\n")


def _promise_line(record: CallRecord, site: Site) -> str:
    """A call with what its caller is promised, how long he waited, and for whom."""
    began = record.began_at.astimezone(site.zone).strftime("%Y-%m-%d %H:%M:%S")
    tier = site.tiers.get(Word(record.tier))
    within = "" if tier is None or tier.answer is None else f" ({tier.answer.total_seconds():g} s)"
    waits = ", ".join(f"{wait.queue} {_waited(wait)} {wait.outcome}".rstrip() for wait in record.waits)
    number = aligned(record.ani or "withheld", 16)
    return (
        f"{began}  {number} {record.tier}{within} {record.promise}: {waits}\n"
        f"    {record.leg}  {record.ending}: {' > '.join(record.path)}\n"
    )


def _waited(wait: Wait) -> str:
    return "?" if wait.seconds is None else f"{wait.seconds:g} s"


def _of_agent(name: CellName, site: Site) -> CellName:
    """The name with the interface of an agent who is called by his number or his name."""
    called = {text: agent.interface for agent in agents_of(site) for text in (agent.number, agent.name)}
    agent = called.get(name.cell.agent or "", name.cell.agent)
    return replace(name, cell=replace(name.cell, agent=agent))


def _line(one: StayBehind, zone: ZoneInfo) -> str:
    stay = one.stay
    joined = stay.joined_at.astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")
    queue, number = (aligned(text, wide) for text, wide in ((stay.queue, 12), (stay.number or "withheld", 16)))
    parts = [f"{joined}  {queue} {number} {ended(stay)}"]
    parts += [f"    {record.leg}  {record.ending}: {' > '.join(record.path)}" for record in one.records]
    if not one.records:
        parts.append(f"    {stay.uniqueid}  no record of a flow")
    return "\n".join(parts) + "\n"


def ended(stay: Stay) -> str:
    """What became of a stay, in words."""
    waited = "" if stay.left_at is None else f" after {(stay.left_at - stay.joined_at).total_seconds():.1f} s"
    text = f"{stay.end.value.replace('_', ' ')}{f' {stay.key}' if stay.key else ''}{waited}"
    if stay.end is StayEnd.ANSWERED:
        text += f" by {stay.interface}"
        talked = None if stay.talk_ended_at is None else stay.talked(stay.talk_ended_at)
        text += "" if talked is None else f", talked {talked:.1f} s"
    if stay.missed:
        text += f", rang {'once' if stay.missed == 1 else f'{stay.missed} times'} unanswered"
    return text + ("" if stay.chain == 1 else f", stay {stay.chain} of this call")


def _json(one: StayBehind, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "stay": stay_json(one.stay, zone),
        "records": [record_json(record, with_trace=False) for record in one.records],
    }


def stay_json(stay: Stay, zone: ZoneInfo) -> dict[str, Any]:
    """A stay for programs."""
    times = {name: getattr(stay, name) for name in ("joined_at", "left_at", "talk_ended_at")}
    texts = ("queue", "uniqueid", "linkedid", "number", "line", "tier", "key", "interface", "talk_ended_by")
    return {
        **{name: getattr(stay, name) for name in texts},
        **{name: None if at is None else at.astimezone(zone).isoformat() for name, at in times.items()},
        "end": stay.end.value,
        "is_joined_exactly": stay.is_joined_exactly,
        "position": stay.position,
        "chain": stay.chain,
        "missed": stay.missed,
    }
