"""Golden pairs: each `tests/golden/lang/<mistake>.yaml` and what a user is told of it, in `<mistake>.txt`.

`python tests/unit/lang/test_golden.py` writes the second halves anew; read the difference before you commit it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Literal

import pytest

from ivrctl.lang.binder import Binder, Percentage, Unbound
from ivrctl.lang.expressions import Expression, RecordScope
from ivrctl.lang.findings import Findings
from ivrctl.lang.loader import load
from ivrctl.lang.report import render_text
from ivrctl.lang.source import Node, Span, Word
from ivrctl.lang.templates import Template
from ivrctl.lang.types import (
    BOOLEAN,
    DATE,
    DATETIME,
    DIGITS,
    DURATION,
    MONEY,
    NUMBER,
    SECRET,
    WORD_SET,
    Enumeration,
    Maybe,
    Record,
    Type,
)

GOLDEN = Path(__file__).parents[2] / "golden" / "lang"
CASES = sorted(path.stem for path in GOLDEN.glob("*.yaml"))

SCOPE = RecordScope(
    {
        "balance": Record({"amount": MONEY, "overdue": BOOLEAN}),
        "caller": Record({"tier": Maybe(Enumeration(("vip", "ordinary"))), "regions": WORD_SET}),
        "closed_on": Maybe(DATE),
        "now": DATETIME,
        "number": DIGITS,
        "pin": SECRET,
        "queues": Record({"full-service": Record({"staff": NUMBER, "longest_wait": DURATION})}),
        "today": DATE,
    }
)


@dataclass(frozen=True, slots=True)
class Choice:
    """What a key leads to: a target alone, or a target and what is said."""

    goto: Word
    say: Mapping[str, Template] = field(default_factory=dict)

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Choice:
        """Read either form."""
        if hasattr(node, "entries"):
            return binder.fields(cls, node)
        return cls(binder.bind(Word, node))


@dataclass(frozen=True, slots=True)
class Sample:
    """One field of each shape, all optional, to make mistakes in."""

    span: Span
    number: Word | None = None
    at: Word | None = None
    word: Word | None = None
    text: Mapping[str, Template] = field(default_factory=dict)
    to: Template | None = None
    when: Expression | None = None
    choices: Mapping[str, Choice] = field(default_factory=dict)
    timeout: timedelta | None = None
    attempts: int | None = None
    share: Percentage | None = None
    rate: Decimal | None = None
    barge_in: bool | None = None
    mode: Literal["always", "talking", "never"] | None = None
    tags: tuple[Word, ...] = ()
    returns: Mapping[str, Type] = field(default_factory=dict)
    steps: Mapping[str, tuple[Choice, ...]] = field(default_factory=dict)


def told(name: str) -> str:
    """What a user sees of a golden file: the findings, or what was bound when there are none."""
    source = (GOLDEN / f"{name}.yaml").read_bytes()
    path = f"{name}.yaml"
    findings = Findings()
    bound = [sample for node in load(source, path, findings) if (sample := bind(node, findings)) is not None]
    for sample in bound:
        check(sample, findings)
    report = render_text(findings, {path: source.decode("utf-8", errors="replace")})
    return report or "".join(described(sample) for sample in bound)


def bind(node: Node, findings: Findings) -> Sample | None:
    try:
        return Binder(findings).bind(Sample, node)
    except Unbound:
        return None


def check(sample: Sample, findings: Findings) -> None:
    if sample.when is not None:
        sample.when.check(SCOPE, findings)
    for template in (*sample.text.values(), *([sample.to] if sample.to else [])):
        template.check(SCOPE, findings, spoken=template is not sample.to)


def described(sample: Sample) -> str:
    given = [(item.name, getattr(sample, item.name)) for item in fields(sample) if item.name != "span"]
    return "".join(f"bound: {name} = {shown(value)}\n" for name, value in given if value not in (None, (), {}))


def shown(value: object) -> str:
    match value:
        case Mapping():
            return "{" + ", ".join(f"{key}: {shown(item)}" for key, item in value.items()) + "}"
        case tuple():
            return "[" + ", ".join(shown(item) for item in value) + "]"
        case Template() | Expression():
            return repr(value.source)
        case Choice():
            return f"-> {value.goto}"
        case _:
            return str(value)


@pytest.mark.parametrize("name", CASES)
def test_a_mistake_is_told_exactly_as_its_golden_file_says(name: str) -> None:
    """Message, advice, rule and caret of a user's mistake are those of the golden file."""
    assert told(name) == (GOLDEN / f"{name}.txt").read_text(encoding="utf-8")


def test_every_golden_file_has_its_other_half() -> None:
    """No expected text is left behind by a case that went."""
    assert sorted(path.stem for path in GOLDEN.glob("*.txt")) == CASES


if __name__ == "__main__":
    for case in CASES:
        (GOLDEN / f"{case}.txt").write_text(told(case), encoding="utf-8")
