"""Who is available for backup, through events that come late, twice and out of order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.acd.events import BackupChanged, DevicesRead, Event, QueuesRead, SightLost
from ivrctl.acd.fold import fold
from ivrctl.acd.picture import DeviceState, Picture

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def reading(at: float, *available: str) -> QueuesRead:
    return QueuesRead(after(at), (), frozenset(available))


def changed(at: float, number: str = "8103", *, is_available: bool) -> BackupChanged:
    return BackupChanged(after(at), number, is_available)


def seen(*events: Event) -> Picture:
    return reduce(fold, events, Picture())


def test_what_is_told_before_the_first_reading_is_not_known() -> None:
    """Of one who is told of, and so of nobody else."""
    assert seen(changed(1, is_available=True)).backup is None


@pytest.mark.parametrize(
    ("events", "available"),
    [
        ([reading(0), changed(1, is_available=True)], {"8103"}),
        ([reading(0, "8103"), changed(1, is_available=False)], set()),
        ([reading(0), changed(2, is_available=False), changed(1, is_available=True)], set()),
        ([reading(2), changed(1, is_available=True)], set()),
        ([reading(0), changed(2, is_available=True), reading(1)], {"8103"}),
        ([reading(0), changed(2, is_available=False), reading(1, "8103")], set()),
        ([reading(0), changed(1, is_available=True), reading(2)], set()),
    ],
    ids=["on", "off", "late", "before the reading", "on behind it", "off behind it", "gone unseen"],
)
def test_the_younger_telling_counts(events: list[Event], available: set[str]) -> None:
    """Whichever comes first."""
    assert seen(*events).backup == available


def test_a_reading_that_does_not_say_takes_the_knowledge_away() -> None:
    """It is no list of nobody."""
    picture = seen(reading(0, "8103"), QueuesRead(after(1), ()))
    assert picture.backup is None
    assert picture.is_known


def test_phones_are_believed_in_one_sight_only() -> None:
    """Behind a restart of Asterisk none may be there any more; who is available is kept by Asterisk itself."""
    phones = DevicesRead(after(1), {"PJSIP/8103": DeviceState.NOT_INUSE}, is_all=True)
    picture = seen(reading(0, "8103"), phones)
    assert fold(picture, reading(2, "8103")).devices == phones.devices
    assert seen(reading(0, "8103"), phones, SightLost(after(2), "cut"), reading(3, "8103")).devices == {}


def test_a_phone_that_was_asked_for_alone_leaves_the_others_as_they_are() -> None:
    """All of them together leave nobody else."""
    picture = seen(
        reading(0),
        DevicesRead(after(1), {"PJSIP/8103": DeviceState.NOT_INUSE}, is_all=True),
        DevicesRead(after(2), {"PJSIP/8104": DeviceState.INUSE}, is_all=False),
    )
    assert picture.devices == {"PJSIP/8103": DeviceState.NOT_INUSE, "PJSIP/8104": DeviceState.INUSE}
    assert fold(picture, DevicesRead(after(3), {}, is_all=True)).devices == {}


@given(deeds=st.lists(st.booleans(), max_size=6), order=st.randoms(use_true_random=False), read=st.integers(0, 6))
def test_any_order_tells_the_same(deeds: list[bool], order: object, read: int) -> None:
    """SAFETY: events in any order, each of them twice, and a reading at any moment, end in what is the case."""
    events: list[Event] = [changed(at, is_available=is_on) for at, is_on in enumerate(deeds, 1)]
    told = events * 2
    order.shuffle(told)  # type: ignore[attr-defined]
    was_on = ([False, *deeds])[min(read, len(deeds))]
    picture = seen(reading(0), *told, reading(read, *(["8103"] if was_on else [])), *told)
    assert picture.backup == (frozenset({"8103"}) if deeds and deeds[-1] else frozenset())
