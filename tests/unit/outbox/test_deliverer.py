"""What is kept is delivered: once, the oldest first, whoever is away meanwhile."""

from __future__ import annotations

import asyncio
import contextlib
from datetime import timedelta
from pathlib import Path

import pytest

from ivrctl.adapters.outbox import Entry, State
from ivrctl.model.delivery import Delivered, Delivery, Failed, Refused

from .conftest import SITE, Desk, opened_desk, site

AWAY = Failed("nobody is there", is_away=True)


def _away(_entry: Entry) -> Delivery:
    return AWAY


async def test_what_is_put_is_delivered_once(desk: Desk) -> None:
    """It goes out with the next look, and never again."""
    await desk.put("leg/1")
    await desk.turn()
    await desk.later(minutes=20)
    assert desk.receiver.got == ["leg/1"]
    assert await desk.states() == {"leg/1": State.DELIVERED}


async def test_oldest_goes_first(desk: Desk) -> None:
    """Of one submission things go out in the order in which they came."""
    keys = [f"leg/{number}" for number in range(20)]
    for key in keys:
        await desk.put(key)
    await desk.turn()
    assert desk.receiver.got == keys


async def test_nothing_is_lost_while_nobody_is_there(desk: Desk) -> None:
    """An interface that is away for hours gets everything when it is back, within a minute, in its order."""
    desk.receiver.answer = _away
    keys = [f"leg/{number}" for number in range(10)]
    for key in keys:
        await desk.put(key)
        await desk.later(minutes=30)
    assert set(desk.receiver.got) == {"leg/0"}
    desk.receiver.answer, desk.receiver.got = lambda _: Delivered(), []
    await desk.later(minutes=1)
    assert desk.receiver.got == keys


async def test_one_that_is_away_is_not_asked_without_end(desk: Desk) -> None:
    """The pauses grow to a minute: an hour of looks every second is some sixty tries."""
    desk.receiver.answer = _away
    await desk.put("leg/1")
    for _ in range(3600):
        await desk.later(seconds=1)
    assert 60 <= len(desk.receiver.got) <= 70


async def test_one_that_is_never_taken_holds_up_no_other(desk: Desk) -> None:
    """What is answered with an error again and again steps back; the others go out."""
    desk.receiver.answer = lambda entry: Failed("status 500") if entry.key == "leg/0" else Delivered()
    for number in range(10):
        await desk.put(f"leg/{number}")
    for _ in range(5):
        await desk.later(seconds=1)
    states = await desk.states()
    assert [key for key, state in states.items() if state is State.WAITING] == ["leg/0"]


async def test_one_that_fails_again_and_again_leaves_the_gate_open(desk: Desk) -> None:
    """What comes while it waits for its next try goes out at once."""
    desk.receiver.answer = lambda entry: Failed("status 500") if entry.key == "poison" else Delivered()
    await desk.put("poison")
    for _ in range(600):
        await desk.later(seconds=1)
    await desk.put("leg/1")
    await desk.turn()
    assert (await desk.states())["leg/1"] is State.DELIVERED


async def test_one_submission_holds_up_no_other(desk: Desk) -> None:
    """While one interface hangs, what is for another goes out."""
    desk.receiver.waits = asyncio.Event()
    await desk.put("leg/1", "ticket")
    await desk.deliverer.turn()
    await desk.receiver.until(1)
    hanging, desk.receiver.waits = desk.receiver.waits, None
    await desk.put("leg/2", "note")
    await desk.deliverer.turn()
    await desk.receiver.until(2)
    await desk.deliverer._tasks["note"]
    assert (await desk.states())["leg/2"] is State.DELIVERED
    assert (await desk.states())["leg/1"] is State.WAITING
    hanging.set()
    await desk.deliverer.idle()
    assert (await desk.states())["leg/1"] is State.DELIVERED


async def test_refused_is_set_aside_and_told(desk: Desk) -> None:
    """What will never be taken is kept with its reason, and the others go on at once."""
    desk.receiver.answer = lambda entry: Refused("status 422") if entry.key == "leg/1" else Delivered()
    await desk.put("leg/1")
    await desk.put("leg/2")
    await desk.turn()
    await desk.later(minutes=20)
    assert await desk.states() == {"leg/1": State.REFUSED, "leg/2": State.DELIVERED}
    assert desk.told == ["ticket: leg/1 is refused and set aside: status 422"]
    assert desk.receiver.got == ["leg/1", "leg/2"]


