"""Texts with values: what they give, what they may hold, and in which format a value is said."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.lang.binder import Binder, Unbound
from ivrctl.lang.expressions import MappingNames, RecordScope, narrow
from ivrctl.lang.findings import Findings
from ivrctl.lang.formats import FORMATS, default_format, fits
from ivrctl.lang.source import ScalarNode, Span
from ivrctl.lang.templates import MAX_FAULTS, Template
from ivrctl.lang.types import (
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
    SIMPLE,
    TEXT,
    Enumeration,
    Maybe,
    Record,
    Type,
)
from ivrctl.model.utterance import Said, Utterance

STATE = Enumeration(("accepted", "done"))
SCOPE = RecordScope(
    {
        "amount": MONEY,
        "day": DATE,
        "digits": DIGITS,
        "maybe": Maybe(DATE),
        "moment": DATETIME,
        "overdue": BOOLEAN,
        "phone": PHONE,
        "pin": SECRET,
        "plan": TEXT,
        "row": Record({"number": NUMBER}),
        "state": STATE,
        "wait": DURATION,
    }
)
NAMES = MappingNames(
    {
        "amount": Decimal("120.50"),
        "day": date(2026, 2, 24),
        "digits": "0042",
        "maybe": None,
        "phone": "+8613800138000",
        "plan": "畅享",
        "row": {"number": Decimal(3)},
        "state": "done",
        "overdue": True,
    }
)


def template(text: str) -> Template:
    findings = Findings()
    try:
        bound: Template = Binder(findings).bind(Template, node(text))
    except Unbound:
        pytest.fail(findings.items[0].message)
    return bound


def node(text: str) -> ScalarNode:
    return ScalarNode(text, is_plain=True, span=Span("a.yaml", 1, 1, 1, 1 + len(text)))


def checked(text: str, *, spoken: bool = False) -> tuple[Type | None, list[str]]:
    findings = Findings()
    return template(text).check(SCOPE, findings, spoken=spoken), [finding.rule for finding in findings.sorted()]


def parts_of(text: str) -> tuple[Any, ...]:
    bound = template(text)
    assert bound.check(SCOPE, Findings(), spoken=True) == TEXT
    return bound.parts(NAMES)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("您好", "您好"),
        ("{amount}", Decimal("120.50")),
        ("{row.number}", Decimal(3)),
        ("{amount:money}", "120.50"),
        ("余额{amount}。", "余额120.50。"),
        ("{digits}{digits}", "00420042"),
        ("on {day:date}", "on 2026-02-24"),
        ("{{{digits}}}", "{0042}"),
        ("{{digits}}", "{digits}"),
        ("{maybe}", None),
    ],
)
def test_a_template_gives_its_value(text: str, value: object) -> None:
    """Exactly one placeholder keeps the value's type; anything else is text in the one written form."""
    assert template(text).evaluate(NAMES) == value


@pytest.mark.parametrize(
    ("text", "kind"),
    [("您好", TEXT), ("{amount}", MONEY), ("{maybe}", Maybe(DATE)), ("{pin}", SECRET), ("{day:date}", TEXT)],
)
def test_a_template_has_the_type_of_its_value(text: str, kind: Type) -> None:
    """A lone placeholder may pass on what cannot be said."""
    assert checked(text) == (kind, [])


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("您好", ("您好",)),
        ("余额{amount}。", ("余额", Said("money", Decimal("120.50")), "。")),
        ("{amount}", (Said("money", Decimal("120.50")),)),
        ("{row.number}", (Said("number", Decimal(3)),)),
        ("{digits}", (Said("digits", "0042"),)),
        ("{digits:text}", (Said("text", "0042"),)),
        ("{phone}", (Said("phone", "+8613800138000"),)),
        ("{plan}", (Said("text", "畅享"),)),
        ("{state}", (Said("text", "done"),)),
        ("{day}", (Said("date", date(2026, 2, 24)),)),
        ("{day:month}", (Said("month", date(2026, 2, 24)),)),
        ("a {{b}} c", ("a {b} c",)),
    ],
)
def test_parts_keep_values_and_their_formats(text: str, parts: tuple[Any, ...]) -> None:
    """Where no format is written, the type that the check found decides."""
    assert parts_of(text) == parts


