"""Reads what ``json_form`` wrote, also in another release: what cannot be read begins anew, and is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from functools import partial
from math import isnan
from typing import Any, Generic, TypeVar

from ivrctl.staffing.decision import (
    Cause,
    Comparison,
    Decision,
    Memory,
    PersonMemory,
    Reason,
    SentHome,
    TierMemory,
    Wanted,
)
from ivrctl.staffing.json_form import VERSION
from ivrctl.staffing.policy import Measure

_Value = TypeVar("_Value")
_Code = TypeVar("_Code", bound=StrEnum)
_UNREADABLE = (KeyError, ValueError, TypeError, AttributeError, OverflowError)


@dataclass(frozen=True, slots=True)
class Recovered(Generic[_Value]):
    """What could be read."""

    value: _Value
    lost: tuple[str, ...] = ()
    """What could not, in sentences; empty when all could."""


@dataclass(slots=True)
class _Reader:
    """Reads part by part."""

    lost: list[str] = field(default_factory=list)

    def take(self, what: str, read: Callable[[], _Value], otherwise: _Value) -> _Value:
        """One part; ``otherwise`` where it cannot be read."""
        try:
            return read()
        except _UNREADABLE as error:
            self.lost.append(f"{what} cannot be read, and begins anew: {error!r}")
            return otherwise

    def each(self, what: str, given: object, read: Callable[[Any], _Value]) -> dict[str, _Value]:
        """The entries of a mapping, each by itself."""
        nothing: Mapping[str, Any] = {}
        found: dict[str, _Value] = {}
        for name, entry in self.take(f"each {what}", lambda: _mapping(given), nothing).items():
            value = self.take(f"{what} {name}", partial(read, entry), None)
            if value is not None:
                found[name] = value
        return found


def memory_from_json(form: object) -> Recovered[Memory]:
    """The memory, as far as it can be read: a tier or a person that cannot begins anew, and so does a moment."""
    reader = _Reader()
    nothing: Mapping[str, Any] = {}
    given = reader.take("what was remembered", lambda: _mapping(form), nothing)
    if given and given.get("version") != VERSION:
        reader.lost.append(f"what was remembered is of version {given.get('version')!r}, not {VERSION}")
    memory = Memory(
        tiers=reader.each("tier", given.get("tiers", {}), _tier),
        calm_since=reader.take("since when it is calm", lambda: _moment(given.get("calm_since")), None),
        people=reader.each("person", given.get("people", {}), _person),
        changes=reader.take("the changes of the last hour", lambda: tuple(map(_at, given.get("changes", ()))), ()),
        warned=reader.take("who was warned", lambda: _text(given.get("warned", "")), ""),
        decided_at=reader.take("the last decision", lambda: _moment(given.get("decided_at")), None),
    )
    return Recovered(memory, tuple(reader.lost))


def decision_from_json(form: Mapping[str, Any]) -> Decision:
    """A decision without its memory, which is kept by itself.

    Raises:
        KeyError, ValueError, TypeError, AttributeError: it is none, or says what only a later release knows.
    """
    at, wanted = _at(form["at"]), [_wanted(each) for each in form.get("desired", ())]
    return Decision(
        at=at,
        desired={(each.queue, each.interface): each for each in wanted},
        reasons=reasons_from_json(form.get("reasons", ())),
        memory=Memory(),
        wake_at=_at(form["wake_at"]),
        hold=_text(form.get("hold", "")),
        asked=_texts(form.get("asked", ())),
        called_in=_texts(form.get("called_in", ())),
        warning=_comparison(form["warning"]) if "warning" in form else None,
        warned_tier=_text(form.get("warned_tier", "")),
    )


def reasons_from_json(form: Iterable[Mapping[str, Any]]) -> tuple[Reason, ...]:
    """Why each tier is in or out.

    Raises:
        KeyError, ValueError, TypeError: it is of another form.
    """
    return tuple(map(_reason, form))


def _tier(form: Mapping[str, Any]) -> TierMemory:
    return TierMemory(
        is_in=bool(form.get("is_in")),
        changed_at=_moment(form.get("changed_at")),
        met_since={
            Measure(name): _at(since)
            for name, since in _mapping(form.get("met_since", {})).items()
            if name in set(Measure)
        },
        answered_at=_moment(form.get("answered_at")),
        asked=frozenset(_texts(form.get("asked", ()))),
        cause=_known(Cause, form.get("cause")) or Cause.STEADY,
    )


def _person(form: Mapping[str, Any]) -> PersonMemory:
    return PersonMemory(
        is_in=bool(form.get("is_in")),
        came_at=_moment(form.get("came_at")),
        left_at=_moment(form.get("left_at")),
        sight=int(form.get("sight", -1)),
        seen=frozenset(_texts(form.get("seen", ()))),
        absent_since=_moment(form.get("absent_since")),
        sent_home_by=_known(SentHome, form.get("sent_home_by")),
    )


def _wanted(form: Mapping[str, Any]) -> Wanted:
    texts = (_text(form.get(name, "")) for name in ("name", "state_interface"))
    return Wanted(_text(form["queue"]), _text(form["interface"]), int(form["penalty"]), _text(form["tier"]), *texts)


def _reason(form: Mapping[str, Any]) -> Reason:
    return Reason(
        tier=_text(form["tier"]),
        cause=Cause(form["cause"]),
        is_in=bool(form.get("is_in")),
        is_change=bool(form.get("is_change")),
        comparisons=tuple(map(_comparison, form.get("comparisons", ()))),
        until=_moment(form.get("until")),
        order=_text(form.get("order", "")),
        ordered_by=_text(form.get("ordered_by", "")),
        order_reason=_text(form.get("order_reason", "")),
        nearest=_comparison(form["nearest"]) if "nearest" in form else None,
    )


def _comparison(form: Mapping[str, Any]) -> Comparison:
    value = form.get("value")
    return Comparison(
        measure=Measure(form["measure"]),
        value=None if value is None else _number(value),
        threshold=_number(form["threshold"]),
        queue=_text(form.get("queue", "")),
        is_met=bool(form.get("is_met")),
        since=_moment(form.get("since")),
        tier=_text(form.get("tier", "")),
    )


def _known(codes: type[_Code], given: object) -> _Code | None:
    """A code; None for one that only a later release knows: what else is remembered counts all the same."""
    return next((code for code in codes if code == given), None)


def _mapping(given: object) -> Mapping[str, Any]:
    if not isinstance(given, Mapping):
        raise TypeError(f"a mapping is due, not {type(given).__name__}")
    return given


def _text(given: object) -> str:
    if not isinstance(given, str):
        raise TypeError(f"a text is due, not {type(given).__name__}")
    return given


def _texts(given: Iterable[object]) -> tuple[str, ...]:
    if isinstance(given, str):
        raise TypeError("a list of texts is due, not a text")
    return tuple(map(_text, given))


def _number(given: object) -> float:
    number = float(given) if isinstance(given, int | float | str) else float("nan")
    if isnan(number):
        raise ValueError(f"{given!r} is no figure")
    return number


def _moment(given: object) -> datetime | None:
    return None if given is None else _at(given)


def _at(given: object) -> datetime:
    moment = datetime.fromisoformat(_text(given))
    if moment.tzinfo is None:
        raise ValueError(f"{given} has no zone")
    # A moment at the end of time cannot be reckoned with.
    if not timedelta(days=1) < moment - datetime.min.replace(tzinfo=moment.tzinfo) < timedelta(days=3_600_000):
        raise ValueError(f"{given} is no moment of this time")
    return moment
