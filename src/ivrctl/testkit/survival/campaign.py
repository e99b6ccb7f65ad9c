"""Kills at random moments while callers are served, and what became of every call."""

from __future__ import annotations

import asyncio
import random
import signal
from collections import Counter
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from ivrctl.errors import UnreachableError
from ivrctl.testkit.softphone import Softphone
from ivrctl.testkit.survival.books import Books
from ivrctl.testkit.survival.lines import ANSWERS, ANSWERS_PATH, PERSON, PERSON_PATH, QUEUE
from ivrctl.testkit.survival.people import Caller, CallMade, answer_calls, make_speech, signed_on
from ivrctl.testkit.survival.serving import Serving

PATHS = {ANSWERS: ANSWERS_PATH, PERSON: PERSON_PATH}
BACK_WITHIN = 15.0
"""Seconds from a kill to the next controller that serves: the parent's longest pause, and a start."""
RECORDS_WITHIN = 30.0
"""Seconds in which the record of a leg is there whose controller was killed at its end; the next one hands it in."""


@dataclass(frozen=True, slots=True)
class CampaignPlan:
    """Who calls, and how often somebody is killed."""

    seed: int
    kills: int = 20
    """Of the serving controller."""
    parent_after: int = 4
    """After so many kills of a controller the parent is killed too, and started again at once."""
    answers: int = 5
    """Callers of the line that answers."""
    persons: int = 3
    """Callers who want a person."""
    agents: Sequence[str] = ("8101", "8102")
    front_desk: Sequence[str] = ("8105",)
    """Who answers callers that have fallen back."""
    gap: tuple[float, float] = (0.5, 6.0)
    """Seconds of service between two kills."""


@dataclass(slots=True)
class CampaignFigures:
    """What became of the calls."""

    seed: int
    kills: int = 0
    parent_kills: int = 0
    calls: int = 0
    undisturbed: int = 0
    """Calls in which no action was begun again, as far as the last controller that served them knows."""
    resumed: int = 0
    """Calls that went on at the action at which a kill found them, and were served."""
    fell_back: int = 0
    """Calls that the dialplan brought to a person."""
    lost: int = 0
    """Calls that were neither served nor brought to a person."""
    served_twice: int = 0
    queued_twice: int = 0
    without_record: int = 0
    longest_away: float = 0.0
    """Seconds from a kill to the next controller that served."""
    longest_silence: float = 0.0
    """Seconds in any caller's recording."""
    records_to_come: int = 0
    """Calls whose end no controller was there to be told of: the journal holds them, and their record comes later."""
    unrecorded: list[str] = field(default_factory=list)
    """Every call without a record, in a few words."""
    faults: list[str] = field(default_factory=list)
    """Every call that is lost, served twice, queued twice or without a record, in a sentence."""

    def as_json(self) -> dict[str, Any]:
        """For a file."""
        return asdict(self)


async def run_campaign(serving: Serving, plan: CampaignPlan, folder: Path) -> CampaignFigures:
    """Serve callers, kill, and count.

    Args:
        serving: serves a site with the lines of ``lines``; it serves at the end, too.
        plan: who and how often.
        folder: for the phones; new or empty.
    """
    figures = CampaignFigures(plan.seed)
    books = Books.opened(serving.pbx)
    speech = make_speech(folder / "agent.wav")
    async with AsyncExitStack() as stack:
        callers = [await stack.enter_async_context(phone) for phone in _phones(serving, plan, folder)]
        agents = [
            await stack.enter_async_context(Softphone.agent(serving.pbx, name, folder=folder / name))
            for name in (*plan.agents, *plan.front_desk)
        ]
        await stack.enter_async_context(signed_on(serving.pbx, QUEUE, *plan.agents))
        people = [Caller(phone, ANSWERS if n < plan.answers else PERSON) for n, phone in enumerate(callers)]
        enough = asyncio.Event()
        answering = [asyncio.ensure_future(answer_calls(agent, speech)) for agent in agents]
        async with asyncio.TaskGroup() as group:
            for person in people:
                group.create_task(person.call_until(enough))
            await _kill(serving, plan, figures)
            enough.set()
        for task in answering:
            task.cancel()
        await asyncio.gather(*answering, return_exceptions=True)
    calls = [call for person in people for call in person.calls]
    await _count(serving, books, calls, figures)
    return figures


