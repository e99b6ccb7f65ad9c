"""Recordings that are played as they are: where their files lie, for us and for Asterisk, and how long they play."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ivrctl.adapters.prompts.notice_files import FOLDER
from ivrctl.adapters.prompts.wav import seconds_of_file
from ivrctl.errors import ConfigurationError
from ivrctl.model.utterance import Sound, SoundFolder


class TwoViews(Protocol):
    """A folder as we see it and as Asterisk does: it may live in another root, container or host."""

    @property
    def ours(self) -> Path:
        """Where we write."""

    @property
    def asterisk(self) -> str:
        """Where Asterisk reads."""


@dataclass(frozen=True, slots=True)
class PreparedPrompt:
    """A file ready to be played."""

    name: str
    """As Asterisk is told it: its own path, without the extension."""
    seconds: float
    written: str
    """The text, with values in their written form: for transcripts and scenarios."""
    path: Path
    """As we see it."""


class RecordedSounds:
    """The folders of recordings."""

    def __init__(self, prompts: TwoViews, messages: TwoViews | None) -> None:
        """Notices lie below the prompts, messages where Asterisk records, if anybody says where."""
        notices = (prompts.ours / FOLDER, f"{prompts.asterisk}/{FOLDER}")
        self._folders: Mapping[SoundFolder, tuple[Path, str]] = {SoundFolder.NOTICES: notices}
        if messages is not None:
            self._folders |= {SoundFolder.MESSAGES: (messages.ours, messages.asterisk)}

    def prompt(self, sound: Sound, written: str) -> PreparedPrompt:
        """A recording as a prompt. Blocks.

        Raises:
            ConfigurationError: nobody says where it lies.
            BrokenSoundError: it is cut short, empty, or of another format.
            OSError: it cannot be read.
        """
        folder = self._folders.get(sound.folder)
        if folder is None:
            raise ConfigurationError(
                "nobody says where Asterisk records", advice="asterisk: {recordings: {ours: …, asterisk: …}}"
            )
        ours, asterisk = folder
        path = ours / f"{sound.file}.wav"
        return PreparedPrompt(f"{asterisk}/{sound.file}", seconds_of_file(path), written, path)
