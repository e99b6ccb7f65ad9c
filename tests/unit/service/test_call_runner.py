from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.fastagi_server import AgiSession, LossReason, SessionLost
from ivrctl.adapters.journal import Journal
from ivrctl.agi.commands import Command, SetVariable
from ivrctl.agi.replies import Reply
from ivrctl.model.call import Ending

from .controllers import BEGAN, SITE, Start, compiled, said

GREETING = """
    lines: {"100": start}
    steps:
      start:
        - play: Hello.
        - play: Goodbye.
        - hangup: served
"""
MENU = """
    lines: {"100": start}
    steps:
      start:
        - set: {call.subject: orders}
        - menu: {choices: {"1": {say: Press 1., goto: one}}}
          then: {otherwise: {hangup: unserved}}
      one:
        - play: One.
        - hangup: served
"""
QUEUE = """
    lines: {"100": start, "_8XXX": other}
    steps:
      start:
        - set: {call.subject: faults}
        - queue: {name: sales, wait: 90s, priority: 7, choices: {"1": tired}}
          then: {answered: rate, timed_out: late, otherwise: {hangup: unserved}}
      rate:
        - menu: {choices: {"1": {say: Rate us., hangup: served}}}
          then: {otherwise: {hangup: served}}
      tired:
        - hangup: {as: unserved, reason: tired}
      late:
        - play: All busy.
        - hangup: unserved
      other:
        - play: About faults.
          when: call.subject == "faults"
        - hangup: served
"""
LOOKUP = """
    lines: {"100": start}
    steps:
      start:
        - lookup: {query: balance, with: {number: "{caller.number}"}, timeout: 9s}
          save: balance
          then: {missing: unknown, failed: unknown}
        - play: You have {balance.amount}.
        - menu: {choices: {"1": {say: Press 1., hangup: served}, "2": unknown}}
          then: {otherwise: unknown}
      unknown:
        - play: Unknown.
        - hangup: unserved
"""
DIAL = """
    lines: {"100": start}
    steps:
      start:
        - dial: {to: "8101", ring: 30s}
          then: {answered: {hangup: served}, busy: {hangup: {as: unserved, reason: busy}},
                 otherwise: {hangup: unserved}}
"""


async def test_call_is_answered_heard_out_and_recorded(controller_of: Start) -> None:
    """A flow is played over AGI to its end, the dialplan hangs up, and the record says all of it."""
    controller = await controller_of(GREETING)
    caller = controller.call()
    await caller.hears("Hello.")
    await caller.hears("Goodbye.")
    await caller.ends()
    record = await controller.record()
    assert (record.ani, record.dnis, record.uniqueid) == ("+8613800138000", "100", caller.channel.uniqueid)
    assert (record.ending, record.reason, record.path) == (Ending.SERVED, "", ("main/start",))
    assert (record.began_at, record.version) == (BEGAN, controller.program.version)
    assert said(record) == ["Hello.", "Goodbye."]
    assert controller.journal.find(record.leg) is None
    assert controller.voice.released == [record.leg]
    assert controller.faults == []


async def test_trace_has_the_times_of_the_call(controller_of: Start) -> None:
    """Each entry of the trace has the seconds since the call began."""
    controller = await controller_of(GREETING)
    await controller.call().ends()
    times = {entry.detail: entry.at for entry in (await controller.record()).trace if entry.event == "says"}
    assert times == {"Hello.": 0.0, "Goodbye.": 2.5}


async def test_key_leads_on_and_cuts_the_question(controller_of: Start) -> None:
    """A key that is pressed in the question ends it at once."""
    controller = await controller_of(MENU)
    caller = controller.call()
    await caller.hears("Press 1.", seconds=0.5)
    await caller.press("1")
    await caller.hears("One.")
    assert caller.heard[0].cut_by == "1"
    await caller.ends()
    record = await controller.record()
    assert (record.path, record.fields) == (("main/start", "main/one"), {"subject": "orders"})


async def test_silence_is_told_in_one_prompt_with_the_question(controller_of: Start) -> None:
    """What is said of the silence and the question are one file: no gap in which keys are lost."""
    controller = await controller_of(MENU)
    caller = controller.call()
    await caller.hears("Press 1.")
    await caller.hears("Silence. Press 1.")
    caller.hang_up()
    assert (await controller.record()).ending is Ending.ABANDONED


