"""How every policy stands, for a supervisor: tiers, figures against their thresholds, what is under way, who is in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from ivrctl.cli.columns import table, width
from ivrctl.cli.queue_view.wording import plain
from ivrctl.cli.staffing_view.paint import Colour, Paint

MEASURES = {
    "longest_wait": "longest wait",
    "waiting_per_available": "waiting per available",
    "service_level": "service level",
    "expected_wait": "expected wait",
    "abandon_share": "share who hung up",
    "forecast_shortfall": "forecast shortfall",
    "promise_used": "promise used up",
}
KINDS = {"add": "add", "penalty": "penalty of", "remove": "remove"}


def status_lines(body: Mapping[str, Any], paint: Paint) -> Iterator[str]:
    """All of it."""
    if not body["acting"]:
        yield paint(f"! this controller does not act: {plain(body['why_not'])}", Colour.RED) + "\n"
    for fault in body["faults"]:
        yield paint(f"! {plain(fault)}", Colour.RED) + "\n"
    for number, policy in enumerate(body["policies"]):
        if number:
            yield "\n"
        yield from policy_lines(policy, paint)
    if body["acting"] and not body["policies"]:
        yield "the site has no staffing policy\n"


def policy_lines(policy: Mapping[str, Any], paint: Paint) -> Iterator[str]:
    """One policy."""
    advises = "" if policy["mode"] == "act" else ", advises: ivrctl staffing apply carries a plan out"
    queues = " ".join(map(plain, policy["queues"]))
    yield f"{paint(plain(policy['policy']), Colour.BOLD)}  {queues}{advises}  {clock(policy['at'])}\n"
    if policy["hold"]:
        yield paint(f"! nothing is decided: {plain(policy['hold'])}", Colour.RED) + "\n"
    yield from _tiers(policy, paint)
    yield from measure_lines(policy, paint)
    yield from _people(policy)
    begun = {_place(each) for each in policy["pending"]}
    to_be_made = [change_line(change) for change in policy["changes"] if _place(change) not in begun]
    yield from _section("changes to be made", to_be_made)
    yield from _section("pending", [_pending(each) for each in policy["pending"]], paint, Colour.YELLOW)
    yield from _section("held back", [held_line(each) for each in policy["held"]])
    yield from _section("not ours", [f"{seat(each)}: {plain(each['why'])}" for each in policy["unmanaged"]])
    yield from _section("orders", [order_line(each) for each in policy["orders"]], paint, Colour.YELLOW)
    done, most = policy["changes_in_the_last_hour"], policy["changes_per_hour"]
    yield f"\n{done} of {most} changes in the last hour\n"


def measure_lines(policy: Mapping[str, Any], paint: Paint) -> Iterator[str]:
    """Each figure against what brings each tier, and what is calm."""
    names = [tier["tier"] for tier in policy["tiers"]]
    rows = [("measure", "now", "in", *names, "calm")]
    rows += [_measure(measure, names) for measure in policy["measures"]]
    is_in = {tier["tier"] for tier in policy["tiers"] if tier["in"]}
    heading, *lines = table(rows, right=range(1, len(rows[0])))
    yield f"\n{heading}"
    for line, measure in zip(lines, policy["measures"], strict=True):
        yield paint(line.rstrip("\n"), *_colour(measure, is_in)) + "\n"
    for measure in policy["measures"]:
        if measure["why_unknown"]:
            yield f"  {MEASURES.get(measure['measure'], measure['measure'])}: {plain(measure['why_unknown'])}\n"
    needed = policy.get("forecast")
    if needed is not None:
        calls = f", for {needed['offered']:.0f} calls" if needed["offered"] is not None else ""
        lasts = f"from {_local(needed['begin'])} to {_local(needed['end'])}"
        yield f"  forecast: {needed['people']} people are needed {lasts}{calls}\n"


def change_line(change: Mapping[str, Any]) -> str:
    """One change, and why."""
    why = f": {plain(change['why'])}" if change["why"] else ""
    penalty = f", penalty {change['penalty']}" if change["kind"] != "remove" else ""
    return f"{KINDS.get(change['kind'], change['kind'])} {seat(change)}{penalty}{why}"


def held_line(held: Mapping[str, Any]) -> str:
    """A change that waits, and for what."""
    until = f" until {clock(held['until'])}" if held["until"] else ""
    kind = KINDS.get(held["kind"], held["kind"])
    return f"{kind} {seat(held)} waits: {HELD.get(held['held_because'], held['held_because'])}{until}"


HELD = {
    "in_call": "he is in a call or wraps up",
    "last_available": "callers wait, and nobody else could take one",
    "last_member": "callers wait, and the queue would have no member",
    "changes_per_hour": "so many changes were made in the last hour",
    "not_ours": "somebody else has made him a member",
    "frozen": "an order lets nothing change",
    "unknown": "what happens in the queues is not known",
}


def order_line(order: Mapping[str, Any]) -> str:
    """An order by hand."""
    what = order["kind"] if order["kind"] == "freeze" else f"{order['kind']} {plain(order['tier'])}"
    return (
        f"{order['id']}  {what} until {clock(order['expires_at'])}, by {plain(order['by'])}: {plain(order['reason'])}"
    )


def seat(of: Mapping[str, Any]) -> str:
    """Somebody in a queue."""
    name = f" {plain(of['name'])}" if of.get("name") else ""
    return f"{plain(of['interface'])}{name} in {plain(of['queue'])}"


def _place(of: Mapping[str, Any]) -> tuple[str, str, str]:
    return of["kind"], of["queue"], of["interface"]


def clock(moment: str | None) -> str:
    """In the time of whoever reads it; of another day with the date."""
    if moment is None:
        return "-"
    at = datetime.fromisoformat(moment).astimezone()
    return f"{at:%H:%M:%S}" if at.date() == datetime.now(at.tzinfo).date() else f"{at:%Y-%m-%d %H:%M:%S}"


def _local(moment: str) -> str:
    """The time of day of whoever reads it."""
    return f"{datetime.fromisoformat(moment).astimezone():%H:%M}"


def _tiers(policy: Mapping[str, Any], paint: Paint) -> Iterator[str]:
    wide = max((width(tier["tier"]) for tier in policy["tiers"]), default=0)
    for tier in policy["tiers"]:
        name = plain(tier["tier"]) + " " * (wide - width(tier["tier"]))
        stands = paint("in ", Colour.GREEN, Colour.BOLD) if tier["in"] else paint("out", Colour.DIM)
        yield f"  {name}  {stands}  {clock(tier['since'])}  {_came(tier)}{_why(tier)}\n"


def _came(tier: Mapping[str, Any]) -> str:
    """How many of it are there."""
    if tier["bring"] == "ask":
        return f"{len(tier['asked'])} asked, " if tier["in"] and tier["asked"] else ""
    people = tier["people"]
    there = sum(person["in"] for person in people)
    ready = sum(person["presence"] == "ready" for person in people)
    return f"{there} of {len(people)} in, {ready} ready, " if people else ""


def _why(tier: Mapping[str, Any]) -> str:
    """The sentence begins with the tier's name, which stands here already."""
    return plain(tier["why"].removeprefix(f"{tier['tier']} "))


