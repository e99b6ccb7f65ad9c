from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.agi.commands import (
    ANSWER_WITHIN,
    COMMAND_LIMIT,
    LONGEST_PROMPT,
    Answer,
    ChannelStatus,
    Command,
    GetFullVariable,
    GetOption,
    GetVariable,
    Hangup,
    Noop,
    SetVariable,
    StreamFile,
    Verbose,
    WaitForDigit,
    encode,
)
from ivrctl.agi.errors import LocalProtocolError
from ivrctl.testkit.fake_asterisk.words import split_words

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("command", "line"),
    [
        (Answer(), b"ANSWER\n"),
        (Hangup(), b"HANGUP\n"),
        (Noop(), b"NOOP\n"),
        (ChannelStatus(), b"CHANNEL STATUS\n"),
        (StreamFile("/p/one"), b'STREAM FILE "/p/one" "" 0\n'),
        (StreamFile("/p/one", "12#", 8000), b'STREAM FILE "/p/one" "12#" 8000\n'),
        (GetOption("/p/one", "1", timedelta(milliseconds=1500)), b'GET OPTION "/p/one" "1" 1500\n'),
        (WaitForDigit(3 * SECOND), b"WAIT FOR DIGIT 3000\n"),
        (SetVariable("NAME", "a b"), b'SET VARIABLE "NAME" "a b"\n'),
        (SetVariable("NAME", ""), b'SET VARIABLE "NAME" ""\n'),
        (GetVariable("NAME"), b'GET VARIABLE "NAME"\n'),
        (GetFullVariable("${CHANNEL(state)}"), b'GET FULL VARIABLE "${CHANNEL(state)}"\n'),
        (Verbose("hello", 1), b'VERBOSE "hello" 1\n'),
        (SetVariable("NAME", "王小明"), 'SET VARIABLE "NAME" "王小明"\n'.encode()),
    ],
)
def test_command_is_one_line(command: Command, line: bytes) -> None:
    """Each command is one line that ends with LF."""
    assert encode(command) == line


def test_quotes_and_backslashes_are_escaped() -> None:
    r"""A quote becomes \" and a backslash becomes \\, as parse_args undoes them."""
    assert encode(SetVariable("N", 'a"b\\c')) == b'SET VARIABLE "N" "a\\"b\\\\c"\n'


@pytest.mark.parametrize("bad", ["a\nb", "a\rb", "a\0b", "\n"])
def test_line_breaks_and_nul_are_refused(bad: str) -> None:
    """What no quoting can carry is a fault of ours, found before anything is sent."""
    with pytest.raises(LocalProtocolError, match="CR, LF or NUL"):
        encode(SetVariable("N", bad))


def test_line_break_in_a_file_name_is_refused() -> None:
    """A file name cannot smuggle a second command."""
    with pytest.raises(LocalProtocolError, match="CR, LF or NUL"):
        encode(StreamFile("one\nHANGUP"))


def test_lone_surrogate_is_refused() -> None:
    """A text that has no UTF-8 form is a fault of ours."""
    with pytest.raises(LocalProtocolError, match="no Unicode"):
        encode(SetVariable("N", "\ud800"))


def test_longest_line_is_carried() -> None:
    """A line of exactly 4 kB goes through."""
    rest = COMMAND_LIMIT - len(encode(SetVariable("N", "")))
    assert len(encode(SetVariable("N", "x" * rest))) == COMMAND_LIMIT


def test_longer_line_is_refused() -> None:
    """A line of more than 4 kB would run Asterisk out of step."""
    rest = COMMAND_LIMIT - len(encode(SetVariable("N", "")))
    with pytest.raises(LocalProtocolError, match="4097 bytes"):
        encode(SetVariable("N", "x" * (rest + 1)))


def test_length_is_counted_in_bytes() -> None:
    """A Chinese character takes three of the line's bytes."""
    with pytest.raises(LocalProtocolError, match="bytes"):
        encode(SetVariable("N", "王" * 1400))


@pytest.mark.parametrize("digits", ["12x", "1 2", '"', "１"])
def test_other_than_keys_are_no_escape_digits(digits: str) -> None:
    """Escape digits are keys of a telephone."""
    with pytest.raises(LocalProtocolError, match="not escape digits"):
        encode(StreamFile("one", digits))


@pytest.mark.parametrize("timeout", [-SECOND, timedelta(hours=2)])
def test_endless_waits_are_refused(timeout: timedelta) -> None:
    """A negative timeout means for ever to Asterisk, so it is refused like a very long one."""
    with pytest.raises(LocalProtocolError, match="timeout"):
        encode(WaitForDigit(timeout))


def test_negative_offset_is_refused() -> None:
    """A prompt cannot begin before its beginning."""
    with pytest.raises(LocalProtocolError, match="negative"):
        encode(StreamFile("one", "", -1))


def test_variable_needs_a_name() -> None:
    """An empty name would be a usage error of Asterisk."""
    with pytest.raises(LocalProtocolError, match="name"):
        encode(GetVariable(""))


@pytest.mark.parametrize(
    ("command", "longest"),
    [
        (Answer(), ANSWER_WITHIN),
        (SetVariable("N", "v"), ANSWER_WITHIN),
        (WaitForDigit(3 * SECOND), 3 * SECOND + ANSWER_WITHIN),
        (StreamFile("one"), 2 * SECOND + ANSWER_WITHIN),
        (GetOption("one", "1", 4 * SECOND), 6 * SECOND + ANSWER_WITHIN),
    ],
)
def test_deadline_counts_what_the_command_asks_for(command: Command, longest: timedelta) -> None:
    """The deadline is the prompt, the wait and the usual grace: a prompt counts only where a file plays."""
    assert command.longest(prompt=2 * SECOND) == longest


def test_prompt_of_unknown_length_gets_the_limit_of_a_leg() -> None:
    """Without a length a prompt may take ten minutes."""
    assert StreamFile("one").longest() == LONGEST_PROMPT + ANSWER_WITHIN


@pytest.mark.parametrize("command", [StreamFile("one"), GetOption("one"), WaitForDigit(SECOND)])
def test_commands_that_play_or_listen_are_media(command: Command) -> None:
    """Media commands are those that a further command would interrupt."""
    assert command.is_media
    assert not command.runs_dead


@pytest.mark.parametrize(
    "command", [SetVariable("N", "v"), GetVariable("N"), GetFullVariable("${N}"), Noop(), Verbose("x")]
)
def test_commands_without_audio_run_on_a_dead_channel(command: Command) -> None:
    """Asterisk 22 carries them out after a hang-up."""
    assert command.runs_dead


SENDABLE = st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0"), max_size=200)


# SAFETY: whatever a flow or a caller brings into a value, Asterisk reads the words that were meant, and one line.
@given(name=SENDABLE.filter(bool), value=SENDABLE)
def test_words_survive_the_way(name: str, value: str) -> None:
    """Asterisk's way of taking a line apart gives back the very words, in one line."""
    line = encode(SetVariable(name, value))
    assert line.count(b"\n") == 1
    assert split_words(line.decode().rstrip("\n")) == ["SET", "VARIABLE", name, value]


# SAFETY: no value makes encode raise anything but LocalProtocolError.
@given(value=st.text(max_size=2000))
def test_any_text_is_carried_or_refused(value: str) -> None:
    """Every text is either one line within the limit or a local fault."""
    try:
        line = encode(GetFullVariable(value))
    except LocalProtocolError:
        return
    assert line.endswith(b"\n")
    assert len(line) <= COMMAND_LIMIT