def test_parts_of_an_unchecked_template_go_by_the_value() -> None:
    """Without a check a number is a number and a text a text: no type is at hand."""
    assert template("{amount} {day} {digits}").parts(NAMES) == (
        Said("number", Decimal("120.50")),
        " ",
        Said("date", date(2026, 2, 24)),
        " ",
        Said("text", "0042"),
    )


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("{nobody}", "IVR021"),
        ("{row.nothing} ", "IVR021"),
        ("Your PIN is {pin}", "IVR022"),
        ("{pin:digits}", "IVR022"),
        ("closed on {maybe}", "IVR023"),
        ("{maybe:date}", "IVR023"),
        ("in {wait:number}", "IVR024"),
        ("{overdue} it is", "IVR024"),
        ("at {moment:duration}", "IVR024"),
        ("{row} ", "IVR024"),
        ("{amount:date}", "IVR024"),
        ("{plan:money}", "IVR024"),
        ("{phone:number}", "IVR024"),
    ],
)
def test_what_cannot_be_said_is_found(text: str, rule: str) -> None:
    """Unknown names, secrets, values that may be none, and formats that do not fit."""
    assert checked(text) == (None, [rule])


@pytest.mark.parametrize(("text", "rule"), [("{pin}", "IVR022"), ("{maybe}", "IVR023"), ("{overdue}", "IVR024")])
def test_a_lone_value_in_a_prompt_must_be_sayable(text: str, rule: str) -> None:
    """A prompt is always text, also when it is one placeholder."""
    assert checked(text, spoken=True) == (None, [rule])


def test_all_faults_of_a_text_are_found_at_once() -> None:
    """Each placeholder is checked."""
    assert checked("{nobody} {pin} {maybe} {wait:time}") == (None, ["IVR021", "IVR022", "IVR023", "IVR024"])


def test_a_guard_makes_an_optional_value_sayable() -> None:
    """In the scope that a guard has narrowed, the value is there."""
    assert template("on {maybe}").check(narrow(SCOPE, {("maybe",)}), Findings()) == TEXT


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("", ["IVR006"]),
        ("  ", ["IVR006"]),
        ("{", ["IVR025"]),
        ("}", ["IVR025"]),
        ("{}", ["IVR025"]),
        ("{ digits }", ["IVR025"]),
        ("{digits + 1}", ["IVR025"]),
        ("{digits:}", ["IVR025"]),
        ("{digits:digits:text}", ["IVR025"]),
        ("{8}", ["IVR025"]),
        ("{digits|upper}", ["IVR025"]),
        ("{digits:mony}", ["IVR024"]),
        ("{a {b} c}", ["IVR025", "IVR025"]),
        ("{digits:x} and {", ["IVR024", "IVR025"]),
    ],
)
def test_braces_that_cannot_be_read_are_refused(text: str, rules: list[str]) -> None:
    """Only names and formats stand in braces; every fault of a text is told."""
    findings = Findings()
    with pytest.raises(Unbound):
        Binder(findings).bind(Template, node(text))
    assert [finding.rule for finding in findings.sorted()] == rules


def test_a_text_of_values_only_belongs_to_no_language() -> None:
    """Such a text may stand without a language in a site of several."""
    assert template("{digits} {plan}").is_only_values
    assert not template("{digits} 号").is_only_values


def test_a_text_without_values_is_static() -> None:
    """It can be synthesised before any call."""
    assert template("您好 {{}}").is_static
    assert not template("您好 {plan}").is_static


