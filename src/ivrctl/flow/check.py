"""What is wrong with a flow as a whole: its heading, where it leads (``ways``), what its names hold.

One mistake gives one finding: what hangs on something that has been refused already is passed over.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivrctl.flow.action import OTHERWISE, Action
from ivrctl.flow.flow_file import Flow
from ivrctl.flow.graph import Graph, Place, names_on_every_way
from ivrctl.flow.guards import Given, check_guards, left_possible, ruled_out_none
from ivrctl.flow.scope import FlowCheck, FlowScope, Signature, SpoiltError, names_of_calls
from ivrctl.flow.targets import NEXT, Return
from ivrctl.flow.uses import check_unused
from ivrctl.flow.ways import check_ways
from ivrctl.lang.binder import beginning
from ivrctl.lang.expressions import Domains, Path, narrow
from ivrctl.lang.findings import Findings, did_you_mean
from ivrctl.lang.source import Word
from ivrctl.lang.types import Maybe, Type, accepts, without_none
from ivrctl.site.site_file import Site


def check_flow(flow: Flow, graph: Graph, site: Site, flows: Mapping[str, Signature], findings: Findings) -> None:
    """Report everything that is wrong with one flow, whose graph is given."""
    _check_heading(flow, site, findings)
    if not flow.steps:
        findings.error("IVR120", beginning(flow.span), "the flow has no steps", "add steps: {start: […]}")
        return
    check_ways(flow, graph, flows, findings)
    _NameChecks(flow, site, flows, graph, findings, names_of_calls(site)).run()


def _check_heading(flow: Flow, site: Site, findings: Findings) -> None:
    if flow.title is not None:
        flow.title.check_fixed(site.languages, findings)
    for line in flow.lines.values():
        if line.language is not None and line.language not in site.languages:
            advice = did_you_mean(line.language, site.languages)
            findings.error("IVR201", line.language.span, f'the site has no language "{line.language}"', advice)
    heading = FlowCheck(site, {}, FlowScope({}, {}), findings, flow.span)
    for name in (*flow.params, *flow.returns):
        heading.flow_name(name)
    _check_words(flow, findings)


def _check_words(flow: Flow, findings: Findings) -> None:
    """Report outcomes and steps whose names already mean something."""
    for index, outcome in enumerate(flow.outcomes):
        if outcome in {Return.GOOD, OTHERWISE}:
            message = f'"{outcome}" cannot be an outcome of the flow\'s own'
            findings.error("IVR111", outcome.span, message, "done is always there, otherwise stands for the rest")
        elif outcome in flow.outcomes[:index]:
            findings.error("IVR111", outcome.span, f'the outcome "{outcome}" stands twice', "remove one")
    for step in flow.steps:
        if step == NEXT:
            advice = "as a target it means the next action: take another name"
            findings.error("IVR111", step.span, f'"{step}" cannot be the name of a step', advice)


@dataclass(slots=True)
class _NameChecks:
    """What the names of a flow hold, and what its actions do with them."""

    flow: Flow
    site: Site
    flows: Mapping[str, Signature]
    graph: Graph
    findings: Findings
    always: Mapping[str, Type]
    """Names that every call has."""
    types: dict[str, Type] = field(default_factory=dict)
    """Of every flow name that some action gives a value."""
    spoilt: frozenset[str] = frozenset()
    """Flow names whose type another finding hides."""
    proven: Mapping[Place, frozenset[Path]] = field(default_factory=dict)
    """For each place the names that the guards before it have ruled out to be none."""
    possible: Mapping[Place, Domains] = field(default_factory=dict)
    """For each place what guards have left of its names."""
    whole: FlowScope | None = None
    given: dict[Place, dict[Word, Type | None]] = field(default_factory=dict)
    """What actions give values, as far as it was asked for, with ``types``, ``proven`` and ``possible`` as they are."""

    def run(self) -> None:
        self._learn_types()
        gains = {place: frozenset(map(str, self._given(place, action))) for place, action in self.flow.places()}
        known = names_on_every_way(self.flow, self.graph, gains)
        self._learn_proven(known)
        self._report_two_types()
        scopes = {place: self._scope(names) for place, names in known.items()}
        # Where no way leads, or none while another mistake stands, a name may hold whatever the flow ever gives it.
        for place, action in self.flow.places():
            if place in known:
                self._action(place, action, scopes[place])
                self._returns(action, known[place], gains[place])
            else:
                self._action(place, action, self._scope(frozenset(self.types)))
        if not self.findings.has_errors_in(self.flow.span.path):
            check_guards(self.flow, self.graph, scopes, self._every_given(), self.findings)
            check_unused(self.flow, gains, self.findings)

    def _learn_proven(self, known: Mapping[Place, frozenset[str]]) -> None:
        """Collect what guards rule out; then the types again, since what is set from such a name is not none either."""
        scopes = {place: self._scope(names) for place, names in known.items()}
        self.possible = left_possible(self.flow, self.graph, scopes, self._every_given())
        self.proven = {
            place: ruled_out_none(domains, scopes[place]) for place, domains in self.possible.items() if place in scopes
        }
        self.given.clear()
        self._learn_types()

    def _every_given(self) -> Given:
        """The names that each action gives a value, call fields too."""
        return {place: self._all_given(place, action) for place, action in self.flow.places()}

    # types

    def _learn_types(self) -> None:
        """Collect types until no action adds one: a name may be set from a name that is set further down."""
        self.types = {str(name): kind for name, kind in self.flow.params.items()}
        before: dict[str, Type] | None = None
        hidden: set[str] = set()
        while before != self.types:
            before, hidden = dict(self.types), set()
            for place, action in self.flow.places():
                for name, kind in self._given(place, action).items():
                    if kind is None:
                        hidden.add(str(name))
                    elif name not in self.types or accepts(kind, self.types[name]):
                        self.types[str(name)] = kind
        self.spoilt = frozenset(hidden - set(self.types))

    def _report_two_types(self) -> None:
        for place, action in self.flow.places():
            for name, kind in self._given(place, action).items():
                if kind is not None and not accepts(self.types[name], kind):
                    message = f'"{name}" is {self.types[name]} elsewhere in this flow and {kind} here'
                    self.findings.error("IVR119", name.span, message, "use two names")

    def _given(self, place: Place, action: Action) -> dict[Word, Type | None]:
        """The flow names that an action gives a value, with the type of each, None where that cannot be known."""
        return {name: kind for name, kind in self._all_given(place, action).items() if not name.startswith("call.")}

    def _all_given(self, place: Place, action: Action) -> dict[Word, Type | None]:
        """The same with call fields."""
        everywhere = self._everywhere()
        given = self.given.get(place)
        if given is None:
            given = self.given[place] = self._given_by(action, self._check_at(place, action, everywhere, Findings()))
        return given

    def _given_by(self, action: Action, there: FlowCheck) -> dict[Word, Type | None]:
        check = there.narrowed(action.when)
        given = dict(action.kind.assigns(check))
        if action.save is not None:
            try:
                given[action.save] = action.kind.result(check)
            except SpoiltError:
                given[action.save] = None
        return given

    def _everywhere(self) -> FlowScope:
        """The scope of all names of the flow, whatever way leads to them; the same one until a type is learnt."""
        if self.whole is None or self.whole.names != self.types:
            self.whole = FlowScope(self.always, dict(self.types))
            self.given.clear()
        return self.whole

    # one action

    def _scope(self, known: frozenset[str]) -> FlowScope:
        here = {name: kind for name, kind in self.types.items() if name in known}
        elsewhere = {name: kind for name, kind in self.types.items() if name not in known}
        return FlowScope(self.always, here, elsewhere, self.spoilt)

    def _check_at(self, place: Place, action: Action, scope: FlowScope, findings: Findings) -> FlowCheck:
        narrowed = narrow(scope, self.proven.get(place, ()), is_settled=True)
        possible = self.possible.get(place, {})
        return FlowCheck(self.site, self.flows, narrowed, findings, action.span, scope.missed, possible=possible)

    def _action(self, place: Place, action: Action, scope: FlowScope) -> None:
        check = self._check_at(place, action, scope, self.findings)
        if action.when is not None:
            check.guard(action.when)
        inner = check.narrowed(action.when)
        action.kind.check(inner)
        if action.save is not None:
            self._save(action, action.save, inner)

    def _save(self, action: Action, save: Word, check: FlowCheck) -> None:
        try:
            result = action.kind.result(check)
        except SpoiltError:
            return
        if result is None:
            self.findings.error("IVR111", save.span, f'"{action.kind.name}" has nothing to save', "remove save")
        elif not save.startswith("call."):
            check.flow_name(save)
        else:
            declared = check.call_field(save)
            if declared is not None and not accepts(declared, result):
                message = f"{save} is {without_none(declared)}; the action gives {result}"
                self.findings.error("IVR022", save.span, message, "save it under a name of the flow's own")

    def _returns(self, action: Action, known: frozenset[str], gained: frozenset[str]) -> None:
        """Report what the flow declares to return and has not where it returns."""
        own = action.kind.targets()
        for target in action.targets():
            if isinstance(target, Return) and target.outcome == Return.GOOD:
                is_own = any(target is one for one in own)
                self._return(target, known | gained if is_own else known)

    def _return(self, target: Return, known: frozenset[str]) -> None:
        for name, due in self.flow.returns.items():
            if name not in known and name not in self.spoilt and not isinstance(due, Maybe):
                message = f'"{name}" has no value on some way to this return'
                advice = "set it on every way, or declare that it may be none"
                self.findings.error("IVR117", target.outcome.span, message, f"{advice}: {name}: {due}?")
            elif name in self.types and not accepts(due, self.types[name]):
                message = f'the flow returns "{name}" as {due}, and it is {self.types[name]}'
                self.findings.error("IVR022", name.span, message, "declare what it is, or use another name")