async def test_too_old_is_given_up_and_told(desk: Desk) -> None:
    """When a try fails, what is older than the submission allows is set aside, and what is not waits on."""
    desk.receiver.answer = _away
    await desk.put("old", "note")
    await desk.later(minutes=50)
    await desk.put("new", "note")
    await desk.later(minutes=20)
    assert await desk.states() == {"old": State.GIVEN_UP, "new": State.WAITING}
    assert "note: 1 given up and set aside, older than 1:00:00: nobody is there" in desk.told


async def test_pause_in_which_nobody_is_asked_gives_nothing_up(desk: Desk) -> None:
    """It is no try: who is back by then is asked first, and takes what has waited for too long."""
    desk.receiver.answer = lambda _: Failed("it is not asked", is_away=True, is_asked=False)
    await desk.put("old", "note")
    await desk.later(minutes=70)
    assert await desk.states() == {"old": State.WAITING}
    desk.receiver.answer = lambda _: Delivered()
    await desk.later(minutes=2)
    assert await desk.states() == {"old": State.DELIVERED}


async def test_one_that_is_damaged_is_set_aside_and_holds_up_no_other(desk: Desk) -> None:
    """Nobody is sent half of it; somebody is told."""
    await desk.put("bad")
    await desk.put("good")
    with desk.outbox._file._transaction() as connection:
        connection.execute("update entries set params = '{' where key = 'bad'")
    await desk.turn()
    assert await desk.states() == {"bad": State.REFUSED, "good": State.DELIVERED}
    assert desk.receiver.got == ["good"]
    assert desk.told == ["ticket: bad is refused and set aside: it is damaged and cannot be read"]


async def test_what_waited_while_nobody_ran_is_tried_before_it_is_given_up(desk: Desk) -> None:
    """A controller that was away for a week delivers what it finds."""
    await desk.put("old", "note")
    await desk.later(days=7)
    assert await desk.states() == {"old": State.DELIVERED}


async def test_what_waits_for_too_long_is_told_once(desk: Desk) -> None:
    """Somebody is told when it begins, and when it is over; status names it meanwhile."""
    desk.receiver.answer = _away
    await desk.put("leg/1", "note")
    for _ in range(10):
        await desk.later(minutes=1)
    late = [line for line in desk.told if "wait, the oldest" in line]
    assert late == ["note: 1 wait, the oldest for more than 0:01:00"]
    assert desk.deliverer.standing.late == ("note",)
    desk.receiver.answer = lambda _: Delivered()
    await desk.later(minutes=2)
    await desk.later(minutes=2)
    assert desk.told[-1] == "note: nothing waits for too long any more"
    assert desk.deliverer.standing.late == ()


async def test_outage_is_told_once_and_its_end_too(desk: Desk) -> None:
    """Not every failed try is told: three in a row are, and the first success behind them."""
    desk.receiver.answer = _away
    await desk.put("leg/1")
    for _ in range(10):
        await desk.later(seconds=20)
    desk.receiver.answer = lambda _: Delivered()
    await desk.later(minutes=2)
    assert desk.told == ["ticket: is not taken, and waits: nobody is there", "ticket: is taken again"]


async def test_clock_that_is_set_back_holds_up_nothing_and_gives_nothing_up(desk: Desk) -> None:
    """A day back or a day forth: what waits is delivered as soon as somebody is there."""
    desk.receiver.answer = lambda _: Failed("status 500")
    await desk.put("leg/1")
    await desk.later(seconds=1)
    desk.now -= timedelta(days=1)
    desk.receiver.answer = lambda _: Delivered()
    await desk.later(seconds=70)
    assert await desk.states() == {"leg/1": State.DELIVERED}


