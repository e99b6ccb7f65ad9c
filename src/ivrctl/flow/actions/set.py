"""``set``: give names their values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, ClassVar, Self

from ivrctl.flow.action import Assign, Kind, Running, at_once, register
from ivrctl.flow.call import Call
from ivrctl.flow.scope import FlowCheck
from ivrctl.lang.binder import Binder
from ivrctl.lang.marks import NameOf
from ivrctl.lang.schema import Schema, Schemas
from ivrctl.lang.source import Node, Word
from ivrctl.lang.templates import Template
from ivrctl.lang.types import Type
from ivrctl.model.values import Value


@register
@dataclass(frozen=True, slots=True)
class Set(Kind):
    """Give flow names, or call fields (``call.x``), their values.

    In YAML ``set: {NAME: VALUE, call.FIELD: VALUE}``. All values are computed from the names as they were before.
    """

    name: ClassVar[str] = "set"
    values: Mapping[Word, Template]

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read a mapping of names to values."""
        return cls(binder.bind(Mapping[Word, Template], node))

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """Names to values; call fields are offered."""
        return schemas.of(Mapping[Annotated[Word, NameOf("fields")], Template])

    def run(self, call: Call) -> Running:
        """Compute all values from the names as they were."""
        return at_once(Assign({str(name): _value(name, template, call) for name, template in self.values.items()}))

    def assigns(self, check: FlowCheck) -> Mapping[Word, Type | None]:
        """The names and the types of their values."""
        return {name: check.type_of(template) for name, template in self.values.items()}

    def check(self, check: FlowCheck) -> None:
        """Report unknown call fields, and values of another type."""
        for name, template in self.values.items():
            check.assignment(name, template)


def _value(name: str, template: Template, call: Call) -> Value:
    """The value of a template: for a call field as its declared type, so that a written date is a date."""
    declared = call.site.call_fields.get(name.removeprefix("call.")) if name.startswith("call.") else None
    return template.evaluate(call) if declared is None else template.value_as(declared, call)
