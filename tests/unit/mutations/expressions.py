"""Expressions and texts made from their grammar, so that they are read, and what is behind the reading is tried.

The words are those that flows use, so that some of them exist where an expression lands.
"""

from __future__ import annotations

import random

NAMES = (
    "visits",
    "today",
    "now",
    "caller.number",
    "call.line",
    "call.language",
    "call.subject",
    "call.order",
    "call.due",
    "call.rating",
    "call.x",
    "hours.desk.is_open",
    "hours.desk.next_opening",
    "settings.patience",
    "settings.closed_for",
    "it",
    "it.name",
    "it.state",
    "number",
    "name",
    "balance",
    "balance.amount",
    "balance.overdue",
    "bill.month",
    "order.state",
    "order.promised_on",
    "rows",
    "call",
    "caller",
    "a.b.c.d",
)
LITERALS = (
    "0",
    "1",
    "3",
    "-1",
    "3.50",
    "999999999999999999999999999999",
    "1e9",
    "60s",
    "100ms",
    "0s",
    "9999999h",
    "1h30m",
    "2026-02-14",
    "2026-02-30",
    "0001-01-01",
    "9999-12-31",
    '"orders"',
    '"north"',
    '""',
    '"' + "a" * 60 + '"',
    '"字"',
    '"8101"',
    "true",
    "false",
    "none",
)
COMPARISONS = ("==", "!=", "<", "<=", ">", ">=", "in")
FUNCTIONS = ("starts_with", "ends_with", "length", "lower")
FORMATS = (
    "money",
    "number",
    "ordinal",
    "digits",
    "date",
    "time",
    "datetime",
    "month",
    "duration",
    "percent",
    "phone",
    "masked",
    "spell",
    "text",
    "recording",
    "upper",
)
FIXED = ("Hello. ", "字", "{{", "}}", "{", "}", "{ x }", "{:}")
"""What a text holds besides values, and braces that hold none."""
DEEPEST = 5
"""Expressions inside each other."""


def expression(chance: random.Random, depth: int = 0) -> str:
    """An expression of the grammar, with a slip in one of ten."""
    text = _either(chance, depth)
    if depth == 0 and chance.random() < 0.1:
        at = chance.randint(0, len(text))
        text = text[:at] + chance.choice(["+", "=", "&&", "!", ")", "(", ".", "'", '"', "{", "is", " "]) + text[at:]
    return text


def _either(chance: random.Random, depth: int) -> str:
    if depth >= DEEPEST:
        return _operand(chance, depth)
    match chance.randrange(8):
        case 0:
            parts = [_either(chance, depth + 1) for _ in range(chance.randint(2, 4))]
            return chance.choice([" and ", " or "]).join(parts)
        case 1:
            return f"not {_either(chance, depth + 1)}"
        case 2:
            return f"({_either(chance, depth + 1)})"
        case 3:
            return _operand(chance, depth)
        case _:
            return f"{_operand(chance, depth)} {chance.choice(COMPARISONS)} {_operand(chance, depth)}"


def _operand(chance: random.Random, depth: int) -> str:
    if depth < DEEPEST and chance.random() < 0.1:
        arguments = ", ".join(_operand(chance, depth + 1) for _ in range(chance.randint(0, 3)))
        return f"{chance.choice(FUNCTIONS)}({arguments})"
    return chance.choice(NAMES if chance.random() < 0.6 else LITERALS)


def template(chance: random.Random) -> str:
    """A text with values, or a value alone."""
    parts = []
    for _ in range(chance.randint(1, 4)):
        name = chance.choice(NAMES)
        held = name if chance.random() < 0.4 else f"{name}:{chance.choice(FORMATS)}"
        parts.append(chance.choice([f"{{{held}}}", f"{{{held}}}", *FIXED]))
    return "".join(parts)