def _phones(serving: Serving, plan: CampaignPlan, folder: Path) -> list[Softphone]:
    count = plan.answers + plan.persons
    numbers = [f"139{plan.seed % 10000:04}{n:04}" for n in range(count)]
    return [Softphone.caller(serving.pbx, number, folder=folder / number) for number in numbers]


async def _kill(serving: Serving, plan: CampaignPlan, figures: CampaignFigures) -> None:
    chance = random.Random(plan.seed)  # noqa: S311 - a seeded choice of moments is the point
    loop = asyncio.get_running_loop()
    for number in range(1, plan.kills + 1):
        await asyncio.sleep(chance.uniform(*plan.gap))
        victim = await serving.until_serving(within=BACK_WITHIN)
        serving.signal_controller(victim, signal.SIGKILL)
        figures.kills += 1
        killed_at = loop.time()
        await serving.until_serving(victim, within=BACK_WITHIN)
        figures.longest_away = max(figures.longest_away, loop.time() - killed_at)
        if number % plan.parent_after == 0:
            await asyncio.sleep(chance.uniform(*plan.gap))
            killed_at = loop.time()
            await serving.kill()
            figures.parent_kills += 1
            await serving.start()
            await serving.until_serving(within=BACK_WITHIN)
            figures.longest_away = max(figures.longest_away, loop.time() - killed_at)


async def _count(serving: Serving, books: Books, calls: Sequence[CallMade], figures: CampaignFigures) -> None:
    """Compare what callers saw, what Asterisk wrote and what the controller recorded, call by call."""
    numbers = {call.number for call in calls}

    def has_settled() -> bool:
        recorded = {record["uniqueid"] for record in serving.records()}
        known = len(recorded) + open_legs()
        return len(books.calls_of(numbers)) >= len(calls) and known >= len(calls)

    def open_legs() -> int:
        return int(serving.ask("/status")["status"]["open_legs"])

    with suppress(UnreachableError):  # what has not settled is counted below, call by call
        await serving.until(has_settled, "every call is in the books, and recorded or open", within=RECORDS_WITHIN)
    figures.records_to_come = await asyncio.to_thread(open_legs)
    records: dict[str, list[dict[str, Any]]] = {}
    for record in await asyncio.to_thread(serving.records):
        whole = (await asyncio.to_thread(serving.ask, f"/calls/{record['leg']}"))["call"]
        records.setdefault(record["uniqueid"], []).append(whole)
    entered = books.queued("ENTERQUEUE", QUEUE)
    fell_back = {leg.rpartition("-")[0] for leg in books.fell_back()}
    figures.calls = len(calls)
    figures.longest_silence = max(call.longest_silence for call in calls)
    by_caller = Counter(call.number for call in calls)
    in_books = books.calls_of(numbers)
    for number, made in by_caller.items():
        if (found := sum(1 for caller in in_books.values() if caller == number)) != made:
            figures.faults.append(f"{number} made {made} calls, and {found} are in the CDRs")
    for uniqueid, number in in_books.items():
        _judge(figures, uniqueid, number, records.get(uniqueid, []), uniqueid in fell_back, entered[uniqueid])
    if figures.without_record > figures.records_to_come:
        missing = figures.without_record - figures.records_to_come
        fault = f"{missing} calls have no record, and the journal does not know them, of these"
        figures.faults.append(f"{fault}: {'; '.join(figures.unrecorded)}")
    for call in calls:
        if not call.has_ended:
            figures.lost += 1
            figures.faults.append(f"{call.number} -> {call.line} gave up after {call.seconds:.0f} s")


def _judge(
    figures: CampaignFigures, uniqueid: str, number: str, records: list[dict[str, Any]], has_fallen: bool, entered: int
) -> None:
    who = f"{number} ({uniqueid})"
    if entered > 1:
        figures.queued_twice += 1
        figures.faults.append(f"{who} entered the queue {entered} times")
    if not records:
        figures.without_record += 1
        figures.unrecorded.append(f"{who}{' fell back' if has_fallen else ''}, entered the queue {entered} times")
        return
    served = [record for record in records if record["ending"] == "served"]
    if len(served) > 1:
        figures.served_twice += 1
        figures.faults.append(f"{who} was served {len(served)} times")
    if has_fallen:
        figures.fell_back += 1
    elif not served or tuple(served[0]["path"]) != PATHS[served[0]["line"]]:
        figures.lost += 1
        figures.faults.append(f"{who} ended {[(record['ending'], record['path']) for record in records]}")
    elif any(entry["event"] == "resumes" for entry in served[0]["trace"]):
        figures.resumed += 1
    else:
        figures.undisturbed += 1
