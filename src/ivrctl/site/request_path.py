"""The path of a request to an interface: fixed words, and values that cannot leave their segment.

``/callers/{number}`` beside a base address. What goes in is percent-encoded, whatever it holds; a segment that would be
empty, ``.`` or ``..`` is refused, since a server takes those for another path, however they are encoded; and so is a
value that has one of the dots between slashes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import quote

PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_-]*)\}")

_WORDS = r"[A-Za-z0-9._~!$&'()*+,;=:@-]"
_SEGMENT = rf"(?:{_WORDS}|{PLACEHOLDER.pattern})+"
_PATH = re.compile(rf"(?:/{_SEGMENT})+/?|/")
"""RFC 3986, 3.3, without percent-encoding of its own: whoever needs that has a value."""

_ELSEWHERE = frozenset({".", ".."})
"""Segments that name another one than they stand in (RFC 3986, 5.2.4; WHATWG reads ``%2e`` as a dot, too)."""

_SLASHES = re.compile(r"[/\\]")
"""Encoded in a value, they part segments all the same for servers that decode a path before they look for dots."""


def is_path(text: str) -> bool:
    """True for a path that can be asked: it begins with ``/``, and has neither query nor ``..``."""
    return _PATH.fullmatch(text) is not None and not {".", ".."} & set(text.split("/"))


def placeholders(path: str) -> tuple[str, ...]:
    """The names between braces, in their order."""
    return tuple(PLACEHOLDER.findall(path))


def filled(path: str, values: Mapping[str, str]) -> str:
    """The path with its values, percent-encoded.

    Args:
        path: as the site file says, sound by ``is_path``.
        values: by the names of the placeholders; others are not looked at.

    Raises:
        ValueError: a segment would be empty, ``.`` or ``..``, or hold one of these between slashes; the message names
            the parameter, not the value.
    """
    return "/".join(_segment(segment, values) for segment in path.split("/"))


def _segment(segment: str, values: Mapping[str, str]) -> str:
    names = placeholders(segment)
    written = PLACEHOLDER.sub(lambda match: values[match[1]], segment)
    if names and not written:
        raise ValueError(f'the parameter "{names[0]}" is empty, and cannot stand in a path')
    if names and _ELSEWHERE & set(_SLASHES.split(written)):
        raise ValueError(f'the parameter "{names[0]}" cannot stand in a path')
    return PLACEHOLDER.sub(lambda match: quote(values[match[1]], safe=""), segment)
