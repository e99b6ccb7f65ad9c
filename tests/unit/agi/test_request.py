from __future__ import annotations

import pytest

from ivrctl.agi.errors import RemoteProtocolError
from ivrctl.agi.request import BLOCK_LIMIT, LINES_LIMIT, Request, RequestParser

ASTERISK_22 = """\
agi_network: yes
agi_network_script: leg
agi_request: agi://127.0.0.1:14573/leg
agi_channel: PJSIP/trunk-00000001
agi_language: zh
agi_type: PJSIP
agi_uniqueid: 1795332986.1
agi_version: 22.10.1
agi_callerid: 13800138000
agi_calleridname: 王小明
agi_callingpres: 0
agi_callingani2: 0
agi_callington: 0
agi_callingtns: 0
agi_dnid: 10010
agi_rdnis: unknown
agi_context: ivrctl-lines
agi_extension: 10010
agi_priority: 1
agi_enhanced: 0.0
agi_accountcode:\x20
agi_threadid: 139941084595904
agi_arg_1: 1795332986.1-1795332986123
agi_arg_2: start

"""


def read(block: str) -> Request:
    parser = RequestParser()
    for line in block.encode().split(b"\n"):
        if (request := parser.feed(iter([line]))) is not None:
            return request
    raise AssertionError("the block has no end")


def without(name: str) -> str:
    return "".join(line for line in ASTERISK_22.splitlines(keepends=True) if not line.startswith(f"{name}:"))


def test_block_of_asterisk_22_is_read() -> None:
    """Every header that a leg needs is in the request."""
    request = read(ASTERISK_22)
    assert (request.uniqueid, request.channel) == ("1795332986.1", "PJSIP/trunk-00000001")
    assert (request.callerid, request.dnid, request.extension) == ("13800138000", "10010", "10010")
    assert (request.context, request.language, request.network_script) == ("ivrctl-lines", "zh", "leg")
    assert request.args == ("1795332986.1-1795332986123", "start")


def test_withheld_number_is_empty() -> None:
    """Asterisk's word "unknown" is no number."""
    assert read(ASTERISK_22.replace("agi_callerid: 13800138000", "agi_callerid: unknown")).callerid == ""


def test_arguments_end_at_the_first_gap() -> None:
    """Arguments are those that follow one another from 1."""
    assert read(ASTERISK_22.replace("agi_arg_2", "agi_arg_3")).args == ("1795332986.1-1795332986123",)


def test_empty_argument_counts() -> None:
    """AGI(agi://host,,start) has an empty first argument."""
    assert read(ASTERISK_22.replace("agi_arg_1: 1795332986.1-1795332986123", "agi_arg_1: ")).args == ("", "start")


@pytest.mark.parametrize("name", ["agi_request", "agi_channel", "agi_uniqueid"])
def test_block_without_a_necessary_header_is_refused(name: str) -> None:
    """A block that does not say which channel it is for is refused by the name of what is missing."""
    with pytest.raises(RemoteProtocolError, match=name):
        read(without(name))


@pytest.mark.parametrize(
    "line", ["GET / HTTP/1.1", "agi_request", "AGI_REQUEST: x", "host: x", " agi_request: x", "agi_x:y", "200 result=0"]
)
def test_other_protocols_are_refused_at_their_first_line(line: str) -> None:
    """What is no AGI header ends the connection at once."""
    with pytest.raises(RemoteProtocolError, match="not a line of an AGI request"):
        RequestParser().feed(iter([line.encode()]))


def test_header_that_comes_twice_is_refused() -> None:
    """A caller's name with a line break in it cannot forge our arguments."""
    forged = ASTERISK_22.replace("王小明", "x\nagi_arg_1: other-leg")
    with pytest.raises(RemoteProtocolError, match="agi_arg_1 came twice"):
        read(forged)


def test_block_of_too_many_lines_is_refused() -> None:
    """The number of headers is bounded."""
    parser = RequestParser()
    for number in range(LINES_LIMIT):
        parser.feed(iter([f"agi_x{number}: y".encode()]))
    with pytest.raises(RemoteProtocolError, match="256 lines"):
        parser.feed(iter([b"agi_one_more: y"]))


def test_block_of_too_many_bytes_is_refused() -> None:
    """The size of a block is bounded."""
    parser = RequestParser()
    line = b": ".join((b"agi_x%d", b"y" * 8000))
    for number in range(BLOCK_LIMIT // 8010):
        parser.feed(iter([line % number]))
    with pytest.raises(RemoteProtocolError, match="65536 bytes"):
        parser.feed(iter([line % 99]))
