"""``set``: give names their values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from ivrctl.flow.action import Assign, Kind, Running, at_once, register
from ivrctl.flow.call import Call
from ivrctl.flow.scope import FlowCheck
from ivrctl.lang.binder import Binder
from ivrctl.lang.source import Node, Word
from ivrctl.lang.templates import Template
from ivrctl.lang.types import Type


@register
@dataclass(frozen=True, slots=True)
class Set(Kind):
    """Give flow names, or call fields (``call.x``), their values."""

    name: ClassVar[str] = "set"
    values: Mapping[Word, Template]

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read a mapping of names to values."""
        return cls(binder.bind(Mapping[Word, Template], node))

    def run(self, call: Call) -> Running:
        """Compute all values from the names as they were."""
        return at_once(Assign({str(name): template.evaluate(call) for name, template in self.values.items()}))

    def assigns(self, check: FlowCheck) -> Mapping[Word, Type | None]:
        """The names and the types of their values."""
        return {name: check.type_of(template) for name, template in self.values.items()}

    def check(self, check: FlowCheck) -> None:
        """Report unknown call fields, and values of another type."""
        for name, template in self.values.items():
            check.assignment(name, template)
