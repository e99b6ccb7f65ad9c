"""What ``ivrctl explore`` tells of a site: for each line where its callers end, and what nobody ever comes to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from math import inf

from ivrctl.flow.exploring.journeys import Counts, Journeys, is_going_on
from ivrctl.flow.exploring.territory import Territory
from ivrctl.flow.exploring.wording import Destination, Witness, destination_of
from ivrctl.flow.silence import silences_of
from ivrctl.lang.source import Span
from ivrctl.model.call import Ending
from ivrctl.model.utterance import Part
from ivrctl.site.text import Text

_HUNG_UP = "the caller hung up"


@dataclass(frozen=True, slots=True)
class Reaching:
    """Where callers can come to, and by how many keys."""

    destination: Destination
    keys: int
    witness: Witness


@dataclass(frozen=True, slots=True)
class DeadEnd:
    """A place from which there is no end and no person."""

    place: str
    why: str
    witness: Witness


@dataclass(frozen=True, slots=True)
class Farthest:
    """Where on a line a person is farthest."""

    keys: int
    """From there on, at least."""
    place: str
    witness: Witness
    """Goes there, and on to a person."""


@dataclass(frozen=True, slots=True)
class Silence:
    """The longest silence that callers of a line can meet."""

    length: timedelta
    place: str
    cause: str
    witness: Witness


@dataclass(frozen=True, slots=True)
class LineSurvey:
    """What becomes of the callers of one line."""

    line: str
    flow: str
    states: int
    paths: int
    """Ways to an end that do not lead back on themselves."""
    endings: tuple[Reaching, ...]
    nearest: int | None
    """The fewest keys to a person; None when there is none."""
    farthest: Farthest | None
    silence: Silence | None
    dead_ends: tuple[DeadEnd, ...]
    dead_when_failing: tuple[DeadEnd, ...]
    """Those that are there only while every lookup fails."""
    loses_person: bool
    """True when no person can be reached while every lookup fails, and otherwise one can."""


@dataclass(frozen=True, slots=True)
class Unmet:
    """What nobody comes to: a step that is never entered, or a text that is never heard."""

    span: Span
    what: str


@dataclass(frozen=True, slots=True)
class Survey:
    """What was found of a site."""

    lines: tuple[LineSurvey, ...]
    never_entered: tuple[Unmet, ...]
    never_heard: tuple[Unmet, ...]
    states: int
    bounds: tuple[str, ...]
    """The bounds that were met: then there may be more."""

    @property
    def has_dead_ends(self) -> bool:
        """True when some callers come to no end."""
        return any(line.dead_ends for line in self.lines)


def survey(territory: Territory, flows: frozenset[str] | None = None) -> Survey:
    """Ask a territory everything that is to be told.

    Args:
        territory: walked.
        flows: those of which steps and prompts count; all by default.
    """
    journeys = Journeys(territory)
    lines = dict.fromkeys(start.line for start, _ in territory.starts)
    known = territory.program.flows
    counted = tuple(name for name in known if flows is None or name in flows)
    return Survey(
        tuple(_line(line, journeys) for line in lines),
        tuple(_never_entered(territory, counted)) if territory.is_whole else (),
        tuple(_never_heard(territory, counted)) if territory.is_whole else (),
        len(territory.states),
        tuple(territory.bounds),
    )


def _line(line: str, journeys: Journeys) -> LineSurvey:
    nearest = journeys.nearest(line)
    dead = tuple(_dead_ends(line, journeys, journeys.dead, is_going_on))
    places = {end.place for end in dead}
    failing = _dead_ends(line, journeys, journeys.dead_when_failing, journeys.is_failing)
    return LineSurvey(
        line,
        journeys.territory.program.lines[line][0],
        len(journeys.from_line(line).keys),
        journeys.paths(line),
        tuple(_endings(line, journeys)),
        None if nearest == inf else int(nearest),
        _farthest(line, journeys),
        _silence(line, journeys),
        dead,
        tuple(end for end in failing if end.place not in places),
        journeys.loses_person(line),
    )


def _endings(line: str, journeys: Journeys) -> Iterator[Reaching]:
    for destination, (keys, witness) in journeys.endings(line).items():
        if destination.name != _HUNG_UP:
            yield Reaching(destination, keys, witness)


def _dead_ends(line: str, journeys: Journeys, dead: frozenset[int], counts: Counts) -> Iterator[DeadEnd]:
    """The first states of dead ends on the shortest ways from a line, one for each place."""
    reached = journeys.from_line(line, counts)
    told: set[str] = set()
    for state in reached.keys:
        before = reached.origin[state]
        if state not in dead or (before is not None and before[0] in dead):
            continue
        stop = journeys.territory.states[state].stop
        if stop.place not in told:
            told.add(stop.place)
            yield DeadEnd(stop.place, _why(state, journeys), journeys.witness(line, state, reached))


def _why(state: int, journeys: Journeys) -> str:
    destination = destination_of(journeys.territory.states[state].stop.command)
    if destination is not None and destination.kind == Ending.FALLBACK:
        return destination.name
    if state in journeys.rounds:
        return "the same is asked again and again, until the call is given up"
    return "from here no end and no person can be reached"


def _farthest(line: str, journeys: Journeys) -> Farthest | None:
    found = journeys.farthest(line)
    if found is None:
        return None
    keys, witness, state = found
    return Farthest(keys, journeys.territory.states[state].stop.place, witness)


def _silence(line: str, journeys: Journeys) -> Silence | None:
    """By the same reckoning as the check of silences, with the site's own times where an action says none."""
    program, reached = journeys.territory.program, journeys.from_line(line)
    worst: tuple[timedelta, str, int] | None = None
    for state in reached.keys:
        stop = journeys.territory.states[state].stop
        if destination_of(stop.command) is not None:
            continue
        for cause, length in silences_of(program.action(stop.position.frame).kind, program.site, program.site.keying):
            if worst is None or length > worst[0]:
                worst = (length, cause, state)
    if worst is None:
        return None
    length, cause, state = worst
    place = journeys.territory.states[state].stop.place
    return Silence(length, place, cause, journeys.witness(line, state, reached))


