"""Expressions and texts with values, as they stand in flows: from their text to their value.

What is checked without a finding is evaluated, for values of the declared types, and comes out as it was said to.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from ivrctl.lang.binder import Binder, Unbound
from ivrctl.lang.expressions import THERE, Expression, MappingNames, RecordScope, narrow
from ivrctl.lang.findings import Findings
from ivrctl.lang.source import ScalarNode, Span
from ivrctl.lang.templates import Template
from ivrctl.lang.types.conforming import conform
from ivrctl.lang.types.kinds import (
    BOOLEAN,
    DATE,
    DATETIME,
    DIGITS,
    DURATION,
    EXTENSION,
    MONEY,
    NUMBER,
    PHONE,
    QUEUE,
    SECRET,
    TEXT,
    WORD_SET,
    Enumeration,
    ListOf,
    Maybe,
    Record,
    Type,
)
from ivrctl.model.utterance import Utterance, apart
from ivrctl.model.values import Value
from ivrctl.speech import pieces

from ...unit.mutations import expressions as grammar  # noqa: TID252 - test folders are no packages to import from
from ..target import Target  # noqa: TID252 - the same

STATE = Enumeration(("accepted", "under construction", "done"))
ROW = Record({"amount": MONEY, "overdue": BOOLEAN, "due": Maybe(DATE), "state": Maybe(STATE)})
TYPES: dict[str, Type] = {
    "visits": NUMBER,
    "today": DATE,
    "now": DATETIME,
    "caller": Record({"number": PHONE, "regions": WORD_SET, "tier": Maybe(Enumeration(("vip", "plain")))}),
    "call": Record({"line": DIGITS, "subject": Maybe(TEXT), "queue": QUEUE, "extension": Maybe(EXTENSION)}),
    "balance": ROW,
    "maybe": Maybe(ROW),
    "rows": ListOf(ROW),
    "pin": SECRET,
    "wait": DURATION,
    "is_open": BOOLEAN,
}
SCOPE = RecordScope(TYPES)
_ROW: Value = {"amount": Decimal("120.50"), "overdue": True, "due": date(2026, 2, 14), "state": "done"}
_NO_ROW: Value = {"amount": Decimal("-0.01"), "overdue": False, "due": None, "state": None}
CALLS: tuple[dict[str, Value], ...] = (
    {
        "visits": Decimal(1),
        "today": date(2026, 2, 14),
        "now": datetime(2026, 2, 14, 1, 0, tzinfo=UTC),
        "caller": {"number": "+8613800138000", "regions": frozenset({"north", "上海"}), "tier": "vip"},
        "call": {"line": "1001011", "subject": "a {b} c", "queue": "sales", "extension": "8101"},
        "balance": _ROW,
        "maybe": _ROW,
        "rows": (_ROW, _NO_ROW),
        "pin": "4711",
        "wait": timedelta(seconds=90),
        "is_open": True,
    },
    {
        "visits": Decimal(99),
        "today": date(9999, 12, 31),
        "now": datetime(1970, 1, 1, tzinfo=UTC),
        "caller": {"number": "", "regions": frozenset(), "tier": None},
        "call": {"line": "0", "subject": None, "queue": "", "extension": None},
        "balance": _NO_ROW,
        "maybe": None,
        "rows": (_ROW,),
        "pin": "",
        "wait": timedelta(0),
        "is_open": False,
    },
)


def one(data: bytes) -> None:
    """A text is refused with a finding at a place in it, or has a value for every call."""
    text = data.decode("utf-8", "replace").replace("\n", " ")
    node = ScalarNode(text, is_plain=False, span=Span("f", 1, 1, 1, len(text) + 1))
    _expression(node)
    _template(node)


def _expression(node: ScalarNode) -> None:
    findings = Findings()
    try:
        expression: Expression = Binder(findings).bind(Expression, node)
    except Unbound:
        _check_findings(findings, node)
        return
    kind = expression.check(SCOPE, findings)
    if kind is None:
        _check_findings(findings, node)
        return
    names = [MappingNames(call) for call in CALLS]
    values = [expression.evaluate(each) for each in names]
    if kind == BOOLEAN:
        weighed = expression.weighed(SCOPE, {})
        for call, outcome in zip(names, values, strict=True):
            assert isinstance(outcome, bool)
            assert outcome in weighed.outcomes
            for path, domain in weighed.behind[outcome].items():
                value = call.value_of(path)
                assert value in domain or (THERE in domain and value is not None), (path, value, domain)
            if outcome:
                assert None not in [call.value_of(path) for path in expression.narrowed()]
        narrow(SCOPE, expression.narrowed())
    for literal in expression.literals():
        hash(literal)
    assert all(SCOPE.type_of(path) is not None for path in expression.names())


def _template(node: ScalarNode) -> None:
    findings = Findings()
    try:
        template: Template = Binder(findings).bind(Template, node)
    except Unbound:
        _check_findings(findings, node)
        return
    for target in (TEXT, MONEY, DATE, DURATION, STATE, Maybe(PHONE)):
        told = Findings()
        if template.check_for(target, SCOPE, told):
            for call in CALLS:
                value = template.value_as(target, MappingNames(call))
                if target != TEXT:
                    assert value == conform(value, target), (value, target)
        else:
            _check_findings(told, node)
    if template.check(SCOPE, findings, spoken=True) is None:
        _check_findings(findings, node)
        return
    for call in CALLS:
        utterance = Utterance("en", template.parts(MappingNames(call)))
        assert "4711" not in utterance.written or "4711" in node.text
        for spoken in apart(utterance):
            pieces(spoken, "CNY")


def _check_findings(findings: Findings, node: ScalarNode) -> None:
    """There are some, and their places are in the text."""
    assert findings.has_errors
    for finding in findings.items:
        span = finding.span
        assert (span.line, span.end_line) == (1, 1)
        assert 1 <= span.column <= span.end_column <= node.span.end_column, finding


def seeds() -> Iterator[bytes]:
    """Some of the grammar, and some that flows hold."""
    chance = random.Random(1)
    for _ in range(40):
        yield grammar.expression(chance).encode()
        yield grammar.template(chance).encode()
    yield b'maybe != none and maybe.state in ["done", "accepted"]'
    yield "您的余额是{balance.amount:money}，{{截至}}{now:datetime}。".encode()


def mutate(data: bytes, chance: random.Random) -> bytes:
    """Another piece of the grammar put in, or put in place of a stretch."""
    text = data.decode("utf-8", "replace")
    begin = chance.randint(0, len(text))
    end = begin if chance.random() < 0.3 else chance.randint(begin, len(text))
    make = chance.choice([grammar.expression, grammar.template, _name])
    return (text[:begin] + make(chance) + text[end:]).encode()


def _name(chance: random.Random) -> str:
    return chance.choice([*grammar.NAMES, *grammar.LITERALS, *grammar.COMPARISONS, "and", "or", "not", "[", "]", ","])


TARGET = Target("expressions", one, seeds, mutate, longest=512, short=1000)
