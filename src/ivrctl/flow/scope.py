"""Which names a flow may use at a place, and of which types: the scope of its expressions and texts.

``FlowCheck`` is what a kind's ``check`` is given: the scope of its place, and the questions that kinds share.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from ivrctl.flow.made_names import MAX_MADE, Words, listed, names_made, words_in
from ivrctl.lang.expressions import Domains, Expression, RecordScope, Scope, narrow
from ivrctl.lang.findings import Findings, did_you_mean
from ivrctl.lang.indexed import index_of, written
from ivrctl.lang.names import field_type
from ivrctl.lang.source import Span, Word
from ivrctl.lang.templates import Template
from ivrctl.lang.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DIGITS,
    DURATION,
    EXTENSION,
    NUMBER,
    PHONE,
    QUEUE,
    SECRET,
    TEXT,
    WORD_SET,
    Enumeration,
    Maybe,
    Record,
    Type,
    without_none,
)
from ivrctl.model.queue_facts import DURATIONS, NUMBERS
from ivrctl.site.hours import Hours
from ivrctl.site.region_files import unknown_region
from ivrctl.site.site_file import IDENTIFIER, MAX_ATTEMPTS, Site
from ivrctl.site.text import Text

NAMESPACES = frozenset({"caller", "call", "hours", "queues", "settings"})
"""Names that hold nothing themselves, only what stands behind their dot."""

NAMED: Mapping[Type, str] = {QUEUE: "IVR105", EXTENSION: "IVR107"}
"""Types whose values are names that the site file declares, each with the rule that says so."""

_OF_WORDS = "a name is made of values that are each one of a list of words, such as {caller.brand}"

READ_ONLY = NAMESPACES | {"visits", "today", "now"}
"""Names that no flow may give to a value of its own."""


class SpoiltError(Exception):
    """What is asked depends on something that a finding has refused already: one finding is enough."""


@dataclass(frozen=True, slots=True)
class Signature:
    """What other flows may know of a flow: how it is entered by gosub and what comes back."""

    params: Mapping[str, Type] = field(default_factory=dict)
    outcomes: tuple[Word, ...] = ()
    returns: Mapping[str, Type] = field(default_factory=dict)
    has_start: bool = True
    is_known: bool = True
    """False for a flow whose file has findings of its own: it exists, and nothing more can be said of it."""


@dataclass(frozen=True, slots=True)
class FlowScope:
    """The names at one place of a flow."""

    always: Mapping[str, Type]
    """Those that every call has: ``names_of_calls``."""
    names: Mapping[str, Type]
    """Flow names that have a value on every way to this place."""
    elsewhere: Mapping[str, Type] = field(default_factory=dict)
    """Flow names that have a value on some way to this place, but not on every."""
    spoilt: frozenset[str] = frozenset()
    """Flow names whose type cannot be known for another finding."""
    missed: set[str] = field(default_factory=set)
    """Of those elsewhere, the ones that were asked for: each is a finding of its own."""
    _known: RecordScope = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        """Join the flow's names with those that every call has."""
        object.__setattr__(self, "_known", RecordScope({**self.names, **self.always}))

    def type_of(self, path: tuple[str, ...]) -> Type | None:
        """The type of a dotted name; None when it does not exist here.

        Raises:
            SpoiltError: its type cannot be known for another finding.
        """
        head, *fields = path
        if _is_namespace(path):
            return None
        if index_of(path) is not None:
            return field_type(_QUEUE, path[2:]) if head == "queues" else None
        if head in self._known.types:
            return self._known.type_of(path)
        if head in self.elsewhere:
            self.missed.add(head)
            return field_type(self.elsewhere[head], tuple(fields))
        if head in self.spoilt:
            raise SpoiltError
        return None

    def is_settled(self, path: tuple[str, ...]) -> bool:
        """What guards have settled is put around this scope, by ``narrow``."""
        return self._known.is_settled(path)

    def candidates(self, path: tuple[str, ...]) -> Iterable[str]:
        """Names for a did-you-mean, dotted; the figures of queues, which are many, only for a name of three parts."""
        if index_of(path) is not None and path[0] == "queues":
            return (written((*path[:2], figure)) for figure in _QUEUE.fields)
        is_long = len(path) >= len(("queues", "NAME", "waiting"))
        known = (tuple(name.split(".")) for name in self._known.candidates(path))
        return (".".join(name) for name in known if not _is_namespace(name) and (is_long or name[0] != "queues"))


