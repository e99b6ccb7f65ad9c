"""What a voice has spoken once, for every cache that will want it: a new PBX has its prompts at once.

Nobody depends on it. It may be deleted at any time, and where it cannot be read or written, the voice speaks again.
Only what is static and what the voice alone has spoken comes here: recordings belong to their site.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from ivrctl.adapters.prompts.cache import SoundFolder

PRIVATE = 0o700
"""Mode of the folder: no Asterisk plays from here."""
MAX_BYTES = 2**28
"""Of all sounds: four and a half hours, ten sites of a thousand prompts."""


class SoundArchive:
    """One folder, which any number of processes may share; it is made when the first sound is kept."""

    def __init__(self, folder: Path) -> None:
        """Nothing is read or written yet."""
        self._folder = folder
        self._sounds = SoundFolder(folder)

    def find(self, keys: Iterable[str]) -> dict[str, bytes]:
        """The PCM of those sounds that are here. Blocks."""
        found: dict[str, bytes] = {}
        with suppress(OSError):
            for key in keys:
                pcm = self._sounds.load(key)
                if pcm is not None:
                    found[key] = pcm
        return found

    def keep(self, sounds: Mapping[str, bytes]) -> None:
        """Keep sounds. Blocks."""
        if not sounds:
            return
        with suppress(OSError):
            self._folder.mkdir(mode=PRIVATE, parents=True, exist_ok=True)
            for key, pcm in sounds.items():
                self._sounds.write(key, pcm)

    def prune(self, keep: Container[str]) -> None:
        """Above the limit, remove sounds that are not to be kept, the oldest first. Blocks."""
        with suppress(OSError):
            self._sounds.prune(keep, MAX_BYTES)
