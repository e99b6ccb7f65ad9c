"""How long a prompt plays: from real WAV files, seen through Asterisk's eyes."""

from __future__ import annotations

import wave
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import TypeAlias

SAMPLES_PER_SECOND = 8000
"""Of a telephone prompt: the unit of ``endpos`` and of offsets."""

PromptLengths: TypeAlias = Callable[[str], float | None]
"""The seconds that a file plays, given its path as AGI names it (no extension); None when there is no such file."""


def wav_lengths(folders: Mapping[str, Path]) -> PromptLengths:
    """Look prompts up in folders of WAV files.

    Args:
        folders: the path of a folder *as Asterisk sees it*, and where the same folder lies for us. The longest that
            fits wins; a relative prompt such as ``silence/1`` belongs to the folder named ``""``.
    """
    views = sorted(((PurePosixPath(seen), ours) for seen, ours in folders.items()), key=lambda view: -len(str(view[0])))

    def length_of(file: str) -> float | None:
        path = PurePosixPath(file)
        for seen, ours in views:
            if path.is_relative_to(seen):
                return _wav_seconds(ours / f"{path.relative_to(seen)}.wav")
        return None

    return length_of


def fixed_lengths(seconds: Mapping[str, float]) -> PromptLengths:
    """Look prompts up in a table: for tests that need no files."""
    return seconds.get


@lru_cache(maxsize=4096)
def _seconds_of_version(path: Path, _modified: int, _size: int) -> float:
    with wave.open(str(path), "rb") as sound:
        return sound.getnframes() / sound.getframerate()


def _wav_seconds(path: Path) -> float | None:
    try:
        version = path.stat()
    except OSError:
        return None
    return _seconds_of_version(path, version.st_mtime_ns, version.st_size)
