"""The file of a policy with some of its numbers changed, and whatever else its author wrote left as it is.

Numbers are replaced where they stand: his comments, his order and his alignment stay. What is added are comments of
which each line begins with ``#>``: at the head what the numbers come from, above a line why a number of it was changed.
Those of an earlier time are taken out first, so that reasons which hold no more do not stay.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ivrctl.lang.binder import Binder, Unbound
from ivrctl.lang.decoding import decode
from ivrctl.lang.findings import Findings
from ivrctl.lang.loader import load_one
from ivrctl.staffing.policy_files.numbers import Numbers, Place, amount_at, span_of, written
from ivrctl.staffing.policy_files.policy_file import PolicyFile

MARK = "#>"
"""How each line begins that this module writes."""
_OWN = re.compile(rf"[ \t]*{MARK}(?: .*)?")
_BREAK = re.compile(r"(\r\n|\r|\n)")
_BEHIND = re.compile(r"[\"',\]}]*(?P<gap> +)")
"""What closes a value, and the blanks up to what follows on its line."""


@dataclass(frozen=True, slots=True)
class Comments:
    """What is said in the file."""

    head: Sequence[str]
    """Lines for its top."""
    beside: Mapping[Place, str]
    """By number, why it was changed."""


def rewritten(source: bytes, path: str, numbers: Numbers, comments: Comments) -> bytes:
    """A policy file with other numbers.

    Args:
        source: the file, of a policy that was checked.
        path: its name, for errors.
        numbers: those that are others now.
        comments: what is said of it.

    Raises:
        ValueError: it is no policy file.
    """
    text = _without_own(_text(source, path))
    file = _bound(text.encode(), path)
    lines = _Lines(text)
    for place, value in numbers.items():
        lines.replace(place, file, written(place, value))
    made = lines.text(comments).encode()
    if _reads(made, numbers, path):
        return made
    # A text that runs over several lines ends on the line of a number: a comment above it would stand inside the text.
    return lines.text(Comments([*comments.head, *comments.beside.values()], {})).encode()


def _reads(source: bytes, numbers: Numbers, path: str) -> bool:
    try:
        file = _bound(source, path)
    except ValueError:
        return False
    return all(amount_at(place, file) == value for place, value in numbers.items())


def _text(source: bytes, path: str) -> str:
    text = decode(source, path, Findings())
    if text is None:
        message = f"{path} is no text"
        raise ValueError(message)
    return text


def _bound(source: bytes, path: str) -> PolicyFile:
    findings = Findings()
    node = load_one(source, path, findings)
    try:
        if node is not None:
            file: PolicyFile = Binder(findings).bind(PolicyFile, node)
            return file
    except Unbound:
        pass
    message = f"{path} is no policy"
    raise ValueError(message)


def _without_own(text: str) -> str:
    parts = _BREAK.split(text)
    pairs = zip(parts[::2], [*parts[1::2], ""], strict=True)
    return "".join(line + ending for line, ending in pairs if not _OWN.fullmatch(line))


class _Lines:
    """The lines of a file, with what is to stand above them."""

    def __init__(self, text: str) -> None:
        parts = _BREAK.split(text)
        self._lines, self._endings = parts[::2], parts[1::2]
        self._ending = self._endings[0] if self._endings else "\n"
        self._replaced: defaultdict[int, list[tuple[int, int, str]]] = defaultdict(list)
        self._places: defaultdict[int, list[Place]] = defaultdict(list)

    def replace(self, place: Place, file: PolicyFile, by: str) -> None:
        """Write another number in the place of one."""
        span = span_of(place, file)
        self._replaced[span.line - 1].append((span.column - 1, span.end_column - 1, by))
        self._places[span.line - 1].append(place)

    def text(self, comments: Comments) -> str:
        """All of it."""
        return "".join(self._made(comments))

    def _made(self, comments: Comments) -> Iterator[str]:
        for said in comments.head:
            yield f"{MARK} {said}".rstrip() + self._ending
        for number, line in enumerate(self._lines):
            indent = line[: len(line) - len(line.lstrip(" "))]
            for place in self._places[number]:
                if place in comments.beside:
                    yield f"{indent}{MARK} {comments.beside[place]}{self._ending}"
            yield self._with_numbers(number, line)
            yield self._endings[number] if number < len(self._endings) else ""

    def _with_numbers(self, number: int, line: str) -> str:
        for begin, end, by in sorted(self._replaced[number], reverse=True):
            line = _put(line, begin, end, by)
        return line


def _put(line: str, begin: int, end: int, by: str) -> str:
    """A value in the place of another; the gap behind it takes up what is longer or shorter, where it can."""
    old, behind = line[begin:end], line[end:]
    quote = old[0] if old[0] in "\"'" else ""
    new = f"{quote}{by}{quote}"
    gap = _BEHIND.match(behind)
    if gap:
        wide = max(1, len(gap["gap"]) + len(old) - len(new))
        behind = behind[: gap.start("gap")] + " " * wide + behind[gap.end() :]
    return f"{line[:begin]}{new}{behind}"
