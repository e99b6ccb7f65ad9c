"""Refusals: nobody is refused in silence.

A refusal is announced when the last that happened to the caller before it, on every way, is that something was played
to him: not a key that he pressed, and not a queue that he came back from. A guarded action says nothing on the way past
it. A sub-flow has told him when it played something last on every way to the outcome that it returns with; what it
refuses itself, it announces itself, whoever enters it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ivrctl.flow.action import Action, OnResume
from ivrctl.flow.actions.gosub import Gosub
from ivrctl.flow.flow_file import START, Flow
from ivrctl.flow.graph import PASSED_OVER, Graph, Place, ends_of, entries
from ivrctl.flow.scope import Signature
from ivrctl.flow.targets import HangUp, Return
from ivrctl.lang.findings import Findings
from ivrctl.lang.source import Span
from ivrctl.model.call import Ending


def check_refusals(
    flows: Mapping[str, Flow], graphs: Mapping[str, Graph], signatures: Mapping[str, Signature], findings: Findings
) -> None:
    """Report refusals that some caller meets without having been told."""
    told = _Told(flows, graphs, signatures)
    told.settle()
    for name, flow in flows.items():
        for span in dict.fromkeys(told.silent_refusals(name, flow)):
            message = "a caller can be refused here without a word"
            findings.error("IVR123", span, message, "play why, and until when, in the action right before it")


@dataclass(slots=True)
class _Told:
    """What callers have been told, in every flow and by every sub-flow."""

    flows: Mapping[str, Flow]
    graphs: Mapping[str, Graph]
    signatures: Mapping[str, Signature]
    silent: set[tuple[str, str, bool]] = field(default_factory=set)
    """Flow, outcome, and whether the caller had been told when he entered: so he comes back without having been."""

    def settle(self) -> None:
        """Find out how callers come back from sub-flows, until nothing new is found: flows enter one another."""
        entered = {
            str(action.kind.flow)
            for flow in self.flows.values()
            for _, action in flow.places()
            if isinstance(action.kind, Gosub)
        }
        before = -1
        while before != len(self.silent):
            before = len(self.silent)
            for name in sorted(entered):
                for is_told in (True, False):
                    self.silent |= {(name, outcome, is_told) for outcome in self._untold(name, is_told=is_told)}

    def silent_refusals(self, name: str, flow: Flow) -> Iterator[Span]:
        """The refusals of a flow that some caller meets without having been told, one entered by gosub among them."""
        actions = dict(flow.places())
        for place, is_told in self._told_at(name, actions, dict.fromkeys(entries(flow), False)).items():
            action = actions[place]
            for label, target in ends_of(action, self.signatures).items():
                is_refusal = isinstance(target, HangUp) and target.ending is Ending.REFUSED
                if isinstance(target, HangUp) and is_refusal and not self._behind(action, label, is_told=is_told):
                    yield target.span

    def _untold(self, name: str, *, is_told: bool) -> Iterator[str]:
        """The outcomes with which some caller comes back from a flow without having been told."""
        actions = dict(self.flows[name].places())
        for place, is_told_here in self._told_at(name, actions, {(START, 0): is_told}).items():
            action = actions[place]
            for label, target in ends_of(action, self.signatures).items():
                if isinstance(target, Return) and not self._behind(action, label, is_told=is_told_here):
                    yield str(target.outcome)

    def _told_at(
        self, name: str, actions: Mapping[Place, Action], begins: Mapping[Place, bool]
    ) -> Mapping[Place, bool]:
        """For each reachable place whether the caller has been told something right before it, on every way."""
        graph, told = self.graphs[name], dict(begins)
        ahead = list(told)
        while ahead:
            place = ahead.pop()
            for edge in graph.get(place, ()):
                if edge.to is None or edge.to not in graph:
                    continue
                arriving = self._behind(actions[place], edge.label, is_told=told[place])
                before = told.get(edge.to)
                if before is None or (before and not arriving):
                    told[edge.to] = arriving
                    ahead.append(edge.to)
        return told

    def _behind(self, action: Action, label: str, *, is_told: bool) -> bool:
        """Whether a caller has been told when an action has ended in a way."""
        kind = action.kind
        if label == PASSED_OVER:
            return is_told
        if isinstance(kind, Gosub):
            return (str(kind.flow), label, is_told) not in self.silent
        if kind.asks() or kind.on_resume is OnResume.OUTCOME:
            return False
        return is_told or (bool(kind.texts()) and label in kind.exits())
