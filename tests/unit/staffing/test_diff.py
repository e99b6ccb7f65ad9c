"""What is to be done so that what is observed becomes what is desired."""

from __future__ import annotations

from dataclasses import replace

from ivrctl.staffing.decision import Cause, PersonMemory, SentHome
from ivrctl.staffing.diff import diff
from ivrctl.staffing.plan import ChangeKind, Plan
from ivrctl.staffing.view import Presence

from .memberships import by_seat, decision, owned, policy, seat, view, wanted


def steps(plan: Plan) -> list[tuple[str, str]]:
    return [(change.kind.value, change.interface.removeprefix("PJSIP/")) for change in plan.changes]


def test_whoever_is_wanted_and_not_there_is_added() -> None:
    """With his name, his tier's penalty, and why."""
    said = {"leaders": "leaders came in: 64 s"}
    plan = diff(policy(), decision(wanted("8110"), come=["leaders"]), view(), {}, said)
    (added,) = plan.changes
    assert (added.kind, added.seat, added.penalty) == (ChangeKind.ADD, ("broadband", "PJSIP/8110"), 5)
    assert (added.name, added.cause, added.sentence) == ("坐席 8110", Cause.TRIGGER, "leaders came in: 64 s")


def test_who_is_there_as_wanted_is_left_alone() -> None:
    """What has converged plans nothing."""
    assert diff(policy(), decision(wanted("8110")), view(seat("8110")), by_seat(owned("8110"))) == Plan()


def test_adds_come_in_the_order_of_tiers_and_removals_last_in_reverse() -> None:
    """So that a queue is never emptier on the way than at either end."""
    people = wanted("8121", "quality"), wanted("8111")
    ours = by_seat(owned("8110"), owned("8130", "retention"), owned("8120", "quality"))
    plan = diff(policy(), decision(*people), view(seat("8110"), seat("8120"), seat("8130")), ours)
    assert steps(plan) == [("add", "8111"), ("add", "8121"), ("remove", "8130"), ("remove", "8120"), ("remove", "8110")]


def test_a_penalty_of_ours_is_corrected() -> None:
    """Between those who come and those who go."""
    plan = diff(policy(), decision(wanted("8110", penalty=7)), view(seat("8110", penalty=5)), by_seat(owned("8110")))
    (corrected,) = plan.changes
    assert (corrected.kind, corrected.penalty) == (ChangeKind.PENALTY, 7)
    assert corrected.sentence == "the tier leaders has penalty 7, and he has 5"


def test_who_is_there_by_others_is_unmanaged() -> None:
    """He satisfies what is wanted; his penalty is his, and nobody sends him home."""
    plan = diff(
        policy(),
        decision(wanted("8110"), wanted("8111")),
        view(seat("8110", penalty=9), seat("8111", is_dynamic=False), seat("8112")),
        by_seat(owned("8111")),
    )
    assert plan.is_empty
    assert plan.unmanaged == {
        (
            "broadband",
            "PJSIP/8110",
        ): "somebody else has added him: he keeps his penalty 9, and stays when the tier goes home",
        ("broadband", "PJSIP/8111"): "queues.conf has him: he is in as wanted, and stays when the tier goes home",
    }


def test_memberships_of_another_policy_are_its_own() -> None:
    """They are not removed, and not corrected."""
    theirs = by_seat(owned("8110", policy="other"), owned("8111", policy="other"))
    seats = view(seat("8110"), seat("8111", penalty=9))
    assert diff(policy(), decision(wanted("8111")), seats, theirs).is_empty


def test_each_who_leaves_is_told_why() -> None:
    """His tier has gone, the policy has it no more, or he cannot be here any more."""
    ours = by_seat(
        owned("8110"),
        owned("8120", "quality"),
        owned("8121", "quality"),
        owned("8122", "quality"),
        owned("8199", "gone"),
    )
    presence = {"PJSIP/8120": Presence.NOT_SIGNED_ON, "PJSIP/8121": Presence.ABSENT, "PJSIP/8122": Presence.READY}
    seats = [seat(number) for number in ("8110", "8120", "8121", "8122", "8199")]
    gone = decision(gone=["leaders"], cause=Cause.CALM)
    plan = diff(policy(), gone, view(*seats, presence=presence), ours, {"leaders": "all is calm"})
    assert {change.interface: (change.cause, change.sentence) for change in plan.changes} == {
        "PJSIP/8110": (Cause.CALM, "all is calm"),
        "PJSIP/8120": (Cause.NOT_READY, "he is not available for backup any more"),
        "PJSIP/8121": (Cause.NOT_READY, "his phone is not there any more"),
        "PJSIP/8122": (Cause.POLICY, "the tier quality does not want him in broadband any more"),
        "PJSIP/8199": (Cause.POLICY, "the policy has no tier gone any more"),
    }


def test_who_leaves_while_his_tier_stays_is_told_why() -> None:
    """Somebody took him out of the other queue; or his group needs him."""
    people = {
        "PJSIP/8120": PersonMemory(sent_home_by=SentHome.HAND),
        "PJSIP/8121": PersonMemory(sent_home_by=SentHome.KEEP_BACK),
    }
    stays = decision()
    stays = replace(stays, memory=replace(stays.memory, people=people))
    plan = diff(
        policy(), stays, view(seat("8120"), seat("8121")), by_seat(owned("8120", "quality"), owned("8121", "quality"))
    )
    assert {change.interface: (change.cause, change.sentence) for change in plan.changes} == {
        "PJSIP/8120": (Cause.HAND, "removed by hand, or signed off; not called in again before the rest is over"),
        "PJSIP/8121": (Cause.KEEP_BACK, "too few of the group are left at their own work"),
    }


def test_a_membership_that_asterisk_has_lost_is_restored() -> None:
    """It was seen before sight was lost: nobody has ended it, so it begins nothing that would be counted."""
    lost = by_seat(owned("8110", sight=1), owned("8111", sight=2), owned("8112", is_confirmed=False))
    plan = diff(policy(), decision(wanted("8110"), wanted("8111"), wanted("8112")), view(sight=2), lost)
    assert [change.cause for change in plan.changes] == [Cause.RESTORED, Cause.STEADY, Cause.STEADY]


def test_of_an_unknown_view_nothing_is_planned() -> None:
    """Nobody knows what is there."""
    assert diff(policy(), decision(wanted("8110")), view(is_known=False), by_seat(owned("8111"))).is_empty
