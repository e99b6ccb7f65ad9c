"""Expressions: what they mean, what they may not say, and what they prove."""

from __future__ import annotations

import operator
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.lang.binder import Binder, Unbound
from ivrctl.lang.expressions import Expression, MappingNames, RecordScope, Scope, narrow
from ivrctl.lang.expressions.parser import parse
from ivrctl.lang.expressions.tokens import ExpressionSyntaxError
from ivrctl.lang.findings import Findings
from ivrctl.lang.source import ScalarNode, Span
from ivrctl.lang.types import (
    BOOLEAN,
    DATE,
    DIGITS,
    DURATION,
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

SCOPE = RecordScope(
    {
        "balance": Record({"amount": MONEY, "overdue": BOOLEAN}),
        "caller": Record({"tier": Maybe(Enumeration(("vip", "ordinary"))), "regions": WORD_SET, "number": PHONE}),
        "closed_on": Maybe(DATE),
        "flag": Maybe(BOOLEAN),
        "keyed": DIGITS,
        "name": TEXT,
        "order": Maybe(Record({"state": TEXT, "closed_on": Maybe(DATE)})),
        "pin": SECRET,
        "queue": QUEUE,
        "queues": Record({"full-service": Record({"staff": NUMBER, "longest_wait": DURATION})}),
        "tags": ListOf(TEXT),
        "today": DATE,
    }
)
NAMES = MappingNames(
    {
        "balance": {"amount": Decimal("120.50"), "overdue": True},
        "caller": {"tier": "vip", "regions": frozenset({"north"}), "number": "+8613800138000"},
        "closed_on": None,
        "flag": None,
        "keyed": "8001",
        "name": "王小明",
        "order": None,
        "pin": "1234",
        "queue": "vip",
        "queues": {"full-service": {"staff": Decimal(0), "longest_wait": timedelta(seconds=90)}},
        "tags": ("a", "b"),
        "today": date(2026, 2, 14),
    }
)


def expression(source: str) -> Expression:
    node = ScalarNode(source, is_plain=True, span=Span("a.yaml", 1, 1, 1, 1 + len(source)))
    findings = Findings()
    try:
        bound: Expression = Binder(findings).bind(Expression, node)
    except Unbound:
        pytest.fail(findings.items[0].message)
    return bound


def checked(source: str, scope: Scope = SCOPE) -> tuple[Type | None, list[str]]:
    findings = Findings()
    kind = expression(source).check(scope, findings)
    return kind, [finding.rule for finding in findings.sorted()]


@pytest.mark.parametrize(
    ("source", "value"),
    [
        ("true", True),
        ("not true", False),
        ('caller.tier == "vip"', True),
        ('caller.tier == "vip" and queues.full-service.staff > 0', False),
        ('caller.tier == "vip" or queues.full-service.staff > 0', True),
        ("true or true and false", True),
        ("(true or true) and false", False),
        ("not false and false", False),
        ("not (false and false)", True),
        ("not not true", True),
        ("balance.amount > 120", True),
        ("balance.amount <= 120.49", False),
        ("balance.amount >= -5", True),
        ("balance.overdue", True),
        ("balance.overdue == true", True),
        ("closed_on == none", True),
        ("closed_on != none and closed_on < today", False),
        ("today < 2026-02-15", True),
        ("2026-02-14 == today", True),
        ("queues.full-service.longest_wait > 60s", True),
        ("queues.full-service.longest_wait < 1.5m", False),
        ('"north" in caller.regions', True),
        ('not "south" in caller.regions', True),
        ('name in tags or "a" in tags', True),
        ('starts_with(keyed, "8")', True),
        ('ends_with(caller.number, "00")', True),
        ("length(keyed) == 4", True),
        ("length(name) == 3", True),
        ("order.state == none", True),
        ("closed_on==none", True),
        ('  keyed\n  ==  "8001"  ', True),
        ('name == ""', False),
        ('caller.number == "+8613800138000"', True),
    ],
)
def test_an_expression_means_what_it_says(source: str, value: bool) -> None:
    """Each construct checks as boolean and gives its value."""
    assert checked(source) == (BOOLEAN, [])
    assert expression(source).evaluate(NAMES) is value


@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("today", DATE),
        ("closed_on", Maybe(DATE)),
        ("length(name)", NUMBER),
        ("order.state", Maybe(TEXT)),
        ("3", NUMBER),
    ],
)
def test_a_bare_value_has_its_type(source: str, kind: Type) -> None:
    """Whether a type is due or not is the caller's question."""
    assert checked(source) == (kind, [])


