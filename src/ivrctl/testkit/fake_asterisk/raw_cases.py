"""Raw sessions that tell the habits of an Asterisk: each was played to a real Asterisk 22.10, and is to the fake.

``@`` in a command stands for the folder of prompts as that Asterisk sees it; it must hold ``one`` and ``two``, which
play one and two seconds, and no ``nope``. The caller's acts count from the answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ivrctl.testkit.fake_asterisk.raw_session import HANG_UP, CallerAct, RawSession

FOLDER = "@"


@dataclass(frozen=True, slots=True)
class RawCase:
    """One session, and what the caller does meanwhile."""

    session: RawSession
    caller: tuple[CallerAct, ...] = ()
    exit_on_hangup: bool = False


_KEYS = ((0.7, "1"), (1.7, "2"), (2.7, "3"))
_LEAVES = ((1.1, HANG_UP),)
_LEAVES_LATER = ((2.1, HANG_UP),)

RAW_CASES: Mapping[str, RawCase] = {
    "variables": RawCase(
        [
            "NOOP",
            'SET VARIABLE FOO "a\\"b \\\\ ${EXTEN}"',
            "GET VARIABLE FOO",
            "GET VARIABLE NOPE",
            "GET VARIABLE EXTEN",
            'GET FULL VARIABLE "${FOO}"',
            "GET FULL VARIABLE FOO",
            "GET FULL VARIABLE ${NOPE}",
            "GET FULL VARIABLE ${CHANNEL(state)}",
            'SET VARIABLE FOO ""',
            "GET VARIABLE FOO",
            'VERBOSE "hello" 3',
            "noop a b",
        ]
    ),
    "faults": RawCase(
        [
            "FROB",
            "STREAM",
            "",
            "GET VARIABLE",
            "STREAM FILE",
            "WAIT FOR DIGIT x",
            "SET VARIABLE FOO a b",
            "GET OPTION x",
        ]
    ),
    "state": RawCase(["CHANNEL STATUS", "ANSWER", "CHANNEL STATUS", "ANSWER"]),
    "media": RawCase(
        [
            "ANSWER",
            'STREAM FILE @/one ""',
            'STREAM FILE @/two "#" 8000',
            'STREAM FILE @/one "" 99999',
            'GET OPTION @/one "1" 700',
            "WAIT FOR DIGIT 500",
            'STREAM FILE @/nope ""',
            'STREAM FILE @/nope "" 50',
            'GET OPTION @/nope "1" 1000',
        ]
    ),
    "keys without escape digits are lost": RawCase(
        ["ANSWER", 'STREAM FILE @/two ""', "WAIT FOR DIGIT 100", "WAIT FOR DIGIT 2000"], _KEYS
    ),
    "keys with escape digits": RawCase(
        ["ANSWER", 'GET OPTION @/two "0123456789*#" 3000', "WAIT FOR DIGIT 3000", "WAIT FOR DIGIT 3000"], _KEYS
    ),
    "a key that is no escape digit ends the wait and is not told": RawCase(
        ["ANSWER", 'GET OPTION @/one "9" 3000', "WAIT FOR DIGIT 2000"], _KEYS
    ),
    "keys between commands are lost": RawCase(["ANSWER", 1.1, "WAIT FOR DIGIT 3000", 1.5, "WAIT FOR DIGIT 300"], _KEYS),
    "two commands in one segment": RawCase(
        [b"NOOP\nGET VARIABLE EXTEN\n", 0.6, b"SET VARIABLE A b\n", 0.6, "CHANNEL STATUS", "GET VARIABLE A"]
    ),
    "three commands in one segment": RawCase(
        [b"NOOP\nGET VARIABLE EXTEN\nCHANNEL STATUS\n", 0.6, b"SET VARIABLE A b\n", 0.6, "GET VARIABLE A"]
    ),
    "a command interrupts a prompt, which answers nothing": RawCase(
        [b'STREAM FILE @/two ""\n', 0.5, b"NOOP\n", 0.6, b"GET OPTION @/one 1 2000\n", 0.3, b"NOOP\n", 0.6]
    ),
    "a command interrupts a wait, which answers": RawCase(
        [b"GET OPTION @/one 1 2000\n", 1.6, b"NOOP\n", 0.6, b"WAIT FOR DIGIT 2000\n", 0.3, b"NOOP\n", 0.6]
    ),
    "a hang-up in a prompt": RawCase(
        [
            "ANSWER",
            'STREAM FILE @/two ""',
            0.5,
            "NOOP",
            'STREAM FILE @/two ""',
            "CHANNEL STATUS",
            "GET VARIABLE EXTEN",
            "HANGUP",
            "ANSWER",
            "GET FULL VARIABLE ${CHANNEL(state)}",
            "VERBOSE x 1",
            "SET VARIABLE Q r",
            "WAIT FOR DIGIT 10",
        ],
        _LEAVES,
    ),
    "a hang-up in a wait": RawCase(["ANSWER", "WAIT FOR DIGIT 5000", 0.5], _LEAVES),
    "a hang-up in the second part of GET OPTION": RawCase(["ANSWER", "GET OPTION @/one 1 5000", 0.5], _LEAVES_LATER),
    "a hang-up between commands": RawCase(["ANSWER", 2.0, "NOOP"], _LEAVES),
    "a hang-up in a prompt, with exit on hang-up": RawCase(["ANSWER", 'STREAM FILE @/two ""', 1.0], _LEAVES, True),
    "a hang-up between commands, with exit on hang-up": RawCase(["ANSWER", 2.0], _LEAVES, True),
    "the controller hangs up": RawCase(["HANGUP", 0.5, "NOOP"]),
    "the controller hangs up, with exit on hang-up": RawCase(["HANGUP", 0.5], (), True),
}
"""By what each one tells."""


def in_folder(session: RawSession, folder: str) -> list[str | bytes | float]:
    """A session with the prompts' folder put in."""
    return [_put(step, folder) for step in session]


def without_folder(transcript: list[str], folder: str) -> list[str]:
    """A transcript with the folder taken out again."""
    return [line.replace(folder, FOLDER) for line in transcript]


def _put(step: str | bytes | float, folder: str) -> str | bytes | float:
    match step:
        case str():
            return step.replace(FOLDER, folder)
        case bytes():
            return step.replace(FOLDER.encode(), folder.encode())
        case _:
            return step
