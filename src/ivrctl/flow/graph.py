"""The graph of a flow: which places follow which, and what is known at each.

A place is a step and an index. Edges carry the outcome that is taken and whether the action's own result was saved on
the way. Used to find what falls off the end, what is unreachable, where keys may cut a prompt, and which names have a
value on every way to a place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from ivrctl.flow.action import GOOD, OTHERWISE, Action
from ivrctl.flow.flow_file import START, Flow
from ivrctl.flow.scope import Signature, SpoiltError
from ivrctl.flow.targets import GoTo, HangUp, Next, Return, Target

Place: TypeAlias = tuple[str, int]

PASSED_OVER = "passed over"
"""How an action ends that does not run, since its guard does not hold; no outcome is written with a blank."""


@dataclass(frozen=True, slots=True)
class Edge:
    """A way from one action on."""

    to: Place | None
    """None leaves the flow."""
    is_good: bool
    """True when the action ended well, so that what it saves or sets has a value."""
    label: str = GOOD
    """How the action ended: ``PASSED_OVER``, one of its exits, or an outcome."""

    @property
    def is_passed_over(self) -> bool:
        """True when the action did not run, since its guard did not hold."""
        return self.label == PASSED_OVER


Graph: TypeAlias = Mapping[Place, tuple[Edge, ...]]


def graph_of(flow: Flow, flows: Mapping[str, Signature]) -> Graph:
    """All places of a flow with their edges; a target that does not exist has no edge."""
    return {(step, index): tuple(_edges(flow, step, index, action, flows)) for (step, index), action in flow.places()}


def outcomes_of(action: Action, flows: Mapping[str, Signature]) -> frozenset[str]:
    """The outcomes that an action can have; where they cannot be known, those that the flow names."""
    try:
        return action.kind.outcomes(flows)
    except SpoiltError:
        return frozenset(action.then or ()) - {OTHERWISE}


def ends_of(action: Action, flows: Mapping[str, Signature]) -> Mapping[str, Target | None]:
    """Every way in which an action can end, in reading order, and where it leads; None goes on to the next action.

    ``PASSED_OVER`` where it is guarded, then its exits, then the outcomes that the flow leads somewhere.
    """
    ends: dict[str, Target | None] = {} if action.when is None else {PASSED_OVER: None}
    ends.update(action.kind.exits())
    stated = {outcome: action.target_of(outcome) for outcome in sorted(outcomes_of(action, flows))}
    return {**ends, **{outcome: target for outcome, target in stated.items() if target is not None}}


def _edges(flow: Flow, step: str, index: int, action: Action, flows: Mapping[str, Signature]) -> Iterator[Edge]:
    exits = action.kind.exits()
    for label, target in ends_of(action, flows).items():
        match target:
            case None | Next():
                yield Edge((step, index + 1), label in exits, label)
            case GoTo(step=name) if name in flow.steps:
                yield Edge((str(name), 0), label in exits, label)
            case Return() | HangUp():
                yield Edge(None, label in exits, label)
            case _:
                pass


def entries(flow: Flow) -> frozenset[Place]:
    """The places where calls enter a flow: its lines' steps, and ``start`` for gosub."""
    names = {str(line.step) for line in flow.lines.values()} | {START}
    return frozenset((name, 0) for name in names if name in flow.steps)


def reachable(flow: Flow, graph: Graph) -> frozenset[Place]:
    """The places that some call can reach."""
    found: set[Place] = set()
    ahead = list(entries(flow))
    while ahead:
        place = ahead.pop()
        if place in found or place not in graph:
            continue
        found.add(place)
        ahead.extend(edge.to for edge in graph[place] if edge.to is not None)
    return frozenset(found)


def places_before_input(flow: Flow, graph: Graph) -> frozenset[Place]:
    """The places from which an input can still follow before the call leaves the flow: there keys cut prompts.

    VoiceXML's rule for barge-in, decided once per flow. An action that leaves the flow (a queue, a return) lets
    nothing through, and neither does the question for a secret: keys typed before it count no more.
    """
    kinds = {place: action.kind for place, action in flow.places()}
    found = {place for place, kind in kinds.items() if kind.takes_keys_ahead()}
    is_closed = {place for place, kind in kinds.items() if kind.leaves_flow or kind.asks()}
    changed = True
    while changed:
        more = {
            place
            for place, edges in graph.items()
            if place not in found and place not in is_closed and any(edge.to in found for edge in edges)
        }
        found |= more
        changed = bool(more)
    return frozenset(found)


def names_on_every_way(
    flow: Flow, graph: Graph, gains: Mapping[Place, frozenset[str]]
) -> Mapping[Place, frozenset[str]]:
    """For each reachable place the flow names that have a value on every way to it.

    A forward data-flow analysis: ``gains`` says which names each action gives a value when it ends well; where ways
    meet, only the names of all of them remain.
    """
    known = {place: frozenset[str]() for place in entries(flow)}
    if START not in {line.step for line in flow.lines.values()}:
        # A caller on a line brings no params: only a gosub does.
        known |= {place: frozenset(map(str, flow.params)) for place in known if place == (START, 0)}
    ahead = list(known)
    while ahead:
        place = ahead.pop()
        for edge in graph.get(place, ()):
            if edge.to is None or edge.to not in graph:
                continue
            arriving = known[place] | (gains.get(place, frozenset()) if edge.is_good else frozenset())
            before = known.get(edge.to)
            now = arriving if before is None else before & arriving
            if now != before:
                known[edge.to] = now
                ahead.append(edge.to)
    return known
