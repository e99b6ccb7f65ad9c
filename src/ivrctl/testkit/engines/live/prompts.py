"""The library's prompts, with what a recording is compared with: the sound of each, also of those made for one call."""

from __future__ import annotations

import shutil
from pathlib import Path

from ivrctl.model.utterance import Utterance
from ivrctl.service.prompting import Prepared, Prompts


class KeptPrompts:
    """Prompts whose sound outlives the call."""

    def __init__(self, library: Prompts, folder: Path) -> None:
        """Keep copies in ``folder`` of prompts that go with their call."""
        self._library = library
        self._folder = folder
        self._sounds: dict[Utterance, Path] = {}

    def sound_of(self, utterance: Utterance) -> Path | None:
        """The WAV file of something that was said; None when it never was."""
        return self._sounds.get(utterance)

    async def prepare(self, utterance: Utterance, call: str) -> Prepared:
        """The library's prompt."""
        prepared = await self._library.prepare(utterance, call)
        if utterance not in self._sounds:
            self._sounds[utterance] = prepared.path if utterance.is_static else self._copied(prepared.path)
        return prepared

    def silence(self, seconds: float) -> Prepared:
        """The library's silence."""
        return self._library.silence(seconds)

    def release(self, call: str) -> None:
        """The library deletes its own; the copies stay."""
        self._library.release(call)

    def distrust(self, path: Path) -> None:
        """The library looks at its file again."""
        self._library.distrust(path)

    def _copied(self, path: Path) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        return Path(shutil.copyfile(path, self._folder / f"said-{len(self._sounds)}.wav"))
