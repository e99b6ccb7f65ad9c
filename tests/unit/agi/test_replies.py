from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.agi.errors import RemoteProtocolError
from ivrctl.agi.replies import (
    USAGE_BYTES_LIMIT,
    USAGE_LINES_LIMIT,
    DeadChannel,
    InvalidCommand,
    Reply,
    ReplyParser,
    Result,
    UsageError,
    parse_reply,
)


@pytest.mark.parametrize(
    ("line", "reply"),
    [
        (b"200 result=0", Result("0")),
        (b"200 result=-1", Result("-1")),
        (b"200 result=1 (13800138000)", Result("1", "13800138000")),
        (b"200 result=1 ()", Result("1", "")),
        (b"200 result=1 (a) endpos=5)", Result("1", "a) endpos=5")),
        (b"200 result=1 (a (b) c)", Result("1", "a (b) c")),
        ("200 result=1 (王小明)".encode(), Result("1", "王小明")),
        (b"200 result=1 (\xff)", Result("1", "\ufffd")),
        (b"200 result=49 endpos=8000", Result("49", None, 8000)),
        (b"200 result=-1 (hangup) endpos=400", Result("-1", "hangup", 400)),
        (b"200 result= (timeout)", Result("", "timeout")),
        (b"200 result=", Result("")),
        (b"200 result=12#", Result("12#")),
        (b"510 Invalid or unknown command", InvalidCommand("Invalid or unknown command")),
        (
            b"511 Command Not Permitted on a dead channel or intercept routine",
            DeadChannel("Command Not Permitted on a dead channel or intercept routine"),
        ),
        (
            b"520 Invalid command syntax.  Proper usage not available.",
            UsageError(("Invalid command syntax.  Proper usage not available.",)),
        ),
    ],
)
def test_every_form_of_one_line(line: bytes, reply: Reply) -> None:
    """Each form that res_agi writes is read as what it says."""
    assert parse_reply(line) == reply


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"200",
        b"200 ",
        b"200 result",
        b"200 Result=0",
        b"200 result=0 endpos=",
        b"200 result=0 endpos=-1",
        b"200 result=0 endpos=" + b"9" * 19,
        b"200 result=0 (open",
        b"200 result=0 junk",
        b"404 Not Found",
        b"HTTP/1.1 200 OK",
        b"agi_request: x",
        b"hangup",
    ],
)
def test_junk_is_the_peers_fault(line: bytes) -> None:
    """A line that no Asterisk writes ends the session."""
    with pytest.raises(RemoteProtocolError, match="not a reply"):
        parse_reply(line)


def test_usage_block_is_one_reply() -> None:
    """A 520 block is complete with its last line, and carries the explanation."""
    parser = ReplyParser()
    lines = [b"520-Invalid command syntax.  Proper usage follows:", b"Usage: NOOP", b"", b"520 End of proper usage."]
    replies = [parser.feed_line(line) for line in lines]
    assert replies == [None, None, None, UsageError(("Usage: NOOP", ""))]


def test_usage_text_without_a_line_end_is_kept() -> None:
    """A usage text that does not end its last line runs into the end of the block."""
    parser = ReplyParser()
    parser.feed_line(b"520-Invalid command syntax.  Proper usage follows:")
    assert parser.feed_line(b"does nothing520 End of proper usage.") == UsageError(("does nothing",))


def test_usage_text_may_look_like_a_reply() -> None:
    """An example inside a usage block is no reply."""
    parser = ReplyParser()
    parser.feed_line(b"520-Invalid command syntax.  Proper usage follows:")
    assert parser.feed_line(b"200 result=1 (testvariable)") is None


def test_parser_is_free_after_a_block() -> None:
    """The line after a block is a reply again."""
    parser = ReplyParser()
    for line in (b"520-Invalid", b"520 End of proper usage."):
        parser.feed_line(line)
    assert parser.feed_line(b"200 result=0") == Result("0")


def test_block_of_too_many_lines_is_refused() -> None:
    """A usage block without an end cannot fill the memory by lines."""
    parser = ReplyParser()
    parser.feed_line(b"520-Invalid")
    for _ in range(USAGE_LINES_LIMIT):
        parser.feed_line(b"x")
    with pytest.raises(RemoteProtocolError, match="without an end"):
        parser.feed_line(b"x")


def test_block_of_too_many_bytes_is_refused() -> None:
    """A usage block without an end cannot fill the memory by long lines."""
    parser = ReplyParser()
    parser.feed_line(b"520-Invalid")
    line = b"x" * 8000
    for _ in range(USAGE_BYTES_LIMIT // len(line)):
        parser.feed_line(line)
    with pytest.raises(RemoteProtocolError, match="without an end"):
        parser.feed_line(line)


@pytest.mark.parametrize(
    ("result", "key"), [("49", "1"), ("42", "*"), ("35", "#"), ("0", None), ("-1", None), ("", None), ("1", None)]
)
def test_key_of_a_result(result: str, key: str | None) -> None:
    """A result that is the code of a key tells the key; 0, -1 and an interrupted wait's 1 are none."""
    assert Result(result).key == key


def test_minus_one_is_a_failure() -> None:
    """-1 is the one result that all media commands fail with."""
    assert Result("-1").is_failure
    assert not Result("0").is_failure


# SAFETY: bytes from the net never raise anything but RemoteProtocolError.
@given(lines=st.lists(st.binary(max_size=60) | st.sampled_from([b"520-x", b"520 End of proper usage."]), max_size=20))
def test_garbage_is_read_or_refused(lines: list[bytes]) -> None:
    """Every line is part of a reply or the peer's fault."""
    parser = ReplyParser()
    for line in lines:
        with contextlib.suppress(RemoteProtocolError):
            assert isinstance(parser.feed_line(line), Result | InvalidCommand | DeadChannel | UsageError | None)
