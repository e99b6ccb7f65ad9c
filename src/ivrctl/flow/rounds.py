"""Rounds: a flow that leads back to where it was needs somebody or something that ends it.

A key from the caller does, a hand-off does, a guard over ``visits`` does; a sub-flow may, which is for
``rounds_through_flows`` to say. A round of anything else goes on for as long as a database is away, or for ever: the
engine gives such a call up after a thousand actions.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Hashable, Mapping
from typing import TypeVar

from ivrctl.flow.action import Action, OnResume
from ivrctl.flow.actions.gosub import Gosub
from ivrctl.flow.flow_file import Flow
from ivrctl.flow.graph import Graph, Place
from ivrctl.lang.findings import Findings

Node = TypeVar("Node", bound=Hashable)

ADVICE = "end the round: such as a guarded goto before it, when: visits > 3"


def check_rounds(flow: Flow, graph: Graph, found: frozenset[Place], findings: Findings) -> None:
    """Report rounds among the places that some call can reach; a sub-flow is taken to end one."""
    actions = dict(flow.places())
    open_ = {place for place in found if not _ends_rounds(actions[place])}
    ways = {place: {edge.to for edge in graph[place] if edge.to is not None} & open_ for place in open_}
    left = on_rounds(ways)
    for place, action in actions.items():
        if place in left:
            left -= joined_with(place, ways, left)
            message = f'step "{place[0]}" leads back to itself without a key, a hand-off or a bound'
            findings.warning("IVR124", action.span, message, ADVICE)


def _ends_rounds(action: Action) -> bool:
    return is_sign(action) or isinstance(action.kind, Gosub)


def is_sign(action: Action) -> bool:
    """True for an action in which a person or a bound has a say."""
    kind = action.kind
    is_bound = action.when is not None and ("visits",) in action.when.names()
    return kind.asks() or kind.on_resume is OnResume.OUTCOME or is_bound


def on_rounds(ways: Mapping[Node, set[Node]]) -> set[Node]:
    """What remains of a graph when whatever leads nowhere, and whatever nothing leads to, is taken away.

    In a time that grows with its edges: flows have thousands of steps.
    """
    left = set(ways)
    back: dict[Node, set[Node]] = defaultdict(set)
    for node, targets in ways.items():
        for to in targets:
            back[to].add(node)
    out = {node: len(targets) for node, targets in ways.items()}
    into = {node: len(back[node]) for node in ways}
    ahead = deque(node for node in ways if not out[node] or not into[node])
    while ahead:
        node = ahead.popleft()
        if node not in left:
            continue
        left.discard(node)
        for to in ways[node] & left:
            into[to] -= 1
            if not into[to]:
                ahead.append(to)
        for before in back[node] & left:
            out[before] -= 1
            if not out[before]:
                ahead.append(before)
    return left


def joined_with(start: Place, ways: Mapping[Place, set[Place]], left: set[Place]) -> set[Place]:
    """The places that hang together with one: they are told of once."""
    joined, ahead = {start}, [start]
    while ahead:
        place = ahead.pop()
        new = (ways[place] & left | {one for one in left if place in ways[one]}) - joined
        joined |= new
        ahead.extend(new)
    return joined
