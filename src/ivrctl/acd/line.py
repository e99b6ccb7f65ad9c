"""The callers of a queue in their order, and frozen mappings with one entry more or less."""

from __future__ import annotations

from types import MappingProxyType
from typing import TypeVar

from ivrctl.acd.picture import Frozen, WaitingCaller

_Value = TypeVar("_Value")


def with_entry(mapping: Frozen[_Value], key: str, value: _Value) -> Frozen[_Value]:
    """The mapping with an entry, new or instead of what stood there."""
    entries = mapping.copy()
    entries[key] = value
    return MappingProxyType(entries)


def without_entry(mapping: Frozen[_Value], key: str) -> Frozen[_Value]:
    """The mapping without an entry."""
    if key not in mapping:
        return mapping
    entries = mapping.copy()
    del entries[key]
    return MappingProxyType(entries)


def in_line(callers: Frozen[WaitingCaller], caller: WaitingCaller) -> Frozen[WaitingCaller]:
    """The callers with one more at his position; those from there on are one further behind."""
    if caller.position > len(callers):
        return with_entry(callers, caller.uniqueid, caller)
    line: dict[str, WaitingCaller] = {}
    for uniqueid, each in callers.items():
        if each.position < caller.position:
            line[uniqueid] = each
        else:
            line.setdefault(caller.uniqueid, caller)
            line[uniqueid] = at_position(each, each.position + 1)
    line.setdefault(caller.uniqueid, caller)
    return MappingProxyType(line)


def closed_up(callers: Frozen[WaitingCaller], gone: WaitingCaller) -> Frozen[WaitingCaller]:
    """The callers without one; those behind him are one further in front."""
    return moved_up(without_entry(callers, gone.uniqueid), gone.position)


def moved_up(callers: Frozen[WaitingCaller], position: int) -> Frozen[WaitingCaller]:
    """Whoever is behind a position is one further in front."""
    if position < 1:
        return callers
    return MappingProxyType(
        {
            uniqueid: each if each.position <= position else at_position(each, each.position - 1)
            for uniqueid, each in callers.items()
        }
    )


# ``dataclasses.replace`` takes four times as long, for everybody behind one who leaves.
def at_position(caller: WaitingCaller, position: int) -> WaitingCaller:
    """The caller at another position."""
    return WaitingCaller(
        caller.uniqueid,
        caller.linkedid,
        caller.channel,
        caller.number,
        position,
        caller.joined_at,
        caller.priority,
        caller.ringing,
    )


def rung_by(caller: WaitingCaller, ringing: tuple[str, ...]) -> WaitingCaller:
    """The caller with other phones that ring for him."""
    return WaitingCaller(
        caller.uniqueid,
        caller.linkedid,
        caller.channel,
        caller.number,
        caller.position,
        caller.joined_at,
        caller.priority,
        ringing,
    )
