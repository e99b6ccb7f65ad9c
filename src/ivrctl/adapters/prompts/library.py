"""The library of prompts: an utterance goes in, a file that Asterisk can play comes out.

A static utterance is one file that serves every call. One with values is joined for its call from static pieces, which
``build`` makes before any call, and goes when the call is released. Only free text is synthesised during a call.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ParamSpec, TypeVar

from ivrctl.adapters.prompts.archive import SoundArchive
from ivrctl.adapters.prompts.cache import SoundCache
from ivrctl.adapters.prompts.recorded_sounds import PreparedPrompt, RecordedSounds, TwoViews
from ivrctl.adapters.prompts.recordings import RecordingFault, Recordings
from ivrctl.adapters.prompts.spool import Spool, is_in_memory
from ivrctl.adapters.prompts.studio import Run, Studio, joined
from ivrctl.adapters.prompts.wav import SAMPLE_BYTES, seconds_of, silence, write_wav
from ivrctl.adapters.voices import RATE, Voice, VoiceError
from ivrctl.model.utterance import Sound, Utterance, apart
from ivrctl.speech import Item, Piece, fixed_words, pieces, vocabulary

SILENCES = (0.25, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Seconds of the files of silence that every library has."""
LONGEST_SECONDS = 600.0
"""Of one prompt; what is beyond is cut, so that a call cannot fill the spool."""
MAX_STATIC = 10_000
"""Static prompts known to lie on disk; beyond, all are looked up again."""
BATCH = 32
"""Sounds made at once by ``build``: enough to keep the processors busy, few enough to show progress."""
FALLBACK = "fallback"
"""Name of the file that the dialplan's fallback leg plays while no controller answers."""


