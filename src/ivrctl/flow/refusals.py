"""Refusals: nobody is refused in silence.

A refusal is announced when the last that happened to the caller before it, on every way, is that something was played
to him: not a key that he pressed, and not a queue that he came back from. What a sub-flow says is taken for an
announcement, since its author knows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ivrctl.flow.action import Action, OnResume
from ivrctl.flow.flow_file import Flow
from ivrctl.flow.graph import Edge, Graph, Place, entries
from ivrctl.flow.targets import HangUp
from ivrctl.lang.findings import Findings
from ivrctl.model.call import Ending


def check_refusals(flow: Flow, graph: Graph, findings: Findings) -> None:
    """Report refusals that some caller meets without having been told."""
    actions = dict(flow.places())
    for place, is_told in _told_at(flow, graph, actions).items():
        action = actions[place]
        for refusal in _refusals(action):
            if not _is_told_by_then(action, is_told=is_told):
                message = "a caller can be refused here without a word"
                advice = "play what he is to know in the action right before it"
                findings.error("IVR123", refusal.span, message, advice)


def _refusals(action: Action) -> Iterator[HangUp]:
    for target in action.targets():
        if isinstance(target, HangUp) and target.ending is Ending.REFUSED:
            yield target


def _is_told_by_then(action: Action, *, is_told: bool) -> bool:
    """Whether a caller has been told when the action leads elsewhere."""
    kind = action.kind
    if kind.asks() or kind.on_resume is OnResume.OUTCOME:
        return False
    return is_told or kind.name == "gosub"


def _told_at(flow: Flow, graph: Graph, actions: Mapping[Place, Action]) -> Mapping[Place, bool]:
    """For each reachable place whether the caller has been told something right before it, on every way."""
    told = dict.fromkeys(entries(flow), False)
    ahead = list(told)
    while ahead:
        place = ahead.pop()
        for edge in graph.get(place, ()):
            if edge.to is None or edge.to not in graph:
                continue
            arriving = _is_told_behind(actions[place], edge, is_told=told[place])
            before = told.get(edge.to)
            if before is None or (before and not arriving):
                told[edge.to] = arriving
                ahead.append(edge.to)
    return told


def _is_told_behind(action: Action, edge: Edge, *, is_told: bool) -> bool:
    kind = action.kind
    if kind.texts() and edge.is_good and not kind.asks() and kind.on_resume is OnResume.AGAIN:
        return True
    return _is_told_by_then(action, is_told=is_told)
