"""A quarter of an hour at the hotline and the hour behind it, as its staff sees it and as the log tells it."""

from __future__ import annotations

from dataclasses import replace

from ivrctl.staffing.policy import Trigger
from ivrctl.staffing.sentences import sentence, warning_sentence
from ivrctl.staffing.view import OrderKind

from .desk import HOTLINE, MINUTE, SECOND, Desk, order, seat


def on_a_break(desk: Desk, number: str = "8101", reason: str = "break") -> None:
    interface = f"PJSIP/{number}"
    desk.seats["broadband", interface] = seat("broadband", interface, is_paused=True, pause_reason=reason)


def told(desk: Desk) -> list[str]:
    """Every tier that came or went, in words, and who was warned."""
    lines = []
    for decision in desk.decisions:
        if warned := warning_sentence(decision):
            lines.append(warned)
        lines += [sentence(reason, decision) for reason in decision.reasons if reason.is_change]
    return lines


def test_load_rises_and_falls_and_every_step_says_why() -> None:
    """Callers wait longer and longer: tier after tier comes in; it grows calm, and they go home in reverse."""
    desk = Desk()
    on_a_break(desk)
    desk.set(longest_wait=28).wait(MINUTE)
    desk.set(longest_wait=40).wait(2 * MINUTE)
    desk.set(longest_wait=64).wait(2 * MINUTE)
    desk.set(longest_wait=95, service_level=0.71).wait(2 * MINUTE)
    desk.set(longest_wait=130).wait(2 * MINUTE)
    desk.set(longest_wait=12, service_level=0.95).wait(60 * MINUTE)
    assert desk.story == [
        "+02:00 break in",
        "+04:00 leaders in",
        "+06:00 quality in",
        "+08:00 retention in",
        "+23:00 retention out",
        "+33:00 quality out",
        "+43:00 leaders out",
        "+53:00 break out",
    ]
    calm = (
        "the longest wait in broadband was 12 s (15 s or less is calm), "
        "the service level in broadband was 95 % (92 % or more is calm)"
    )
    assert told(desk) == [
        "break may be called in soon: the longest wait in broadband is 28 s (30 s brings them)",
        (
            "break came in: the longest wait in broadband was 40 s (30 s brings them) for 1 min; "
            "leaders would have come at 60 s"
        ),
        "leaders may be called in soon: the longest wait in broadband is 64 s (60 s brings them)",
        (
            "leaders came in: the longest wait in broadband was 64 s (60 s brings them) for 1 min; "
            "quality would have come at 90 s"
        ),
        "quality may be called in soon: the longest wait in broadband is 95 s (90 s brings them)",
        (
            "quality came in: the longest wait in broadband was 95 s (90 s brings them) for 1 min; "
            "retention would have come at 120 s"
        ),
        "retention may be called in soon: the longest wait in broadband is 130 s (120 s brings them)",
        "retention came in: the longest wait in broadband was 130 s (120 s brings them) for 1 min",
        f"retention went home: all was calm for 14 min: {calm}",
        f"quality went home: all was calm for 10 min: {calm}",
        f"leaders went home: all was calm for 10 min: {calm}",
        f"break went home: all was calm for 10 min: {calm}",
    ]


def test_people_of_a_tier_come_and_go_together() -> None:
    """Whoever is ready is wanted in both queues while the tier is in; lenders keep one back."""
    desk = Desk().set(longest_wait=130)
    desk.wait(6 * MINUTE)
    assert desk.wanted("broadband") == desk.wanted("mobile-data")
    assert desk.wanted() == ["8201", "8202", "8301", "8302", "8303", "8401", "8402"]
    desk.set(longest_wait=0).wait(60 * MINUTE)
    assert desk.wanted() == []


def test_tier_comes_as_soon_as_one_who_was_asked_is_there() -> None:
    """Whoever unpauses ends the patience, and has ``engage_after`` to be seen."""
    desk = Desk()
    on_a_break(desk, reason="lunch")
    on_a_break(desk, "8102", reason="training")
    desk.set(longest_wait=70).wait(MINUTE)
    assert [each.asked for each in desk.decisions if each.asked] == [("PJSIP/8101",)]
    desk.seats["broadband", "PJSIP/8101"] = seat("broadband", "PJSIP/8101")
    desk.wait(10 * SECOND).wait(5 * MINUTE)
    assert desk.story == ["+01:00 break in", "+02:00 leaders in"]


def test_next_tier_comes_when_those_asked_do_not() -> None:
    """Patience runs out; where nobody was there to be asked, nobody is waited for."""
    desk = Desk()
    on_a_break(desk)
    desk.set(longest_wait=70).wait(5 * MINUTE)
    assert desk.story == ["+01:00 break in", "+03:00 leaders in"]
    alone = Desk().set(longest_wait=70).wait(5 * MINUTE)
    assert alone.story == ["+01:00 break in", "+02:00 leaders in"]


