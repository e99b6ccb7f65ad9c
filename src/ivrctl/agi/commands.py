"""The commands that ivrctl gives, each a frozen value that knows its line, its nature and its deadline.

A line is built from words as ``res_agi``'s ``parse_args`` takes them apart: words end at spaces, double quotes hold a
word together, a backslash makes the next character plain. What no quoting can carry (CR, LF, NUL) is refused, and so
is a line over 4 kB: Asterisk cuts lines at 8,191 bytes and then runs out of step, and reads a half-written line
with its processor at full load.

Only commands that notice a dead controller at once are here; RECORD FILE and EXEC are not, and never become so.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from typing import ClassVar, TypeAlias

from ivrctl.agi.errors import LocalProtocolError

COMMAND_LIMIT = 4096
"""Bytes of one command, its LF included."""
KEYS = "0123456789*#"
"""Every key of a telephone, as escape digits."""
ANSWER_WITHIN = timedelta(seconds=5)
"""How long Asterisk may take for a command beyond the time that the command itself asks for."""
LONGEST_PROMPT = timedelta(minutes=10)
"""The deadline of a prompt whose length the caller did not say: a leg's own limit."""

_NO_TIME = timedelta(0)
_MILLISECOND = timedelta(milliseconds=1)
_LONGEST_WAIT = timedelta(hours=1)
_ESCAPE_DIGITS = re.compile(r"[0-9*#A-D]*", re.ASCII)


class _Command(ABC):
    """What all commands share: by default quick, silent, and not for a dead channel."""

    __slots__ = ()

    is_media: ClassVar[bool] = False
    """True when it plays or listens: it takes time, a key can end it, and a next command would interrupt it."""
    plays_file: ClassVar[bool] = False
    """True when it plays a prompt, whose length counts towards its deadline."""
    runs_dead: ClassVar[bool] = False
    """True when Asterisk still carries it out after the channel has hung up."""

    @property
    @abstractmethod
    def words(self) -> str:
        """The line without its end."""

    @property
    def waits(self) -> timedelta:
        """How long the command itself asks Asterisk to wait."""
        return _NO_TIME

    def longest(self, prompt: timedelta | None = None) -> timedelta:
        """How long the reply may take: the deadline of a command.

        Args:
            prompt: how long the command's file plays, where it has one and the length is known.
        """
        playing = _NO_TIME if not self.plays_file else LONGEST_PROMPT if prompt is None else prompt
        return playing + self.waits + ANSWER_WITHIN


@dataclass(frozen=True, slots=True)
class Answer(_Command):
    """Answer the channel if it is not up yet."""

    @property
    def words(self) -> str:
        """The line without its end."""
        return "ANSWER"


@dataclass(frozen=True, slots=True)
class Hangup(_Command):
    """Hang the channel up; ``HANGUP`` follows out of band."""

    @property
    def words(self) -> str:
        """The line without its end."""
        return "HANGUP"


@dataclass(frozen=True, slots=True)
class StreamFile(_Command):
    """Play a file; a key among the escape digits ends it, any other key is lost."""

    is_media: ClassVar[bool] = True
    plays_file: ClassVar[bool] = True
    file: str
    """As Asterisk sees it, without its extension."""
    escape_digits: str = ""
    offset: int = 0
    """Where to begin, in samples; an earlier reply's ``endpos``."""

    @property
    def words(self) -> str:
        """The line without its end."""
        return f"STREAM FILE {quoted(self.file)} {_digits(self.escape_digits)} {_not_negative(self.offset)}"


@dataclass(frozen=True, slots=True)
class GetOption(_Command):
    """Play a file, then wait; a key among the escape digits ends either."""

    is_media: ClassVar[bool] = True
    plays_file: ClassVar[bool] = True
    file: str
    escape_digits: str = KEYS
    timeout: timedelta = timedelta(seconds=5)
    """The wait after the end of the file: a first-digit timeout."""

    @property
    def words(self) -> str:
        """The line without its end."""
        return f"GET OPTION {quoted(self.file)} {_digits(self.escape_digits)} {_milliseconds(self.timeout)}"

    @property
    def waits(self) -> timedelta:
        """The first-digit timeout."""
        return self.timeout


@dataclass(frozen=True, slots=True)
class WaitForDigit(_Command):
    """Wait in silence for any key: an inter-digit timeout."""

    is_media: ClassVar[bool] = True
    timeout: timedelta

    @property
    def words(self) -> str:
        """The line without its end."""
        return f"WAIT FOR DIGIT {_milliseconds(self.timeout)}"

    @property
    def waits(self) -> timedelta:
        """The inter-digit timeout."""
        return self.timeout


