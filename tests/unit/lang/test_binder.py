"""How nodes become dataclasses, and what is said when they do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.lang.binder import Binder, Percentage, Unbound
from ivrctl.lang.findings import Finding, Findings
from ivrctl.lang.loader import load
from ivrctl.lang.scalars import read_duration
from ivrctl.lang.source import MappingNode, Node, ScalarNode, Span, Word


class Bring(StrEnum):
    """A word of a set."""

    ASK = "ask"
    ADD = "add"


@dataclass(frozen=True, slots=True)
class Tier:
    """A shape with a required key, an optional one, and names that Python or YAML reserve."""

    tier: Word
    span: Span
    with_: Mapping[str, str] = field(default_factory=dict)
    keep: int | None = None
    bring: Bring = Bring.ADD
    kind: str = field(default="", metadata={"key": "x-kind"})
    next_tiers: tuple[Tier, ...] = ()


@dataclass(frozen=True, slots=True)
class Bounded:
    """A shape that checks itself."""

    low: int
    high: int

    def __post_init__(self) -> None:
        """Refuse a range that is none."""
        if self.low > self.high:
            raise ValueError("low lies above high")


@dataclass(frozen=True, slots=True)
class Ending:
    """A class that decides for itself: a word, or a mapping with two keys of which it reads one."""

    how: str
    reason: str = ""

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Ending:
        """Read either form."""
        if isinstance(node, MappingNode):
            return binder.fields(cls, node, also=frozenset({"after"}))
        return cls(binder.bind(Word, node))


def bound(shape: Any, source: str) -> tuple[Any, list[Finding]]:
    findings = Findings()
    (node,) = load(source.encode(), "a.yaml", findings)
    try:
        return Binder(findings).bind(shape, node), findings.sorted()
    except Unbound:
        assert findings.items, "Unbound without a finding"
        return None, findings.sorted()


def refused(shape: Any, source: str) -> list[Finding]:
    result, findings = bound(shape, source)
    assert result is None
    return findings


def rules(shape: Any, source: str) -> list[str]:
    return [finding.rule for finding in refused(shape, source)]


def test_a_mapping_becomes_a_dataclass_with_its_place() -> None:
    """Field names are keys, a trailing underscore is dropped, metadata renames, and `span` is the mapping's place."""
    tier, findings = bound(Tier, "tier: break\nwith: {a: '1'}\nkeep: 6\nbring: ask\nx-kind: k\n")
    assert not findings
    assert (tier.tier, tier.with_, tier.keep, tier.bring, tier.kind) == ("break", {"a": "1"}, 6, Bring.ASK, "k")
    assert tier.span == Span("a.yaml", 1, 1, 5, 10)


def test_a_word_remembers_where_it_stands() -> None:
    """The texts of a dataclass carry their places, for findings that come later."""
    tier, _ = bound(Tier, "keep: 1\ntier: break\n")
    assert tier.tier.span == Span("a.yaml", 2, 7, 2, 12)


def test_what_is_left_out_has_its_default() -> None:
    """Only keys without a default are required."""
    tier, _ = bound(Tier, "tier: break\n")
    assert (tier.with_, tier.keep, tier.bring, tier.next_tiers) == ({}, None, Bring.ADD, ())


def test_a_dataclass_may_hold_itself() -> None:
    """Shapes may be recursive."""
    tier, _ = bound(Tier, "tier: a\nnext_tiers: [{tier: b, next_tiers: [{tier: c}]}]\n")
    assert tier.next_tiers[0].next_tiers[0].tier == "c"


def test_every_field_is_tried_before_giving_up() -> None:
    """One run shows a missing key, an unknown key and every value that does not fit, at any depth."""
    source = "keep: many\nbring: aks\nwat: 1\nnext_tiers: [{tier: [a]}, {}, {tier: b, keep: 1.5}]\n"
    assert sorted(rules(Tier, source)) == ["IVR010", "IVR011", "IVR011", "IVR012", "IVR012", "IVR013", "IVR013"]


def test_the_span_is_no_key() -> None:
    """A user cannot write the place himself."""
    assert rules(Tier, "tier: a\nspan: b\n") == ["IVR010"]


