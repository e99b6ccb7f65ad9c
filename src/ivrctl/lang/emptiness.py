"""What an empty field means, and what to write: null is an error everywhere in the language.

``{en: Hello, please hold}`` is the reason: YAML takes it for two keys, the second without a value, and the caller
would hear half a sentence. Three causes look alike in the tree and need different advice.
"""

from __future__ import annotations

import re

from ivrctl.lang.findings import Finding, shortened
from ivrctl.lang.source import MappingNode, Node, ScalarNode

_RULE = "IVR006"
_PLACEHOLDER = re.compile(r"[A-Za-z_][\w.-]*(:[a-z]+)?")
_PROSE = re.compile(r"\s|[^\x00-\x7f]|[.!?]$")


def empty_value(node: Node) -> Finding:
    """The finding for a null that stands alone: a list item, a document."""
    return Finding(node.span, _RULE, "the value is empty", "write a value, or remove it")


def empty_entry(owner: MappingNode, key: ScalarNode, value: Node) -> Finding:
    """The finding for a key without a value, with the cause that its mapping suggests."""
    lacks_colon = owner.is_flow and (value.span.line, value.span.column) == (key.span.end_line, key.span.end_column)
    if lacks_colon and len(owner.entries) == 1 and _PLACEHOLDER.fullmatch(key.text):
        message = f"{{{shortened(key.text)}}} without quotes is a mapping, not a text"
        return Finding(owner.span, _RULE, message, f'put the text in quotes: "{{{shortened(key.text)}}}"')
    if lacks_colon and "://" in _before(owner, key):
        message = "the comma cuts the URL short, and what follows it became a key without a value"
        # What follows may be the rest of a password.
        return Finding(key.span, _RULE, message, "put the URL in quotes", hides_line=True)
    if lacks_colon and _PROSE.search(key.text):
        return Finding(key.span, _RULE, _cut_text(owner, key), "put the text in quotes, or write one entry per line")
    advice = "write a value, or remove the key"
    if isinstance(value, ScalarNode) and not value.text:
        advice += "; a value that begins with # needs quotes"
    return Finding(key.span, _RULE, f'"{shortened(key.text)}" is empty', advice)


def _before(owner: MappingNode, key: ScalarNode) -> str:
    """The text of the entry before a key; empty when there is none."""
    place = [name for name, _ in owner.entries].index(key)
    value = owner.entries[place - 1][1] if place else None
    return value.text if isinstance(value, ScalarNode) else ""


def _cut_text(owner: MappingNode, key: ScalarNode) -> str:
    """Quote the piece before the comma, when it is a text."""
    before, lost = _before(owner, key), shortened(key.text)
    if before:
        kept = shortened(before)
        return f'the comma cuts the text short: "{kept}" ends there, and "{lost}" became a key without a value'
    return f'"{lost}" became a key without a value'
