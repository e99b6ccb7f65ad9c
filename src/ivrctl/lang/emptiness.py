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
    if lacks_colon and _PROSE.search(key.text):
        return Finding(key.span, _RULE, _cut_text(owner, key), "put the text in quotes, or write one entry per line")
    advice = "write a value, or remove the key"
    if isinstance(value, ScalarNode) and not value.text:
        advice += "; a value that begins with # needs quotes"
    return Finding(key.span, _RULE, f'"{shortened(key.text)}" is empty', advice)


def _cut_text(owner: MappingNode, key: ScalarNode) -> str:
    """Quote the piece before the comma, when it is a text."""
    place = [name for name, _ in owner.entries].index(key)
    before = owner.entries[place - 1][1] if place else None
    lost = shortened(key.text)
    if isinstance(before, ScalarNode) and before.text:
        kept = shortened(before.text)
        return f'the comma cuts the text short: "{kept}" ends there, and "{lost}" became a key without a value'
    return f'"{lost}" became a key without a value'
