"""What the world of a scenario is like: what lookups answer, who is logged in where, what becomes of submissions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, Self, TypeAlias
from zoneinfo import ZoneInfo

from ivrctl.flow.program import Program
from ivrctl.lang.binder import Binder, Unbound
from ivrctl.lang.findings import did_you_mean
from ivrctl.lang.marks import NameOf
from ivrctl.lang.schema import SCALAR, Schema, Schemas, words
from ivrctl.lang.source import MappingNode, Node, ScalarNode, SequenceNode, Word
from ivrctl.lang.types import EXTENSION, QUEUE, Maybe, Type, conform, without_none
from ivrctl.model import values
from ivrctl.model.off_peak import OffPeak
from ivrctl.model.queue_facts import UNKNOWN, QueueFacts, QueueFactsByName
from ivrctl.model.values import Value
from ivrctl.site.lookups import Lookup
from ivrctl.site.site_file import Site
from ivrctl.testkit.scenario.notices import GivenNotice
from ivrctl.testkit.scenario.off_peak import GivenOffPeak
from ivrctl.testkit.scenario.settings import SettingsShape
from ivrctl.testkit.scenario.submissions import TAKEN, GivenSubmission
from ivrctl.testkit.scenario.verify import GivenVerify, VerifyShape

AT_ONCE = timedelta(0)
DELAY = "after"
"""The key that says how long an answer takes; a lookup that returns a field of this name cannot be given slowly."""


@dataclass(frozen=True, slots=True)
class Row:
    """The lookup answers with a row, or with its rows where it is declared with ``rows``."""

    row: values.RowOrRows
    after: timedelta = AT_ONCE


@dataclass(frozen=True, slots=True)
class Misses:
    """The lookup answers that there is no such row."""

    after: timedelta = AT_ONCE


@dataclass(frozen=True, slots=True)
class Fails:
    """The lookup gives no usable answer."""

    after: timedelta = AT_ONCE


Answer: TypeAlias = Row | Misses | Fails


class _AnswersShape:
    """The YAML shape of ``lookups``: bound with the program at hand, since a row's types are the site's."""

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Mapping[str, Answer]:
        """Read a mapping of query to answer."""
        program = binder.context
        if not isinstance(program, Program):
            raise TypeError("scenarios are bound with a program as context")
        answers: dict[str, Answer] = {}
        is_sound = True
        for name, value in binder.entries(node):
            try:
                answers[name.text] = _answer(name, value, program, binder)
            except Unbound:
                is_sound = False
        if not is_sound:
            raise Unbound
        return answers

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """An answer for each lookup; the fields of its row are offered."""
        known = {name: _answer_schema(name, schemas) for name in schemas.names("lookups")}
        return {"type": "object", "properties": known, "additionalProperties": _answer_schema("", schemas)}


class Refusal(StrEnum):
    """Why a queue takes nobody in, as the outcome that this has."""

    FULL = "full"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class GivenQueue:
    """One queue: who is logged in, or ``full`` or ``failed``."""

    members: tuple[Word, ...] = ()
    refusal: Refusal | None = None
    """None for a queue that takes callers as long as it has members."""
    facts: QueueFacts = UNKNOWN
    """What flows are told of it; nothing is known where nothing is said."""

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read a list of agents, a word, or a mapping of agents and of what flows are told."""
        if isinstance(node, MappingNode):
            told = binder.fields(_ToldQueue, node)
            return cls(told.agents, facts=told.facts)
        if isinstance(node, ScalarNode) and node.text in set(Refusal):
            return cls(refusal=Refusal(node.text))
        return cls(binder.bind(tuple[Word, ...], node))

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """A list of agents, a word, or a mapping."""
        return {"anyOf": [schemas.of(tuple[Word, ...]), words(Refusal), schemas.fields(_ToldQueue)]}


@dataclass(frozen=True, slots=True)
class _ToldQueue:
    """A queue of which flows are told something."""

    agents: tuple[Word, ...] = ()
    """Those of ``calls`` that are logged in."""
    staff: int | None = None
    """Members who are signed on."""
    available: int | None = None
    """Of these, the ones who could be reached."""
    waiting: int | None = None
    """Callers who wait."""
    longest_wait: timedelta | None = None
    """Of these."""
    expected_wait: timedelta | None = None
    """Of a caller who would come."""

    def __post_init__(self) -> None:
        """Refuse what is no count.

        Raises:
            ValueError: one is below 0.
        """
        if any(count is not None and count < 0 for count in (self.staff, self.available, self.waiting)):
            raise ValueError("nobody counts below 0")

    @property
    def facts(self) -> QueueFacts:
        """What flows are told: the figures of this moment."""
        return QueueFacts(self.staff, self.available, self.waiting, self.longest_wait, self.expected_wait, age=AT_ONCE)