P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What ``build`` did."""

    made: int
    kept: int
    """Sounds that were there before."""
    faults: tuple[str, ...]
    """A sentence for each sound that could not be made, and each recording that cannot be used."""


@dataclass(frozen=True, slots=True)
class SoundFault:
    """A static sound that cannot be played."""

    language: str
    text: str
    reason: str
    """``missing``, or what is wrong with its file."""


class PromptLibrary:
    """The prompts of one site, with one voice.

    Construction makes the folders and reads the recordings, so it blocks; of the methods only ``sweep`` and ``written``
    do. ``close`` gives up the spool.
    """

    def __init__(  # noqa: PLR0913 - by name; the last four have defaults
        self,
        *,
        voice: Voice,
        currency: str,
        cache: TwoViews,
        spool: TwoViews,
        recorded: Path | None = None,
        messages: TwoViews | None = None,
        country: str = "",
        archive: Path | None = None,
    ) -> None:
        """Use a voice for what is not recorded.

        Args:
            voice: speaks.
            currency: of the site.
            cache: sounds that outlive the process.
            spool: sounds of one call; should be on a tmpfs.
            recorded: what a person has recorded in place of the voice.
            messages: where Asterisk records what callers say; None where nobody says.
            country: whose telephone numbers are said as they are dialled inside it; empty for none.
            archive: what ``build`` of any library has spoken; this one's adds to it. None for no such folder.
        """
        self._currency, self._country = currency, country
        self._cache_views, self._spool_views = cache, spool
        self._cache = SoundCache(cache.ours)
        self._spool = Spool(spool.ours)
        self._has_quick_spool = is_in_memory(spool.ours)
        """A thread would cost more than the file."""
        self._spoken_to: set[str] = set()
        """The calls that prompts were made for."""
        self._recorded = recorded
        self._recordings = Recordings(recorded)
        self._files = ThreadPoolExecutor(max_workers=1, thread_name_prefix="prompts")
        self._archive = None if archive is None else SoundArchive(archive)
        self._studio = Studio(voice, self._recordings, self._cache, self._files)
        self._static: dict[Utterance, PreparedPrompt] = {}
        self._sounds = RecordedSounds(cache, messages)
        self._is_closed = False
        for seconds in SILENCES:
            if not self._silence_path(seconds).exists():
                write_wav(self._silence_path(seconds), silence(seconds))

    @property
    def recording_faults(self) -> Sequence[RecordingFault]:
        """Recordings that cannot be used, and why."""
        return self._recordings.faults

    @property
    def made(self) -> int:
        """Static sounds that were not there, since the start: ``build`` sees to it that during calls all are."""
        return self._studio.made

    async def prepare(self, utterance: Utterance, call: str) -> PreparedPrompt:
        """Make a prompt ready for a call; one with values is there until ``release(call)``.

        Raises:
            VoiceError: something had to be synthesised and could not be.
            ConfigurationError: values cannot be spoken in this language or currency.
            ValueError: a value that its format cannot say; a recording that is broken, or not alone in its utterance.
            OSError: a recording that cannot be read.
        """
        known = self._static.get(utterance)
        if known is not None:
            return known
        match utterance.parts:
            case (Sound() as sound,):
                return await self._in_files(self._sounds.prompt, sound, utterance.written)
        if utterance.is_static:
            return await self.prepare_static(utterance)
        items = pieces(utterance, self._currency, self._country)
        sounds = await self._sounds_of(items)
        self._spoken_to.add(call)
        if self._has_quick_spool and not self._is_closed:
            path, seconds = self._write(call, items, sounds)
        else:
            path, seconds = await self._in_files(self._write, call, items, sounds)
        return PreparedPrompt(
            f"{self._spool_views.asterisk}/{self._spool.name(path)}", seconds, utterance.written, path
        )

    async def prepare_static(self, utterance: Utterance) -> PreparedPrompt:
        """Make a prompt without values ready: one file for all calls.

        Raises:
            VoiceError: it had to be synthesised and could not be.
        """
        known = self._static.get(utterance)
        if known is not None:
            return known
        run = pieces(utterance, self._currency, self._country)
        [pcm] = await self._studio.sounds([run])
        key = self._studio.key(run)
        name = f"{self._cache_views.asterisk}/{self._cache.name(key)}"
        prompt = PreparedPrompt(name, seconds_of(pcm), utterance.written, self._cache.path(key))
        if len(self._static) >= MAX_STATIC:
            self._static.clear()
        self._static[utterance] = prompt
        return prompt

    def distrust(self, path: Path) -> None:
        """Asterisk could not play this file of ours: look at it again before it is used the next time."""
        for utterance in [utterance for utterance, known in self._static.items() if known.path == path]:
            del self._static[utterance]
        self._studio.forget(path.stem)
        for seconds in SILENCES:
            if path == self._silence_path(seconds) and not self._is_closed:
                self._files.submit(write_wav, path, silence(seconds))

    def silence(self, seconds: float) -> PreparedPrompt:
        """A file of silence, of the length that is there and not shorter: at most ten seconds."""
        length = next((length for length in SILENCES if length >= seconds), SILENCES[-1])
        path = self._silence_path(length)
        return PreparedPrompt(f"{self._cache_views.asterisk}/{path.stem}", length, "", path)

    def release(self, call: str) -> None:
        """Remove the prompts of a call, after any that is still being written for it; ``close`` removes them all."""
        if self._is_closed or call not in self._spoken_to:
            return
        self._spoken_to.remove(call)
        if self._has_quick_spool:
            self._spool.release(call)
        else:
            self._files.submit(self._spool.release, call)

    def sweep(self) -> int:
        """At the start: remove what dead processes left in the spool. Blocks.

        Returns:
            How many prompts there were.
        """
        return self._spool.sweep()

    async def build(
        self,
        utterances: Iterable[Utterance],
        languages: Iterable[str] = (),
        progress: Callable[[int, int], None] | None = None,
    ) -> BuildReport:
        """Make every static sound that calls can need: of the utterances, and of values in these languages.

        Recordings are read anew, so that a changed site is built with what it has now. A sound that cannot be made is
        reported and does not keep the others from being made.

        Args:
            utterances: all prompts, with anything in the places of values.
            languages: in which values may be spoken.
            progress: is told how many of how many sounds are there.
        """
        self._use(await self._in_files(Recordings, self._recorded))
        runs = self._runs(utterances, languages)
        missing = [run for run, _ in await self._in_files(self._faults, runs)]
        faults = [str(fault) for fault in self._recordings.faults]
        before = self._studio.made
        for done in range(0, len(missing), BATCH):
            if progress is not None:
                progress(len(runs) - len(missing) + done, len(runs))
            faults += await self._make(missing[done : done + BATCH])
        if progress is not None:
            progress(len(runs), len(runs))
        await self._in_files(self._prune, {self._studio.key(run) for run in runs})
        return BuildReport(self._studio.made - before, len(runs) - len(missing), tuple(faults))

    async def check(self, utterances: Iterable[Utterance], languages: Iterable[str] = ()) -> tuple[SoundFault, ...]:
        """What ``build`` would make: the static sounds that are missing or broken, and why."""
        found = await self._in_files(self._faults, self._runs(utterances, languages))
        return tuple(SoundFault(*_language_and_text(run), reason) for run, reason in found)

    async def fallback_file(self, utterances: Sequence[Utterance]) -> Path:
        """Write what the dialplan's fallback leg plays, in all languages one after the other.

        It lies beside the sounds under a fixed name, since nobody is there to tell Asterisk another.

        Raises:
            VoiceError: it could not be synthesised.
        """
        pcm = await self.sound_of(utterances) or silence(SILENCES[0])
        path = self._cache_views.ours / f"{FALLBACK}.wav"
        await self._in_files(write_wav, path, pcm)
        return path

    async def sound_of(self, utterances: Sequence[Utterance]) -> bytes:
        """Static utterances one after the other, as PCM.

        Raises:
            VoiceError: one had to be synthesised and could not be.
        """
        return b"".join(
            await self._studio.sounds([pieces(utterance, self._currency, self._country) for utterance in utterances])
        )

    @property
    def folder(self) -> Path:
        """Where the sounds that outlive this process lie, as we see them."""
        return self._cache_views.ours

    def written(self, name: str) -> str | None:
        """The text of a static file, by its path or name as we or Asterisk see it; None for any other file. Blocks."""
        label = self._cache.label(Path(name).name.removesuffix(".wav"))
        return label.text if label else None

    async def close(self) -> None:
        """Stop what is being made and remove the prompts of all calls. The library cannot be used afterwards."""
        if self._is_closed:
            return
        self._is_closed = True
        await self._studio.close()
        await self._in_files(self._spool.close)
        self._files.shutdown(wait=False)

    def _prune(self, keep: Container[str]) -> None:
        self._cache.prune(keep)
        if self._archive is not None:
            self._archive.prune(keep)

    async def _in_files(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._files, partial(work, *args, **kwargs))

    def _use(self, recordings: Recordings) -> None:
        self._recordings = recordings
        self._studio.use(recordings)
        self._static.clear()

    async def _sounds_of(self, items: Sequence[Item]) -> dict[Piece, bytes]:
        said = list(dict.fromkeys(item for item in items if isinstance(item, Piece)))
        static = [piece for piece in said if not piece.is_free]
        free = [piece for piece in said if piece.is_free]
        sounds = dict(zip(static, await self._studio.sounds([(piece,) for piece in static]), strict=True))
        return sounds if not free else sounds | dict(zip(free, await self._studio.spoken(free), strict=True))

    def _write(self, call: str, items: Sequence[Item], sounds: Mapping[Piece, bytes]) -> tuple[Path, float]:
        pcm = joined(items, sounds)[: round(LONGEST_SECONDS * RATE) * SAMPLE_BYTES]
        return self._spool.write(call, pcm), seconds_of(pcm)

    def _runs(self, utterances: Iterable[Utterance], languages: Iterable[str]) -> list[Run]:
        runs: dict[Run, None] = {}
        for utterance in (each for whole in utterances for each in apart(whole)):
            if utterance.is_static:
                runs[pieces(utterance, self._currency, self._country)] = None
            else:
                runs.update(dict.fromkeys((piece,) for piece in fixed_words(utterance)))
        for language in languages:
            runs.update(dict.fromkeys((piece,) for piece in vocabulary(language, self._currency)))
        return list(runs)

    def _faults(self, runs: Iterable[Run]) -> list[tuple[Run, str]]:
        found = ((run, self._cache.fault(self._studio.key(run))) for run in runs)
        return [(run, fault) for run, fault in found if fault is not None]

    async def _make(self, runs: Sequence[Run]) -> list[str]:
        """Make a batch; when the voice fails, one by one, to find those that it cannot say."""
        for run in runs:
            self._studio.forget(self._studio.key(run))
        try:
            await self._studio.sounds(runs, self._archive)
        except VoiceError as error:
            if len(runs) == 1:
                return [f"{' '.join(_language_and_text(runs[0]))}: {error}"]
            return [fault for run in runs for fault in await self._make([run])]
        return []

    def _silence_path(self, seconds: float) -> Path:
        return self._cache_views.ours / f"silence-{round(seconds * 1000)}ms.wav"


def _language_and_text(run: Run) -> tuple[str, str]:
    said = [item for item in run if isinstance(item, Piece)]
    return (said[0].language if said else "", " ".join(piece.text for piece in said))
