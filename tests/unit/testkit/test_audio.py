"""Comparing sounds: made-up speech, as a telephone would deliver it."""

from __future__ import annotations

import struct
import time
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.testkit.audio import (
    RATE,
    AudioError,
    Samples,
    Span,
    duration,
    find,
    longest_silence,
    read_wav,
    silences,
    tone,
    write_wav,
)

pytestmark = pytest.mark.thorough


@cache
def sentence(seed: int, seconds: float) -> Samples:
    """Return something like a sentence: syllables of a voice with harmonics and a formant, and short gaps."""
    chance = np.random.default_rng(seed)
    parts: list[Samples] = []
    while sum(map(len, parts)) < seconds * RATE:
        parts += [syllable(chance), np.zeros(int(chance.uniform(0.01, 0.05) * RATE))]
    return np.concatenate(parts)[: round(seconds * RATE)]


def syllable(chance: np.random.Generator) -> Samples:
    length = chance.uniform(0.1, 0.25)
    pitch = chance.uniform(90, 180) * (1 + chance.uniform(-0.2, 0.2) * np.linspace(0, 1, round(length * RATE)))
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    formant = chance.uniform(300, 2500)
    voice = np.zeros_like(phase)
    for harmonic in range(1, 20):
        voice += np.exp(-(((harmonic * 130 - formant) / 600) ** 2)) * np.sin(harmonic * phase)
    hull = np.sin(np.pi * np.linspace(0, 1, len(phase)))
    return 0.3 * hull * voice / max(1e-9, np.abs(voice).max())


def telephone(sound: Samples) -> Samples:
    """Return what A-law leaves of a sound (ITU-T G.711): 8 bits, on a logarithmic scale."""
    law = 87.6
    size = np.abs(sound)
    small = law * size / (1 + np.log(law))
    large = (1 + np.log(np.maximum(law * size, 1))) / (1 + np.log(law))
    coded = np.round(127 * np.where(size < 1 / law, small, large)) / 127
    decoded = np.where(
        coded < 1 / (1 + np.log(law)), coded * (1 + np.log(law)) / law, np.exp(coded * (1 + np.log(law)) - 1) / law
    )
    return np.sign(sound) * decoded


def silence(seconds: float) -> Samples:
    return np.zeros(round(seconds * RATE))


def call(*parts: Samples) -> Samples:
    return telephone(np.concatenate(parts))


def test_a_prompt_is_found_where_it_was_played() -> None:
    """After coding, among others, to the hundredth of a second."""
    prompt = sentence(1, 3)
    match = find(prompt, call(silence(1), sentence(2, 4), silence(0.5), prompt, silence(2)))
    assert match.is_heard
    assert match.score > 0.98
    assert match.at_seconds == pytest.approx(5.5, abs=0.01)


def test_another_prompt_is_not_found() -> None:
    """Other sentences of the same voice are far from the threshold."""
    match = find(sentence(1, 3), call(silence(1), *(sentence(seed, 4) for seed in range(2, 7))))
    assert not match.is_heard
    assert not match.is_begun
    assert match.score < 0.5


def test_one_other_word_makes_another_sentence() -> None:
    """A third of a second of three seconds replaced: the average is high, the match is refused."""
    said = sentence(1, 3)
    other = said.copy()
    other[int(1.3 * RATE) : int(1.65 * RATE)] = sentence(9, 0.35)
    match = find(said, call(silence(1), other, silence(1)))
    assert match.score > 0.8
    assert not match.is_heard
    assert match.is_begun


def test_a_cut_prompt_is_begun_and_not_heard() -> None:
    """A key cuts a prompt: its first second was there, its end was not."""
    prompt = sentence(1, 4)
    match = find(prompt, call(silence(1), prompt[: int(1.7 * RATE)], silence(4)))
    assert match.is_begun
    assert not match.is_heard


def test_a_prompt_is_found_at_the_end_of_a_recording_that_breaks_off() -> None:
    """The recording ends in the middle of the prompt."""
    prompt = sentence(1, 4)
    match = find(prompt, call(silence(1), prompt[: int(2.4 * RATE)]))
    assert match.is_begun
    assert match.at_seconds == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("slip", [160, -160, 304, -144])
