"""Binds located nodes to frozen dataclasses: the one way in which all our YAML becomes objects.

A shape says what is due: a frozen dataclass (a mapping; its field names are the keys), ``str`` or ``Word``, ``bool``,
``int``, ``Decimal``, ``timedelta``, ``date``, ``Percentage``, ``tuple[X, ...]``, ``Mapping[str, X]``, ``Literal`` and
``StrEnum`` words, ``Node`` (raw), ``X | None`` (may be left out, never null), or any class with a classmethod
``bind_node(node, binder)``, which decides for itself. ::

    @dataclass(frozen=True, slots=True)
    class Lookup:
        query: Word
        timeout: timedelta = timedelta(seconds=3)
        with_: Mapping[str, Template] = field(default_factory=dict)     # the key is `with`
        span: Span                                                      # receives the mapping's span

Every field is tried before ``Unbound`` is raised, so that one run shows all faults. Which reader serves a shape is
``shapes``' part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NoReturn, TypeVar

from ivrctl.lang.emptiness import empty_entry, empty_value
from ivrctl.lang.findings import Finding, Findings, did_you_mean, shortened
from ivrctl.lang.scalars import Percentage
from ivrctl.lang.shapes import Field, Unbound, fields_of, is_null, kind_of, reader_of
from ivrctl.lang.source import MappingNode, Node, ScalarNode, SequenceNode, Span

__all__ = ["Binder", "Percentage", "Unbound"]

_Bound = TypeVar("_Bound")
MAX_REPORTED = 100
"""Empty fields of a source, and unknown keys of a mapping, that are reported one by one: more are noise."""


class Binder:
    """Binds nodes to shapes and records what does not fit."""

    def __init__(self, findings: Findings, context: object = None) -> None:
        """Start binding.

        Args:
            findings: receives every fault (IVR006 to IVR013, and what ``bind_node`` methods refuse).
            context: whatever the caller's own ``bind_node`` methods want to know; never read here.
        """
        self.findings = findings
        self.context = context
        self._empty: set[Span] = set()

    def bind(self, shape: Any, node: Node) -> Any:
        """Read a node as a shape.

        Raises:
            Unbound: it does not fit; every reason has been recorded.
            TypeError: the shape itself is none that can be bound (a mistake in the program).
        """
        if is_null(node):
            self._record_empty(node, partial(empty_value, node))
            raise Unbound
        return reader_of(shape)(self, node)

    def fields(self, cls: type[_Bound], node: MappingNode, *, also: frozenset[str] = frozenset()) -> _Bound:
        """Read the keys of a mapping as the fields of a dataclass.

        Args:
            cls: the dataclass. A ValueError of its ``__post_init__`` becomes a finding (IVR012) at the mapping.
            node: the mapping.
            also: keys that somebody else reads, so that they are not unknown here.

        Raises:
            Unbound: a key is unknown or missing, or a value does not fit; everything was tried and recorded.
        """
        shape: Any = cls
        known = fields_of(shape)
        is_sound = self._refuse_unknown(node, known, also)
        is_sound &= self._refuse_missing(node, known)
        values: dict[str, Any] = {due.attribute: node.span for due in known.values() if due.is_span}
        for name, value in self._entries(node):
            due = known.get(name.text)
            if due is None or due.is_span:
                continue
            try:
                values[due.attribute] = due.read(self, value)
            except Unbound:
                is_sound = False
        if not is_sound or self.has_empty_parts(node):
            raise Unbound
        return self._construct(cls, values, node)

    def entries(self, node: Node) -> Iterator[tuple[ScalarNode, Node]]:
        """The entries of a mapping that have a value; the empty ones are recorded.

        Raises:
            Unbound: the node is no mapping.
        """
        if not isinstance(node, MappingNode):
            self.refuse("IVR012", node.span, f"a mapping is due here, not {kind_of(node)}")
        return self._entries(node)

    def refuse(
        self, rule: str, span: Span, message: str, advice: str | None = None, *, hides_line: bool = False
    ) -> NoReturn:
        """Record an error and give up this node.

        Args:
            rule: the rule's id.
            span: the place.
            message: one sentence.
            advice: what to write instead.
            hides_line: True for a rule that hides its source line.

        Raises:
            Unbound: always.
        """
        self.findings.error(rule, span, message, advice, hides_line=hides_line)
        raise Unbound

    def has_empty_parts(self, node: Node) -> bool:
        """True when a direct entry or item of a node is null; each is recorded, once."""
        match node:
            case MappingNode():
                return sum(1 for _ in self._entries(node)) < len(node.entries)
            case SequenceNode(items):
                empty = [item for item in items if is_null(item)]
                for item in empty:
                    self._record_empty(item, partial(empty_value, item))
                return bool(empty)
            case _:
                return False

    def _entries(self, node: MappingNode) -> Iterator[tuple[ScalarNode, Node]]:
        for key, value in node.entries:
            if is_null(value):
                self._record_empty(value, partial(empty_entry, node, key, value))
            else:
                yield key, value

    def _record_empty(self, node: Node, describe: Callable[[], Finding]) -> None:
        # Once for each null: its mapping knows the cause best, and it is asked first.
        if node.span not in self._empty and len(self._empty) < MAX_REPORTED:
            self.findings.items.append(describe())
        self._empty.add(node.span)

    def _refuse_unknown(self, node: MappingNode, known: Mapping[str, Field], also: frozenset[str]) -> bool:
        """Record every key that nobody reads; True when there is none."""
        expected = {key for key, due in known.items() if not due.is_span} | also
        unknown = [key for key, _ in self._entries(node) if key.text not in expected]
        free = expected - {name.text for name, _ in node.entries} or expected
        for key in unknown[:MAX_REPORTED]:
            message = f'key "{shortened(key.text)}" is unknown here'
            self.findings.error("IVR010", key.span, message, did_you_mean(key.text, free))
        return not unknown

    def _refuse_missing(self, node: MappingNode, known: Mapping[str, Field]) -> bool:
        """Record every required key that is not there; True when there is none."""
        missing = [key for key, due in known.items() if due.is_required and node.get(key) is None]
        for key in missing:
            self.findings.error("IVR011", beginning(node.span), f'key "{key}" is missing')
        return not missing

    def _construct(self, cls: type[_Bound], values: dict[str, Any], node: MappingNode) -> _Bound:
        try:
            return cls(**values)
        except ValueError as error:
            self.refuse("IVR012", node.span, str(error))


def beginning(span: Span) -> Span:
    """The first character of a span: where something that is not there is reported."""
    return Span(span.path, span.line, span.column, span.line, span.column)