def test_the_names_of_a_template_are_told() -> None:
    """What must be known before it can be filled in."""
    assert template("{row.number} {plan} {plan:text}").names() == {("row", "number"), ("plan",)}


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("done", STATE),
        ("8001", EXTENSION),
        ("120.5", MONEY),
        ("60s", DURATION),
        ("true", BOOLEAN),
        ("vip", QUEUE),
        ("{digits}", TEXT),
        ("{pin}", SECRET),
        ("{maybe}", Maybe(DATE)),
        ("{day}", Maybe(DATE)),
        ("{digits}-{plan}", TEXT),
    ],
)
def test_a_value_that_fits_may_be_passed(text: str, target: Type) -> None:
    """A static text is read as a value of the type that is due."""
    findings = Findings()
    assert template(text).check_for(target, SCOPE, findings)
    assert not findings.items


@pytest.mark.parametrize(
    ("text", "target", "rule"),
    [
        ("don", STATE, "IVR022"),
        ("hello", MONEY, "IVR022"),
        ("{plan}", MONEY, "IVR022"),
        ("{pin}", TEXT, "IVR022"),
        ("{maybe}", DATE, "IVR023"),
        ("{nobody}", TEXT, "IVR021"),
        ("{day} or so", DATE, "IVR022"),
    ],
)
def test_a_value_that_does_not_fit_is_found(text: str, target: Type, rule: str) -> None:
    """One finding says why."""
    findings = Findings()
    assert not template(text).check_for(target, SCOPE, findings)
    assert [finding.rule for finding in findings.items] == [rule]


def test_a_static_text_becomes_a_value_of_the_type_due() -> None:
    """What was checked as an amount is an amount."""
    assert template("120.5").value_as(MONEY, NAMES) == Decimal("120.50")
    assert template("{digits}").value_as(TEXT, NAMES) == "0042"


@pytest.mark.parametrize("kind", [*SIMPLE.values(), STATE])
def test_a_default_format_fits_its_type(kind: Type) -> None:
    """No type has a default in which it cannot be said; a secret has none."""
    name = default_format(kind)
    assert name is None or fits(name, kind)
    assert default_format(SECRET) is None


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_says_a_secret(name: str) -> None:
    """SAFETY: there is no way to have a secret spoken."""
    assert not fits(name, SECRET)


@given(st.text(min_size=1).filter(lambda text: text.strip()))
def test_escaped_text_comes_out_as_it_was(text: str) -> None:
    """SAFETY: a text whose braces are doubled is heard exactly as meant, whatever it holds."""
    escaped = text.replace("{", "{{").replace("}", "}}")
    quoted = ScalarNode(escaped, is_plain=False, span=Span("a.yaml", 1, 1, 1, 3))
    bound: Template = Binder(Findings()).bind(Template, quoted)
    assert bound.evaluate(NAMES) == text
    assert bound.is_static
    assert Utterance("zh", bound.parts(NAMES)).written == text


WORDS = st.text(st.characters(exclude_characters="{}", exclude_categories=["Cs"]), min_size=1, max_size=10)
VALUES = st.sampled_from(["amount", "day", "digits", "plan", "row.number", "phone:text", "day:month"])


@given(st.lists(st.tuples(WORDS, VALUES), min_size=1, max_size=5))
def test_what_is_written_is_what_is_said(pieces: list[tuple[str, str]]) -> None:
    """SAFETY: the parts of a text, written, are its value: transcripts show what callers hear."""
    bound = template("".join(f"{words}{{{value}}}" for words, value in pieces))
    assert bound.check(SCOPE, Findings()) == TEXT
    assert Utterance("zh", bound.parts(NAMES)).written == bound.evaluate(NAMES)


@given(st.text(st.sampled_from("{}ab:. 0"), min_size=1, max_size=30))
def test_any_text_is_a_template_or_is_refused(text: str) -> None:
    """SAFETY: no run of braces raises anything else."""
    findings = Findings()
    try:
        Binder(findings).bind(Template, node(text))
    except Unbound:
        assert findings.items


def test_a_thousand_wrong_braces_are_told_as_some() -> None:
    """Whoever mends the first will see the rest: nobody reads a thousand findings about one text."""
    findings = Findings()
    with pytest.raises(Unbound):
        Binder(findings).bind(Template, node("[{" * 1000))
    assert len(findings.items) == MAX_FAULTS