def test_a_late_packet_does_not_hide_a_prompt(slip: int) -> None:
    """In mid-sentence some milliseconds are put in or lost, as a jitter buffer does: it is the same prompt."""
    prompt, cut = sentence(1, 4), int(1.4 * RATE)
    head, rest = prompt[:cut], prompt[cut:]
    slipped = np.concatenate([head, np.zeros(slip), rest]) if slip > 0 else np.concatenate([head[:slip], rest])
    match = find(prompt, call(silence(1), slipped, silence(1)))
    assert match.is_heard


def test_of_two_the_first_is_found() -> None:
    """A prompt that is repeated is found at its first place, and with `after` at the next."""
    prompt = sentence(1, 2)
    heard = call(silence(1), prompt, silence(3), prompt, silence(1))
    assert find(prompt, heard).at_seconds == pytest.approx(1, abs=0.01)
    assert find(prompt, heard, after=2).at_seconds == pytest.approx(6, abs=0.01)


def test_a_tone_is_found_at_its_beginning() -> None:
    """A tone is like itself a little earlier and later: the best place counts, not the first that will do."""
    bell = tone(900, 1300, seconds=1)
    assert find(bell, call(silence(4), bell, silence(1))).at_seconds == pytest.approx(4, abs=0.01)


def test_what_lies_before_after_does_not_count() -> None:
    """Heard once, looked for behind it: not heard."""
    prompt = sentence(1, 2)
    assert not find(prompt, call(silence(1), prompt, silence(5)), after=3).is_heard


def test_a_short_word_is_found() -> None:
    """Half a second is enough, and its position is told."""
    word = sentence(5, 0.5)
    match = find(word, call(silence(2), sentence(6, 3), silence(1), word, silence(1)))
    assert match.is_heard
    assert match.at_seconds == pytest.approx(6, abs=0.01)


def test_pauses_of_the_reference_are_not_compared() -> None:
    """A prompt with a second of silence in it is scored by its speech."""
    prompt = np.concatenate([sentence(1, 1), silence(1), sentence(2, 1)])
    match = find(prompt, call(silence(1), prompt, silence(1)))
    assert match.is_heard
    assert len(match.windows) == 2


def test_noise_on_the_line_is_borne() -> None:
    """White noise 20 dB below the speech."""
    prompt = sentence(1, 3)
    heard = call(silence(1), prompt, silence(1))
    noise = np.random.default_rng(0).normal(0, np.sqrt(np.mean(prompt**2)) / 10, len(heard))
    assert find(prompt, heard + noise).is_heard


@pytest.mark.parametrize("heard", [silence(0), silence(0.1), silence(10)])
def test_nothing_is_found_in_silence(heard: Samples) -> None:
    """An empty, a short and a silent recording hold no prompt."""
    match = find(sentence(1, 2), heard)
    assert match.score == 0
    assert not match.is_begun


def test_a_silent_reference_is_refused() -> None:
    """Silence is everywhere: looking for it is a mistake of whoever asks."""
    with pytest.raises(AudioError, match="silent"):
        find(silence(2), sentence(1, 5))


def test_a_minute_is_searched_without_going_through_it_sample_by_sample() -> None:
    """A 5 s prompt in a 60 s recording: 0.3 s of CPU time seen, minutes if it were done without Fourier transforms."""
    prompt = sentence(1, 5)
    heard = call(*(sentence(seed, 11) for seed in range(2, 7)), prompt)
    began = time.process_time()
    assert find(prompt, heard).is_heard
    assert time.process_time() - began < 3


# SAFETY: whatever is heard, a score is a score, and a prompt that was not played is not reported.
@given(played=st.lists(st.integers(10, 40), max_size=4), wanted=st.integers(0, 5), gap=st.floats(0, 1.5))
def test_a_prompt_that_was_not_played_is_never_heard(played: list[int], wanted: int, gap: float) -> None:
    """Sentences in any order with any gaps do not add up to another one."""
    heard = call(silence(gap), *(sentence(seed, 2) for seed in played))
    match = find(sentence(wanted, 2), heard)
    assert not match.is_heard
    assert all(0 <= score <= 1.0001 for score in match.windows)


