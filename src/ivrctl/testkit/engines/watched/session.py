"""A FastAGI session that tells what is said in it: each prompt when it begins, and how it ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Protocol

from ivrctl.adapters.fastagi_server import AgiSession, HungUp
from ivrctl.agi.commands import Command, GetOption, SetVariable, StreamFile
from ivrctl.agi.replies import Reply, Result
from ivrctl.model.utterance import Utterance
from ivrctl.service.prompting import Prepared, Prompts


@dataclass(frozen=True, slots=True)
class KnownPrompt:
    """A prompt by what it says."""

    utterance: Utterance
    seconds: float


class KnownPrompts:
    """Prompts, remembered by the name that Asterisk is told."""

    def __init__(self, prompts: Prompts) -> None:
        """Remember what ``prompts`` prepares."""
        self._prompts = prompts
        self._known: dict[str, KnownPrompt] = {}

    async def prepare(self, utterance: Utterance, call: str) -> Prepared:
        """The prompt, remembered."""
        prepared = await self._prompts.prepare(utterance, call)
        if utterance.written:
            self._known[prepared.name] = KnownPrompt(utterance, prepared.seconds)
        return prepared

    def silence(self, seconds: float) -> Prepared:
        """A silence, which nobody asks after."""
        return self._prompts.silence(seconds)

    def release(self, call: str) -> None:
        """Nothing is kept of a call here."""
        self._prompts.release(call)

    def distrust(self, path: Path) -> None:
        """Passed on."""
        self._prompts.distrust(path)

    def known(self, name: str) -> KnownPrompt | None:
        """What a prompt says; None for a silence."""
        return self._known.get(name)


class Ear(Protocol):
    """Whoever takes note of a session."""

    def note_said(self, known: KnownPrompt, *, is_prompt_only: bool) -> None:
        """A prompt begins; when a wait for a key follows in the same command, its end will not be told."""

    def note_ended(self, key: str | None, *, is_prompt_only: bool) -> None:
        """The command that said it has ended, by itself or by a key."""

    def note_left(self) -> None:
        """The leg is over."""

    def note_variable(self, name: str, value: str) -> None:
        """A channel variable was set."""


class WatchedSession(AgiSession):
    """A session that tells which prompts begin and end."""

    __slots__ = ("_inner", "_prompts", "_watch")

    def __init__(self, inner: AgiSession, prompts: KnownPrompts, watch: Ear) -> None:
        """Stand before a session; its own state is the inner one's.

        Args:
            inner: the session itself.
            prompts: what the files say that it is told to play.
            watch: takes note.
        """
        self.request = inner.request
        self.end = None
        self._inner = inner
        self._prompts = prompts
        self._watch = watch

    @property
    def peer(self) -> str:
        """The inner session's."""
        return self._inner.peer

    @property
    def is_hung_up(self) -> bool:
        """The inner session's."""
        return self._inner.is_hung_up

    async def send(self, command: Command, *, longest: timedelta | None = None) -> Reply:
        """Send it, and tell what it says."""
        if isinstance(command, SetVariable):
            reply = await self._inner.send(command, longest=longest)
            self._watch.note_variable(command.name, command.value)
            return reply
        known = self._prompts.known(command.file) if isinstance(command, GetOption | StreamFile) else None
        if known is not None:
            self._watch.note_said(known, is_prompt_only=isinstance(command, StreamFile))
        try:
            reply = await self._inner.send(command, longest=longest)
        except HungUp:
            self._watch.note_left()
            raise
        if known is not None:
            key = reply.key if isinstance(reply, Result) else None
            self._watch.note_ended(key, is_prompt_only=isinstance(command, StreamFile))
        return reply

    def on_hangup(self, callback: Callable[[], None]) -> None:
        """Passed on."""
        self._inner.on_hangup(callback)

    def close(self) -> None:
        """Passed on."""
        self._inner.close()
