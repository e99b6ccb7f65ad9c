"""What an utterance is split into: sounds and silences.

A piece is named by its text alone, so that the same text is the same sound in every prompt and is made once. A prompt
looks its pieces up several times, so they are tuples: these are made in half the time and hashed in a third.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple, TypeAlias


class Piece(NamedTuple):
    """One sound: an author's words, a piece of a number such as ``百``, or text that came with the call."""

    language: str
    """The language it is spoken in, as the site writes it: ``zh``, ``en``."""
    text: str
    """As written; ``reading()`` says what a voice is given."""
    is_free: bool = False
    """True for text that came with the call: it may be personal, so it is synthesised for the call and never cached."""


@dataclass(frozen=True, slots=True)
class Pause:
    """Silence between two pieces."""

    seconds: float


Item: TypeAlias = Piece | Pause
Spelling: TypeAlias = tuple[str | Pause, ...]
"""A value in one language, as texts of that language's vocabulary and pauses between them."""

WORD_PAUSE = Pause(0.08)
"""Between an author's words and a value: a reader of the sentence would draw breath no longer."""
DIGIT_PAUSE = Pause(0.04)
"""Between single digits, which are cut so tightly that they would run into each other."""
GROUP_PAUSE = Pause(0.2)
"""Between groups of digits: a listener writes the group down."""
CLAUSE_PAUSE = Pause(0.15)
"""Where a comma stands between two pieces."""
SENTENCE_PAUSE = Pause(0.3)
"""After a sentence, also at the end of a prompt, since the next prompt may follow at once."""

SENTENCE_ENDS = frozenset("。！？…!?.")
CLAUSE_ENDS = frozenset("，、；：,;:")


def punctuation_pause(text: str) -> Pause | None:
    """The pause that a run of punctuation asks for; None when it holds none, such as a blank or a quotation mark."""
    if SENTENCE_ENDS.intersection(text):
        return SENTENCE_PAUSE
    if CLAUSE_ENDS.intersection(text):
        return CLAUSE_PAUSE
    return None
