"""What is wrong with the recordings of a site: told before a caller hears the voice of a machine in a person's place.

A recording that cannot be used stops nothing: the voice says its text. But nobody would notice until a caller does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from ivrctl.adapters.prompts.loudness import is_clipped, is_silent, samples_of
from ivrctl.adapters.prompts.recordings import Recording, Recordings
from ivrctl.lang.findings import Finding, Findings, Severity
from ivrctl.lang.rule import Rule, Shown, table
from ivrctl.lang.source import Span

RULES = table(
    Rule(
        "IVR215",
        "a recording cannot be used",
        "Asterisk plays a recording as it is: 8 kHz, 16 bit, one channel. Another one, an empty one, or one that the "
        "index names and that is not there is passed over, and callers hear the synthetic voice in the middle of a "
        "person's. Convert it, such as with sox.",
        "prompts/en/welcome.wav  44100 Hz, 16 bit, 2 channels, 50 %\n",
        "prompts/en/welcome.wav  8000 Hz, 16 bit, 1 channel, 50 %\n",
        Shown.RECORDINGS,
    ),
    Rule(
        "IVR216",
        "a recording is silent, or cut off at its peaks",
        "A file that was saved before the microphone was on plays as nothing, and a menu without words is a dead end. "
        "One that was recorded too loudly crackles on every telephone. Record it again.",
        "prompts/en/welcome.wav  8000 Hz, 16 bit, 1 channel, 0 %\n",
        "prompts/en/welcome.wav  8000 Hz, 16 bit, 1 channel, 50 %\n",
        Shown.RECORDINGS,
        Severity.WARNING,
    ),
)
"""The rules that findings from here name."""


def check_recordings(folder: Path, languages: Sequence[str] = ()) -> Findings:
    """Look at every recording of a site; reads each file once.

    Args:
        folder: ``prompts`` beside the site file; there need not be one.
        languages: that the site speaks; empty where nobody knows.
    """
    recordings = Recordings(folder)
    findings = Findings()
    for fault in recordings.faults:
        span = Span(str(fault.path), max(fault.line, 1), 1, max(fault.line, 1), 1)
        advice = fault.advice or ("correct the index, or record it" if fault.line else "record it again")
        findings.error(
            "IVR215", span, fault.message if fault.line else f"the recording cannot be used: {fault.message}", advice
        )
    for recording in recordings:
        findings.items.extend(_doubts(recording))
        language = recording.path.parent.name
        if languages and language not in languages:
            message = f'the site does not speak "{language}": nobody hears this recording'
            advice = "its languages: " + ", ".join(languages)
            findings.error("IVR215", _place(recording), message, advice)
    return findings


def _doubts(recording: Recording) -> Iterator[Finding]:
    samples = samples_of(recording.read())
    if is_silent(samples):
        yield _warning(recording, "nothing can be heard in the recording")
    elif is_clipped(samples):
        yield _warning(recording, "the recording is cut off at its peaks: it crackles")


def _warning(recording: Recording, message: str) -> Finding:
    return Finding(_place(recording), "IVR216", message, "record it again", Severity.WARNING)


def _place(recording: Recording) -> Span:
    return Span(str(recording.path), 1, 1, 1, 1)
