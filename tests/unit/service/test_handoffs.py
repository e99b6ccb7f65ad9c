"""Over AGI: messages that callers leave, places in queues, lines that are for agents or are not answered."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from ivrctl.flow.commands import Finish
from ivrctl.flow.position import Frame, Position
from ivrctl.model.call import CallRecord, Ending, TraceEntry
from ivrctl.service.endings import End, record_of

from .controllers import SITE, Start

MESSAGE = """
    lines: {"100": start}
    steps:
      start:
        - play: Speak.
        - voicemail: {box: office, longest: 60s}
          then: {too_short: short, failed: short}
        - play: Thank you.
        - hangup: unserved
      short:
        - play: Too short.
        - hangup: unserved
"""
EXPERT = """
    lines: {"100": start, "8001": {step: expert, from: agents}}
    steps:
      start:
        - queue: {name: sales}
          then: {answered: {hangup: served}, otherwise: {hangup: unserved}}
      expert:
        - play: The expert.
        - hangup: served
"""
FOR_STAFF = SITE.replace("fallback: Sorry.}", "fallback: Sorry., agents_only: For our staff.}")
NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def _files(record: CallRecord) -> list[str]:
    return [entry.detail for entry in record.trace if entry.event == "recorded"]


async def test_message_ended_by_hash_goes_on_and_is_in_the_record(controller_of: Start) -> None:
    """The dialplan records it under the name of the leg, and the record names the file."""
    controller = await controller_of(MESSAGE)
    caller = controller.call()
    stay = await caller.is_recorded()
    await caller.press("#", after=10)
    await caller.hears("Thank you.")
    await caller.ends()
    record = await controller.record()
    assert stay.arguments == f"{record.leg}-voicemail-1.wav,0,60,k"
    assert caller.channel.variables["IVRCTL_LEAST"] == str(44 + 3 * 16_000)
    assert (record.ending, _files(record)) == (Ending.UNSERVED, [f"{record.leg}-voicemail-1.wav"])


async def test_message_that_is_too_long_ends_by_itself(controller_of: Start) -> None:
    """At its longest the message is over, and kept."""
    controller = await controller_of(MESSAGE)
    caller = controller.call()
    stay = await caller.is_recorded()
    await caller.hears("Thank you.", within=61)
    assert stay.outcome == "TIMEOUT"


async def test_message_that_is_too_short_is_none(controller_of: Start) -> None:
    """Whoever ends it at once has left nothing."""
    controller = await controller_of(MESSAGE)
    caller = controller.call()
    await caller.is_recorded()
    await caller.press("#", after=1)
    await caller.hears("Too short.")
    await caller.ends()
    assert _files(await controller.record()) == []


@pytest.mark.parametrize(("after", "ending", "count"), [(10, Ending.UNSERVED, 1), (1, Ending.ABANDONED, 0)])
async def test_message_ended_by_hanging_up_is_kept(
    controller_of: Start, after: float, ending: Ending, count: int
) -> None:
    """A caller who has spoken has left a message; one who hung up at the tone has abandoned."""
    controller = await controller_of(MESSAGE)
    caller = controller.call()
    await caller.is_recorded()
    await caller.wait(after)
    caller.hang_up()
    record = await controller.record()
    assert (record.ending, len(_files(record))) == (ending, count)


def test_message_is_in_the_record_when_its_trace_was_lost() -> None:
    """The position knows of it, whatever a controller took along; what the trace tells already is not told twice."""
    position = Position("v1", "", "100", NOW, "en", (Frame("main", "start"),), messages=("voicemail-1", "voicemail-3"))
    told = (TraceEntry(4.0, "main/start[1]", "recorded", "1.0-17-voicemail-3.wav"),)
    record = record_of("1.0-17", position, End("1.0", NOW, Finish(Ending.UNSERVED)), told, tiers={})
    assert _files(record) == ["1.0-17-voicemail-1.wav", "1.0-17-voicemail-3.wav"]


async def test_caller_from_outside_on_a_line_for_agents_is_told_and_refused(controller_of: Start) -> None:
    """He hears why, and the record has the reason."""
    controller = await controller_of(EXPERT, FOR_STAFF)
    caller = controller.call("8001")
    await caller.hears("For our staff.")
    await caller.ends()
    record = await controller.record()
    assert (record.ending, record.reason) == (Ending.REFUSED, "the line 8001 is for agents")


async def test_caller_whom_an_agent_transfers_reaches_a_line_for_agents(controller_of: Start) -> None:
    """The dialplan says that an agent sent him."""
    controller = await controller_of(EXPERT, FOR_STAFF)
    caller = controller.call()
    stay = await caller.enters_queue("sales")
    stay.answer("8101")
    await caller.wait(5)
    stay.transfer("8001")
    await caller.hears("The expert.")
    await caller.ends()


CHANGED = """
    lines: {"100": {step: start, answer: false}}
    steps:
      start:
        - play: Our number has changed.
        - goto: ask
          when: visits > 0
        - hangup: served
      ask:
        - menu: {choices: {"1": {say: Press 1., hangup: served}}}
          then: {otherwise: {hangup: unserved}}
"""


async def test_line_that_is_not_answered_speaks_before_the_first_question(controller_of: Start) -> None:
    """What is only said goes out as early media; what takes keys answers."""
    controller = await controller_of(CHANGED)
    caller = controller.call()
    await caller.hears("Our number has changed.")
    assert not caller.channel.is_up
    await caller.hears("Press 1.", seconds=1)
    assert caller.channel.is_up
    await caller.press("1")
    await caller.ends()
    assert (await controller.record()).ending is Ending.SERVED


async def test_line_that_is_not_answered_may_end_unanswered(controller_of: Start) -> None:
    """A flow that only speaks never answers."""
    controller = await controller_of(CHANGED.replace("visits > 0", "visits > 1"))
    caller = controller.call()
    await caller.hears("Our number has changed.")
    await caller.ends()
    assert not caller.channel.is_up
    assert [leg.id for leg in caller.legs] == [(await controller.record()).leg]


PATIENT = """
    lines: {"100": start}
    steps:
      start:
        - queue: {name: sales, wait: 30s, keep_wait: true}
          then: {answered: {hangup: served}, otherwise: told}
      told:
        - play: Still all busy.
        - goto: start
"""


async def test_place_in_a_queue_is_read_and_asked_for_again(controller_of: Start) -> None:
    """The channel says where the caller stood, and Queue() is told to put him there."""
    controller = await controller_of(PATIENT)
    caller = controller.call()
    first = await caller.enters_queue("sales")
    await caller.hears("Still all busy.", within=31)
    second = await caller.enters_queue("sales")
    assert (first.arguments, second.arguments) == ("sales,c,,,30", "sales,c,,,30,,,,1")
    caller.hang_up()
    await controller.record()
