"""Findings as SARIF 2.1.0, which code scanning and editors read (OASIS, "Static Analysis Results Interchange Format").

One run with the rules that were met, each with its whole page, and a result for each finding. Columns count characters
(``unicodeCodePoints``), and a region ends before its end column, as spans do.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import PurePath
from typing import Any, TypeAlias
from urllib.parse import quote

from ivrctl.lang.decoding import lines_of
from ivrctl.lang.findings import Finding, Findings
from ivrctl.lang.redaction import without_passwords
from ivrctl.lang.rule import Rule, visible
from ivrctl.lang.source import Span

VERSION = "2.1.0"
SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
FINGERPRINT = "ivrctl/v1"
"""The name of our fingerprint; another number when it is made in another way."""
_DIGITS = 16
"""Hexadecimal digits of a fingerprint."""

Object: TypeAlias = dict[str, Any]


def render_sarif(findings: Findings, sources: Mapping[str, str], rules: Mapping[str, Rule], version: str) -> str:
    """All findings as one SARIF log.

    Args:
        findings: what was found.
        sources: the text of each file by the path that spans carry: a finding is known again by its line's words,
            wherever the line has gone meanwhile.
        rules: every rule by its id.
        version: of ivrctl.
    """
    found = findings.sorted()
    met = sorted({finding.rule for finding in found})
    driver = {"name": "ivrctl", "version": version, "rules": [_rule(rules[id_]) for id_ in met]}
    prints = _fingerprints(found, sources)
    results = [_result(finding, met.index(finding.rule), print_) for finding, print_ in zip(found, prints, strict=True)]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return json.dumps({"$schema": SCHEMA, "version": VERSION, "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _rule(rule: Rule) -> Object:
    return {
        "id": rule.id,
        "shortDescription": {"text": f"{rule.title}."},
        "fullDescription": {"text": rule.why},
        "help": {"text": _page(rule, "Wrong:\n\n{}\nRight:\n\n{}"), "markdown": _page(rule, _MARKDOWN)},
        "defaultConfiguration": {"level": rule.severity.value},
    }


_MARKDOWN = "Wrong:\n\n```yaml\n{}```\n\nRight:\n\n```yaml\n{}```\n"


def _page(rule: Rule, examples: str) -> str:
    return f"{rule.why}\n\n" + examples.format(visible(rule.bad), visible(rule.good))


def _result(finding: Finding, index: int, fingerprint: str) -> Object:
    sentence = f"{finding.message}; {finding.advice}" if finding.advice else finding.message
    return {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": finding.severity.value,
        "message": {"text": without_passwords(sentence)},
        "locations": [{"physicalLocation": _place(finding.span)}],
        "partialFingerprints": {FINGERPRINT: fingerprint},
    }


def _place(span: Span) -> Object:
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    return {"artifactLocation": {"uri": _uri(span.path)}, "region": region}


def _uri(path: str) -> str:
    """A path as a reference: relative ones to whatever the reader takes for the root, as SARIF has it."""
    where = PurePath(path)
    return f"file://{quote(path)}" if where.is_absolute() else quote(where.as_posix())


def _fingerprints(found: list[Finding], sources: Mapping[str, str]) -> Iterator[str]:
    """What each finding is known by when the lines around it change: its rule, file and words, and which of these.

    Of a line that nobody may see not even a digest goes out: the message stands for it.
    """
    lines = {path: lines_of(text.removeprefix("\ufeff")) for path, text in sources.items()}
    digests: dict[tuple[str, int], str] = {}
    seen: Counter[tuple[str, str, str]] = Counter()
    for finding in found:
        place = (finding.span.path, finding.span.line)
        if finding.hides_line or not 0 < place[1] <= len(lines.get(place[0], [])):
            said = finding.message
        else:
            said = digests.get(place) or digests.setdefault(place, _digest(lines[place[0]][place[1] - 1]))
        words = (finding.rule, finding.span.path, said)
        seen[words] += 1
        digest = hashlib.sha256("\0".join((*words, str(seen[words]))).encode(errors="surrogatepass"))
        yield digest.hexdigest()[:_DIGITS]


def _digest(line: str) -> str:
    """Of the words of a line, whatever blanks are between them, and without a password."""
    words = " ".join(without_passwords(line).split())
    return hashlib.sha256(words.encode(errors="surrogatepass")).hexdigest()
