"""One call of a softphone to the development PBX, told as the caller heard it.

The controller's API says what it is saying, and in which file; the phone records what arrives. Each prompt that is
reported as heard was found in the recording: what the controller says and what the caller hears are compared.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ivrctl.adapters.pbx import Pbx
from ivrctl.testkit.arrivals import Arrivals
from ivrctl.testkit.audio import RATE
from ivrctl.testkit.hearing import HeardPrompt, heard_prompts
from ivrctl.testkit.softphone import PhoneEvent, Softphone, SoftphoneError

POLL_EVERY = 0.1
"""Seconds between questions to the controller: a prompt of a second is seen ten times."""

LOOK_EVERY = 0.05
"""Seconds between looks at how much has arrived at the phone."""

LISTEN_FIRST = 1.5
"""Seconds of a question that are heard before a key is pressed, as a person who knows the menu would."""

HANG_UP = "h"
"""In place of keys: the caller hangs up at this question."""

ANSWER_WITHIN = 10.0
"""Seconds until the PBX has answered, or refused."""

RECORD_WITHIN = 5.0
"""Seconds until the record of a call that has ended is stored."""

UNSEEN_WITHIN = 2.0
"""The same for a call that was over before the controller was asked of it, and perhaps never reached it."""

CLOCKS_APART = timedelta(seconds=1)
"""Between the controller and us, at most: both run on this machine, or in a container of it."""

Ask = Callable[[str], dict[str, Any]]
"""A question to the controller's API; raises an ``IvrctlError`` when there is no answer."""


@dataclass(frozen=True, slots=True)
class CallPlan:
    """What a caller does."""

    number: str
    """Dialled."""
    caller: str
    """The calling number."""
    presses: tuple[str, ...] = ()
    """Keys for the first question, for the second, …; ``HANG_UP`` in the place of keys hangs up."""
    longest: float = 90.0
    """Seconds after which the caller hangs up."""


@dataclass(frozen=True, slots=True)
class PressedKeys:
    """Keys that the caller pressed."""

    keys: str
    at: float
    """Seconds into the call."""


@dataclass(frozen=True, slots=True)
class PlacedCall:
    """What became of a call."""

    plan: CallPlan
    is_answered: bool
    seconds: float
    heard: tuple[HeardPrompt, ...]
    pressed: tuple[PressedKeys, ...]
    record: dict[str, Any] | None
    """The controller's record, as its API gives it; None when it has none."""
    refusal: str = ""
    """Why it was not answered, as SIP says it (``404 Not Found``); "" when it was."""
    is_interrupted: bool = False
    """Whether the caller was told to stop before it was over."""
    recording: str = ""
    """The file with what was heard; it goes with the folder."""
    is_controller_asked: bool = True
    """False: what was heard was compared with nothing."""


def _untold(_sentence: str) -> None:
    """For whoever wants to hear of the call when it is over."""


@dataclass(slots=True)
class _Watch:
    """What the controller's API has shown of this call so far."""

    folder: Path
    leg: str | None = None
    said: list[tuple[str, Path]] = field(default_factory=list)
    asked: int = 0
    entry: int = -1
    said_before: int = 0
    asked_before: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def until_asked(self, times: int) -> None:
        """Return when the caller has been asked for keys so often."""
        while self.asked < times:
            self.changed.clear()
            await self.changed.wait()

    def take(self, leg: dict[str, Any]) -> None:
        """Keep what is new, with a copy of its file: a prompt made for one call does not outlive it."""
        self.leg = leg["leg"]
        if leg["entry"] != self.entry:
            self.entry, self.said_before, self.asked_before = leg["entry"], len(self.said), self.asked
        for prompt in leg["said"][len(self.said) - self.said_before :]:
            copy = self.folder / f"said-{len(self.said)}.wav"
            try:
                shutil.copyfile(prompt["file"], copy)
            except OSError:
                continue
            self.said.append((prompt["text"], copy))
        self.asked = self.asked_before + leg["asked"]
        self.changed.set()


