from __future__ import annotations

import contextlib
from pathlib import Path

import pytest

from ivrctl.adapters.deadline import Deadline
from ivrctl.ami.packet import Event
from ivrctl.service.doctor.probe_call import MAX_KINDS, MAX_STEPS, Hearing, _played, _Step, _written


def step(name: str) -> Event:
    return Event((("Event", "UserEvent"), ("UserEvent", "IvrctlProbe"), ("Step", name)))


def test_a_file_of_a_probe_call_goes_whatever_happens(tmp_path: Path) -> None:
    """Also when the session is lost in the middle of the call."""
    with contextlib.suppress(ConnectionError), _written(tmp_path, "ab12", 1.0) as fault:
        assert fault is None
        assert (tmp_path / "doctor-ab12.wav").stat().st_size > 16_000
        raise ConnectionError
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_refuses_is_told_and_not_raised(tmp_path: Path) -> None:
    """It is one of the things to find."""
    with _written(tmp_path / "nowhere", "ab12", 1.0) as fault:
        assert fault == "No such file or directory"


async def test_only_steps_of_probe_calls_are_kept() -> None:
    """Of everything else, the kind of event is enough."""
    hearing = Hearing()
    for event in (step("agi"), Event((("Event", "UserEvent"), ("UserEvent", "Other"))), Event((("Event", "Hangup"),))):
        hearing(event)
    assert hearing.kinds == {"UserEvent", "Hangup"}
    assert hearing.steps.qsize() == 1
    async with Deadline(1):
        assert (await hearing.steps.get())[1] == step("agi")


async def test_a_flood_of_events_fills_no_memory() -> None:
    """SAFETY: whoever may send UserEvents cannot grow us."""
    hearing = Hearing()
    for number in range(2 * MAX_KINDS):
        hearing(Event((("Event", f"E{number}"),)))
        hearing(step("agi"))
    assert len(hearing.kinds) <= MAX_KINDS
    assert hearing.steps.qsize() == MAX_STEPS


@pytest.mark.parametrize(("stamps", "seconds"), [(("100.25", "101.75"), 1.5), (("", ""), 0.5), (("", "101.75"), 0.5)])
def test_a_playback_is_timed_by_asterisk_where_it_stamps_its_events(stamps: tuple[str, str], seconds: float) -> None:
    """A reader that is busy hears of the beginning late; without stamps its own clock must do."""
    before, after = (
        _Step(at, Event((("Event", "UserEvent"), ("Timestamp", stamp), ("Status", "SUCCESS"))))
        for at, stamp in zip((11.0, 11.5), stamps, strict=True)
    )
    seen = _played(before, after, 1.5)
    assert seen is not None
    assert (seen.status, seen.seconds) == ("SUCCESS", seconds)