def _is_namespace(path: tuple[str, ...]) -> bool:
    """True for what holds nothing itself; ``hours.desk`` is a desk, whose questions stand behind one more dot."""
    return path[0] in NAMESPACES and len(path) < (3 if path[0] in {"hours", "queues"} else 2)


def names_of_calls(site: Site) -> Mapping[str, Type]:
    """The names that every call has, which no flow sets as its own."""
    languages = Enumeration(tuple(str(name) for name in site.languages))
    fields: dict[str, Type] = {str(name): Maybe(without_none(kind)) for name, kind in site.call_fields.items()}
    call = Record({"line": DIGITS, "language": languages, **fields})
    return {
        "caller": Record({"number": PHONE, "regions": WORD_SET, **_customer(site)}),
        "call": call,
        "hours": Record({str(name): _hours(hours) for name, hours in site.hours.items()}),
        "queues": Record(dict.fromkeys(map(str, site.queues), _QUEUE)),
        "settings": Record({str(name): setting.type for name, setting in site.settings.items()}),
        "visits": NUMBER,
        "today": DATE,
        "now": DATETIME,
    }


_QUEUE = Record({**dict.fromkeys(NUMBERS, Maybe(NUMBER)), **dict.fromkeys(DURATIONS, Maybe(DURATION))})
"""What may be asked of a queue: none while nobody sees it."""


def _customer(site: Site) -> Mapping[str, Type]:
    """What a ``verify`` may have found: none until one has."""
    languages = Enumeration(tuple(str(name) for name in site.languages))
    tiers = Enumeration(tuple(str(name) for name in site.tiers)) if site.tiers else TEXT
    brands = Enumeration(tuple(str(name) for name in site.brands)) if site.brands else TEXT
    return {"tier": Maybe(tiers), "brand": Maybe(brands), "language": Maybe(languages), "name": Maybe(TEXT)}


def _hours(hours: Hours) -> Type:
    """A desk that opens every week always has a next opening; one that lives by exceptions may have had its last."""
    return Record({"is_open": BOOLEAN, "next_opening": DATETIME if hours.opens_every_week else Maybe(DATETIME)})