@dataclass(frozen=True, slots=True)
class Given:
    """What holds when the call begins."""

    lookups: Annotated[Mapping[str, Answer], _AnswersShape] = field(default_factory=dict)
    """What each lookup of the site answers: a row, ``missing``, ``failed``, a row with ``after: 2s`` in it, or
    ``{after: 30s}`` for none in time. One declared with ``rows`` answers a list of rows, or
    ``{after: 2s, rows: […]}``. One that is not named here must not be asked."""
    queues: Mapping[Annotated[Word, NameOf("queues")], GivenQueue] = field(default_factory=dict)
    """Queue to the agents of ``calls`` that are logged in; a queue that is not named here has nobody. With
    ``{agents: [ann], waiting: 7, longest_wait: 2m}`` flows are told figures of it, too; else they know none.
    ``full`` takes nobody in, and one that is ``failed`` the PBX does not have: neither can be made of a real Asterisk,
    so such a scenario is not for the engine ``live``."""
    submissions: Mapping[Annotated[Word, NameOf("submissions")], GivenSubmission] = field(default_factory=dict)
    """What becomes of what is submitted: ``failed``, or ``{after: 5s}`` for how long it takes to be kept. A submission
    that is not named here is taken at once."""
    verify: Annotated[GivenVerify, VerifyShape] = field(default_factory=dict)
    """Who the caller is found to be: what is known of him such as ``{tier: vip, name: Ann}``, ``failed``, ``locked``,
    ``unavailable``, or ``{after: 30s}`` for no answer in time; or one of these for each method, ``{member: …}``. With
    ``account`` or ``pin`` beside what is known, whoever keys another one is nobody. Where it is not written, nobody
    must be asked."""
    notices: tuple[GivenNotice, ...] = ()
    """Notices that stand when the call begins, in the order in which they are heard."""
    off_peak: GivenOffPeak | None = None
    """The next quiet time that is forecast: ``{begins: 2026-11-20 14:00, ends: 2026-11-20 16:30}``, in the site's time.
    Where it is not written, nothing is forecast."""
    settings: Annotated[Mapping[str, Any], SettingsShape] = field(default_factory=dict)
    """Settings of the site that have another value than in the site file."""

    @property
    def queue_facts(self) -> QueueFactsByName:
        """What flows are told of queues."""
        return {str(name): queue.facts for name, queue in self.queues.items()}

    @property
    def quiet(self) -> OffPeak | None:
        """What flows are told of the next quiet time."""
        return None if self.off_peak is None else self.off_peak.forecast

    def submission(self, name: str) -> GivenSubmission:
        """What becomes of a submission."""
        return self.submissions.get(Word(name), TAKEN)


def _answer(name: ScalarNode, node: Node, program: Program, binder: Binder) -> Answer:
    lookup = program.site.lookups.get(name.text)
    if lookup is None:
        message = f'the query "{name.text}" does not exist'
        binder.refuse("IVR304", name.span, message, did_you_mean(name.text, program.site.lookups))
    match node:
        case ScalarNode(text="failed"):
            return Fails()
        case ScalarNode(text="missing"):
            return Misses()
        case MappingNode() if lookup.rows is not None:
            return _rows_or_delay(node, lookup, program, binder)
        case MappingNode():
            return _row_or_delay(node, lookup, program, binder)
        case SequenceNode() if lookup.rows is not None:
            return _rows(node, lookup, program, binder)
        case _:
            advice = _ADVICE if lookup.rows is None else _ADVICE_FOR_ROWS
            return binder.refuse("IVR304", node.span, "this is no answer of a lookup", advice)


_ADVICE = "write failed, missing, {after: 30s}, or a row such as {amount: 120.50}"
_ADVICE_FOR_ROWS = "write failed, missing, {after: 30s}, or a list of rows such as [{name: Ann}]"


def _answer_schema(lookup: str, schemas: Schemas) -> Schema:
    """The answer of one lookup; of one that is not known, whatever can be an answer."""
    fields = dict.fromkeys(schemas.part("lookups", lookup, "returns"), _ANY)
    row: Schema = {"properties": fields, "additionalProperties": _ANY}
    how_long = schemas.of(timedelta) if fields and DELAY not in fields else _ANY
    delay = {DELAY: {**how_long, "description": "How long the answer takes; alone, none comes in time."}}
    answer = {**row, "properties": {**fields, **delay}}
    if schemas.part("lookups", lookup, "rows"):
        rows = {"type": "array", "items": {"type": "object", **row}}
        answer = {"properties": {**delay, "rows": rows}, "additionalProperties": False, "items": rows["items"]}
    no_row = words(["failed", "missing"])
    either = {"type": ["string", "array", "object"], "anyOf": [no_row, {}]}
    return {**either, **answer, "if": {"type": "string"}, "then": no_row}


