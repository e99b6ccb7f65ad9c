"""Prompts as calls need them: the protocol that the prompt library fulfils, and all that a program can say.

Kept apart so that the runner knows no voice and no file layout, and an engine of the test kit can stand in.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from ivrctl.adapters.prompts import BuildReport, PromptLibrary
from ivrctl.flow.program import Program
from ivrctl.model.utterance import Utterance


class Prepared(Protocol):
    """A prompt that can be played now."""

    @property
    def name(self) -> str:
        """As Asterisk sees it, without extension."""

    @property
    def seconds(self) -> float:
        """How long it plays."""

    @property
    def written(self) -> str:
        """What it says."""

    @property
    def path(self) -> Path:
        """Where its file is on this machine."""


class Prompts(Protocol):
    """Where prompts come from."""

    async def prepare(self, utterance: Utterance, call: str) -> Prepared:
        """The prompt that says an utterance; what is made for this call alone goes with ``release``."""

    def silence(self, seconds: float) -> Prepared:
        """A prompt of silence."""

    def release(self, call: str) -> None:
        """Delete what was made for one call."""

    def distrust(self, path: Path) -> None:
        """Asterisk could not play this file: it is looked at again before it is used the next time."""


async def build_all(
    library: PromptLibrary, program: Program, progress: Callable[[int, int], None] | None = None
) -> BuildReport:
    """Make every static prompt of a program, all pieces of its values, and what the dialplan's fallback leg plays.

    Raises:
        VoiceError: the fallback's apology could not be made; what else could not is in the report.
    """
    languages = tuple(str(language) for language in program.site.languages)
    report = await library.build(program.utterances(), languages, progress)
    await library.fallback_file([program.site.prompts.fallback.said(language) for language in languages])
    return report
