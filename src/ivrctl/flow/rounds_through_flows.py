"""Rounds that go through several flows: sub-flows in which nothing ends them, and flows that enter themselves.

What ends a round stands in ``rounds``. That a flow enters itself is no fault while a key lies on the way, such as in a
tree of menus; without one it goes on until the engine has ten flows inside each other, and gives the call up.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

from ivrctl.flow.action import Action
from ivrctl.flow.actions.gosub import Gosub
from ivrctl.flow.flow_file import START, Flow
from ivrctl.flow.graph import Graph, Place, reachable
from ivrctl.flow.rounds import ADVICE, is_sign, joined_with, on_rounds
from ivrctl.lang.findings import Findings


def check_rounds_through_flows(flows: Mapping[str, Flow], graphs: Mapping[str, Graph], findings: Findings) -> None:
    """Report rounds through sub-flows in which nothing ends them, and flows that enter themselves on such a way.

    Args:
        flows: all of a site, without errors.
        graphs: of each.
        findings: receives them as warnings.
    """
    silent = _silent(flows)
    entered: dict[str, set[str]] = {}
    for name, flow in flows.items():
        ways = _open_ways(flow, graphs[name], silent)
        _report_through(flow, ways, findings)
        entered[name] = set(_freely_entered(flow, ways))
    for name in sorted(flows):
        if name in _beyond(name, entered):
            _report_itself(flows[name], name, entered, findings)


def _entered(action: Action) -> str | None:
    return str(action.kind.flow) if isinstance(action.kind, Gosub) else None


def _silent(flows: Mapping[str, Flow]) -> AbstractSet[str]:
    """The flows in which nothing ends a round, nor in any flow that they enter."""
    silent = {name for name, flow in flows.items() if not any(is_sign(action) for _, action in flow.places())}
    while True:
        kept = {
            name for name in silent if all(_entered(action) in {None, *silent} for _, action in flows[name].places())
        }
        if kept == silent:
            return silent
        silent = kept


def _open_ways(flow: Flow, graph: Graph, silent: AbstractSet[str]) -> Mapping[Place, set[Place]]:
    """The ways between the places at which nothing ends a round."""
    actions = dict(flow.places())
    open_ = {
        place
        for place in reachable(flow, graph)
        if not is_sign(actions[place]) and _entered(actions[place]) in {None, *silent}
    }
    return {place: {edge.to for edge in graph[place] if edge.to is not None} & open_ for place in open_}


def _report_through(flow: Flow, ways: Mapping[Place, set[Place]], findings: Findings) -> None:
    left = on_rounds(ways)
    for place, action in flow.places():
        if place in left and isinstance(action.kind, Gosub):
            left -= joined_with(place, ways, left)
            message = (
                f'step "{place[0]}" leads back to itself through flow "{action.kind.flow}", and nothing in it ends that'
            )
            findings.warning("IVR124", action.span, message, ADVICE)


def _freely_entered(flow: Flow, ways: Mapping[Place, set[Place]]) -> Iterator[str]:
    """The flows that are entered from the start of a flow before anything ends the round."""
    actions, ahead, seen = dict(flow.places()), [(START, 0)], set()
    while ahead:
        place = ahead.pop()
        if place not in actions or place in seen:
            continue
        seen.add(place)
        entered = _entered(actions[place])
        if entered is not None and not is_sign(actions[place]):
            yield entered
        ahead.extend(ways.get(place, ()))


def _beyond(name: str, entered: Mapping[str, AbstractSet[str]]) -> AbstractSet[str]:
    """The flows that a flow leads to, through any number of others."""
    found: set[str] = set()
    ahead = list(entered[name])
    while ahead:
        flow = ahead.pop()
        if flow not in found:
            found.add(flow)
            ahead.extend(entered.get(flow, ()))
    return found


def _report_itself(flow: Flow, name: str, entered: Mapping[str, AbstractSet[str]], findings: Findings) -> None:
    for _place, action in flow.places():
        through = _entered(action)
        if through in entered[name] and (through == name or name in _beyond(str(through), entered)):
            message = f'flow "{name}" enters itself here without a key, a hand-off or a bound'
            findings.warning("IVR124", action.span, message, "guard it, or lead back with goto")
            return
