"""From bytes to located nodes: the only place where YAML is parsed.

Scalars are kept as written and never resolved: ``0042``, ``17:30``, ``no``, ``+8613800138000`` stay text. What YAML
can do beyond plain trees (anchors, aliases, tags, merge keys) is refused, and so is what would be silently wrong
(duplicate keys, a comment that was meant as the key ``#``). Nothing here raises, whatever the input: every fault is a
finding.

The tree is built from parser events with a stack of our own, so size and depth are bounded before anything grows.
"""

from __future__ import annotations

import re
from typing import Any, TypeAlias

import yaml

from ivrctl.lang.comments import refuse_hash_keys
from ivrctl.lang.decoding import NOT_TEXT, decode, lines_of
from ivrctl.lang.findings import Findings, shortened
from ivrctl.lang.source import MappingNode, Node, ScalarNode, SequenceNode, Span
from ivrctl.lang.syntax import explain

MAX_DEPTH = 32
"""Collections inside collections. The deepest reference flow has 9."""
MAX_NODES = 50_000
"""Scalars and collections of one source."""

_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_Event: TypeAlias = Any


def load(source: bytes, path: str, findings: Findings) -> tuple[Node, ...]:
    """Parse a source into one node per YAML document.

    Args:
        source: the bytes of the file.
        path: its name as findings show it.
        findings: receives every fault (IVR001 to IVR006).

    Returns:
        The documents; none when a finding makes the source unusable. After a duplicate key the tree is still
        returned, with the first of the two, so that the rest of the file can be checked in the same run.
    """
    text = decode(source, path, findings)
    if text is None:
        return ()
    lines = lines_of(text)
    composer = _Composer(path, lines, findings)
    try:
        composer.read(_PARSER(text))
    except yaml.MarkedYAMLError as error:
        if not refuse_hash_keys(text, path, composer.lines_inside, findings):
            findings.items.append(explain(error, path, lines))
        return ()
    except (ValueError, OverflowError):
        # PyYAML's own parser, unlike libyaml, hands the number of an escape to chr() as it is.
        findings.error("IVR002", Span(path, 1, 1, 1, 1), "an escape names a character that does not exist")
        return ()
    if not composer.is_sound or refuse_hash_keys(text, path, composer.lines_inside, findings):
        return ()
    if not composer.documents:
        findings.error("IVR001", Span(path, 1, 1, 1, 1), "the file is empty", "remove it, or write at least one key")
    return tuple(composer.documents)


def load_one(source: bytes, path: str, findings: Findings) -> Node | None:
    """Parse a source that holds one document; None for one that is unusable, or holds several."""
    documents = load(source, path, findings)
    if len(documents) > 1:
        advice = "only scenarios have several documents in one file"
        findings.error("IVR012", documents[1].span, "this file holds one document", advice)
        return None
    return documents[0] if documents else None


class _OpenSequence:
    """A list whose end has not been seen."""

    __slots__ = ("items", "start")

    def __init__(self, start: Any) -> None:
        self.start = start
        self.items: list[Node] = []

    def close(self, span: Span) -> Node:
        return SequenceNode(tuple(self.items), span)

    @property
    def last(self) -> Node | None:
        return self.items[-1] if self.items else None


class _OpenMapping:
    """A mapping whose end has not been seen: keys and values come in turn."""

    __slots__ = ("entries", "expects_value", "is_flow", "key", "keys", "last", "start")

    def __init__(self, start: Any, *, is_flow: bool) -> None:
        self.start = start
        self.is_flow = is_flow
        self.entries: list[tuple[ScalarNode, Node]] = []
        self.keys: dict[str, Span] = {}
        self.key: ScalarNode | None = None
        """The key whose value comes next; None when that key was refused and its value is dropped."""
        self.expects_value = False
        self.last: Node | None = None

    def close(self, span: Span) -> Node:
        return MappingNode(tuple(self.entries), span, self.is_flow)


