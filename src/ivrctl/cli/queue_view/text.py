"""Queues as lines: of ``ivrctl queue list`` and ``show``, and of ``watch`` where nobody looks at a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from ivrctl.cli.columns import table
from ivrctl.cli.queue_view.centre import Centre, Known, QueueSeen, Sight, queue_of
from ivrctl.cli.queue_view.wording import clock, doubt, figure, masked, plain, since, state_words

HEADINGS = ("queue", "waiting", "longest", "P50", "P80", "staff", "available", "talking", "paused")


def doubt_line(sight: Sight, known: Known) -> str:
    """What stands above everything where the picture is not what is the case now."""
    at = "" if sight.stale_since is None else time(sight.stale_since, known)
    told = doubt(sight, at, since(sight.stale_since, sight.now))
    return f"! {told}\n" if told else ""


def listed(queues: Sequence[QueueSeen]) -> str:
    """A line for each."""
    return "".join(table([HEADINGS, *map(cells, queues)], right=range(1, len(HEADINGS))))


def cells(queue: QueueSeen) -> tuple[str, ...]:
    """The figures of a queue, in the order of the headings."""
    return (
        plain(queue.name),
        figure(queue.waiting),
        clock(queue.longest_wait),
        clock(queue.expected_wait),
        clock(queue.expected_wait_80),
        figure(queue.staff),
        figure(queue.available),
        figure(queue.talking),
        figure(queue.paused),
    )


def shown(queue: Mapping[str, Any], sight: Sight, known: Known) -> str:
    """One queue with everybody who is in it; numbers are masked already."""
    short = queue_of(queue)
    parts = [
        f"{plain(short.name)}  {plain(queue['strategy'])}\n",
        f"waiting {figure(short.waiting)}, longest {clock(short.longest_wait)}\n",
        f"expected wait P50 {clock(short.expected_wait)}, P80 {clock(short.expected_wait_80)}{_error(queue)}\n",
        f"staff {figure(short.staff)}, available {figure(short.available)}",
        f", talking {figure(short.talking)}, paused {figure(short.paused)}\n",
        *_section("callers", _callers(queue, known)),
        *_section("members", _members(queue, sight, known)),
        *_section("talks", _talks(queue, known)),
    ]
    return "".join(parts)


def masked_queue(queue: Mapping[str, Any], known: Known) -> dict[str, Any]:
    """A queue as the API has it, with numbers masked, and with the agents' numbers and names of the site file."""
    return {
        **queue,
        "callers": [{**caller, "number": masked(caller["number"])} for caller in queue["callers"]],
        "talks": [{**talk, "number": masked(talk["number"])} for talk in queue["talks"]],
        "members": [
            {"number": number or None, **member, "name": name}
            for member in queue["members"]
            for number, name in [known.named(member["interface"], member["name"])]
        ],
    }


def changed(before: Centre | None, after: Centre, known: Known) -> Iterator[str]:
    """A line for each queue of which somebody would say that something has happened."""
    known_before = {} if before is None else {queue.name: queue for queue in before.queues}
    for queue in after.queues:
        if _counts(queue) != _counts(known_before.get(queue.name)):
            yield f"{time(after.sight.now, known)}  {_sentence(queue)}\n"


def time(moment: datetime, known: Known) -> str:
    """A moment of this day or another, by the site's clock."""
    return f"{moment.astimezone(known.zone):%H:%M:%S}"


def _counts(queue: QueueSeen | None) -> tuple[int | None, ...]:
    return () if queue is None else (queue.waiting, queue.staff, queue.available, queue.talking, queue.paused)


def _sentence(queue: QueueSeen) -> str:
    name, *rest = cells(queue)
    return f"{name}: " + ", ".join(f"{word} {cell}" for word, cell in zip(HEADINGS[1:], rest, strict=True))


def _error(queue: Mapping[str, Any]) -> str:
    error = queue["expected_wait_error"]
    return "" if error is None else f"; lately wrong by {clock(error)}"


def _section(title: str, rows: Sequence[Sequence[str]]) -> list[str]:
    """A table below its title; nothing where nobody is."""
    return [f"\n{title}\n", *(f"  {line}" for line in table(rows))] if len(rows) > 1 else []


def _callers(queue: Mapping[str, Any], known: Known) -> list[Sequence[str]]:
    return [
        ("", "number", "waited", "priority", "rings", "channel"),
        *(
            (
                str(caller["position"]),
                caller["number"],
                clock(caller["waited"]),
                figure(caller["priority"]),
                " ".join(_agent(interface, queue, known) for interface in caller["ringing"]) or "-",
                plain(caller["uniqueid"]),
            )
            for caller in queue["callers"]
        ),
    ]


def _members(queue: Mapping[str, Any], sight: Sight, known: Known) -> list[Sequence[str]]:
    rows: list[Sequence[str]] = [("number", "name", "state", "since", "for", "penalty", "interface")]
    for member in queue["members"]:
        began = None if member["since"] is None else datetime.fromisoformat(member["since"])
        rows.append(
            (
                member["number"] or "-",
                plain(member["name"]),
                state_words(member["state"], member["reason"], is_paused=member["paused"]),
                "-" if began is None else time(began, known),
                since(began, sight.now),
                str(member["penalty"]),
                plain(member["interface"]),
            )
        )
    return [rows[0], *sorted(rows[1:], key=lambda row: (row[0] == "-", row[0], row[1]))]


def _talks(queue: Mapping[str, Any], known: Known) -> list[Sequence[str]]:
    talks = queue["talks"]
    return [
        ("number", "with", "for"),
        *((talk["number"], _agent(talk["interface"], queue, known), clock(talk["talked"])) for talk in talks),
    ]


def _agent(interface: str, queue: Mapping[str, Any], known: Known) -> str:
    """An agent in a few words."""
    names = {member["interface"]: member["name"] for member in queue["members"]}
    number, name = known.named(interface, names.get(interface, interface))
    return plain(f"{number} {name}".lstrip())
