"""``goto``: go on at a step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from ivrctl.flow.action import GOOD, Kind, Leave, Running, at_once, register
from ivrctl.flow.call import Call
from ivrctl.flow.targets import GoTo, StepName, Target
from ivrctl.lang.binder import Binder
from ivrctl.lang.schema import Schema, Schemas
from ivrctl.lang.source import Node, Word


@register
@dataclass(frozen=True, slots=True)
class Goto(Kind):
    """Go on at the start of a step of the same flow.

    In YAML ``goto: STEP``. A branch is a row of guarded ``goto``: the first whose guard holds is taken.
    """

    name: ClassVar[str] = "goto"
    step: GoTo

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read the step's name."""
        return cls(GoTo(binder.bind(Word, node)))

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """A step."""
        return schemas.of(StepName)

    def run(self, _call: Call) -> Running:
        """Leave for the step."""
        return at_once(Leave(self.step))

    def exits(self) -> Mapping[str, Target | None]:
        """Never to the next action: to the step."""
        return {GOOD: self.step}
