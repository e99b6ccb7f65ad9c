"""A finding about a PBX: the same idea as ``lang.findings``, with a place in somebody else's files.

A finding about a PBX has no line and column: what Asterisk read is known, not where it stood. It says instead which
lines go into which file.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field

from ivrctl.lang.findings import Severity

FORMAT_VERSION = 1
"""Of the JSON form; raised when a field changes its meaning or goes."""


@dataclass(frozen=True, slots=True)
class Paste:
    """Lines for one section of one file."""

    file: str
    """Below Asterisk's configuration folder, or ``ivrctl.yaml``, or ``shell``."""
    lines: tuple[str, ...]
    section: str | None = None
    """None: anywhere in the file, or no configuration at all."""
    instead_of: str | None = None
    """The name of a line that goes, which would count beside the new one; None: nothing goes."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of the set-up."""

    rule: str
    """The rule's id, such as ``IVR404``."""
    place: str
    """Such as ``manager.conf [ivrctl]``."""
    message: str
    """One sentence without a full stop: what is wrong, and for whom."""
    pastes: tuple[Paste, ...] = ()
    """What to write, in this order."""
    severity: Severity = Severity.ERROR


@dataclass(frozen=True, slots=True)
class Report:
    """All that an examination found."""

    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    """What could not be seen, and why: nothing passes because nobody looked."""
    asterisk: str = ""
    """Version and system name."""
    is_reached: bool = field(default=True)
    """False when AMI does not answer: then next to nothing was examined."""


def render_text(report: Report) -> str:
    """The findings as people read them, with the lines to paste; then the notes."""
    blocks = [_block(finding) for finding in report.findings]
    blocks += [f"note: {note}\n" for note in report.notes]
    return "\n".join(blocks)


def render_json(report: Report) -> str:
    """The report as one JSON object with ``format_version``, ``asterisk``, ``findings`` and ``notes``."""
    body = {"format_version": FORMAT_VERSION, **asdict(report)}
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def _block(finding: Finding) -> str:
    headline = f"{finding.place}: {finding.severity}: {finding.message} [{finding.rule}]\n"
    return headline + "".join(_shown(paste) for paste in finding.pastes)


def _shown(paste: Paste) -> str:
    where = "    run:\n" if paste.file == SHELL else f"    in {paste.file}{_section(paste)}{_instead(paste)}:\n"
    return where + _indented(paste.lines)


def _section(paste: Paste) -> str:
    return f", section [{paste.section}]" if paste.section else ""


def _instead(paste: Paste) -> str:
    return f', instead of its "{paste.instead_of}"' if paste.instead_of else ""


def _indented(lines: Sequence[str]) -> str:
    return "".join(f"        {line}\n" for line in lines)


SHELL = "shell"
"""The ``file`` of a paste that is a command."""


def command(*lines: str) -> Paste:
    """Commands to run on the machine of Asterisk."""
    return Paste(SHELL, lines)
