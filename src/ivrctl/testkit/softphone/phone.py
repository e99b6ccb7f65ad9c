"""A softphone, as a person uses it: dial, accept, press, speak, transfer, hang up; and what it saw and heard."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
import wave
from pathlib import Path
from types import TracebackType
from typing import Self

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.pbx import Pbx, credentials, runtime_of
from ivrctl.testkit import audio
from ivrctl.testkit.softphone.configuration import (
    CONTROL_PORT,
    INSIDE,
    RECEIVED,
    SENT,
    Identity,
    write_padded,
    write_phone,
)
from ivrctl.testkit.softphone.control import ControlConnection, PhoneEvent, Seen, SoftphoneError
from ivrctl.testkit.softphone.process import PhoneProcess, control_address

AGENT_ADDRESS = "127.0.0.1"

KEY_SECONDS = 0.3
"""From key to key in one `press`: baresip sends each digit for 0.2 s, and then a person's finger moves on."""
SHORTEST_CALL = 0.3
"""Seconds: baresip 1.1.0 crashes when a player is destroyed before its thread has begun (mended in later versions)."""
REGISTER_SECONDS = 5.0

_OF_A_CALL = (PhoneEvent.RINGING, PhoneEvent.PROGRESS, PhoneEvent.ANSWERED, PhoneEvent.ESTABLISHED, PhoneEvent.HEARING)
"""What cannot come any more when the call has ended."""


