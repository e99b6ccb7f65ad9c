"""Where a simulated call gets its questions answered: from a scenario, or by what the site has."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from ivrctl.flow.commands import Answer, Question, Submit, Submitted
from ivrctl.service.answering import Answers, Asker
from ivrctl.testkit.engines.given_answers import Answered, given_answer
from ivrctl.testkit.scenario import Given


class SimAnswers(Protocol):
    """Answers the questions of a simulated call."""

    async def answer(self, question: Question, asker: Asker) -> Answered:
        """The answer, and after how many seconds of the call it comes."""


class GivenAnswers:
    """What a scenario gives."""

    def __init__(self, given: Given, on_fault: Callable[[str], None]) -> None:
        """Answers from ``given``; ``on_fault`` is told of a question that it does not speak of."""
        self._given = given
        self._on_fault = on_fault

    async def answer(self, question: Question, _asker: Asker) -> Answered:
        """The given answer; never waits."""
        return given_answer(self._given, question, self._on_fault)


class Pretended:
    """Takes every submission, and hands nothing over: a simulated call makes no ticket."""

    async def submit(self, _question: Submit, _asker: Asker) -> Answer:
        """It is taken."""
        return Submitted()


class TimedAnswers:
    """What the site itself answers; an answer takes as long as it takes."""

    def __init__(self, answers: Answers) -> None:
        """Ask what a controller asks."""
        self._answers = answers

    async def answer(self, question: Question, asker: Asker) -> Answered:
        """Ask, and measure."""
        began = time.perf_counter()
        reply = await self._answers.answer(question, asker)
        return Answered(reply, time.perf_counter() - began)