async def place_call(
    pbx: Pbx,
    ask: Ask | None,
    plan: CallPlan,
    folder: Path,
    *,
    tell: Callable[[str], None] = _untold,
    stop: asyncio.Event | None = None,
) -> PlacedCall:
    """Dial, listen, press a group of keys at each question, and wait until it is over.

    Args:
        pbx: the development PBX to dial.
        ask: how to reach the API of the controller that serves it; None asks none, such as while none runs.
        plan: what the caller does.
        folder: exists, new or empty; the phone's log and sound stay there.
        tell: is given a sentence on what goes on now, while it goes on.
        stop: the caller hangs up as soon as it is set; what was heard until then is the answer.

    Raises:
        SoftphoneError: the phone did not do as told.
        UnreachableError: the controller does not answer.
    """
    stop = asyncio.Event() if stop is None else stop
    dialled_at = datetime.now(UTC)
    async with Softphone.caller(pbx, plan.caller, folder=folder / "phone") as phone:
        tell(f"dialling {plan.number} as {plan.caller}")
        await phone.dial(plan.number)
        refusal = await _refusal(phone, stop)
        if refusal is not None:
            return PlacedCall(plan, False, 0.0, (), (), None, refusal, stop.is_set())
        tell(f"answered, listening; up to {plan.longest:g} s")
        heard = await (
            _hear(phone, plan, stop) if ask is None else _listen(phone, ask, plan, _Watch(folder), tell, stop)
        )
        if ask is not None and heard.record is None:
            heard = replace(heard, record=await _unseen_record(ask, plan, dialled_at - CLOCKS_APART))
    # By the time the phone has ended its file has the name that it keeps.
    return replace(heard, recording=str(phone.heard))


async def _refusal(phone: Softphone, stop: asyncio.Event) -> str | None:
    """None when the call is answered, else why it is not."""
    try:
        is_answered = await _unless(stop, phone.until(PhoneEvent.ESTABLISHED, within=ANSWER_WITHIN))
    except SoftphoneError:
        closed = [seen.detail for seen in phone.seen if seen.event is PhoneEvent.CLOSED]
        return closed[-1] if closed else f"no answer within {ANSWER_WITHIN:g} s"
    return None if is_answered else "interrupted before that"