@pytest.mark.parametrize(
    ("source", "rules"),
    [
        ("cller.tier", ["IVR021"]),
        ("caller.teir == caller.teer", ["IVR021", "IVR021"]),
        ("today.year == 2026", ["IVR021"]),
        ('caller.tier == "VIP"', ["IVR022"]),
        ("caller.tier == 3", ["IVR022"]),
        ('"gold" != caller.tier', ["IVR022"]),
        ("today < 5", ["IVR022"]),
        ("balance.overdue < true", ["IVR022"]),
        ('name < "z"', ["IVR022"]),
        ('caller.tier < "vip"', ["IVR023"]),
        ("queues.full-service.longest_wait > 60", ["IVR022"]),
        ("today and true", ["IVR022"]),
        ("not name", ["IVR022"]),
        ("closed_on < today", ["IVR023"]),
        ("flag and true", ["IVR023"]),
        ("not flag", ["IVR023"]),
        ("order.closed_on < today", ["IVR023"]),
        ("starts_with(caller.tier, name)", ["IVR023"]),
        ("none < today", ["IVR022"]),
        ("none in caller.regions", ["IVR022"]),
        ("length(none) == 1", ["IVR022"]),
        ("today == none", ["IVR022"]),
        ('pin == "1234"', ["IVR022"]),
        ("pin == none", ["IVR022"]),
        ("length(pin) == 4", ["IVR022"]),
        ("pin in caller.regions", ["IVR022"]),
        ('balance == "x"', ["IVR022"]),
        ("tags == tags", ["IVR022"]),
        ("caller.regions == caller.regions", ["IVR022"]),
        ('name in "text"', ["IVR022"]),
        ("today in caller.regions", ["IVR022"]),
        ("starts_with(name)", ["IVR022"]),
        ("length(today) == 4", ["IVR022"]),
        ('today == "2026-02-14"', ["IVR022"]),
        ("keyed == 8001", ["IVR022"]),
    ],
)
def test_what_does_not_fit_is_found(source: str, rules: list[str]) -> None:
    """Unknown names, wrong types and unguarded optionals are findings, all of an expression at once."""
    assert checked(source) == (None, rules)


def test_two_faults_of_one_expression_are_two_findings() -> None:
    """The right side of `and` is checked although the left is wrong."""
    assert checked("nobody and closed_on < today") == (None, ["IVR021", "IVR023"])


@pytest.mark.parametrize(
    "source",
    [
        "closed_on != none and closed_on < today",
        "not closed_on == none and closed_on < today",
        "closed_on == none or closed_on < today",
        "order.closed_on != none and order.closed_on < today",
        "closed_on != none and (balance.overdue or closed_on < today)",
        "closed_on == 2026-02-14 and closed_on < today",
        "not (closed_on == none or balance.overdue) and closed_on < today",
    ],
)
def test_a_proof_holds_to_its_right(source: str) -> None:
    """What the left of `and` (or a false `or`) has settled may be used on its right."""
    assert checked(source) == (BOOLEAN, [])


@pytest.mark.parametrize(
    "source",
    [
        "closed_on < today and closed_on != none",
        "closed_on != none or closed_on < today",
        "closed_on == none and closed_on < today",
        "(closed_on != none or balance.overdue) and closed_on < today",
        "not closed_on != none and closed_on < today",
        "closed_on != 2026-02-14 and closed_on < today",
    ],
)
def test_what_proves_nothing_does_not_narrow(source: str) -> None:
    """A wrong guard is no guard."""
    assert checked(source) == (None, ["IVR023"])


@pytest.mark.parametrize(
    ("source", "proven"),
    [
        ("closed_on != none", {("closed_on",)}),
        ("none != closed_on", {("closed_on",)}),
        ("closed_on == none", set()),
        ("closed_on != none and order.state != none", {("closed_on",), ("order", "state")}),
        ("closed_on != none or order.state != none", set()),
        ("not (closed_on == none or order.state == none)", {("closed_on",), ("order", "state")}),
        ('caller.tier == "vip"', {("caller", "tier")}),
        ('caller.tier != "vip"', set()),
        ('not caller.tier != "vip"', {("caller", "tier")}),
    ],
)
def test_a_true_guard_proves_names(source: str, proven: set[tuple[str, ...]]) -> None:
    """`narrowed` lists what cannot be none once the guard was true."""
    assert expression(source).narrowed() == proven


def test_a_proven_name_loses_its_question_mark() -> None:
    """The scope of a guarded action knows what its guard has ruled out; a field proves its row too."""
    inner = narrow(SCOPE, expression("order.closed_on != none").narrowed())
    assert inner.type_of(("order", "closed_on")) == DATE
    assert inner.type_of(("order", "state")) == TEXT
    assert inner.type_of(("closed_on",)) == Maybe(DATE)


def test_the_names_of_an_expression_are_told() -> None:
    """What a flow must fetch before a guard can be asked."""
    found = expression('starts_with(name, "x") or not (today < closed_on and caller.tier == "vip")').names()
    assert found == {("name",), ("today",), ("closed_on",), ("caller", "tier")}


