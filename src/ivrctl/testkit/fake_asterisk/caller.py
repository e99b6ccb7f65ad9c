"""The caller, as a script plays him: he hears, presses, waits, talks, hangs up.

Every verb that waits does so on the fake Asterisk's clock, and the clock goes on only while some verb waits: between
two verbs no time passes. A verb whose wish does not come true within its time raises ``ScriptFailed``, which shows
what the caller heard instead.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import TypeAlias, TypeVar

from ivrctl.errors import IvrctlError
from ivrctl.testkit.fake_asterisk.channel import ELSEWHERE, Channel, Heard
from ivrctl.testkit.fake_asterisk.clock import Clock
from ivrctl.testkit.fake_asterisk.dialplan import Dialplan, Leg
from ivrctl.testkit.fake_asterisk.stay import Application, Stay

REACTION_SECONDS = 0.1
"""From a verb to a key: nobody presses in the very moment in which a prompt ends, and Asterisk hears no key between
two commands."""
WITHIN_SECONDS = 60.0
"""How long a caller waits for what he expects, unless the script says otherwise."""

Wanted: TypeAlias = str | Callable[[str], bool]
"""A prompt by its file, or by a test of its file."""
T = TypeVar("T")


class ScriptFailed(IvrctlError):  # noqa: N818 - what a reader of a script's verdict expects to read
    """What the script said of the call did not come true."""


class Script:
    """Counts the verbs that wait: while there is none, it holds the clock."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._waiting = 0
        clock.hold()

    def begin(self) -> None:
        """A verb waits from now on."""
        if not self._waiting:
            self._clock.release()
        self._waiting += 1

    def end(self) -> None:
        """A verb has what it waited for."""
        self._waiting -= 1
        if not self._waiting:
            self._clock.hold()


