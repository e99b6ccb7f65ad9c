"""The one comment that is a mistake: an unquoted ``#:`` meant as the hash key of a menu.

YAML takes the rest of such a line for a comment, so the key and its target vanish without a word.
"""

from __future__ import annotations

import re
from collections.abc import Container

from ivrctl.lang.decoding import lines_of
from ivrctl.lang.findings import Findings
from ivrctl.lang.source import Span

_HASH_KEY = re.compile(r"(?:^|[{,])[ \t]*(?P<key>#:)(?=[ \t]|$)")
_QUOTED = re.compile(r"\"[^\"]*\"|'[^']*'")


def refuse_hash_keys(text: str, path: str, lines_inside: Container[int], findings: Findings) -> bool:
    """Record every comment that was meant as the key ``#``.

    Args:
        text: the source.
        path: its name.
        lines_inside: the lines that begin inside a text that runs over several.
        findings: receives IVR002.

    Returns:
        True when there was one.
    """
    if "#:" not in text:
        return False
    found = 0
    for number, line in enumerate(lines_of(text), start=1):
        match = None if number in lines_inside else _HASH_KEY.search(line)
        if match and _is_code(line[: match.start("key")]):
            found += 1
            span = Span(path, number, match.start("key") + 1, number, match.end("key") + 1)
            findings.error("IVR002", span, "an unquoted # begins a comment, so this key is lost", 'quote it: "#":')
        if found == MAX_REPORTED:
            break
    return found > 0


MAX_REPORTED = 20
"""More of the same mistake are noise."""


def _is_code(before: str) -> bool:
    """True when the beginning of a line is neither a comment already nor inside a quoted text."""
    bare = _QUOTED.sub("", before)
    return not re.search(r"(?:^|\s)#|[\"']", bare)
