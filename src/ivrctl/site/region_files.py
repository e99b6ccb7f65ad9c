"""Tables of prefixes beside the site file, ``NAME.regions.csv``: a heading ``prefix,region``, and a row for each.

::

    prefix,region
    1390013,trial
    +8613900139000,shanghai
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath

from ivrctl.lang.decoding import decode, lines_of
from ivrctl.lang.findings import Findings, did_you_mean, shortened
from ivrctl.lang.source import Span
from ivrctl.site.numbering_plan import NumberingPlan

SUFFIX = ".regions.csv"

MAX_BYTES = 8 * 1024 * 1024
"""Bytes of one table: its most rows have half of that."""

MAX_ROWS = 100_000
"""Rows of all tables of a site together."""

MAX_TOLD = 20
"""Findings of one table: who has exported the wrong column needs no hundred thousand."""

HEADING = ("prefix", "region")
_ADVICE = "write a row as PREFIX,REGION, such as 1390013,shanghai"


@dataclass(slots=True)
class Claims:
    """The prefixes that are the site's own, each with the one region that it belongs to."""

    plan: NumberingPlan
    regions: Mapping[str, object]
    findings: Findings
    taken: dict[str, str] = field(default_factory=dict)
    """The region of each prefix, in E.164 without its plus."""

    def claim(self, written: str, region: str, span: Span) -> None:
        """A region claims a prefix, or a finding says why it cannot."""
        prefix = self.plan.prefix(written)
        if prefix is None:
            advice = "write digits, national or with + and the country: 021, +8621"
            self.findings.error("IVR227", span, f'"{shortened(written)}" is no beginning of a number', advice)
        elif prefix in self.taken:
            message = f"the prefix +{prefix} belongs to {self.taken[prefix]} already"
            advice = "remove one; for a number of two regions let one hold the other"
            self.findings.error("IVR227", span, message, advice)
        else:
            self.taken[prefix] = region


def read_tables(files: Mapping[str, bytes], claims: Claims) -> None:
    """Read every table of a site; what is wrong with a row is told at its place."""
    rows = 0
    for path in sorted(files):
        if is_table(path):
            rows += _Table(path, claims).read(files[path], MAX_ROWS - rows)


def is_table(path: str) -> bool:
    """True for the name of a table of prefixes."""
    return PurePath(path).name.endswith(SUFFIX)


@dataclass(slots=True)
class _Table:
    path: str
    claims: Claims
    names: dict[str, str] = field(default_factory=dict)
    """Each region once, however many rows name it."""

    def read(self, content: bytes, most: int) -> int:
        """Claim every row; the number of rows."""
        findings = self.claims.findings
        text = decode(content, self.path, findings, MAX_BYTES)
        if text is None:
            return 0
        lines = lines_of(text)
        if tuple(part.strip() for part in lines[0].split(",")) != HEADING:
            span = self._span(1, 0, lines[0])
            findings.error("IVR227", span, "the table has no heading", "write prefix,region into its first line")
            return 0
        before, read = len(findings.items), 0
        for number, line in self._rows(lines):
            if read == most:
                message = f"the tables of a site have at most {MAX_ROWS} rows together"
                findings.error("IVR227", self._span(number, 0, line), message, "leave shorter prefixes to places")
                break
            if len(findings.items) - before >= MAX_TOLD:
                break
            read += 1
            self._row(number, line)
        return read

    @staticmethod
    def _rows(lines: list[str]) -> Iterator[tuple[int, str]]:
        return ((number, line) for number, line in enumerate(lines[1:], 2) if line.strip())

    def _row(self, number: int, line: str) -> None:
        prefix, comma, region = line.partition(",")
        name = region.strip()
        if not comma or not name or "," in name:
            self.claims.findings.error("IVR227", self._span(number, 0, line), "this is no row of the table", _ADVICE)
            return
        if name not in self.claims.regions:
            span = self._span(number, line.index(name, len(prefix) + 1), name)
            unknown_region(name, span, self.claims.regions, self.claims.findings)
            return
        written = prefix.strip()
        span = self._span(number, prefix.index(written), written)
        self.claims.claim(written, self.names.setdefault(name, name), span)

    def _span(self, line: int, before: int, text: str) -> Span:
        return Span(self.path, line, before + 1, line, before + len(text) + 1)


def unknown_region(name: str, span: Span, regions: Mapping[str, object], findings: Findings) -> None:
    """Report a region that the site does not declare."""
    advice = did_you_mean(name, regions) or "declare it under regions in ivrctl.yaml"
    findings.error("IVR225", span, f'the region "{shortened(name)}" does not exist', advice)
