"""What the journal says of a leg that has ended, and which records a next controller hands in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.flow.commands import Finish
from ivrctl.flow.position import Frame, Position, position_from_json, position_to_json
from ivrctl.model.call import Ending
from ivrctl.service.endings import (
    FORGOTTEN_SOON,
    GIVEN_UP_AFTER,
    SETTLES_WITHIN,
    End,
    end_in,
    ended_to_json,
    record_left_behind,
)

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
LEG = "pbx-1795336241.0-1795336241799"
STANDS = Position("v1", "+8613800138000", "10010", NOW, "zh", (Frame("hotline", "main"),), path=("hotline/main",))
SERVED = End("pbx-1795336241.0", NOW + timedelta(seconds=9), Finish(Ending.SERVED, "done"))


@given(st.sampled_from(Ending), st.text(max_size=20), st.datetimes(timezones=st.just(UTC)))
def test_an_end_comes_back_from_the_journal_as_it_went_in(ending: Ending, reason: str, at: datetime) -> None:
    """SAFETY: and the position beside it is still one."""
    end = End("1.2", at, Finish(ending, reason))
    kept = ended_to_json(STANDS, end)
    assert end_in(kept) == end
    assert position_from_json(kept) == STANDS


def test_a_leg_that_goes_on_has_no_end() -> None:
    """Its line is a position and nothing else."""
    assert end_in(position_to_json(STANDS)) is None


def test_an_end_that_was_left_behind_gives_its_record() -> None:
    """With the ending and the time that the controller wrote down before it was killed."""
    record = record_left_behind(LEG, ended_to_json(STANDS, SERVED), SETTLES_WITHIN, NOW + timedelta(hours=1))
    assert record is not None
    assert (record.leg, record.uniqueid, record.ending, record.reason) == (LEG, SERVED.uniqueid, Ending.SERVED, "done")
    assert (record.ended_at, record.path, record.dnis) == (SERVED.ended_at, STANDS.path, "10010")


def test_a_fresh_end_is_left_to_the_controller_that_wrote_it() -> None:
    """It is about to store the record, with its trace."""
    assert record_left_behind(LEG, ended_to_json(STANDS, SERVED), SETTLES_WITHIN / 2, NOW) is None


@pytest.mark.parametrize(
    ("awaited", "age"), [(None, GIVEN_UP_AFTER), ("queue-1", GIVEN_UP_AFTER * 2), ("queue-1", FORGOTTEN_SOON)]
)
def test_a_leg_that_may_go_on_is_left_alone(awaited: str | None, age: timedelta) -> None:
    """In a flow for a while, in a queue or a talk for a day."""
    assert record_left_behind(LEG, position_to_json(replace(STANDS, awaited=awaited)), age, NOW) is None


@pytest.mark.parametrize(
    ("awaited", "is_answered", "ending"),
    [(None, False, Ending.ABANDONED), ("queue-1", False, Ending.ABANDONED), ("queue-2", True, Ending.SERVED)],
)
def test_a_leg_never_heard_of_again_gets_a_record_in_the_end(
    awaited: str | None, is_answered: bool, ending: Ending
) -> None:
    """The caller left while no controller was there to be told; who had talked to a person was served."""
    position = replace(STANDS, awaited=awaited, is_answered=is_answered)
    age = FORGOTTEN_SOON + timedelta(minutes=1)
    record = record_left_behind(LEG, position_to_json(position), age, NOW)
    assert record is not None
    assert (record.ending, record.uniqueid, record.ended_at) == (ending, "pbx-1795336241.0", NOW)


def test_a_line_of_another_release_is_an_error() -> None:
    """Whoever asks says so, and goes on with the next leg."""
    with pytest.raises(KeyError):
        record_left_behind(LEG, {"version": "v1"}, FORGOTTEN_SOON, NOW)
