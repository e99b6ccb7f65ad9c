"""espeak-ng as a voice: one shell for many pieces, text and sound through pipes only.

Nothing touches a disk, since a free text may be personal, and the program may live in another root, where our folders
cannot be seen. A text never stands in a command: it goes to espeak-ng's standard input.
"""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import subprocess
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from types import MappingProxyType

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.precedence import ordinary
from ivrctl.adapters.voices.voice import VoiceError
from ivrctl.errors import MissingToolError
from ivrctl.speech import Piece, reading

Wrap = Callable[[list[str]], list[str]]
"""Turns a command into the one that runs it where espeak-ng is: the same one, or one that enters another root."""


@dataclass(frozen=True, slots=True)
class Accent:
    """How a language sounds."""

    voice: str
    """As espeak-ng lists it under ``--voices``."""
    speed: int
    """Words a minute; for Chinese espeak-ng counts about one and a half syllables a word."""


ACCENTS: Mapping[str, Accent] = MappingProxyType({"zh": Accent("cmn", 160), "en": Accent("en-gb", 155)})
"""A little slower than espeak-ng's 175: a telephone carries less than the loudspeaker that was made for."""
OTHER_SPEED = 155

LOOP = """
while IFS= read -r voice && IFS= read -r speed && IFS= read -r text; do
  printf '%s' "$text" | espeak-ng -b 1 -z -v "$voice" -s "$speed" --stdin --stdout || exit 1
  printf '%s' "$1"
done
"""
"""Three lines in for every piece; a WAV and the boundary out, to the first that fails: its sound may be cut short.
``-b 1`` is UTF-8, ``-z`` leaves out a closing pause."""

SHAPING = "shaping 1"
"""Part of a voice's name: to be changed whenever a constant or formula of ``shaping`` is."""

SHELLS = min(4, os.cpu_count() or 1)
"""Running side by side, for all calls together: more would only slow each other down."""
SMALL_BATCH = 8
"""Pieces for which a second shell is not worth its start."""
START_SECONDS = 10.0
SECONDS_PER_PIECE = 0.5
"""Fifty times what a piece takes: beyond, the program hangs."""


class EspeakVoice:
    """espeak-ng, on this host or in another root."""

    def __init__(self, version: str, wrap: Wrap = list, accents: Mapping[str, Accent] = ACCENTS) -> None:
        """Use ``found`` instead, which knows the version."""
        self._version = version
        self._wrap = wrap
        self._accents = accents
        self._free_shells = asyncio.Semaphore(SHELLS)

    @classmethod
    def found(cls, wrap: Wrap = list, accents: Mapping[str, Accent] = ACCENTS) -> EspeakVoice:
        """Ask the program for its version. Blocks for some hundredths of a second.

        Raises:
            MissingToolError: espeak-ng is not there.
        """
        try:
            answer = subprocess.run(
                wrap(["espeak-ng", "--version"]), capture_output=True, text=True, timeout=START_SECONDS, check=True
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise MissingToolError("espeak-ng cannot be run", advice="apt-get install espeak-ng") from error
        version = answer.stdout.partition(":")[2].split()
        return cls(version[0] if version else "unknown", wrap, accents)

    def name(self, language: str) -> str:
        """Such as ``espeak-ng 1.52.0 cmn 160 shaping 1``."""
        accent = self._accent(language)
        return f"espeak-ng {self._version} {accent.voice} {accent.speed} {SHAPING}"

    async def synthesise(self, pieces: Sequence[Piece]) -> list[bytes]:
        """Speak the pieces, in several shells when they are many."""
        shells = max(1, min(SHELLS, len(pieces) // SMALL_BATCH))
        shares = [pieces[start::shells] for start in range(shells)]
        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(self._speak(share)) for share in shares if share]
        except ExceptionGroup as failures:
            raise failures.exceptions[0] from failures
        sounds: list[bytes] = [b""] * len(pieces)
        for start, task in enumerate(tasks):
            sounds[start::shells] = task.result()
        return sounds

    def _accent(self, language: str) -> Accent:
        primary = language.replace("_", "-").partition("-")[0].lower()
        return self._accents.get(language) or self._accents.get(primary) or Accent(language, OTHER_SPEED)

    async def _speak(self, pieces: Sequence[Piece]) -> list[bytes]:
        boundary = secrets.token_hex(32)
        jobs = "".join(self._job(piece) for piece in pieces)
        seconds = START_SECONDS + SECONDS_PER_PIECE * len(pieces)
        async with self._free_shells:
            output, complaint = await _run(self._wrap(["sh", "-c", LOOP, "voice", boundary]), jobs.encode(), seconds)
        recordings = output.split(boundary.encode())[:-1]
        if len(recordings) != len(pieces):
            raise VoiceError(f"espeak-ng spoke {len(recordings)} of {len(pieces)} texts: {complaint}")
        return await asyncio.to_thread(_shaped, recordings, complaint)

    def _job(self, piece: Piece) -> str:
        accent = self._accent(piece.language)
        return f"{accent.voice}\n{accent.speed}\n{harmless(reading(piece))}\n"


def harmless(text: str) -> str:
    """One line without what espeak-ng would obey instead of speaking: ``[[`` begins phoneme codes."""
    visible = "".join(character if character.isprintable() else " " for character in text)
    return visible.replace("[", " ").replace("]", " ")


def _shaped(recordings: Sequence[bytes], complaint: str) -> list[bytes]:
    """Also for a text without a word espeak-ng writes a WAV: none at all means that it failed."""
    # It needs numpy: a controller is to take calls before that is loaded, and says what is spoken already without it.
    from ivrctl.adapters.voices.shaping import shape  # noqa: PLC0415

    try:
        return [shape(recording) for recording in recordings]
    except ValueError as error:
        raise VoiceError(f"espeak-ng gave no sound ({error}): {complaint or 'it did not say why'}") from error


async def _run(command: list[str], jobs: bytes, seconds: float) -> tuple[bytes, str]:
    """Run a command in a process group of its own, which is gone when this returns, however it does."""
    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise VoiceError(f"the voice cannot be started: {error}") from error
    ordinary(process.pid)
    try:
        async with Deadline(seconds):
            output, complaint = await process.communicate(jobs)
    except TimeoutError as error:
        raise VoiceError(f"the voice was not done after {seconds:g} s") from error
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    return output, complaint.decode(errors="replace").strip()[-200:]
