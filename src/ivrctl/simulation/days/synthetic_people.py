"""Who works on a synthetic day, and who is available for backup: entries of a file and agents of a site as people."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import TypeAlias

from ivrctl.simulation.day import Pause, Shift, SimulatedAgent
from ivrctl.simulation.days.call_rates import hours_of
from ivrctl.simulation.days.day_file import BackupEntry, BreakKeys, DayFile, StaffEntry
from ivrctl.site.opening import Opening
from ivrctl.site.phones import phone_of_number
from ivrctl.site.site_file import Site
from ivrctl.staffing.policy_files.thresholds import Share
from ivrctl.staffing.policy_files.written import Duration

Clock: TypeAlias = Callable[[int], float]
"""Seconds since the day's beginning, of minutes since midnight by the clock."""


def people_of(file: DayFile, site: Site, clock: Clock) -> tuple[SimulatedAgent, ...]:
    """Everybody, each once: those who work in the order of the file, then those who are only available."""
    people = {agent.number: agent for entry in file.staff for agent in _staff(entry, file, site, clock)}
    for number, available in _available(file, site, clock).items():
        known = people.get(number)
        people[number] = available if known is None else replace(known, on_call=available.on_call)
    return tuple(people.values())


def interface_of(number: str, site: Site) -> str:
    """What the queues ring; for one without a phone his number, which nobody else has."""
    phone = phone_of_number(site, number)
    return number if phone is None else phone.interface


def _staff(entry: StaffEntry, file: DayFile, site: Site, clock: Clock) -> Iterator[SimulatedAgent]:
    numbers = [number for number, _ in entry.numbers(site)]
    if entry.count is not None:
        place = file.staff.index(entry) + 1
        numbers = [f"staff-{place}-{each}" for each in range(1, entry.count.number + 1)]
    for index, number in enumerate(numbers):
        plain = SimulatedAgent(number, interface_of(number, site))
        yield SimulatedAgent(
            number=number,
            interface=plain.interface,
            penalties=MappingProxyType(_penalties(number, entry, file, site)),
            shifts=tuple(_shifts(entry, file, (index, len(numbers)), clock)),
            answers=_share(entry.answers, plain.answers),
            answers_after=_seconds(entry.answers_after, plain.answers_after),
            comes_when_asked=_share(entry.comes_when_asked, plain.comes_when_asked),
            comes_after=_seconds(entry.comes_after, plain.comes_after),
        )


def _penalties(number: str, entry: StaffEntry, file: DayFile, site: Site) -> dict[str, int]:
    if entry.queues:
        return {str(queue): penalty.number for queue, penalty in entry.queues.items()}
    agent = site.agents.get(number)
    own = {} if agent is None else agent.queues
    return {str(queue): penalty for queue, penalty in own.items() if queue in file.queues}


def _shifts(entry: StaffEntry, file: DayFile, place: tuple[int, int], clock: Clock) -> Iterator[Shift]:
    """The shifts of one of several, each with the breaks that lie in it."""
    pauses = sorted((_pause(each, place, clock) for each in entry.breaks), key=lambda pause: pause.began)
    for began, ended in _times(hours_of(file) if entry.hours is None else entry.hours.openings, clock):
        yield Shift(began, ended, tuple(each for each in pauses if began <= each.began and each.ended <= ended))


def _pause(each: BreakKeys, place: tuple[int, int], clock: Clock) -> Pause:
    """His break: the first of them has it at the beginning, the last at the end, the others evenly between them."""
    index, many = place
    lasts = each.lasts.length.total_seconds()
    first, last = clock(each.between.opening.start), clock(each.between.opening.end) - lasts
    began = first + (round((last - first) * index / (many - 1)) if many > 1 else 0.0)
    return Pause(began, began + lasts, str(each.reason or ""))


def _available(file: DayFile, site: Site, clock: Clock) -> Mapping[str, SimulatedAgent]:
    """Who may be called in, by number; somebody in several groups is as the first of them says."""
    found: dict[str, SimulatedAgent] = {}
    for group, entry in _groups(file, site):
        openings = hours_of(file) if entry is None or entry.hours is None else entry.hours.openings
        on_call = tuple(Shift(began, ended) for began, ended in _times(openings, clock))
        for number in map(str, site.groups.get(group, ())):
            plain = SimulatedAgent(number, interface_of(number, site), on_call=on_call)
            if entry is not None:
                answers, after = (
                    _share(entry.answers, plain.answers),
                    _seconds(entry.answers_after, plain.answers_after),
                )
                plain = replace(plain, answers=answers, answers_after=after)
            found.setdefault(number, plain)
    return found


def _groups(file: DayFile, site: Site) -> Iterator[tuple[str, BackupEntry | None]]:
    if file.backup is None:
        yield from ((str(group), None) for group in site.groups)
    else:
        yield from ((str(entry.group), entry) for entry in file.backup)


def _times(openings: Sequence[Opening], clock: Clock) -> Iterator[tuple[float, float]]:
    """Stretches that touch are one; a stretch that a change of the clock leaves out is none."""
    began = ended = -1.0
    for opening in openings:
        first, last = clock(opening.start), clock(opening.end)
        if first <= ended:
            ended = max(ended, last)
            continue
        if began < ended:
            yield began, ended
        began, ended = first, last
    if began < ended:
        yield began, ended


def _share(given: Share | None, otherwise: float) -> float:
    return otherwise if given is None or given.amount is None else given.amount


def _seconds(given: Duration | None, otherwise: float) -> float:
    return otherwise if given is None else given.length.total_seconds()
