"""What of a position can still matter: two positions that differ in nothing else go on alike.

A backward data-flow analysis over all flows of a site together: a name matters where a guard, a queue's name, a number
to dial … may read it before it gets another value. What is only said decides nothing.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TypeAlias

from ivrctl.flow.action import Action
from ivrctl.flow.actions.gosub import Gosub
from ivrctl.flow.actions.lookup import Lookup
from ivrctl.flow.actions.set import Set
from ivrctl.flow.actions.submit import Submit
from ivrctl.flow.actions.verify import Verify
from ivrctl.flow.exploring.walk import Stop
from ivrctl.flow.flow_file import START
from ivrctl.flow.graph import Graph, graph_of
from ivrctl.flow.parts import literals_in, names_deciding
from ivrctl.flow.position import Frame, Position
from ivrctl.flow.program import Program
from ivrctl.lang.expressions import Path
from ivrctl.model.values import Scalar, Value

Fact: TypeAlias = Path
"""A dotted name of the flow, ``call.x``, ``caller.x``, ``TIME``, ``QUEUES``, or ``VISITS`` and a step."""

TIME: Fact = ("@time",)
QUEUES: Fact = ("@queues",)
VISITS = "@visits"
GLOBAL = frozenset({"call", "caller", VISITS, TIME[0], QUEUES[0]})
"""Facts that belong to the call and not to one flow begin with these."""

_CLOCK = frozenset({"now", "today", "hours"})
_CONSTANT = frozenset({"settings", "it"})
"""Names that are the same in every call, or belong to an action alone."""

Spot: TypeAlias = tuple[str, str, int]
"""Flow, step, index."""
Facts: TypeAlias = frozenset[Fact]
NOTHING: Facts = frozenset()


@dataclass(slots=True)
class _Node:
    """One place of a flow, and what is known to matter there."""

    action: Action
    edges: tuple[tuple[Spot | None, bool], ...]
    """Where it leads, None out of the flow; and whether what the action saves has its value then."""
    matters: Facts = NOTHING
    """Before the action."""
    behind: Facts = NOTHING
    """After it."""


@dataclass
class Relevance:
    """What matters at each place of a program."""

    program: Program
    _nodes: dict[Spot, _Node] = field(init=False, repr=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Settle it for the whole program."""
        for name, flow in self.program.flows.items():
            graph = graph_of(flow, self.program.signatures)
            for (step, index), action in flow.places():
                spot = (name, step, index)
                self._nodes[spot] = _Node(action, tuple(_edges(name, graph, step, index)))
        self._settle()

    # what is asked of it

    def key(self, stop: Stop, moment: int) -> Hashable:
        """What tells a state from others: equal keys go on alike.

        Args:
            stop: where the call waits.
            moment: the number of the moment at which it is made.
        """
        position = stop.position
        *outer, inner = position.frames
        facts = [self._nodes[_spot(inner)].matters, *(self._nodes[_spot(frame)].behind for frame in outer)]
        frames = tuple(
            (*_spot(frame), self._values(frame, known)) for frame, known in zip((inner, *outer), facts, strict=True)
        )
        shared = sorted({fact for known in facts for fact in known if fact[0] in GLOBAL})
        waits = type(stop.command).__name__
        takes_language = self._verifies and not position.is_language_known
        state = (position.is_answered, bool(position.messages), position.typed, position.is_turned_away, takes_language)
        return (waits, frames, tuple(self._shared(fact, position, moment) for fact in shared), state)

    def is_read(self, fact: Fact) -> bool:
        """True when something of the call decides anything anywhere."""
        return any(fact in node.matters for node in self._nodes.values())

    @cached_property
    def fields(self) -> Mapping[str, frozenset[Path]]:
        """For each lookup the fields of its answer that decide anything; the empty path is all of them."""
        found: dict[str, set[Path]] = defaultdict(set)
        for node in self._nodes.values():
            kind = node.action.kind
            if isinstance(kind, Lookup) and node.action.save is not None:
                follows = [to for to, is_good in node.edges if is_good and to is not None]
                known = (fact for to in follows if to in self._nodes for fact in self._nodes[to].matters)
                found[str(kind.query)] |= {fact[1:] for fact in known if fact[0] == node.action.save}
        return {name: frozenset(paths) for name, paths in found.items()}

    @cached_property
    def literals(self) -> frozenset[Scalar]:
        """Every value with which something is compared, and the values of the site's settings."""
        written = {value for node in self._nodes.values() for value in literals_in(node.action)}
        settings = (setting.value for setting in self.program.site.settings.values())
        return frozenset(written | {value for value in settings if isinstance(value, str | Decimal)})

    @cached_property
    def regions_asked(self) -> frozenset[str]:
        """The regions that guards ask for."""
        return (
            frozenset(self.program.site.regions) & self.literals if self.is_read(("caller", "regions")) else frozenset()
        )

    def saves(self, spot: Spot) -> Facts:
        """What matters behind an action, with what it saves itself."""
        follows = [to for to, _ in self._nodes[spot].edges if to is not None and to in self._nodes]
        return frozenset(fact for to in follows for fact in self._nodes[to].matters)

    # the values of a state

    @cached_property
    def _verifies(self) -> bool:
        """True where a customer's language may become the call's."""
        return any(isinstance(node.action.kind, Verify) for node in self._nodes.values())

    @cached_property
    def _most(self) -> Decimal:
        """Counts above this are alike: nothing is compared with more."""
        numbers = [value for value in self.literals if isinstance(value, Decimal)]
        return max([Decimal(2), *numbers]) + 1

    def _values(self, frame: Frame, known: Facts) -> tuple[Hashable, ...]:
        local = sorted(fact for fact in known if fact[0] not in GLOBAL)
        return tuple((fact, self._frozen(_at(frame.names, fact))) for fact in local)

    def _shared(self, fact: Fact, position: Position, moment: int) -> Hashable:
        match fact:
            case ("call", "line"):
                return fact, position.line
            case ("call", "language"):
                return fact, position.language
            case ("call", *path):
                return fact, self._frozen(_at(position.fields, tuple(path)))
            case ("caller", "number"):
                return fact, position.caller
            case ("caller", "regions"):
                return fact, position.regions & self.regions_asked
            case ("caller", name):
                return fact, position.customer.get(name)
            case (name, step) if name == VISITS:
                return fact, min(Decimal(position.visits.get(step, 0)), self._most)
            case _:
                return fact, moment

    def _frozen(self, value: Value) -> Hashable:
        match value:
            case Mapping():
                return tuple(sorted((name, self._frozen(item)) for name, item in value.items()))
            case tuple():
                return tuple(self._frozen(item) for item in value)
            case Decimal():
                return min(value, self._most)
            case _:
                return value

    # the analysis

    def _settle(self) -> None:
        before = self._before()
        ahead = deque(reversed(self._nodes))
        waiting = set(ahead)
        while ahead:
            spot = ahead.popleft()
            waiting.discard(spot)
            node = self._nodes[spot]
            node.behind = self._behind(spot, node)
            matters = node.behind | self._reads(spot, node)
            if matters != node.matters:
                node.matters = matters
                new = before[spot] - waiting
                ahead.extend(new)
                waiting |= new

    def _before(self) -> Mapping[Spot, frozenset[Spot]]:
        """The places that depend on each: those that lead to it, and those that enter the flow there."""
        found: dict[Spot, set[Spot]] = defaultdict(set)
        for spot, node in self._nodes.items():
            for to, _ in node.edges:
                if to is not None:
                    found[to].add(spot)
            if isinstance(node.action.kind, Gosub):
                found[str(node.action.kind.flow), START, 0].add(spot)
        return {spot: frozenset(found[spot]) for spot in self._nodes}

    def _behind(self, spot: Spot, node: _Node) -> Facts:
        written = frozenset(_written(node.action))
        found: set[Fact] = set()
        for to, is_good in node.edges:
            if to is None:
                found |= {(str(name),) for name in self.program.flows[spot[0]].returns}
            elif to in self._nodes:
                matters = self._nodes[to].matters
                found |= {fact for fact in matters if not is_good or _name(fact) not in written}
        return frozenset(found)

    def _reads(self, spot: Spot, node: _Node) -> Facts:
        action = node.action
        paths = set() if action.when is None else set(action.when.names())
        found: set[Fact] = set()
        match action.kind:
            case Lookup() | Submit():
                pass
            case Gosub(flow=flow, with_=given):
                start = self._nodes.get((str(flow), START, 0))
                inside = NOTHING if start is None else start.matters
                found |= {fact for fact in inside if fact[0] in GLOBAL}
                taken = {fact[0] for fact in inside}
                paths |= {path for name, value in given.items() if name in taken for path in value.names()}
            case Set(values=values):
                due = {_name(fact) for fact in self.saves(spot)}
                paths |= {path for name, value in values.items() if str(name) in due for path in value.names()}
            case kind:
                paths |= names_deciding(kind)
        return frozenset(found | set(_facts(paths, spot)))


def _edges(flow: str, graph: Graph, step: str, index: int) -> Iterator[tuple[Spot | None, bool]]:
    for edge in graph[step, index]:
        yield (None if edge.to is None else (flow, *edge.to)), edge.is_good


def _facts(paths: Iterable[Path], spot: Spot) -> Iterator[Fact]:
    for path in paths:
        if path[0] in _CLOCK:
            yield TIME
        elif path[0] == "queues":
            yield QUEUES
        elif path[0] == "visits":
            yield (VISITS, f"{spot[0]}/{spot[1]}")
        elif path[0] not in _CONSTANT:
            yield path


def _written(action: Action) -> Iterator[str]:
    if action.save is not None:
        yield str(action.save)
    if isinstance(action.kind, Set):
        yield from map(str, action.kind.values)


def _name(fact: Fact) -> str:
    """The name by which an action gives it a value."""
    return ".".join(fact[:2]) if fact[0] == "call" else fact[0]


def _spot(frame: Frame) -> Spot:
    return frame.flow, frame.step, frame.index


def _at(names: Mapping[str, Value], path: Path) -> Value:
    value: Value = names
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value
