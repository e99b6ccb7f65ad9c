"""How what a flow says becomes prompts, and when a caller who waits is told so: for the runner and for simulations.

Knows no files and no sockets.
"""

from __future__ import annotations

from collections.abc import Iterable

from ivrctl.model.utterance import Utterance, apart, in_one_breath

ONE_MOMENT_AFTER = 1.0
"""Seconds of waiting for a lookup after which the caller hears the site's "one moment"."""


def by_language(utterances: Iterable[Utterance]) -> tuple[Utterance, ...]:
    """The utterances, those of one language that follow each other made one: one file, one command, no gap.

    A recording is a file of its own, and stays one.
    """
    utterances = tuple(utterances)
    if not utterances or (len(utterances) == 1 and not utterances[0].has_recording):
        return utterances
    merged: list[Utterance] = []
    for utterance in (each for whole in utterances for each in apart(whole)):
        is_one_language = bool(merged) and merged[-1].language == utterance.language
        if is_one_language and not (merged[-1].has_recording or utterance.has_recording):
            merged[-1] = in_one_breath(utterance.language, merged[-1].parts, utterance.parts)
        else:
            merged.append(utterance)
    return tuple(merged)
