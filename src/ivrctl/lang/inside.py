"""Places inside a scalar: which characters of the file a stretch of its text is."""

from __future__ import annotations

from ivrctl.lang.source import ScalarNode, Span


def inside(node: ScalarNode, start: int, end: int) -> Span:
    """The span of ``node.text[start:end]``.

    Exact for a scalar on one line that is written as it reads; a text with escapes or over several lines is pointed
    at as a whole, since where its characters stand is no longer known.
    """
    span = node.span
    width = span.end_column - span.column if span.line == span.end_line else -1
    quotes = 0 if node.is_plain else 1
    if width != len(node.text) + 2 * quotes:
        return span
    column = span.column + quotes
    return Span(span.path, span.line, column + start, span.line, column + end)
