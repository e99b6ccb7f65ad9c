"""Plans become members, whatever Asterisk says, does, and does not say."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from ivrctl.service.staffing.ports import Pending
from ivrctl.testkit.fake_ami import Answering, AppQueue, Fault, Seat

from ..staffing.memberships import policy, wanted  # noqa: TID252 - test folders are no packages to import from
from .floor import STATIC, Floor

LI, WANG = wanted("8110"), wanted("8111")


async def test_people_come_change_and_go(floor: Floor) -> None:
    """Leased, seen, kept with what became of it; then nothing is sent any more."""
    controller = await floor.controller()
    await controller.has(LI, WANG)
    assert floor.members() == {"8110": 5, "8111": 5}
    assert floor.pbx.queues["broadband"]["PJSIP/8110"].name == "坐席 8110"
    await controller.has(wanted("8110", penalty=7), WANG)
    await controller.has(WANG)
    assert floor.members() == {"8111": 5}
    assert floor.sent() == [
        ("QueueAdd", "broadband", "8110"),
        ("QueueAdd", "broadband", "8111"),
        ("QueuePenalty", "broadband", "8110"),
        ("QueueRemove", "broadband", "8110"),
    ]
    await controller.store.flushed()
    assert await floor.leases() == {("broadband", "PJSIP/8111")}
    assert len(controller.actuator.sent("hotline")) == 3
    assert (await controller.store.inherit(controller.observer.now())).sent == {
        "hotline": controller.actuator.sent("hotline")
    }


@pytest.mark.thorough
@pytest.mark.parametrize(
    "how",
    [
        Answering.LATE,
        Answering.TWICE,
        Answering.NEVER,
        Answering.UNREAD,
        Answering.REFUSED,
        Answering.CUT_BEFORE,
        Answering.CUT_BEHIND,
    ],
)
async def test_in_the_end_it_is_so(floor: Floor, how: Answering) -> None:
    """An add, a correction and a removal of which each is answered so at first."""
    controller = await floor.controller()
    for people in ([LI], [wanted("8110", penalty=7)], []):
        floor.asterisk.answering.append(how)
        await controller.has(*people)
        floor.asterisk.answer_late()
        await controller.has(*people)
    assert floor.members() == {}
    await controller.store.flushed()
    assert await floor.leases() == set()


async def test_what_is_not_done_is_pending_with_its_age_attempts_and_error(floor: Floor) -> None:
    """And it is tried again, later each time."""
    controller = await floor.controller()
    floor.asterisk.answering.extend([Answering.REFUSED] * 3)
    seen: list[tuple[Pending, int, int]] = []

    def look_at() -> None:
        owned, sent = controller.actuator.owned, controller.actuator.sent("hotline")
        seen.extend((pending, len(owned), len(sent)) for pending in controller.actuator.pending if pending.retry_at)

    controller.place.at_pauses.append(look_at)
    await controller.has(LI)
    assert {pending.attempts for pending, *_ in seen} >= {1, 2, 3}
    for pending, owned, sent in seen:
        assert pending.error == "Asterisk refuses QueueAdd: Permission denied"
        assert pending.change.interface == "PJSIP/8110"
        assert pending.retry_at is not None
        assert pending.since <= pending.retry_at
        assert (owned, sent) == (0, 0)
    assert len(controller.troubles) == 1


async def test_what_had_no_answer_stays_leased_and_is_seen(floor: Floor) -> None:
    """Asterisk has done it: the picture tells, and it is not sent a second time."""
    controller = await floor.controller()
    floor.asterisk.answering.append(Answering.NEVER)
    await controller.has(LI)
    assert floor.sent() == [("QueueAdd", "broadband", "8110")]
    assert await floor.leases() == {("broadband", "PJSIP/8110")}
    assert len(controller.actuator.sent("hotline")) == 1


async def test_what_comes_late_though_nobody_wants_it_any_more_goes_again(floor: Floor) -> None:
    """It is ours, by its lease."""
    controller = await floor.controller()
    floor.asterisk.answering.append(Answering.UNREAD)
    await controller.want(LI)
    await floor.until(lambda: any(each.error for each in controller.actuator.pending))
    await controller.want()
    await floor.until(lambda: not controller.actuator.pending)
    assert controller.actuator.owned
    floor.asterisk.answer_late()
    await controller.has()
    assert floor.members() == {}


async def test_a_member_whom_somebody_else_has_just_added_is_not_ours(floor: Floor) -> None:
    """Already there, says Asterisk, and the picture did not know it yet."""
    controller = await floor.controller()
    floor.pbx.queues["broadband"]["PJSIP/8110"] = Seat("PJSIP/8110", penalty=3)
    await controller.want(LI)
    await floor.until(lambda: controller.round is not None and bool(controller.round.plan.unmanaged))
    assert set(floor.sent()) <= {("QueueAdd", "broadband", "8110")}
    assert controller.actuator.owned == {}
    await controller.want()
    await floor.until(lambda: not controller.actuator.pending)
    assert floor.members() == {"8110": 3}


async def test_a_member_who_has_left_by_hand_is_not_there(floor: Floor) -> None:
    """Not there, says Asterisk, before the picture does: his lease ends."""
    controller = await floor.controller()
    await controller.has(LI)
    del floor.pbx.queues["broadband"]["PJSIP/8110"]
    await controller.has()
    assert set(floor.sent("QueueRemove")) <= {("QueueRemove", "broadband", "8110")}
    await controller.store.flushed()
    assert await floor.leases() == set()


async def test_a_member_who_has_become_static_is_not_ours_any_more(floor: Floor) -> None:
    """He stands in queues.conf since: nobody removes him."""
    controller = await floor.controller()
    await controller.has(LI)
    floor.pbx.queues["broadband"]["PJSIP/8110"].is_static = True
    await controller.want()
    await floor.until(lambda: not controller.actuator.owned and not controller.actuator.pending)
    assert set(floor.pbx.queues["broadband"]) == {STATIC, "PJSIP/8110"}
    assert set(floor.sent("QueueRemove")) <= {("QueueRemove", "broadband", "8110")}


async def test_a_queue_that_is_gone_is_pending_until_it_is_back(floor: Floor) -> None:
    """The picture still shows it when the action is sent."""
    controller = await floor.controller()
    gone = floor.pbx.queues.pop("mobile")
    floor.asterisk.answering.append(Answering.AT_ONCE)
    await controller.want(wanted("8110", queue="mobile"))
    await floor.until(lambda: not controller.picture.queues.keys() & {"mobile"})
    await floor.until(lambda: controller.actuator.owned == {})
    floor.pbx.queues["mobile"] = gone
    controller.observer.read_again()
    await controller.has(wanted("8110", queue="mobile"))


async def test_who_begins_to_ring_before_the_removal_is_sent_stays(floor: Floor) -> None:
    """The plan was made a moment before; he goes when he is free."""
    controller = await floor.controller()
    await controller.has(LI)
    floor.asterisk.say(floor.pbx.change("broadband", "PJSIP/8110", status=6))
    await floor.until(lambda: controller.picture.queues["broadband"].members["PJSIP/8110"].device == 6)
    await controller.want()
    await floor.until(lambda: controller.round is not None and bool(controller.round.plan.held))
    assert floor.sent("QueueRemove") == []
    floor.asterisk.say(floor.pbx.change("broadband", "PJSIP/8110", status=1))
    await controller.has()


async def test_the_last_available_member_stays_until_no_caller_waits(floor: Floor) -> None:
    """Whoever stands in queues.conf is on the phone just then."""
    controller = await floor.controller()
    await controller.has(LI)
    floor.asterisk.say(floor.pbx.change("broadband", STATIC, status=2), floor.pbx.join("broadband", "1.1"))
    await floor.until(lambda: bool(controller.picture.queues["broadband"].callers))
    await controller.want()
    await floor.until(lambda: controller.round is not None and bool(controller.round.plan.held))
    assert floor.sent("QueueRemove") == []
    floor.asterisk.say(floor.pbx.change("broadband", STATIC, status=1))
    await controller.has()


async def test_after_a_restart_of_asterisk_everybody_is_there_again(floor: Floor) -> None:
    """What it has lost it is told anew, and no ceiling counts that."""
    controller = await floor.controller()
    await controller.has(LI, WANG)
    counted = controller.actuator.sent("hotline")
    del floor.pbx.queues["broadband"]["PJSIP/8110"]
    sight = controller.picture.sight
    floor.asterisk.cut()
    await floor.until(lambda: controller.picture.sight != sight)
    await controller.has(LI, WANG)
    assert floor.sent("QueueAdd")[2:] == [("QueueAdd", "broadband", "8110")]
    assert controller.actuator.sent("hotline") == counted


async def test_while_nothing_is_seen_nothing_is_sent(floor: Floor) -> None:
    """What was to be done is done when it is seen again."""
    controller = await floor.controller()
    floor.asterisk.fault = Fault.SILENT
    floor.asterisk.cut()
    await floor.until(lambda: not controller.picture.is_known)
    await controller.want(LI)
    assert floor.sent() == []
    floor.asterisk.fault = Fault.NONE
    floor.asterisk.cut()
    await controller.has(LI)


async def test_of_two_controllers_the_one_before_sends_nothing_any_more(floor: Floor) -> None:
    """Its next write is refused, and the action is never sent; what it had begun is the successor's."""
    one = await floor.controller("one")
    await one.has(LI)
    successor = await floor.controller("successor", LI)
    await one.want(LI, WANG)
    await floor.until(lambda: not one.store.is_acting)
    await successor.has(LI)
    # What it had planned is given up once its write has been refused.
    await floor.until(lambda: not one.actuator.pending)
    assert floor.sent() == [("QueueAdd", "broadband", "8110")]
    await successor.has()
    assert floor.members() == {}


