"""What an engine gives the interpreter: hands, ears and a clock for the people of one call."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Protocol, Self

from ivrctl.flow.program import Program
from ivrctl.lang.source import Span
from ivrctl.model.values import Value
from ivrctl.testkit.engines.log import CallLog, Heard
from ivrctl.testkit.scenario import Scenario

REACTION_SECONDS = 0.1
"""From the end of a prompt, or from a key, to the next key: nobody presses in the very same moment."""


RETRY_SECONDS = 1.0
"""After a refusal app_queue waits so long until it rings again (``retry`` in queues.conf)."""


class StageFault(Exception):  # noqa: N818 - the stage's own trouble, told as a failed line
    """Somebody of the script could not do what his line says: his phone does not ring, the call is over."""


class Stage(Protocol):
    """One call on a stage. Every coroutine returns when the act is done; none waits for what comes of it."""

    log: CallLog

    @property
    def now(self) -> float:
        """Seconds since the call began."""

    async def pass_time(self, until: float, is_enough: Callable[[], bool]) -> None:
        """Let time pass, until ``is_enough()`` or the time ``until``, whichever is first.

        ``is_enough`` is asked after everything that happens, also when the call is over.
        """

    def is_over(self, heard: Heard) -> bool:
        """Whether a prompt that should have come to its end by now has, in the caller's ear where that can be known."""

    async def press(self, key: str) -> None:
        """The caller presses a key."""

    async def hang_up(self) -> None:
        """The caller hangs up."""

    def is_ringing(self, agent: str) -> bool:
        """Whether an agent's phone rings."""

    async def answer(self, agent: str) -> None:
        """The agent, whose phone rings, answers."""

    async def refuse(self, agent: str) -> None:
        """The agent, whose phone rings, refuses."""

    async def sign_off(self, agent: str) -> None:
        """The agent leaves the queues that he is logged in to."""

    async def agent_hangs_up(self, agent: str) -> None:
        """The agent, who talks with the caller, hangs up."""

    async def transfer(self, agent: str, line: str) -> None:
        """The agent, who talks with the caller, transfers him blindly to a line."""

    async def talk(self, seconds: float) -> None:
        """Caller and agent talk.

        Raises:
            StageFault: one does not hear the other, where that can be known.
        """

    async def speak(self, seconds: float) -> None:
        """The caller, whose message is recorded, speaks; that it is in the file is seen to in ``settle``."""

    def change(self, settings: Mapping[str, Value]) -> None:
        """Settings of the site have other values from here on, for legs that begin."""

    async def settle(self) -> None:
        """The script is over and so is the call: wait until all that is to be known of it is known."""

    def longest_silence(self) -> float:
        """In seconds, outside of queues and talks; asked after ``settle``."""

    def unheard(self, met: Sequence[tuple[Span, str, Heard]]) -> tuple[Span, str, str] | None:
        """The first prompt that was said, as the flow believes, and did not reach the caller's ear.

        Args:
            met: the lines that were met by hearing: where, as written, and by which prompt; in order.

        Returns:
            The line's place, the line, and the reason; None when all is well or nobody can tell.
        """

    def keep(self) -> str | None:
        """The scenario has failed: keep the evidence, and say in which folder."""


class Engine(Protocol):
    """What plays scenarios: it sets up a stage for each, and clears it. An asynchronous context manager."""

    name: str
    program: Program
    """The site that is played."""

    async def __aenter__(self) -> Self:
        """Set up what all scenarios share."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Take it down."""

    async def set_up(self, scenario: Scenario) -> Stage:
        """Dial: the call has begun when this returns.

        Raises:
            StageFault: the call could not even begin.
        """

    async def clear(self, stage: Stage) -> None:
        """Take the stage down, whatever became of the call."""
