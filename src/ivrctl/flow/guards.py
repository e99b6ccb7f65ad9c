"""What guards leave possible, and guards that hold always or never by what those before them have left.

A forward data-flow analysis over the values of names that have few: behind ``goto: bill, when: what == "bill"`` the
name ``what`` is no longer ``bill``, and behind ``goto: nobody, when: order == none`` there is an order; behind
``set: {call.region: east}`` it is just that. What another flow may change meanwhile is forgotten, as is the time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from ivrctl.flow.action import Action, OnResume
from ivrctl.flow.actions.set import Set
from ivrctl.flow.flow_file import Flow
from ivrctl.flow.graph import Edge, Graph, Place, entries
from ivrctl.flow.parts import expressions_in
from ivrctl.flow.scope import SpoiltError
from ivrctl.lang.expressions import THERE, Domain, Domains, Expression, Path, Scope, values_of
from ivrctl.lang.expressions.weighing import Weighed
from ivrctl.lang.findings import Findings
from ivrctl.lang.source import Word
from ivrctl.lang.templates import Template
from ivrctl.lang.types import TEXT, Maybe, Type, conform, without_none

FLEETING = frozenset({"visits", "now", "today", "hours", "queues", "it"})
"""What can be another thing at the next action, or is another thing there."""

Given: TypeAlias = Mapping[Place, Mapping[Word, Type | None]]
"""The names to which the action of each place gives a value when it ends well, ``call.FIELD`` for a call field.

