"""Static sounds on disk, named by a hash of what they are: never a text in a name, and never the sound of another text.

Any number of processes may share a cache: a file is there whole or not at all, and two that make the same sound write
the same file. The manifest beside the files leads from a name back to the written text; only static texts are in it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Container
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ivrctl.adapters.prompts.wav import FOLDER_MODE, BrokenSoundError, read_wav, seconds_of, write_wav

MANIFEST = "manifest.jsonl"
FOLDER_LETTERS = 2
"""256 folders: none gets so many files that listing it is slow."""


MAX_BYTES = 2**30
"""Of all sounds: 18 hours, of which the largest site needs one; the rest are texts that were changed since."""


@dataclass(frozen=True, slots=True)
class Label:
    """What the manifest says of a sound."""

    language: str
    text: str
    voice: str


class SoundFolder:
    """Sounds by their keys; every method blocks for one file's reading or writing."""

    def __init__(self, folder: Path) -> None:
        """Use a folder, which need not be there."""
        self._folder = folder

    def name(self, key: str) -> str:
        """Where a sound lies below the folder, without the extension, as Asterisk wants it."""
        return f"{key[:FOLDER_LETTERS]}/{key}"

    def path(self, key: str) -> Path:
        """The file of a sound, whether it exists or not."""
        return self._folder / f"{self.name(key)}.wav"

    def load(self, key: str) -> bytes | None:
        """The PCM of a sound; None when it has to be made, be it missing or broken."""
        try:
            return read_wav(self.path(key))
        except (BrokenSoundError, FileNotFoundError):
            return None

    def fault(self, key: str) -> str | None:
        """Why a sound cannot be played: ``missing``, or what is wrong with its file; None when all is well."""
        try:
            read_wav(self.path(key))
        except FileNotFoundError:
            return "missing"
        except BrokenSoundError as error:
            return str(error)
        return None

    def write(self, key: str, pcm: bytes) -> None:
        """Keep a sound, in place of a broken one if need be."""
        path = self.path(key)
        if not path.parent.exists():
            path.parent.mkdir(exist_ok=True)
            path.parent.chmod(FOLDER_MODE)
        write_wav(path, pcm)

    def prune(self, keep: Container[str], limit: int = MAX_BYTES) -> int:
        """When the folder has grown over a limit, remove sounds that are not to be kept, the oldest first.

        Returns:
            How many were removed.
        """
        files: list[tuple[float, int, Path]] = []
        for path in self._folder.glob("??/*.wav"):
            with suppress(OSError):  # another process has removed it, or it is another user's
                found = path.stat()
                files.append((found.st_mtime, found.st_size, path))
        excess = sum(size for _, size, _ in files) - limit
        removed = 0
        for _, size, path in sorted(files):
            if excess > 0 and path.stem not in keep:
                with suppress(OSError):
                    path.unlink()
                    excess -= size
                    removed += 1
        return removed


class SoundCache(SoundFolder):
    """The sounds that Asterisk plays, with their manifest."""

    def __init__(self, folder: Path) -> None:
        """Use a folder, which is made when it is missing."""
        super().__init__(folder)
        self._labels: dict[str, Label] = {}
        self._read_to = 0
        folder.mkdir(parents=True, exist_ok=True)

    def save(self, key: str, pcm: bytes, label: Label) -> None:
        """Keep a sound, in place of a broken one if need be, and what it says."""
        self.write(key, pcm)
        self._append(key, label, seconds_of(pcm))

    def label(self, key: str) -> Label | None:
        """What a sound says, from the manifest, also when another process made it; None for one it does not know."""
        self._read_manifest()
        return self._labels.get(key)

    def _append(self, key: str, label: Label, seconds: float) -> None:
        """One line in one write, so that lines of several processes never mix."""
        entry = {"sound": key, "language": label.language, "text": label.text, "voice": label.voice}
        line = json.dumps(entry | {"seconds": round(seconds, 3)}, ensure_ascii=False) + "\n"
        descriptor = os.open(self._folder / MANIFEST, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(descriptor, line.encode())
        finally:
            os.close(descriptor)

    def _read_manifest(self) -> None:
        """Read what was appended since; a line that is not whole yet is left for the next time."""
        try:
            with (self._folder / MANIFEST).open("rb") as manifest:
                manifest.seek(self._read_to)
                added = manifest.read()
        except FileNotFoundError:
            return
        whole = added[: added.rfind(b"\n") + 1]
        self._read_to += len(whole)
        for line in whole.splitlines():
            try:
                entry = json.loads(line)
                self._labels[entry["sound"]] = Label(entry["language"], entry["text"], entry["voice"])
            except (ValueError, KeyError, TypeError):
                continue
