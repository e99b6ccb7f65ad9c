"""The probe call: Asterisk itself reaches the controller and plays what we wrote.

Two files of silence with a name that nobody can guess go into the folders of prompts and spool, a local channel runs
the context ``ivrctl-probe``, and each of its steps comes back as a UserEvent. The files are removed whatever happens.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from ivrctl.adapters.ami import AmiSession
from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.prompts.wav import silence, write_wav
from ivrctl.ami.actions import Action
from ivrctl.ami.packet import Event
from ivrctl.service.doctor.observed import Expected, PlaybackSeen, ProbeSeen

PROMPT_SECONDS, SPOOL_SECONDS = 1.5, 1.0
"""How long the two files are: long enough to tell that they were played, short enough to wait for."""

WITHIN = 30.0
"""Seconds for the whole call: its own bounds are 5 s for the controller and 15 s for the files."""

MAX_KINDS = 1000
"""Kinds of events that are remembered; Asterisk has fewer."""

MAX_STEPS = 64
"""Steps that wait to be looked at; a call has six."""


@dataclass(slots=True)
class Hearing:
    """What a session was sent: the kinds of events, and the steps of probe calls with their times."""

    kinds: set[str] = field(default_factory=set)
    steps: asyncio.Queue[tuple[float, Event]] = field(default_factory=lambda: asyncio.Queue(MAX_STEPS))

    def __call__(self, event: Event) -> None:
        """Note an event; nothing else, since the reader waits."""
        if len(self.kinds) < MAX_KINDS:
            self.kinds.add(event.name)
        if event.name == "UserEvent" and event.text("UserEvent") == "IvrctlProbe":
            with contextlib.suppress(asyncio.QueueFull):
                self.steps.put_nowait((asyncio.get_running_loop().time(), event))


class ProbeRefusedError(Exception):
    """Asterisk does not place the call; the sentence is its own."""


async def place(
    session: AmiSession, hearing: Hearing, expected: Expected, word: str, now: Callable[[], float]
) -> ProbeSeen:
    """Place a probe call and watch it to its end, or to its deadline.

    Args:
        session: of a user with originate to write and user to read.
        hearing: what this session hears.
        expected: the folders.
        word: hexadecimal, by chance: names the call and its files.
        now: the time in seconds since the epoch.

    Raises:
        ProbeRefusedError: the user may not call, or the context is not there.
        AmiUnreachableError: the session was lost.
    """
    with (
        _written(expected.prompts, word, PROMPT_SECONDS) as prompt_fault,
        _written(expected.spool, word, SPOOL_SECONDS) as spool_fault,
    ):
        answer = await session.ask(_originate(expected, word))
        if not answer.response.is_success:
            raise ProbeRefusedError(answer.response.message)
        steps = await _steps(hearing, word)
    seen = _seen(steps, now)
    return replace(seen, prompts=_with_fault(seen.prompts, prompt_fault), spool=_with_fault(seen.spool, spool_fault))


def _originate(expected: Expected, word: str) -> Action:
    """Local channels are two: the far half runs the dialplan, the near half waits."""
    variables = {
        "IVRCTL_PROBE": word,
        "IVRCTL_PROBE_PROMPTS": expected.prompts_seen,
        "IVRCTL_PROBE_SPOOL": expected.spool_seen,
    }
    headers = (
        ("Channel", "Local/s@ivrctl-probe/n"),
        ("Application", "Wait"),
        ("Data", str(round(WITHIN))),
        ("Timeout", "5000"),
        ("Async", "true"),  # a synchronous one would hold the session
        *(("Variable", f"{name}={value}") for name, value in variables.items()),
    )
    return Action("Originate", headers)


async def _steps(hearing: Hearing, word: str) -> dict[str, _Step]:
    """The steps of one call by their names, with their times; fewer when the deadline comes first."""
    steps: dict[str, _Step] = {}
    with contextlib.suppress(TimeoutError):
        async with Deadline(WITHIN):
            while "over" not in steps:
                at, event = await hearing.steps.get()
                if event.text("Probe") == word:
                    steps.setdefault(event.text("Step"), _Step(at, event))
    return steps


@dataclass(frozen=True, slots=True)
class _Step:
    at: float
    event: Event

    @property
    def status(self) -> str:
        return self.event.text("Status")


def _seen(steps: dict[str, _Step], now: Callable[[], float]) -> ProbeSeen:
    agi, playing, prompts, spool = (steps.get(name) for name in ("agi", "globals", "prompts", "spool"))
    epoch = spool.event.text("Epoch") if spool is not None else ""
    loop_now = asyncio.get_running_loop().time()
    return ProbeSeen(
        agi_status=None if agi is None else agi.status,
        agi_next="" if agi is None else agi.event.text("Next").strip(),
        fallback_bytes=int(playing.status) if playing is not None and playing.status.isdecimal() else 0,
        prompts=_played(playing, prompts, PROMPT_SECONDS),
        spool=_played(prompts, spool, SPOOL_SECONDS),
        ahead=None if spool is None or not epoch.isdecimal() else int(epoch) - (now() - (loop_now - spool.at)),
    )


def _played(before: _Step | None, after: _Step | None, seconds: float) -> PlaybackSeen | None:
    if before is None or after is None:
        return None
    return PlaybackSeen(after.status, _between(before, after), seconds)


def _between(before: _Step, after: _Step) -> float:
    """Seconds between two steps: by Asterisk's clock where it stamps its events, since a busy reader hears late."""
    try:
        return float(after.event.text("Timestamp")) - float(before.event.text("Timestamp"))
    except ValueError:
        return after.at - before.at


def _with_fault(seen: PlaybackSeen | None, fault: str | None) -> PlaybackSeen | None:
    if fault is None:
        return seen
    return PlaybackSeen("", 0.0, 0.0, fault)


@contextlib.contextmanager
def _written(folder: Path, word: str, seconds: float) -> Iterator[str | None]:
    """Have a file in a folder for a while; yields why it could not be written."""
    file = folder / f"doctor-{word}.wav"
    fault = None
    try:
        write_wav(file, silence(seconds))
    except OSError as error:
        fault = error.strerror or str(error)
    try:
        yield fault
    finally:
        file.unlink(missing_ok=True)
