"""Turns between Asterisk and the controller, from the packets between them."""

from __future__ import annotations

import importlib.util
import struct
import sys
from pathlib import Path
from typing import Any

import pytest

AGI, ASTERISK = 4573, 40000


@pytest.fixture
def turns() -> Any:
    """Of the benchmarks' own module, which is in no package."""
    file = Path(__file__).parents[3] / "benchmarks" / "agi_wire.py"
    spec = importlib.util.spec_from_file_location("agi_wire", file)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["agi_wire"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Turns(AGI)


def packet(source: int, target: int, words: bytes) -> bytes:
    """TCP over IPv4, with options as Linux sends them."""
    tcp = struct.pack("!HHIIBBHHH12x", source, target, 0, 0, 8 << 4, 0, 0, 0, 0) + words
    return struct.pack("!BBHHHBBH8x", 0x45, 0, 20 + len(tcp), 0, 0, 64, 6, 0) + tcp


def heard(turns: Any, words: bytes, at: float, asterisk: int = ASTERISK) -> None:
    """Asterisk says something: seen as it leaves there, and as it arrives here."""
    turns.packet(packet(asterisk, AGI, words), at - 0.001, is_leaving=True)
    turns.packet(packet(asterisk, AGI, words), at, is_leaving=False)


def said(turns: Any, words: bytes, at: float, asterisk: int = ASTERISK) -> None:
    """The controller says something."""
    turns.packet(packet(AGI, asterisk, words), at, is_leaving=True)
    turns.packet(packet(AGI, asterisk, words), at + 0.001, is_leaving=False)


def test_a_turn_is_from_the_last_words_that_arrive_to_the_next_that_leave(turns: Any) -> None:
    """A request comes in many packets; the turn begins with the last of them, and an acknowledgement is no words."""
    heard(turns, b"agi_network: yes\n", 1.0)
    heard(turns, b"\n", 2.0)
    heard(turns, b"", 2.1)
    said(turns, b"", 2.2)
    said(turns, b"ANSWER\n", 2.5)
    heard(turns, b"200 result=0\n", 5.0)
    said(turns, b'STREAM FILE x ""\n', 5.25)
    assert turns.found == pytest.approx([0.5, 0.25])


def test_a_hang_up_is_nobodys_turn(turns: Any) -> None:
    """HANGUP comes out of band: what is said next is no answer to it."""
    heard(turns, b"HANGUP\n", 1.0)
    said(turns, b"GET VARIABLE X\n", 1.5)
    assert turns.found == []


def test_each_connection_has_its_own_turns(turns: Any) -> None:
    """Two calls at one time."""
    heard(turns, b"200 result=0\n", 1.0)
    heard(turns, b"200 result=0\n", 2.0, asterisk=40002)
    said(turns, b"NOOP\n", 2.5, asterisk=40002)
    said(turns, b"NOOP\n", 4.0)
    assert turns.found == pytest.approx([0.5, 3.0])


def test_the_turns_of_callers_who_are_in_no_flow_do_not_count(turns: Any) -> None:
    """One is refused, of another the dialplan tells that he has left; behind him a call comes from the same port."""
    heard(turns, b"agi_network_script: leg\n\n", 1.0)
    said(turns, b'SET VARIABLE "IVRCTL_NEXT" "fallback"\n', 1.5)
    heard(turns, b"agi_network_script: ended\n\n", 2.0)
    said(turns, b'SET VARIABLE "IVRCTL_NEXT" "told"\n', 2.5)
    assert turns.found == []
    heard(turns, b"agi_network_script: leg\n\n", 3.0)
    said(turns, b"ANSWER\n", 3.5)
    assert turns.found == pytest.approx([0.5])
