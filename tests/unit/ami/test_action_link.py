from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.adapters.ami import ActionLink, AmiLoginRefusedError, AmiUnreachableError, Away, Login, Pace, State, There
from ivrctl.adapters.ami.action_link import LONGEST, REFUSED_LONGEST, REFUSED_SHORTEST, STEADY, pause_of
from ivrctl.adapters.deadline import Deadline
from ivrctl.ami.actions import Action

from .conftest import Starting
from .peer import AmiPeer

PING = Action.of("Ping")
ADD = Action.of("QueueAdd", Queue="vip")
MOST_CHANCE = 1 - 2**-53

chances = st.floats(0, 1, exclude_max=True)


@dataclass
class Time:
    """A clock that a test moves, and pauses that last until it says so."""

    now: float = 0.0
    pauses: asyncio.Queue[float] = field(default_factory=asyncio.Queue)
    """As they begin, in seconds."""
    _over: asyncio.Event = field(default_factory=asyncio.Event)

    async def pause(self, hurry: asyncio.Event, seconds: float) -> None:
        """Wait for the test, or for whoever hurries."""
        self.pauses.put_nowait(seconds)
        waiting = [asyncio.ensure_future(self._over.wait()), asyncio.ensure_future(hurry.wait())]
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for each in waiting:
                each.cancel()
        self._over.clear()

    async def next_pause(self) -> float:
        """Of what comes next: the pause that begins, in seconds."""
        async with Deadline(5):
            return await self.pauses.get()

    def pass_pause(self) -> None:
        """End the pause."""
        self._over.set()

    def pace(self, chance: float = 0.5) -> Pace:
        """For a link."""
        return Pace(self.pause, lambda: self.now, lambda: chance)


@pytest.fixture
async def linked() -> AsyncIterator[Callable[..., ActionLink]]:
    """Makes links; they end with the test."""
    made: list[ActionLink] = []

    def make(address: tuple[str, int], time: Time, **how: object) -> ActionLink:
        made.append(ActionLink(address, Login("ivrctl", "right"), pace=time.pace(), **how))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for link in made:
        await link.close()


Linking = Callable[..., ActionLink]


async def leaving(action: dict[str, str]) -> bytes | None:
    """Answers pings, and closes the connection at everything else."""
    if action["Action"] != "Ping":
        return None
    return f"Response: Success\r\nActionID: {action['ActionID']}\r\nPing: Pong\r\n\r\n".encode()


def names(listening: AmiPeer) -> list[str]:
    return [action["Action"] for action in listening.actions if action["Action"] != "Challenge"]


async def test_nothing_is_connected_before_something_is_asked(peer: Starting, linked: Linking) -> None:
    """The first action opens the link and is answered through it; the second one uses it."""
    listening = await peer()
    link = linked(listening.address, Time())
    assert link.state == Away("nothing was asked yet")
    assert listening.actions == []
    await asyncio.gather(link.ask(PING), link.ask(PING))
    assert link.state == There()
    assert names(listening) == ["Login", "Ping", "Ping"]


async def test_an_action_asked_while_it_is_away_fails_at_once(peer: Starting, linked: Linking) -> None:
    """With the reason; it is not kept, and not sent when the link is there again."""
    listening, time = await peer(leaving), Time()
    link = linked(listening.address, time)
    with pytest.raises(AmiUnreachableError, match="Asterisk closed the session"):
        await link.ask(ADD)
    await time.next_pause()
    with pytest.raises(AmiUnreachableError, match="Asterisk closed the session"):
        await link.ask(ADD)
    assert isinstance(link.state, Away)
    time.pass_pause()
    await there(link)
    assert (await link.ask(PING)).response.is_success
    assert names(listening) == ["Login", "QueueAdd", "Login", "Ping"]


async def there(link: ActionLink) -> None:
    """Wait until a link is there."""
    came = asyncio.Event()
    link._on_change = lambda state: came.set() if isinstance(state, There) else None
    async with Deadline(5):
        await came.wait()


async def test_pauses_grow_while_nobody_listens(linked: Linking) -> None:
    """Twice as long each time, half of it by the chance of this test, and never more than the longest."""
    time = Time()
    link = linked(("127.0.0.1", 1), time)
    with pytest.raises(AmiUnreachableError):
        await link.ask(PING)
    pauses = []
    for _ in range(9):
        pauses.append(await time.next_pause())
        time.pass_pause()
    assert pauses == [0.25, 0.5, 1, 2, 4, 8, 15, 15, 15]


