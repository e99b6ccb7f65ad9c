"""The matrix of faults: what is done to calls, what must hold all the same, and what was found.

::

    Fault        a row: what is broken, and how it is run
    Invariant    a column: what must hold after every run, and who looks
    Evidence     what the readers have found after the runs of one row; none of them is the code under test
    Outcome      the figures of a row, as they stand in a file and on the page

A row breaks things and gathers evidence; it judges nothing. ``invariants`` judges, and knows of no row.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any


class Terminal(StrEnum):
    """How a call ended, as Asterisk or a stand-in for it has it."""

    SERVED = "served"
    """The flow came to an end of its own."""
    PERSON = "person"
    """The dialplan brought him to a person without the controller."""
    LEFT = "left"
    """He hung up."""
    CUT = "cut"
    """The Asterisk that carried him died, and the call with it: nobody could keep that."""
    LOST = "lost"
    """None of these: he was dropped, or nothing happened any more."""


@dataclass(frozen=True, slots=True)
class CallSeen:
    """One call, as the side of Asterisk saw it."""

    seed: int
    uniqueid: str
    terminal: Terminal
    legs: tuple[str, ...] = ()
    keyed: str = ""
    """The number that only he has keyed."""
    heard: tuple[str, ...] = ()
    queued: tuple[str, ...] = ()
    """The queues that he entered."""
    wanted_person: bool | None = None
    silence: float | None = None
    """Seconds of the longest silence in what he heard; None where nobody listened in real time."""
    story: str = ""
    """For a reader of a failure."""


MOST_KIB = 24 * 1024
"""So much may a process have grown: its caches fill, and the allocator gives nothing back."""
MOST_TASKS = 3
MOST_DESCRIPTORS = 24
"""Connections are kept for the next call, as many as callers have asked at once: ten to a database of SQLite, which has
two files open for each, and some to an interface."""


@dataclass(frozen=True, slots=True)
class Vitals:
    """What a process holds."""

    descriptors: int
    tasks: int
    """Those of asyncio where the process tells them, else those that the kernel calls so: its threads."""
    resident_kib: int

    def too_much(self, before: Vitals) -> list[str]:
        """What it holds beyond what it held before and may hold more, in a few words each; empty when it is at rest."""
        grown = (
            ("descriptors", self.descriptors - before.descriptors, MOST_DESCRIPTORS),
            ("tasks", self.tasks - before.tasks, MOST_TASKS),
            ("KiB", self.resident_kib - before.resident_kib, MOST_KIB),
        )
        return [f"{more} {what} more than before" for what, more, most in grown if more > most]


@dataclass(slots=True)
class Evidence:
    """What the readers found. None: of this nobody could look, or it does not apply."""

    calls: list[CallSeen] = field(default_factory=list)
    records: list[dict[str, Any]] | None = None
    """The rows of the table of calls, read with sqlite3."""
    taken: frozenset[str] | None = None
    """The legs of which a controller has said anything on the wire."""
    tickets: list[str] | None = None
    """What was handed over, as its receiver has it."""
    noted: str = ""
    """What a caller hears when he is told that his was taken."""
    swept: list[str] | None = None
    """Files that hold a secret, and which."""
    vitals: tuple[Vitals, Vitals] | None = None
    """Of one controller, before and behind everything."""
    exits: list[int] | None = None
    """How the controllers ended that were told to leave."""
    members: tuple[frozenset[str], frozenset[str], frozenset[str]] | None = None
    """Who was to be in a queue, who is, and who is said to be on his way."""
    notices: Sequence[tuple[str, CallSeen]] | None = None
    """What was acknowledged to be announced, and a call that began a second later."""
    faults: list[str] = field(default_factory=list)
    """What a row found wrong beside the invariants."""
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Invariant:
    """A column."""

    name: str
    what: str
    reader: str
    """Who looks: not the code under test."""
    check: Callable[[Evidence], list[str] | None]
    """What is wrong, a sentence each; None where nobody could look."""
    dash: str
    """Why nobody could, in the rows that have a dash there."""


class Where(StrEnum):
    """On what a row is run."""

    SEEDED = "seeded"
    """A fake Asterisk and the shipped controller in a process of its own; every seed another run."""
    REAL = "real"
    """A real Asterisk, with softphones."""


Run = Callable[[Sequence[int], Path], Awaitable[Evidence]]


@dataclass(frozen=True, slots=True)
class Fault:
    """A row."""

    name: str
    what: str
    """A sentence for the page."""
    run: Run
    """Runs it for each of the seeds, in a folder of its own, and gathers the evidence."""
    where: Where = Where.SEEDED
    is_of_controller: bool = True
    """Whether it is a fault of the controller alone: silence has a closer limit then."""
    needs: Callable[[], str] = lambda: ""
    """What it needs and this machine has not, in a sentence; empty when it can run."""

    brings_to_person: bool = False
    """Whether callers may end at a person without the controller; else each goes on where he was."""
    most_seeds: int | None = None
    """At most so many at one time: what takes minutes."""
    is_bounded_by_limit: bool = False
    """Whether the limit of a leg alone ends the silence: nothing tells the dialplan sooner."""


@dataclass(slots=True)
class Outcome:
    """The figures of a row."""

    fault: str
    where: str
    seeds: list[int]
    calls: int = 0
    ended: dict[str, int] = field(default_factory=dict)
    """How many calls ended how, by ``Terminal``."""
    looked: list[str] = field(default_factory=list)
    """The invariants that somebody looked at."""
    broken: dict[str, list[str]] = field(default_factory=dict)
    """By invariant."""
    silences: list[float] = field(default_factory=list)
    """Of each call, in seconds."""
    remarks: list[str] = field(default_factory=list)
    left_out: str = ""
    """Why it was not run."""
    seconds: float = 0.0
    machine: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_whole(self) -> bool:
        """Whether everything held."""
        return not self.broken and not self.ended.get(Terminal.LOST)
