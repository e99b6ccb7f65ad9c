"""A quarter of an hour at the hotline, as its staff sees it."""

from __future__ import annotations

from .desk import MINUTE, SECOND, Desk, seat


def test_tiers_come_one_after_the_other_and_go_home_in_reverse() -> None:
    """Load rises and stays: break, leaders, quality and retention come in; it falls, and the last go first."""
    desk = Desk()
    desk.seats["broadband", "PJSIP/8101"] = seat("broadband", "PJSIP/8101", is_paused=True, pause_reason="break")
    desk.set(longest_wait=130).wait(8 * MINUTE)
    assert desk.story == ["+01:00 break in", "+03:00 leaders in", "+04:00 quality in", "+05:00 retention in"]
    assert desk.wanted() == ["8201", "8202", "8301", "8302", "8303", "8401", "8402"]
    desk.told.clear()
    desk.set(longest_wait=10).wait(60 * MINUTE)
    assert desk.story == ["+20:00 retention out", "+30:00 quality out", "+40:00 leaders out", "+50:00 break out"]
    assert desk.wanted() == []
    assert desk.decisions[-1].memory.people["PJSIP/8401"].left_at == desk.told[0][0]


def test_tier_comes_as_soon_as_one_who_was_asked_is_there() -> None:
    """Whoever unpauses ends the patience, and has ``engage_after`` to be seen."""
    desk = Desk()
    desk.seats["broadband", "PJSIP/8101"] = seat("broadband", "PJSIP/8101", is_paused=True, pause_reason="lunch")
    desk.set(longest_wait=70).wait(MINUTE)
    assert desk.decisions[-1].asked == ()
    assert desk.decisions[-2].asked or desk.decisions[-1].memory.tiers["break"].asked == {"PJSIP/8101"}
    desk.seats["broadband", "PJSIP/8101"] = seat("broadband", "PJSIP/8101")
    desk.wait(10 * SECOND)
    desk.wait(5 * MINUTE)
    assert desk.story == ["+01:00 break in", "+02:00 leaders in"]
