"""Pairs of sites with a known difference: ``tests/golden/exploring``.

``site`` is the first of every pair; ``<name>.yaml`` says what is another in the second, and ``<name>.txt`` what is told
of it. ``python -m tests.unit.flow.pairs`` writes what is told anew: read the difference before you commit it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from ivrctl.cli.commands.explore import told_of
from ivrctl.flow.exploring.comparing import Comparer, Comparison, compared_lines
from ivrctl.flow.exploring.survey import Survey, survey
from ivrctl.flow.exploring.territory import Explorer
from ivrctl.flow.program import Program, compile_site
from ivrctl.lang.report import render_text

FOLDER = Path(__file__).parents[2] / "golden" / "exploring"
PAIRS = tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
"""Ten in the morning of a Friday in Berlin."""
CALLER = "+4930123456"


def first() -> Program:
    """The site of all pairs."""
    return compiled(_files())


def second(name: str) -> Program:
    """The site of a pair in which something is another."""
    files = dict(_files())
    for change in pair(name)["changes"]:
        assert files[change["file"]].count(change["old"]) == 1, change
        files[change["file"]] = files[change["file"]].replace(change["old"], change["new"])
    return compiled(files)


def pair(name: str) -> Any:
    """What stands in the file of a pair."""
    return yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8"))


def compiled(files: Mapping[str, str]) -> Program:
    """A site that has no errors."""
    program, findings = compile_site({path: text.encode() for path, text in files.items()})
    assert program is not None, render_text(findings, dict(files))
    return program


def compared(before: Program, now: Program) -> Comparison:
    """What ``ivrctl diff`` tells."""
    comparer = Comparer(before, now, NOW, CALLER)
    for _ in comparer.walk():
        pass
    comparer.comparison.differences += compared_lines(surveyed(before), surveyed(now))
    return comparer.comparison


def surveyed(program: Program) -> Survey:
    """What ``ivrctl explore`` tells."""
    explorer = Explorer(program, NOW, CALLER)
    for _ in explorer.walk():
        pass
    return survey(explorer.territory)


def told(name: str) -> str:
    """All that is told of a pair: the differences, and the ways of the second site."""
    now = second(name)
    differences = compared(first(), now).sorted()
    shown = [f"{each.kind}: {each.sentence}" for each in differences] or ["no difference"]
    return "\n".join([*shown, "", *_told(surveyed(now))]) + "\n"


def _told(found: Survey) -> Iterator[str]:
    for line in found.lines:
        yield from told_of(line, line.flow)
    yield from (f"never entered: {each.span.path}:{each.span.line} {each.what}" for each in found.never_entered)
    yield from (f"never heard: {each.span.path}:{each.span.line} {each.what}" for each in found.never_heard)


def _files() -> Mapping[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted((FOLDER / "site").iterdir())}


if __name__ == "__main__":
    for each in sys.argv[1:] or PAIRS:
        (FOLDER / f"{each}.txt").write_text(told(each), encoding="utf-8")