def test_an_unknown_key_is_told_with_the_nearest_that_is_free() -> None:
    """A key that is already there is not what was meant."""
    (finding,) = refused(Tier, "tier: a\nkep: 3\n")
    assert finding.advice == 'did you mean "keep"?'
    assert finding.span == Span("a.yaml", 2, 1, 2, 4)


def test_a_missing_key_is_named_where_the_mapping_begins() -> None:
    """The finding points at the mapping that lacks it."""
    (finding,) = refused(tuple[Tier, ...], "- tier: a\n- keep: 3\n")
    assert finding.message == 'key "tier" is missing'
    assert (finding.span.line, finding.span.column) == (2, 3)


def test_a_shape_may_check_itself() -> None:
    """A ValueError of a dataclass is a finding at its mapping."""
    (finding,) = refused(Bounded, "low: 3\nhigh: 2\n")
    assert (finding.rule, finding.message) == ("IVR012", "low lies above high")


def test_a_class_may_decide_for_itself() -> None:
    """`bind_node` is asked for any node, and keys that somebody else reads are not unknown."""
    assert bound(Ending, "served\n")[0] == Ending("served")
    assert bound(Ending, "{how: refused, reason: x, after: y}\n")[0] == Ending("refused", "x")


def test_the_context_is_handed_through() -> None:
    """Whoever binds may tell its own classes something."""
    assert Binder(Findings(), context="site").context == "site"


@pytest.mark.parametrize(
    ("shape", "written", "value"),
    [
        (bool, "true", True),
        (bool, "false", False),
        (int, "0", 0),
        (int, "-12", -12),
        (Decimal, "120.50", Decimal("120.50")),
        (timedelta, "500ms", timedelta(milliseconds=500)),
        (timedelta, "3s", timedelta(seconds=3)),
        (timedelta, "1.5s", timedelta(seconds=1.5)),
        (timedelta, "10m", timedelta(minutes=10)),
        (timedelta, "2h", timedelta(hours=2)),
        (timedelta, "1d", timedelta(days=1)),
        (Percentage, "85%", Percentage(Decimal(85))),
        (date, "2026-02-14", date(2026, 2, 14)),
        (str, "0042", "0042"),
        (str, "'null'", "null"),
        (Literal["a", "b"], "a", "a"),
        (Bring, "ask", Bring.ASK),
        (int | None, "3", 3),
        (Annotated[int, "things"], "3", 3),
        (Annotated[str | int, Ending], "served", Ending("served")),
        (Annotated[str | int, Ending] | None, "served", Ending("served")),
        (tuple[int, ...], "[1, 2]", (1, 2)),
        (tuple[str, ...], "[]", ()),
        (Mapping[str, int], "{a: 1}", {"a": 1}),
        (Mapping[Literal["zh", "en"], str], "{zh: a}", {"zh": "a"}),
    ],
)
def test_a_value_is_read_as_its_shape(shape: Any, written: str, value: object) -> None:
    """Each shape reads its one written form."""
    assert bound(shape, written + "\n") == (value, [])


@pytest.mark.parametrize(
    ("shape", "written"),
    [
        (bool, "yes"),
        (bool, "True"),
        (bool, "1"),
        (int, "0042"),
        (int, "1_000"),
        (int, "+1"),
        (int, "0x10"),
        (int, "9" * 30),
        (Decimal, "1e3"),
        (Decimal, ".5"),
        (Decimal, "nan"),
        (timedelta, "3"),
        (timedelta, "3 s"),
        (timedelta, "-3s"),
        (timedelta, "1m30s"),
        (timedelta, "999999999d"),
        (timedelta, "9" * 40 + "s"),
        (Percentage, "85"),
        (Percentage, "%"),
        (date, "2026-02-30"),
        (date, "14.2.2026"),
    ],
)
def test_a_scalar_in_another_form_is_refused(shape: Any, written: str) -> None:
    """Nothing is guessed: each refusal has the rule for scalars and says what to write."""
    (finding,) = refused(shape, f'"{written}"\n')
    assert finding.rule == "IVR013"
    assert finding.advice


