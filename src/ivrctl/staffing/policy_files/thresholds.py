"""The table of a policy file: its rows, and the values in them, each with the unit of what is measured.

A value knows where it stands, since the checks compare values with each other and say at which one the table is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, ClassVar, Self, TypeAlias

from ivrctl.lang.binder import Binder
from ivrctl.lang.scalars import Percentage
from ivrctl.lang.schema import Schema, Schemas
from ivrctl.lang.source import Node, ScalarNode, Span
from ivrctl.staffing.policy import Measure

NEVER = "never"
"""In the place of an engage value: by this row the tier never comes."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """One value of the table."""

    amount: float | None
    """In the unit of ``policy.Measure``: seconds, or a share of one; None for ``never``."""
    written: str
    span: Span

    shape: ClassVar[Any] = Decimal
    may_be_never: ClassVar[bool] = False

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read a value with its unit, or ``never`` where that can stand."""
        if isinstance(node, ScalarNode) and node.text == NEVER and cls.may_be_never:
            return cls(None, NEVER, node.span)
        value = binder.bind(cls.shape, node)
        return cls(_amount(value), node.text if isinstance(node, ScalarNode) else str(value), node.span)

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """A value with its unit, or ``never`` where that can stand."""
        schema = schemas.of(cls.shape)
        if not cls.may_be_never:
            return schema
        due = f"{schema['patternErrorMessage'].removesuffix(' is due here')} or {NEVER} is due here"
        pattern = f"^(?:{NEVER}|{schema['pattern'].removeprefix('^').removesuffix('$')})$"
        return {**schema, "pattern": pattern, "patternErrorMessage": due, "errorMessage": due}


def _amount(value: timedelta | Percentage | Decimal) -> float:
    match value:
        case timedelta():
            return value.total_seconds()
        case Percentage():
            return value.fraction
        case _:
            return float(value)


class Wait(Threshold):
    """A duration."""

    shape = timedelta


class WaitOrNever(Wait):
    """A duration, or ``never``."""

    may_be_never = True


class Share(Threshold):
    """A percentage."""

    shape = Percentage


class ShareOrNever(Share):
    """A percentage, or ``never``."""

    may_be_never = True


class Amount(Threshold):
    """A number."""


class AmountOrNever(Amount):
    """A number, or ``never``."""

    may_be_never = True


@dataclass(frozen=True, slots=True)
class Waits:
    """A row of durations: ``{engage: [30s, 60s, never], release: 15s}``."""

    engage: tuple[WaitOrNever, ...]
    """One value for each tier, in their order: at it, or beyond it, the tier is wanted. ``never``: not by this row."""
    release: Wait
    """At it, or on its calm side, this row is calm: below every value of ``engage``."""
    span: Span


@dataclass(frozen=True, slots=True)
class Shares:
    """A row of percentages: ``{engage: [85%, 75%, never], release: 92%}``."""

    engage: tuple[ShareOrNever, ...]
    """One value for each tier, in their order: at it, or beyond it, the tier is wanted. ``never``: not by this row."""
    release: Share
    """At it, or on its calm side, this row is calm: below every value of ``engage``, and above in ``service_level``."""
    span: Span


@dataclass(frozen=True, slots=True)
class Amounts:
    """A row of numbers: ``{engage: [1.0, 2.0, never], release: 0.5}``."""

    engage: tuple[AmountOrNever, ...]
    """One value for each tier, in their order: at it, or beyond it, the tier is wanted. ``never``: not by this row."""
    release: Amount
    """At it, or on its calm side, this row is calm: below every value of ``engage``."""
    span: Span


Row: TypeAlias = Waits | Shares | Amounts


@dataclass(frozen=True, slots=True)
class Table:
    """One row for each figure that is watched: any of them brings a tier in, and all must be calm before one goes home.

    Of several queues the worst counts.
    """

    span: Span
    longest_wait: Waits | None = None
    """How long the first caller has waited; 0s where nobody waits."""
    waiting_per_available: Amounts | None = None
    """Callers who wait for each member who is there and has not paused."""
    service_level: Shares | None = None
    """Share of the callers answered in time, of the last ``window``. The only row in which low is bad."""
    expected_wait: Waits | None = None
    """How long somebody who joins now is expected to wait."""
    abandon_share: Shares | None = None
    """Share of the callers of the last ``window`` who hung up while they waited."""
    forecast_shortfall: Amounts | None = None
    """People missing now and in the next quarter of an hour: required by the forecast, less the queues' own staff who
    are there and have not paused. Whom a tier brings does not count, so they stay as long as they are needed."""
    promise_used: Shares | None = None
    """How much of what his tier of customers is promised a waiting caller has used up: the caller's who has used most.
    At 100% the promise breaks."""

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """Its rows, each explained by what it measures: of a reference editors show the words of what it leads to."""
        schema = schemas.fields(cls)
        rows = {
            key: {**schemas.fields(_SHAPES[key]), **{word: text for word, text in row.items() if word != "$ref"}}
            for key, row in schema["properties"].items()
        }
        return {**schema, "properties": rows}

    @property
    def rows(self) -> Mapping[Measure, Row]:
        """The rows that are written, by what they measure."""
        return dict(self._rows())

    def _rows(self) -> Iterator[tuple[Measure, Row]]:
        for measure in Measure:
            row = getattr(self, measure.value)
            if row is not None:
                yield measure, row


_SHAPES: Mapping[str, type] = {
    Measure.LONGEST_WAIT: Waits,
    Measure.WAITING_PER_AVAILABLE: Amounts,
    Measure.SERVICE_LEVEL: Shares,
    Measure.EXPECTED_WAIT: Waits,
    Measure.ABANDON_SHARE: Shares,
    Measure.FORECAST_SHORTFALL: Amounts,
    Measure.PROMISE_USED: Shares,
}