Each with its type; None where that cannot be known."""

_SOME_VALUE: Domain = frozenset({THERE})

_UNKNOWN = Weighed(frozenset({True, False}), {})
"""Of a guard whose names another finding hides."""


def left_possible(flow: Flow, graph: Graph, scopes: Mapping[Place, Scope], given: Given) -> Mapping[Place, Domains]:
    """What names can be at each place, where that is less than their types allow.

    Args:
        flow: a flow, also one with errors: of a guard that is wrong, nothing is known.
        graph: its ways.
        scopes: the names of each place that a call can reach.
        given: the names that the action of each place gives a value.
    """
    guards = _Guards(flow, graph, scopes, given)
    guards.spread()
    return guards.known


def ruled_out_none(possible: Domains, scope: Scope) -> frozenset[Path]:
    """The names that may be none by their type, and are not since guards have ruled it out."""
    there = (path for path, domain in possible.items() if None not in domain)
    return frozenset(path for path in there if isinstance(scope.type_of(path), Maybe))


def check_guards(flow: Flow, graph: Graph, scopes: Mapping[Place, Scope], given: Given, findings: Findings) -> None:
    """Report guards that always or never hold, as warnings; for a flow without errors."""
    guards = _Guards(flow, graph, scopes, given)
    guards.spread()
    guards.report(findings)


@dataclass(slots=True)
class _Guards:
    flow: Flow
    graph: Graph
    scopes: Mapping[Place, Scope]
    given: Given
    known: dict[Place, Domains] = field(default_factory=dict)
    """What names can be at each place, where that is less than their types allow."""

    def report(self, findings: Findings) -> None:
        for place, action in self.flow.places():
            if place not in self.known or place not in self.scopes:
                continue
            outcomes = self._weighed(place, action.when).outcomes if action.when is not None else frozenset({True})
            if action.when is not None and len(outcomes) == 1:
                _tell(action.when, always=outcomes == {True}, findings=findings)
            if True in outcomes:
                for inner in expressions_in(action.kind):
                    self._inner(place, action, inner, findings)

    def _inner(self, place: Place, action: Action, inner: Expression, findings: Findings) -> None:
        """The guard of a choice, or what a number is checked by."""
        known = self._behind(place, action, outcome=True)
        outcomes = inner.weighed(self.scopes[place], known).outcomes
        if len(outcomes) == 1:
            _tell(inner, always=outcomes == {True}, findings=findings)

    def _weighed(self, place: Place, guard: Expression) -> Weighed:
        try:
            return guard.weighed(self.scopes[place], self.known[place])
        except SpoiltError:
            return _UNKNOWN

    def spread(self) -> None:
        """Walk every way until nothing new is possible anywhere."""
        self.known = {place: {} for place in entries(self.flow)}
        actions = dict(self.flow.places())
        ahead = list(self.known)
        while ahead:
            place = ahead.pop()
            if place not in actions or place not in self.scopes:
                continue
            for to, arriving in self._arrivals(place, actions[place]):
                before = self.known.get(to)
                now = arriving if before is None else _either(before, arriving)
                if now != before:
                    self.known[to] = now
                    ahead.append(to)

    def _arrivals(self, place: Place, action: Action) -> Iterator[tuple[Place, Domains]]:
        outcomes = self._weighed(place, action.when).outcomes if action.when is not None else frozenset({True})
        for edge in self.graph.get(place, ()):
            runs = not edge.is_passed_over
            if edge.to is None or runs not in outcomes:
                continue
            behind = self._behind(place, action, outcome=runs)
            yield edge.to, self._once_run(place, action, behind, edge) if runs else _lasting(behind)

    def _once_run(self, place: Place, action: Action, known: Domains, edge: Edge) -> Domains:
        """What names can be once an action has run, before which they could be what is known of them."""
        given = {tuple(name.split(".")): kind for name, kind in self.given.get(place, {}).items()}
        left = _lasting(known, _elsewhere(action), given)
        if isinstance(action.kind, Set):
            return {**left, **_set(action.kind, known, self.scopes[place])}
        saved = {path: _of(kind) for path, kind in given.items() if kind is not None}
        return {**left, **saved} if edge.is_good else left

    def _behind(self, place: Place, action: Action, *, outcome: bool) -> Domains:
        known = self.known[place]
        if action.when is None:
            return known
        return {**known, **self._weighed(place, action.when).behind.get(outcome, {})}


def _elsewhere(action: Action) -> frozenset[str]:
    """The first parts of names to which other flows, or a search for the caller, may give another value meanwhile."""
    is_away = action.kind.changes_call or action.kind.on_resume is OnResume.OUTCOME
    return frozenset({"call"} if is_away else ()) | frozenset({"caller"} if action.kind.knows_caller else ())


def _set(kind: Set, known: Domains, scope: Scope) -> Domains:
    """What the names can be to which a ``set`` gives values."""
    given = {name: _given(name, template, known, scope) for name, template in kind.values.items()}
    return {tuple(name.split(".")): domain for name, domain in given.items() if domain is not None}


def _given(name: str, template: Template, known: Domains, scope: Scope) -> Domain | None:
    """What a name can be that gets a template's value: the word that is written, or what the other name can be."""
    path = template.lone_name
    try:
        if template.is_static:
            return _written(template.source, scope.type_of(tuple(name.split("."))) or TEXT)
        if path is None:
            return _SOME_VALUE
        kind = scope.type_of(path)
        return known.get(path) or (None if kind is None else _of(kind))
    except SpoiltError:
        return None


def _written(text: str, kind: Type) -> Domain | None:
    """What a text is as a value of a type."""
    try:
        value = conform(text, without_none(kind))
    except ValueError:
        return None
    return frozenset({value}) if isinstance(value, str | bool) and value in (values_of(kind) or ()) else _SOME_VALUE


def _of(kind: Type) -> Domain:
    """What a value of a type can be."""
    return values_of(kind) or _SOME_VALUE


def _lasting(known: Domains, changed: frozenset[str] = frozenset(), given: Iterable[Path] = ()) -> Domains:
    """What is still known: not of what may have changed, nor of what has got another value, and its fields."""
    gone = changed | FLEETING
    return {
        path: domain
        for path, domain in known.items()
        if path[0] not in gone and not any(path[: len(new)] == new for new in given)
    }


def _either(one: Domains, other: Domains) -> Domains:
    """What is possible where two ways meet."""
    return {path: one[path] | other[path] for path in one if path in other}


def _tell(guard: Expression, *, always: bool, findings: Findings) -> None:
    if always:
        advice = "remove the guard, or compare with what is meant"
        findings.warning("IVR130", guard.span, "this is always true here", advice)
    else:
        advice = "a guard before it has settled that, or no value is like that: remove the action, or correct the guard"
        findings.warning("IVR130", guard.span, "this is never true here", advice)
