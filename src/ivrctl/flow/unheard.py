"""Whether anybody can hear a notice: where calls of a line come by, and what is known of them there.

It errs towards somebody: a queue that is computed may be any, and whoever is transferred may be known already.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

from ivrctl.flow.action import Action
from ivrctl.flow.actions.gosub import Gosub
from ivrctl.flow.actions.notices import Notices
from ivrctl.flow.actions.queue import Queue
from ivrctl.flow.actions.verify import Verify
from ivrctl.flow.flow_file import START
from ivrctl.flow.graph import Graph, Place, graph_of
from ivrctl.flow.program import Program
from ivrctl.model.dial_pattern import best_match
from ivrctl.model.notice import Scope

_Spot: TypeAlias = tuple[str, Place, bool]
"""A flow, a place in it, and whether the caller may be known there."""


@dataclass(frozen=True, slots=True)
class _Heard:
    """A point at which notices are heard."""

    is_known: bool
    """True where the caller may be verified."""
    point: str | None = None
    queue: str | None = None
    """Empty where it is computed."""

    def fits(self, scope: Scope) -> bool:
        """True when a notice of this scope may be heard here."""
        return (
            (self.is_known or not (scope.tiers or scope.brands))
            and (not scope.points or self.point in scope.points)
            and (not scope.queues or self.queue == "" or self.queue in scope.queues)
        )


def why_unheard(program: Program, scope: Scope) -> tuple[str, ...]:
    """Why nobody of some lines can hear a notice: sentences, none where every line that it names has such callers.

    Args:
        program: the site with its flows.
        scope: the notice's; without lines it is for all of them, and one that has such callers is enough.
    """
    lines = sorted(scope.lines) or sorted(program.lines)
    roads = _Roads(program)
    heard_from = {line: roads.heard_from(line) for line in lines}
    deaf = {line: heard for line, heard in heard_from.items() if not any(each.fits(scope) for each in heard)}
    if not deaf or (not scope.lines and len(deaf) < len(lines)):
        return ()
    where = ", ".join(deaf) if scope.lines else "any line"
    return (f"Nobody hears it: {_why(scope, [each for heard in deaf.values() for each in heard], where)}.",)


def _why(scope: Scope, heard: list[_Heard], where: str) -> str:
    if any(each.fits(replace(scope, tiers=frozenset(), brands=frozenset())) for each in heard):
        kinds = " and ".join(kind for kind, named in (("tier", scope.tiers), ("brand", scope.brands)) if named)
        return f"no flow reached from {where} finds out a caller's {kinds} before a place where he would hear it"
    kind, names = ("queue", scope.queues) if scope.queues else ("point", scope.points)
    return f"no flow reached from {where} has the {kind} {' or '.join(sorted(names))}"


class _Roads:
    """The ways of calls through the flows of a site."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._graphs: dict[str, Graph] = {}
        self._places: dict[str, Mapping[Place, Action]] = {}
        self._verifies: dict[str, bool] = {}

    def heard_from(self, number: str) -> list[_Heard]:
        """Where callers of a line hear notices, the entry first."""
        key = number if number in self._program.lines else best_match(self._program.patterns, number)
        if key is None:
            return []
        flow, line = self._program.lines[key]
        # Whom an agent transfers to it may have been verified before.
        is_known = line.from_ == "agents" and any(map(self._is_verifying, self._program.flows))
        found = [_Heard(is_known)]
        for name, place, knows in self._walked((flow, (str(line.step), 0), is_known)):
            kind = self._actions(name)[place].kind
            if isinstance(kind, Notices):
                found.append(_Heard(knows, point=str(kind.point)))
            elif isinstance(kind, Queue):
                found.append(_Heard(knows, queue=str(kind.target.source) if kind.target.is_static else ""))
        return found

    def _walked(self, begin: _Spot) -> Iterator[_Spot]:
        """Every place to which a call can come, those of the flows that it enters too."""
        seen: set[_Spot] = set()
        ahead = [begin]
        while ahead:
            spot = ahead.pop()
            name, place, _ = spot
            if spot in seen or place not in self._actions(name):
                continue
            seen.add(spot)
            yield spot
            ahead += self._next(spot)

    def _next(self, spot: _Spot) -> Iterator[_Spot]:
        name, place, knows = spot
        kind = self._actions(name)[place].kind
        if isinstance(kind, Gosub):
            yield str(kind.flow), (START, 0), knows
            knows = knows or self._is_verifying(str(kind.flow))
        for edge in self._graph(name).get(place, ()):
            if edge.to is not None:
                yield name, edge.to, knows or (isinstance(kind, Verify) and edge.is_good)

    def _is_verifying(self, name: str) -> bool:
        """True when a flow, or one that it enters, finds out who calls."""
        if name not in self._verifies:
            self._verifies[name] = False
            kinds = [action.kind for action in self._actions(name).values()]
            entered = [str(kind.flow) for kind in kinds if isinstance(kind, Gosub)]
            self._verifies[name] = any(isinstance(kind, Verify) for kind in kinds) or any(
                map(self._is_verifying, entered)
            )
        return self._verifies[name]

    def _actions(self, name: str) -> Mapping[Place, Action]:
        if name not in self._places:
            self._places[name] = dict(self._program.flows[name].places())
        return self._places[name]

    def _graph(self, name: str) -> Graph:
        if name not in self._graphs:
            self._graphs[name] = graph_of(self._program.flows[name], self._program.signatures)
        return self._graphs[name]
