"""Voices: how sound is shaped, the silent voice, and what happens when espeak-ng fails."""

from __future__ import annotations

import io
import math
import os
import select
import wave
from pathlib import Path

import numpy as np
import pytest

from ivrctl.adapters.prompts.wav import silence, write_wav
from ivrctl.adapters.voices import RATE, EspeakVoice, SilentVoice, VoiceError
from ivrctl.adapters.voices import espeak as espeak_module
from ivrctl.adapters.voices.espeak import harmless
from ivrctl.adapters.voices.shaping import PEAK, SPEECH_LEVEL, Samples, level, resample, shape, trim
from ivrctl.errors import MissingToolError
from ivrctl.speech import Piece

ESPEAK_RATE = 22050


def tone(hertz: float, seconds: float, rate: int = ESPEAK_RATE, loudness: float = 0.5) -> Samples:
    return loudness * np.sin(2 * math.pi * hertz * np.arange(round(seconds * rate)) / rate)


def as_wav(samples: Samples, rate: int = ESPEAK_RATE) -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        sound.writeframes((samples * 32767).astype("<i2").tobytes())
    return buffer.getvalue()


def loudness(samples: Samples) -> float:
    return math.sqrt(float(np.mean(samples**2)))


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100, 48000])
def test_resampling_keeps_the_length_in_seconds(rate: int) -> None:
    """To the next whole ratio of the rates, which is at most a twentieth of a second."""
    resampled = resample(tone(1000, 1.0, rate), rate)
    assert 0 <= len(resampled) / RATE - 1.0 < 0.05


def test_resampling_keeps_what_a_telephone_carries() -> None:
    """A tone of 1 kHz stays what it is."""
    resampled = resample(tone(1000, 1.0), ESPEAK_RATE)
    spectrum = np.abs(np.fft.rfft(resampled))
    assert int(spectrum.argmax()) == pytest.approx(1000 * len(resampled) / RATE, abs=1)
    assert loudness(resampled) == pytest.approx(0.5 / math.sqrt(2), rel=0.02)


def test_resampling_lets_nothing_alias() -> None:
    """A tone of 5 kHz would come back as one of 3 kHz; it is gone by 50 dB."""
    assert loudness(resample(tone(5000, 1.0), ESPEAK_RATE)) < 0.5 / math.sqrt(2) / 300


def test_resampling_nothing_gives_nothing() -> None:
    """An empty recording is no fault of the voice."""
    assert len(resample(np.zeros(0), ESPEAK_RATE)) == 0


def test_silence_at_both_ends_is_cut() -> None:
    """Pieces of a number follow without a gap: 10 ms are left before, 20 ms after."""
    padded = np.concatenate([np.zeros(4000), tone(440, 0.5, RATE), np.zeros(4000)])
    assert len(trim(padded)) / RATE == pytest.approx(0.53, abs=0.005)


def test_silence_inside_is_kept() -> None:
    """The pause after a comma belongs to the sentence."""
    spoken = np.concatenate([tone(440, 0.2, RATE), np.zeros(2400), tone(440, 0.2, RATE)])
    assert len(trim(spoken)) / RATE == pytest.approx(0.7, abs=0.03)


def test_cut_ends_fade_to_zero() -> None:
    """A join does not click."""
    trimmed = trim(tone(440, 0.5, RATE))
    assert (trimmed[0], trimmed[-1]) == (0, 0)


def test_pure_silence_is_nothing() -> None:
    """There is no speech in it."""
    assert len(trim(np.zeros(8000))) == 0


@pytest.mark.parametrize("before", [0.01, 0.1, 0.9])
def test_speech_comes_to_one_level(before: float) -> None:
    """A caller does not hear one word louder than the next."""
    assert loudness(level(tone(440, 1.0, RATE, before))) == pytest.approx(SPEECH_LEVEL, rel=0.01)


def test_peaks_are_not_clipped() -> None:
    """A click in quiet speech is not made a bang."""
    spoken = tone(440, 1.0, RATE, 0.001)
    spoken[4000] = 0.9
    assert np.abs(level(spoken)).max() <= PEAK * 1.0001


def test_a_wav_from_a_pipe_is_shaped_although_its_length_is_wrong() -> None:
    """espeak-ng cannot know the length when it writes the header."""
    recording = bytearray(as_wav(tone(440, 0.5)))
    recording[4:8] = recording[40:44] = (0x7FFFF000).to_bytes(4, "little")
    assert len(shape(bytes(recording))) / 2 / RATE == pytest.approx(0.53, abs=0.05)


@pytest.mark.parametrize("recording", [b"", b"RIFF", b"not a wav at all"])
def test_what_is_no_wav_is_refused(recording: bytes) -> None:
    """A program that failed has not spoken."""
    with pytest.raises(ValueError, match="not a WAV"):
        shape(recording)


