"""``hangup``: end the call, saying how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from ivrctl.flow.action import GOOD, Kind, Leave, Running, at_once, register
from ivrctl.flow.call import Call
from ivrctl.flow.targets import HangUp, Target, bind_hangup, hangup_schema
from ivrctl.lang.binder import Binder
from ivrctl.lang.schema import Schema, Schemas
from ivrctl.lang.source import Node


@register
@dataclass(frozen=True, slots=True)
class EndCall(Kind):
    """End the call, saying how it ended: the share of served callers and the refusals are counted from it.

    In YAML ``hangup: served``, ``hangup: unserved``, or ``hangup: {as: refused, reason: TEXT}``: a refusal says why.
    """

    name: ClassVar[str] = "hangup"
    leaves_flow: ClassVar[bool] = True
    how: HangUp

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read how the call ends."""
        return cls(bind_hangup(node, binder))

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """How the call ends."""
        return hangup_schema(schemas)

    def run(self, _call: Call) -> Running:
        """Leave the call."""
        return at_once(Leave(self.how))

    def exits(self) -> Mapping[str, Target | None]:
        """Never to the next action: out of the call."""
        return {GOOD: self.how}
