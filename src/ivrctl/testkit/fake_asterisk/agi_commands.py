"""AGI commands as Asterisk 22 carries them out.

Every reply here was seen on a real Asterisk 22.10: what a key does in the two parts of GET OPTION, what an interrupted
command answers (STREAM FILE nothing, WAIT FOR DIGIT ``1``), what a missing file gives.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from ivrctl.testkit.fake_asterisk.channel import Cause, Channel, Ending
from ivrctl.testkit.fake_asterisk.prompts import SAMPLES_PER_SECOND, PromptLengths

ANSWER_SECONDS = 0.5
"""Asterisk waits so long for the first audio after it has answered."""
ALL_KEYS = "0123456789*#ABCD"


class UsageError(Exception):
    """The arguments are not the command's: Asterisk answers with a 520 block."""


@dataclass(frozen=True, slots=True)
class Running:
    """What a command works on."""

    channel: Channel
    prompts: PromptLengths
    is_readable: Callable[[], bool]
    """Whether the controller has sent something already."""

    async def listen(self, seconds: float | None, accepts: str) -> Ending:
        """Wait for a key, as a command does: anything from the controller ends it."""
        if self.is_readable():
            return Cause.COMMAND
        return await self.channel.listen(seconds, accepts=accepts, is_interruptible=True)

    async def play(self, file: str, length: float, accepts: str) -> Ending:
        """Play a file, as a command does."""
        if self.is_readable():
            return Cause.COMMAND
        return await self.channel.play(file, length, accepts=accepts, is_interruptible=True)


Arguments: TypeAlias = Sequence[str]
Handler: TypeAlias = Callable[[Running, Arguments], Awaitable[str | None]]
"""Carries a command out; its reply, or None when Asterisk sends none."""


@dataclass(frozen=True, slots=True)
class AgiCommand:
    """One row of Asterisk's table of commands."""

    words: tuple[str, ...]
    handler: Handler
    least: int
    most: int
    """How many arguments it takes."""
    runs_dead: bool


async def _answer(running: Running, _: Arguments) -> str:
    channel = running.channel
    if channel.is_up:
        return "200 result=0"
    channel.is_up = True
    channel.changed()
    ending = await channel.listen(ANSWER_SECONDS)
    return f"200 result={-1 if ending is Cause.HANGUP else 0}"


async def _hangup(running: Running, _: Arguments) -> str:
    running.channel.end_leg()
    return "200 result=1"


async def _noop(_: Running, __: Arguments) -> str:
    return "200 result=0"


async def _verbose(_: Running, __: Arguments) -> str:
    return "200 result=1"


async def _set_variable(running: Running, arguments: Arguments) -> str:
    name, value = arguments
    running.channel.variables[name] = value
    running.channel.changed()
    return "200 result=1"


async def _get_variable(running: Running, arguments: Arguments) -> str:
    value = running.channel.variables.get(arguments[0])
    return "200 result=0" if value is None else f"200 result=1 ({value})"


async def _get_full_variable(running: Running, arguments: Arguments) -> str:
    return f"200 result=1 ({_expand(running.channel, arguments[0])})"


async def _channel_status(running: Running, _: Arguments) -> str:
    return f"200 result={6 if running.channel.is_up else 4}"


async def _stream_file(running: Running, arguments: Arguments) -> str | None:
    file, keys, *rest = arguments
    offset = max(_integer(rest[0]), 0) if rest else 0
    length = running.prompts(file)
    if length is None:
        return f"200 result=-1 endpos={offset}"
    ending, endpos = await _played(running, file, keys, length, offset)
    return None if ending is Cause.COMMAND else f"200 result={_code(ending)} endpos={endpos}"


async def _get_option(running: Running, arguments: Arguments) -> str | None:
    file, keys, *rest = arguments
    seconds = (_integer(rest[0]) if rest else 5000) / 1000
    length = running.prompts(file)
    if length is None:
        return "200 result=-1 endpos=0"
    ending, endpos = await _played(running, file, keys, length, 0)
    if ending is Cause.COMMAND:
        return None
    if ending is Cause.TIME:
        # The wait ends at any key, but only an escape digit is told; a hang-up and a command look like silence.
        key = await running.listen(None if seconds < 0 else seconds, ALL_KEYS)
        ending = key if isinstance(key, str) and key in keys else Cause.TIME
    return f"200 result={_code(ending)} endpos={endpos}"


