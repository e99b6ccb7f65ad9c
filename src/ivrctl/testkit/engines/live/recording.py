"""What a phone recorded, against what the flow believes to have said."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ivrctl.lang.source import Span
from ivrctl.model.utterance import Utterance
from ivrctl.testkit import audio
from ivrctl.testkit.engines.log import Heard, Stay

EARLY = 1.0
"""Seconds that a prompt may be heard before the runner's clock says that it began: a phone's own time line is known to
a tenth of a second, and a packet that came late shifts what follows."""
LATE = 2.0
"""Seconds that a prompt may be heard after the runner took it for said; what comes later is another saying of it."""
OVERLAP = 0.5
"""Seconds of the end of one prompt that the search for the next begins before."""
SHORTEST = 0.1
"""Silences that are shorter than this are pauses between words."""
PIECE = audio.RATE // 4
"""Samples of a quarter of a second: less than the shortest word that another could stand for."""
PIECE_SAME = 0.85
"""A quarter with this score or more is the prompt's own. Measured with espeak-ng's voice in two languages, on a machine
with five times the work that it can do: in prompts torn by late packets one quarter for each of them scored 0.76 to
0.84, all others 0.89 and more. Where one number word stands for another, the worst quarter scored 0.71 at most."""
PIECE_LOST = 0.74
"""What a quarter may score at least in which a packet was late; one that stands still in its middle scores 0.71."""
BACK, AHEAD = audio.RATE // 10, audio.RATE
"""Samples by which a quarter may come earlier, and later, than the one before leads to: a stall of a second is seen."""
JITTER = audio.RATE // 50
"""Samples of one packet: what moves by more has been torn off what was before."""
PAUSE = 0.05
"""A quarter that is so much quieter than the loudest one is a pause and fits anywhere."""
EDGE = 0.5
"""Seconds at the edges of a stay: until the music begins and after it has ended, the phone's time line is not ours."""


@dataclass(frozen=True, slots=True)
class Recording:
    """The recording of one call."""

    path: Path
    offset: float
    """When it began, in seconds since the call began."""

    def unheard(
        self, met: Iterable[tuple[Span, str, Heard]], sound_of: Callable[[Utterance], Path | None]
    ) -> tuple[Span, str, str] | None:
        """The first line whose prompt is not in the recording, after the one before and not before it was said."""
        after, recorded = 0.0, audio.read_wav(self.path)
        for span, line, heard in met:
            sound = sound_of(heard.utterance)
            if sound is None:
                return span, line, "the flow said it, and no sound of it was kept"
            until = recorded[: round((heard.ends - self.offset + LATE) * audio.RATE)]
            after = max(after, heard.began - self.offset - EARLY, 0.0)
            match = audio.find(sound, until, after=after)
            if not match.is_heard and not _is_torn(audio.read_wav(sound), until, match, round(after * audio.RATE)):
                worst = min(match.windows, default=0.0)
                reason = f"the flow said “{heard.written}”, and the phone did not hear it: likeness {worst:.2f}"
                return span, line, f"{reason}, {audio.SAME:.2f} is due"
            after = match.at_seconds + max(0.0, heard.ends - heard.began - OVERLAP)
        return None

    def longest_silence(self, stays: Sequence[Stay]) -> float:
        """The longest silence outside of queues and talks, in seconds."""
        left = audio.silences(self.path, SHORTEST)
        spans = [(span.start + self.offset, span.start + span.seconds + self.offset) for span in left]
        for stay in stays:
            spans = list(_without(spans, stay.began - EDGE, (stay.ended or stay.began) + EDGE))
        return max((end - start for start, end in spans), default=0.0)


def _is_torn(reference: audio.Samples, heard: audio.Samples, match: audio.Match, earliest: int) -> bool:
    """Whether a prompt is there piece by piece, though its seconds do not fit: packets came late, several in each.

    A busy machine does that to a phone: the sound stands still and goes on. It does not put other words in the place of
    the prompt's own. Each piece is looked for where the one before leads to and later, the first one before it too: the
    match may be that of what goes on. One that is torn in its middle is nowhere: its beginning is where the one in
    front of it leads to, its end where the one behind it comes from. Where the sound stands still nothing is heard.
    """
    said, passed = audio.band_pass(reference), audio.band_pass(heard)
    place, drift, slips, torn, back = round(match.at_seconds * audio.RATE), 0, 0, 0, AHEAD
    last: int | None = None
    is_parted = False
    for start, piece in _voiced_pieces(reference):
        expected = place + start + drift
        begin, back = max(earliest, expected - back), BACK
        fit = audio.find(piece, heard[begin : expected + PIECE + AHEAD])
        if fit.score < PIECE_SAME:
            torn += 1
            if fit.score < PIECE_LOST:
                if is_parted:
                    return False
                is_parted = True
            continue
        found = begin + round(fit.at_seconds * audio.RATE) - place - start
        if last is not None and (is_parted or abs(found - drift) > JITTER):
            tear = audio.fit_in_two(said[last : start + PIECE], passed, place + last + drift, place + last + found)
            is_in_two = tear.score >= PIECE_SAME
            if (is_in_two and not tear.is_still) or (is_parted and not is_in_two):
                return False
        elif is_parted:
            return False
        is_parted = False
        slips += abs(found - drift) > JITTER
        drift, last = found, start
    return not is_parted and torn <= max(1, slips)


def _voiced_pieces(reference: audio.Samples) -> Iterator[tuple[int, audio.Samples]]:
    """The pieces of a prompt that are no pauses, each with the place of its first sample."""
    starts = range(0, len(reference) - PIECE + 1, PIECE)
    loudest = max((_level(reference[start : start + PIECE]) for start in starts), default=0.0)
    for start in starts:
        piece = reference[start : start + PIECE]
        if _level(piece) >= PAUSE * loudest > 0:
            yield start, piece


def _level(sound: audio.Samples) -> float:
    return math.sqrt(float((sound * sound).mean())) if len(sound) else 0.0


def _without(spans: Iterable[tuple[float, float]], begin: float, end: float) -> Iterator[tuple[float, float]]:
    """The spans without what lies between two times."""
    for start, stop in spans:
        if start < begin:
            yield start, min(stop, begin)
        if stop > end:
            yield max(start, end), stop
