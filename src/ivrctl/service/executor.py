"""Carries out the engine's commands on one FastAGI session.

The only place that knows both sides: each command of ``flow.commands`` becomes AGI commands, each reply of Asterisk
one of the engine's replies.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeAlias, assert_never

from ivrctl.adapters.fastagi_server import AgiSession
from ivrctl.agi.commands import KEYS, GetOption, StreamFile, WaitForDigit
from ivrctl.agi.commands import Answer as AnswerChannel
from ivrctl.agi.replies import Reply as AgiReply
from ivrctl.agi.replies import Result
from ivrctl.errors import IvrctlError
from ivrctl.flow.commands import (
    Answer,
    Ask,
    AwaitKey,
    Identify,
    IdentityUnavailable,
    KeyPressed,
    KeysTimedOut,
    LookUp,
    LookupFailed,
    PromptEnded,
    Question,
    Reply,
    Say,
    Submit,
    SubmitFailed,
)
from ivrctl.model.utterance import Said, Sound, SoundFolder, Utterance
from ivrctl.service.answering import Answers, Asker
from ivrctl.service.legs import message_name
from ivrctl.service.prompting import Prepared, Prompts
from ivrctl.service.speaking import ONE_MOMENT_AFTER, by_language

SETTLES_WITHIN = 0.05
"""Seconds in which an answer may come before the caller is given something to listen to."""

GIVES_UP_WITHIN = 1.0
"""Seconds that a question which nobody waits for any more may take to let go of its database."""

SILENCE = 0.2
"""Seconds of silence played at a time while an answer is awaited: keys count while a command runs, and only then."""

Carried: TypeAlias = Say | Ask | AwaitKey | Question
Play: TypeAlias = Callable[[Prepared], Awaitable[AgiReply]]
"""Begins to play a prompt."""


class Executor:
    """One session's hands."""

    def __init__(  # noqa: PLR0913 - all but the clock, which only simulated time brings along, are what a session needs
        self,
        session: AgiSession,
        asker: Asker,
        prompts: Prompts,
        answers: Answers,
        on_fault: Callable[[str, str], None],
        *,
        seconds: Callable[[], float] = time.monotonic,
        is_answered_late: bool = False,
    ) -> None:
        self.session = session
        self._asker = asker
        self._prompts = prompts
        self._answers = answers
        self._on_fault = on_fault
        self._seconds = seconds
        self._is_answered = False
        self._is_answered_late = is_answered_late
        """True where what is only said goes out as early media."""
        self.said: list[Prepared] = []
        """What was begun to be said in this entry, the newest last."""
        self.asked = 0
        """How often a first key was asked for in this entry: a caller who listens presses when it grows."""

        self._was_heard = False
        self._has_failed = False

    @property
    def is_unheard(self) -> bool:
        """True when there was something to say in this entry, and none of it could be played."""
        return self._has_failed and not self._was_heard

    async def answer(self) -> None:
        """Answer the channel, once a session: AGI does not, and an answered one is not changed by it."""
        if not self._is_answered:
            self._is_answered = True
            await self.session.send(AnswerChannel())

    def carry_out(self, command: Carried) -> Awaitable[Reply]:
        """Carry out one command, to be awaited.

        No coroutine itself, as others here that only lead on: each would last as long as a caller thinks, and there are
        thousands of callers.

        Raises:
            HungUp: the leg is over.
            SessionLost: Asterisk or the connection is gone.
        """
        match command:
            case Say():
                return self._say_all(command)
            case Ask():
                return self._ask(command)
            case AwaitKey(between=between):
                return self._await_key(between)
            case LookUp() | Identify() | Submit():
                return self._question(command)
            case _:
                assert_never(command)

    async def _say_all(self, command: Say) -> Reply:
        key = await self._say(command.utterances, KEYS if command.is_cut_by_keys else "")
        return PromptEnded() if key is None else KeyPressed(key)

    async def _await_key(self, between: timedelta) -> Reply:
        await self.answer()
        return _key_reply(await self.session.send(WaitForDigit(between)))

    async def _say(self, utterances: tuple[Utterance, ...], escape_digits: str) -> str | None:
        """Say it; the key that cut it. What cannot be played is reported and passed over: the call goes on."""
        for utterance in by_language(utterances):
            try:
                key = await self._play(utterance, escape_digits)
            except _UnplayableError as error:
                self._failed(error)
                continue
            if key is not None:
                return key
        return None

    def _failed(self, error: _UnplayableError) -> None:
        self._has_failed = True
        self._on_fault(self._asker.leg, str(error))

    async def _prepared(self, utterance: Utterance) -> Prepared:
        try:
            prompt = await self._prompts.prepare(utterance, self._asker.leg)
        except (IvrctlError, ValueError, OSError) as error:
            raise _UnplayableError(f"no prompt for {utterance.written!r}: {error}") from error
        self.said.append(prompt)
        return prompt

    async def _play(self, utterance: Utterance, escape_digits: str) -> str | None:
        result = await self._heard(utterance, lambda prompt: self._stream(prompt, escape_digits))
        return result.key

    def _heard(self, utterance: Utterance, play: Play) -> Awaitable[Result]:
        """Play an utterance; what a recording says that cannot be played is spoken, where somebody wrote it down."""
        match utterance.parts:
            case (Said(is_recording=True, value=message),):
                file = message_name(self._asker.leg, str(message))
                utterance = Utterance(utterance.language, (Sound(SoundFolder.MESSAGES, file, ""),))
            case (Sound(written=written),) if written:
                return self._played_or_spoken(utterance, written, play)
        return self._played_once(utterance, play)

    async def _played_or_spoken(self, utterance: Utterance, written: str, play: Play) -> Result:
        try:
            return await self._played_once(utterance, play)
        except _UnplayableError as error:
            self._on_fault(self._asker.leg, str(error))
        return await self._played_once(Utterance(utterance.language, (written,)), play)

    async def _played_once(self, utterance: Utterance, play: Play) -> Result:
        """Play it; a file that Asterisk cannot play, since somebody removed it, is made anew once."""
        prompt = await self._prepared(utterance)
        try:
            result = self._played(await play(prompt), prompt)
        except _UnplayableError:
            prompt = await self._prepared(utterance)
            result = self._played(await play(prompt), prompt)
        self._was_heard = True
        return result

    async def _stream(self, prompt: Prepared, escape_digits: str) -> AgiReply:
        if not self._is_answered_late:
            await self.answer()
        command = StreamFile(prompt.name, escape_digits)
        return await self.session.send(command, longest=command.longest(timedelta(seconds=prompt.seconds)))

    async def _ask(self, command: Ask) -> Reply:
        """Say all but the last prompt, then the last with the wait for a key: GET OPTION has one file."""
        await self.answer()
        *before, last = by_language(command.utterances) or (Utterance("", ()),)
        if before and (key := await self._say(tuple(before), KEYS)) is not None:
            return KeyPressed(key)
        try:
            return await self._ask_last(last, command.first_digit)
        except _UnplayableError as error:
            self._failed(error)
            return _key_reply(await self.session.send(WaitForDigit(command.first_digit)))

    async def _ask_last(self, utterance: Utterance, first_digit: timedelta) -> Reply:
        self.asked += 1
        if not utterance.parts:
            return _key_reply(await self.session.send(WaitForDigit(first_digit)))

        def play(prompt: Prepared) -> Awaitable[AgiReply]:
            option = GetOption(prompt.name, KEYS, first_digit)
            return self.session.send(option, longest=option.longest(timedelta(seconds=prompt.seconds)))

        return _key_reply(await self._heard(utterance, play))

    def _played(self, reply: AgiReply, prompt: Prepared) -> Result:
        if isinstance(reply, Result) and not reply.is_failure:
            return reply
        self._prompts.distrust(prompt.path)
        raise _UnplayableError(f"Asterisk cannot play {prompt.name}: {reply}")

    async def _question(self, question: Question) -> Reply:
        """Ask, and keep the caller company meanwhile."""
        asking = asyncio.get_running_loop().create_task(self._answers.answer(question, self._asker))
        try:
            # What waits for nobody is answered in the meantime, and takes no timer.
            await asyncio.sleep(0)
            if not asking.done():
                await asyncio.wait({asking}, timeout=SETTLES_WITHIN)
            keys = await self._wait_with_caller(asking, question.one_moment)
            answer = asking.result()
        finally:
            if not asking.done():
                asking.cancel()
                await asyncio.wait({asking}, timeout=GIVES_UP_WITHIN)
        if isinstance(answer, LookupFailed | IdentityUnavailable | SubmitFailed):
            self._on_fault(self._asker.leg, f"{question.about}: {answer.reason}")
        return replace(answer, keys=keys) if keys else answer

    async def _wait_with_caller(self, asking: asyncio.Future[Answer], one_moment: Utterance) -> str:
        """Play until the answer is there: keys count only while a command runs, so short silences are played.

        Returns:
            The keys that were pressed meanwhile.
        """
        keys, is_told = "", False
        told_at = self._seconds() + ONE_MOMENT_AFTER - SETTLES_WITHIN
        while not asking.done():
            is_due = not is_told and self._seconds() >= told_at
            is_told = is_told or is_due
            try:
                keys += await (self._play(one_moment, KEYS) if is_due else self._be_silent()) or ""
            except _UnplayableError as error:
                self._on_fault(self._asker.leg, str(error))
                await asyncio.wait({asking})
        return keys

    async def _be_silent(self) -> str | None:
        prompt = self._prompts.silence(SILENCE)
        return self._played(await self._stream(prompt, KEYS), prompt).key


class _UnplayableError(Exception):
    """The prompt cannot be made, or Asterisk is there and cannot play its file."""


def _key_reply(reply: AgiReply) -> Reply:
    key = reply.key if isinstance(reply, Result) else None
    return KeysTimedOut() if key is None else KeyPressed(key)
