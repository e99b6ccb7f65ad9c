"""Prompts: what a caller hears, as files that Asterisk can play.

``PromptLibrary`` is the way in. Beneath it::

    recordings   what a person recorded: wins over any voice
    cache        static sounds on disk, named by their content, with a manifest that leads back to the text
    archive      what voices have spoken, for caches to come
    recorded_sounds  recordings that are played as they are: notices, and what callers have said
    spool        prompts made for one call, gone with it: they may hold personal data
    studio       makes a sound once, from recordings and a voice, and remembers it
    wav          8 kHz WAV files, written whole or not at all

Knows nothing of flows and AGI; how a value is said belongs to ``speech``.
"""

from ivrctl.adapters.prompts.library import BuildReport, PromptLibrary, SoundFault
from ivrctl.adapters.prompts.recorded_sounds import PreparedPrompt, TwoViews
from ivrctl.adapters.prompts.recordings import RecordingFault, Recordings

__all__ = ["BuildReport", "PreparedPrompt", "PromptLibrary", "RecordingFault", "Recordings", "SoundFault", "TwoViews"]
