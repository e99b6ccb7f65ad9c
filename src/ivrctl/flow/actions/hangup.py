"""``hangup``: end the call, saying how it ended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from ivrctl.flow.action import Kind, Leave, Running, at_once, register
from ivrctl.flow.call import Call
from ivrctl.flow.targets import HangUp, Target, bind_hangup
from ivrctl.lang.binder import Binder
from ivrctl.lang.source import Node


@register
@dataclass(frozen=True, slots=True)
class EndCall(Kind):
    """End the call: ``served``, ``unserved``, or ``{as: refused, reason: …}``."""

    name: ClassVar[str] = "hangup"
    leaves_flow: ClassVar[bool] = True
    how: HangUp

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read how the call ends."""
        return cls(bind_hangup(node, binder))

    def run(self, _call: Call) -> Running:
        """Leave the call."""
        return at_once(Leave(self.how))

    def goes_on(self) -> bool:
        """Never to the next action."""
        return False

    def targets(self) -> tuple[Target, ...]:
        """The ending itself."""
        return (self.how,)
