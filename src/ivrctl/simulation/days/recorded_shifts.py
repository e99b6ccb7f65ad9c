"""When agents were at work, from their spans: shifts with pauses, in seconds of the day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from ivrctl.acd.stay import AgentSpan, AgentState
from ivrctl.simulation.day import Pause, Shift

BRIDGED = 5.0
"""Seconds between two spans of one agent that are no sign-off: logs have whole seconds, and phones blink."""
_PAUSED = {AgentState.PAUSED, AgentState.BUSY}
"""Signed on, and not to be rung: on the phone otherwise is a pause without a reason."""
_ALONE = {AgentState.TALKING, AgentState.RINGING, AgentState.PAUSED}
"""What a log tells of members of queues.conf, who never sign on."""


@dataclass(frozen=True, slots=True)
class Shifts:
    """Of everybody, by interface."""

    of: Mapping[str, tuple[Shift, ...]]
    """Those who were signed on."""
    alone: frozenset[str] = frozenset()
    """Of these only talks and pauses are known: they are taken to be at work from the first to the last."""


class _Stretch(NamedTuple):
    """A span in seconds of the day."""

    began: float
    ended: float
    state: AgentState
    reason: str


def shifts_of(spans: Iterable[AgentSpan], begins: datetime, lasts: float, now: datetime) -> Shifts:
    """The shifts of a day.

    Args:
        spans: those that touch it, in any order.
        begins: the moment of its second 0.
        lasts: its seconds; what lies outside is cut off.
        now: until when a span lasts that has not ended.
    """
    by_interface: defaultdict[str, list[_Stretch]] = defaultdict(list)
    for span in spans:
        began = max(0.0, (span.began_at - begins).total_seconds())
        ended = min(lasts, ((span.ended_at or now) - begins).total_seconds())
        if began < ended:
            by_interface[span.interface].append(_Stretch(began, ended, span.state, span.reason))
    of, alone = {}, set()
    for interface, stretches in sorted(by_interface.items()):
        stretches.sort(key=lambda stretch: stretch.began)
        states = {stretch.state for stretch in stretches}
        is_alone = states <= _ALONE and states != {AgentState.PAUSED}
        if is_alone:
            alone.add(interface)
        present = [stretch for stretch in stretches if stretch.state is not AgentState.AWAY]
        times = [(stretches[0].began, max(each.ended for each in stretches))] if is_alone else list(_joined(present))
        if times:
            of[interface] = tuple(_shift(began, ended, present) for began, ended in times)
    return Shifts(of, frozenset(alone))


def _joined(stretches: Sequence[_Stretch]) -> Iterator[tuple[float, float]]:
    """The times in which one stretch follows the other."""
    began = ended = -2 * BRIDGED
    for stretch in stretches:
        if stretch.began - ended > BRIDGED:
            if began < ended:
                yield began, ended
            began = stretch.began
        ended = max(ended, stretch.ended)
    if began < ended:
        yield began, ended


def _shift(began: float, ended: float, stretches: Sequence[_Stretch]) -> Shift:
    inside = (each for each in stretches if each.state in _PAUSED and began <= each.began and each.ended <= ended)
    return Shift(began, ended, tuple(_pauses(inside)))


def _pauses(stretches: Iterable[_Stretch]) -> Iterator[Pause]:
    """Pauses that touch are one, with the reason of the first that has one; a moment is none."""
    before: Pause | None = None
    for each in stretches:
        reason = each.reason if each.state is AgentState.PAUSED else ""
        if before is not None and each.began - before.ended <= BRIDGED:
            before = Pause(before.began, max(before.ended, each.ended), before.reason or reason)
            continue
        if before is not None and before.ended - before.began > BRIDGED:
            yield before
        before = Pause(each.began, each.ended, reason)
    if before is not None and before.ended - before.began > BRIDGED:
        yield before
