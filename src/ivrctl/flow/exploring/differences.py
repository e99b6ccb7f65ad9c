"""How one call fares differently on two sites, at the stop to which it has come on both.

A difference of the first class is one of where callers come to; of the second what they hear, how often they are asked,
how long they may wait.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from ivrctl.flow.commands import Ask, HandOffToDial, HandOffToQueue, HandOffToVoicemail
from ivrctl.flow.exploring.choice import SILENCE, Keyed
from ivrctl.flow.exploring.pairing import Half, Pair, questions
from ivrctl.flow.exploring.walk import Stop, Waiting
from ivrctl.flow.exploring.wording import Destination, destination_of
from ivrctl.flow.position import Position
from ivrctl.flow.program import Program
from ivrctl.model.call import Ending
from ivrctl.model.utterance import Utterance

LONGEST_SHOWN = 72
"""Characters of a text that are shown."""

_SENTENCE = re.compile(r"[^.!?。！？]*[.!?。！？]+\s*|[^.!?。！？]+\Z")


class Kind(StrEnum):
    """What differs, the gravest first."""

    LINE = "line"
    """A number is there in one of the sites only."""
    ENDS = "ends"
    """Callers come somewhere else."""
    KEYS = "keys"
    """A person is more keys away, or fewer."""
    TRIES = "tries"
    """They are asked more often, or less."""
    WAITS = "waits"
    """They may wait for another time, or with another priority."""
    SILENCE = "silence"
    """It may be silent for longer, or for less long."""
    LANGUAGE = "language"
    """They are spoken to in another language."""
    HEARS = "hears"
    """They come to the same, and hear something else on the way."""


@dataclass(frozen=True, slots=True)
class Parting:
    """One difference in words, the two halves of ``callers of …: WAS; now NOW``."""

    kind: Kind
    was: str
    now: str


@dataclass(frozen=True, slots=True)
class Steps:
    """Which steps of two programs are the same: those of one name, and renamed ones."""

    before: Program
    now: Program
    gone: frozenset[str]
    new: frozenset[str]

    @classmethod
    def of(cls, before: Program, now: Program) -> Steps:
        """Compare the names."""
        old, new = _names(before), _names(now)
        return cls(before, now, old - new, new - old)

    def correspond(self, one: Position, other: Position) -> bool:
        """True when two calls stand in the same step, and were led there from the same steps of other flows.

        A step that is gone and one that is new may be one that was renamed.
        """
        if len(one.frames) != len(other.frames):
            return False
        names = ([f"{frame.flow}/{frame.step}" for frame in position.frames] for position in (one, other))
        return all(was == now or (was in self.gone and now in self.new) for was, now in zip(*names, strict=True))

    def are_of_one_kind(self, one: Stop, other: Stop) -> bool:
        """True when the actions are of one kind, at which a caller does the same."""
        kinds = self.before.action(one.position.frame).kind, self.now.action(other.position.frame).kind
        return kinds[0].name == kinds[1].name


def _names(program: Program) -> frozenset[str]:
    return frozenset(f"{name}/{step}" for name, flow in program.flows.items() for step in flow.steps)


def partings(pair: Pair, steps: Steps) -> tuple[list[Parting], bool]:
    """How a call differs on two sites since the last stop, and whether to follow it further.

    Where it has come to different places, what follows is a consequence and is not told.
    """
    before, now = pair.before.stop, pair.now.stop
    places = _destination(before), _destination(now)
    is_same_place = steps.correspond(before.position, now.position)
    if places == (None, None):
        is_same = is_same_place or _question(before.command) == _question(now.command)
        if not is_same or not steps.are_of_one_kind(before, now):
            return [Parting(Kind.ENDS, _was(before), _is(now))], False
        return list(_on_the_way(pair)), True
    if places[0] == places[1]:
        return list(_on_the_way(pair)), places[0] is not None and places[0].is_handed_off
    told = [Parting(Kind.ENDS, _was(before), _is(now))]
    if is_same_place:
        told += _on_the_way(pair)
    return told, is_same_place and _are_alike(places)


def _are_alike(places: tuple[Destination | None, Destination | None]) -> bool:
    """True for two queues, two extensions, two boxes: what comes after them can be compared."""
    one, other = places
    return one is not None and other is not None and one.is_handed_off and one.kind == other.kind


def _destination(stop: Stop) -> Destination | None:
    """Where a call has come to; where the fallback takes over, the place of that is no part of it."""
    found = destination_of(stop.command)
    if found is None or found.kind != Ending.FALLBACK:
        return found
    return replace(found, name=found.name.rpartition(" at ")[0])


def _was(stop: Stop) -> str:
    destination = _destination(stop)
    return f"were asked {_quoted(_question(stop.command))}" if destination is None else destination.past


def _is(stop: Stop) -> str:
    destination = _destination(stop)
    return f"they are asked {_quoted(_question(stop.command))}" if destination is None else destination.present


def _question(command: Waiting) -> str:
    return command.utterances[-1].written if isinstance(command, Ask) else ""


def _quoted(text: str) -> str:
    text = text.strip()
    return f"“{text}”" if len(text) <= LONGEST_SHOWN else f"“{text[:LONGEST_SHOWN].rstrip()}…”"


# the second class


def _on_the_way(pair: Pair) -> Iterator[Parting]:
    """What differs though callers come to the same."""
    counts = len(pair.before.pressed), len(pair.now.pressed)
    if counts[0] != counts[1]:
        yield Parting(Kind.TRIES, f"were asked {_times(counts[0])}", f"they are asked {_times(counts[1])}")
    yield from _waits(pair.before.stop.command, pair.now.stop.command)
    if counts[0] == counts[1] or _is_silent(pair):
        yield from _words(pair.before, pair.now)


def _is_silent(pair: Pair) -> bool:
    """True for somebody who keys nothing: however often he is asked, he hears the same."""
    return bool(pair.turns) and pair.turns[-1].choice == Keyed((SILENCE,))


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _waits(before: Waiting, now: Waiting) -> Iterator[Parting]:
    match before, now:
        case Ask(first_digit=was), Ask(first_digit=due) if was != due:
            yield Parting(Kind.WAITS, f"had {_seconds(was)} for a key", f"they have {_seconds(due)}")
        case HandOffToQueue(wait=was, queue=queue), HandOffToQueue(wait=due) if was != due:
            yield Parting(Kind.WAITS, f"waited {_most(was)} in queue {queue}", f"they wait {_most(due)}")
        case HandOffToDial(ring=was, extension=extension), HandOffToDial(ring=due) if was != due:
            yield Parting(Kind.WAITS, f"had {extension} ring for {_seconds(was)}", f"it rings for {_seconds(due)}")
        case HandOffToVoicemail(longest=was), HandOffToVoicemail(longest=due) if was != due:
            yield Parting(Kind.WAITS, f"could speak for {_seconds(was)}", f"they can for {_seconds(due)}")
    match before, now:
        case HandOffToQueue(priority=one, queue=queue), HandOffToQueue(priority=other) if one != other:
            yield Parting(
                Kind.WAITS, f"waited with priority {one} in queue {queue}", f"they wait with priority {other}"
            )


def _seconds(length: timedelta) -> str:
    return f"{length.total_seconds():g} s"


def _most(wait: timedelta | None) -> str:
    return "without a limit" if wait is None else f"at most {_seconds(wait)}"


def _words(before: Half, now: Half) -> Iterator[Parting]:
    """What is heard otherwise: another language, or the sentences that differ."""
    heard = questions(before), questions(now)
    if heard[0] == heard[1]:
        return
    languages = [tuple(dict.fromkeys(each.language for each in said)) for said in heard]
    if all(languages) and languages[0] != languages[1]:
        spoken = [" and ".join(each) for each in languages]
        yield Parting(Kind.LANGUAGE, f"were spoken to in {spoken[0]}", f"they are spoken to in {spoken[1]}")
        return
    lines = [[sentence for each in said for sentence in _sentences(each)] for said in heard]
    matcher = difflib.SequenceMatcher(None, lines[0], lines[1], autojunk=False)
    for tag, start, end, first, last in matcher.get_opcodes():
        if tag != "equal":
            yield _heard(" ".join(lines[0][start:end]), " ".join(lines[1][first:last]))


def _sentences(utterance: Utterance) -> Iterator[str]:
    yield from (found.group().strip() for found in _SENTENCE.finditer(utterance.written) if found.group().strip())


def _heard(was: str, now: str) -> Parting:
    if not was:
        return Parting(Kind.HEARS, f"did not hear {_quoted(now)}", "they do")
    if not now:
        return Parting(Kind.HEARS, f"heard {_quoted(was)}", "they do not")
    return Parting(Kind.HEARS, f"heard {_quoted(was)}", f"they hear {_quoted(now)}")
