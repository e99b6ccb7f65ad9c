"""Prompts as a runner needs them: the protocol that the prompt library fulfils.

Kept apart so that the runner knows no voice and no file layout, and an engine of the test kit can stand in.
"""

from __future__ import annotations

from typing import Protocol

from ivrctl.model.utterance import Utterance


class Prepared(Protocol):
    """A prompt that can be played now."""

    @property
    def name(self) -> str:
        """As Asterisk sees it, without extension."""

    @property
    def seconds(self) -> float:
        """How long it plays."""


class Prompts(Protocol):
    """Where prompts come from."""

    async def prepare(self, *utterances: Utterance, call: str) -> Prepared:
        """One prompt that says utterances one after the other; what is made for this call alone ends with ``release``."""

    def silence(self, seconds: float) -> Prepared:
        """A prompt of silence."""

    def release(self, call: str) -> None:
        """Delete what was made for one call."""
