"""Regions: where callers are, by the beginning of their number, as the site declares it.

A region is made of places, whose prefixes phonenumbers' geographic data has, of prefixes of its own, in the site file
or in a table beside it (``region_files``), and of other regions that it holds. ``check_regions`` makes the table of
them all when a site is compiled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated

from ivrctl.lang.marks import NameOf
from ivrctl.lang.source import Span, Word
from ivrctl.site.areas import Areas
from ivrctl.site.prefixes import PrefixTable

Names = frozenset[str]
"""Of regions."""

NOWHERE: Names = frozenset()

_FILLS = ("0000000000", "5555555555", "9999999999")


@dataclass(frozen=True, slots=True)
class Region:
    """Callers of one region: ``"NAME" in caller.regions``."""

    span: Span
    places: tuple[Word, ...] = ()
    """Names of places of the site's country, as the geographic data of phonenumbers writes them, in any of its
    languages: ``广东省``, ``Guangdong``, ``深圳市``."""
    prefixes: tuple[Word, ...] = ()
    """Beginnings of numbers, national or in E.164, or whole numbers: ``"021"``, ``"+8613900139000"``. Many stand in a
    table beside the site file, ``NAME.regions.csv``."""
    holds: tuple[Annotated[Word, NameOf("regions")], ...] = ()
    """Other regions: who is in one of them is in this one too."""


@dataclass(frozen=True, slots=True)
class RegionTable:
    """Which regions a number belongs to."""

    own: PrefixTable = field(default_factory=PrefixTable)
    """The site's own prefixes; values are places in ``sets``."""
    areas: Areas = field(default_factory=Areas)
    """Those that regions can name as places."""
    sets_of_areas: tuple[int, ...] = ()
    """For each area its place in ``sets``; one that is in no region has the first."""
    sets: tuple[Names, ...] = (NOWHERE,)

    def of(self, number: str) -> Names:
        """The regions of a number in E.164: of the longest prefix that fits, and all that hold them.

        An extension, a short code and a number that is withheld belong to none.
        """
        digits = number[1:]
        if number[:1] != "+" or not (digits.isascii() and digits.isdigit()):
            return NOWHERE
        own_length, own = self.own.find(digits)
        place_length, area = self.areas.prefixes.find(digits)
        place = self.sets_of_areas[area] if place_length else 0
        return self.sets[own if own_length >= place_length or not place else place]

    def examples(self, digits: int) -> Iterator[str]:
        """Numbers of so many digits in E.164, of every stretch that the table tells apart."""
        for table in (self.own, self.areas.with_values(self.sets_of_areas)):
            for beginning, value in table.beginnings():
                for fill in _FILLS:
                    number = f"+{beginning}{fill[: max(0, digits - len(beginning))]}"
                    if self.of(number) == self.sets[value]:
                        yield number
                        break


def table_of(
    regions: Mapping[str, Region], own: Mapping[str, str], chosen: Mapping[int, Names], areas: Areas | None
) -> RegionTable:
    """The table of regions that were checked.

    Args:
        regions: by name.
        own: the region of each prefix that is the site's own, in E.164 without its plus.
        chosen: the regions of each area that one names as a place.
        areas: those of the site's country, where a region names places.
    """
    closed = closed_upwards(regions)
    sets: dict[Names, int] = {NOWHERE: 0}

    def number_of(names: Names) -> int:
        return sets.setdefault(frozenset().union(*(closed[name] for name in names)), len(sets))

    numbers = {name: number_of(frozenset({name})) for name in regions}
    owned = PrefixTable.of({prefix: numbers[name] for prefix, name in own.items()})
    if areas is None:
        return RegionTable(owned, sets=tuple(sets))
    sets_of_areas = tuple(number_of(chosen.get(area, NOWHERE)) for area in range(len(areas.names)))
    return RegionTable(owned, areas, sets_of_areas, tuple(sets))


def closed_upwards(regions: Mapping[str, Region]) -> Mapping[str, Names]:
    """For each region itself and all that hold it, directly or through others."""
    holders: dict[str, list[str]] = {name: [] for name in regions}
    for name, region in regions.items():
        for held in region.holds:
            if held in holders:
                holders[held].append(name)
    return {name: frozenset(_reached(name, holders)) for name in regions}


def _reached(name: str, following: Mapping[str, list[str]]) -> set[str]:
    found, ahead = {name}, [name]
    while ahead:
        for each in following[ahead.pop()]:
            if each not in found:
                found.add(each)
                ahead.append(each)
    return found
