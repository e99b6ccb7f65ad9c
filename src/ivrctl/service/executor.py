"""Carries out the engine's commands on one FastAGI session.

The only place that knows both sides: each command of ``flow.commands`` becomes AGI commands, each reply of Asterisk
one of the engine's replies.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Protocol, TypeAlias, assert_never

from ivrctl.adapters.fastagi_server import AgiSession
from ivrctl.adapters.site_databases import LookupFault
from ivrctl.agi.commands import KEYS, Answer, GetOption, StreamFile, WaitForDigit
from ivrctl.agi.replies import Reply as AgiReply
from ivrctl.agi.replies import Result
from ivrctl.errors import IvrctlError
from ivrctl.flow.commands import (
    Ask,
    AwaitKey,
    KeyPressed,
    KeysTimedOut,
    LookUp,
    LookupFailed,
    LookupFound,
    LookupMissing,
    PromptEnded,
    Reply,
    Say,
)
from ivrctl.model.utterance import Utterance
from ivrctl.model.values import RowOrRows, Value
from ivrctl.service.numbering import spoken
from ivrctl.service.prompting import Prepared, Prompts
from ivrctl.service.speaking import ONE_MOMENT_AFTER, by_language
from ivrctl.site.site_file import Site

SETTLES_WITHIN = 0.05
"""Seconds in which a lookup may answer before the caller is given something to listen to."""

GIVES_UP_WITHIN = 1.0
"""Seconds that a lookup which nobody waits for any more may take to let go of its database."""

SILENCE = 0.2
"""Seconds of silence played at a time during a lookup: keys count while a command runs, and only then."""

Carried: TypeAlias = Say | Ask | AwaitKey | LookUp


class Lookups(Protocol):
    """What answers lookups."""

    async def ask(self, name: str, params: Mapping[str, Value], timeout: timedelta) -> RowOrRows | None:  # noqa: ASYNC109 - the deadline is part of the question
        """The row, or the rows, or None when there is none; ``LookupFault`` when there is no usable answer."""


class Executor:
    """One session's hands."""

    def __init__(  # noqa: PLR0913 - all but the clock, which only simulated time brings along, are what a session needs
        self,
        session: AgiSession,
        leg: str,
        prompts: Prompts,
        lookups: Lookups,
        site: Site,
        on_fault: Callable[[str, str], None],
        *,
        seconds: Callable[[], float] = time.monotonic,
        is_answered_late: bool = False,
    ) -> None:
        self.session = session
        self._leg = leg
        self._prompts = prompts
        self._lookups = lookups
        self._site = site
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
            await self.session.send(Answer())

    async def carry_out(self, command: Carried) -> Reply:
        """Carry out one command.

        Raises:
            HungUp: the leg is over.
            SessionLost: Asterisk or the connection is gone.
        """
        match command:
            case Say(utterances=utterances, is_cut_by_keys=is_cut):
                key = await self._say(utterances, KEYS if is_cut else "")
                return PromptEnded() if key is None else KeyPressed(key)
            case Ask():
                return await self._ask(command)
            case AwaitKey(between=between):
                await self.answer()
                return _key_reply(await self.session.send(WaitForDigit(between)))
            case LookUp():
                return await self._look_up(command)
            case _:
                assert_never(command)

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
        self._on_fault(self._leg, str(error))

    async def _prepared(self, utterance: Utterance) -> Prepared:
        try:
            prompt = await self._prompts.prepare(utterance, self._leg)
        except (IvrctlError, ValueError, OSError) as error:
            raise _UnplayableError(f"no prompt for {utterance.written!r}: {error}") from error
        self.said.append(prompt)
        return prompt

    async def _play(self, utterance: Utterance, escape_digits: str) -> str | None:
        result = await self._heard(utterance, lambda prompt: self._stream(prompt, escape_digits))
        return result.key

    async def _heard(self, utterance: Utterance, play: Callable[[Prepared], Awaitable[AgiReply]]) -> Result:
        """Play an utterance; a file that Asterisk cannot play, since somebody removed it, is made anew once."""
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
        key = await self._say(tuple(before), KEYS)
        if key is not None:
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

        async def play(prompt: Prepared) -> AgiReply:
            option = GetOption(prompt.name, KEYS, first_digit)
            return await self.session.send(option, longest=option.longest(timedelta(seconds=prompt.seconds)))

        return _key_reply(await self._heard(utterance, play))

    def _played(self, reply: AgiReply, prompt: Prepared) -> Result:
        if isinstance(reply, Result) and not reply.is_failure:
            return reply
        self._prompts.distrust(prompt.path)
        raise _UnplayableError(f"Asterisk cannot play {prompt.name}: {reply}")

    async def _look_up(self, command: LookUp) -> Reply:
        """Ask, and keep the caller company meanwhile."""
        question = self._lookups.ask(command.lookup, self._params(command), command.timeout)
        asking = asyncio.ensure_future(question)
        try:
            await asyncio.wait({asking}, timeout=SETTLES_WITHIN)
            keys = await self._wait_with_caller(asking, command.one_moment)
            return self._answer_of(asking, command.lookup, keys)
        finally:
            asking.cancel()
            await asyncio.wait({asking}, timeout=GIVES_UP_WITHIN)

    def _answer_of(self, asked: asyncio.Future[RowOrRows | None], lookup: str, keys: str) -> Reply:
        try:
            row = asked.result()
        except LookupFault as fault:
            self._on_fault(self._leg, f"lookup {lookup}: {fault}")
            return LookupFailed(str(fault), keys)
        return LookupMissing(keys) if row is None else LookupFound(row, keys)

    async def _wait_with_caller(self, asking: asyncio.Future[RowOrRows | None], one_moment: Utterance) -> str:
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
                self._on_fault(self._leg, str(error))
                await asyncio.wait({asking})
        return keys

    async def _be_silent(self) -> str | None:
        prompt = self._prompts.silence(SILENCE)
        return self._played(await self._stream(prompt, KEYS), prompt).key

    def _params(self, command: LookUp) -> Mapping[str, Value]:
        """The parameters as the site's databases write them: numbers in the form that ``spoken_as`` says."""
        declared = self._site.lookups[command.lookup].params
        return {
            name: spoken(value, self._site.numbers)
            if isinstance(value, str) and str(declared[name]) == "phone"
            else value
            for name, value in command.params.items()
        }


class _UnplayableError(Exception):
    """The prompt cannot be made, or Asterisk is there and cannot play its file."""


def _key_reply(reply: AgiReply) -> Reply:
    key = reply.key if isinstance(reply, Result) else None
    return KeysTimedOut() if key is None else KeyPressed(key)
