"""Rounds on the clock, with a real database: a quarter of an hour, and every fault."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.site_store import SiteStoreError
from ivrctl.adapters.staffing_store import KeptOrder
from ivrctl.errors import UnreachableError
from ivrctl.staffing.policy import Mode
from ivrctl.staffing.view import OrderKind

from ..staffing.desk import MINUTE, NINE, SECOND, order  # noqa: TID252 - test folders are no packages to import from
from .office import BY_WAIT, Office, seats

HOUR = timedelta(hours=1)


async def _busy(office: Office) -> None:
    """Somebody waits so long that every tier is called for, until all are in."""
    office.sign_on("PJSIP/8102", is_paused=True, pause_reason="break")
    office.calls(waited=130)
    await office.passes(8 * MINUTE)


async def test_tiers_come_one_after_the_other_and_go_home_in_reverse(office: Office) -> None:
    """By what the picture shows, and by nothing else."""
    async with office.open():
        await _busy(office)
        assert office.told == ["1.0 break in", "3.0 leaders in", "4.0 quality in", "5.0 retention in"]
        assert seats(office.hands)["broadband"] == ["8201", "8202", "8301", "8302", "8303", "8401", "8402"]
        office.told.clear()
        office.callers.clear()
        await office.passes(HOUR)
        assert [told.partition(" ")[2] for told in office.told] == [
            "retention out",
            "quality out",
            "leaders out",
            "break out",
        ]
        assert seats(office.hands) == {}
    assert office.faults == []


async def test_what_changes_nothing_is_neither_decided_again_nor_sent(office: Office) -> None:
    """An hour with all tiers in, and the picture told again and again: nobody is added twice."""
    async with office.open():
        await _busy(office)
        sent = len(office.hands.done)
        for _ in range(30):
            await office.passes(10 * SECOND)
        assert len(office.hands.done) == sent


async def test_nothing_changes_while_nothing_is_seen(office: Office) -> None:
    """Blind for half an hour: whoever is in stays in, and nobody goes home for it."""
    async with office.open() as loop:
        await _busy(office)
        before = seats(office.hands)
        office.blind, office.told = "the connection is lost", []
        office.callers.clear()
        await office.passes(30 * MINUTE)
        assert (seats(office.hands), office.told) == (before, [])
        assert loop.rounds["hotline"].decision.hold.endswith("the connection is lost")


async def test_an_unknown_queue_holds_its_policy(office: Office) -> None:
    """Asterisk has no such queue: that is said, and nobody is called in by half of the figures."""
    office.missing = frozenset({"mobile-data"})
    async with office.open() as loop:
        await _busy(office)
        assert office.hands.done == []
        assert loop.rounds["hotline"].decision.hold == "Asterisk has no queue mobile-data"


async def test_an_unknown_agent_is_nobody(office: Office) -> None:
    """One who has not said that he is available, or whose phone nobody knows, is not added; the others are."""
    office.backup = frozenset({"8201", "8999"})
    async with office.open():
        await _busy(office)
        assert seats(office.hands) == {"broadband": ["8201"], "mobile-data": ["8201"]}


async def test_a_tier_whose_people_are_all_absent_does_not_stop_the_next(office: Office) -> None:
    """Nobody of the leaders is there: the tier counts as in, and quality comes behind it."""
    assert office.backup is not None
    office.backup -= {"8201", "8202"}
    async with office.open():
        await _busy(office)
        assert seats(office.hands)["broadband"][:3] == ["8301", "8302", "8303"]


async def test_everybody_pauses(office: Office) -> None:
    """Callers wait for nobody: people are asked and called in all the same, and nobody is unpaused."""
    for queue in BY_WAIT.queues:
        office.sign_on("PJSIP/8101", queue, is_paused=True, pause_reason="lunch")
    async with office.open():
        await _busy(office)
        assert office.told[0] == "1.0 break in"
        assert all(member.is_paused for (_, who), member in office.members.items() if who == "PJSIP/8101")
        assert len(seats(office.hands)["broadband"]) == 7


async def test_who_is_removed_by_hand_rests(office: Office) -> None:
    """A person takes somebody out: he is not put back at once."""
    async with office.open():
        await _busy(office)
        office.sign_off("PJSIP/8201")
        office.hands.owned.pop(("broadband", "PJSIP/8201"))
        await office.passes(5 * MINUTE)
        assert "8201" not in seats(office.hands)["broadband"]


async def test_who_is_lost_by_a_restart_of_asterisk_is_put_back_at_once(office: Office) -> None:
    """In another sight nobody has removed him."""
    async with office.open():
        await _busy(office)
        before, sent = seats(office.hands), len(office.hands.done)
        office.blind = "Asterisk ends"
        await office.passes(20 * SECOND)
        office.blind, office.sight, office.members = "", 2, {}
        for queue in BY_WAIT.queues:
            office.sign_on("PJSIP/8101", queue)
        await office.passes(SECOND)
        assert seats(office.hands) == before
        assert len(office.hands.done) == sent + sum(map(len, before.values()))


async def test_a_static_member_stays_as_he_is(office: Office) -> None:
    """queues.conf has him: he counts as in, and does not go home with his tier."""
    from ivrctl.acd.picture import Origin  # noqa: PLC0415

    office.sign_on("PJSIP/8201", origin=Origin.STATIC)
    async with office.open() as loop:
        await _busy(office)
        assert ("broadband", "PJSIP/8201") in loop.rounds["hotline"].plan.unmanaged
        office.callers.clear()
        await office.passes(HOUR)
        assert ("broadband", "PJSIP/8201") in office.members
    assert not any(change.seat == ("broadband", "PJSIP/8201") for change in office.hands.done)


async def test_what_is_not_carried_out_is_pending_with_its_age(office: Office) -> None:
    """Asterisk does not answer: desired is not what is observed, and that can be seen; then it is."""
    office.hands.are_tied = True
    async with office.open():
        office.calls(waited=130)
        await office.passes(5 * MINUTE)
        pending = office.hands.tied["broadband", "PJSIP/8201"]
        assert (pending.error, office.now - pending.since > MINUTE, pending.attempts > 1) == ("no answer", True, True)
        office.hands.are_tied = False
        await office.passes(MINUTE)
        assert office.hands.tied == {}
        assert "8201" in seats(office.hands)["broadband"]


@pytest.mark.parametrize("step", [timedelta(hours=-3), timedelta(hours=3)])
async def test_a_clock_that_is_set_locks_nothing(office: Office, step: timedelta) -> None:
    """Backwards or forwards: who is in stays for now, and load that stays brings the rest."""
    async with office.open():
        office.calls(waited=70)
        await office.passes(4 * MINUTE)
        assert office.told[-1].endswith("leaders in") or office.told[-1].endswith("quality in")
        office.now += step
        office.callers = {key: since + step for key, since in office.callers.items()}
        office.calls(waited=130)
        await office.passes(8 * MINUTE)
        assert "retention in" in " ".join(office.told)
        assert "out" not in " ".join(office.told)


async def test_a_changed_policy_goes_on_with_the_tiers_that_it_has(office: Office) -> None:
    """A tier that is gone goes home; those of the same name stay as they are."""
    async with office.open() as loop:
        await _busy(office)
        tiers = tuple(tier for tier in BY_WAIT.tiers if tier.name != "quality")
        trigger = replace(BY_WAIT.triggers[0], engage=(30, 60, 120))
        office.policies = {"hotline": replace(BY_WAIT, tiers=tiers, triggers=(trigger,))}
        loop.wake()
        await office.passes(SECOND)
        assert seats(office.hands)["broadband"] == ["8201", "8202", "8401", "8402"]


async def test_all_who_came_by_a_policy_that_is_gone_go_home(office: Office) -> None:
    """But nobody who talks: he is drained."""
    async with office.open() as loop:
        await _busy(office)
        office.policies = {}
        office.sign_on("PJSIP/8301", in_call=True)
        loop.wake()
        await office.passes(SECOND)
        assert seats(office.hands) == {"broadband": ["8301"]}
        office.sign_on("PJSIP/8301")
        await office.passes(SECOND)
        assert seats(office.hands) == {}


async def test_who_is_in_a_queue_that_the_policy_names_no_more_goes_home_from_it(office: Office) -> None:
    """From that queue alone; nobody is left behind in it."""
    async with office.open() as loop:
        await _busy(office)
        tiers = tuple(replace(tier, queues=("broadband",)) for tier in BY_WAIT.tiers)
        office.policies = {"hotline": replace(BY_WAIT, queues=("broadband",), tiers=tiers)}
        loop.wake()
        await office.passes(SECOND)
        assert seats(office.hands).keys() == {"broadband"}
        assert [interface for queue, interface in office.members if queue == "mobile-data"] == ["PJSIP/8101"]


async def test_who_wraps_up_goes_when_he_has(office: Office) -> None:
    """No event tells of the end of it: the round is due then."""
    async with office.open() as loop:
        await _busy(office)
        office.callers.clear()
        office.policies = {}
        office.sign_on("PJSIP/8301", last_call=office.now, wrap_up=7 * SECOND)
        loop.wake()
        await office.passes(6 * SECOND)
        assert seats(office.hands) == {"broadband": ["8301"]}
        await office.passes(2 * SECOND)
        assert seats(office.hands) == {}


async def test_a_successor_goes_on_where_the_controller_before_stood(office: Office) -> None:
    """Its memory, its orders, its decisions: nothing is decided twice."""
    async with office.open() as loop:
        await _busy(office)
        await loop.order(KeptOrder("hotline", order(OrderKind.FREEZE, "", office.now, HOUR)))
        await office.passes(SECOND)
    told = list(office.told)
    successor = office.loop(office.keeper("2"))
    async with office.open(successor):
        await office.passes(10 * SECOND)
        assert office.told == told
        assert [given.order.id for given in successor.orders] == ["order-1"]
        assert successor.memories["hotline"].tiers["leaders"].is_in


async def test_of_two_controllers_one_acts(office: Office) -> None:
    """The other says so, decides nothing, orders nothing; when the first gives it up, it does."""
    first, other = office.loop(), office.loop(office.keeper("2", "there"))
    async with office.open(first):
        office.calls(waited=130)
        await office.passes(2 * MINUTE)
        async with office.open(other):
            await office.passes(SECOND)
            assert (first.is_acting, other.is_acting, other.why_not) == (True, False, "another controller acts")
            assert other.rounds == {}
            with pytest.raises(UnreachableError, match="another controller acts"):
                await other.order(KeptOrder("hotline", order(OrderKind.FREEZE, "", office.now, HOUR)))
            await first.leave()
            # Time has passed when one of the two has nothing more to do: the other may have.
            async with Deadline(20):
                while not other.is_acting:
                    await office.passes(SECOND)
            assert not first.is_acting


async def test_a_policy_that_advises_changes_nothing_by_itself(office: Office) -> None:
    """Its plan is shown until somebody has it carried out."""
    office.policies = {"hotline": replace(BY_WAIT, mode=Mode.ADVISE)}
    async with office.open() as loop:
        await _busy(office)
        assert office.hands.done == []
        assert len(loop.rounds["hotline"].plan.changes) == 14
        done = await loop.apply(office.policies["hotline"])
        assert len(done.plan.changes) == len(office.hands.done) == 14


async def test_a_preview_changes_nothing(office: Office) -> None:
    """Neither memory nor queues: of a policy that is served, and of one that is not."""
    async with office.open() as loop:
        office.calls(waited=130)
        await office.passes(30 * SECOND)
        memories = dict(loop.memories)
        quick = replace(BY_WAIT, timing=replace(BY_WAIT.timing, engage_after=SECOND))
        assert loop.preview(quick).changed == ("break",)
        assert loop.memories == memories
        assert office.hands.done == []


async def test_a_database_that_is_away_changes_nothing_and_is_told_once(office: Office) -> None:
    """What cannot be kept is not done: a successor would not know it."""
    keeper = office.keeper()
    keeps = keeper.keep

    async def away(_done: object) -> None:
        raise SiteStoreError("it does not answer")

    async with office.open(office.loop(keeper)) as loop:
        keeper.keep = away  # type: ignore[method-assign]
        await _busy(office)
        assert (office.hands.done, office.told) == ([], [])
        assert office.faults == ["a round of hotline failed, and begins anew: SiteStoreError('it does not answer')"]
        assert list(loop.faults.values()) == office.faults
        keeper.keep = keeps  # type: ignore[method-assign]
        await office.passes(4 * MINUTE)
        assert "leaders in" in " ".join(office.told)
        assert loop.faults == {}


async def test_decisions_are_kept_with_all_that_led_to_them(office: Office) -> None:
    """Why a tier came can be read later, in words and in figures."""
    keeper = office.keeper()
    async with office.open(office.loop(keeper)):
        await _busy(office)
    kept = await keeper.history(10)
    assert [round((decision.at - NINE) / MINUTE) for decision in reversed(kept)] == [1, 3, 4, 5]
    leaders = kept[2]
    assert leaders.sentences[1].startswith("leaders came in: the longest wait in broadband was ")
    assert leaders.plan["queues"]["broadband"] == {"waiting": 1, "staff": 2, "available": 1}
    assert [change["interface"] for change in leaders.plan["changes"][:2]] == ["PJSIP/8201", "PJSIP/8201"]
    assert await keeper.decision(leaders.id) == leaders
    assert await keeper.decision("none") is None