@dataclass(frozen=True, slots=True)
class SetVariable(_Command):
    """Set a channel variable, or write a dialplan function such as ``CHANNEL(language)``.

    The value is taken as it is: ``${…}`` in it is not expanded. It shows in AMI events of the class ``agi``: never a
    secret.
    """

    runs_dead: ClassVar[bool] = True
    name: str
    value: str

    @property
    def words(self) -> str:
        """The line without its end."""
        return f"SET VARIABLE {_name(self.name)} {quoted(self.value)}"


@dataclass(frozen=True, slots=True)
class GetVariable(_Command):
    """Ask for a channel variable by its name: ``Result("1", value)``, or ``Result("0")`` when it is not set."""

    runs_dead: ClassVar[bool] = True
    name: str

    @property
    def words(self) -> str:
        """The line without its end."""
        return f"GET VARIABLE {_name(self.name)}"


@dataclass(frozen=True, slots=True)
class GetFullVariable(_Command):
    """Ask for the value of an expression such as ``${CHANNEL(state)}``."""

    runs_dead: ClassVar[bool] = True
    expression: str

    @property
    def words(self) -> str:
        """The line without its end."""
        return f"GET FULL VARIABLE {quoted(self.expression)}"


@dataclass(frozen=True, slots=True)
class ChannelStatus(_Command):
    """Ask for the channel's state: 4 ringing, 6 up."""

    @property
    def words(self) -> str:
        """The line without its end."""
        return "CHANNEL STATUS"


@dataclass(frozen=True, slots=True)
class Verbose(_Command):
    """Write a message on Asterisk's console."""

    runs_dead: ClassVar[bool] = True
    message: str
    level: int = 3

    @property
    def words(self) -> str:
        """The line without its end."""
        return f"VERBOSE {quoted(self.message)} {_not_negative(self.level)}"


@dataclass(frozen=True, slots=True)
class Noop(_Command):
    """Do nothing: asks whether anybody is there."""

    runs_dead: ClassVar[bool] = True

    @property
    def words(self) -> str:
        """The line without its end."""
        return "NOOP"


Command: TypeAlias = (
    Answer
    | Hangup
    | StreamFile
    | GetOption
    | WaitForDigit
    | SetVariable
    | GetVariable
    | GetFullVariable
    | ChannelStatus
    | Verbose
    | Noop
)


@lru_cache(maxsize=1024)
def encode(command: Command) -> bytes:
    """The bytes of a command, its LF included: to be written at once, since Asterisk spins on half a line.

    Kept for a while: the prompts of a flow are the same for all its callers.

    Raises:
        LocalProtocolError: a word cannot be carried by AGI, or the line is over ``COMMAND_LIMIT``.
    """
    line = command.words
    if "\n" in line or "\r" in line or "\0" in line:
        raise LocalProtocolError(f"a CR, LF or NUL in {type(command).__name__}")
    try:
        encoded = line.encode() + b"\n"
    except UnicodeEncodeError as error:
        raise LocalProtocolError(f"a text that is no Unicode in {type(command).__name__}") from error
    if len(encoded) > COMMAND_LIMIT:
        raise LocalProtocolError(f"{type(command).__name__} takes {len(encoded)} bytes, AGI carries {COMMAND_LIMIT}")
    return encoded


def quoted(word: str) -> str:
    r"""A word in double quotes, with ``"`` and ``\`` escaped as ``parse_args`` undoes it."""
    if "\\" in word or '"' in word:
        word = word.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{word}"'


def _digits(digits: str) -> str:
    if not _ESCAPE_DIGITS.fullmatch(digits):
        raise LocalProtocolError(f"not escape digits: {digits!r}")
    return quoted(digits)


def _milliseconds(timeout: timedelta) -> int:
    # Asterisk takes a negative number for ever, and no caller is to hang there.
    if not _NO_TIME <= timeout <= _LONGEST_WAIT:
        raise LocalProtocolError(f"a timeout of {timeout}, not between 0 s and 1 h")
    return timeout // _MILLISECOND


def _not_negative(number: int) -> int:
    if number < 0:
        raise LocalProtocolError(f"{number} is negative")
    return number


def _name(name: str) -> str:
    if not name:
        raise LocalProtocolError("a channel variable needs a name")
    return quoted(name)