# LIVENESS: what was played is found, wherever it was.
@given(before=st.floats(0, 5), behind=st.floats(0.2, 3), seed=st.integers(0, 30), level=st.floats(0.1, 1.5))
def test_what_was_played_is_heard(before: float, behind: float, seed: int, level: float) -> None:
    """At any place, at any level that the telephone carries."""
    prompt = sentence(seed, 2)
    match = find(prompt, call(silence(before), level * prompt, silence(behind)))
    assert match.is_heard
    assert match.at_seconds == pytest.approx(before, abs=0.01)


def test_silences_are_found() -> None:
    """Each with its beginning and its length; gaps between words are not asked for."""
    heard = call(silence(1), sentence(1, 2), silence(3), sentence(2, 2))
    found = silences(heard, longer_than=0.5)
    assert [span.start for span in found] == pytest.approx([0, 3], abs=0.1)
    assert [span.seconds for span in found] == pytest.approx([1, 3], abs=0.2)


def test_the_longest_silence_is_the_longest() -> None:
    """Of one second and three seconds it is the three."""
    heard = call(silence(1), sentence(1, 2), silence(3), sentence(2, 2))
    assert longest_silence(heard).seconds == pytest.approx(3, abs=0.2)


def test_a_tone_has_no_silence() -> None:
    """And then the longest silence has no length."""
    assert longest_silence(tone(440, seconds=2)[200:-200]) == Span(0.0, 0.0)


def test_hum_is_silence() -> None:
    """What the telephone does not carry is not heard: 50 Hz at a tenth of full scale."""
    assert longest_silence(tone(50, seconds=3, level=0.1)).seconds > 2.9


def test_a_tone_lasts_and_is_as_loud_as_asked() -> None:
    """Seconds and level are those of the arguments."""
    sound = tone(1000, seconds=1.5, level=0.2)
    assert duration(sound) == 1.5
    assert np.abs(sound).max() == pytest.approx(0.2, abs=0.001)


def test_a_written_file_is_read_back(tmp_path: Path) -> None:
    """To the resolution of 16 bits."""
    sound = sentence(1, 1)
    write_wav(tmp_path / "sound.wav", sound)
    assert np.abs(read_wav(tmp_path / "sound.wav") - sound).max() < 1 / 16000


def test_a_file_that_still_grows_is_read(tmp_path: Path) -> None:
    """A phone fills in the header when the call ends: until then its length is 0, and half a sample may be there."""
    file = tmp_path / "heard.wav"
    write_wav(file, sentence(1, 1))
    content = bytearray(file.read_bytes())
    content[40:44] = struct.pack("<I", 0)
    file.write_bytes(content[:-101])
    assert duration(file) == pytest.approx(1, abs=0.01)


def test_a_file_with_more_chunks_is_read(tmp_path: Path) -> None:
    """What a sound editor adds is stepped over, an odd length with its padding."""
    file = tmp_path / "edited.wav"
    write_wav(file, sentence(1, 1))
    content = file.read_bytes()
    file.write_bytes(content[:12] + b"LIST" + struct.pack("<I", 3) + b"abc\0" + content[12:])
    assert duration(file) == 1


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (b"", "not a WAV file"),
        (b"RIFF\0\0\0\0WAVE", "holds no sound"),
        (b"RIFF\0\0\0\0WAVEdata\4\0\0\0\0\0\0\0", "8 kHz"),
        (b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\1\0\2\0\x40\x1f\0\0\0\x7d\0\0\4\0\x10\0data\4\0\0\0\0\0\0\0", "8 kHz"),
        (b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\1\0", "holds no sound"),
    ],
)
def test_a_file_of_another_form_is_refused(content: bytes, complaint: str, tmp_path: Path) -> None:
    """Empty, without sound, without a format, stereo, broken off."""
    (tmp_path / "wrong.wav").write_bytes(content)
    with pytest.raises(AudioError, match=complaint):
        read_wav(tmp_path / "wrong.wav")
