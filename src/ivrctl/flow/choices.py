"""The choices of a menu: those that are written, and those that are made of the rows of a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Self

from ivrctl.flow.call import Call
from ivrctl.flow.entries import KEYS
from ivrctl.flow.it import ItNames, speaking_of
from ivrctl.flow.scope import FlowCheck
from ivrctl.flow.targets import TARGET_KEYS, StepName, Target, bind_ending, bind_step, target_keys
from ivrctl.lang.binder import Binder
from ivrctl.lang.expressions import Expression
from ivrctl.lang.schema import Schema, Schemas
from ivrctl.lang.source import MappingNode, Node, Span, Word
from ivrctl.lang.templates import Template
from ivrctl.lang.types import DIGITS, TEXT, ListOf, Record, Type
from ivrctl.model.utterance import Part
from ivrctl.site.text import Text

ROWS = ListOf(Record({}))
"""The type of a list of rows, whatever their fields."""

ROW = "row"
"""The exit of a menu that all its rows are."""

NUMBER_OF_ROW = "key"
"""``it.key``, where the rows are numbered: what is keyed for the row."""


class Offer(NamedTuple):
    """One choice as one caller has it."""

    entry: str
    """What he keys for it: keys, or a pattern of them."""
    said: tuple[Part, ...]
    """What is said of it; empty for one that works and is not spoken of."""
    target: Target | None
    """Where it leads; None goes on to the next action."""
    value: str | None = None
    """What ``save`` keeps; None for what was keyed."""
    exit: str = ROW
    """The exit of the menu that it is."""


@dataclass(frozen=True, slots=True)
class _Said:
    say: Text | None = None
    when: Expression | None = None
    value: Word | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """What one key does: what is said of it, when it is offered, what it saves, where it leads.

    In YAML ``{say: …, goto: step}``; ``return`` or ``hangup`` may stand in the place of ``goto``, and without any of
    them the call goes on to the next action. The short form is a step alone.
    """

    target: Target | None
    """None goes on to the next action."""
    span: Span
    say: Text | None = None
    """What is said of the key; a key without it works and is not spoken of."""
    when: Expression | None = None
    """A guard: where it does not hold, the key is neither spoken of nor taken."""
    value: Word | None = None
    """What ``save`` keeps when this key is chosen; what was keyed where it is not written."""

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read ``{say: …, goto: …}``, or the short form: a step."""
        if not isinstance(node, MappingNode):
            return cls(bind_step(node, binder), node.span)
        said: _Said = binder.fields(_Said, node, also=TARGET_KEYS)
        return cls(bind_ending(node, binder), node.span, said.say, said.when, said.value)

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """What is said, when, and a target among the other keys; or a step."""
        return schemas.short_or(StepName, schemas.fields(_Said, also=target_keys(schemas), said_by=cls))

    def offer(self, entry: str, call: Call) -> Offer | None:
        """The choice for this caller; None where its guard does not hold."""
        if self.when is not None and self.when.evaluate(call) is not True:
            return None
        said = () if self.say is None else self.say.parts(call.language, call)
        value = None if self.value is None else str(self.value)
        return Offer(entry, said, self.target, value, exit=f"key_{entry}")

    def check(self, check: FlowCheck) -> None:
        """Report a wrong guard and a wrong text."""
        if self.when is not None:
            check.guard(self.when)
        if self.say is not None:
            check.narrowed(self.when).text(self.say)


@dataclass(frozen=True, slots=True)
class _SaidOfRows:
    rows: Template
    say: Text
    key: Template | None = None
    when: Expression | None = None
    value: Template | None = None


@dataclass(frozen=True, slots=True)
class RowChoices:
    """One choice for each row of a list; in its texts and values ``it`` is the row.

    In YAML ``{rows: "{branches}", say: {en: "For {it.name} press {it.key}."}, key: "{it.key}", goto: step}``;
    ``return`` or ``hangup`` may stand in the place of ``goto``, and without any of them the call goes on to the next
    action.
    """

    rows: Template
    """The list: what a lookup with ``rows`` saved."""
    say: Text
    """What is said of each row."""
    target: Target | None
    """None goes on to the next action."""
    span: Span
    key: Template | None = None
    """What is keyed for a row: a field of the type ``digits``. Where it is not written the rows are numbered from 1,
    and ``it.key`` is the number. A row whose field holds no keys, or those of a choice or of a
    row before it, is not offered."""
    when: Expression | None = None
    """A guard: rows for which it does not hold are not offered, and are not counted."""
    value: Template | None = None
    """What ``save`` keeps of the row that is chosen, as text; what was keyed where it is not written."""

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read ``{rows: …, say: …, …}``."""
        if not isinstance(node, MappingNode):
            advice = 'such as from: {rows: "{branches}", say: "For {it.name} press {it.key}.", key: "{it.key}"}'
            binder.refuse("IVR012", node.span, "choices of rows are a mapping", advice)
        said: _SaidOfRows = binder.fields(_SaidOfRows, node, also=TARGET_KEYS)
        target = bind_ending(node, binder)
        return cls(said.rows, said.say, target, node.span, said.key, said.when, said.value)

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """What is said of a row, and a target among the other keys."""
        return schemas.fields(_SaidOfRows, also=target_keys(schemas), said_by=cls)

    @property
    def are_all_offered(self) -> bool:
        """True where no guard and no key of its own can keep a row back."""
        return self.key is None and self.when is None

    def offers(self, call: Call) -> Iterator[Offer]:
        """The rows that this caller is offered, in their order."""
        rows = self.rows.evaluate(call)
        number = 0
        for row in rows if isinstance(rows, tuple) else ():
            names = ItNames(call, row)
            if self.when is not None and self.when.evaluate(names) is not True:
                continue
            number += 1
            if self.key is None:
                names = ItNames(call, {**row, NUMBER_OF_ROW: str(number)} if isinstance(row, Mapping) else row)
            entry = str(number) if self.key is None else str(self.key.evaluate(names))
            if KEYS.match(entry):
                value = None if self.value is None else str(self.value.evaluate(names))
                yield Offer(entry, self.say.parts(call.language, names), self.target, value)

    def check(self, check: FlowCheck) -> None:
        """Report what is no list of rows, and what is wrong in what is said of a row."""
        kind = check.type_of(self.rows)
        if kind is not None and not isinstance(kind, ListOf):
            advice = "name what a lookup saved that is declared with rows in ivrctl.yaml"
            check.findings.error("IVR022", self.rows.span, f"a list of rows is due here, not {kind}", advice)
            return
        check.value(self.rows, ROWS)
        row = self._row(check)
        if row is None:
            return
        inner = speaking_of(check, row)
        if self.when is not None:
            inner.guard(self.when)
        inner = inner.narrowed(self.when)
        if self.key is not None:
            inner.value(self.key, DIGITS)
        if self.value is not None:
            inner.value(self.value, TEXT)
        inner.text(self.say)

    def kept(self, check: FlowCheck) -> Type:
        """The type of what ``save`` keeps of a row."""
        row = self._row(check)
        if self.value is None or row is None:
            return DIGITS
        return speaking_of(check, row).narrowed(self.when).type_of(self.value) or TEXT

    def _row(self, check: FlowCheck) -> Record | None:
        """The type of a row; None where the list is none."""
        kind = check.type_of(self.rows)
        row = kind.item if isinstance(kind, ListOf) else None
        if not isinstance(row, Record):
            return None
        return row if self.key is not None else Record({**row.fields, NUMBER_OF_ROW: DIGITS})
