"""How calls begin: every line, from outside and from agents, by callers whom the flows can tell apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice, product

from ivrctl.flow.exploring.relevance import Relevance
from ivrctl.flow.flow_file import Line
from ivrctl.model.dial_pattern import NUMBER, DialPattern, best_match

MAX_CALLERS = 8
MAX_REGIONS = 24
"""Callers of other regions; more are not tried: each is a walk of its own through all that depends on the region."""
MAX_TRIED = 2000
"""Numbers of a pattern that are tried: one that no narrower line takes is among the first."""

WITHHELD = ""
_FILL = "1234567890"
_SHORTEST = 8
"""Characters from which on a literal is taken for a whole number, and before that for its beginning."""


@dataclass(frozen=True, slots=True)
class Start:
    """How a call begins."""

    line: str
    """As its flow declares it: a number or a pattern."""
    number: str
    """What is dialled."""
    caller: str
    """In E.164; empty when withheld."""
    is_from_agents: bool
    """An agent's phone dials, or an agent transfers a caller."""
    moment: int
    """The number of the moment at which it is made."""
    is_ordinary: bool = True
    """False for a caller whom guards tell apart by his number or its regions."""


def starts_of(site: Relevance, caller: str, moments: int) -> Iterator[Start]:
    """Every way in which a call can begin on every line.

    Args:
        site: with its flows.
        caller: an ordinary one, in E.164.
        moments: how many there are.
    """
    callers = callers_of((site,), caller)
    for declared, (_, line) in site.program.lines.items():
        for number in numbers_of(site, declared):
            yield from starts_on(declared, number, line, callers, moments)


def starts_on(declared: str, number: str, line: Line | None, callers: Sequence[str], moments: int) -> Iterator[Start]:
    """The ways in which a call to one number can begin."""
    froms = (True, False) if line is not None and line.from_ == "agents" else (False,)
    for is_from_agents in froms:
        for caller in callers:
            for moment in range(moments):
                yield Start(declared, number, caller, is_from_agents, moment, caller == callers[0])


def callers_of(sites: Sequence[Relevance], caller: str) -> tuple[str, ...]:
    """Callers whom guards can tell apart: an ordinary one, one that withholds his number, those that are named.

    And for each set of regions that guards can tell apart a number of it.
    """
    found = [caller]
    if any(site.is_read(("caller", "number")) for site in sites):
        named = sorted(
            {value for site in sites for value in site.literals if isinstance(value, str) and _is_dialled(value)}
        )
        whole = [value if len(value) >= _SHORTEST else value + _FILL for value in named]
        found = list(dict.fromkeys([caller, WITHHELD, *whole]))[:MAX_CALLERS]
    return tuple(dict.fromkeys([*found, *islice(_of_other_regions(sites, caller), MAX_REGIONS)]))


def _of_other_regions(sites: Sequence[Relevance], caller: str) -> Iterator[str]:
    """Numbers that the guards of these sites tell from an ordinary one and from each other."""
    asked = [site.regions_asked for site in sites]
    if not any(asked):
        return
    tables = [site.program.regions for site in sites]
    different = [table for index, table in enumerate(tables) if table not in tables[:index]]
    numbers = chain([WITHHELD], *(table.examples(len(caller) - 1) for table in different))
    seen = set()
    for number in chain([caller], numbers):
        regions = tuple(table.of(number) & names for table, names in zip(tables, asked, strict=True))
        if regions not in seen:
            seen.add(regions)
            if number != caller:
                yield number


def _is_dialled(value: str) -> bool:
    return NUMBER.match(value) is not None and value.lstrip("+").isdecimal()


def numbers_of(site: Relevance, declared: str) -> tuple[str, ...]:
    """What is dialled to reach a line: itself; of a pattern one number, and those that guards name.

    Empty for a pattern of which narrower lines take everything.
    """
    patterns = site.program.patterns
    if patterns[declared].is_exact:
        return (declared,)
    named = site.literals if site.is_read(("call", "line")) else frozenset()
    numbers = [_first(declared, patterns[declared], site), *sorted(str(value) for value in named)]
    return tuple(dict.fromkeys(number for number in numbers if number and best_match(patterns, number) == declared))


def _first(declared: str, pattern: DialPattern, site: Relevance) -> str:
    tail = "0" if declared.endswith(".") else ""
    tried = ("".join(keys) + tail for keys in product(*(sorted(place) for place in pattern.places)))
    patterns = site.program.patterns
    return next((number for number in islice(tried, MAX_TRIED) if best_match(patterns, number) == declared), "")
