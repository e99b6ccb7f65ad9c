"""The stage of reality: softphones act, and what the PBX makes of it is watched."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.pbx import Pbx, rx
from ivrctl.lang.source import Span
from ivrctl.model.call import Ending
from ivrctl.model.values import Value
from ivrctl.testkit import audio
from ivrctl.testkit.arrivals import Arrivals
from ivrctl.testkit.engines.live.phones import LOOK_EVERY, come_to_rest, state_of, until_seen
from ivrctl.testkit.engines.live.prompts import KeptPrompts
from ivrctl.testkit.engines.live.queue_log import QueueLog
from ivrctl.testkit.engines.live.recording import Recording
from ivrctl.testkit.engines.log import CallLog, Heard, Stay
from ivrctl.testkit.engines.stage import StageFault
from ivrctl.testkit.engines.watched import Handed, WatchedRunner
from ivrctl.testkit.scenario import CALLER, Scenario
from ivrctl.testkit.scenario.script import By
from ivrctl.testkit.softphone import PhoneEvent, Softphone, SoftphoneError

CONNECT_SECONDS = 5.0
"""From an agent's answer until both sides are connected."""
RECORD_SECONDS = 5.0
"""From the end of a call until its record is there: the dialplan's h extension tells of callers who left in a queue."""
TONES = {"caller": (520.0, 710.0), "agent": (930.0, 1130.0)}
"""Hertz of what the two sides of a talk send: no harmonics of each other, and no keys."""
RECORDING_STARTS = 1.5
"""Seconds from the hand-off until Asterisk has played the tone and records."""
NEARLY = audio.RATE // 20
"""Samples of a prompt that may be missing when it is over: of a last packet, and what came since the last look."""
TALK_STARTS = 0.5
"""Seconds until a phone sends what it was told to speak, and the other side plays it."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who plays: the phones of one scenario."""

    caller: Softphone
    agents: Mapping[str, Softphone]
    """By their names in the scenario."""

    @property
    def phones(self) -> Mapping[str, Softphone]:
        """All of them, by name."""
        return {CALLER: self.caller, **self.agents}


@dataclass(frozen=True, slots=True)
class Scene:
    """What a stage is set with."""

    scenario: Scenario
    pbx: Pbx
    cast: Cast
    folder: Path
    """Where evidence goes."""


class CallClock:
    """Seconds since the caller dialled, on the event loop's clock."""

    def __init__(self) -> None:
        """Start it with ``start``; until then it stands at its making."""
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()

    def start(self) -> None:
        """The caller dials now."""
        self._began = self._loop.time()

    def seconds(self) -> float:
        """Since the caller dialled."""
        return self._loop.time() - self._began

    def seconds_at(self, loop_time: float) -> float:
        """What it showed at a time of the event loop."""
        return loop_time - self._began

    def loop_time(self, seconds: float) -> float:
        """The event loop's time when it showed so many seconds."""
        return seconds + self._began


