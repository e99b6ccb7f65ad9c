"""Mutations of a file's bytes: what a broken disk, a bad editor or a cat on the keyboard does to it."""

from __future__ import annotations

import random
from collections.abc import Callable

Mutation = Callable[[bytes, random.Random], bytes]

ODD = (
    "\ufeff",
    "\u202e",
    "\u200b",
    "\u2028",
    "\u2029",
    "\x85",
    "\xa0",
    "\u3000",
    "\x00",
    "\x07",
    "\x1b[2J",
    "\x7f",
    "\u0301",
    "\U0001f4de",
    "\U0010ffff",
    "\ufffe",
    "٣",
    "１",
    "²",
    "ǅ",
    "ﬁ",
    "İ",
    "\r",
    "\r\n",
    "\t",
    "\\",
    '"',
    "'",
    "{",
    "}",
    "{{",
    "{}",
    "[",
    "]",
    ":",
    ": ",
    "- ",
    "? ",
    "#",
    " #",
    "|",
    ">",
    "&a",
    "*a",
    "!!int ",
    "%YAML 1.1\n---\n",
    "---\n",
    "...\n",
    "<<: ",
    "~",
    "null",
    "\\x00",
    "\\uD800",
    "\\U00110000",
)
"""What stands in no flow, or means something to YAML or to a text."""

NESTS = (("[", "]"), ("{a: ", "}"), ("- ", ""), ("? ", ""), ("[{", "}]"), ("{", ""), ("a:\n ", ""))
"""What opens a collection in another, and what closes it."""
LONG = 20_000
"""Characters of a scalar or a line that is too long to read."""
DEEP = 3_000
"""Collections inside each other."""


def mutated(source: bytes, chance: random.Random) -> bytes:
    """The bytes after one to four mutations, most often one."""
    for _ in range(chance.choice([1, 1, 1, 2, 4])):
        source = chance.choice(MUTATIONS)(source, chance)
    return source


def _at(source: bytes, chance: random.Random) -> int:
    return chance.randint(0, len(source))


def _flip(source: bytes, chance: random.Random) -> bytes:
    if not source:
        return source
    at = chance.randrange(len(source))
    return source[:at] + bytes([source[at] ^ (1 << chance.randrange(8))]) + source[at + 1 :]


def _any_byte(source: bytes, chance: random.Random) -> bytes:
    at = _at(source, chance)
    return source[:at] + bytes([chance.randrange(256)]) + source[at + chance.randint(0, 1) :]


def _cut(source: bytes, chance: random.Random) -> bytes:
    at = _at(source, chance)
    return source[:at] + source[at + chance.choice([1, 1, 2, 5, 20, 100]) :]


def _cut_off(source: bytes, chance: random.Random) -> bytes:
    """The rest of the file is missing, as while it is typed."""
    return source[: _at(source, chance)]


def _double(source: bytes, chance: random.Random) -> bytes:
    at, length = _at(source, chance), chance.choice([1, 5, 40, 200])
    return source[: at + length] + source[at:]


def _move(source: bytes, chance: random.Random) -> bytes:
    at, length = _at(source, chance), chance.choice([1, 5, 40, 200])
    rest = source[:at] + source[at + length :]
    to = _at(rest, chance)
    return rest[:to] + source[at : at + length] + rest[to:]


def _odd_text(source: bytes, chance: random.Random) -> bytes:
    at = _at(source, chance)
    return source[:at] + chance.choice(ODD).encode() + source[at + chance.choice([0, 0, 1, 3]) :]


def _lines(source: bytes, chance: random.Random) -> bytes:
    """A line is lost, doubled, moved, or begins further in or out."""
    lines = source.split(b"\n")
    at = chance.randrange(len(lines))
    match chance.randrange(4):
        case 0:
            del lines[at]
        case 1:
            lines.insert(at, lines[at])
        case 2:
            lines.insert(chance.randrange(len(lines)), lines.pop(at))
        case _:
            lines[at] = b" " * chance.randint(0, 12) + lines[at].lstrip()
    return b"\n".join(lines)


def _long(source: bytes, chance: random.Random) -> bytes:
    at = _at(source, chance)
    piece = chance.choice(["a", "1", "{a}", "字", " ", "-", "{", "x and ", "not ", "(", ".", "X", "0123", "\n", "\\"])
    return source[:at] + (piece * (LONG // len(piece))).encode() + source[at:]


def _deep(source: bytes, chance: random.Random) -> bytes:
    at = _at(source, chance)
    opens, closes = chance.choice(NESTS)
    depth = chance.choice([10, 31, 33, 100, DEEP])
    return source[:at] + (opens * depth + closes * depth).encode() + source[at:]


def _other_encoding(source: bytes, chance: random.Random) -> bytes:
    text = source.decode(errors="replace")
    encoding = chance.choice(["utf-16", "utf-16-le", "utf-32", "gbk", "latin-1", "utf-8-sig", "utf-7"])
    return text.encode(encoding, errors="replace")


def _other_line_ends(source: bytes, chance: random.Random) -> bytes:
    return source.replace(b"\n", chance.choice([b"\r\n", b"\r", b"\n\n", b"\xe2\x80\xa8", b"\xc2\x85"]))


MUTATIONS: tuple[Mutation, ...] = (
    *[_flip, _any_byte, _cut, _double, _move, _odd_text, _lines] * 3,
    _cut_off,
    _long,
    _deep,
    _other_encoding,
    _other_line_ends,
)
"""Those that leave most of a file as it is come more often: they get further in."""
