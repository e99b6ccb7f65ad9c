"""Makes sounds: from a recording where there is one, else with the voice; each once, however many calls ask.

A *run* is what is kept as one sound: the pieces and pauses of a static prompt, or a single piece of a number.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Executor
from functools import lru_cache, partial
from typing import ParamSpec, TypeAlias, TypeVar

from ivrctl.adapters.prompts.archive import SoundArchive
from ivrctl.adapters.prompts.cache import Label, SoundCache
from ivrctl.adapters.prompts.recordings import Recordings
from ivrctl.adapters.prompts.wav import silence
from ivrctl.adapters.voices import Voice
from ivrctl.speech import Item, Pause, Piece, reading

Run: TypeAlias = tuple[Item, ...]
P = ParamSpec("P")
T = TypeVar("T")

MEMORY_BYTES = 32 * 2**20
"""Sounds kept decoded: half an hour, five times the vocabularies of two languages."""
KEYS_KEPT = 16384
JOINING = "joined 1"
"""Part of every name: to be changed whenever the way sounds are joined changes."""
NOTHING_SECONDS = 0.05
"""What stands for a run in which there is nothing to say: Asterisk takes an empty file for a fault."""


class Studio:
    """Runs in, sounds out. Files are touched in ``files`` only, an executor of one thread, in the order asked."""

    def __init__(self, voice: Voice, recordings: Recordings, cache: SoundCache, files: Executor) -> None:
        """Make sounds with a voice and recordings, and keep the static ones in a cache."""
        self._voice = voice
        self._recordings = recordings
        self._cache = cache
        self._files = files
        self._memory: OrderedDict[str, bytes] = OrderedDict()
        self._memory_bytes = 0
        self._making: dict[str, asyncio.Task[Mapping[str, bytes]]] = {}
        self.key: Callable[[Run], str] = lru_cache(KEYS_KEPT)(self._key)
        """The name of a run's sound: a hash of the texts, the voice or recording, and the pauses."""
        self.made = 0
        """Static sounds that the cache had not: none during calls, when ``build`` ran before."""

    async def sounds(self, runs: Sequence[Run], archive: SoundArchive | None = None) -> list[bytes]:
        """The sounds of static runs: from memory, from disk, or made and kept.

        Args:
            runs: what is wanted.
            archive: where sounds that would have to be made are looked for first, and kept when they were.

        Raises:
            VoiceError: one had to be made and could not be.
        """
        keys = [self.key(run) for run in runs]
        have = self._remembered(keys)
        wanted = {key: run for key, run in zip(keys, runs, strict=True) if key not in have}
        if wanted:
            have |= await self._fetched(wanted, archive)
        return [have[key] for key in keys]

    async def spoken(self, pieces: Sequence[Piece]) -> list[bytes]:
        """The sounds of free texts, which are kept nowhere.

        Raises:
            VoiceError: the voice did not speak.
        """
        return await self._voice.synthesise(pieces) if pieces else []

    def forget(self, key: str) -> None:
        """Take a sound from memory, so that its file is looked at again."""
        self._memory_bytes -= len(self._memory.pop(key, b""))

    def use(self, recordings: Recordings) -> None:
        """Take other recordings from now on."""
        self._recordings = recordings
        self.key = lru_cache(KEYS_KEPT)(self._key)

    async def close(self) -> None:
        """Stop what is being made."""
        tasks = set(self._making.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _fetched(self, wanted: Mapping[str, Run], archive: SoundArchive | None) -> dict[str, bytes]:
        have = await self._in_files(self._load, list(wanted))
        self._remember(have)
        have |= self._remembered(wanted)
        missing = {key: run for key, run in wanted.items() if key not in have and key not in self._making}
        if missing:
            self._start_making(missing, archive)
        for task in {self._making[key] for key in wanted if key not in have}:
            have.update(await asyncio.shield(task))
        return have

    def _start_making(self, missing: Mapping[str, Run], archive: SoundArchive | None) -> None:
        task = asyncio.get_running_loop().create_task(self._make(missing, archive))
        self._making.update(dict.fromkeys(missing, task))

        def finished(done: asyncio.Task[Mapping[str, bytes]]) -> None:
            for key in missing:
                del self._making[key]
            if not done.cancelled():
                done.exception()  # whoever waited has it; nobody may be waiting any more

        task.add_done_callback(finished)

    async def _make(self, missing: Mapping[str, Run], archive: SoundArchive | None) -> Mapping[str, bytes]:
        """Runs as a task of its own: a caller who hangs up does not take the sound from the others who wait for it."""
        archived = {} if archive is None else await self._in_files(archive.find, missing)
        runs = {key: run for key, run in missing.items() if key not in archived}
        pieces = list(dict.fromkeys(item for run in runs.values() for item in run if isinstance(item, Piece)))
        recorded = await self._in_files(self._read_recordings, pieces)
        to_speak = [piece for piece in pieces if piece not in recorded]
        spoken = dict(zip(to_speak, await self.spoken(to_speak), strict=True))
        sounds = archived | {key: joined(run, recorded | spoken) for key, run in runs.items()}
        await self._in_files(self._save, missing, sounds)
        if archive is not None:
            new = {key: sounds[key] for key, run in runs.items() if recorded.keys().isdisjoint(run)}
            await self._in_files(archive.keep, new)
        self.made += len(sounds)
        self._remember(sounds)
        return sounds

    async def _in_files(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._files, partial(work, *args, **kwargs))

    def _load(self, keys: Sequence[str]) -> dict[str, bytes]:
        return {key: pcm for key in keys if (pcm := self._cache.load(key)) is not None}

    def _save(self, runs: Mapping[str, Run], sounds: Mapping[str, bytes]) -> None:
        for key, run in runs.items():
            self._cache.save(key, sounds[key], self._label(run))

    def _read_recordings(self, pieces: Sequence[Piece]) -> dict[Piece, bytes]:
        recorded = {piece: self._recordings.find(piece.language, piece.text) for piece in pieces}
        return {piece: recording.read() for piece, recording in recorded.items() if recording is not None}

    def _remembered(self, keys: Iterable[str]) -> dict[str, bytes]:
        have = {key: self._memory[key] for key in keys if key in self._memory}
        for key in have:
            self._memory.move_to_end(key)
        return have

    def _remember(self, sounds: Mapping[str, bytes]) -> None:
        """Keep decoded sounds; those that were not asked for the longest go first."""
        for key, pcm in sounds.items():
            self.forget(key)
            self._memory[key] = pcm
            self._memory_bytes += len(pcm)
        while self._memory_bytes > MEMORY_BYTES:
            _, oldest = self._memory.popitem(last=False)
            self._memory_bytes -= len(oldest)

    def _key(self, run: Run) -> str:
        identity = [JOINING, *(self._identity(item) for item in run)]
        return hashlib.sha256(json.dumps(identity).encode()).hexdigest()

    def _identity(self, item: Item) -> list[str]:
        if isinstance(item, Pause):
            return ["pause", f"{item.seconds:g}"]
        recording = self._recordings.find(item.language, item.text)
        if recording is not None:
            return ["recorded", recording.digest]
        return [self._voice.name(item.language), item.language, reading(item)]

    def _label(self, run: Run) -> Label:
        pieces = [item for item in run if isinstance(item, Piece)]
        language = pieces[0].language if pieces else ""
        sources = {
            "recorded" if self._recordings.find(piece.language, piece.text) else self._voice.name(piece.language)
            for piece in pieces
        }
        return Label(language, " ".join(piece.text for piece in pieces), ", ".join(sorted(sources)))


def joined(items: Iterable[Item], sounds: Mapping[Piece, bytes]) -> bytes:
    """Put sounds and pauses one after the other; never nothing at all."""
    pcm = b"".join(silence(item.seconds) if isinstance(item, Pause) else sounds[item] for item in items)
    return pcm or silence(NOTHING_SECONDS)