async def test_caller_who_hangs_up_in_a_prompt_has_abandoned(controller_of: Start) -> None:
    """The record says so, with what he had heard; his leg is over."""
    controller = await controller_of(GREETING)
    caller = controller.call()
    await caller.hears("Hello.", seconds=1.0)
    caller.hang_up()
    await caller.ends()
    record = await controller.record()
    assert (record.ending, record.reason) == (Ending.ABANDONED, "the caller hung up")
    assert said(record) == ["Hello."]
    assert controller.journal.find(record.leg) is None
    assert controller.runner.live == {}


async def test_handed_off_call_has_no_session_and_comes_back_with_its_outcome(controller_of: Start) -> None:
    """While the caller waits and talks the controller holds nothing; afterwards the survey is heard."""
    controller = await controller_of(QUEUE)
    caller = controller.call()
    stay = await caller.enters_queue("sales")
    assert (stay.arguments, stay.priority) == ("sales,c,,,90", "7")
    assert controller.runner.live == {}
    stay.answer("8101")
    await caller.wait(60)
    stay.agent_hangs_up()
    await caller.hears("Rate us.", seconds=1.0)
    await caller.press("1")
    await caller.ends()
    record = await controller.record()
    assert (record.ending, record.path) == (Ending.SERVED, ("main/start", "main/rate"))
    assert [entry.detail for entry in record.trace if entry.event == "comes-back"] == ["answered"]


async def test_queue_that_gives_up_leads_where_the_flow_says(controller_of: Start) -> None:
    """After the wait that the flow set, the outcome is timed_out."""
    controller = await controller_of(QUEUE)
    caller = controller.call()
    await caller.enters_queue("sales")
    await caller.hears("All busy.", within=100)
    await caller.ends()
    assert (await controller.record()).ending is Ending.UNSERVED


async def test_exit_key_leads_where_the_flow_says(controller_of: Start) -> None:
    """A key of the queue's context comes back as its own outcome."""
    controller = await controller_of(QUEUE)
    caller = controller.call()
    await caller.enters_queue("sales")
    await caller.press("1")
    await caller.ends()
    assert (await controller.record()).reason == "tired"


async def test_dial_hands_off_the_extension_and_takes_its_status(controller_of: Start) -> None:
    """Dial() gets the site's dial string and the time; its status is the outcome."""
    controller = await controller_of(DIAL)
    caller = controller.call()
    stay = await caller.is_dialled_to("PJSIP/8101")
    assert stay.arguments == "PJSIP/8101,30,g"
    stay.end("BUSY")
    await caller.ends()
    assert (await controller.record()).reason == "busy"


async def test_call_goes_on_where_it_was_when_the_controller_is_lost(controller_of: Start) -> None:
    """The prompt that was cut is heard again, and nothing before it; the call is recorded once, as one."""
    controller = await controller_of(GREETING)
    caller = controller.call()
    await caller.hears("Hello.")
    await caller.hears("Goodbye.", seconds=1.0)
    await controller.lose()
    await caller.hears("Goodbye.")
    await caller.ends()
    record = await controller.record()
    assert (record.ending, record.path, record.began_at) == (Ending.SERVED, ("main/start",), BEGAN)
    assert [heard.file for heard in caller.heard].count("Hello.") == 1
    assert caller.losses == 1


async def test_times_of_the_trace_go_on_in_the_next_controller(controller_of: Start) -> None:
    """After a loss the trace counts from the beginning of the call, not from the loss."""
    controller = await controller_of(GREETING)
    caller = controller.call()
    await caller.hears("Goodbye.", seconds=1.0)
    await controller.lose()
    await caller.ends()
    first = (await controller.record()).trace[0]
    assert (first.event, first.place) == ("resumes", "main/start[1]")
    assert first.at > 3.0


async def test_fields_survive_the_controller(controller_of: Start) -> None:
    """What was set before the loss is in the record after it."""
    controller = await controller_of(MENU)
    caller = controller.call()
    await caller.hears("Press 1.", seconds=1.0)
    await controller.lose()
    await caller.hears("Press 1.", seconds=1.0)
    await caller.press("1")
    await caller.ends()
    assert (await controller.record()).fields == {"subject": "orders"}


async def test_controller_lost_while_the_caller_waits_is_not_noticed(controller_of: Start) -> None:
    """Whoever is there when the talk is over takes the outcome from the journal and the dialplan."""
    controller = await controller_of(QUEUE)
    caller = controller.call()
    stay = await caller.enters_queue("sales")
    await controller.lose()
    stay.answer("8101")
    stay.agent_hangs_up()
    await caller.hears("Rate us.")
    assert caller.losses == 0
    caller.hang_up()
    assert (await controller.record()).ending is Ending.SERVED


