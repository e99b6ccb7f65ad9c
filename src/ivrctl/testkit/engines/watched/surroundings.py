"""What a runner needs beside prompts, as a scenario gives it: one version, a journal in memory, answers, the time."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from typing import Any

from ivrctl.flow.commands import Answer, Question
from ivrctl.flow.program import Program
from ivrctl.model.values import Value
from ivrctl.service.answering import Asker
from ivrctl.site.site_file import Site
from ivrctl.testkit.engines.given_answers import given_answer
from ivrctl.testkit.engines.log import CallLog
from ivrctl.testkit.scenario import Scenario
from ivrctl.testkit.scenario.settings import next_version, with_settings


@dataclass(frozen=True, slots=True)
class Time:
    """Whose time a scenario plays in."""

    seconds: Callable[[], float]
    """Since the call began."""
    sleep: Callable[[float], Coroutine[Any, Any, None]]
    """Waits so many of those seconds."""


class GivenVersions:
    """The versions of the site that a scenario plays on: one, until it changes a setting."""

    def __init__(self, program: Program) -> None:
        """Begin with one program."""
        self.current = program
        self._known = {program.version: program}

    def program(self, version: str) -> Program | None:
        """The one of that name."""
        return self._known.get(version)

    def change(self, settings: Mapping[str, Value]) -> None:
        """Begin another version, with other values of some settings."""
        self.current = with_settings(self.current, settings, next_version(self.current))
        self._known[self.current.version] = self.current


class MemoryJournal:
    """A journal in memory, which shows each position as it is kept."""

    def __init__(self, on_position: Callable[[str, Mapping[str, Any]], None]) -> None:
        """Begin empty; ``on_position`` is told of every position: the leg, and where it stands."""
        self._on_position = on_position
        self._open: dict[str, dict[str, Any]] = {}
        self._over: set[str] = set()

    def record(self, leg: str, position: Mapping[str, Any]) -> None:
        """Keep the newest position of a leg."""
        self._open[leg] = dict(position)
        self._on_position(leg, position)

    def close_leg(self, leg: str) -> None:
        """The leg is over."""
        if self._open.pop(leg, None) is not None:
            self._over.add(leg)

    def find(self, leg: str) -> dict[str, Any] | None:
        """The newest position of a leg that is not over."""
        return self._open.get(leg)

    def has_ended(self, leg: str) -> bool:
        """Whether a leg that stood here is over."""
        return leg in self._over


class RunnerAnswers:
    """What the scenario gives, when it gives it."""

    def __init__(self, scenario: Scenario, site: Site, time: Time, log: CallLog) -> None:
        """Answers as the scenario says, in its time; the log is told of what it does not speak of."""
        self._given = scenario.given
        self._site = site
        self._time = time
        self._log = log

    async def answer(self, question: Question, asker: Asker) -> Answer:
        """The given answer."""
        answered = given_answer(self._given, question, self._log.faults.append)
        self._log.answers(question, asker.leg, answered.reply, self._site)
        if answered.seconds:
            await self._time.sleep(answered.seconds)
        return answered.reply