async def test_a_session_that_flaps_does_not_begin_anew(peer: Starting, linked: Linking) -> None:
    """Only one that lasted makes the pauses short again."""
    listening, time = await peer(leaving), Time()
    link = linked(listening.address, time)
    pauses = []
    await link.ask(PING)
    for lasted in (0, 0, 0, STEADY):
        time.now += lasted
        with pytest.raises(AmiUnreachableError):
            await link.ask(ADD)
        pauses.append(await time.next_pause())
        time.pass_pause()
        await there(link)
    assert pauses == [0.25, 0.5, 1, 0.25]


async def test_a_refused_login_is_tried_seldom_and_said(peer: Starting, linked: Linking) -> None:
    """Minutes lie between two attempts, and whoever watches is told that it does not mend itself."""
    listening, time, told = await peer(secret="another"), Time(), asyncio.Queue[State]()
    link = linked(listening.address, time, on_change=told.put_nowait)
    with pytest.raises(AmiLoginRefusedError):
        await link.ask(PING)
    assert await time.next_pause() >= REFUSED_SHORTEST
    with pytest.raises(AmiLoginRefusedError, match='refuses the AMI user "ivrctl"'):
        await link.ask(PING)
    assert names(listening) == ["Login"]
    state = await told.get()
    assert isinstance(state, Away)
    assert state.is_refused


async def test_whoever_knows_better_ends_a_pause(peer: Starting, linked: Linking) -> None:
    """The events session is logged in again: the actions need not wait for the end of a pause."""
    listening, time = await peer(leaving), Time()
    link = linked(listening.address, time)
    with pytest.raises(AmiUnreachableError):
        await link.ask(ADD)
    await time.next_pause()
    link.retry_now()
    await there(link)
    assert (await link.ask(PING)).response.is_success


async def test_it_says_when_it_comes_and_goes(peer: Starting, linked: Linking) -> None:
    """In their order."""
    time, told = Time(), asyncio.Queue[State]()
    link = linked((await peer(leaving)).address, time, on_change=told.put_nowait)
    with pytest.raises(AmiUnreachableError):
        await link.ask(ADD)
    assert await told.get() == There()
    gone = await told.get()
    assert isinstance(gone, Away)
    assert "Asterisk closed the session" in gone.why


async def test_a_watcher_that_raises_does_not_end_it(peer: Starting, linked: Linking) -> None:
    """Its fault goes where an event loop shows faults."""
    faults = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: faults.append(context))

    def stumbling(_state: State) -> None:
        raise ValueError

    link = linked((await peer()).address, Time(), on_change=stumbling)
    await link.ask(PING)
    assert (await link.ask(PING)).response.is_success
    assert len(faults) == 1


@pytest.mark.parametrize("was_asked", [True, False])
async def test_a_link_that_was_closed_stays_so(peer: Starting, linked: Linking, *, was_asked: bool) -> None:
    """Whether it was ever there or not."""
    listening = await peer()
    link = linked(listening.address, Time())
    if was_asked:
        await link.ask(PING)
    await link.close()
    before = len(listening.actions)
    with pytest.raises(AmiUnreachableError, match="closed"):
        await link.ask(PING)
    assert len(listening.actions) == before


async def test_the_usual_pause_ends_by_time_or_by_hurry() -> None:
    """As a link has it outside of tests."""
    hurry = asyncio.Event()
    await Pace().pause(hurry, 0.001)
    hurry.set()
    await Pace().pause(hurry, 3600)


@given(attempt=st.integers(0, 10_000), chance=chances)
def test_safety_a_pause_is_within_its_bounds(attempt: int, chance: float) -> None:
    """SAFETY: never longer than the longest; after a refused login never shorter than a minute."""
    assert 0 <= pause_of(attempt, chance) <= LONGEST
    assert REFUSED_SHORTEST <= pause_of(attempt, chance, is_refused=True) <= REFUSED_LONGEST


@given(attempt=st.integers(0, 100))
def test_liveness_a_pause_is_drawn_from_the_whole_range(attempt: int) -> None:
    """LIVENESS: full jitter; some link comes back nearly at once, however many attempts have failed."""
    assert pause_of(attempt, 0.0) == 0
    assert pause_of(attempt, MOST_CHANCE) == pytest.approx(min(LONGEST, 0.5 * 2**attempt))
