"""The dialplan loop with hand-off, as ``asterisk-conf/ivrctl.d`` has it, told again in Python.

::

    entry    a new IVRCTL_LEG, IVRCTL_AFTER=start, no fails, no losses
    enter    IVRCTL_NEXT cleared; AGI(agi://…/leg,LEG,AFTER,FORMER,FROM,LEG_LIMIT)
    NEXT     end: hang up; fallback; progress: AFTER=progress, enter
             queue, dial, voicemail: run it, AFTER=HANDOFF, OUTCOME=its status, no fails, enter
    unset    the controller let the call fall: fails+1, losses+1, a ring tone for a moment, enter; too many: fallback
             nobody is there: a ring tone for a moment, enter; for 5 s: fallback
    other    fallback
    T        the leg's time is up: fallback
    h        the caller has left, and not at the controller's wish: OUTCOME=status, AGI(agi://…/ended,LEG,AFTER)
             in the fallback: the same, without a status of its own

Where it and the real dialplan differ is a fault of one of them: the live tests run the same sessions on both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from ivrctl.model.notice_board import EVERY_LINE, SLOTS
from ivrctl.testkit.fake_asterisk.agi_session import AgiSession, AgiStatus
from ivrctl.testkit.fake_asterisk.channel import ELSEWHERE, Channel
from ivrctl.testkit.fake_asterisk.prompts import PromptLengths
from ivrctl.testkit.fake_asterisk.stay import Application, QueueSetup, Stay

_NO_SETUP = QueueSetup()
RING_TONE = "tone/ring"
"""What the caller hears between two tries, as it stands among the prompts that he heard."""


END_OF_MESSAGE = "#"
"""The key that ends Record()."""


@dataclass(frozen=True, slots=True)
class DialplanGlobals:
    """The numbers and names that the dialplan can be given."""

    fails: int = 5
    """Losses in a row until the fallback."""
    losses: int = 8
    """Losses of a leg until the fallback."""
    pause_seconds: float = 0.6
    """The ring tone between two tries; the real one is jittered between 0.3 and 0.9 s."""
    unanswered_seconds: float = 5.0
    """How long tries that get no connection may go on; the real one counts whole seconds, and takes 4 to 6."""
    held_seconds: float = 2.0
    """A controller that is lost after having had the call so long is no failed try."""
    leg_seconds: float = 600.0
    """TIMEOUT(absolute) of a stay in the controller."""
    fallback_prompt: str = "fallback"
    """The recorded apology, as AGI would name it; left out when there is no such file."""
    is_announced: Callable[[str], bool] = lambda _file: False
    """True for a file of a notice, as AGI would name it, that is there and whose end lies ahead."""
    fallback_queue: str = "front-desk"
    fallback_seconds: float = 300.0
    """How long a caller waits in the fallback queue."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One stay of a caller in the loop."""

    id: str
    extension: str
    started: float
    """Seconds since the call began."""


