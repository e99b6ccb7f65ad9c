"""Notices as their authors have them: made, changed, ended, and what is told of each."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ivrctl.adapters.voices import VoiceError
from ivrctl.model.notice import Scope
from ivrctl.model.off_peak import OffPeak
from ivrctl.model.utterance import Utterance
from ivrctl.service.notices import Draft, Kept, Refused, Unknown
from ivrctl.service.notices.notices import GONE, MOST

from .conftest import NOON, Office, draft, program, spoken, wav

TIMES = """\
  off_peak: {zh: "{off_peak.begins:time}见。", en: "At {off_peak.begins:time}."}
"""
HOURS = """\
hours: {desk: {weekly: {mon-sun: "08:00-20:00"}}}
notices: {advise_in: desk}
"""
BOTH = spoken("宽带故障。") + spoken("Broadband is down.")


async def test_notice_stands_when_it_is_acknowledged(office: Office) -> None:
    """Calls of this process hear it from then on, and its words are spoken already."""
    notices = office.process()
    made = await notices.make(draft())
    assert isinstance(made, Kept)
    assert made.remarks == ()
    assert notices.current() == (made.notice,)
    assert (made.notice.starts, made.notice.ends) == (NOON, NOON + timedelta(hours=2))
    assert office.voice.said == [Utterance("zh", ("宽带故障。",)), Utterance("en", ("Broadband is down.",))]


async def test_notice_for_everybody_is_heard_without_a_controller(office: Office) -> None:
    """Its file holds all languages one after the other, and its modification time is its end."""
    await office.process().make(draft())
    assert office.slots == {"all-1": BOTH}
    office.clock.go(timedelta(hours=2))
    assert office.slots == {}


async def test_advice_that_says_times_is_heard_without_them_without_a_controller(office: Office) -> None:
    """Nobody would put the time right; and while nothing is forecast, whoever makes the notice is told."""
    advised = draft(is_off_peak_advised=True)
    office.program = program(TIMES, HOURS)
    made = await office.process().make(advised)
    assert isinstance(made, Kept)
    assert made.remarks == ("No quiet time is forecast: until one is, nobody is advised to call at another time.",)
    assert office.slots["all-1"] == BOTH
    office.program = program(TIMES + "  off_peak_otherwise: {zh: 早。, en: Early.}\n", HOURS)
    office.quiet = OffPeak(NOON + timedelta(hours=1), NOON + timedelta(hours=2))
    made = await office.process().make(replace(advised, texts={"zh": "停电。", "en": "No power."}))
    assert isinstance(made, Kept)
    assert made.remarks == ()
    assert office.slots["all-2"] == b"".join(map(spoken, ("停电。", "早。", "No power.", "Early.")))


async def test_notice_for_lines_has_a_file_for_each(office: Office) -> None:
    """The dialplan looks for those of the line that was dialled."""
    await office.process().make(draft(scope=Scope(lines=frozenset({"100", "1023"}))))
    assert office.slots == {"100-1": BOTH, "1023-1": BOTH}


@pytest.mark.parametrize(
    "scope", [Scope(tiers=frozenset({"vip"})), Scope(lines=frozenset({"100"}), brands=frozenset({"global"}))]
)
async def test_notice_of_another_scope_says_that_it_needs_a_controller(office: Office, scope: Scope) -> None:
    """Who makes it learns so at once."""
    made = await office.process().make(draft(scope=scope))
    assert isinstance(made, Kept)
    assert made.remarks[-1:] == (
        "While no controller runs nobody hears it: then only notices for everybody or for lines are heard.",
    )
    assert office.slots == {}


async def test_sixth_notice_of_a_place_says_that_it_has_no_room(office: Office) -> None:
    """It gets its file when another has ended."""
    notices = office.process()
    first, *_ = [await notices.make(draft(texts={"zh": f"第{n}条", "en": f"Number {n}"})) for n in range(5)]
    sixth = await notices.make(draft())
    assert isinstance(sixth, Kept)
    assert sixth.remarks == ("While no controller runs it is not heard for all: so many notices stand there already.",)
    assert isinstance(first, Kept)
    await notices.end(first.notice.id, "duty")
    await notices.look()
    assert office.slots["all-1"] == BOTH


async def test_notice_that_begins_later_gets_its_file_then(office: Office) -> None:
    """A file cannot say when it begins."""
    notices = office.process()
    made = await notices.make(draft(starts="2026-11-20 13:00"))
    assert isinstance(made, Kept)
    assert made.remarks == ("While no controller runs it is heard only if one ran when it began.",)
    assert made.notice.ends == NOON + timedelta(hours=3)
    await notices.look()
    assert office.slots == {}
    office.clock.go(timedelta(hours=1))
    await notices.look()
    assert office.slots == {"all-1": BOTH}


async def test_recording_stands_for_what_it_says(office: Office) -> None:
    """It is heard in place of the text, also without a controller."""
    notices = office.process()
    made = await notices.make(draft(texts={"en": "Broadband is down."}, recordings={"zh": wav()}))
    assert isinstance(made, Kept)
    file = office.folder / "prompts" / "notices" / f"{made.notice.recordings['zh']}.wav"
    assert file.read_bytes() == wav()
    assert office.slots["all-1"] == wav()[44:] + spoken("Broadband is down.")


async def test_changed_notice_keeps_what_was_not_said(office: Office) -> None:
    """Only what is named changes, and the file with it."""
    notices = office.process()
    made = await notices.make(draft(reason="fault 7"))
    assert isinstance(made, Kept)
    changed = await notices.change(
        made.notice.id, draft(author="chief", texts={"en": "It works again soon."}, lasts=None)
    )
    assert isinstance(changed, Kept)
    assert changed.notice.texts == {"zh": "宽带故障。", "en": "It works again soon."}
    assert (changed.notice.reason, changed.notice.ends, changed.notice.author) == ("fault 7", made.notice.ends, "duty")
    assert office.slots == {"all-1": spoken("宽带故障。") + spoken("It works again soon.")}
    assert [(change.author, str(change.happened)) for change in office.changes] == [
        ("duty", "made"),
        ("chief", "changed"),
    ]


async def test_changed_recording_is_another_file(office: Office) -> None:
    """A call that is about to play the one before finds it for a day."""
    notices = office.process()
    made = await notices.make(draft(recordings={"zh": wav()}))
    assert isinstance(made, Kept)
    changed = await notices.change(made.notice.id, draft(recordings={"zh": wav(b"\x00\x10" * 8000)}, texts=None))
    assert isinstance(changed, Kept)
    folder = office.folder / "prompts" / "notices"
    before, after = (folder / f"{one.notice.recordings['zh']}.wav" for one in (made, changed))
    assert before.exists()
    assert after.read_bytes() == wav(b"\x00\x10" * 8000)
    office.clock.go(timedelta(days=1, seconds=1))
    await notices.change(made.notice.id, draft(texts=None, lasts="3h"))
    await notices.look()
    assert not before.exists()


async def test_ended_notice_is_heard_no_more(office: Office) -> None:
    """Neither by a call nor without a controller; ending it twice is told."""
    notices = office.process()
    made = await notices.make(draft())
    assert isinstance(made, Kept)
    assert isinstance(await notices.end(made.notice.id, "chief"), Kept)
    assert (notices.current(), office.slots) == ((), {})
    assert await notices.end(made.notice.id, "chief") == Unknown(made.notice.id)
    assert await notices.change(made.notice.id, draft()) == Unknown(made.notice.id)


async def test_notice_ends_by_itself(office: Office) -> None:
    """Time takes it down, once, and the ledger says so."""
    notices = office.process()
    await notices.make(draft())
    office.clock.go(timedelta(hours=2))
    await notices.look()
    await office.process().look()
    assert notices.current() == ()
    assert [str(change.happened) for change in office.changes] == ["made", "expired"]
    assert list((office.folder / "prompts" / "notices").glob("all-*")) == []


async def test_author_is_told_once_that_his_notice_ends_soon(office: Office) -> None:
    """Ten minutes ahead; a restart does not tell him again, a new end does."""
    notices = office.process()
    made = await notices.make(draft())
    assert isinstance(made, Kept)
    office.clock.go(timedelta(minutes=111))
    for process in (notices, notices, office.process()):
        await process.open()
        await process.look()
    assert [str(change.happened) for change in office.changes] == ["made", "reminded"]
    await notices.change(made.notice.id, draft(texts=None, lasts="1h"))
    office.clock.go(timedelta(minutes=55))
    await notices.look()
    assert [str(change.happened) for change in office.changes[2:]] == ["changed", "reminded"]


async def test_stepped_clock_brings_nothing_back(office: Office) -> None:
    """What has expired stays so when the clock is set back; the file's end is of the clock, as the board's is."""
    notices = office.process()
    await notices.make(draft())
    office.clock.go(timedelta(hours=3))
    await notices.look()
    office.clock.go(timedelta(hours=-3))
    await notices.look()
    assert (notices.current(), office.slots) == ((), {})


async def test_same_request_makes_one_notice(office: Office) -> None:
    """A key says that the same is meant, whatever process is asked, also when the notice has gone since."""
    notices, other = office.process(), office.process()
    made = await notices.make(draft(key="a"))
    again = await other.make(draft(key="a"))
    assert isinstance(made, Kept)
    assert isinstance(again, Kept)
    assert (again.notice, again.is_new) == (made.notice, False)
    await notices.end(made.notice.id, "duty")
    assert await notices.make(draft(key="a")) == Kept(made.notice, (GONE,), is_new=False)
    assert isinstance(await notices.make(draft(key="a", author="chief")), Kept)
    assert len(notices.current()) == 1


async def test_same_notice_is_told_and_can_be_forced(office: Office) -> None:
    """Two people who hear of one fault make two notices only if they mean to."""
    notices = office.process()
    made = await notices.make(draft())
    assert isinstance(made, Kept)
    refused = await notices.make(draft())
    assert isinstance(refused, Refused)
    assert str(refused.refusals[0]) == (
        f"the notice {made.notice.id} says the same to the same callers; change that one, or force this one"
    )
    assert isinstance(await notices.make(draft(is_forced=True)), Kept)


async def test_board_is_full_at_a_hundred(office: Office) -> None:
    """Each call looks through them."""
    notices = office.process()
    for n in range(MOST):
        assert isinstance(await notices.make(draft(texts={"zh": f"第{n}条", "en": f"Number {n}"})), Kept)
    refused = await notices.make(draft())
    assert isinstance(refused, Refused)
    assert str(refused.refusals[0]) == "100 notices stand already; end some of them"


async def test_notice_that_cannot_be_spoken_is_not_made(office: Office) -> None:
    """Nobody would hear it."""
    notices = office.process()
    office.voice.is_broken = True
    with pytest.raises(VoiceError):
        await notices.make(draft())
    assert notices.current() == ()


async def test_without_a_voice_the_next_controller_speaks(office: Office) -> None:
    """A command on a machine without one keeps the notice and says so."""
    made = await office.process(has_voice=False).make(draft())
    assert isinstance(made, Kept)
    assert made.remarks == ("There is no voice here: its words are spoken as soon as a controller runs.",)
    assert office.slots == {}
    controller = office.process()
    await controller.open()
    await controller.look()
    assert office.slots == {"all-1": BOTH}


async def test_two_processes_see_what_the_other_wrote(office: Office) -> None:
    """At the next look, which comes five times a second; and both change the same board."""
    notices, other = office.process(), office.process()
    made = await notices.make(draft())
    assert isinstance(made, Kept)
    await other.look()
    assert other.current() == (made.notice,)
    await other.end(made.notice.id, "chief")
    await notices.look()
    assert notices.current() == ()
    assert office.faults == []


async def test_files_that_somebody_removed_are_written_again(office: Office) -> None:
    """The board is the truth, and what lies there besides goes."""
    notices = office.process()
    await notices.make(draft())
    await notices.look()
    folder = office.folder / "prompts" / "notices"
    (folder / "all-1.wav").unlink()
    (folder / "all-3.wav").write_bytes(b"of another site")
    office.clock.go(timedelta(minutes=1))
    await notices.look()
    assert office.slots == {"all-1": BOTH}


async def test_author_who_cannot_be_told_is_told_later(office: Office) -> None:
    """It is said once what is wrong, the files are put right meanwhile, and nobody hears the notice all the same."""
    notices = office.process()
    made = await notices.make(draft())
    assert isinstance(made, Kept)
    office.clock.go(timedelta(hours=2))
    office.is_post_broken = True
    for _ in range(3):
        await notices.look()
    fault = f"the author of the notice {made.notice.id} cannot be told of its end: the disk is full"
    assert (office.faults, office.slots) == ([fault], {})
    assert not notices.current()[0].is_current(office.clock.now)
    office.is_post_broken = False
    await notices.look()
    assert (office.told, notices.current()) == (["expired"], ())


async def test_notice_that_is_over_holds_no_place(office: Office) -> None:
    """Who makes the next one needs no controller for that."""
    notices = office.process()
    for n in range(5):
        await notices.make(draft(texts={"zh": f"第{n}条", "en": f"Number {n}"}))
    office.clock.go(timedelta(hours=2))
    alone = office.process()
    await alone.open()
    made = await alone.make(draft())
    assert isinstance(made, Kept)
    assert made.remarks == ()
    assert office.slots == {"all-1": BOTH}


async def test_change_of_one_language_names_those_that_say_what_they_said(office: Office) -> None:
    """Callers of another language would hear that the fault lasts."""
    notices = office.process()
    made = await notices.make(draft())
    assert isinstance(made, Kept)
    changed = await notices.change(made.notice.id, Draft("duty", texts={"en": "Broadband is up again."}))
    assert isinstance(changed, Kept)
    assert changed.remarks == ("In zh it still says what it said before: change that, too, or waive it.",)
    later = await notices.change(made.notice.id, Draft("duty", lasts="3h"))
    both = await notices.change(made.notice.id, Draft("duty", texts={"zh": "已恢复。", "en": "It is up."}))
    waived = Draft("duty", texts={"en": "All is well."}, waived=frozenset({"zh"}))
    alone = await notices.change(made.notice.id, waived)
    assert [kept.remarks for kept in (later, both, alone) if isinstance(kept, Kept)] == [(), (), ()]


async def test_notice_that_nobody_can_hear_is_made_and_says_so(office: Office) -> None:
    """No caller of this line is known by his tier: the author learns it before the callers do."""
    made = await office.process().make(draft(scope=Scope(lines=frozenset({"100"}), tiers=frozenset({"vip"}))))
    assert isinstance(made, Kept)
    assert made.remarks[0] == (
        "Nobody hears it: no flow reached from 100 finds out a caller's tier before a place where he would hear it."
    )
