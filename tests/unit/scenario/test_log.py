from __future__ import annotations

import pytest

from ivrctl.model.utterance import Utterance
from ivrctl.testkit.engines.log import CallLog, Stay, longest_silence
from ivrctl.testkit.scenario.script import By


def said(log: CallLog, at: float, *texts: tuple[str, float]) -> float:
    return log.says(at, [(Utterance("en", (text,)), seconds) for text, seconds in texts])


def test_prompts_follow_each_other_without_a_gap() -> None:
    """What is said in one go is heard one after the other."""
    log = CallLog()
    assert said(log, 1.0, ("a", 2.0), ("b", 3.0)) == 6.0
    assert [(heard.began, heard.ends) for heard in log.heard] == [(1.0, 3.0), (3.0, 6.0)]


def test_cut_leaves_what_was_heard_and_drops_what_had_not_begun() -> None:
    """A key cuts the prompt that is being said; those behind it were never said."""
    log = CallLog()
    said(log, 0.0, ("a", 2.0), ("b", 3.0), ("c", 1.0))
    log.cut(2.5, "1")
    assert [(heard.written, heard.cut_at, heard.cut_by) for heard in log.heard] == [("a", None, ""), ("b", 2.5, "1")]


def test_cut_after_the_end_of_a_prompt_cuts_nothing() -> None:
    """A key in the wait after a prompt leaves it heard."""
    log = CallLog()
    said(log, 0.0, ("a", 2.0))
    log.cut(2.0, "1")
    assert log.heard[0].cut_at is None


@pytest.mark.parametrize(("agent", "outcome"), [(None, "abandoned"), ("agent", "answered")])
def test_stay_that_the_caller_leaves_was_answered_or_abandoned(agent: str | None, outcome: str) -> None:
    """Hanging up in a queue abandons it; in a talk it does not."""
    log = CallLog(stays=[Stay("queue", "vip", 1.0, agent=agent)])
    log.end(By.CALLER, 5.0, "")
    assert (log.stays[0].outcome, log.stays[0].ended) == (outcome, 5.0)


def test_silence_is_what_lies_between_prompts_and_stays() -> None:
    """Queues and talks are no silence; what lies before, between and behind is."""
    log = CallLog(stays=[Stay("queue", "vip", 4.0, ended=9.0)])
    said(log, 0.5, ("a", 2.0))
    said(log, 10.0, ("b", 1.0))
    assert longest_silence(log, 11.0) == 1.5
    assert longest_silence(log, 14.0) == 3.0


def test_silence_of_a_call_without_a_word_is_all_of_it() -> None:
    """Nothing heard is one long silence."""
    assert longest_silence(CallLog(), 7.0) == 7.0
