"""Memory and decisions through JSON: whole, and of another release."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from math import inf
from typing import Any

import pytest

from ivrctl.staffing.decision import Cause, Memory, PersonMemory, SentHome, TierMemory
from ivrctl.staffing.json_form import decision_to_json, memory_to_json, view_to_json
from ivrctl.staffing.json_reading import decision_from_json, memory_from_json
from ivrctl.staffing.policy import Measure
from ivrctl.staffing.sentences import sentences

from .desk import MINUTE, NINE, Desk, seat

MEMORY = Memory(
    tiers={
        "break": TierMemory(True, NINE, {Measure.LONGEST_WAIT: NINE}, NINE, frozenset({"P/1"}), Cause.TRIGGER),
        "leaders": TierMemory(),
    },
    calm_since=NINE,
    people={
        "P/1": PersonMemory(True, NINE, None, 0, frozenset({"broadband"}), NINE),
        "P/2": PersonMemory(False, NINE, NINE, sent_home_by=SentHome.HAND),
    },
    changes=(NINE, NINE),
    warned="leaders",
    decided_at=NINE,
)


def written(memory: Memory = MEMORY) -> dict[str, Any]:
    return json.loads(json.dumps(memory_to_json(memory), allow_nan=False))  # type: ignore[no-any-return]


def test_memory_comes_back_as_it_was() -> None:
    """The empty one too, which is short."""
    assert memory_from_json(written()).value == MEMORY
    assert memory_from_json(written()).lost == ()
    assert memory_from_json(written(Memory())).value == Memory()
    assert written(Memory()) == {"version": 1}


def test_what_cannot_be_read_begins_anew_and_is_told() -> None:
    """One tier, one person, one moment; all else is remembered."""
    form = written()
    form["tiers"]["break"]["changed_at"] = "yesterday"
    form["people"]["P/2"] = 7
    form["calm_since"] = "2026-03-02T09:00:00"
    read = memory_from_json(form)
    assert read.value == replace(
        MEMORY, tiers={"leaders": TierMemory()}, people={"P/1": MEMORY.people["P/1"]}, calm_since=None
    )
    assert [line.split(" cannot")[0] for line in read.lost] == ["tier break", "since when it is calm", "person P/2"]


def test_later_release_is_read_as_far_as_it_is_known() -> None:
    """Codes and keys that only that one knows are passed over; who was in is in."""
    form = written() | {"version": 2, "mood": "good"}
    form["tiers"]["break"] |= {"cause": "full_moon", "met_since": {"longest_wait": NINE.isoformat(), "noise": "x"}}
    form["people"]["P/2"]["sent_home_by"] = "robot"
    read = memory_from_json(form)
    assert read.lost == ("what was remembered is of version 2, not 1",)
    assert read.value.tiers["break"] == replace(MEMORY.tiers["break"], cause=Cause.STEADY)
    assert read.value.people["P/2"] == replace(MEMORY.people["P/2"], sent_home_by=None)


@pytest.mark.parametrize(
    "form", [None, [], "x", 7, {"tiers": []}, {"people": "x"}, {"changes": 5}, {"changes": "2026"}]
)
def test_garbage_is_no_memory(form: object) -> None:
    """And never an error: all begins anew."""
    read = memory_from_json(form)
    assert read.value == Memory()
    assert read.lost


@pytest.mark.parametrize("moment", ["9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+00:00"])
def test_moment_at_the_end_of_time_is_none(moment: str) -> None:
    """Nothing can be added to it."""
    assert memory_from_json({"version": 1, "calm_since": moment}).value.calm_since is None


def test_decision_is_told_from_its_record() -> None:
    """In the same words, with what was desired; its memory is kept by itself."""
    desk = Desk().set(longest_wait=inf)
    desk.seats["broadband", "PJSIP/8101"] = seat("broadband", "PJSIP/8101", is_paused=True, pause_reason="break")
    desk.wait(4 * MINUTE)
    for decision in desk.decisions:
        form = json.loads(json.dumps(decision_to_json(decision), allow_nan=False))
        assert decision_from_json(form) == replace(decision, memory=Memory())
        assert sentences(decision_from_json(form)) == sentences(decision)
    assert any(each.asked and each.warning for each in desk.decisions) or any(each.called_in for each in desk.decisions)


def test_digest_of_a_view_is_small() -> None:
    """Figures, the queues they are of, and counts of people; nobody is named."""
    desk = Desk().set(longest_wait=64)
    for number in range(300):
        desk.seats["broadband", f"P/{number}"] = seat("broadband", f"P/{number}")
    view = replace(desk.view, waiting={"broadband": 7, "mobile-data": 0})
    digest = view_to_json(view)
    assert digest["readings"]["longest_wait"] == {"value": 64, "queue": "broadband"}
    assert digest["queues"] == {"broadband": {"waiting": 7, "members": 300}}
    assert digest["presence"] == {"ready": 8}
    assert len(json.dumps(digest)) < 600
    unknown = view_to_json(replace(view, at=NINE + timedelta(hours=1), is_known=False, why_unknown="silent"))
    assert (unknown["is_known"], unknown["why_unknown"]) == (False, "silent")
