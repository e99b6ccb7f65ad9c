"""Findings: what is wrong in a source, where, and what to do about it.

A finding is a value with a rule id. All findings of a run are collected, sorted by place and shown together; nothing
stops at the first one. How they are shown (text, JSON, GitHub annotations) is ``report``'s.
"""

from __future__ import annotations

import difflib
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ivrctl.lang.source import Span


class Severity(StrEnum):
    """Errors make a source unusable; warnings do not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault at one place."""

    span: Span
    rule: str
    """The rule's id, such as ``IVR101``."""
    message: str
    """One sentence without a full stop, in the words of the field."""
    advice: str | None = None
    """What to write instead, such as ``did you mean "advisor"?``."""
    severity: Severity = Severity.ERROR
    hides_line: bool = False
    """True when the lines of its place hold what nobody may see: no report shows them, for this finding or another."""


@dataclass(slots=True)
class Findings:
    """The collector that loader, binder and checks write into."""

    items: list[Finding] = field(default_factory=list)

    def error(
        self, rule: str, span: Span, message: str, advice: str | None = None, *, hides_line: bool = False
    ) -> None:
        """Add an error."""
        self.items.append(Finding(span, rule, message, advice, hides_line=hides_line))

    def warning(self, rule: str, span: Span, message: str, advice: str | None = None) -> None:
        """Add a warning."""
        self.items.append(Finding(span, rule, message, advice, Severity.WARNING))

    @property
    def has_errors(self) -> bool:
        """True when at least one finding makes the source unusable."""
        return any(item.severity is Severity.ERROR for item in self.items)

    def has_errors_in(self, path: str) -> bool:
        """True when an error stands in a file."""
        return any(item.severity is Severity.ERROR and item.span.path == path for item in self.items)

    def sorted(self) -> list[Finding]:
        """All findings by file, line, column and rule; each once."""
        return sorted(set(self.items), key=lambda item: (item.span, item.rule, item.message))


def did_you_mean(name: str, candidates: Iterable[str], above: str = "") -> str | None:
    """Advice for a name that does not exist: the nearest candidate, or all of them when they are few.

    Args:
        name: as it was written.
        candidates: those that exist.
        above: what stands before all of them, and is shown but not compared, such as ``hours.desk.``.
    """
    known = sorted(candidates)
    near = difflib.get_close_matches(name, _beside(name, known), n=1, cutoff=0.6)
    if near:
        return f'did you mean "{above}{near[0]}"?'
    if 0 < len(known) <= MAX_LISTED:
        return "expected one of " + ", ".join(f'"{above}{item}"' for item in known)
    return None


def _beside(name: str, known: Sequence[str]) -> Sequence[str]:
    """Those that are compared: all, or of very many those that stand beside the name in a list; of no endless word any.

    To compare is dear: thousands of mistakes among thousands of names would take minutes.
    """
    if len(name) > MAX_COMPARED:
        return ()
    place = bisect_left(known, name)
    near = known if len(known) <= MAX_COMPARED else known[max(0, place - MAX_COMPARED // 2) : place + MAX_COMPARED // 2]
    return [each for each in near if len(each) <= MAX_COMPARED]


def shortened(text: str) -> str:
    """A text that fits into a message, on one line; the place shows the rest. No terminal obeys it."""
    line = "".join(
        character if character.isprintable() else ascii(character)[1:-1]
        for character in " ".join(text[: 2 * MAX_QUOTED].split())
    )
    return line if len(line) <= MAX_QUOTED else line[: MAX_QUOTED - 1] + "…"


MAX_COMPARED = 200
"""Candidates that a name is compared with, and characters of a name that is compared."""
MAX_LISTED = 20
"""Longer lists of candidates are noise."""
MAX_QUOTED = 40
"""Characters of a text quoted in a message."""