class _LostBeforeNext:
    """A session whose controller is killed in the moment before it sets IVRCTL_NEXT."""

    def __init__(self, session: AgiSession) -> None:
        self._session = session

    def __getattr__(self, name: str) -> Any:
        return getattr(self._session, name)

    async def send(self, command: Command, **options: Any) -> Reply:
        if isinstance(command, SetVariable) and command.name == "IVRCTL_NEXT":
            self._session.close()
            raise SessionLost(LossReason.CLOSED)
        return await self._session.send(command, **options)


async def test_handoff_that_never_happened_is_asked_again(controller_of: Start) -> None:
    """A controller that dies between the journal and the hand-off leaves an id that nothing can answer to."""
    controller = await controller_of(QUEUE)
    controller.spoilt = _LostBeforeNext
    caller = controller.call()
    await caller.wait_until(lambda: caller.losses == 1)
    controller.spoilt = lambda session: session
    stay = await caller.enters_queue("sales")
    assert caller.channel.variables["IVRCTL_HANDOFF"] == "queue-2"
    stay.end("FULL")
    await caller.ends()
    assert (await controller.record()).ending is Ending.UNSERVED


async def test_an_entry_keeps_its_number_while_it_leaves(controller_of: Start) -> None:
    """Who follows a leg would take what was said for said again, if it changed before the hand-off is done."""
    controller = await controller_of(QUEUE)
    seen: list[int] = []

    class Followed(_LostBeforeNext):
        async def send(self, command: Command, **options: Any) -> Reply:
            if isinstance(command, SetVariable):
                seen.extend(live.entry for live in controller.runner.live.values())
            return await self._session.send(command, **options)

    controller.spoilt = Followed
    caller = controller.call()
    stay = await caller.enters_queue("sales")
    assert set(seen) == {0}
    seen.clear()
    stay.end("FULL")
    await caller.ends()
    assert set(seen) == {1}


async def test_leg_that_nobody_knows_reaches_a_person(controller_of: Start, tmp_path: Path) -> None:
    """A caller who comes back from a queue to a controller without his journal falls back, and it is told."""
    controller = await controller_of(QUEUE)
    caller = controller.call()
    stay = await caller.enters_queue("sales")
    await controller.lose(journal=Journal(tmp_path / "empty"))
    stay.end("TIMEOUT")
    await caller.enters_queue("front-desk")
    assert caller.is_in_fallback
    assert controller.faults == ["comes back from queue-1, and nothing is known of it"]


async def test_leg_whose_version_is_gone_reaches_a_person(controller_of: Start) -> None:
    """Without the sources of its version nobody can say where a call would go on."""
    controller = await controller_of(QUEUE)
    version = controller.program.version
    caller = controller.call()
    stay = await caller.enters_queue("sales")
    await controller.lose(program=compiled(QUEUE.replace("All busy.", "Nobody is there.")))
    stay.end("TIMEOUT")
    await caller.enters_queue("front-desk")
    assert f"began on version {version}, whose sources are gone" in controller.faults


async def test_number_without_a_line_reaches_a_person(controller_of: Start) -> None:
    """A call to a number that no flow claims falls back, and it is told."""
    controller = await controller_of(GREETING)
    caller = controller.call("777")
    await caller.enters_queue("front-desk")
    assert controller.faults == ["no line of the site has the number 777"]


async def test_flow_that_goes_round_for_ever_reaches_a_person(controller_of: Start) -> None:
    """A runaway flow ends in the dialplan's fallback leg, and in a record that says where."""
    flow = 'lines: {"100": start}\nsteps:\n  start: [{set: {name: Ann}}, {goto: start}]\n'
    controller = await controller_of(flow)
    caller = controller.call()
    await caller.enters_queue("front-desk")
    record = await controller.record()
    assert record.ending is Ending.FALLBACK
    assert "main/start" in record.reason


async def test_caller_who_hangs_up_while_waiting_has_abandoned(controller_of: Start) -> None:
    """The h extension tells the end of a call that is in a queue."""
    controller = await controller_of(QUEUE)
    caller = controller.call()
    await caller.enters_queue("sales")
    await caller.wait(20)
    caller.hang_up()
    record = await controller.record()
    assert (record.ending, record.reason) == (Ending.ABANDONED, "the caller hung up")
    assert record.ended_at - record.began_at >= timedelta(seconds=20)