async def test_one_of_two_controllers_delivers(tmp_path: Path) -> None:
    """While one has the lock the other keeps what calls submit, and delivers none of it; then it takes over."""
    first, second = opened_desk(tmp_path), opened_desk(tmp_path)
    await first.turn()
    await second.put("leg/1")
    await second.turn()
    assert (second.receiver.got, second.deliverer.standing.count(State.WAITING)) == ([], 1)
    await first.turn()
    assert first.receiver.got == ["leg/1"]
    first.deliverer.parts.lock.let_go()
    await second.put("leg/2")
    await second.turn()
    assert second.receiver.got == ["leg/2"]
    second.deliverer.parts.lock.let_go()
    await first.outbox.close()
    await second.outbox.close()


async def test_controller_that_leaves_ends_what_is_on_its_way_and_begins_nothing(tmp_path: Path) -> None:
    """Its successor finds the lock free, and nothing half done."""
    desk = opened_desk(tmp_path)
    desk.receiver.waits = asyncio.Event()
    for number in range(20):
        await desk.put(f"leg/{number}")
    running = asyncio.ensure_future(desk.deliverer.run())
    await desk.receiver.until(4)
    running.cancel()
    await asyncio.sleep(0)
    desk.receiver.waits.set()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    states = list((await desk.states()).values())
    assert states == [State.DELIVERED] * 4 + [State.WAITING] * 16
    assert desk.receiver.is_closed
    assert opened_desk(tmp_path).deliverer.parts.lock.is_held()
    await desk.outbox.close()


async def test_what_is_put_is_on_its_way_at_once(tmp_path: Path) -> None:
    """Nobody waits for the next look: a text message goes out while the caller still listens."""
    desk = opened_desk(tmp_path)
    running = asyncio.ensure_future(desk.deliverer.run())
    await desk.put("leg/0")
    await desk.receiver.until(1)
    began = asyncio.get_running_loop().time()
    await desk.put("leg/1")
    await desk.receiver.until(2)
    assert asyncio.get_running_loop().time() - began < 0.5
    running.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await running
    await desk.outbox.close()


async def test_changed_site_is_tried_at_once(desk: Desk) -> None:
    """An edit may have put right what failed: the pause is over with it."""
    desk.receiver.answer = _away
    await desk.put("leg/1")
    for _ in range(10):
        await desk.later(minutes=1)
    desk.receiver.site, desk.receiver.answer, desk.receiver.got = site(), lambda _: Delivered(), []
    await desk.turn()
    assert desk.receiver.got == ["leg/1"]


async def test_outbox_that_fails_is_told_and_used_again(desk: Desk, tmp_path: Path) -> None:
    """A file that is damaged costs no loop: what is put afterwards is delivered."""
    await desk.put("leg/1")
    await desk.turn()
    await desk.outbox._run(desk.outbox._file.close)
    _damage(tmp_path)
    await desk.turn()
    await desk.turn()
    assert len([line for line in desk.told if "not a database" in line]) == 1
    (tmp_path / "outbox.sqlite").unlink()
    await desk.put("leg/2")
    await desk.turn()
    assert desk.receiver.got == ["leg/1", "leg/2"]


def _damage(folder: Path) -> None:
    for each in folder.glob("outbox.sqlite*"):
        each.unlink()
    (folder / "outbox.sqlite").write_bytes(b"no database" * 1000)


@pytest.mark.parametrize("answer", [Delivered(), Refused("no"), AWAY, Failed("status 500")])
async def test_every_look_leaves_each_thing_in_one_state(desk: Desk, answer: Delivery) -> None:
    """Whatever is answered: nothing is gone, and nothing is there twice."""
    desk.receiver.answer = lambda _: answer
    for number in range(30):
        await desk.put(f"leg/{number}")
    for _ in range(5):
        await desk.later(minutes=1)
    assert sorted(await desk.states()) == sorted(f"leg/{number}" for number in range(30))


async def test_site_without_the_submission_keeps_what_waits(desk: Desk) -> None:
    """The times of a submission that the site has no more are those of one that says nothing of them."""
    desk.receiver.answer = lambda _: Failed("the site has no submission ticket")
    await desk.put("leg/1")
    desk.receiver.site = site(SITE.replace("  ticket:", "  fault:"))
    for _ in range(20):
        await desk.later(hours=1)
    assert await desk.states() == {"leg/1": State.WAITING}
    assert any("wait, the oldest for more than 0:10:00" in line for line in desk.told)
    await desk.later(hours=5)
    assert await desk.states() == {"leg/1": State.GIVEN_UP}
