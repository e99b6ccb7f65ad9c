from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ivrctl.flow.call import World
from ivrctl.flow.commands import Identified, KeyPressed, PromptEnded, Say
from ivrctl.flow.program import Program
from ivrctl.model.notice import Notice, Scope
from ivrctl.model.off_peak import OffPeak
from ivrctl.model.utterance import Sound, SoundFolder

from .playbook import (
    NOW,
    SITE,
    TWO_LANGUAGES,
    BackElsewhere,
    HangUp,
    Lost,
    Playbook,
    asks,
    call,
    ends,
    queues,
    says,
    verifies,
)

POINT = """
    start:
      - play: Hello.
      - notices: faults
      - hangup: served
"""
DESK = """
    start:
      - queue: {name: sales}
        then: {answered: {hangup: served}, otherwise: {hangup: unserved}}
"""
CHOICE = """
    start:
      - menu: {choices: {"1": {say: Press 1., goto: bye}}}
        then: {otherwise: bye}
    bye:
      - hangup: served
"""
QUIET = (
    SITE.replace(
        "prompts:\n", 'prompts:\n  off_peak: "We are free from {off_peak.begins:time} to {off_peak.ends:time}."\n'
    )
    + 'hours: {desk: {weekly: {mon-sun: "08:00-20:00"}}}\nnotices: {advise_in: desk}\n'
)
TIERS = SITE + "tiers: {vip: {priority: 5}}\n"


def notice(id_: str = "n1", text: str = "The lines are down.", **scope: frozenset[str]) -> Notice:
    return Notice(id_, {"en": text}, NOW - timedelta(hours=1), NOW + timedelta(hours=1), Scope(**scope))


DOWN = notice()


def only(name: str) -> frozenset[str]:
    return frozenset({name})


def test_is_heard_at_the_entry_of_every_line() -> None:
    """Nobody has to write it into a flow."""
    assert (
        call("start: [{play: Hello.}, {hangup: served}]").hearing(DOWN)
        << says("The lines are down.")
        >> PromptEnded()
        << says("Hello.")
    )  # fmt: skip


def test_is_heard_once_in_a_call() -> None:
    """What was heard at the entry is not heard again at a point."""
    assert (
        call(POINT).hearing(DOWN)
        << says("The lines are down.")
        >> PromptEnded()
        << says("Hello.")
        >> PromptEnded()
        << ends("served")
    )  # fmt: skip


def test_one_for_a_point_is_heard_there() -> None:
    """And nowhere else, not even at the entry."""
    assert (
        call(POINT).hearing(notice(points=only("faults")))
        << says("Hello.")
        >> PromptEnded()
        << says("The lines are down.")
        >> PromptEnded()
        << ends("served")
    )  # fmt: skip


def test_one_for_another_point_is_not_heard() -> None:
    """A point that this flow has not is another caller's."""
    assert call(POINT).hearing(notice(points=only("bills"))) << says("Hello.") >> PromptEnded() << ends("served")


@pytest.mark.parametrize(
    "scope",
    [
        {"lines": only("200")},
        {"regions": only("north")},
        {"brands": only("easy")},
        {"tiers": only("vip")},
        {"callers": only("+8613900139000")},
        {"queues": only("support")},
    ],
)
def test_one_for_others_is_not_heard(scope: dict[str, frozenset[str]]) -> None:
    """Of everything that its scope names, each must hold."""
    assert call(DESK).hearing(notice(**scope)) << queues("sales")


def test_one_that_has_ended_or_begins_later_is_not_heard() -> None:
    """Its time is part of it."""
    over = replace(DOWN, ends=NOW)
    later = replace(DOWN, id="n2", starts=NOW + timedelta(seconds=1))
    assert call(DESK).hearing(over, later) << queues("sales")


def test_one_for_a_queue_is_heard_before_it_and_not_when_the_caller_comes_back() -> None:
    """The hand-off follows it, and the outcome belongs to the queue."""
    assert (
        call(DESK).hearing(notice(queues=only("sales")))
        << says("The lines are down.")
        >> PromptEnded()
        << queues("sales")
        >> BackElsewhere("answered")
        << ends("served")
    )  # fmt: skip


def test_one_for_a_tier_is_heard_once_the_caller_is_known() -> None:
    """At the first point behind the verify, which here is the way into the queue."""
    flow = """
        start:
          - verify: {by: caller-number}
            then: {otherwise: next}
          - queue: {name: sales}
            then: {answered: {hangup: served}, otherwise: {hangup: unserved}}
    """
    assert (
        call(flow, site=TIERS).hearing(notice(tiers=only("vip")))
        << verifies("caller-number")
        >> Identified({"tier": "vip"})
        << says("The lines are down.")
        >> PromptEnded()
        << queues("sales", priority=5)
    )  # fmt: skip


def test_what_was_keyed_before_it_counts_no_more() -> None:
    """A notice is heard out, and the question behind it is asked."""
    flow = """
        start:
          - play: Hello.
          - notices: faults
          - menu: {choices: {"1": {say: Press 1., goto: bye}}}
            then: {otherwise: bye}
        bye:
          - hangup: served
    """
    assert (
        call(flow).hearing(notice(points=only("faults")))
        << says("Hello.", keys_cut=True)
        >> KeyPressed("1")
        << says("The lines are down.")
        >> PromptEnded()
        << asks("Press 1.")
    )  # fmt: skip


def test_one_that_ends_the_call_is_heard_and_its_reason_is_kept() -> None:
    """A refusal is never silent: the call ends behind it, politely."""
    closing = replace(DOWN, ends_call=True, reason="flood")
    assert call(CHOICE).hearing(closing) << says("The lines are down.") >> PromptEnded() << ends("refused", "flood")


