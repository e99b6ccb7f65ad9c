"""What is wrong with a flow as a whole: where it leads, what it names, what its names hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ivrctl.flow.action import OTHERWISE, Action
from ivrctl.flow.flow_file import Flow
from ivrctl.flow.graph import Graph, Place, entries, graph_of, names_on_every_way, reachable
from ivrctl.flow.scope import FlowCheck, FlowScope, Signature
from ivrctl.flow.targets import GoTo, Return, Target
from ivrctl.lang.expressions import Scope, narrow
from ivrctl.lang.findings import Findings, did_you_mean
from ivrctl.lang.source import Span, Word
from ivrctl.lang.types import Maybe, Type, accepts
from ivrctl.site.check import NO_SCOPE
from ivrctl.site.site_file import Site

TYPE_PASSES = 4
"""``set`` may copy the name of another ``set``: so many links of such a chain get their types."""


def check_flow(flow: Flow, site: Site, flows: Mapping[str, Signature], findings: Findings) -> None:
    """Report everything that is wrong with one flow."""
    _FlowChecks(flow, site, flows, findings).run()


@dataclass(slots=True)
class _FlowChecks:
    flow: Flow
    site: Site
    flows: Mapping[str, Signature]
    findings: Findings
    graph: Graph = field(init=False)

    def __post_init__(self) -> None:
        self.graph = graph_of(self.flow, self.flows)

    def run(self) -> None:
        if self.flow.title is not None:
            self.flow.title.check(self.site.languages, NO_SCOPE, self.findings)
        if not self.flow.steps:
            self.findings.error("IVR120", self.flow.span, "the flow has no steps", "add steps: {start: […]}")
        self._lines()
        self._ways()
        types = self._types_of_names()
        known = names_on_every_way(self.flow, self.graph, self._gains(types))
        for place, action in self._actions():
            if place in known:
                self._action(action, self._scope(known[place], types))

    def _actions(self) -> Iterator[tuple[Place, Action]]:
        for step, actions in self.flow.steps.items():
            for index, action in enumerate(actions):
                yield (str(step), index), action

    # where it leads

    def _lines(self) -> None:
        for line in self.flow.lines.values():
            self._goto(GoTo(line.step))
            if line.language is not None and line.language not in self.site.languages:
                message = f'the site has no language "{line.language}"'
                advice = did_you_mean(line.language, self.site.languages)
                self.findings.error("IVR201", line.language.span, message, advice)

    def _ways(self) -> None:
        for place, action in self._actions():
            self._targets(action)
            self._outcomes(action)
            self._falls_off(place, action)
        self._unreachable()

    def _targets(self, action: Action) -> None:
        for target in (*action.kind.targets(), *(action.then or {}).values()):
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
            message = f'step "{target.step}" does not exist'
            self.findings.error("IVR101", target.step.span, message, did_you_mean(target.step, self.flow.steps))

    def _outcomes(self, action: Action) -> None:
        possible = action.kind.outcomes(self.flows)
        for name in action.then or {}:
            if name != OTHERWISE and name not in possible and not _is_spoilt_gosub(action, self.flows):
                message = f'"{action.kind.name}" has no outcome "{name}"'
                advice = did_you_mean(name, sorted(possible)) or "it has no other outcome than the good one"
                self.findings.error("IVR109", _span_of(name, action), message, advice)
        open_ends = sorted(
            outcome for outcome in possible if action.target_of(outcome) is None and outcome not in action.kind.may_name
        )
        if open_ends:
            names = ", ".join(f'"{outcome}"' for outcome in open_ends)
            message = f"{action.kind.name} does not say where {names} leads"
            self.findings.error("IVR114", action.span, message, f"add then: {{{open_ends[0]}: step}}")

    def _falls_off(self, place: Place, action: Action) -> None:
        step, index = place
        if index + 1 < len(self.flow.steps[Word(step)]):
            return
        if any(edge.to == (step, index + 1) for edge in self.graph[place]):
            message = f'step "{step}" falls off its end: nothing says where the call goes after its last action'
            self.findings.error("IVR115", action.span, message, "end it with goto, return, hangup or another target")

    def _unreachable(self) -> None:
        found = reachable(self.flow, self.graph)
        if self.flow.steps and not entries(self.flow):
            message = "no call can enter this flow: it has neither lines nor a step named start"
            self.findings.error("IVR116", self.flow.span, message, 'add lines, or name its first step "start"')
            return
        for step, actions in self.flow.steps.items():
            if not actions:
                self.findings.error("IVR120", step.span, f'step "{step}" has no actions')
            elif (str(step), 0) not in found:
                self.findings.warning("IVR116", step.span, f'no call can reach step "{step}"')
            else:
                self._dead_actions(str(step), actions, found)

    def _dead_actions(self, step: str, actions: tuple[Action, ...], found: frozenset[Place]) -> None:
        for index, action in enumerate(actions):
            if (step, index) not in found:
                self.findings.warning(
                    "IVR116", action.span, "no call can reach this action: the one before never goes on"
                )
                return

    # what its names hold

    def _types_of_names(self) -> dict[str, Type]:
        types: dict[str, Type] = {str(name): kind for name, kind in self.flow.params.items()}
        for _ in range(TYPE_PASSES):
            before = dict(types)
            for _place, action in self._actions():
                self._learn(action, types)
            if types == before:
                break
        return types

    def _learn(self, action: Action, types: dict[str, Type]) -> None:
        check = self._check_at(action, FlowScope(self.site, types))
        for name, kind in _given(action, check).items():
            if kind is None or name.startswith("call."):
                continue
            known = types.setdefault(str(name), kind)
            if known != kind and not accepts(known, kind):
                message = f'"{name}" is {known} elsewhere in this flow and {kind} here'
                self.findings.error("IVR119", name.span, message, "use two names")

    def _gains(self, types: Mapping[str, Type]) -> Mapping[Place, frozenset[str]]:
        scope = FlowScope(self.site, types)
        return {
            place: frozenset(str(name) for name in _given(action, self._check_at(action, scope)))
            for place, action in self._actions()
        }

    def _scope(self, known: frozenset[str], types: Mapping[str, Type]) -> FlowScope:
        here = {name: types[name] for name in known if name in types}
        return FlowScope(self.site, here, {name: kind for name, kind in types.items() if name not in known})

    def _check_at(self, action: Action, scope: Scope, findings: Findings | None = None) -> FlowCheck:
        return FlowCheck(self.site, self.flows, scope, Findings() if findings is None else findings, action.span)

    def _action(self, action: Action, scope: FlowScope) -> None:
        inner: Scope = scope
        if action.when is not None:
            self._check_at(action, scope, self.findings).guard(action.when)
            inner = narrow(scope, action.when.narrowed())
        check = self._check_at(action, inner, self.findings)
        action.kind.check(check)
        self._save(action, check)
        for name in sorted(scope.missed):
            message = f'"{name}" has no value on some way to this action'
            advice = "set it on every way, or ask only where it was saved"
            self.findings.error("IVR117", action.span, message, advice)

    def _save(self, action: Action, check: FlowCheck) -> None:
        if action.save is None:
            return
        result = action.kind.result(check)
        if result is None:
            if not _is_spoilt_gosub(action, self.flows) and action.kind.name != "lookup":
                check.error("IVR111", f'"{action.kind.name}" has nothing to save', "remove save")
        elif action.save.startswith("call."):
            self._save_field(action.save, result)
        else:
            check.flow_name(action.save)

    def _save_field(self, save: Word, result: Type) -> None:
        declared = self.site.call_fields.get(save.removeprefix("call."))
        if declared is None:
            message = f'the call field "{save.removeprefix("call.")}" does not exist'
            known = [f"call.{name}" for name in self.site.call_fields]
            self.findings.error("IVR106", save.span, message, did_you_mean(save, known) or "declare it in call_fields")
        elif not accepts(Maybe(declared), result):
            self.findings.error("IVR022", save.span, f"{declared} is due in {save}; the action gives {result}")


def _given(action: Action, check: FlowCheck) -> Mapping[Word, Type | None]:
    saved = {} if action.save is None else {action.save: action.kind.result(check)}
    return {**action.kind.assigns(check), **saved}


def _is_spoilt_gosub(action: Action, flows: Mapping[str, Signature]) -> bool:
    """True for a gosub into a flow that does not exist: its outcomes are not known, and one finding is enough."""
    flow = getattr(action.kind, "flow", None)
    return isinstance(flow, Word) and flow not in flows


def _span_of(name: str, action: Action) -> Span:
    return name.span if isinstance(name, Word) else action.span


def targets_of(action: Action) -> tuple[Target, ...]:
    """Every target that an action names, its own and those of ``then``."""
    return (*action.kind.targets(), *(action.then or {}).values())
