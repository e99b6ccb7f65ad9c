"""What findings do not repeat: passwords that stand in a source, which would go into the logs of a CI with them.

A rule can say so of its own findings (``Finding.hides_line``). Whatever else is found in such a line says nothing of it
either, and neither does a message that quotes a part of it: these are known by their form.
"""

from __future__ import annotations

import re

HIDDEN = "(not shown: it holds a password)"
"""Stands in the place of a source line."""

_IN_A_LINE = re.compile(
    r"""://[^@\n]*:[^@\n]*@                                     # a URL with a user and a password
    |   [?&](?:ssl)?password=                                   # one with a parameter
    |   \b(?:secret|passw(?:or)?d|pwd)\b["']?\s*[:=]\s*         # a key of this name, with a value that is no type,
        (?!(?:secret|text|digits|number|true|false)\b|[{\s]|$)  # no flag and no reference
    |   \btype["']?\s*:\s*["']?secret\b.*\bvalue\b              # a setting of this type""",
    re.VERBOSE | re.IGNORECASE,
)

_IN_A_MESSAGE = re.compile(
    r"""(?P<kept>://[^\s/@:"]*:)(?!\d+(?:[/"?\s]|$))[^\s"]*    # behind a user; a port is none
    |   (?P<named>[?&](?:ssl)?password=)[^\s"]*""",
    re.VERBOSE | re.IGNORECASE,
)


def holds_password(line: str) -> bool:
    """True for a source line that looks as if a password stood in it."""
    return bool(_IN_A_LINE.search(line))


def without_passwords(message: str) -> str:
    """A message whose quotations end where a password would begin."""
    return _IN_A_MESSAGE.sub(lambda found: f"{found['kept'] or found['named']}…", message)
