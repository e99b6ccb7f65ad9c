"""What a person recorded: ``prompts/<language>/*.wav`` in the site, which win over any voice.

A recording stands for the text that ``prompts/<language>/index.tsv`` gives it (``text<TAB>file``, a line each), or,
when the index does not name it, for the text that is its file name. A text matches whatever punctuation ends it, so
``欢迎`` serves ``欢迎。`` too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ivrctl.adapters.prompts.wav import BrokenSoundError, read_wav, seconds_of
from ivrctl.adapters.voices import VoiceError

INDEX = "index.tsv"
LONGEST_SECONDS = 300.0
"""A longer prompt is a mistake: nobody listens for five minutes, and it would fill the memory of joined sounds."""
ADVICE = "sox IN.wav -r 8000 -b 16 -c 1 OUT.wav"


@dataclass(frozen=True, slots=True)
class RecordingFault:
    """A recording that cannot be used; the text is spoken by the voice instead."""

    path: Path
    line: int
    """Of the index; 0 when the fault is in the file itself."""
    message: str
    advice: str | None = None

    def __str__(self) -> str:
        """As a compiler writes it: ``prompts/zh/index.tsv:3: error: …``."""
        place = f"{self.path}:{self.line}" if self.line else str(self.path)
        return f"{place}: error: {self.message}" + (f"; {self.advice}" if self.advice else "")


@dataclass(frozen=True, slots=True)
class Recording:
    """A usable recording."""

    path: Path
    digest: str
    """Of its sound: a recording that is made again is another sound."""

    def read(self) -> bytes:
        """The PCM.

        Raises:
            VoiceError: the file is no longer the one that was found.
        """
        try:
            pcm = read_wav(self.path)
        except (BrokenSoundError, OSError) as error:
            raise VoiceError(f"{self.path}: {error}", advice="ivrctl check, then reload") from error
        if _digest(pcm) != self.digest:
            raise VoiceError(f"{self.path} has changed since it was read", advice="reload the site")
        return pcm


class Recordings:
    """All recordings of a site, read once; ``faults`` says which cannot be used and why."""

    def __init__(self, folder: Path | None) -> None:
        """Read the folder; a missing one has no recordings. Blocks while it reads every file once."""
        self.faults: list[RecordingFault] = []
        self._by_text: dict[tuple[str, str], Recording] = {}
        if folder is not None and folder.is_dir():
            for language in sorted(path for path in folder.iterdir() if path.is_dir()):
                self._read_language(language)

    def __len__(self) -> int:
        return len(self._by_text)

    def __iter__(self) -> Iterator[Recording]:
        """Those that can be used, each file once, in the order of their paths."""
        return iter(sorted(set(self._by_text.values()), key=lambda recording: recording.path))

    def find(self, language: str, text: str) -> Recording | None:
        """The recording of a text, or None."""
        return self._by_text.get((language, bare(text)))

    def _read_language(self, folder: Path) -> None:
        indexed: set[Path] = set()
        for line, text, path in self._read_index(folder):
            indexed.add(path)
            if (folder.name, bare(text)) in self._by_text:
                self.faults.append(RecordingFault(folder / INDEX, line, f'"{text}" has a recording already'))
            elif not path.is_file():
                self.faults.append(RecordingFault(folder / INDEX, line, f'file "{path.name}" does not exist'))
            else:
                self._add(folder.name, text, path)
        for path in sorted(folder.glob("*.wav")):
            if path not in indexed and (folder.name, bare(path.stem)) not in self._by_text:
                self._add(folder.name, path.stem, path)

    def _read_index(self, folder: Path) -> Iterator[tuple[int, str, Path]]:
        index = folder / INDEX
        try:
            lines = index.read_text(encoding="utf-8-sig").splitlines() if index.exists() else []
        except UnicodeDecodeError:
            self.faults.append(RecordingFault(index, 0, "not UTF-8"))
            return
        for number, line in enumerate(lines, start=1):
            if not line.strip() or line.startswith("#"):
                continue
            text, name = (field.strip() for field in line.partition("\t")[::2])
            if not (bare(text) and name):
                self.faults.append(RecordingFault(index, number, "expected a text, a tab and a file name"))
            elif Path(name).name != name:
                self.faults.append(RecordingFault(index, number, f'"{name}" is not a file in this folder'))
            else:
                yield number, text, folder / name

    def _add(self, language: str, text: str, path: Path) -> None:
        try:
            pcm = read_wav(path)
        except (BrokenSoundError, OSError) as error:
            self.faults.append(RecordingFault(path, 0, str(error), ADVICE))
            return
        if seconds_of(pcm) > LONGEST_SECONDS:
            self.faults.append(RecordingFault(path, 0, f"longer than {LONGEST_SECONDS:g} s"))
            return
        self._by_text[language, bare(text)] = Recording(path, _digest(pcm))


def bare(text: str) -> str:
    """A text as recordings are found by: without blanks and punctuation at its ends, inner blanks as one."""
    characters = " ".join(text.split())
    start = next((place for place, character in enumerate(characters) if character.isalnum()), len(characters))
    end = next((place for place in range(len(characters), start, -1) if characters[place - 1].isalnum()), start)
    return characters[start:end]


def _digest(pcm: bytes) -> str:
    return hashlib.sha256(pcm).hexdigest()