def test_the_values_that_stand_in_an_expression_are_told() -> None:
    """What it compares with: whoever looks for values that make a difference begins there."""
    found = expression('starts_with(name, "x") or not (count > 3 and closed_on == none)').literals()
    assert found == {"x", Decimal(3), None}


@pytest.mark.parametrize(
    ("source", "column"),
    [
        ("", 0),
        ("1 +", 2),
        ("a - b", 2),
        ("a * b", 2),
        ("3 -2", 2),
        ("a = b", 2),
        ("a && b", 2),
        ("!a", 0),
        ("'a'", 0),
        ('"a', 0),
        ("(a", 0),
        ("a)", 1),
        ("a b", 2),
        ("a ==", 4),
        ("== a", 0),
        ("a == b == c", 7),
        ("1 < 2 < 3", 6),
        ("a and", 5),
        ("and a", 0),
        ("not", 3),
        ("a not in b", 2),
        ("a is none", 2),
        ("f(a)", 0),
        ("length(a", 8),
        ("length(,)", 7),
        ("a, b", 1),
        ("a[0]", 1),
        ("a.b.", 3),
        ("{a}", 0),
        ("12x", 0),
        ("2026-13-01", 0),
        ("007", 0),
        ("1.2.3", 0),
        ("lambda: 1", 6),
        ("a.__class__.__mro__()", 0),
        ("x" * 501, 0),
        ("(" * 31 + "a" + ")" * 31, 30),
        ("not " * 31 + "a", 120),
    ],
)
def test_what_is_no_expression_is_refused_at_its_place(source: str, column: int) -> None:
    """No arithmetic, no assignment, no indexing, no calls but of the table; bounded in length and depth."""
    with pytest.raises(ExpressionSyntaxError) as caught:
        parse(source)
    assert caught.value.start == column
    assert caught.value.start <= caught.value.end <= max(len(source), 1)


def test_the_deepest_expression_that_is_allowed_is_read() -> None:
    """The bound itself is allowed, and so is a long chain of `or`."""
    assert expression("(" * 30 + "balance.overdue" + ")" * 30).evaluate(NAMES) is True
    assert expression(" or ".join(["false"] * 50)).evaluate(NAMES) is False


def test_or_does_not_ask_for_more_than_it_needs() -> None:
    """The right side is not evaluated when the left has decided."""
    assert expression("true or nobody").evaluate(NAMES) is True
    assert expression("false and nobody").evaluate(NAMES) is False


@given(st.text(max_size=60) | st.text(st.sampled_from("ab.() =!<>\"-0129andortif,'{}smh"), max_size=60))
def test_arbitrary_text_never_crashes_the_parser(source: str) -> None:
    """SAFETY: any text is an expression or an ExpressionSyntaxError with a place inside it."""
    try:
        parse(source)
    except ExpressionSyntaxError as error:
        fault = error
    else:
        return
    assert 0 <= fault.start <= fault.end <= max(len(source), 1)


# A reference that shares nothing with the implementation: expressions are generated together with a plain function
# that computes their value, as text for the parser and as Python for the comparison.

Meant = tuple[str, Callable[[], Any]]
ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def constant(text: str, value: Any) -> Meant:
    return text, lambda: value


NUMBERS = st.one_of(
    st.integers(-999, 999).map(lambda number: constant(str(number), Decimal(number))),
    st.just(constant("balance.amount", Decimal("120.50"))),
    st.just(constant("queues.full-service.staff", Decimal(0))),
    st.just(constant("length(keyed)", Decimal(4))),
)
DATES = st.one_of(
    st.dates(date(2026, 1, 1), date(2026, 3, 1)).map(lambda day: constant(day.isoformat(), day)),
    st.just(constant("today", date(2026, 2, 14))),
)
DURATIONS = st.one_of(
    st.integers(0, 200).map(lambda seconds: constant(f"{seconds}s", timedelta(seconds=seconds))),
    st.just(constant("queues.full-service.longest_wait", timedelta(seconds=90))),
)
TEXTS = st.one_of(
    st.text("80a王 ", max_size=3).map(lambda text: constant(f'"{text}"', text)),
    st.just(constant("keyed", "8001")),
    st.just(constant("name", "王小明")),
)


def compared(left: Meant, sign: str, right: Meant) -> Meant:
    return f"{left[0]} {sign} {right[0]}", lambda: ORDER[sign](left[1](), right[1]())


def called(function: str, method: str, text: Meant, piece: Meant) -> Meant:
    return f"{function}({text[0]}, {piece[0]})", lambda: getattr(text[1](), method)(piece[1]())


