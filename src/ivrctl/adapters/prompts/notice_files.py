"""The sound files of notices, ``notices`` below the folder of prompts: recordings, and what plays without a controller.

::

    <id>-<language>-<digest>.wav   the recording of a notice; its name says what it holds, and is never used again
    all-1.wav, 10010-2.wav         what the dialplan's fallback leg plays to every caller, or to those of a line, as
                                   long as the file's modification time, which is the notice's end, lies ahead

A folder of prompts belongs to one site: what is here and is not the site's goes.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ivrctl.adapters.prompts.wav import FILE_MODE, FOLDER_MODE, BrokenSoundError, read_wav, wav_of

FOLDER = "notices"
KEPT = timedelta(days=1)
"""How long a recording lies there that no notice names: a call may be about to play it."""
_SLOT = re.compile(r"(?:all|[0-9*#+]{1,64})-[0-9]{1,3}\.wav")
_DRAFT = ".part"


@dataclass(frozen=True, slots=True)
class Lasting:
    """What a file holds, and until when the dialplan plays it."""

    pcm: bytes
    ends: datetime


class NoticeFiles:
    """The folder; every method blocks for some file operations."""

    def __init__(self, prompts: Path) -> None:
        """Make the folder below that of the prompts."""
        self._folder = prompts / FOLDER
        if not self._folder.is_dir():
            self._folder.mkdir(parents=True, exist_ok=True)
            self._folder.chmod(FOLDER_MODE)

    def keep(self, notice: str, language: str, pcm: bytes) -> str:
        """Keep a recording for good; its name, as a notice has it.

        Raises:
            OSError: the disk refuses.
        """
        name = recording_name(notice, language, pcm)
        self._write(self._folder / f"{name}.wav", pcm)
        return name

    def recording(self, name: str) -> bytes:
        """The sound of a recording; nothing when its file is not there, or broken."""
        try:
            return read_wav(self._folder / f"{name}.wav")
        except (BrokenSoundError, OSError):
            return b""

    def settle(self, slots: Mapping[str, Lasting | None]) -> None:
        """Make what the dialplan plays as it should be: write what is missing, remove the rest.

        Args:
            slots: by the file's name without its ending; None leaves a file as it is, which holds the right thing.

        Raises:
            OSError: the disk refuses.
        """
        for name, lasting in slots.items():
            if lasting is not None:
                self._write(self._folder / f"{name}.wav", lasting.pcm, lasting.ends)
        for path in self._files():
            if _SLOT.fullmatch(path.name) and path.stem not in slots:
                path.unlink(missing_ok=True)

    def is_as_written(self, slot: str, lasting: Lasting) -> bool:
        """True when the file of a slot holds this, with this end."""
        try:
            return self.lasts_until(slot, lasting.ends) and read_wav(self._folder / f"{slot}.wav") == lasting.pcm
        except (BrokenSoundError, OSError):
            return False

    def lasts_until(self, slot: str, ends: datetime) -> bool:
        """True when a slot has a file that ends then, whatever it holds."""
        try:
            return (self._folder / f"{slot}.wav").stat().st_mtime == _seconds(ends)
        except OSError:
            return False

    def sweep(self, recordings: Collection[str], now: datetime) -> None:
        """Remove recordings that no notice has named for a day, and drafts of the dead.

        Args:
            recordings: the names of those that are in use.
            now: aware.
        """
        for path in self._files():
            if _SLOT.fullmatch(path.name) or path.stem in recordings:
                continue
            if path.stat().st_mtime < (now - KEPT).timestamp():
                path.unlink(missing_ok=True)

    def let_go(self, recordings: Collection[str], now: datetime) -> None:
        """A notice does not name these any more: they go a day from now."""
        for name in recordings:
            with contextlib.suppress(OSError):
                os.utime(self._folder / f"{name}.wav", (now.timestamp(), now.timestamp()))

    def _files(self) -> list[Path]:
        return [path for path in self._folder.iterdir() if path.suffix in {".wav", _DRAFT} and path.is_file()]

    def _write(self, path: Path, pcm: bytes, changed: datetime | None = None) -> None:
        """Write a file that is there whole or not at all, and stays."""
        handle, name = tempfile.mkstemp(dir=self._folder, prefix=".", suffix=_DRAFT)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(wav_of(pcm))
                file.flush()
                os.fsync(file.fileno())
            draft = Path(name)
            draft.chmod(FILE_MODE)
            if changed is not None:
                os.utime(draft, (_seconds(changed), _seconds(changed)))
            draft.replace(path)
            folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(folder)
            finally:
                os.close(folder)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise


def recording_name(notice: str, language: str, pcm: bytes) -> str:
    """The name of a recording's file, without its ending; of another sound it is another."""
    return f"{notice}-{language}-{hashlib.sha256(pcm).hexdigest()[:8]}"


def _seconds(moment: datetime) -> int:
    """Whole seconds, as the dialplan compares them."""
    return round(moment.timestamp())
