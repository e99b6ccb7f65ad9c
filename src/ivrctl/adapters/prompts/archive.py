"""What a voice has spoken for a site once, for every cache that will want it: a new PBX has its prompts at once.

Nobody depends on it. It may be deleted at any time, and where it cannot be read or written, the voice speaks again.
Only what a site says to everybody comes here, as it is built, and only what the voice alone has spoken: recordings
belong to their site, and what callers and staff have said or typed is nobody else's.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from ivrctl.adapters.prompts.cache import SoundFolder

PRIVATE = 0o700
"""Mode of the folder: no Asterisk plays from here."""
MAX_BYTES = 2**28
"""Of all sounds: four and a half hours, as much as four of the largest sites have."""


class SoundArchive:
    """One folder, which any number of processes may share; it is made when the first sound is kept."""

    def __init__(self, folder: Path) -> None:
        """Nothing is read or written yet."""
        self._folder = folder
        self._sounds = SoundFolder(folder)

    def find(self, keys: Iterable[str]) -> dict[str, bytes]:
        """The PCM of those sounds that are here. Blocks."""
        found: dict[str, bytes] = {}
        for key in keys:
            with suppress(OSError):
                pcm = self._sounds.load(key)
                if pcm is not None:
                    found[key] = pcm
        return found

    def keep(self, sounds: Mapping[str, bytes]) -> None:
        """Keep sounds. Blocks."""
        if not sounds:
            return
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            self._folder.chmod(PRIVATE)
        for key, pcm in sounds.items():
            with suppress(OSError):
                self._sounds.write(key, pcm)

    def prune(self, keep: Container[str]) -> None:
        """Above the limit, remove sounds that are not to be kept, the oldest first. Blocks."""
        self._sounds.prune(keep, MAX_BYTES)
