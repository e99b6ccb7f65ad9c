"""A library on temporary folders, and a voice that can be watched."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ivrctl.adapters.prompts import PromptLibrary
from ivrctl.adapters.voices import SilentVoice, VoiceError
from ivrctl.speech import Piece


@dataclass(frozen=True)
class Views:
    """A folder as we and as Asterisk see it."""

    ours: Path
    asterisk: str


@dataclass
class WatchedVoice:
    """Quiet noise; remembers what it was asked, can be held up and can refuse texts."""

    spoken: list[Piece] = field(default_factory=list)
    refused: set[str] = field(default_factory=set)
    may_speak: asyncio.Event | None = None
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    version: str = "1"

    def name(self, language: str) -> str:
        """Another version is another voice."""
        return f"watched {self.version} {language}"

    async def synthesise(self, pieces: Sequence[Piece]) -> list[bytes]:
        """Noise, when it may and can."""
        self.spoken += pieces
        self.asked.set()
        if self.may_speak is not None:
            await self.may_speak.wait()
        if unsayable := [piece.text for piece in pieces if piece.text in self.refused]:
            raise VoiceError(f"cannot say {unsayable}")
        return await SilentVoice().synthesise(pieces)

    @property
    def texts(self) -> list[str]:
        """What it was asked to say, in order."""
        return [piece.text for piece in self.spoken]


@pytest.fixture
def voice() -> WatchedVoice:
    return WatchedVoice()


@pytest.fixture
async def open_library(tmp_path: Path, voice: WatchedVoice) -> AsyncIterator[Callable[..., PromptLibrary]]:
    """Opens libraries on the same folders, as one process after the other would; those of another PBX on its own."""
    opened: list[PromptLibrary] = []

    def open_one(pbx: str = "", archive: Path | None = None) -> PromptLibrary:
        library = PromptLibrary(
            voice=voice,
            currency="CNY",
            cache=Views(tmp_path / pbx / "cache", "/srv/prompts"),
            spool=Views(tmp_path / pbx / "spool", "/srv/spool"),
            recorded=tmp_path / "recorded",
            archive=archive,
        )
        opened.append(library)
        return library

    yield open_one
    for library in opened:
        await library.close()


@pytest.fixture
def library(open_library: Callable[[], PromptLibrary]) -> PromptLibrary:
    return open_library()
