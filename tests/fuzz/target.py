"""What is fuzzed: a function that takes any bytes, and raises where a promise is not kept."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Target:
    """One way in from outside."""

    name: str
    """Also of its folder of kept inputs."""
    one: Callable[[bytes], None]
    """Takes one input; an exception that leaves it is a fault of ours."""
    seeds: Callable[[], Iterator[bytes]]
    """Inputs to begin with, where none are kept yet."""
    mutate: Callable[[bytes, random.Random], bytes] | None = None
    """Changes an input so that its form remains; None where mutated bytes get far enough in."""
    longest: int = 2048
    """Bytes of an input: longer ones take longer and say no more."""
    short: int = 0
    """Inputs that the short form tries beyond those that are kept; 0 where it leaves the target out."""


def cut(stream: bytes, pattern: int) -> list[bytes]:
    """A stream as a net may cut it: in pieces of one size, or whole."""
    size = (1, 2, 3, 7, 16, 61, 200, len(stream) or 1)[pattern % 8]
    edges = [*range(0, len(stream), size), len(stream)]
    return [stream[begin:end] for begin, end in pairwise(edges)]
