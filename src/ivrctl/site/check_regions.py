"""What is wrong with the regions of a site and their tables, and the table of numbers that they make."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ivrctl.lang.binder import beginning
from ivrctl.lang.findings import Findings, did_you_mean, shortened
from ivrctl.lang.source import Word
from ivrctl.site.areas import Areas
from ivrctl.site.check import COUNTRY
from ivrctl.site.numbering_plan import NumberingPlan
from ivrctl.site.region_files import MAX_TOLD, Claims, is_table, read_tables, unknown_region
from ivrctl.site.regions import NOWHERE, Names, Region, RegionTable, closed_upwards, table_of
from ivrctl.site.site_file import Site

MAX_REGIONS = 1000
"""Regions of one site: to know who holds whom takes the square of that."""


def bind_regions(
    site: Site, files: Mapping[str, bytes], areas_of: Callable[[str], Areas], findings: Findings
) -> RegionTable:
    """The table of a site's regions.

    Args:
        site: bound.
        files: those of the site; its tables of prefixes are read.
        areas_of: the areas of a calling code; asked only when a region names places.
        findings: receives what is wrong.
    """
    regions = site.regions
    if not regions and not any(map(is_table, files)):
        return RegionTable()
    if len(regions) > MAX_REGIONS:
        span = beginning(next(iter(regions.values())).span)
        findings.error("IVR208", span, f"a site has at most {MAX_REGIONS} regions, not {len(regions)}")
        return RegionTable()
    country = site.numbers.country
    plan = NumberingPlan.of(str(country))
    if not plan.code:
        if COUNTRY.fullmatch(country):
            message = f'"{country}" is no country with a numbering plan'
            findings.error("IVR202", country.span, message, "such as CN (ISO 3166)")
        return RegionTable()
    own = Findings()
    claims = Claims(plan, regions, own)
    _claim_prefixes(regions, claims)
    read_tables(files, claims)
    _check_held(regions, own)
    areas = areas_of(plan.code) if any(region.places for region in regions.values()) else None
    chosen = {} if areas is None else _chosen(regions, areas.by_place(), own)
    if not own.items:
        _check_empty(regions, claims, own)
    findings.items += own.items
    return table_of(regions, claims.taken, chosen, areas)


def _claim_prefixes(regions: Mapping[str, Region], claims: Claims) -> None:
    for name, region in regions.items():
        for prefix in region.prefixes:
            claims.claim(prefix, str(name), prefix.span)


def _check_held(regions: Mapping[str, Region], findings: Findings) -> None:
    """Report regions held that do not exist, and those that hold themselves through others."""
    holders = closed_upwards(regions)
    held_by = [(name, held) for name, region in regions.items() for held in region.holds]
    for held in [held for _, held in held_by if held not in regions][:MAX_TOLD]:
        unknown_region(held, held.span, regions, findings)
    told: set[str] = set()
    for name, held in held_by:
        # Whoever holds this region is held by it.
        if held in holders[name] and name not in told:
            told |= {other for other in holders[name] if name in holders[other]}
            message = f'the region "{name}" would hold itself'
            through = message if held == name else f'{message} through "{held}"'
            findings.error("IVR226", held.span, through, "a region holds smaller ones: remove one of the two ways")


def _chosen(
    regions: Mapping[str, Region], by_place: Mapping[str, frozenset[int]], findings: Findings
) -> Mapping[int, Names]:
    """The regions that name each area."""
    chosen: dict[int, Names] = {}
    unknown: list[Word] = []
    for name, region in regions.items():
        for place in region.places:
            if place not in by_place:
                unknown.append(place)
            for area in by_place.get(str(place), ()):
                chosen[area] = chosen.get(area, NOWHERE) | {str(name)}
    for place in unknown[:MAX_TOLD]:
        message = f'the geographic data of the country has no place "{shortened(place)}"'
        advice = did_you_mean(place, by_place) or "write its prefixes instead"
        findings.error("IVR228", place.span, message, advice)
    return chosen


def _check_empty(regions: Mapping[str, Region], claims: Claims, findings: Findings) -> None:
    """Report regions that no number can be in."""
    filled = set(claims.taken.values())
    for name, region in regions.items():
        if not region.places and not region.holds and name not in filled:
            span = name.span if isinstance(name, Word) else region.span
            message = f'nobody can be in the region "{name}"'
            findings.warning("IVR229", span, message, "give it places, prefixes, or regions that it holds")