def _measure(measure: Mapping[str, Any], tiers: Sequence[str]) -> tuple[str, ...]:
    engage = [measure["engage"].get(tier) for tier in tiers]
    return (
        MEASURES.get(measure["measure"], measure["measure"]),
        measure["said"],
        plain(measure["queue"]) or "-",
        *("-" if at is None else at["said"] for at in engage),
        measure["release"]["said"],
    )


def _colour(measure: Mapping[str, Any], is_in: set[str]) -> tuple[Colour, ...]:
    """Red: it calls for somebody who is not in. Yellow: it is not calm. Green: it is. Dim: it is not known."""
    if measure["calm"]:
        return (Colour.GREEN,)
    if set(measure["calls_for"]) - is_in:
        return (Colour.RED,)
    return (Colour.DIM,) if measure["said"] == "not known" else (Colour.YELLOW,)


def _people(policy: Mapping[str, Any]) -> Iterator[str]:
    rows = [("number", "name", "tier", "since", "phone")]
    for tier in policy["tiers"]:
        rows += [
            (person["number"], plain(person["name"]), plain(tier["tier"]), clock(person["came_at"]), person["presence"])
            for person in tier["people"]
            if person["in"]
        ]
    if len(rows) > 1:
        yield "\nwho is in\n"
        yield from (f"  {line}" for line in table(rows))


def _pending(each: Mapping[str, Any]) -> str:
    error = f": {plain(each['error'])}" if each["error"] else ""
    return (
        f"{KINDS.get(each['kind'], each['kind'])} {seat(each)} since {clock(each['since'])}, "
        f"{each['attempts']} attempts{error}"
    )


def _section(title: str, lines: Sequence[str], paint: Paint | None = None, *colours: Colour) -> Iterator[str]:
    if lines:
        yield f"\n{title}\n"
        for line in lines:
            yield f"  {paint(line, *colours) if paint is not None else line}\n"