def test_one_that_ends_the_call_is_the_last_that_is_heard() -> None:
    """At a point too, and before a queue."""
    for flow, scope in ((POINT, {"points": only("faults")}), (DESK, {"queues": only("sales")})):
        closing = replace(notice(**scope), ends_call=True)
        playbook = call(flow).hearing(closing, notice("n2", "Something else.", **scope))
        if flow is POINT:
            playbook << says("Hello.") >> PromptEnded()
        assert playbook << says("The lines are down.") >> PromptEnded() << ends("refused", "notice n1")


def test_off_peak_advice_follows_it() -> None:
    """In the words of the site."""
    site = SITE.replace("prompts:\n", "prompts:\n  off_peak: We are free before ten.\n")
    advised = replace(DOWN, is_off_peak_advised=True)
    assert call(DESK, site=site).hearing(advised) << says("The lines are down.", "We are free before ten.")


def quiet(begins: timedelta, ends: timedelta) -> World:
    """Few calls are expected then."""
    return World(NOW, (replace(DOWN, is_off_peak_advised=True),), off_peak=OffPeak(NOW + begins, NOW + ends))


def test_off_peak_advice_says_when_it_is_quiet() -> None:
    """By the forecast, in the time of the site."""
    playbook = call(DESK, site=QUIET)
    playbook.world = quiet(timedelta(hours=5), timedelta(hours=7, minutes=30))
    assert playbook << says("The lines are down.", "We are free from 2026-02-14 14:00 to 2026-02-14 16:30.")


@pytest.mark.parametrize(
    ("otherwise", "heard"),
    [("", ()), ("  off_peak_otherwise: Early in the day we are free.\n", ("Early in the day we are free.",))],
)
def test_without_a_forecast_no_time_is_said(otherwise: str, heard: tuple[str, ...]) -> None:
    """Nothing is, or what the site says in its place; a quiet time that is over is none."""
    site = QUIET.replace("  off_peak:", f"{otherwise}  off_peak:")
    advised = replace(DOWN, is_off_peak_advised=True)
    assert call(DESK, site=site).hearing(advised) << says("The lines are down.", *heard)
    playbook = call(DESK, site=site)
    playbook.world = quiet(-timedelta(hours=2), timedelta(0))
    assert playbook << says("The lines are down.", *heard)


def test_every_language_is_heard_until_the_callers_is_known() -> None:
    """Then his own alone."""
    flow = """
        start:
          - language: {keys: {"1": zh, "2": en}, ask: {zh: 中文, en: English}}
          - notices: faults
          - hangup: served
    """
    both = replace(DOWN, texts={"zh": "线路中断。", "en": "The lines are down."})
    at_point = replace(both, id="n2", scope=Scope(points=only("faults")))
    assert (
        call(flow, site=TWO_LANGUAGES).hearing(both, at_point)
        << says("zh:线路中断。", "The lines are down.")
        >> PromptEnded()
        << asks("zh:中文", "English")
        >> KeyPressed("2")
        << says("The lines are down.")
    )  # fmt: skip


def test_one_that_lacks_the_callers_language_is_heard_in_those_that_it_has() -> None:
    """Better than nothing."""
    flow = 'start: [{language: {keys: {"1": zh}, ask: {zh: 中文, en: English}}}, {notices: faults}, {hangup: served}]'
    waived = notice(points=only("faults"))
    assert (
        call(flow, site=TWO_LANGUAGES).hearing(waived)
        << asks("zh:中文")
        >> KeyPressed("1")
        << says("The lines are down.")
    )  # fmt: skip


def test_recording_is_heard_in_place_of_the_text() -> None:
    """The text stands for it in transcripts."""
    recorded = replace(DOWN, recordings={"en": "n1-en"})
    playbook = call(DESK).hearing(recorded)
    command = playbook.begin().resume(None, playbook.world)
    assert isinstance(command, Say)
    assert command.utterances[0].parts == (Sound(SoundFolder.NOTICES, "n1-en", "The lines are down."),)
    assert command.utterances[0].written == "The lines are down."


def test_caller_who_hangs_up_in_it_has_abandoned() -> None:
    """As in any prompt."""
    assert (
        call(DESK).hearing(DOWN)
        << says("The lines are down.")
        >> HangUp()
        << ends("abandoned", "the caller hung up")
    )  # fmt: skip


def test_is_heard_again_where_the_controller_was_lost_in_it() -> None:
    """From the first of those of the place; one that was heard before the loss is not."""
    second = notice("n2", "The bills are late.", points=only("faults"))
    assert (
        call(POINT).hearing(DOWN, second)
        << says("The lines are down.")
        >> Lost()
        << says("The lines are down.")
        >> PromptEnded()
        << says("Hello.")
        >> PromptEnded()
        << says("The bills are late.")
        >> Lost()
        << says("The bills are late.")
        >> PromptEnded()
        << ends("served")
    )  # fmt: skip


def test_trace_has_its_id() -> None:
    """Who asks later which callers heard it finds them."""
    playbook = call(DESK).hearing(DOWN) << says("The lines are down.") >> PromptEnded() << queues("sales")
    assert playbook
    assert ("main/start[0]", "notice", "n1") in playbook.trace
    assert playbook.position.heard == ("n1",)


def test_goes_with_a_transfer() -> None:
    """On the line to which an agent sends him, a caller hears nothing for the second time."""
    playbook = call(DESK).hearing(DOWN)
    assert playbook << says("The lines are down.") >> PromptEnded() << queues("sales")
    program: Program = playbook.program
    position = program.begin_after(playbook.position, "100", NOW)
    assert position is not None
    assert Playbook(program, position, notices=(DOWN,)) << queues("sales")