class _Composer:
    """Builds the documents of one source out of parser events."""

    def __init__(self, path: str, lines: list[str], findings: Findings) -> None:
        self.path = path
        self._lines = lines
        self._line_count = len(lines)
        self.findings = findings
        self.documents: list[Node] = []
        self.is_sound = True
        """False once something was refused that leaves no tree worth checking."""
        self.lines_inside: set[int] = set()
        """The lines that begin inside a text that runs over several: a ``#`` there begins no comment."""
        self._open: list[_OpenSequence | _OpenMapping] = []
        self._count = 0
        self._refused: set[str] = set()

    def read(self, parser: Any) -> None:
        """Take events until the stream ends or a bound is passed."""
        while self._within_bounds():
            event = parser.get_event()
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._scalar(event)
            elif kind is yaml.MappingStartEvent or kind is yaml.SequenceStartEvent:
                self._start(event)
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self._end(event)
            elif kind is yaml.AliasEvent:
                self._refuse_once("alias", f"*{event.anchor}", event)
                self._add(ScalarNode(f"*{event.anchor}", is_plain=False, span=self._span(event)))
            elif kind is yaml.StreamEndEvent:
                return

    def _add_to(self, collection: _OpenSequence | _OpenMapping, node: Node) -> None:
        if isinstance(collection, _OpenSequence):
            collection.items.append(node)
            return
        collection.last = node
        if not collection.expects_value:
            collection.key = self._accept_key(node, collection.keys)
        elif collection.key is not None:
            collection.entries.append((collection.key, node))
        collection.expects_value = not collection.expects_value

    def _accept_key(self, node: Node, keys: dict[str, Span]) -> ScalarNode | None:
        """The node as a key, or None after a finding: keys are scalars, not empty, and stand once."""
        if not isinstance(node, ScalarNode):
            self._refuse("IVR012", node.span, "a key must be a text, not a list or a mapping", "quote it")
        elif node.is_null:
            self._refuse("IVR006", node.span, "a key is empty", "write a name before the colon")
        elif node.is_plain and node.text == "<<":
            self._refuse("IVR004", node.span, "merge keys (<<) are not part of the language", "write the keys out")
        elif node.text in keys:
            first = keys[node.text]
            message = f'key "{shortened(node.text)}" stands twice; the first is at {first.line}:{first.column}'
            self.findings.error("IVR003", node.span, message, "remove or rename one")
        else:
            keys[node.text] = node.span
            return node
        return None

    def _within_bounds(self) -> bool:
        if self._count > MAX_NODES:
            where = Span(self.path, 1, 1, 1, 1)
            self._refuse("IVR005", where, f"the file has more than {MAX_NODES:,} values", "split it")
        elif len(self._open) > MAX_DEPTH:
            where = self._place(self._open[-1].start)
            self._refuse("IVR005", where, f"lists and mappings are nested more than {MAX_DEPTH} deep", None)
        else:
            return True
        return False

    def _scalar(self, event: _Event) -> None:
        if event.anchor is not None or event.tag is not None:
            self._refuse_properties(event)
        start, end = event.start_mark, event.end_mark
        if end.line > start.line:
            self.lines_inside.update(range(start.line + 2, end.line + (2 if end.column else 1)))
        span = self._span_from(start, end)
        if event.style == '"':
            self._refuse_odd_escape(event.value, span)
        self._add(ScalarNode(event.value, not event.style, span))

    def _refuse_odd_escape(self, text: str, span: Span) -> None:
        """A text in double quotes can hold characters that do not stand in the file, by their numbers."""
        odd = NOT_TEXT.search(text) or re.search("\r", text)
        if odd:
            message = f"an escape gives the invisible character U+{ord(odd[0]):04X}"
            self._refuse("IVR001", span, message, "remove it")

    def _start(self, event: _Event) -> None:
        if event.anchor is not None or event.tag is not None:
            self._refuse_properties(event)
        if type(event) is yaml.MappingStartEvent:
            self._open.append(_OpenMapping(event.start_mark, is_flow=bool(event.flow_style)))
        else:
            self._open.append(_OpenSequence(event.start_mark))

    def _end(self, event: _Event) -> None:
        # A block collection ends where the next token begins, lines further down: its last value is where it ends.
        closed = self._open.pop()
        span = self._span_from(closed.start, event.end_mark)
        is_block = event.start_mark.index == event.end_mark.index
        if is_block and closed.last is not None:
            last = closed.last.span
            span = Span(self.path, span.line, span.column, last.end_line, last.end_column)
        self._add(closed.close(span))

    def _add(self, node: Node) -> None:
        self._count += 1
        if self._open:
            self._add_to(self._open[-1], node)
        elif isinstance(node, ScalarNode) and node.is_null:
            self._refuse("IVR006", node.span, "the document is empty", "remove the --- or write at least one key")
        else:
            self.documents.append(node)

    def _refuse_properties(self, event: _Event) -> None:
        if event.anchor is not None:
            self._refuse_once("anchor", f"&{event.anchor}", event)
        if event.tag is not None:
            self._refuse_once("tag", event.tag.replace("tag:yaml.org,2002:", "!!"), event)

    def _refuse_once(self, kind: str, written: str, event: _Event) -> None:
        # Once of each kind: an alias bomb would otherwise be a bomb of findings.
        self.is_sound = False
        if kind in self._refused:
            return
        self._refused.add(kind)
        span = self._place(event.start_mark, len(written))
        message = f"{shortened(written)} is a YAML {kind}, which is not part of the language"
        self.findings.error("IVR004", span, message, "write the value out, or put it in quotes if it is a text")

    def _refuse(self, rule: str, span: Span, message: str, advice: str | None) -> None:
        self.is_sound = False
        self.findings.error(rule, span, message, advice)

    def _span(self, event: _Event) -> Span:
        return self._span_from(event.start_mark, event.end_mark)

    def _span_from(self, start: Any, end: Any) -> Span:
        if end.line >= self._line_count:
            # A block scalar without a last line break ends, for libyaml, on a line that does not exist.
            line = min(start.line + 1, self._line_count)
            return Span(self.path, line, start.column + 1, self._line_count, len(self._lines[-1]) + 1)
        return Span(self.path, start.line + 1, start.column + 1, end.line + 1, end.column + 1)

    def _place(self, mark: Any, width: int = 1) -> Span:
        # A tag is known in its long form only, which may be longer than what stands in the line.
        end = min(mark.column + width, len(self._lines[mark.line]))
        return Span(self.path, mark.line + 1, mark.column + 1, mark.line + 1, end + 1)
