"""What somebody else than ivrctl finds afterwards: in Asterisk's books and its queues, with ``sqlite3``, in ``/proc``.

Counterpart of the seeded runs' ``world``: the same ``Evidence``, judged by the same invariants.
"""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ivrctl.adapters.pbx import credentials
from ivrctl.testkit.survival.books import Books
from ivrctl.testkit.survival.lines import QUEUE

from ..matrix import CallSeen, Evidence, Terminal, Vitals
from ..reading import Reading
from . import site
from .callers import Called
from .scene import Scene

RECORDED_WITHIN = 40.0
"""Seconds until the record of each leg is there, also of those whose controller was killed at their end."""
VISIBLE_WITHIN = 20.0
"""Seconds until the members are as desired, or are said to be on their way."""
RESTS_WITHIN = 15.0
"""Seconds until a controller without calls has put away what it held for them."""
LOOK_EVERY = 0.2
COARSE = 0.1
"""Seconds by which the clock that Asterisk names its channels by may lag behind ours: that of time(2), which ticks."""
SLACK, BOOTS_WITHIN = 1.0, 40.0
"""Seconds around a call in which the death of Asterisk is its end; and behind which one that is back answers."""


@dataclass(frozen=True, slots=True)
class Legs:
    """What Asterisk wrote down: which legs each channel had, and who called."""

    of: Mapping[str, Sequence[str]]
    """By uniqueid, in order."""
    callers: Mapping[str, str]
    """The number of each channel that has a CDR."""

    @classmethod
    def read(cls, books: Books, numbers: Collection[str]) -> Legs:
        """Read its files."""
        of: defaultdict[str, list[str]] = defaultdict(list)
        for leg in books.legs():
            of[leg.rpartition("-")[0]].append(leg)
        return cls(of, books.calls_of(numbers))

    def of_calls(
        self, calls: Sequence[Called], records: Sequence[Mapping[str, Any]]
    ) -> list[tuple[Called, tuple[str, ...]]]:
        """Each call with its legs; where Asterisk died before it wrote who called, the records say it."""
        told = {record["uniqueid"]: record["ani"].removeprefix("+86") for record in records}
        own: dict[Called, list[str]] = {call: [] for call in calls}
        for uniqueid, legs in self.of.items():
            number, second = self.callers.get(uniqueid, told.get(uniqueid)), _made_at(uniqueid)
            # The one that began last before the end of that second.
            his = [
                call
                for call in calls
                if call.number == number and call.began < second + 1 + COARSE and second <= call.ended
            ]
            if his:
                own[max(his, key=lambda call: call.began)] += legs
        return [(call, tuple(legs)) for call, legs in own.items()]


def _made_at(uniqueid: str) -> float:
    """When Asterisk made the channel: the id is its own name, that second, and a number."""
    return float(uniqueid.rpartition("-")[2].partition(".")[0])


def reading(folder: Path) -> Reading:
    """Of what a scene leaves."""
    return Reading(folder, store="state/calls.sqlite", shop=f"site/{site.SHOP}", log="state/serve.log")


async def evidence(scene: Scene, books: Books, calls: Sequence[Called], folder: Path) -> Evidence:
    """Let everything come to its end, and look."""
    look = reading(folder)
    records, seen = await _recorded(scene, books, calls, look)
    found = Evidence(calls=seen, records=records, noted=site.NOTED, remarks=scene.remarks)
    fell_back = books.fell_back()
    found.taken = frozenset(
        leg for call in seen if call.terminal is not Terminal.CUT for leg in call.legs if leg not in fell_back
    )
    found.members = await _members(scene)
    found.vitals = await _vitals(scene, look)
    found.exits = [await scene.served.stop()]
    found.tickets = look.tickets()
    if told := look.warned():
        found.remarks.append(f"the controllers warned of: {told}")
    found.swept = _swept(scene, look)
    return found