@dataclass(eq=False, slots=True)
class Dialplan:
    """The loop of one channel."""

    channel: Channel
    agi: tuple[str, int]
    """Where the controller listens."""
    prompts: PromptLengths
    queues: Mapping[str, QueueSetup] | None
    """The queues that exist; None takes any name for a queue with agents."""
    numbers: DialplanGlobals
    name_leg: Callable[[str], str]
    """Makes a leg's id from the uniqueid, as ``${UNIQUEID}-${EPOCH}${RAND}`` does."""
    legs: list[Leg] = field(default_factory=list)
    stays: list[Stay] = field(default_factory=list)
    """Every queue and dial of the call, in order."""
    agi_log: list[str] = field(default_factory=list)
    """The AGI sessions of all legs, line by line; not what extension h tells when they are over."""
    losses: int = 0
    """Controllers lost in this leg."""
    is_in_fallback: bool = False
    _fails: int = 0
    _seen: float = 0.0
    """When a controller was there last, in seconds since the call began."""
    _asked: float = 0.0
    """When the controller was asked last."""

    async def run(self) -> None:
        """Run the channel until it is hung up, or taken elsewhere; each transfer is a new entry."""
        while True:
            self._enter_leg()
            await self._loop()
            target = self.channel.transfer_to
            if self.channel.has_left or target is None:
                break
            if target == ELSEWHERE:
                self.channel.ended = self.channel.elapsed
                return
            self.channel.extension, self.channel.transfer_to = target, None
            self.channel.is_leg_over = False
        if not self.channel.has_left:
            self.channel.end_leg()
        await self._leave()
        self.channel.ended = self.channel.elapsed

    def _enter_leg(self) -> None:
        channel = self.channel
        leg = Leg(self.name_leg(channel.uniqueid), channel.extension, channel.elapsed)
        self.legs.append(leg)
        self._fails, self.losses, self.is_in_fallback = 0, 0, False
        self._seen = channel.elapsed
        channel.variables.update(
            IVRCTL_FORMER=channel.variables.get("IVRCTL_LEG", ""),
            IVRCTL_FROM="outside" if len(self.legs) == 1 else "agents",
            IVRCTL_LEG=leg.id,
            IVRCTL_AFTER="start",
            IVRCTL_LINE=channel.extension,
            IVRCTL_HANDOFF="",
            IVRCTL_OUTCOME="",
        )

    async def _leave(self) -> None:
        """Extension h: tell the controller of a caller who was not in its hands, and the status he left behind."""
        variables = self.channel.variables
        if not self.is_in_fallback:
            if variables["IVRCTL_NEXT"] in {"end", "fallback"}:
                return
            # One who leaves before the application has begun leaves no status of it.
            has_status = variables["IVRCTL_NEXT"] and self.stays
            variables["IVRCTL_OUTCOME"] = self.stays[-1].status_left if has_status else ""
        session = AgiSession(self.channel, self.agi, self.prompts, exit_on_hangup=True, is_dead=True)
        await session.run("ended", (variables["IVRCTL_LEG"], variables["IVRCTL_AFTER"]))

    async def _loop(self) -> None:
        while True:
            match await self._controller():
                case "end" | None:
                    return
                case "queue" | "dial" | "voicemail" as application:
                    await self._hand_off(Application(application))
                    if self.channel.is_leg_over:
                        return
                    self._fails, self._seen = 0, self.channel.elapsed
                case "progress":
                    self.channel.variables["IVRCTL_AFTER"] = "progress"
                case "" if self._may_try_again():
                    await self.channel.play(RING_TONE, self.numbers.pause_seconds, accepts="")
                    if not self._has_failed:
                        self._seen = self.channel.elapsed
                case _:
                    await self._fallback()
                    return

    def _may_try_again(self) -> bool:
        """One that is not there is waited for by the clock; one that let the call fall is counted.

        One that had the call for a while begins anew.
        """
        numbers, now = self.numbers, self.channel.elapsed
        if self._has_failed:
            return now - self._seen <= numbers.unanswered_seconds
        if now - self._asked > numbers.held_seconds:
            self._fails = 0
        self._fails += 1
        self.losses += 1
        return self._fails <= numbers.fails and self.losses <= numbers.losses

    @property
    def _has_failed(self) -> bool:
        return self.channel.variables.get("AGISTATUS") == AgiStatus.FAILURE

    async def _controller(self) -> str | None:
        """Run AGI(); what the controller wants next, empty when it was lost, None when the leg is over."""
        channel, variables = self.channel, self.channel.variables
        variables["IVRCTL_ARGS"] = variables["IVRCTL_NEXT"] = ""
        self._asked = channel.elapsed
        session = AgiSession(channel, self.agi, self.prompts, exit_on_hangup=True)
        time_up = channel.clock.call_at(channel.clock.now() + self.numbers.leg_seconds, self._time_up)
        try:
            told = (variables[f"IVRCTL_{name}"] for name in ("LEG", "AFTER", "FORMER", "FROM"))
            variables["AGISTATUS"] = await session.run("leg", (*told, f"{self.numbers.leg_seconds:g}"))
        finally:
            time_up.cancel()
            self.agi_log.extend(session.log)
        return self._next()

    def _time_up(self) -> None:
        """TIMEOUT(absolute): Asterisk hangs the channel up softly, tells the controller, and goes to T."""
        if not self.channel.is_leg_over:
            self.channel.end_leg(transfer_to="T")

    def _next(self) -> str | None:
        if self.channel.transfer_to == "T":
            self.channel.transfer_to, self.channel.is_leg_over = None, False
            return "fallback"
        if self.channel.is_leg_over:
            return None
        return self.channel.variables["IVRCTL_NEXT"]

    async def _hand_off(self, application: Application) -> None:
        variables = self.channel.variables
        stay = await self._run(application, variables.get("IVRCTL_ARGS", ""))
        variables["IVRCTL_AFTER"] = variables["IVRCTL_HANDOFF"]
        variables["IVRCTL_OUTCOME"] = stay.outcome or ""
        if not stay.comes_back and self.channel.transfer_to is None:
            self.channel.end_leg()

    async def _run(self, application: Application, text: str) -> Stay:
        words = text.split(",")
        target, first, second, third, fifth = (words[n] if n < len(words) else "" for n in (0, 1, 2, 3, 4))
        is_queue = application is Application.QUEUE
        options, timeout = {"queue": (first, fifth), "dial": (second, first)}.get(application, (third, second))
        stay = Stay(self.channel, application, text, target, options, self.channel.elapsed)
        stay.least_seconds = self._least_seconds() if application is Application.VOICEMAIL else 0.0
        stay.priority = self.channel.variables.get("QUEUE_PRIO", "") if is_queue else ""
        self.stays.append(stay)
        self.channel.changed()
        if is_queue:
            self.channel.variables["QEHOLDTIME"] = ""
            stay.place = words[8] if len(words) > 8 else ""  # noqa: PLR2004 - Queue()'s ninth argument
        setup = self._setup(target) if is_queue else _NO_SETUP
        stay.outcome = _turned_away(setup)
        keys = END_OF_MESSAGE if application is Application.VOICEMAIL else setup.exit_keys if setup else ""
        await stay.until_over(float(timeout) if timeout else None, keys)
        if is_queue:
            place = stay.place or str((setup.ahead if setup else 0) + 1)
            self.channel.variables["QUEUEPOSITION"] = "" if stay.agent else place
        self.channel.changed()
        return stay

    def _least_seconds(self) -> float:
        """IVRCTL_LEAST is the size of a file: 16 bit, 8 kHz, behind a header of 44 bytes."""
        return (int(self.channel.variables.get("IVRCTL_LEAST") or 44) - 44) / 16_000

    def _setup(self, queue: str) -> QueueSetup | None:
        """What is known of a queue; None when it does not exist."""
        return _NO_SETUP if self.queues is None else self.queues.get(queue)

    async def _fallback(self) -> None:
        """The leg that needs no controller: a caller who was served goes, any other hears an apology and queues."""
        channel, numbers = self.channel, self.numbers
        self.is_in_fallback = True
        channel.variables["IVRCTL_NEXT"] = "fallback"
        if channel.variables["IVRCTL_OUTCOME"] in _SERVED:
            return
        channel.is_up = True
        notices = [file for file in self._notice_files() if numbers.is_announced(file)]
        for file in (*notices, numbers.fallback_prompt):
            length = self.prompts(file)
            if length is not None and not channel.is_leg_over:
                await channel.play(file, length, accepts="")
        if not channel.is_leg_over:
            await self._run(Application.QUEUE, f"{numbers.fallback_queue},c,,,{numbers.fallback_seconds:g}")

    def _notice_files(self) -> Iterator[str]:
        """Where the dialplan looks for notices: first those for everybody, then those for the line."""
        for place in (EVERY_LINE, self.channel.variables["IVRCTL_LINE"]):
            yield from (f"notices/{place}-{slot}" for slot in range(1, SLOTS + 1))


_SERVED = frozenset({"CONTINUE", "ANSWER"})
"""Outcomes of a hand-off after which the caller has talked to somebody."""


def _turned_away(setup: QueueSetup | None) -> str | None:
    """The outcome of a queue that takes nobody in, or None."""
    if setup is None:
        return "UNKNOWN"
    if setup.is_full:
        return "FULL"
    return "JOINEMPTY" if setup.is_empty else None