class LiveStage:
    """One call through a real Asterisk."""

    def __init__(self, scene: Scene, watched: WatchedRunner, prompts: KeptPrompts, clock: CallClock) -> None:
        """Made by the engine."""
        self.log: CallLog = watched.log
        self.watched = watched
        self.cast = scene.cast
        self.scenario = scene.scenario
        self._pbx = scene.pbx
        self._folder = scene.folder
        self._prompts = prompts
        self._clock = clock
        self._changed = asyncio.Event()
        self._since = {name: len(phone.seen) for name, phone in scene.cast.phones.items()}
        """What each phone had seen before this call."""
        self._queue_log = QueueLog(scene.pbx.folder / "log/queue_log")
        self._log_offset = scene.pbx.log.stat().st_size if scene.pbx.log.exists() else 0
        watched.on_change.append(self._changed.set)
        self._arrivals = Arrivals()
        self._is_kept = False
        self._spoken: list[tuple[str, Path]] = []
        """Messages that the caller has left and that have not been looked into: the file, and what he said."""
        self._noted = 0
        """Hand-offs that have become stays."""

    @property
    def now(self) -> float:
        """Seconds since the caller dialled."""
        return self._clock.seconds()

    async def dial(self) -> None:
        """The caller dials.

        Raises:
            StageFault: his phone does not.
        """
        self._clock.start()
        await _acting(self.cast.caller.dial(str(self.scenario.caller.dials)))

    async def pass_time(self, until: float, is_enough: Callable[[], bool]) -> None:
        """Wait; phones are looked at often, the runner's notes at once."""
        while True:
            self._look()
            left = until - self.now
            if left <= 0 or is_enough():
                return
            self._changed.clear()
            try:
                async with Deadline(min(left, LOOK_EVERY)):
                    await self._changed.wait()
            except TimeoutError:
                continue

    def is_over(self, heard: Heard) -> bool:
        """Whether the whole prompt has arrived at the caller's phone, or something else has begun.

        Asterisk and phones on a machine that is busy say a prompt late; who presses a key by the prompt's length alone
        cuts its end off.
        """
        if heard.cut_at is not None or self.log.ended is not None or self.log.stay is not None:
            return True
        if heard.is_running or not self.log.heard or self.log.heard[-1] is not heard:
            return not heard.is_running
        sound = self._prompts.sound_of(heard.utterance)
        return sound is None or self._arrivals.since(heard.began) >= audio.samples_written(sound) - NEARLY

    # acts

    async def press(self, key: str) -> None:
        """The caller presses a key: RFC 4733 events of 0.2 s."""
        await _acting(self.cast.caller.press(key))

    async def hang_up(self) -> None:
        """The caller hangs up."""
        self._look()
        if self.log.ended is None:
            self.log.end(By.CALLER, self.now, "")
            await _acting(self.cast.caller.hang_up())
            await _acting(come_to_rest(self.cast.caller))

    def is_ringing(self, agent: str) -> bool:
        """Whether an agent's phone rings."""
        return state_of(self.cast.agents[agent]) is PhoneEvent.INCOMING

    async def answer(self, agent: str) -> None:
        """The agent answers; both sides are connected when this returns."""
        phone = self.cast.agents[agent]
        since = len(phone.seen)
        await _acting(phone.accept())
        await _acting(until_seen(phone, PhoneEvent.ESTABLISHED, since, CONNECT_SECONDS))
        self._look()
        if self.log.stay is not None:
            self.log.stay.agent = agent

    async def refuse(self, agent: str) -> None:
        """The agent refuses: his phone stops ringing."""
        phone = self.cast.agents[agent]
        since = len(phone.seen)
        await _acting(phone.hang_up())
        await _acting(until_seen(phone, PhoneEvent.CLOSED, since, CONNECT_SECONDS))

    async def sign_off(self, agent: str) -> None:
        """The agent is taken out of his queues; app_queue lets a caller go whose queue has nobody left."""
        member = self.watched.program.site.dial_string(str(self.scenario.agents[agent].extension))
        for queue in self.scenario.given.queues:
            if agent in self.scenario.members_of(queue):
                await asyncio.to_thread(rx, self._pbx, f"queue remove member {member} from {queue}")

    async def agent_hangs_up(self, agent: str) -> None:
        """The agent hangs up."""
        if self.log.stay is not None:
            self.log.stay.is_ended_by_agent = True
        await _acting(self.cast.agents[agent].hang_up())

    async def transfer(self, agent: str, line: str) -> None:
        """The agent transfers the caller: his own call is over when this returns."""
        phone = self.cast.agents[agent]
        since = len(phone.seen)
        await _acting(phone.transfer(line))
        await _acting(until_seen(phone, PhoneEvent.CLOSED, since, CONNECT_SECONDS))

    async def talk(self, seconds: float) -> None:
        """Both sides send a tone of their own, and each must hear the other's.

        Raises:
            StageFault: one does not.
        """
        talk = self.log.stay
        if talk is None or talk.agent is None:
            raise StageFault("nobody talks with the caller")
        caller, agent = self.cast.caller, self.cast.agents[talk.agent]
        sounds = {name: self._tone(name, seconds) for name in TONES}
        began = self._clock.loop_time(self.now)
        await _acting(caller.speak(sounds["caller"]))
        await _acting(agent.speak(sounds["agent"]))
        await self.pass_time(self.now + seconds + TALK_STARTS, lambda: not talk.is_on)
        if talk.is_on:
            _hears_tone("the caller", caller, sounds["agent"], began)
            _hears_tone(talk.agent, agent, sounds["caller"], began)

    async def speak(self, seconds: float) -> None:
        """The caller speaks after the tone: a melody, which no second of has the same sound as another."""
        message = self.log.stay
        if message is None:
            raise StageFault("no message is recorded")
        await self.pass_time(max(self.now, message.began) + RECORDING_STARTS, lambda: not message.is_on)
        sound = self._file("message", audio.melody(seconds))
        self._spoken.append((message.target, sound))
        await _acting(self.cast.caller.speak(sound))
        await self.pass_time(self.now + seconds + TALK_STARTS, lambda: not message.is_on)

    # after the call

    def change(self, settings: Mapping[str, Value]) -> None:
        """Legs that begin have the new values."""
        self.watched.versions.change(settings)

    async def settle(self) -> None:
        """Wait for the record, and for the phone's own end of the call."""
        if self.log.ended is By.CALLER and not self.log.ending:
            record = await self.watched.until_recorded(RECORD_SECONDS)
            if record is None:
                self.log.faults.append("there is no record of the call")
            else:
                self.log.ending, self.log.reason = str(record.ending), record.reason
        if self.log.ended is not None:
            await _acting(come_to_rest(self.cast.caller))
        while self._spoken:
            self._look_into_message(*self._spoken.pop())

    def _look_into_message(self, name: str, sound: Path) -> None:
        """What the caller said must be in the file that Asterisk recorded."""
        file = self._pbx.recordings.ours / name
        if not file.exists():
            self.log.faults.append(f"the message {name} was not recorded")
            return
        match = audio.find(sound, file)
        if not match.is_heard:
            likeness = min(match.windows)
            self.log.faults.append(f"the message {name} does not hold what the caller said: likeness {likeness:.2f}")

    def longest_silence(self) -> float:
        """From what the caller's phone recorded."""
        return 0.0 if self._recording is None else self._recording.longest_silence(self.log.stays)

    def unheard(self, met: Sequence[tuple[Span, str, Heard]]) -> tuple[Span, str, str] | None:
        """Look for every prompt that met a line in what the caller's phone received, in order."""
        if not met:
            return None
        if self._recording is None:
            return met[0][0], met[0][1], "the caller's phone recorded nothing"
        return self._recording.unheard(met, self._prompts.sound_of)

    def keep(self) -> str:
        """Keep what the phones recorded, the transcript, and what Asterisk wrote meanwhile."""
        self._is_kept = True
        self._folder.mkdir(parents=True, exist_ok=True)
        for name, phone in self.cast.phones.items():
            if self._has_talked(name):
                shutil.copyfile(phone.heard, self._folder / f"heard-by-{name}.wav")
                shutil.copyfile(phone.received, self._folder / f"received-by-{name}.wav")
        lines = [f"{noted.at:7.2f} s  {noted.who:8} {noted.what}\n" for noted in self.log.transcript()]
        (self._folder / "transcript.txt").write_text("".join(lines), encoding="utf-8")
        if self._pbx.log.exists():
            (self._folder / "asterisk.log").write_bytes(self._pbx.log.read_bytes()[self._log_offset :])
        return str(self._folder)

    def discard(self) -> None:
        """Delete what was put aside for the comparison, unless it is kept: prompts of one call hold personal data."""
        if not self._is_kept:
            shutil.rmtree(self._folder, ignore_errors=True)

    # what is seen

    @property
    def _recording(self) -> Recording | None:
        phone = self.cast.caller
        if not self._has_talked(CALLER):
            return None
        return Recording(phone.heard, self._clock.seconds_at(phone.heard_since), phone.received, self._arrivals)

    def _has_seen(self, name: str, event: PhoneEvent) -> bool:
        """Whether something has happened on a phone in this call."""
        return any(seen.event is event for seen in self.cast.phones[name].seen[self._since[name] :])

    def _has_talked(self, name: str) -> bool:
        return self._has_seen(name, PhoneEvent.ESTABLISHED)

    def _look(self) -> None:
        """Take note of stays, and of the end."""
        if self.log.ended is not None:
            return
        if self.cast.caller.is_in_call:
            self._arrivals.note(self.now, self.cast.caller.samples_received)
        self._look_at_queues()
        closed = self._has_seen(CALLER, PhoneEvent.CLOSED)
        if self.watched.is_given_up:
            self._end(By.FALLBACK, str(Ending.FALLBACK))
        elif closed:
            self._end(By.FLOW, "")

    def _end(self, by: By, otherwise: str) -> None:
        record = self.watched.record
        ending, reason = (otherwise, "") if record is None else (str(record.ending), record.reason)
        self.log.end(by, self.now, ending, reason)

    def _look_at_queues(self) -> None:
        """A hand-off is a stay once Asterisk's queue_log says so, or once it came back."""
        for handed in self.watched.handed[self._noted :]:
            is_back = handed.outcome is not None or handed.leg != self.watched.newest_leg
            if not is_back and handed.application == "queue" and not self._has_entered(handed):
                return
            self._noted += 1
            self.log.stays.append(self._entered(handed))
        for stay, handed in zip(self.log.stays, self.watched.handed, strict=False):
            if stay.is_on:
                self._look_at_end_of(stay, handed)

    def _has_entered(self, handed: Handed) -> bool:
        before = sum(stay.target == handed.target for stay in self.log.stays if stay.was_let_in)
        return self._queue_log.entries(self.watched.uniqueid, handed.target) > before

    def _entered(self, handed: Handed) -> Stay:
        if handed.application == "queue":
            rings = self.scenario.members_of(handed.target)
            return Stay("queue", handed.target, handed.at, rings, priority=handed.priority)
        if handed.application == "voicemail":
            return Stay("voicemail", handed.target, handed.at)
        site = self.watched.program.site
        phones = {name: str(agent.extension) for name, agent in self.scenario.agents.items()}
        rings = tuple(name for name, extension in phones.items() if site.dial_string(extension) == handed.target)
        return Stay("dial", phones[rings[0]] if rings else handed.target, handed.at, rings)

    def _look_at_end_of(self, stay: Stay, handed: Handed) -> None:
        if handed.outcome is not None:
            stay.outcome, stay.ended = handed.outcome, handed.back_at
        elif handed.leg != self.watched.newest_leg:
            stay.outcome, stay.ended = "answered", self.now

    def _tone(self, name: str, seconds: float) -> Path:
        return self._file(f"tone-{name}", audio.tone(*TONES[name], seconds=seconds))

    def _file(self, name: str, sound: audio.Samples) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / f"{name}.wav"
        audio.write_wav(file, sound)
        return file


async def _acting(act: Coroutine[Any, Any, object]) -> None:
    """Have a phone act; one that cannot is the line's failure, not the engine's."""
    try:
        await act
    except SoftphoneError as error:
        raise StageFault(str(error)) from error


def _hears_tone(who: str, phone: Softphone, tone: Path, began: float) -> None:
    match = audio.find(tone, phone.heard, after=max(0.0, began - phone.heard_since))
    if not match.is_begun:
        raise StageFault(f"{who} does not hear the other side: likeness {match.windows[0]:.2f}")
