"""Why a tier is in or out, and one decision from beginning to end: for somebody who has not seen a policy before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ivrctl.cli.columns import table
from ivrctl.cli.queue_view.wording import plain
from ivrctl.cli.staffing_view.paint import Colour, Paint
from ivrctl.cli.staffing_view.status import KINDS, MEASURES, change_line, clock, held_line, order_line, seat

PRESENCE = {
    "ready": "available for backup, and his phone is there",
    "not_signed_on": "not available for backup",
    "absent": "available for backup, but his phone is not there",
    "unknown": "whether he is available is not known",
}


def tier_lines(policy: Mapping[str, Any], tier: Mapping[str, Any], paint: Paint) -> Iterator[str]:
    """Why a tier is as it is now."""
    stands = paint("in", Colour.GREEN, Colour.BOLD) if tier["in"] else "out"
    since = f" since {clock(tier['since'])}" if tier["since"] else ""
    yield f"{paint(plain(tier['tier']), Colour.BOLD)} of {plain(policy['policy'])} is {stands}{since}.\n"
    if policy["hold"]:
        yield f"Nothing is decided now: {plain(policy['hold'])}.\n"
    if tier["since"] and tier["changed_because"] != tier["why"]:
        yield f"Then: {plain(tier['changed_because'])}.\n"
    yield f"Now: {plain(tier['why'])}.\n"
    yield from _figures(policy, tier)
    yield from _crew(tier)
    for order in policy["orders"]:
        yield f"Order {order_line(order)}\n"
    for held in policy["held"]:
        if held["tier"] == tier["tier"]:
            yield f"Held back: {held_line(held)}.\n"
    for pending in policy["pending"]:
        if pending["tier"] == tier["tier"]:
            error = f": {plain(pending['error'])}" if pending["error"] else ""
            kind = KINDS.get(pending["kind"], pending["kind"])
            yield f"Pending since {clock(pending['since'])}: {kind} {seat(pending)}{error}.\n"


def decision_lines(decision: Mapping[str, Any], paint: Paint) -> Iterator[str]:
    """One decision that changed something."""
    yield f"{paint(decision['id'], Colour.BOLD)}  {clock(decision['at'])}  {plain(decision['policy'])}\n\n"
    for tier in decision["tiers"]:
        sentence = plain(tier["why"])
        yield (paint(sentence, Colour.BOLD) if tier["changed"] else f"  {sentence}") + "\n"
    yield "\nWhat was seen then:\n"
    yield from (f"  {line}" for line in table(_measured(decision["measures"]), right=(1,)))
    yield from (f"  {line}" for line in table(_queues(decision["queues"]), right=(1, 2, 3)))
    if decision["changes"] or decision["held"]:
        yield "\nWhat followed:\n"
        outcomes = {(sent["kind"], sent["queue"], sent["interface"]): sent for sent in decision["sent"]}
        for change in decision["changes"]:
            sent = outcomes.get((change["kind"], change["queue"], change["interface"]))
            yield f"  {change_line({**change, 'why': ''})}{_outcome(sent)}\n"
        yield from (f"  {held_line(held)}\n" for held in decision["held"])
    if decision["asked"]:
        yield f"  asked to end their pause: {' '.join(map(plain, decision['asked']))}\n"


def history_lines(decisions: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """A line for each tier that came or went, and for those who were asked later, the newest first."""
    for decision in decisions:
        if decision["asked"] and not any(tier["changed"] for tier in decision["tiers"]):
            said = f"asked to end a pause: {' '.join(map(plain, decision['asked']))}"
            yield f"{decision['id']}  {clock(decision['at'])}  {plain(decision['policy'])}  {said}\n"
        for tier in decision["tiers"]:
            if tier["changed"]:
                yield f"{decision['id']}  {clock(decision['at'])}  {plain(decision['policy'])}  {plain(tier['why'])}\n"


def _figures(policy: Mapping[str, Any], tier: Mapping[str, Any]) -> Iterator[str]:
    rows = [("figure", "now", "brings them", "calm", "in")]
    for measure in policy["measures"]:
        engage = measure["engage"].get(tier["tier"])
        rows.append(
            (
                MEASURES.get(measure["measure"], measure["measure"]),
                measure["said"],
                "never" if engage is None else engage["said"],
                measure["release"]["said"],
                plain(measure["queue"]) or "-",
            )
        )
    yield from (f"  {line}" for line in table(rows, right=(1, 2, 3)))


def _crew(tier: Mapping[str, Any]) -> Iterator[str]:
    rows = []
    for person in tier["people"]:
        if person["in"]:
            stands = f"in since {clock(person['came_at'])}"
        else:
            left = f"; {plain(person['why_out'])}, at {clock(person['left_at'])}" if person["left_at"] else ""
            stands = f"{PRESENCE.get(person['presence'], person['presence'])}{left}"
        rows.append((person["number"], plain(person["name"]), stands))
    if rows:
        yield "Its people:\n"
        yield from (f"  {line}" for line in table(rows))
    if tier["keep_back"]:
        yield f"  {tier['keep_back']} of them stay with their own work.\n"


def _measured(measures: Sequence[Mapping[str, Any]]) -> list[tuple[str, ...]]:
    return [
        ("figure", "was", "in", "brings", "calm"),
        *(
            (
                MEASURES.get(measure["measure"], measure["measure"]),
                measure["said"],
                plain(measure["queue"]) or "-",
                ", ".join(f"{tier} at {at['said']}" for tier, at in measure["engage"].items() if at is not None),
                measure["release"]["said"],
            )
            for measure in measures
        ),
    ]


def _queues(queues: Mapping[str, Mapping[str, Any]]) -> list[tuple[str, ...]]:
    rows = [(plain(name), *(str(of[key]) for key in ("waiting", "staff", "available"))) for name, of in queues.items()]
    return [("queue", "waiting", "staff", "available"), *rows]


def _outcome(sent: Mapping[str, Any] | None) -> str:
    if sent is None:
        return ": not sent"
    return f", sent at {clock(sent['at'])}: {plain(sent['outcome']) or 'not known yet'}"