@dataclass(slots=True)
class FlowCheck:
    """The questions that the checks of all kinds share, at one action."""

    site: Site
    flows: Mapping[str, Signature]
    scope: Scope
    findings: Findings
    span: Span
    """Of the action."""
    missed: set[str] = field(default_factory=set)
    """Shared with the scope: names that were asked for and have no value on some way to this action."""
    told: set[str] = field(default_factory=set)
    """Of those, the ones that have been reported."""
    possible: Domains = field(default_factory=dict)
    """What names can be here, where guards before have left less of them than their types allow."""
    guards: tuple[Expression, ...] = ()
    """Those of the action itself, which have come out true."""

    def error(self, rule: str, message: str, advice: str | None = None) -> None:
        """Report an error at the action."""
        self.findings.error(rule, self.span, message, advice)

    def narrowed(self, guard: Expression | None) -> FlowCheck:
        """The same questions where a guard has come out true."""
        if guard is None:
            return self
        return replace(self, scope=narrow(self.scope, guard.narrowed()), guards=(*self.guards, guard))

    def text(self, text: Text) -> None:
        """Report missing languages and wrong names of a text."""
        with self._asking_at(text.span):
            text.check(self.site.languages, self.scope, self.findings)

    def guard(self, expression: Expression) -> None:
        """Report a guard that is wrong, or is no yes-or-no question."""
        with self._asking_at(expression.span):
            kind = expression.check(self.scope, self.findings)
            if kind is not None and kind != BOOLEAN:
                message = f"a guard is true or false; this is {kind}"
                self.findings.error("IVR022", expression.span, message, 'compare it: when: name == "value"')
            for path, word, span in expression.compared():
                compared = self.scope.type_of(path)
                if path == ("caller", "regions") and word not in self.site.regions:
                    unknown_region(word, span, self.site.regions, self.findings)
                elif compared is not None:
                    self._is_name_of_site(word, without_none(compared), span)

    def type_of(self, template: Template) -> Type | None:
        """The type of a value, or None for one that cannot be known; wrong names are not reported here."""
        try:
            return template.check(self.scope, Findings())
        except SpoiltError:
            return None

    def value(self, template: Template, expected: Type) -> None:
        """Report a value that is wrong in itself or of another type than is due.

        A queue or an extension that is written out must be the site's, and so must all that its words can make.
        """
        due = without_none(expected)
        with self._asking_at(template.span):
            words = None if template.is_static or due not in NAMED else self._words_in(template)
            if words is not None:
                text = Maybe(TEXT) if isinstance(expected, Maybe) else TEXT
                if template.check_for(text, self.scope, self.findings):
                    self._are_names_of_site(template, words, due)
            elif not template.is_static:
                advice = None if template.lone_name or due not in NAMED else _OF_WORDS
                template.check_for(expected, self.scope, self.findings, advice)
            elif self._is_name_of_site(template.source, due, template.span):
                template.check_for(due, self.scope, self.findings)

    def names_of(self, template: Template) -> tuple[str, ...]:
        """The names of the site that a checked value can be; none where only a call can tell."""
        if template.is_static:
            return (template.source,)
        try:
            words = self._words_in(template)
        except SpoiltError:
            return ()
        return () if words is None else names_made(template, words) or ()

    def _words_in(self, template: Template) -> Words | None:
        possible = dict(self.possible)
        for guard in self.guards:
            possible |= guard.weighed(self.scope, possible).behind.get(True, {})
        return words_in(template, self.scope, possible)

    def _are_names_of_site(self, template: Template, words: Words, expected: Type) -> None:
        """Report queues or extensions that the site has not, of all that the words of a value can make."""
        made = names_made(template, words)
        if made is None:
            self.findings.error("IVR122", template.span, f"this can be more than {MAX_MADE} names, which is too many")
            return
        missing = [name for name in made if not self._has(name, expected)]
        if len(missing) == 1 == len(made):
            self._is_name_of_site(missing[0], expected, template.span)
        elif missing:
            do = "does" if len(missing) == 1 else "do"
            message = f"of the {len(made)} {expected}s that this can be, {listed(missing)} {do} not exist"
            advice = f"declare each under {expected}s in ivrctl.yaml, or go elsewhere before, with a guard"
            self.findings.error(NAMED[expected], template.span, message, advice)

    def _has(self, name: str, kind: Type) -> bool:
        return name in self.site.queues if kind == QUEUE else self.site.dial_string(name) is not None

    def _is_name_of_site(self, name: str, expected: Type, span: Span) -> bool:
        """False, with a finding, for a queue or an extension that the site has not."""
        if expected not in NAMED or self._has(name, expected):
            return True
        if expected == QUEUE:
            message = f'the queue "{name}" does not exist'
            advice = did_you_mean(name, self.site.queues) or "declare it under queues in ivrctl.yaml"
        else:
            message = f'the site has no extension "{name}"'
            advice = did_you_mean(name, self.site.extensions) or "declare it under extensions in ivrctl.yaml"
        self.findings.error(NAMED[expected], span, message, advice)
        return False

    def arguments(
        self,
        given: Mapping[Word, Template],
        declared: Mapping[str, Type],
        owner: str,
        *,
        is_none_left_out: bool = False,
    ) -> None:
        """Report arguments that the owner does not take, still needs, or takes in another type.

        Args:
            given: by name.
            declared: what the owner takes.
            owner: who it is, in words.
            is_none_left_out: True where what may be none need not be given.
        """
        free = [name for name in declared if name not in given]
        for name, template in given.items():
            if name in declared:
                self.value(template, declared[name])
                continue
            advice = did_you_mean(name, free or declared) or "it takes nothing: remove it"
            self.findings.error("IVR108", name.span, f'{owner} takes no "{name}"', advice)
        if any(name not in declared for name in given):
            return  # the one that is missing is most likely the one that is misspelt
        for needed in free:
            if is_none_left_out and isinstance(declared[needed], Maybe):
                continue
            self.error("IVR108", f'{owner} needs "{needed}"', f"add with: {{{needed}: …}}")

    def assignment(self, name: Word, template: Template) -> None:
        """Report a name that cannot be set, and a value of another type than its call field has."""
        if not name.startswith("call."):
            with self._asking_at(template.span):
                if template.check(self.scope, self.findings) == SECRET:
                    message = f'"{name}" would hold a secret a second time'
                    advice = "hand the secret itself to the parameter declared secret"
                    self.findings.error("IVR128", template.span, message, advice)
            self.flow_name(name)
            return
        declared = self.call_field(name)
        if declared is not None:
            self.value(template, declared)

    def call_field(self, name: Word) -> Type | None:
        """The type of a call field written ``call.x``, which may be none; None, and a finding, when there is none."""
        field_name = name.removeprefix("call.")
        declared = self.site.call_fields.get(field_name)
        if declared is None:
            known = [f"call.{known}" for known in self.site.call_fields]
            advice = did_you_mean(name, known) or "declare it under call_fields in ivrctl.yaml"
            self.findings.error("IVR106", name.span, f'the call field "{field_name}" does not exist', advice)
            return None
        return Maybe(without_none(declared))

    def flow_name(self, name: Word) -> None:
        """Report a flow name that is malformed or is taken by ivrctl."""
        if name in READ_ONLY or not IDENTIFIER.match(name):
            advice = "letters, digits, - and _, a letter first; not " + ", ".join(sorted(READ_ONLY))
            self.findings.error("IVR111", name.span, f'"{name}" cannot be the name of a value', advice)

    def attempts(self, attempts: int | None) -> None:
        """Report a number of tries that is none."""
        if attempts is not None and not 1 <= attempts <= MAX_ATTEMPTS:
            self.error("IVR122", f"attempts is between 1 and {MAX_ATTEMPTS}, not {attempts}")

    def duration(self, name: str, length: timedelta | None, bounds: tuple[timedelta, timedelta]) -> None:
        """Report a duration outside its bounds, which are both allowed themselves."""
        least, most = bounds
        if length is not None and not least <= length <= most:
            self.error("IVR122", f"{name} is between {_written(least)} and {_written(most)}, not {_written(length)}")

    @contextlib.contextmanager
    def _asking_at(self, span: Span) -> Iterator[None]:
        """Pass over what another finding has spoilt; report names without a value where they are asked for."""
        with contextlib.suppress(SpoiltError):
            yield
        for name in sorted(self.missed - self.told):
            message = f'"{name}" has no value on some way to this action'
            self.findings.error("IVR117", span, message, "set it on every way, or ask only where it was saved")
        self.told |= self.missed


def _written(length: timedelta) -> str:
    seconds = length.total_seconds()
    return f"{seconds / 60:g}m" if seconds >= 60 and seconds % 60 == 0 else f"{seconds:g}s"  # noqa: PLR2004 - a minute
