"""Which of the prompts that the controller said are in what a caller's phone recorded, and where.

Prompts are heard one after the other, so each is looked for behind the one before it. Knows sounds and nothing of
phones or controllers; ``ivrctl.testkit.audio`` is what compares.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ivrctl.testkit import audio

HEARD = 0.5
"""Likeness from which a prompt counts as heard: another prompt of the same voice has 0.35 at most, and a right one is
torn on a busy machine."""

CUT_AFTER = 1.2
"""Seconds of a prompt that are heard at least before a key cuts it: what there is to compare."""

BEHIND = 0.5
"""How much of a prompt must be over before the next one can begin. Not all of it: its end may be a pause that a key has
cut. Not nothing: the same text said twice would be found twice at its first place."""


@dataclass(frozen=True, slots=True)
class HeardPrompt:
    """A prompt that the controller said."""

    text: str
    at: float | None
    """Seconds at which it begins: into the recording, of a placed call into the call; None when it is not there, or not
    compared."""
    likeness: float | None
    """Normalised correlation of the prompt's audio with the recording, from 0 to 1; None when it was not compared,
    since it is silent: silence is everywhere."""


def heard_prompts(said: Sequence[tuple[str, Path]], recording: Path) -> tuple[HeardPrompt, ...]:
    """Where each prompt is in the recording, in order.

    Args:
        said: text and sound file of each prompt, in the order in which they were said.
        recording: what the phone received, or heard, a WAV file.

    Raises:
        AudioError: a file is no sound that can be compared.
    """
    heard: list[HeardPrompt] = []
    after = 0.0
    for text, file in said:
        try:
            match, seconds = _found(file, recording, after)
        except audio.SilentError:
            heard.append(HeardPrompt(text, None, None))
            continue
        is_heard = match.score >= HEARD
        heard.append(HeardPrompt(text, match.at_seconds if is_heard else None, match.score))
        after = match.at_seconds + BEHIND * seconds if is_heard else after
    return tuple(heard)


def _found(file: Path, recording: Path, after: float) -> tuple[audio.Match, float]:
    """Where a prompt is in the recording, and how many seconds of it: whole, or, when a key cut it, its beginning."""
    prompt, heard = audio.read_wav(file), audio.read_wav(recording)
    whole = audio.find(prompt, heard, after=after)
    begun = prompt[: int(CUT_AFTER * audio.RATE)]
    # A prompt that was cut and is heard whole later, as a menu that the caller comes back to, was heard here first.
    until = whole.at_seconds if whole.is_heard else audio.duration(heard)
    if whole.is_heard and until - after < CUT_AFTER:
        return whole, audio.duration(prompt)
    try:
        beginning = audio.find(begun, heard[: int(until * audio.RATE)], after=after)
    except audio.SilentError:
        return whole, audio.duration(prompt if whole.is_heard else begun)
    if whole.is_heard:
        return (beginning, CUT_AFTER) if beginning.is_heard else (whole, audio.duration(prompt))
    return max(whole, beginning, key=lambda match: match.score), audio.duration(begun)
