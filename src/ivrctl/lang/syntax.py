"""What the YAML parser complains about, in plain words and with what to write instead.

libyaml and PyYAML's own parser word their complaints a little differently; both are matched. Knows only the
complaint and the lines of the source.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import yaml

from ivrctl.lang.findings import Finding
from ivrctl.lang.source import Span


@dataclass(frozen=True, slots=True)
class _Case:
    """One kind of mistake: how it is told, and what is said of it."""

    complaint: str
    """A pattern on the parser's context and problem."""
    message: str
    """``{at}`` is the character at the place."""
    advice: str | None
    at_context: bool = False
    """The mistake begins where the parser's context began (an opened quote), not where parsing failed."""
    at: str = ".?"
    """A pattern on the character where parsing failed."""
    before: str = ".*"
    """A pattern on what stands before it in the line."""

    def applies(self, complaint: str, failed_at: _Place) -> bool:
        """True when this is what the parser complains about."""
        return (
            re.search(self.complaint, complaint) is not None
            and re.fullmatch(self.at, failed_at.character) is not None
            and re.fullmatch(self.before, failed_at.before) is not None
        )


_CASES: Sequence[_Case] = (
    _Case(r"cannot start any token|tab character", "a tab stands in the indentation", "indent with spaces", at="\t"),
    _Case(
        r"scanning an (alias|anchor)",
        "an unquoted {at} begins a YAML alias or anchor, which are not part of the language",
        'quote it: "{at}"',
        at_context=True,
    ),
    _Case(r"cannot start any token", "an unquoted text cannot begin with {at}", "put it in quotes"),
    _Case(
        r"quoted scalar.*end of (the )?stream|quoted scalar.*document (separator|indicator)",
        "the quote that opens here is never closed",
        "close it, on the same line if it can be",
        at_context=True,
    ),
    _Case(r"unknown escape", "an unknown escape after a backslash", r"write \\ for a backslash"),
    _Case(
        r"could not find expected ':'",
        "a text stands where a key and its colon are due",
        "finish the line, or indent it as the continuation of the text above",
        at_context=True,
    ),
    _Case(
        r"mapping values are not allowed",
        "a second colon stands where the value of a key was being read",
        'put a text with ": " in it in quotes; a mapping begins on a line of its own',
    ),
    _Case(
        r"mapping keys are not allowed|simple key.*required",
        "a ? stands where the value of a key was being read",
        "put the text in quotes",
    ),
    _Case(
        r"sequence entries are not allowed",
        "a list begins on the line of its key",
        "begin it on the next line, or quote a text that begins with a dash",
    ),
    _Case(
        r"parsing a flow (mapping|sequence)",
        "a text inside brackets cannot hold {at} without quotes",
        "put the text in quotes",
        at=r"[{\[]",
    ),
    _Case(
        r"parsing a flow (mapping|sequence)",
        "the bracket that opens here is not closed; next comes {at}",
        "close it; a text with , [ ] { or } in it needs quotes here",
        at_context=True,
    ),
    _Case(
        r"parsing a block collection",
        "a list item is due here, which begins with a dash",
        "give the line the indentation of what it belongs to",
    ),
    _Case(
        r"parsing a block mapping",
        "the line is indented like none of the lines above",
        "give it the indentation of its neighbours",
        before=r"\s*",
    ),
    _Case(
        r"parsing a block mapping|document start",
        "the text goes on behind a closing quote",
        """put single quotes around the whole: '"north" in …'""",
        before=r".*[\"']\s*",
    ),
    _Case(
        r"parsing a block mapping|document start",
        "something follows behind the end of the value",
        "put the whole text in quotes, or begin a new line",
    ),
    _Case(
        r"expected (the )?node content",
        "{at} closes nothing",
        "remove it, or quote it if it is a text",
        at=r"[\]}]",
    ),
    _Case(r"expected (the )?node content", "a value is due here, not {at}", "quote it if it is a text"),
    _Case(r"directive|incompatible YAML", "YAML directives (%) are not part of the language", "remove the line"),
    _Case(r"block scalar", "only a line break can follow | or >", "begin the text on the next line, or quote it"),
    _Case(
        r"tag|'!'",
        "an unquoted ! begins a YAML tag, which are not part of the language",
        "put the text in quotes",
        at_context=True,
    ),
)


def explain(error: yaml.MarkedYAMLError, path: str, lines: Sequence[str]) -> Finding:
    """The finding (IVR002) for a complaint of the parser, at the place where the mistake begins."""
    complaint = f"{error.context or ''}: {error.problem or ''}"
    failed_at = _Place.of(error.problem_mark or error.context_mark, lines)
    for case in _CASES:
        if case.applies(complaint, failed_at):
            place = _Place.of(error.context_mark, lines) if case.at_context and error.context_mark else failed_at
            return _finding(path, case, place, failed_at)
    return Finding(failed_at.span(path), "IVR002", error.problem or "the YAML cannot be read")


def _finding(path: str, case: _Case, place: _Place, failed_at: _Place) -> Finding:
    is_bracket = place.character in {"{", "["}
    shown = failed_at if is_bracket else place
    character = shown.character or f"the end of the {'file' if shown.is_end else 'line'}"
    advice = case.advice and case.advice.replace("{at}", place.character)
    return Finding(place.span(path), "IVR002", case.message.replace("{at}", character), advice)


@dataclass(frozen=True, slots=True)
class _Place:
    """A mark of the parser, kept inside the file."""

    line: int
    column: int
    character: str
    """The character there; empty at the end of a line."""
    before: str
    """What stands before it in the line."""
    is_end: bool
    """True in the last line of the file."""

    @staticmethod
    def of(mark: yaml.Mark | None, lines: Sequence[str]) -> _Place:
        """The place of a mark (from 0), which may lie behind the last character."""
        line = min(mark.line, len(lines) - 1) if mark else 0
        column = min(mark.column, len(lines[line])) if mark else 0
        at, before = lines[line][column : column + 1], lines[line][:column]
        return _Place(line, column, at, before, is_end=line == len(lines) - 1)

    def span(self, path: str) -> Span:
        """The span of the one character."""
        end = self.column + 1 + len(self.character)
        return Span(path, self.line + 1, self.column + 1, self.line + 1, end)