async def test_caller_who_hangs_up_in_the_talk_was_served(controller_of: Start) -> None:
    """Most callers end their calls so."""
    controller = await controller_of(QUEUE)
    caller = controller.call()
    stay = await caller.enters_queue("sales")
    stay.answer("8101")
    await caller.wait(60)
    caller.hang_up()
    assert (await controller.record()).ending is Ending.SERVED


async def test_transferred_call_keeps_its_fields(controller_of: Start) -> None:
    """An agent's blind transfer ends the leg, and its call fields go with the caller into the next."""
    controller = await controller_of(QUEUE)
    caller = controller.call()
    stay = await caller.enters_queue("sales")
    stay.answer("8101")
    await caller.wait(10)
    stay.transfer("8002")
    await caller.hears("About faults.")
    await caller.ends()
    former, latter = controller.records
    assert (former.ending, former.reason) == (Ending.SERVED, "transferred to 8002")
    assert (latter.dnis, latter.ani, latter.ending) == ("8002", "+8613800138000", Ending.SERVED)
    assert former.uniqueid == latter.uniqueid
    assert former.leg != latter.leg


async def test_prompt_that_asterisk_cannot_play_is_passed_over(controller_of: Start) -> None:
    """A file that is missing over there costs its words, not the call; it is told and looked at again."""
    controller = await controller_of(GREETING.replace("Hello.", "BROKEN hello."))
    caller = controller.call()
    await caller.hears("Goodbye.")
    await caller.ends()
    assert (await controller.record()).ending is Ending.SERVED
    assert [fault.partition(":")[0] for fault in controller.faults] == ["Asterisk cannot play BROKEN hello."]
    assert len(controller.voice.distrusted) == 2


async def test_prompt_that_cannot_be_made_is_passed_over(controller_of: Start) -> None:
    """A full disk or a voice that fails costs words, not the call."""
    controller = await controller_of(GREETING)
    controller.voice.unmade.add("Hello.")
    caller = controller.call()
    await caller.hears("Goodbye.")
    await caller.ends()
    assert controller.faults == ["no prompt for 'Hello.': no space left on device"]


async def test_file_that_was_removed_is_made_anew_and_heard(controller_of: Start) -> None:
    """An operator who empties the prompts' folder costs the caller no word."""
    controller = await controller_of(GREETING)
    controller.voice.removed.add("Hello.")
    caller = controller.call()
    await caller.hears("Hello.")
    await caller.hears("Goodbye.")
    await caller.ends()
    assert controller.faults == []


async def test_caller_who_could_be_told_nothing_reaches_a_person(controller_of: Start) -> None:
    """Silence and the end of the call is no service, whatever the flow calls it."""
    controller = await controller_of(GREETING)
    controller.voice.unmade |= {"Hello.", "Goodbye."}
    caller = controller.call()
    await caller.enters_queue("front-desk")
    record = await controller.record()
    assert (record.ending, record.reason) == (Ending.FALLBACK, "nothing of what was to be said could be played")


async def test_question_that_cannot_be_played_still_takes_its_key(controller_of: Start) -> None:
    """Who knows the menu gets on without hearing it."""
    controller = await controller_of(MENU.replace("Press 1.", "BROKEN press 1."))
    caller = controller.call()
    await caller.wait(1)
    await caller.press("1")
    await caller.hears("One.")
    await caller.ends()
    assert (await controller.record()).ending is Ending.SERVED


async def test_quick_lookup_says_nothing_of_itself(controller_of: Start) -> None:
    """An answer that is there at once is simply told."""
    controller = await controller_of(LOOKUP)
    controller.answers.row = {"amount": Decimal("12.50")}
    caller = controller.call()
    await caller.hears("You have 12.50.")
    assert "One moment." not in [heard.file for heard in caller.heard]
    caller.hang_up()
    assert (await controller.record()).ending is Ending.ABANDONED


async def test_databases_get_the_number_as_the_site_writes_it(controller_of: Start) -> None:
    """A caller's number goes to the database in its national form, unless the site says otherwise."""
    controller = await controller_of(LOOKUP)
    await controller.call().ends()
    assert controller.answers.asked == [{"number": "13800138000"}]


