"""What a phone recorded, against what the flow believes to have said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ivrctl.lang.source import Span
from ivrctl.model.utterance import Utterance
from ivrctl.testkit import audio
from ivrctl.testkit.arrivals import Arrivals
from ivrctl.testkit.engines.log import Heard, Stay

EARLY = 1.0
"""Seconds that a prompt may be heard before the runner's clock says that it began: what has arrived is looked at now
and then."""
LATE = 2.0
"""Seconds that a prompt may be heard after the runner took it for said; what comes later is another saying of it."""
OVERLAP = 0.5
"""Seconds of the end of one prompt that the search for the next begins before."""
SHORTEST = 0.1
"""Silences that are shorter than this are pauses between words."""
EDGE = 0.5
"""Seconds at the edges of a stay: until the music begins and after it has ended, the phone's time line is not ours."""


@dataclass(frozen=True, slots=True)
class Recording:
    """What a phone recorded of one call, twice: as it played it, and as it came."""

    path: Path
    """What the phone played, on the call's own time line."""
    offset: float
    """When it began, in seconds since the call began."""
    received: Path
    """What the phone's packets brought, one behind the other: they do not tear it, however late they come."""
    arrivals: Arrivals

    def unheard(
        self, met: Iterable[tuple[Span, str, Heard]], sound_of: Callable[[Utterance], Path | None]
    ) -> tuple[Span, str, str] | None:
        """The first line whose prompt has not arrived, after the one before and not before it was said."""
        after, received = 0.0, audio.read_wav(self.received)
        for span, line, heard in met:
            sound = sound_of(heard.utterance)
            if sound is None:
                return span, line, "the flow said it, and no sound of it was kept"
            until = received[: self.arrivals.most(heard.ends + LATE)]
            after = max(after, self.arrivals.least(heard.began - EARLY) / audio.RATE)
            prompt = audio.read_wav(sound)
            match = audio.find(prompt, until, after=after)
            if not match.is_heard:
                worst = min(match.windows, default=0.0)
                reason = f"the flow said “{heard.written}”, and the phone did not hear it: likeness {worst:.2f}"
                return span, line, f"{reason}, {audio.SAME:.2f} is due"
            # By its own length: what took it longer lies between packets, and these have no pauses.
            after = match.at_seconds + max(0.0, audio.duration(prompt) - OVERLAP)
        return None

    def longest_silence(self, stays: Sequence[Stay]) -> float:
        """The longest silence outside of queues and talks, in seconds."""
        left = audio.silences(self.path, SHORTEST)
        spans = [(span.start + self.offset, span.start + span.seconds + self.offset) for span in left]
        for stay in stays:
            spans = list(_without(spans, stay.began - EDGE, (stay.ended or stay.began) + EDGE))
        return max((end - start for start, end in spans), default=0.0)


def _without(spans: Iterable[tuple[float, float]], begin: float, end: float) -> Iterator[tuple[float, float]]:
    """The spans without what lies between two times."""
    for start, stop in spans:
        if start < begin:
            yield start, min(stop, begin)
        if stop > end:
            yield max(start, end), stop