async def _hear(phone: Softphone, plan: CallPlan, stop: asyncio.Event) -> PlacedCall:
    """The call from its answer to its end, of which nobody says anything."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    if not await _until_over(phone, plan, stop):
        await phone.hang_up()
    seconds = loop.time() - began
    return PlacedCall(plan, True, seconds, (), (), None, is_interrupted=stop.is_set(), is_controller_asked=False)


async def _until_over(phone: Softphone, plan: CallPlan, stop: asyncio.Event) -> bool:
    """False when the caller has had enough before it was over."""
    try:
        return await _unless(stop, phone.until(PhoneEvent.CLOSED, within=plan.longest))
    except SoftphoneError:
        return False


async def _listen(
    phone: Softphone, ask: Ask, plan: CallPlan, watch: _Watch, tell: Callable[[str], None], stop: asyncio.Event
) -> PlacedCall:
    """The call from its answer to its end."""
    loop = asyncio.get_running_loop()
    began = loop.time()
    watching = asyncio.ensure_future(_watch(ask, plan, watch))
    pressing = asyncio.ensure_future(_press(phone, watch, plan.presses, began))
    arrivals = Arrivals()
    noting = asyncio.ensure_future(_note(phone, arrivals, began))
    if not await _until_over(phone, plan, stop):
        await phone.hang_up()
    seconds = loop.time() - began
    for task in (watching, pressing, noting):
        task.cancel()
    results = await asyncio.gather(watching, pressing, noting, return_exceptions=True)
    pressed = _pressed(results)
    tell("the call is over; comparing what was heard with what was said")
    record = await _record(ask, watch.leg)
    # In what has arrived: what the phone's player made of it is torn where packets came late.
    found = await asyncio.to_thread(heard_prompts, watch.said, phone.received)
    heard = tuple(one if one.at is None else replace(one, at=arrivals.when(round(one.at * RATE))) for one in found)
    return PlacedCall(plan, True, seconds, heard, pressed, record, is_interrupted=stop.is_set())


async def _unless(stop: asyncio.Event, waiting: Coroutine[Any, Any, object]) -> bool:
    """Wait for it: True when it has come, False when `stop` was set first; what it raises is raised."""
    tasks = asyncio.ensure_future(waiting), asyncio.ensure_future(stop.wait())
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        if tasks[0].done():
            tasks[0].result()
        return tasks[0].done()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _watch(ask: Ask, plan: CallPlan, watch: _Watch) -> None:
    while True:
        legs = (await asyncio.to_thread(ask, "/live"))["legs"]
        for leg in legs:
            if leg["leg"] == watch.leg or _is_ours(leg, plan):
                watch.take(leg)
                break
        await asyncio.sleep(POLL_EVERY)


async def _note(phone: Softphone, arrivals: Arrivals, began: float) -> None:
    while True:
        arrivals.note(asyncio.get_running_loop().time() - began, phone.samples_received)
        await asyncio.sleep(LOOK_EVERY)


def _is_ours(leg: Mapping[str, Any], plan: CallPlan) -> bool:
    """The controller writes numbers in E.164: neither a prefix of the plan nor its own "+" is compared."""
    return bool(leg["line"] == plan.number and leg["caller"].endswith(plan.caller.lstrip("+0")))


async def _press(phone: Softphone, watch: _Watch, presses: Sequence[str], began: float) -> list[PressedKeys]:
    pressed: list[PressedKeys] = []
    loop = asyncio.get_running_loop()
    try:
        for number, keys in enumerate(presses, start=1):
            await watch.until_asked(number)
            await asyncio.sleep(LISTEN_FIRST)
            if keys == HANG_UP:
                await phone.hang_up()
                break
            pressed.append(PressedKeys(keys, loop.time() - began))
            await phone.press(keys)
    except asyncio.CancelledError:
        # The call ended first: what was pressed until then is the answer.
        return pressed
    return pressed


def _pressed(results: Sequence[object]) -> tuple[PressedKeys, ...]:
    for result in results:
        if isinstance(result, Exception) and not isinstance(result, asyncio.CancelledError):
            raise result
    return tuple(results[1]) if isinstance(results[1], list) else ()


async def _record(ask: Ask, leg: str | None) -> dict[str, Any] | None:
    """The record of the call, once it is stored."""
    deadline = asyncio.get_running_loop().time() + RECORD_WITHIN
    while leg is not None and asyncio.get_running_loop().time() < deadline:
        calls = (await asyncio.to_thread(ask, "/calls?limit=50"))["calls"]
        if any(call["leg"] == leg for call in calls):
            found: dict[str, Any] = (await asyncio.to_thread(ask, f"/calls/{leg}"))["call"]
            return found
        await asyncio.sleep(POLL_EVERY)
    return None


async def _unseen_record(ask: Ask, plan: CallPlan, since: datetime) -> dict[str, Any] | None:
    """The record of a call that was over before anybody saw it, by its line, its caller and its time."""
    deadline = asyncio.get_running_loop().time() + UNSEEN_WITHIN
    while asyncio.get_running_loop().time() < deadline:
        for call in (await asyncio.to_thread(ask, "/calls?limit=50"))["calls"]:
            if _is_ours(call, plan) and datetime.fromisoformat(call["began_at"]) >= since:
                return await _record(ask, call["leg"])
        await asyncio.sleep(POLL_EVERY)
    return None
