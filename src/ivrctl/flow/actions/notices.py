"""``notices``: a point where notices are heard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from ivrctl.flow.action import Done, Kind, Running, TurnedAway, register
from ivrctl.flow.announcing import announce, reason_of
from ivrctl.flow.call import Call
from ivrctl.flow.scope import FlowCheck
from ivrctl.lang.binder import Binder
from ivrctl.lang.schema import Schema, Schemas
from ivrctl.lang.source import Node, Word
from ivrctl.site.site_file import IDENTIFIER


@register
@dataclass(frozen=True, slots=True)
class Notices(Kind):
    """A named point at which the notices are heard that apply to the caller by what is known of him here.

    In YAML ``notices: POINT``. A point exists by being used, in several flows where it is the same; a notice can be
    made for it alone. The entry of every line is a point without being written, and so is the way into every queue.
    Each notice is heard once in a call, to its end, and what was keyed before it counts no more; where there is none,
    nothing happens. A notice that ends the call does so here, as ``refused`` with its reason.
    """

    name: ClassVar[str] = "notices"
    point: Word
    """Its name, by which notices are made for it."""

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read the point's name."""
        return cls(binder.bind(Word, node))

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """A name."""
        return schemas.of(Word)

    def run(self, call: Call) -> Running:
        """Say those that apply."""
        last = yield from announce(call, point=str(self.point))
        return Done() if last is None else TurnedAway(reason_of(last))

    def check(self, check: FlowCheck) -> None:
        """Report a point that a notice could not name."""
        if not IDENTIFIER.match(self.point):
            advice = "letters, digits, - and _, a letter first"
            check.findings.error("IVR111", self.point.span, f'"{self.point}" cannot be the name of a point', advice)
