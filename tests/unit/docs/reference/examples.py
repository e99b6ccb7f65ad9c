"""The golden examples that the reference shows: files of ``tests/golden``, which the tests of their packages run."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .markdown import fenced
from .repository import GOLDEN, ROOT

_TOLD = re.compile(r"^(?P<file>[^:\n]+):\d+:\d+: (?P<severity>error|warning): .* \[(?P<rule>IVR\d{3})\]$", re.MULTILINE)
_PRINTABLE = re.compile(r"[^\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]*\Z")
MOST_LINES = 30
"""Of a bad example: a longer one explains less."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """A golden pair: a bad file, and what a user is told of it."""

    rule: str
    severity: str
    bad: Path
    told: Path
    text: str
    """What is told, without the other findings of the same file."""

    @property
    def shown(self) -> str:
        """Both halves, as blocks that name the files they are from."""
        bad = _readable(self.bad)
        return "\n\n".join(
            ([file_block(self.bad)] if bad else []) + [fenced(f"text from={_name(self.told)}", self.text)]
        )


def files_of_kind(kind: str) -> Mapping[str, bytes]:
    """The site of the good example of a kind of action, with the flow that such examples enter."""
    shared = {name: (GOLDEN / "flow" / name).read_bytes() for name in ("ivrctl.yaml", "sub.ivr.yaml")}
    return {**shared, f"{kind}-good.ivr.yaml": (GOLDEN / "flow" / f"{kind}-good.yaml").read_bytes()}


def file_block(file: Path) -> str:
    """A file as a block that names it."""
    return fenced(f"yaml from={_name(file)}", file.read_text(encoding="utf-8"))


def _name(file: Path) -> str:
    return str(file.relative_to(ROOT))


def _readable(file: Path) -> bool:
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return False
    return bool(_PRINTABLE.match(text)) and 0 < text.count("\n") <= MOST_LINES and "```" not in text


@cache
def mistakes() -> dict[str, Mistake]:
    """For each rule the mistake that shows it best: with it alone, readable, in the fewest lines."""
    best: dict[str, tuple[tuple[bool, bool, bool, int], Mistake]] = {}
    for mistake, is_alone in _all():
        readable = _readable(mistake.bad)
        lines = mistake.bad.read_bytes().count(b"\n") if readable else 0
        rank = (not is_alone, not readable, mistake.bad.parent.name == "lang", lines)
        if mistake.rule not in best or rank < best[mistake.rule][0]:
            best[mistake.rule] = (rank, mistake)
    return {rule: mistake for rule, (_, mistake) in sorted(best.items())}


def _all() -> Iterator[tuple[Mistake, bool]]:
    for told in sorted(GOLDEN.rglob("*.txt")):
        text = told.read_text(encoding="utf-8")
        found = list(_TOLD.finditer(text))
        ends = [match.start() for match in found[1:]] + [len(text)]
        for match, end in zip(found, ends, strict=False):
            bad = _bad_file(told, match["file"])
            if bad is not None:
                yield Mistake(match["rule"], match["severity"], bad, told, text[match.start() : end]), len(found) == 1


def _bad_file(told: Path, named: str) -> Path | None:
    """The file that a finding is about: beside what is told, or with the same stem."""
    candidates = [told.parent / Path(named).name, told.with_suffix(".yaml"), told.with_suffix(".scenario.yaml")]
    return next((file for file in candidates if file.exists()), None)