_ANY: Schema = {"type": [*SCALAR, "array", "object", "null"]}
"""A field of a row: which types fit it, the lookup's declaration says."""


def _rows_or_delay(node: MappingNode, lookup: Lookup, program: Program, binder: Binder) -> Answer:
    if node.get(DELAY) is None:
        binder.refuse("IVR304", node.span, "one row stands where a list of rows is due", _ADVICE_FOR_ROWS)
    delayed = binder.fields(_DelayedRows, node)
    if delayed.rows is None:
        return Fails(delayed.after)
    answer = _rows(delayed.rows, lookup, program, binder)
    return replace(answer, after=delayed.after)


@dataclass(frozen=True, slots=True)
class _DelayedRows:
    after: timedelta
    rows: SequenceNode | None = None


def _rows(node: SequenceNode, lookup: Lookup, program: Program, binder: Binder) -> Row | Misses:
    """The rows in the types that the site declares; none at all is that nothing was found."""
    if len(node.items) > (lookup.rows or 1):
        message = f"the query answers at most {lookup.rows} rows, not {len(node.items)}"
        binder.refuse("IVR304", node.span, message, "leave some out, or declare more rows in ivrctl.yaml")
    rows = []
    for item in node.items:
        if not isinstance(item, MappingNode):
            binder.refuse("IVR304", item.span, "this is no row", "write a mapping such as {name: Ann}")
        rows.append(_row(item, lookup, program.site, binder))
    return Row(tuple(rows)) if rows else Misses()


def _row_or_delay(node: MappingNode, lookup: Lookup, program: Program, binder: Binder) -> Answer:
    delay = None if DELAY in lookup.returns else node.get(DELAY)
    after = AT_ONCE if delay is None else binder.bind(timedelta, delay)
    fields = tuple((key, value) for key, value in node.entries if value is not delay)
    if not fields and delay is not None:
        return Fails(after)
    return Row(_row(MappingNode(fields, node.span), lookup, program.site, binder), after)


def _row(node: MappingNode, lookup: Lookup, site: Site, binder: Binder) -> values.Row:
    """The row in the types that the site declares; every wrong field is a finding."""
    row: dict[str, Value] = {}
    is_sound = True
    for name, kind in lookup.returns.items():
        try:
            row[str(name)] = _value(node, str(name), kind, site, binder)
        except Unbound:
            is_sound = False
    for key, _ in node.entries:
        if key.text not in lookup.returns:
            message = f'the query returns no "{key.text}"'
            binder.findings.error("IVR304", key.span, message, did_you_mean(key.text, lookup.returns))
            is_sound = False
    if not is_sound:
        raise Unbound
    return row


def _value(node: MappingNode, name: str, kind: Type, site: Site, binder: Binder) -> Value:
    given = node.get(name)
    if given is None:
        if isinstance(kind, Maybe):
            return None
        binder.refuse("IVR304", node.span, f'the row lacks "{name}", which is {kind}', f"add {name}: …")
    try:
        value = conform(_plain(given), kind, zone=ZoneInfo(site.time_zone))
    except ValueError as error:
        binder.refuse("IVR304", given.span, f'"{name}" is of the type {kind}; this is {error}')
    _check_routing(given, without_none(kind), value, site, binder)
    return value


def _check_routing(given: Node, kind: Type, value: Value, site: Site, binder: Binder) -> None:
    """Refuse a queue or an extension that the site has not: a database that names one has not answered."""
    advice = "a lookup that names another has failed: write failed for its answer, or name one of the site's"
    if kind == QUEUE and value is not None and value not in site.queues:
        binder.refuse("IVR304", given.span, f'the site has no queue "{value}"', advice)
    if kind == EXTENSION and value is not None and site.dial_string(str(value)) is None:
        binder.refuse("IVR304", given.span, f'the site has no extension "{value}"', advice)


def _plain(node: Node) -> object:
    """A node as a database would have given it: texts, lists and rows."""
    match node:
        case ScalarNode(text=text):
            return text
        case SequenceNode(items=items):
            return [_plain(item) for item in items]
        case MappingNode(entries=entries):
            return {key.text: _plain(value) for key, value in entries}