def _never_entered(territory: Territory, flows: Iterable[str]) -> Iterator[Unmet]:
    for name in flows:
        for step in territory.program.flows[name].steps:
            if f"{name}/{step}" not in territory.entered:
                yield Unmet(step.span, f"{name}/{step}")


def _never_heard(territory: Territory, flows: Iterable[str]) -> Iterator[Unmet]:
    languages = tuple(map(str, territory.program.site.languages))
    for name in flows:
        for (step, index), action in territory.program.flows[name].places():
            if f"{name}/{step}" in territory.entered:
                said = territory.heard.get(f"{name}/{step}[{index}]", set())
                for text in action.kind.texts():
                    if not _is_heard(text, languages, said):
                        yield Unmet(text.span, text.said(languages[0]).written)


def _is_heard(text: Text, languages: tuple[str, ...], said: Iterable[tuple[Part, ...]]) -> bool:
    """True when all words of a text stand in something that was said, in any language."""
    words = [{part for part in text.said(language).parts if isinstance(part, str)} for language in languages]
    return any(wanted <= set(parts) for parts in said for wanted in words)


def to_json(found: Survey) -> Mapping[str, object]:
    """Its form in reports."""
    return {
        "format_version": 1,
        "states": found.states,
        "bounds": list(found.bounds),
        "lines": [_line_to_json(line) for line in found.lines],
        "never_entered": [_unmet_to_json(each) for each in found.never_entered],
        "never_heard": [_unmet_to_json(each) for each in found.never_heard],
    }


def _line_to_json(line: LineSurvey) -> Mapping[str, object]:
    return {
        "line": line.line,
        "flow": line.flow,
        "states": line.states,
        "paths": line.paths,
        "endings": [
            {
                "kind": each.destination.kind,
                "name": each.destination.name,
                "keys": each.keys,
                "witness": each.witness.to_json(),
            }
            for each in line.endings
        ],
        "nearest_person": line.nearest,
        "farthest_from_person": None
        if line.farthest is None
        else {
            "keys": line.farthest.keys,
            "place": line.farthest.place,
            "witness": line.farthest.witness.to_json(),
        },
        "longest_silence": None
        if line.silence is None
        else {
            "seconds": line.silence.length.total_seconds(),
            "place": line.silence.place,
            "cause": line.silence.cause,
            "witness": line.silence.witness.to_json(),
        },
        "dead_ends": [_dead_end_to_json(each) for each in line.dead_ends],
        "dead_ends_while_lookups_fail": [_dead_end_to_json(each) for each in line.dead_when_failing],
        "loses_person_while_lookups_fail": line.loses_person,
    }


def _dead_end_to_json(end: DeadEnd) -> Mapping[str, object]:
    return {"place": end.place, "why": end.why, "witness": end.witness.to_json()}


def _unmet_to_json(unmet: Unmet) -> Mapping[str, object]:
    return {"file": unmet.span.path, "line": unmet.span.line, "what": unmet.what}
