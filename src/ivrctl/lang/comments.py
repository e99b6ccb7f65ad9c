"""The one comment that is a mistake: an unquoted ``#:`` meant as the hash key of a menu.

YAML takes the rest of such a line for a comment, so the key and its target vanish without a word.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ivrctl.lang.decoding import lines_of
from ivrctl.lang.findings import Findings
from ivrctl.lang.source import Span

_HASH_KEY = re.compile(r"[ \t]*#(?=:(?:[ \t]|$))|.*[{,][ \t]*#(?=:[ \t])")


def refuse_hash_keys(text: str, path: str, scalar_lines: Sequence[tuple[int, int]], findings: Findings) -> bool:
    """Record every comment that was meant as the key ``#``.

    Args:
        text: the source.
        path: its name.
        scalar_lines: first and last lines of multi-line scalars, in which ``#`` begins no comment.
        findings: receives IVR002.

    Returns:
        True when there was one.
    """
    if "#:" not in text:
        return False
    inside = {line for first, last in scalar_lines for line in range(first + 1, last)}
    found = False
    for number, line in enumerate(lines_of(text), start=1):
        match = _HASH_KEY.match(line)
        if match and number not in inside:
            found = True
            span = Span(path, number, match.end(), number, match.end() + 2)
            findings.error("IVR002", span, "an unquoted # begins a comment, so this key is lost", 'quote it: "#":')
    return found
