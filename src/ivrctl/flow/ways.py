"""Where a flow leads: targets that exist, outcomes that lead somewhere, places that some call can reach."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ivrctl.flow.action import OTHERWISE, Action
from ivrctl.flow.flow_file import Flow
from ivrctl.flow.graph import Graph, Place, entries, reachable
from ivrctl.flow.rounds import check_rounds
from ivrctl.flow.scope import Signature, SpoiltError
from ivrctl.flow.targets import NEXT, GoTo, Return
from ivrctl.lang.binder import beginning
from ivrctl.lang.findings import Findings, did_you_mean
from ivrctl.lang.source import Span, Word


def check_ways(flow: Flow, graph: Graph, flows: Mapping[str, Signature], findings: Findings) -> None:
    """Report targets and outcomes that lead nowhere, and what no call can reach."""
    _Ways(flow, graph, flows, findings).run()


@dataclass(slots=True)
class _Ways:
    flow: Flow
    graph: Graph
    flows: Mapping[str, Signature]
    findings: Findings
    is_whole: bool = True
    """False once a way is missing: then what it would have reached must not be called unreachable."""

    def run(self) -> None:
        self.is_whole = NEXT not in self.flow.steps
        for line in self.flow.lines.values():
            self._goto(GoTo(line.step))
        for _place, action in self.flow.places():
            self._targets(action)
            self._outcomes(action)
        found = reachable(self.flow, self.graph)
        for place, action in self.flow.places():
            self._falls_off(place, action, found)
        self._empty_steps()
        if self.is_whole:
            self._unreachable(found)
            check_rounds(self.flow, self.graph, found, self.findings)

    def _targets(self, action: Action) -> None:
        for target in action.targets():
            match target:
                case GoTo():
                    self._goto(target)
                case Return(outcome=outcome) if outcome not in {Return.GOOD, *self.flow.outcomes}:
                    message = f'the flow declares no outcome "{outcome}"'
                    advice = did_you_mean(outcome, [Return.GOOD, *self.flow.outcomes])
                    self.findings.error("IVR103", outcome.span, message, advice)
                case _:
                    pass

    def _goto(self, target: GoTo) -> None:
        if target.step not in self.flow.steps:
            self.is_whole = False
            message = f'step "{target.step}" does not exist'
            self.findings.error("IVR101", target.step.span, message, did_you_mean(target.step, self.flow.steps))

    def _outcomes(self, action: Action) -> None:
        try:
            possible = action.kind.outcomes(self.flows)
        except SpoiltError:
            self.is_whole = False
            return
        unknown = [name for name in action.then or {} if name not in {OTHERWISE, *possible}]
        for name in unknown:
            self._unknown_outcome(name, action, possible)
        if not unknown:
            self._open_ends(action, possible)
        self._idle_otherwise(action, possible)

    def _unknown_outcome(self, name: str, action: Action, possible: frozenset[str]) -> None:
        self.is_whole = False
        span = _span_of(name, action)
        if name == Return.GOOD:
            message = f'"{name}" is the good outcome of {action.kind.name}, which goes on to the next action'
            self.findings.error("IVR109", span, message, "remove it, and write a goto as the next action")
            return
        message = f'"{action.kind.name}" has no outcome "{name}"'
        known = sorted(possible - set(action.then or {}) or possible)
        advice = did_you_mean(name, known) or "it has no other outcome than the good one"
        self.findings.error("IVR109", span, message, advice)

    def _open_ends(self, action: Action, possible: frozenset[str]) -> None:
        optional = action.kind.may_name
        ends = sorted(name for name in possible if action.target_of(name) is None and name not in optional)
        if not ends:
            return
        self.is_whole = False
        message = f'"{action.kind.name}" does not say where {_listed(ends)} {"lead" if ends[1:] else "leads"}'
        due = ", ".join(f"{name}: step" for name in _to_write(ends, action.kind.must_name))
        self.findings.error("IVR114", action.span, message, f"add then: {{{due}}}")

    def _idle_otherwise(self, action: Action, possible: frozenset[str]) -> None:
        written = next((name for name in action.then or {} if name == OTHERWISE), None)
        if written is not None and not possible - action.kind.must_name - action.kind.may_name:
            message = f'"{action.kind.name}" has no outcome that otherwise could cover'
            self.findings.error("IVR109", _span_of(written, action), message, "remove it")

    def _falls_off(self, place: Place, action: Action, found: frozenset[Place]) -> None:
        step, index = place
        is_last = index + 1 == len(self.flow.steps[Word(step)])
        is_dead = (step, 0) in found and place not in found
        is_told = Return.GOOD in (action.then or {})
        if is_last and not is_dead and not is_told and any(edge.to == (step, index + 1) for edge in self.graph[place]):
            message = f'step "{step}" falls off its end: nothing says where the call goes after its last action'
            self.findings.error("IVR115", action.span, message, "end it with goto, return, hangup or another target")

    def _empty_steps(self) -> None:
        for step, actions in self.flow.steps.items():
            if not actions:
                self.is_whole = False
                self.findings.error("IVR120", step.span, f'step "{step}" has no actions', "write at least one action")

    def _unreachable(self, found: frozenset[Place]) -> None:
        if not entries(self.flow):
            message = "no call can enter this flow: it has neither lines nor a step named start"
            span = beginning(self.flow.span)
            self.findings.error("IVR116", span, message, 'add lines, or name its first step "start"')
            return
        for step, actions in self.flow.steps.items():
            dead = next((index for index in range(len(actions)) if (str(step), index) not in found), None)
            if dead == 0:
                advice = "lead to it, or remove it"
                self.findings.warning("IVR116", step.span, f'no call can reach step "{step}"', advice)
            elif dead is not None:
                message = "no call can reach this action: the one before never goes on"
                self.findings.warning("IVR116", actions[dead].span, message, "remove it, or guard the one before")


MAX_WRITTEN = 2
"""Outcomes that advice writes out one by one; for more it suggests ``otherwise``."""


def _to_write(ends: list[str], must_name: frozenset[str]) -> list[str]:
    """What covers some outcomes: each by its name, or the rest by otherwise where they are many."""
    named = [name for name in ends if name in must_name]
    return ends if len(ends) <= MAX_WRITTEN else [*named, OTHERWISE]


def _listed(names: list[str]) -> str:
    quoted = [f'"{name}"' for name in names]
    return " and ".join(filter(None, [", ".join(quoted[:-1]), quoted[-1]]))


def _span_of(name: str, action: Action) -> Span:
    return name.span if isinstance(name, Word) else action.span
