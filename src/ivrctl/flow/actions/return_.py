"""``return``: leave a sub-flow with an outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from ivrctl.flow.action import GOOD, Kind, Leave, Running, at_once, register
from ivrctl.flow.call import Call
from ivrctl.flow.targets import OutcomeName, Return, Target
from ivrctl.lang.binder import Binder
from ivrctl.lang.schema import Schema, Schemas
from ivrctl.lang.source import Node, Word


@register
@dataclass(frozen=True, slots=True)
class ReturnFromFlow(Kind):
    """Go back to the flow that entered this one: ``done``, or one of the flow's declared outcomes.

    In YAML ``return: OUTCOME``. What the flow declares under ``returns`` is taken from its names of the same words.
    """

    name: ClassVar[str] = "return"
    leaves_flow: ClassVar[bool] = True
    outcome: Return

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read the outcome's name."""
        return cls(Return(binder.bind(Word, node)))

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """An outcome of the flow."""
        return schemas.of(OutcomeName)

    def run(self, _call: Call) -> Running:
        """Leave with the outcome."""
        return at_once(Leave(self.outcome))

    def exits(self) -> Mapping[str, Target | None]:
        """Never to the next action: back."""
        return {GOOD: self.outcome}