async def test_the_silent_voice_takes_the_time_of_speech() -> None:
    """A fifth of a second for a character, less for a letter; punctuation takes none."""
    chinese, english = await SilentVoice().synthesise([Piece("zh", "您好。"), Piece("en", "Hello!")])
    assert [len(chinese) / 2 / RATE, len(english) / 2 / RATE] == pytest.approx([0.4, 0.3])


async def test_the_silent_voice_says_the_same_text_the_same_way() -> None:
    """And another text in another way, so that sounds can be told apart."""
    first, again, other = await SilentVoice().synthesise([Piece("zh", "您"), Piece("zh", "您"), Piece("zh", "好")])
    assert first == again != other


@pytest.mark.parametrize("text", ["[[t@33]]", "a\nb", "a\x00b", "a\r\x1b[0m"])
def test_nothing_that_espeak_would_obey_reaches_it(text: str) -> None:
    """No phoneme codes, no second line that would be taken for the next job."""
    assert not set(harmless(text)) & set("[]\n\r\x00\x1b")


class Host:
    """A host on which `espeak-ng` is a script of the test's."""

    def __init__(self, folder: Path, script: str) -> None:
        program = folder / "espeak-ng"
        program.write_text(f"#!/bin/sh\n{script}\n")
        program.chmod(0o755)
        self.path = f"PATH={folder}:/usr/bin:/bin"

    def voice(self) -> EspeakVoice:
        """A voice that runs the script."""
        return EspeakVoice("1.0", lambda argv: ["env", self.path, *argv])


PIECES = [Piece("en", "one"), Piece("en", "two")]


async def test_an_espeak_that_fails_is_a_voice_error_with_its_complaint(tmp_path: Path) -> None:
    """Its own words say what is wrong."""
    with pytest.raises(VoiceError, match="cannot open voice"):
        await Host(tmp_path, "echo cannot open voice >&2; exit 1").voice().synthesise(PIECES)


async def test_what_was_said_before_a_failure_is_not_taken_for_all(tmp_path: Path) -> None:
    """A sound that was cut short would be kept, and heard by everybody."""
    write_wav(tmp_path / "beginning.wav", silence(0.5))
    with pytest.raises(VoiceError, match="killed"):
        await Host(tmp_path, f"cat {tmp_path}/beginning.wav; echo killed >&2; exit 1").voice().synthesise(PIECES)


async def test_one_failure_of_many_shells_is_a_plain_voice_error(tmp_path: Path) -> None:
    """Callers catch one type, however many shells there were."""
    with pytest.raises(VoiceError):
        await Host(tmp_path, "exit 1").voice().synthesise(PIECES * 50)


async def test_an_espeak_that_hangs_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A caller does not wait for ever, and no process stays behind."""
    monkeypatch.setattr(espeak_module, "START_SECONDS", 0.2)
    monkeypatch.setattr(espeak_module, "SECONDS_PER_PIECE", 0.0)
    marker = tmp_path / "pid"
    with pytest.raises(VoiceError, match=r"not done after 0\.2 s"):
        await Host(tmp_path, f"echo $$ > {marker}; exec tail -f /dev/null").voice().synthesise(PIECES)
    assert is_gone(int(marker.read_text()))


def is_gone(pid: int) -> bool:
    """Ends within a second of being killed: its end is waited for, not slept for."""
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    ended, _, _ = select.select([process], [], [], 1.0)
    os.close(process)
    return bool(ended)


async def test_a_missing_shell_is_a_voice_error() -> None:
    """The wrapping command may be what is missing."""
    voice = EspeakVoice("1.0", lambda argv: ["/nonexistent/enter-root", *argv])
    with pytest.raises(VoiceError, match="cannot be started"):
        await voice.synthesise(PIECES)


def test_a_missing_espeak_is_named_with_the_command_that_installs_it() -> None:
    """The user learns the next command to try."""
    with pytest.raises(MissingToolError) as caught:
        EspeakVoice.found(lambda argv: ["env", "PATH=/nonexistent", *argv])
    assert caught.value.advice == "apt-get install espeak-ng"


def test_the_name_of_a_voice_has_all_that_changes_its_sound(tmp_path: Path) -> None:
    """Version, accent, speed and shaping: another of these is another sound."""
    Host(tmp_path, "echo 'eSpeak NG text-to-speech: 1.52.0  Data at: /usr'")
    voice = EspeakVoice.found(lambda argv: ["env", f"PATH={tmp_path}:/usr/bin:/bin", *argv])
    assert voice.name("zh-CN") == "espeak-ng 1.52.0 cmn 160 shaping 1"


async def test_a_text_stands_in_no_command(tmp_path: Path) -> None:
    """Other users of the host see commands in the process list."""
    seen: list[list[str]] = []

    def watch(argv: list[str]) -> list[str]:
        seen.append(argv)
        return ["false"]

    with pytest.raises(VoiceError):
        await EspeakVoice("1.0", watch).synthesise([Piece("zh", "王小明", is_free=True)])
    assert seen
    assert not any("王小明" in word for argv in seen for word in argv)
