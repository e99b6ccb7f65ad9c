"""Callers: what each is going to key, and what became of his call as the fake Asterisk has it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ivrctl.testkit.fake_asterisk import Caller, FakeAsterisk, ScriptFailed, Stay

from ..matrix import CallSeen, Terminal
from . import site

RINGS, TALKS = 2.0, 3.0
"""Seconds of the caller's time until an agent answers, and that they talk."""
PATIENCE = 400.0
"""Seconds of his time after which a caller whom nothing happens to is given up as lost."""


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody who calls, as a seed makes him."""

    seed: int
    number: str
    """The order that he keys: nobody else has it."""
    pin: str
    """What must stand nowhere."""
    wants_person: bool
    line: str = site.LINE


def personas(seed: int, count: int, line: str = site.LINE) -> list[Persona]:
    """The callers of a seed."""
    dice = random.Random(f"callers {seed}")
    first = dice.randrange(1_000, 9_000)
    return [
        Persona(
            seed, f"{seed % 100:02}{(first + n) % 10_000:04}", f"9{dice.randrange(10**7):07}", dice.random() < 0.5, line
        )
        for n in range(count)
    ]


@dataclass(slots=True)
class OnePhone:
    """One caller at his phone."""

    persona: Persona
    caller: Caller
    texts: Mapping[str, str]
    """What is said, by file."""
    has_hung_up: bool = False
    acted: list[str] = field(default_factory=list)
    """What was done to the call."""
    _answered: int = 0
    """So many prompts has he reacted to."""
    _stays: list[Stay] = field(default_factory=list)

    def hang_up(self) -> None:
        """He has had enough."""
        if not self.caller.has_ended:
            self.has_hung_up = True
            self.caller.hang_up()

    def redirect(self, extension: str) -> None:
        """Somebody takes him elsewhere."""
        if not self.caller.has_ended:
            self.acted.append(f"redirected to {extension}")
            self.caller.redirect(extension)

    async def until_over(self) -> None:
        """Wait for the end of his leg in the controller, or of the call."""
        while not (self.caller.has_ended or self.caller.is_in_fallback):  # noqa: ASYNC110 - his phone does the waiting
            await asyncio.sleep(0.01)

    async def call(self) -> CallSeen:
        """React to what is heard, until the call is over."""
        began = self.caller.channel.elapsed
        while not self.caller.has_ended and self.caller.channel.elapsed - began < PATIENCE:
            try:
                await self._react()
            except ScriptFailed:
                continue
        return self.seen()

    async def _react(self) -> None:
        heard, stays = len(self.caller.heard), len(self.caller.stays)
        caller = self.caller
        if len(self._stays) < stays:
            self._stays.append(caller.stays[-1])
            await self._be_answered(caller.stays[-1])
        elif self._answered < heard:
            self._answered = heard
            await self._key(heard)
        else:
            await caller.wait_until(
                lambda: caller.has_ended or len(caller.heard) > heard or len(caller.stays) > stays, what="go on"
            )

    async def _be_answered(self, stay: Stay) -> None:
        for pause, act in ((RINGS, lambda: stay.answer("8101")), (TALKS, stay.agent_hangs_up)):
            await self.caller.wait(pause)
            if stay.outcome is not None or self.caller.has_ended:
                return
            act()

    async def _key(self, heard: int) -> None:
        """Key what this prompt asks for, each key when Asterisk listens, until something else is said."""
        for key in self._keys(self.texts.get(self.caller.heard[-1].file, "")):
            if not await self._is_listened_to(heard):
                return
            self.caller.press_now(key)

    async def _is_listened_to(self, heard: int) -> bool:
        for _ in range(100):
            await self.caller.wait(0.1)
            if self.caller.has_ended or len(self.caller.heard) > heard:
                return False
            if self.caller.channel.is_listened_to:
                return True
        return False

    def _keys(self, text: str) -> str:
        asked: Mapping[str, Callable[[], str]] = {
            site.ASK_ORDER: lambda: self.persona.number,
            site.ASK_PIN: lambda: self.persona.pin,
            site.ASK_WAY: lambda: "1" if self.persona.wants_person else "2",
        }
        return next((keys() for begins, keys in asked.items() if text.startswith(begins)), "")

    def seen(self) -> CallSeen:
        """What the fake Asterisk knows of the call."""
        caller = self.caller
        return CallSeen(
            seed=self.persona.seed,
            uniqueid=caller.channel.uniqueid,
            legs=tuple(leg.id for leg in caller.legs),
            keyed=self.persona.number,
            terminal=self._terminal(),
            heard=tuple(self.texts.get(heard.file, heard.file) for heard in caller.heard),
            queued=tuple(stay.target for stay in caller.stays),
            wanted_person=self.persona.wants_person if self._has_chosen() else None,
            story=caller.transcript(),
        )

    def _has_chosen(self) -> bool:
        """Whether he heard what there was to choose from."""
        return any(self.texts.get(heard.file, "").startswith(site.ASK_WAY) for heard in self.caller.heard)

    def _terminal(self) -> Terminal:
        caller = self.caller
        if not caller.has_ended:
            return Terminal.LOST
        if self.has_hung_up:
            return Terminal.LEFT
        if caller.is_in_fallback:
            served = caller.channel.variables.get("IVRCTL_OUTCOME") in {"CONTINUE", "ANSWER"}
            return Terminal.PERSON if served or caller.stays[-1].agent else Terminal.LOST
        return Terminal.SERVED if caller.channel.variables.get("IVRCTL_NEXT") == "end" else Terminal.LOST


def dial(asterisk: FakeAsterisk, persona: Persona, texts: Mapping[str, str]) -> OnePhone:
    """He dials; his call begins when it is awaited."""
    return OnePhone(persona, asterisk.call(persona.line, ani=f"03012{persona.number}"), texts)


async def all_of(phones: list[OnePhone]) -> list[CallSeen]:
    """All of them call at one time."""
    return list(await asyncio.gather(*(phone.call() for phone in phones)))
