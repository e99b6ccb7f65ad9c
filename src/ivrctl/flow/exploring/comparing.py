"""Two sites compared by what becomes of their callers: which of them fare differently, one sentence for each cause.

Every call is made on both sites at once and followed as long as it fares alike. Differences that say the same of the
same places are one, with a count of the ways that lead there and the shortest of them as its witness.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from heapq import heappop, heappush
from itertools import count

from ivrctl.flow.call import World
from ivrctl.flow.exploring.answers import Answers
from ivrctl.flow.exploring.crowds import told_of
from ivrctl.flow.exploring.differences import Kind, Parting, Steps, partings
from ivrctl.flow.exploring.moments import moments_of
from ivrctl.flow.exploring.origins import Origins
from ivrctl.flow.exploring.pairing import Pair, Sites
from ivrctl.flow.exploring.relevance import Relevance
from ivrctl.flow.exploring.starts import Start, callers_of, numbers_of, starts_on
from ivrctl.flow.exploring.survey import LineSurvey, Survey
from ivrctl.flow.exploring.territory import MOST_STATES
from ivrctl.flow.exploring.wording import Witness
from ivrctl.flow.program import Program
from ivrctl.model.queue_facts import UNKNOWN

MOST_LINES_NAMED = 3
"""Lines that a sentence names besides its own."""


@dataclass(slots=True)
class Difference:
    """Which callers fare how differently."""

    parting: Parting
    witness: Witness
    """The one with the fewest keys."""
    tries: int
    """How often they are asked now at the last question before it, where they were asked once."""
    lines: dict[str, None] = field(default_factory=dict)
    """On which lines, in the order found."""
    ways: int = 0
    """How many ways lead there."""
    nodes: set[int] = field(default_factory=set)
    """The states from which they do, by their numbers."""

    @property
    def kind(self) -> Kind:
        """What differs."""
        return self.parting.kind

    @property
    def sentence(self) -> str:
        """The difference as one sentence or two."""
        now = f"now, asked {self.tries} times, {self.parting.now}" if self.tries > 1 else f"now {self.parting.now}"
        return f"{self.witness.callers}: {self.parting.was}; {now}.{self._extent}"

    @property
    def _extent(self) -> str:
        ways = f"{self.ways} ways" if self.ways > 1 else ""
        others = [line for line in self.lines if line != self.witness.start.line]
        more = len(others) - MOST_LINES_NAMED
        named = ", ".join(others[:MOST_LINES_NAMED]) + (f" and {more} more lines" if more > 0 else "")
        told = ", ".join(filter(None, (ways, f"also on {named}" if others else "")))
        return f" ({told})" if told else ""

    def to_json(self) -> Mapping[str, object]:
        """Its form in reports."""
        return {
            "kind": str(self.kind),
            "was": self.parting.was,
            "now": self.parting.now,
            "sentence": self.sentence,
            "ways": self.ways,
            "lines": list(self.lines),
            "witness": self.witness.to_json(),
        }


@dataclass(slots=True)
class Comparison:
    """What was found."""

    differences: list[Difference] = field(default_factory=list)
    pairs: int = 0
    """States of both sites together that were walked."""
    bounds: list[str] = field(default_factory=list)
    """The bounds that were met: then there may be more."""

    def sorted(self) -> list[Difference]:
        """The gravest first, and of these the ones with the fewest keys."""
        order = {kind: number for number, kind in enumerate(Kind)}
        return sorted(self.differences, key=lambda each: (order[each.kind], each.witness.cost))

    def to_json(self) -> Mapping[str, object]:
        """Its form in reports."""
        told = [each.to_json() for each in self.sorted()]
        return {"format_version": 1, "differences": told, "pairs": self.pairs, "bounds": self.bounds}


@dataclass(slots=True)
class Comparer:
    """Walks two sites in step; ``walk`` yields now and then, so that somebody can look at the clock."""

    before: Program
    now: Program
    at: datetime
    caller: str
    """An ordinary one, in E.164."""
    most_pairs: int = MOST_STATES
    comparison: Comparison = field(init=False, default_factory=Comparison)
    _sites: Sites = field(init=False)
    _steps: Steps = field(init=False)
    _moments: tuple[World, ...] = field(init=False)
    _found: dict[Hashable, Difference] = field(init=False, default_factory=dict)
    _first: dict[Start, Hashable] = field(init=False, default_factory=dict)
    """Where each call begins: those that begin alike go on alike."""
    _origins: Origins = field(init=False, default_factory=Origins)
    _numbers: dict[Hashable, int] = field(init=False, default_factory=dict)
    _done: set[int] = field(init=False, default_factory=set)
    _ahead: list[tuple[int, int, int, Pair]] = field(init=False, default_factory=list)
    """What is still to be walked, the fewest keys first; of calls that come to one state the shortest is."""
    _tie: Iterator[int] = field(init=False, default_factory=count)

    def __post_init__(self) -> None:
        """Find out what matters to either site, and when calls are made."""
        both = (Relevance(self.before), Relevance(self.now))
        self._moments, is_all = moments_of(both, self.at)
        self._sites = Sites(*both, self._moments, Answers(both))
        self._steps = Steps.of(self.before, self.now)
        if not is_all:
            self.comparison.bounds.append(f"only {len(self._moments)} moments were tried")

    def walk(self, lines: frozenset[str] | None = None) -> Iterator[int]:
        """Walk from every line, or from some; yields the number of pairs behind each that is done."""
        for start in self._starts():
            if lines is None or start.line in lines:
                self._begin(start)
        while self._ahead:
            if self.comparison.pairs >= self.most_pairs:
                self.stop(f"only {self.most_pairs} states were compared, and there are more")
                return
            _, _, number, pair = heappop(self._ahead)
            if number in self._done:
                continue
            self._done.add(number)
            for following in self._sites.followed(pair):
                self._arrive(following, number)
            self.comparison.pairs += 1
            yield self.comparison.pairs
        self._conclude()

    def stop(self, bound: str) -> None:
        """Tell what has been found until now, and the bound that was met."""
        self.comparison.bounds.append(bound)
        self._conclude()

    # how calls begin

    def _starts(self) -> Iterator[Start]:
        callers = callers_of((self._sites.before, self._sites.now), self.caller)
        dialled: dict[str, str] = {}
        for site in (self._sites.before, self._sites.now):
            for declared in site.program.lines:
                for number in numbers_of(site, declared):
                    dialled.setdefault(number, declared)
        for number, declared in dialled.items():
            found = (site.program.line(number) for site in (self._sites.before, self._sites.now))
            for_agents = next((line for line in found if line is not None and line.from_ == "agents"), None)
            yield from starts_on(declared, number, for_agents, callers, len(self._moments))

    def _begin(self, start: Start) -> None:
        pair = self._sites.begin(start)
        if pair is not None:
            self._first[start] = self._sites.key(_noticed(pair))
            self._arrive(pair, self._origins.add(start))
            return
        is_new = self.before.line(start.number) is None
        parting = Parting(Kind.LINE, "reached nobody", "there is this line")
        if not is_new:
            parting = Parting(Kind.LINE, "were served", "there is no such line")
        key = (parting, start.line)
        if key not in self._found:
            node = self._origins.add(start)
            self._found[key] = Difference(parting, Witness(start, None, UNKNOWN, ()), 1, ways=1, nodes={node})

    # what happens to them

    def _arrive(self, pair: Pair, node: int) -> None:
        """Compare where a call has come to from a node, and go on from there if nobody has yet."""
        if pair.before.is_asking or pair.now.is_asking:
            self._push(pair, node)
            return
        told, goes_on = partings(pair, self._steps)
        for parting in told:
            self._tell(parting, pair, node)
        if goes_on:
            self._push(_noticed(pair), node)

    def _push(self, pair: Pair, node: int) -> None:
        key = self._sites.key(pair)
        if key not in self._numbers:
            self._numbers[key] = self._origins.add()
        if self._numbers[key] not in self._done:
            keys, _ = Witness(pair.start, None, UNKNOWN, pair.turns).cost
            heappush(self._ahead, (keys, next(self._tie), self._numbers[key], pair))
        self._origins.lead(node, self._numbers[key])

    def _tell(self, parting: Parting, pair: Pair, node: int) -> None:
        """Take note of a difference; of one that is known only that it is here too."""
        is_everywhere = parting.kind in {Kind.HEARS, Kind.LANGUAGE}
        places = () if is_everywhere else (pair.before.stop.place, pair.now.stop.place)
        witness = Witness(pair.start, None, UNKNOWN, pair.turns)
        known = self._found.setdefault((parting, places), Difference(parting, witness, _tries(parting, pair)))
        if witness.cost < known.witness.cost:
            known.witness, known.tries = witness, _tries(parting, pair)
        known.ways += 1
        known.nodes.add(node)

    def _conclude(self) -> None:
        """Say on which lines callers fare so, and when, where those of other moments do not."""
        self._origins.settle()
        self.comparison.differences = list(self._found.values())
        for difference in self._found.values():
            starts = tuple(self._origins.of(difference.nodes))
            difference.lines = dict.fromkeys(start.line for start in starts)
            start = difference.witness.start
            alike = sum(replace(other, moment=start.moment) == start for other in starts)
            is_always = alike == len(self._moments) and (not difference.witness.turns or self._begins_alike(start))
            if not is_always and difference.kind is not Kind.LINE:
                at, crowd = told_of(self._moments[start.moment], self._moments, self.now.site.zone)
                difference.witness = replace(difference.witness, at=at, crowd=crowd)

    def _begins_alike(self, start: Start) -> bool:
        """Whether a call goes as it does whenever it is made; else those of other moments come there by another one."""
        return len({self._first.get(replace(start, moment=moment)) for moment in range(len(self._moments))}) == 1


def _noticed(pair: Pair) -> Pair:
    """After everything since the last stop has been told."""
    return Pair(pair.start, pair.before.noticed(), pair.now.noticed(), pair.turns)


def _tries(parting: Parting, pair: Pair) -> int:
    """How often the last question is put now to callers who come somewhere else, and were asked once."""
    is_longer = parting.kind is Kind.ENDS and len(pair.now.pressed) > len(pair.before.pressed)
    return len(pair.now.pressed) if is_longer else 1


def compared_lines(before: Survey, now: Survey) -> Iterator[Difference]:
    """What two surveys say differently of a line that both have: how far a person is, how long it may be silent."""
    known = {line.line: line for line in before.lines}
    for line in now.lines:
        if line.line in known:
            yield from _compared(known[line.line], line)


def _compared(before: LineSurvey, now: LineSurvey) -> Iterator[Difference]:
    near = before.nearest, now.nearest
    if near[0] != near[1] and None not in near and now.farthest is not None:
        parting = Parting(Kind.KEYS, f"were {_keys(near[0])} away from a person", f"they are {_keys(near[1])} away")
        yield _of_line(parting, now, now.farthest.witness)
    if before.silence is not None and now.silence is not None and before.silence.length != now.silence.length:
        lengths = [f"{each.length.total_seconds():g} s" for each in (before.silence, now.silence)]
        parting = Parting(
            Kind.SILENCE, f"heard nothing for {lengths[0]} at most", f"it may be {lengths[1]}, at {now.silence.place}"
        )
        yield _of_line(parting, now, now.silence.witness)


def _of_line(parting: Parting, line: LineSurvey, witness: Witness) -> Difference:
    return Difference(parting, Witness(witness.start, None, UNKNOWN, ()), 1, {line.line: None}, 1)


def _keys(count: int | None) -> str:
    return "1 key" if count == 1 else f"{count} keys"