async def _recorded(
    scene: Scene, books: Books, calls: Sequence[Called], look: Reading
) -> tuple[list[dict[str, Any]], list[CallSeen]]:
    """The records when each leg has one and nothing waits to be handed over, or long after."""
    until, numbers = time.monotonic() + RECORDED_WITHIN, {call.number for call in calls}
    while True:
        records = await asyncio.to_thread(look.records)
        legs = Legs.read(books, numbers)
        there = {record["leg"] for record in records}
        of = legs.of_calls(calls, records)
        is_whole = (
            all((own or not call.was_answered) and there.issuperset(own) for call, own in of) and not look.waiting()
        )
        if is_whole or time.monotonic() > until:
            entered = books.queued("ENTERQUEUE", QUEUE)
            fell_back = books.fell_back()
            # An INVITE that nobody answered, as where Asterisk was away, and that has no leg has reached nobody.
            reached = [(call, own) for call, own in of if own or call.was_answered]
            return records, [_seen(scene, call, own, records, entered, fell_back) for call, own in reached]
        await asyncio.sleep(LOOK_EVERY)


def _seen(
    scene: Scene,
    call: Called,
    legs: tuple[str, ...],
    records: Sequence[dict[str, Any]],
    entered: Mapping[str, int],
    fell_back: Collection[str],
) -> CallSeen:
    # A record says when its controller heard of the leg, which is later where AGI was swallowed: Asterisk knows better.
    own = [record for record in records if (record["leg"] in legs if legs else _is_of(record, call))]
    terminal = _terminal(call, own, bool(set(legs) & set(fell_back)), scene.deaths)
    uniqueids = {leg.rpartition("-")[0] for leg in legs} or {record["uniqueid"] for record in own}
    listened = terminal is not Terminal.CUT and not call.keyed
    return CallSeen(
        1,
        next(iter(uniqueids), f"{call.number} at {call.began:.0f}"),
        terminal,
        legs=legs,
        keyed=call.keyed,
        heard=call.heard,
        queued=tuple(QUEUE for uniqueid in uniqueids for _ in range(entered[uniqueid])),
        silence=call.silence if listened else None,
        story=f"    {call}\n    {own}",
    )


def _is_of(record: Mapping[str, Any], call: Called) -> bool:
    is_his = record["ani"].removeprefix("+86") == call.number
    return is_his and call.began - 0.1 <= _seconds(record["began_at"]) <= call.ended


def _seconds(text: str) -> float:
    """The database has times of day in UTC."""
    return datetime.fromisoformat(text if "+" in text else f"{text}+00:00").timestamp()


def _terminal(call: Called, own: Sequence[Mapping[str, Any]], has_fallen: bool, deaths: Sequence[float]) -> Terminal:
    endings = {record["ending"] for record in own}
    if endings & {"served", "unserved"}:
        # A queue that nobody is signed on to, as where Asterisk has restarted, has a way in the flow too.
        return Terminal.SERVED
    slack = SLACK if call.was_answered else BOOTS_WITHIN
    if any(call.began - slack <= death <= call.ended + SLACK for death in deaths):
        return Terminal.CUT
    if not call.has_ended:
        return Terminal.LOST
    return Terminal.PERSON if has_fallen or "fallback" in endings else Terminal.LOST


async def _members(scene: Scene) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """Who is to be in a queue, who is by Asterisk's own account, and who is said to be on his way."""
    until = time.monotonic() + VISIBLE_WITHIN
    while True:
        there, pending = await scene.members(), await asyncio.to_thread(scene.pending)
        if scene.desired == there or time.monotonic() > until:
            return scene.desired, there, pending
        await asyncio.sleep(LOOK_EVERY)


async def _vitals(scene: Scene, look: Reading) -> tuple[Vitals, Vitals] | None:
    """What the controller holds that has served from the begin on; None where it is another."""
    pid = await scene.served.until_serving()
    before = scene.vitals.get(pid)
    if before is None:
        return None
    until = time.monotonic() + RESTS_WITHIN
    while True:
        after = look.vitals(pid)
        if after is None:
            return None
        if not after.too_much(before) or time.monotonic() > until:
            scene.remarks.append(f"the controller held {before} before, {after} behind")
            return before, after
        await asyncio.sleep(LOOK_EVERY)


def _swept(scene: Scene, look: Reading) -> list[str]:
    known = credentials(scene.pbx)
    secrets = {known.ami_secret: "the password of AMI", known.doctor_secret: "the password of the doctor"}
    secrets |= {pin: f"the code {pin}" for pin in scene.pins}
    prompts = Path(scene.pbx.prompts.ours)
    folders = (look.folder, scene.pbx.folder / "log", prompts)
    return [wrong for folder in folders for wrong in Reading(folder).swept(secrets)]