class Caller:
    """One call and who makes it. Made by ``FakeAsterisk.call``."""

    def __init__(self, channel: Channel, dialplan: Dialplan, run: asyncio.Task[None], script: Script) -> None:
        self.channel = channel
        """The PBX's side: variables, the lost keys, whether it is up."""
        self._dialplan = dialplan
        self._run = run
        self._script = script
        self._heard_until = 0
        run.add_done_callback(lambda _: channel.changed())

    @property
    def heard(self) -> Sequence[Heard]:
        """Every prompt so far, in order."""
        return self.channel.heard

    @property
    def stays(self) -> Sequence[Stay]:
        """Every queue and dial so far, in order."""
        return self._dialplan.stays

    @property
    def legs(self) -> Sequence[Leg]:
        """Every leg so far: one, and one more for each transfer."""
        return self._dialplan.legs

    @property
    def agi_log(self) -> Sequence[str]:
        """The AGI sessions that are over, line by line: ``> command``, ``< reply``."""
        return self._dialplan.agi_log

    @property
    def losses(self) -> int:
        """How often this leg lost its controller."""
        return self._dialplan.losses

    @property
    def is_in_fallback(self) -> bool:
        """True from where the dialplan gave the controller up for this leg."""
        return self._dialplan.is_in_fallback

    @property
    def has_ended(self) -> bool:
        """True when the channel is gone."""
        return self._run.done()

    @property
    def longest_silence(self) -> float:
        """The longest time without a prompt, in seconds, outside of queues and dials, so far."""
        end = self.channel.elapsed if self.channel.ended is None else self.channel.ended
        sounds = [(heard.started, heard.started + heard.heard_seconds) for heard in self.heard if _is_sound(heard)]
        sounds += [(stay.began, end if stay.ended is None else stay.ended) for stay in self.stays]
        longest = until = 0.0
        for began, ended in [*sorted(sounds), (end, end)]:
            longest, until = max(longest, began - until), max(until, ended)
        return longest

    async def hears(self, wanted: Wanted, *, seconds: float | None = None, within: float = WITHIN_SECONDS) -> Heard:
        """Listen until a prompt has been heard, in full or for some seconds, or was cut.

        Prompts that were heard before it are passed over; one that an earlier ``hears`` returned does not count again.

        Raises:
            ScriptFailed: it did not come within the time, or the call ended.
        """
        is_wanted = wanted if callable(wanted) else wanted.__eq__
        what = f"hear {wanted if isinstance(wanted, str) else 'the prompt'}"
        index = await self._until(lambda: self._next_heard(is_wanted), within, what)
        heard = self.heard[index]
        self._heard_until = index + 1
        enough = heard.started + min(heard.length if seconds is None else seconds, heard.length)
        if seconds is None:
            await self._until(lambda: heard.is_over, heard.length + WITHIN_SECONDS, what)
        else:
            await self.wait_until(lambda: heard.is_over or self.channel.elapsed >= enough, at=enough, what=what)
        return heard

    async def press(self, keys: str, *, after: float = REACTION_SECONDS) -> None:
        """Press keys one after the other, each some seconds after the one before."""
        for key in keys:
            await self.wait(after)
            self.channel.key(key)

    def press_now(self, key: str) -> None:
        """Press a key in this very moment: it is lost when nothing runs that listens for it."""
        self.channel.key(key)

    async def wait(self, seconds: float) -> None:
        """Let time pass; the call may end meanwhile."""
        until = self.channel.elapsed + seconds
        await self.wait_until(lambda: self.channel.elapsed >= until, at=until, what="wait")

    async def wait_until(self, condition: Callable[[], bool], *, at: float | None = None, what: str = "wait") -> None:
        """Let time pass until a condition on the call is true.

        Args:
            condition: asked after everything that happens to the channel.
            at: when to ask it in any case, in seconds since the call began.
            what: the wish in words, for the failure.
        """
        clock = self.channel.clock
        timer = None if at is None else clock.call_at(self.channel.began + at, self.channel.changed)
        within = WITHIN_SECONDS if at is None else at - self.channel.elapsed + WITHIN_SECONDS
        try:
            await self._until(lambda: True if condition() else None, within, what, ends=False)
        finally:
            if timer is not None:
                timer.cancel()

    async def enters_queue(self, name: str | None = None, *, within: float = WITHIN_SECONDS) -> Stay:
        """Wait until the caller is in a queue; the stay, on which agents act."""
        return await self._enters(Application.QUEUE, name, within)

    async def is_dialled_to(self, target: str | None = None, *, within: float = WITHIN_SECONDS) -> Stay:
        """Wait until an extension or a trunk is dialled for the caller; the stay, on which it acts."""
        return await self._enters(Application.DIAL, target, within)

    async def is_recorded(self, *, within: float = WITHIN_SECONDS) -> Stay:
        """Wait until a message is recorded; the stay."""
        return await self._enters(Application.VOICEMAIL, None, within)

    async def ends(self, *, within: float = WITHIN_SECONDS) -> None:
        """Wait until the call is over."""
        await self._until(lambda: self.has_ended or None, within, "end", ends=False)

    def hang_up(self) -> None:
        """The caller hangs up."""
        self.channel.end_leg()

    def redirect(self, extension: str) -> None:
        """Somebody takes the caller elsewhere while he is in the controller: it sees a hang-up, and he lives."""
        self.channel.end_leg(transfer_to=extension)

    def take_away(self) -> None:
        """The same, to a context that is none of ours: no extension h of ours tells of him."""
        self.channel.end_leg(transfer_to=ELSEWHERE)

    def transcript(self) -> str:
        """What happened to the caller, a line each, for a person to read."""
        lines = [
            (heard.started, f"heard {heard.file} for {heard.heard_seconds:.1f} s{_cut(heard)}") for heard in self.heard
        ]
        lines += [(stay.began, f"{stay.application} {stay.arguments}: {_fate(stay)}") for stay in self.stays]
        lines += [(lost.at, f"pressed {lost.key}, and nobody listened") for lost in self.channel.lost_keys]
        lines += [(leg.started, f"leg {leg.id} at {leg.extension}") for leg in self.legs]
        return "\n".join(f"{at:7.1f} s  {text}" for at, text in sorted(lines))

    async def _enters(self, application: Application, target: str | None, within: float) -> Stay:
        def entered() -> Stay | None:
            stay = self.stays[-1] if self.stays else None
            is_it = stay is not None and stay.application is application and stay.outcome is None
            return stay if is_it and (target is None or (stay is not None and stay.target == target)) else None

        return await self._until(entered, within, f"get to {application} {target or ''}".rstrip())

    def _next_heard(self, is_wanted: Callable[[str], bool]) -> int | None:
        heard = enumerate(self.heard[self._heard_until :], start=self._heard_until)
        return next((index for index, prompt in heard if is_wanted(prompt.file)), None)

    async def _until(self, found: Callable[[], T | None], within: float, what: str, *, ends: bool = True) -> T:
        """Wait until something is found; asked after everything that happens to the channel.

        Args:
            found: what is looked for, or None.
            within: seconds until the script has failed.
            what: the wish in words.
            ends: whether the end of the call ends the wait too.
        """
        if (result := found()) is not None:
            return result
        if self.has_ended and ends:
            raise self._failure(what, "the call is over")
        watch = _Watch(found, self._run.done if ends else lambda: False, self._script)
        self.channel.on_change.append(watch.look)
        timer = self.channel.clock.call_at(self.channel.clock.now() + within, watch.give_up)
        try:
            await watch.done
        finally:
            watch.give_up()
            timer.cancel()
            self.channel.on_change.remove(watch.look)
        self._raise_fault()
        if (result := found()) is not None:
            return result
        raise self._failure(what, "the call is over" if self.has_ended else f"not within {within:g} s")

    def _raise_fault(self) -> None:
        """A fault of the fake itself must not look like a caller who waits."""
        if self._run.done() and not self._run.cancelled() and (fault := self._run.exception()) is not None:
            raise fault

    def _failure(self, what: str, why: str) -> ScriptFailed:
        return ScriptFailed(f"the caller should {what}: {why}\n{self.transcript()}")


class _Watch:
    """One verb that waits."""

    def __init__(self, found: Callable[[], object], is_hopeless: Callable[[], bool], script: Script) -> None:
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._found = found
        self._is_hopeless = is_hopeless
        self._script = script
        self._is_waiting = True
        script.begin()

    def look(self) -> None:
        """Something happened: look whether it was what the verb waits for."""
        if self._found() is not None or self._is_hopeless():
            self.give_up()

    def give_up(self) -> None:
        """Wait no longer: found, hopeless, or too late."""
        if self._is_waiting:
            self._is_waiting = False
            self._script.end()
            if not self.done.done():
                self.done.set_result(None)


def _is_sound(heard: Heard) -> bool:
    """True unless the file is one of Asterisk's own silences."""
    return not heard.file.startswith("silence/")


def _cut(heard: Heard) -> str:
    return f", cut by {heard.cut_by}" if heard.cut_by else ""


def _fate(stay: Stay) -> str:
    answered = f"answered by {stay.agent}, " if stay.agent else ""
    return answered + ("still there" if stay.outcome is None else stay.outcome or "no status")