async def test_international_numbers_go_out_as_they_are(controller_of: Start) -> None:
    """A site whose databases hold E.164 gets E.164."""
    site = SITE.replace("{country: CN}", "{country: CN, spoken_as: international}")
    controller = await controller_of(LOOKUP, site)
    await controller.call().ends()
    assert controller.answers.asked == [{"number": "+8613800138000"}]


async def test_caller_of_a_slow_lookup_hears_one_moment_and_no_long_silence(controller_of: Start) -> None:
    """After a second the site's words are heard, once; until then, and after, short silences."""
    controller = await controller_of(LOOKUP)
    controller.answers.row, controller.answers.after = {"amount": Decimal(1)}, 6.0
    caller = controller.call()
    moment = await caller.hears("One moment.")
    assert 1.0 <= moment.started <= 2.0
    await caller.hears("You have 1.")
    assert [heard.file for heard in caller.heard].count("One moment.") == 1


async def test_key_pressed_in_a_slow_lookup_answers_the_menu(controller_of: Start) -> None:
    """Keys count while the database is asked: the caller who knows the way is not slowed down."""
    controller = await controller_of(LOOKUP)
    controller.answers.row, controller.answers.after = {"amount": Decimal(1)}, 6.0
    caller = controller.call()
    await caller.wait(3)
    await caller.press("1")
    await caller.ends()
    assert (await controller.record()).ending is Ending.SERVED
    assert caller.channel.lost_keys == []
    assert "You have 1." not in [heard.file for heard in caller.heard]


@pytest.mark.parametrize("fault", ["", "no answer within 9 s"])
async def test_lookup_without_an_answer_leads_where_the_flow_says(controller_of: Start, fault: str) -> None:
    """No row and no answer are outcomes of the flow; a fault is told besides."""
    controller = await controller_of(LOOKUP)
    controller.answers.fault = fault
    caller = controller.call()
    await caller.hears("Unknown.")
    await caller.ends()
    assert controller.faults == ([f"lookup balance: {fault}"] if fault else [])


async def test_lookup_of_a_caller_who_hangs_up_is_given_up(controller_of: Start) -> None:
    """Nobody is asked for an answer that nobody waits for."""
    controller = await controller_of(LOOKUP)
    controller.answers.after = 30.0
    caller = controller.call()
    await caller.wait(3)
    caller.hang_up()
    assert (await controller.record()).ending is Ending.ABANDONED
    assert controller.answers.given_up == 1


async def test_question_in_two_languages_is_asked_one_after_the_other(controller_of: Start) -> None:
    """Each language has its own file, and a key counts in each."""
    site = SITE.replace("languages: [en]", "languages: [zh, en]").replace(
        "{no_input: Silence., no_match: Wrong., one_moment: One moment., fallback: Sorry.}",
        "{no_input: {zh: 一, en: a}, no_match: {zh: 二, en: b}, "
        "one_moment: {zh: 三, en: c}, fallback: {zh: 四, en: d}}",
    )
    flow = """
        lines: {"100": start}
        steps:
          start:
            - language: {keys: {"1": zh, "2": en}, ask: {zh: 中文请按1。, en: For English press 2.}}
            - play: {zh: 您好。, en: Hello.}
            - hangup: served
    """
    controller = await controller_of(flow, site)
    caller = controller.call()
    await caller.hears("中文请按1。")
    await caller.hears("For English press 2.", seconds=0.5)
    await caller.press("2")
    await caller.hears("Hello.")
    caller.hang_up()
    assert (await controller.record()).path == ("main/start",)


async def test_session_that_is_not_of_our_dialplan_is_closed(controller_of: Start) -> None:
    """Somebody else's AGI() gets nothing, and it is told."""
    controller = await controller_of(GREETING)
    reader, writer = await asyncio.open_connection(*controller.address)
    writer.write(b"agi_request: agi://h/x\nagi_channel: PJSIP/1\nagi_uniqueid: 1.0\n\n")
    async with Deadline(5):
        assert await reader.read() == b""
    writer.close()
    assert [fault.partition("127")[0] for fault in controller.faults] == ["a session from "]


async def test_journal_that_cannot_be_read_is_told_and_the_call_begins_anew(controller_of: Start) -> None:
    """A line of the journal that is no position must not keep a caller out who is in his first stay."""
    controller = await controller_of(GREETING)
    caller = controller.call()
    await caller.hears("Goodbye.", seconds=1.0)
    controller.journal.record(caller.legs[0].id, {"version": "?"})
    await controller.lose()
    await caller.hears("Hello.")
    assert "cannot be read" in controller.faults[0]
