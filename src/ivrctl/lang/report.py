"""Findings as people and machines read them: text with a caret, JSON, GitHub annotations.

Knows the lines of the sources, but not what a finding is about.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping

from ivrctl.lang.decoding import lines_of
from ivrctl.lang.findings import Finding, Findings, Severity
from ivrctl.lang.redaction import HIDDEN, holds_password, without_passwords
from ivrctl.lang.source import Span

FORMAT_VERSION = 1
"""Of the JSON form; raised when a field changes its meaning or goes."""
MAX_WIDTH = 160
"""Cells of a source line that are shown; of a longer line, the neighbourhood of the place."""
_TAB = "    "
_UNPRINTABLE = re.compile(
    r"[\x00-\x08\x0a-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb"
    r"\U000e0000-\U000e007f]"
)
_BOLD, _RED, _YELLOW, _GREEN, _PLAIN = "\x1b[1m", "\x1b[1;31m", "\x1b[1;33m", "\x1b[1;32m", "\x1b[0m"


def render_text(findings: Findings, sources: Mapping[str, str], *, colour: bool = False) -> str:
    """All findings with the line each is about and a caret under the place.

    Args:
        findings: what was found.
        sources: the text of each file by the path that spans carry; a finding without its source has no line.
        colour: True for a terminal.
    """
    lines = _Lines(sources, _hidden(findings))
    return "".join(_block(finding, lines, colour=colour) for finding in findings.sorted())


def render_json(findings: Findings, beside: Mapping[str, object] | None = None) -> str:
    """All findings as one JSON object with ``format_version`` and ``findings``; lines and columns count from 1.

    Args:
        findings: what was found.
        beside: further keys of the object, and what stands there.
    """
    items = [_object(finding) for finding in findings.sorted()]
    body = {"format_version": FORMAT_VERSION, "findings": items, **(beside or {})}
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def render_github(findings: Findings) -> str:
    """All findings as workflow commands, which GitHub shows beside the lines of a pull request."""
    return "".join(_annotation(finding) + "\n" for finding in findings.sorted())


def _hidden(findings: Findings) -> frozenset[tuple[str, int]]:
    """The lines, by path and number, that a finding hides from every one."""
    spans = (finding.span for finding in findings.items if finding.hides_line)
    return frozenset((span.path, line) for span in spans for line in range(span.line, span.end_line + 1))


class _Lines:
    """The lines of the sources as they can be shown; each is looked at once, however many findings are about it."""

    def __init__(self, sources: Mapping[str, str], hidden: Collection[tuple[str, int]]) -> None:
        self._lines = {path: lines_of(text.removeprefix("\ufeff")) for path, text in sources.items()}
        self._hidden = hidden
        self._shown: dict[tuple[str, int], str | None] = {}

    def exists(self, span: Span) -> bool:
        """True when something stands there."""
        lines = self._lines.get(span.path, [])
        return 0 < span.line <= len(lines) and bool(lines[span.line - 1].strip())

    def shown(self, span: Span) -> str | None:
        """A line that exists, without what steers a terminal; None for one that holds a password."""
        place = (span.path, span.line)
        if place not in self._shown:
            line = self._lines[span.path][span.line - 1]
            self._shown[place] = None if place in self._hidden or holds_password(line) else _safe(line)
        return self._shown[place]


def _block(finding: Finding, lines: _Lines, *, colour: bool) -> str:
    """One finding: the headline, the source line, the caret line."""
    span = finding.span
    paint = _painted if colour else _unpainted
    tone = _RED if finding.severity is Severity.ERROR else _YELLOW
    place = paint(_BOLD, f"{_safe(span.path)}:{span.line}:{span.column}:")
    text = f"{place} {paint(tone, f'{finding.severity.value}:')} {_sentence(finding)} [{finding.rule}]\n"
    if not lines.exists(span):
        return text
    line = lines.shown(span)
    if line is None:
        return f"{text}{span.line:>5} | {HIDDEN}\n"
    shown, before, marked = _excerpt(line, finding)
    caret = " " * before + paint(_GREEN, "^" + "~" * (marked - 1))
    return f"{text}{span.line:>5} | {shown}\n{'':>5} | {caret}\n"


def _excerpt(line: str, finding: Finding) -> tuple[str, int, int]:
    """The line as shown, the cells before the caret, and the cells it marks (at least one)."""
    start = min(finding.span.column - 1, len(line))
    end = finding.span.end_column - 1 if finding.span.end_line == finding.span.line else len(line.rstrip())
    is_long = len(line) > MAX_WIDTH or _cells(line) > MAX_WIDTH
    first = max(0, start - MAX_WIDTH // 8) if is_long else 0  # also as many tabs leave the place in sight
    last = _last_shown(line, first)
    lead, tail = "…" if first else "", "…" if last < len(line) else ""
    shown = lead + line[first:last].replace("\t", _TAB) + tail
    return shown, len(lead) + _cells(line[first:start]), max(1, _cells(line[start : min(end, last)]))


def _last_shown(line: str, first: int) -> int:
    """The offset behind the last character that fits."""
    width = 0
    for offset in range(first, len(line)):
        width += _cells(line[offset])
        if width > MAX_WIDTH:
            return offset
    return len(line)


def _cells(text: str) -> int:
    """Cells that a text takes on a terminal: Chinese characters are two wide, combining marks none, a tab four."""
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if character == "\t":
        return len(_TAB)
    if " " <= character <= "~":
        return 1
    if unicodedata.combining(character) or unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def _safe(text: str) -> str:
    """A text without characters that steer the terminal or do not show; each becomes one cell."""
    return _UNPRINTABLE.sub("\ufffd", text)


def _sentence(finding: Finding) -> str:
    """Message and advice as one line."""
    sentence = f"{finding.message}; {finding.advice}" if finding.advice else finding.message
    return _safe(without_passwords(sentence.replace("\t", " ")))


def _painted(tone: str, text: str) -> str:
    return f"{tone}{text}{_PLAIN}"


def _unpainted(_tone: str, text: str) -> str:
    return text


def _object(finding: Finding) -> dict[str, str | int | None]:
    span = finding.span
    return {
        "path": span.path,
        "line": span.line,
        "column": span.column,
        "end_line": span.end_line,
        "end_column": span.end_column,
        "rule": finding.rule,
        "severity": finding.severity.value,
        "message": without_passwords(finding.message),
        "advice": None if finding.advice is None else without_passwords(finding.advice),
    }


def _annotation(finding: Finding) -> str:
    """One workflow command; GitHub wants ``%``, line breaks and, in properties, ``:`` and ``,`` escaped."""
    span = finding.span
    place = f"file={_property(span.path)},line={span.line},col={span.column}"
    return f"::{finding.severity.value} {place},title={_property(finding.rule)}::{_escaped(_sentence(finding))}"


def _escaped(text: str, also: Iterable[str] = ()) -> str:
    for character in ("%", "\r", "\n", *also):
        text = text.replace(character, f"%{ord(character):02X}")
    return text


def _property(text: str) -> str:
    return _escaped(text, also=(":", ","))