LEAVES = st.one_of(
    st.sampled_from([constant("true", True), constant("false", False), constant("balance.overdue", True)]),
    st.one_of([st.builds(compared, kind, st.sampled_from(list(ORDER)), kind) for kind in (NUMBERS, DATES, DURATIONS)]),
    st.builds(compared, TEXTS, st.sampled_from(["==", "!="]), TEXTS),
    st.builds(lambda a, b: called("starts_with", "startswith", a, b), TEXTS, TEXTS),
    st.builds(lambda a, b: called("ends_with", "endswith", a, b), TEXTS, TEXTS),
    st.builds(lambda word: (f"{word[0]} in caller.regions", lambda: word[1]() == "north"), TEXTS),
)


def bracketed(inner: st.SearchStrategy[Meant]) -> st.SearchStrategy[Meant]:
    both = st.builds(lambda a, b: (f"({a[0]}) and ({b[0]})", lambda: a[1]() and b[1]()), inner, inner)
    either = st.builds(lambda a, b: (f"({a[0]}) or ({b[0]})", lambda: a[1]() or b[1]()), inner, inner)
    negated = st.builds(lambda a: (f"not ({a[0]})", lambda: not a[1]()), inner)
    return both | either | negated


MEANT = st.recursive(LEAVES, bracketed, max_leaves=8).filter(lambda meant: len(meant[0]) <= 500)


@given(MEANT)
def test_parsing_and_evaluating_agree_with_a_reference(meant: Meant) -> None:
    """SAFETY: any expression of the grammar checks as boolean and means what plain Python says."""
    source, value = meant
    assert checked(source) == (BOOLEAN, [])
    assert expression(source).evaluate(NAMES) is value()


@given(st.lists(LEAVES, min_size=2, max_size=6), st.data())
def test_and_binds_stronger_than_or(leaves: list[Meant], data: st.DataObject) -> None:
    """Without brackets, a chain reads as Python reads it."""
    words = [data.draw(st.sampled_from(["and", "or"])) for _ in leaves[1:]]
    source = leaves[0][0] + "".join(f" {word} {leaf[0]}" for word, leaf in zip(words, leaves[1:], strict=True))
    python = str(leaves[0][1]()) + "".join(f" {word} {leaf[1]()}" for word, leaf in zip(words, leaves[1:], strict=True))
    assert expression(source).evaluate(NAMES) is eval(python)  # noqa: S307 - a chain of True, False, and, or


def joined(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return st.builds("({} {} {})".format, inner, st.sampled_from(["and", "or"]), inner) | inner.map("not {}".format)


# Expressions over names that may be none, in calls where they are and where they are not.
MAYBE_LEAVES = st.sampled_from(
    [
        "balance.overdue",
        "caller.tier in caller.regions",
        'caller.tier == "vip"',
        "closed_on != 2026-02-14",
        "closed_on < today",
        "closed_on == 2026-02-14",
        "closed_on == none",
        "flag != none",
        "flag == true",
        "flag",
        "length(order.state) == 4",
        "none != closed_on",
        "order != none",
        "order.closed_on <= today",
        "order.closed_on == closed_on",
        "order.state == none",
        'order.state != "done"',
        'order.state == "done"',
        'starts_with(caller.tier, "v")',
        "true",
    ]
)
MAYBE = st.recursive(MAYBE_LEAVES, joined, max_leaves=8)
ORDERS = st.none() | st.fixed_dictionaries(
    {"state": st.sampled_from(["done", "open"]), "closed_on": st.none() | st.just(date(2026, 2, 14))}
)


@st.composite
def calls(draw: st.DrawFn) -> MappingNames:
    tier = draw(st.sampled_from([None, "vip", "ordinary"]))
    return MappingNames(
        {
            **NAMES.values,
            "caller": {"tier": tier, "regions": frozenset({"vip"}), "number": ""},
            "closed_on": draw(st.sampled_from([None, date(2026, 2, 14), date(2026, 2, 15)])),
            "flag": draw(st.sampled_from([None, True, False])),
            "order": draw(ORDERS),
        }
    )


@given(MAYBE, calls())
def test_a_checked_expression_never_fails_in_a_call(source: str, names: MappingNames) -> None:
    """SAFETY: what the check lets pass gives true or false for any values of its types, none included."""
    kind, rules = checked(source)
    assert (kind is None) == bool(rules)
    if kind == BOOLEAN:
        assert expression(source).evaluate(names) in {True, False}


@given(MAYBE, calls())
def test_a_proof_is_never_wrong(source: str, names: MappingNames) -> None:
    """SAFETY: a name that a true guard proves is not none in the call that made it true."""
    guard = expression(source)
    if checked(source)[0] == BOOLEAN and guard.evaluate(names):
        assert all(names.value_of(path) is not None for path in guard.narrowed())