@pytest.mark.parametrize(
    ("shape", "source"),
    [
        (str, "[a]"),
        (str, "{a: b}"),
        (bool, "[true]"),
        (tuple[str, ...], "a"),
        (tuple[str, ...], "{a: b}"),
        (Mapping[str, str], "a"),
        (Mapping[str, str], "[a]"),
        (Tier, "a"),
        (Tier, "[a]"),
        (Literal["a"], "b"),
        (Bring, "[ask]"),
        (MappingNode, "a"),
        (ScalarNode, "[a]"),
    ],
)
def test_a_value_of_another_shape_is_refused(shape: Any, source: str) -> None:
    """A list is a list, a mapping a mapping, a text a text."""
    assert rules(shape, source + "\n") == ["IVR012"]


def test_a_raw_node_is_handed_over() -> None:
    """The shape Node takes anything that is not empty."""
    node, _ = bound(Node, "[a, {b: c}]\n")
    assert node.items[1].entries[0][0].text == "b"


@pytest.mark.parametrize(
    "shape", [str, int, Node, Ending, Tier, tuple[str, ...], Mapping[str, str], int | None, Literal["a"]]
)
@pytest.mark.parametrize("null", ["~", "null", ""])
def test_null_is_an_error_in_every_shape(shape: Any, null: str) -> None:
    """An empty field never means the default."""
    assert rules(Mapping[str, shape], f"a: {null}\n") == ["IVR006"]
    assert rules(tuple[shape, ...], f"- {null}\n") == ["IVR006"]


def test_null_beside_sound_keys_is_one_finding() -> None:
    """A class that decides for itself need not look for empty fields."""
    assert rules(Ending, "how: served\nreason:\n") == ["IVR006"]


def test_a_text_cut_by_a_comma_is_told_as_such_only() -> None:
    """The rest of the sentence is not called an unknown key as well."""
    (finding,) = refused(Tier, "{tier: Hello, please hold}\n")
    assert finding.message.startswith('the comma cuts the text short: "Hello" ends there')


def test_many_empty_fields_are_not_told_for_ever() -> None:
    """A large broken file gives a bounded number of findings, in bounded time."""
    source = "{" + ", ".join(f"lost words {i}" for i in range(20_000)) + "}\n"
    assert 1 <= len(rules(Mapping[str, str], source)) <= 100


def test_many_unknown_keys_are_not_told_for_ever() -> None:
    """The nearest key is looked up for a bounded number of unknown ones."""
    source = "tier: a\n" + "".join(f"key{i}: b\n" for i in range(20_000))
    assert 1 <= len(rules(Tier, source)) <= 100


def test_refusing_records_and_raises() -> None:
    """`refuse` never returns, and what it was told is a finding."""
    findings = Findings()
    span = Span("a.yaml", 1, 1, 1, 2)
    with pytest.raises(Unbound):
        Binder(findings).refuse("IVR199", span, "message", "advice")
    assert findings.items == [Finding(span, "IVR199", "message", "advice")]


@pytest.mark.parametrize("shape", [set[str], list[str], tuple[str, int], int | str, complex])
def test_a_shape_that_no_yaml_has_is_a_mistake_in_the_program(shape: Any) -> None:
    """It raises TypeError, whatever the file says."""
    with pytest.raises(TypeError):
        bound(shape, "a\n")


# SAFETY: whatever a file holds, binding ends with a value or with Unbound and a finding.


@given(st.text(st.sampled_from("{}[]:,- \nabtier~'\"0"), max_size=60))
def test_binding_never_raises_anything_but_unbound(source: str) -> None:
    """Any tree that loads is bound or refused."""
    findings = Findings()
    for node in load(source.encode(), "a.yaml", findings):
        for shape in (Tier, Ending, Mapping[str, tuple[Tier, ...]]):
            try:
                Binder(findings).bind(shape, node)
            except Unbound:
                assert findings.items


@given(st.integers(0, 10**6), st.sampled_from(["ms", "s", "m", "h"]))
def test_a_duration_is_its_number_times_its_unit(number: int, unit: str) -> None:
    """Durations are exact."""
    milliseconds = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000}[unit]
    if number * milliseconds < 3660 * 24 * 3_600_000:
        assert read_duration(f"{number}{unit}") == timedelta(milliseconds=number * milliseconds)