class Softphone:
    """One phone with one account; an asynchronous context manager. Make it with `caller` or `agent`."""

    def __init__(self, pbx: Pbx, identity: Identity, folder: Path | None = None) -> None:
        """Prepare a phone; with a `folder` (new, empty or absent), its log and sound stay there when it is closed."""
        self.identity = identity
        self.seen: list[Seen] = []
        """All that happened, in order."""
        self.is_in_call = False
        """Whether a call has been answered and is not over."""
        self._pbx = pbx
        self._is_kept = folder is not None
        self.folder = folder if folder is not None else Path(tempfile.mkdtemp(prefix="ivrctl-phone-"))
        self._control = ControlConnection(self._note)
        self._process: PhoneProcess | None = None
        self._changed = asyncio.Event()
        self._looked_at = 0
        """Index in `seen`: what lies before it has been looked at."""
        self._spoken = 0
        self._calls = 0
        self._heard_since: float | None = None
        self._dump: Path | None = None
        """What the packets of the current call bring, once it is there."""

    @classmethod
    def caller(cls, pbx: Pbx, number: str = "13800138000", *, folder: Path | None = None) -> Self:
        """Return the phone of somebody in the public network, whose number is `number`."""
        return cls(pbx, Identity(number, pbx.trunk, pbx.sip_port), folder)

    @classmethod
    def agent(cls, pbx: Pbx, extension: str, *, folder: Path | None = None) -> Self:
        """Return an agent's phone; it is registered when the context is entered.

        Raises:
            SoftphoneError: the PBX has no such extension.
        """
        password = credentials(pbx).agents.get(extension)
        if password is None:
            raise SoftphoneError(f"{extension} is not an agent of this PBX")
        return cls(pbx, Identity(extension, AGENT_ADDRESS, pbx.sip_port, password), folder)

    async def __aenter__(self) -> Self:
        try:
            await self._start()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def dial(self, number: str) -> None:
        """Call `number`, any that the PBX lets this phone dial; returns at once. `until` forgets what was before."""
        self._looked_at = len(self.seen)
        await self._control.command("dial", f"sip:{number}@127.0.0.1:{self._pbx.sip_port}")

    async def accept(self) -> None:
        """Answer the phone that rings."""
        await self._control.command("accept")

    async def hang_up(self) -> None:
        """End the call, or refuse the one that rings; a call of less than `SHORTEST_CALL` seconds lasts as long."""
        if self.is_in_call:
            await asyncio.sleep(self.heard_since + SHORTEST_CALL - asyncio.get_running_loop().time())
        await self._control.command("hangup")

    async def press(self, keys: str) -> None:
        """Press keys one after the other (RFC 4733 events of 0.2 s each); returns when the last has been sent."""
        for key in keys:
            await self._control.command("sndcode", key)
            await asyncio.sleep(KEY_SECONDS)

    async def transfer(self, to: str) -> None:
        """Transfer the other side to the number `to`, blind (SIP REFER)."""
        await self._control.command("transfer", f"sip:{to}@127.0.0.1:{self._pbx.sip_port}")

    async def speak(self, wav: Path) -> None:
        """Say what is in a WAV file (8 kHz, 16 bit, one channel), then be silent again; returns at once.

        Raises:
            SoftphoneError: the file has another form.
        """
        with wave.open(str(wav), "rb") as speech:
            form = speech.getframerate(), speech.getsampwidth(), speech.getnchannels()
            samples = speech.readframes(speech.getnframes())
        if form != (8000, 2, 1):
            advice = f"sox {wav} -r 8000 -b 16 -c 1 new.wav"
            raise SoftphoneError(f"{wav} is not 8 kHz, 16 bit, one channel", advice=advice)
        self._spoken += 1
        name = f"spoken-{self._spoken}.wav"
        write_padded(self.folder / "etc" / name, samples)
        await self._control.command("ausrc", f"aufile,{INSIDE}/{name}")

    async def until(self, event: PhoneEvent, *, within: float) -> Seen:
        """Return when `event` has happened, at most `within` seconds from now.

        Each event is looked at once: what happened before the one that the last `until` returned is not seen again,
        what has happened since counts. An event of a call that has ended meanwhile cannot come: it is not waited for.

        Raises:
            SoftphoneError: it did not happen; the message says what did, and ends with the phone's log.
        """
        try:
            async with Deadline(within):
                while (seen := self._look_for(event)) is None:
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError as error:
            raise SoftphoneError(self._not_seen(f"{event.name} did not come within {within:g} s")) from error
        return seen

    @property
    def heard(self) -> Path:
        """What was heard in the current call, else in the last one: a WAV file that grows while the call lasts.

        Its header is completed at the end of the call only; `ivrctl.testkit.audio` reads it at any time.
        """
        current = self.folder / "audio/heard.wav"
        return current if current.exists() else self.folder / f"audio/heard-{self._calls}.wav"

    @property
    def received(self) -> Path:
        """What the packets of the current call have brought, else those of the last one: a WAV file as `heard`.

        Sound behind sound, without the pauses in which nothing is sent; `heard` has those, and gaps where packets came
        late. It ends early where the other side puts the call on hold (a re-INVITE that is not sendrecv).

        Raises:
            SoftphoneError: there has been no call.
        """
        current = self._receiving()
        if current is None and self._calls == 0:
            raise SoftphoneError("nothing was received: there has been no call")
        return current or self.folder / f"audio/received-{self._calls}.wav"

    @property
    def samples_received(self) -> int:
        """How many samples the packets of the current call have brought by now; 0 without one."""
        current = self._receiving()
        return 0 if current is None else audio.samples_written(current)

    @property
    def heard_since(self) -> float:
        """The event loop's time at the first sample of `heard`, to about 0.2 s.

        Raises:
            SoftphoneError: there has been no call.
        """
        if self._heard_since is None:
            raise SoftphoneError("nothing was heard: there has been no call")
        return self._heard_since

    async def close(self) -> None:
        """Hang up, take the registration back, end the process; return when it has ended."""
        if self._process is not None:
            await asyncio.gather(self._control.command("quit"), return_exceptions=True)
            await self._process.stop()
            self._process = None
        await self._control.close()
        if not self._is_kept:
            shutil.rmtree(self.folder, ignore_errors=True)

    async def _start(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        control = control_address()
        write_phone(self.folder, self.identity.address, control)
        self._process = PhoneProcess(runtime_of(self._pbx.runtime), self.folder)
        await self._process.start()
        await self._control.open(control, CONTROL_PORT)
        # Only now, so that the registration is seen: it may be done before an account in a file would let us connect.
        await self._control.command("uanew", self.identity.account)
        if self.identity.password is not None:
            await self.until(PhoneEvent.REGISTERED, within=REGISTER_SECONDS)

    def _note(self, seen: Seen) -> None:
        self.seen.append(seen)
        if seen.event in {PhoneEvent.ANSWERED, PhoneEvent.ESTABLISHED} and not self.is_in_call:
            self.is_in_call = True
            self._heard_since = seen.at
        elif seen.event is PhoneEvent.CLOSED:
            self.is_in_call = False
            self._put_recording_away()
        self._changed.set()

    def _put_recording_away(self) -> None:
        files = {"heard": self.folder / "audio/heard.wav", "received": self._receiving()}
        there = {name: file for name, file in files.items() if file is not None and file.exists()}
        self._calls += bool(there)
        for name, file in there.items():
            file.rename(self.folder / f"audio/{name}-{self._calls}.wav")
        for sent in (self.folder / "audio").glob(SENT):
            sent.unlink()
        self._dump = None

    def _receiving(self) -> Path | None:
        """The file of the current call; their names are times, so the last one is the newest."""
        if self._dump is None:
            self._dump = max((self.folder / "audio").glob(RECEIVED), default=None)
        return self._dump

    def _look_for(self, event: PhoneEvent) -> Seen | None:
        for index in range(self._looked_at, len(self.seen)):
            seen = self.seen[index]
            if seen.event is event:
                self._looked_at = index + 1
                return seen
            if seen.event is PhoneEvent.CLOSED and event in _OF_A_CALL:
                self._looked_at = index + 1
                raise SoftphoneError(self._not_seen(f"{event.name} cannot come: the call ended, {seen.detail}"))
        return None

    def _not_seen(self, sentence: str) -> str:
        names = ", ".join(f"{seen.event.name} {seen.detail}".strip() for seen in self.seen) or "nothing"
        log = self._process.log_tail if self._process is not None else ""
        return f"phone {self.identity.number}: {sentence}; seen so far: {names}\n{log}"
