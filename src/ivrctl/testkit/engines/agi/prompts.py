"""Prompts on paper: named and as long as a voice would need, but without a sound."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ivrctl.model.utterance import Utterance
from ivrctl.testkit.engines.lengths import spoken_seconds

NO_FILE = Path("/dev/null")
SILENCE_STEP = 0.25
"""The shortest file of silence that the prompt library has."""


@dataclass(frozen=True, slots=True)
class PaperPrompt:
    """A prompt that only the fake Asterisk can play."""

    name: str
    seconds: float
    written: str
    path: Path = NO_FILE


class PaperPrompts:
    """Where the runner finds prompts, and the fake Asterisk how long they play."""

    def __init__(self) -> None:
        """Begin without any."""
        self._seconds: dict[str, float] = {}

    def length_of(self, name: str) -> float | None:
        """How long a prompt plays; None for one that was never made."""
        return self._seconds.get(name)

    async def prepare(self, utterance: Utterance, call: str) -> PaperPrompt:
        """A prompt of this call."""
        name = f"{call}/{len(self._seconds)}"
        return self._made(name, spoken_seconds(utterance.written), utterance.written)

    def silence(self, seconds: float) -> PaperPrompt:
        """At least so many seconds of silence."""
        length = max(seconds, SILENCE_STEP)
        return self._made(f"silence/{length:g}", length, "")

    def release(self, call: str) -> None:
        """There is nothing to delete."""

    def distrust(self, path: Path) -> None:
        """There is no file to look at."""

    def _made(self, name: str, seconds: float, written: str) -> PaperPrompt:
        self._seconds[name] = seconds
        return PaperPrompt(name, seconds, written)