def asked(desk: Desk) -> list[tuple[str, ...]]:
    return [each.asked for each in desk.decisions if each.asked]


def test_who_pauses_while_the_tier_is_in_is_asked_too() -> None:
    """As soon as a row holds for ``engage_after``; in a calm moment he has his break."""
    desk = Desk()
    on_a_break(desk)
    desk.set(longest_wait=40).wait(2 * MINUTE)
    desk.set(longest_wait=20).wait(MINUTE)
    on_a_break(desk, "8102", "lunch")
    on_a_break(desk, "8103", "training")
    desk.wait(5 * MINUTE)
    assert asked(desk) == [("PJSIP/8101",)]
    desk.set(longest_wait=40).wait(59 * SECOND)
    assert asked(desk) == [("PJSIP/8101",)]
    desk.wait(SECOND)
    assert asked(desk) == [("PJSIP/8101",), ("PJSIP/8102",)]


def test_nobody_is_asked_twice_while_the_tier_stays() -> None:
    """Neither on the same break nor on his next one; when the tier comes in again he is."""
    desk = Desk()
    on_a_break(desk)
    desk.set(longest_wait=40).wait(30 * MINUTE)
    desk.seats["broadband", "PJSIP/8101"] = seat("broadband", "PJSIP/8101")
    desk.wait(10 * MINUTE)
    on_a_break(desk, reason="lunch")
    desk.wait(30 * MINUTE)
    assert asked(desk) == [("PJSIP/8101",)]
    desk.set(longest_wait=0).wait(30 * MINUTE)
    desk.set(longest_wait=40).wait(MINUTE)
    assert asked(desk) == [("PJSIP/8101",)] * 2


def test_while_a_tier_is_frozen_it_asks_nobody() -> None:
    """Everything stays as it is."""
    desk = Desk().set(longest_wait=40).wait(2 * MINUTE)
    desk.orders = (order(OrderKind.FREEZE, "", desk.now, 10 * MINUTE),)
    on_a_break(desk)
    desk.wait(9 * MINUTE)
    assert asked(desk) == []
    desk.wait(MINUTE)
    assert asked(desk) == [("PJSIP/8101",)]


def test_figure_that_dips_begins_anew() -> None:
    """``engage_after`` is without a break."""
    desk = Desk().set(longest_wait=40).wait(50 * SECOND)
    desk.set(longest_wait=29).wait(5 * SECOND)
    desk.set(longest_wait=40).wait(59 * SECOND)
    assert desk.story == []
    assert desk.wait(SECOND).story == ["+01:55 break in"]


def test_one_restless_figure_keeps_everybody() -> None:
    """All rows must be calm; and the calm begins anew."""
    desk = Desk().set(longest_wait=130).wait(10 * MINUTE)
    desk.told.clear()
    desk.set(longest_wait=5, service_level=0.9).wait(60 * MINUTE)
    assert desk.story == []
    assert "the service level in broadband is 90 % (92 % or more is calm)" in last(desk, "retention")
    desk.set(service_level=0.92).wait(9 * MINUTE)
    desk.set(longest_wait=16).wait(SECOND)
    desk.set(longest_wait=15).wait(10 * MINUTE)
    assert [line.split(" ", 1)[1] for line in desk.story] == ["retention out"]


def test_tier_that_went_home_rests() -> None:
    """Load that returns at once waits for ``rest_at_least``, and the reason says how long."""
    desk = Desk(policy=replace(HOTLINE, tiers=HOTLINE.tiers[:2], triggers=two(HOTLINE.triggers)))
    desk.set(longest_wait=70).wait(3 * MINUTE)
    desk.set(longest_wait=0).wait(20 * MINUTE)
    assert desk.story[-1] == "+17:00 leaders out"
    desk.told.clear()
    desk.set(longest_wait=70).wait(90 * SECOND)
    assert last(desk, "leaders") == (
        "leaders not in: the longest wait in broadband is 70 s (60 s brings them) for 1 min 30 s, "
        "but they went home a short time ago, and rest for 2 min 30 s more"
    )
    desk.wait(10 * MINUTE)
    assert desk.story == ["+27:00 leaders in"]


def last(desk: Desk, tier: str) -> str:
    """What is told of a tier now."""
    decision = desk.decisions[-1]
    return sentence(next(reason for reason in decision.reasons if reason.tier == tier), decision)


def two(triggers: tuple[Trigger, ...]) -> tuple[Trigger, ...]:
    return tuple(replace(row, engage=row.engage[:2]) for row in triggers)