async def _wait_for_digit(running: Running, arguments: Arguments) -> str:
    milliseconds = _integer(arguments[0])
    ending = await running.listen(None if milliseconds < 0 else milliseconds / 1000, ALL_KEYS)
    return f"200 result={1 if ending is Cause.COMMAND else _code(ending)}"


COMMANDS = (
    AgiCommand(("ANSWER",), _answer, 0, 127, runs_dead=False),
    AgiCommand(("CHANNEL", "STATUS"), _channel_status, 0, 1, runs_dead=False),
    AgiCommand(("GET", "FULL", "VARIABLE"), _get_full_variable, 1, 2, runs_dead=True),
    AgiCommand(("GET", "OPTION"), _get_option, 2, 3, runs_dead=False),
    AgiCommand(("GET", "VARIABLE"), _get_variable, 1, 1, runs_dead=True),
    AgiCommand(("HANGUP",), _hangup, 0, 1, runs_dead=False),
    AgiCommand(("NOOP",), _noop, 0, 127, runs_dead=True),
    AgiCommand(("SET", "VARIABLE"), _set_variable, 2, 2, runs_dead=True),
    AgiCommand(("STREAM", "FILE"), _stream_file, 2, 3, runs_dead=False),
    AgiCommand(("VERBOSE",), _verbose, 1, 2, runs_dead=True),
    AgiCommand(("WAIT", "FOR", "DIGIT"), _wait_for_digit, 1, 1, runs_dead=False),
)
"""What this Asterisk knows: what ivrctl uses, and no more; anything else is answered 510."""


async def carry_out(words: Sequence[str], running: Running) -> str | None:
    """Carry a command line out; the whole reply, which has several lines for a 520, or None when there is none."""
    command = _find(words)
    if command is None:
        return "510 Invalid or unknown command"
    if running.channel.is_leg_over and not command.runs_dead:
        return "511 Command Not Permitted on a dead channel or intercept routine"
    arguments = words[len(command.words) :]
    if not command.least <= len(arguments) <= command.most:
        return _usage(command)
    try:
        return await command.handler(running, arguments)
    except UsageError:
        return _usage(command)


def _find(words: Sequence[str]) -> AgiCommand | None:
    upper = tuple(word.upper() for word in words)
    return next((command for command in COMMANDS if upper[: len(command.words)] == command.words), None)


def _usage(command: AgiCommand) -> str:
    return (
        "520-Invalid command syntax.  Proper usage follows:\n"
        f"Usage: {' '.join(command.words)}, {command.least} to {command.most} arguments.\n"
        "520 End of proper usage."
    )


async def _played(running: Running, file: str, keys: str, length: float, offset: int) -> tuple[Ending, int]:
    """Play a file from an offset; why it ended and where, in samples."""
    samples = round(length * SAMPLES_PER_SECOND)
    left = max(samples - offset, 0) / SAMPLES_PER_SECOND
    began = running.channel.clock.now()
    ending = await running.play(file, left, keys)
    if ending is Cause.TIME:
        return ending, samples
    played = running.channel.clock.now() - began
    return ending, min(offset + round(played * SAMPLES_PER_SECOND), samples)


def _code(ending: Ending) -> int:
    match ending:
        case str():
            return ord(ending)
        case Cause.HANGUP:
            return -1
        case _:
            return 0


def _integer(word: str) -> int:
    try:
        return int(word)
    except ValueError:
        raise UsageError from None


def _expand(channel: Channel, expression: str) -> str:
    """The value of ``${NAME}`` or ``${CHANNEL(state)}``; text without either is its own value, as in Asterisk."""
    if not (expression.startswith("${") and expression.endswith("}")):
        return expression
    name = expression[2:-1]
    if name == "CHANNEL(state)":
        return "Up" if channel.is_up else "Ring"
    return channel.variables.get(name, "")
