"""Voices: plug-ins that turn the text of a piece into sound.

A voice knows nothing of caches, calls or prompts. ``EspeakVoice`` speaks; ``SilentVoice`` makes sounds of plausible
length where no synthesiser is at hand. Another synthesiser is one class that satisfies ``Voice``.
"""

from ivrctl.adapters.voices.espeak import Accent, EspeakVoice
from ivrctl.adapters.voices.silent import SilentVoice
from ivrctl.adapters.voices.voice import RATE, Voice, VoiceError

__all__ = ["RATE", "Accent", "EspeakVoice", "SilentVoice", "Voice", "VoiceError"]