async def test_the_ceiling_holds_though_rounds_overlap(floor: Floor) -> None:
    """What was sent counts from the moment at which it is, and a change that is sent twice counts once."""
    floor.policy = policy(ceiling=3, queues=("broadband", "mobile"))
    controller = await floor.controller()
    floor.asterisk.answering.append(Answering.CUT_BEFORE)
    await controller.want(*(wanted(f"811{number}") for number in range(5)))
    await floor.until(lambda: len(floor.members()) == 3 and not controller.actuator.pending)
    controller.observer.read_again()
    await floor.until(lambda: controller.round is not None and len(controller.round.plan.held) == 2)
    assert len(floor.members()) == 3
    assert len(controller.actuator.sent("hotline")) == 3


async def test_what_asterisk_has_done_just_before_it_restarted_is_sent_again_at_once(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It said so, and has forgotten it before anybody saw it: in another sight nobody waits for it to be shown."""
    controller, acts = await floor.controller(), floor.pbx.acted

    def acts_and_restarts(_pbx: AppQueue, action: Mapping[str, str]) -> tuple[str, bytes]:
        monkeypatch.undo()
        said, _ = acts(action)
        del floor.pbx.queues["broadband"]["PJSIP/8110"]
        asyncio.get_running_loop().call_later(0.05, floor.asterisk.cut)
        return said, b""

    monkeypatch.setattr(AppQueue, "acted", acts_and_restarts)
    await controller.want(LI)
    await floor.until(lambda: any("out of sight" in each.error for each in controller.actuator.pending))
    await controller.has(LI)
    assert floor.sent("QueueAdd") == [("QueueAdd", "broadband", "8110")] * 2
