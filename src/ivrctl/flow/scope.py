"""Which names a flow may use at a place, and of which types: the scope of its expressions and texts.

``FlowCheck`` is what a kind's ``check`` is given: the scope of its place, and the questions that kinds share.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from ivrctl.lang.expressions import Expression, Scope
from ivrctl.lang.findings import Findings, did_you_mean
from ivrctl.lang.source import Span, Word
from ivrctl.lang.templates import Template
from ivrctl.lang.types import BOOLEAN, DATE, DATETIME, DIGITS, NUMBER, PHONE, QUEUE, Enumeration, Maybe, Record, Type
from ivrctl.site.site_file import Site
from ivrctl.site.text import Text


@dataclass(frozen=True, slots=True)
class Signature:
    """What other flows may know of a flow: how it is entered by gosub and what comes back."""

    params: Mapping[str, Type]
    outcomes: tuple[Word, ...]
    returns: Mapping[str, Type]
    has_start: bool


@dataclass(frozen=True, slots=True)
class FlowScope:
    """The names at one place of a flow."""

    site: Site
    names: Mapping[str, Type]
    """Flow names that have a value on every way to this place."""
    elsewhere: Mapping[str, Type] = field(default_factory=dict)
    """Flow names that have a value on some way to this place, but not on every."""
    missed: set[str] = field(default_factory=set)
    """Of those, the ones that were asked for: each is a finding of its own."""

    def type_of(self, path: tuple[str, ...]) -> Type | None:
        """The type of a dotted name; None when it does not exist here."""
        found = self._roots().get(path[0])
        if found is None and path[0] in self.elsewhere:
            self.missed.add(path[0])
            found = self.elsewhere[path[0]]
        for name in path[1:]:
            found = found.fields.get(name) if isinstance(found, Record) else None
        return found

    def candidates(self, _path: tuple[str, ...]) -> Iterable[str]:
        """Names for a did-you-mean, dotted."""
        for root, kind in self._roots().items():
            if isinstance(kind, Record):
                yield from (f"{root}.{name}" for name in kind.fields)
            else:
                yield root

    def _roots(self) -> Mapping[str, Type]:
        caller = Record({"number": PHONE})
        languages = Enumeration(tuple(str(name) for name in self.site.languages))
        fields: dict[str, Type] = {str(name): Maybe(kind) for name, kind in self.site.call_fields.items()}
        call = Record({"line": DIGITS, "language": languages, **fields})
        read_only: dict[str, Type] = {"caller": caller, "call": call, "visits": NUMBER, "today": DATE, "now": DATETIME}
        return {**self.names, **read_only}


READ_ONLY = frozenset({"caller", "call", "visits", "today", "now"})
"""Names that no flow may give to a value of its own."""


@dataclass(slots=True)
class FlowCheck:
    """The questions that the checks of all kinds share, at one action."""

    site: Site
    flows: Mapping[str, Signature]
    scope: Scope
    findings: Findings
    span: Span
    """Of the action."""

    def error(self, rule: str, message: str, advice: str | None = None) -> None:
        """Report an error at the action."""
        self.findings.error(rule, self.span, message, advice)

    def text(self, text: Text) -> None:
        """Report missing languages and wrong names of a text."""
        text.check(self.site.languages, self.scope, self.findings)

    def guard(self, expression: Expression) -> None:
        """Report a guard that is wrong, or is no yes-or-no question."""
        kind = expression.check(self.scope, self.findings)
        if kind is not None and kind != BOOLEAN:
            message = f"a guard is true or false; this is {kind}"
            self.findings.error("IVR022", expression.span, message, 'compare it: when: name == "value"')

    def type_of(self, template: Template) -> Type | None:
        """The type of a value; wrong names are not reported here."""
        return template.check(self.scope, Findings())

    def value(self, template: Template, expected: Type) -> None:
        """Report a value that is wrong in itself or of another type than is due; a queue's name must be the site's."""
        if template.is_static and expected == QUEUE:
            if template.source not in self.site.queues:
                message = f'the queue "{template.source}" does not exist'
                self.findings.error("IVR105", template.span, message, did_you_mean(template.source, self.site.queues))
            return
        template.check_for(expected, self.scope, self.findings)

    def arguments(self, given: Mapping[Word, Template], declared: Mapping[str, Type], owner: str) -> None:
        """Report arguments that the owner does not take, still needs, or takes in another type."""
        for name, template in given.items():
            if name not in declared:
                message = f'{owner} takes no "{name}"'
                self.findings.error("IVR108", name.span, message, did_you_mean(name, declared))
            else:
                self.value(template, declared[name])
        for needed in declared:
            if needed not in given:
                self.error("IVR108", f'{owner} needs "{needed}"', f"add with: {{{needed}: …}}")

    def assignment(self, name: Word, template: Template) -> None:
        """Report a name that cannot be set, and a value of another type than its call field has."""
        if not name.startswith("call."):
            template.check(self.scope, self.findings)
            self.flow_name(name)
            return
        field_name = name.removeprefix("call.")
        declared = self.site.call_fields.get(field_name)
        if declared is None:
            known = [f"call.{known}" for known in self.site.call_fields]
            message = f'the call field "{field_name}" does not exist'
            self.findings.error("IVR106", name.span, message, did_you_mean(name, known) or "declare it in call_fields")
        else:
            self.value(template, Maybe(declared))

    def flow_name(self, name: Word) -> None:
        """Report a flow name that is malformed or is taken by ivrctl."""
        if name in READ_ONLY or not name.replace("_", "a").replace("-", "a").isalnum() or not name[:1].isalpha():
            advice = "letters, digits, - and _, a letter first; not " + ", ".join(sorted(READ_ONLY))
            self.findings.error("IVR111", name.span, f'"{name}" cannot be the name of a value', advice)
