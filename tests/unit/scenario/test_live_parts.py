"""The parts of the live engine that need no PBX: the queue_log, the comparison with a recording."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ivrctl.lang.source import Span
from ivrctl.model.utterance import Sound, SoundFolder, Utterance
from ivrctl.testkit import audio
from ivrctl.testkit.arrivals import Arrivals
from ivrctl.testkit.engines.agi.prompts import PaperPrompt
from ivrctl.testkit.engines.live.prompts import KeptPrompts
from ivrctl.testkit.engines.live.queue_log import QueueLog
from ivrctl.testkit.engines.live.recording import Recording
from ivrctl.testkit.engines.log import Heard, Stay

pytestmark = pytest.mark.thorough

BEGAN = 0.5
"""Seconds into the call at which the recordings begin."""
NOWHERE = Span("test", 1, 1, 1, 1)
ENTRY = "1795335705|scn-1.2|vip|NONE|ENTERQUEUE||13800138000|1\n"


def test_entry_into_a_queue_is_counted_from_the_rows_written_since(tmp_path: Path) -> None:
    """Rows from before, of other calls, of other queues and of other events do not count."""
    path = tmp_path / "queue_log"
    path.write_text(ENTRY)
    log = QueueLog(path)
    assert log.entries("scn-1.2", "vip") == 0
    with path.open("a") as file:
        file.write(ENTRY.replace("vip", "desk") + ENTRY.replace("1.2", "1.3") + ENTRY.replace("ENTER", "LEAVE"))
        file.write(ENTRY + ENTRY)
    assert log.entries("scn-1.2", "vip") == 2


def test_row_that_is_half_written_counts_when_it_is_whole(tmp_path: Path) -> None:
    """A row is read once its line has ended."""
    path = tmp_path / "queue_log"
    log = QueueLog(path)
    assert log.entries("scn-1.2", "vip") == 0
    path.write_text(ENTRY[:30])
    assert log.entries("scn-1.2", "vip") == 0
    with path.open("a") as file:
        file.write(ENTRY[30:])
    assert log.entries("scn-1.2", "vip") == 1


def _sound(seed: int, seconds: float) -> audio.Samples:
    """Something as unlike any other of its kind as two sentences are."""
    noise = np.random.default_rng(seed).normal(0, 0.1, round(seconds * audio.RATE))
    return np.asarray(np.convolve(noise, np.ones(8) / 8, mode="same"), dtype=np.float64)


def _silence(seconds: float) -> audio.Samples:
    return np.zeros(round(seconds * audio.RATE))


class _Call:
    """What a phone played and received of prompts at known times, and the prompts' own sounds."""

    def __init__(self, folder: Path, *parts: float) -> None:
        self.sounds: dict[Utterance, Path] = {}
        played: list[audio.Samples] = []
        received: list[audio.Samples] = []
        arrivals, now, so_far = Arrivals(), BEGAN, 0
        for part in parts:
            if isinstance(part, int):
                self.sounds.setdefault(_utterance(part), folder / f"{part}.wav")
                audio.write_wav(folder / f"{part}.wav", _sound(part, 2.0))
                played.append(_sound(part, 2.0))
                received.append(played[-1])
                for tenth in range(1, 21):
                    arrivals.note(now + tenth / 10, so_far + tenth * audio.RATE // 10)
                so_far += len(played[-1])
            else:
                played.append(_silence(part))
            now += audio.duration(played[-1])
        audio.write_wav(folder / "heard.wav", np.concatenate(played))
        audio.write_wav(folder / "received.wav", np.concatenate(received))
        self.recording = Recording(folder / "heard.wav", BEGAN, folder / "received.wav", arrivals)

    def unheard(self, *met: tuple[int, float]) -> str | None:
        """The line that is not in the recording, of prompts that the flow said at these times."""
        lines = [
            (NOWHERE, f"hears {number}", Heard(_utterance(number), f"{number}", at, at + 2.0)) for number, at in met
        ]
        found = self.recording.unheard(lines, self.sounds.get)
        return None if found is None else found[1]


def _utterance(number: int) -> Utterance:
    return Utterance("en", (f"sentence {number}",))


def test_prompts_that_were_heard_in_their_order_are_found(tmp_path: Path) -> None:
    """Each prompt is found where the flow said it."""
    assert _Call(tmp_path, 1, 1.0, 2, 1.0, 3).unheard((1, 0.5), (2, 3.5), (3, 6.5)) is None


def test_prompt_that_did_not_reach_the_phone_is_told(tmp_path: Path) -> None:
    """The flow said it; where it should be, there is something else."""
    call = _Call(tmp_path, 1, 1.0, 2, 1.0, 3)
    audio.write_wav(tmp_path / "4.wav", _sound(4, 2.0))
    call.sounds[_utterance(4)] = tmp_path / "4.wav"
    assert call.unheard((1, 0.5), (4, 3.5), (3, 6.5)) == "hears 4"


def test_prompt_without_a_sound_is_told(tmp_path: Path) -> None:
    """What was never made cannot have been heard."""
    assert _Call(tmp_path, 1).unheard((9, 0.5)) == "hears 9"


def test_prompts_that_were_heard_in_another_order_are_told(tmp_path: Path) -> None:
    """A prompt counts only behind the one before."""
    assert _Call(tmp_path, 2, 1.0, 1).unheard((1, 0.5), (2, 3.5)) == "hears 1"


def test_prompt_that_is_said_twice_must_be_heard_twice(tmp_path: Path) -> None:
    """One saying of a prompt does not meet two lines."""
    assert _Call(tmp_path, 1, 1.0, 1).unheard((1, 0.5), (1, 3.5)) is None
    assert _Call(tmp_path, 1, 3.0).unheard((1, 0.5), (1, 3.5)) == "hears 1"


def test_silence_is_measured_outside_of_stays(tmp_path: Path) -> None:
    """The silence of a queue without music belongs to the queue."""
    recording = _Call(tmp_path, 1, 1.5, 2, 4.0, 3).recording
    assert recording.longest_silence([]) == pytest.approx(4.0, abs=0.1)
    queue = Stay("queue", "vip", 6.0, ended=10.0)
    assert recording.longest_silence([queue]) == pytest.approx(1.5, abs=0.1)


def test_prompt_with_another_word_in_it_was_not_heard(tmp_path: Path) -> None:
    """A third of a second of something else is another prompt."""
    call = _Call(tmp_path, 1)
    other = _sound(1, 2.0)
    other[9000:11600] = _sound(2, 2.0)[9000:11600]
    audio.write_wav(tmp_path / "received.wav", np.concatenate([other, _silence(1.0)]))
    assert call.unheard((1, 0.5)) == "hears 1"


def test_prompt_behind_one_that_took_longer_than_its_sound_was_heard(tmp_path: Path) -> None:
    """Asterisk was late with the first one by a second; in the packets the second one follows it at once."""
    call = _Call(tmp_path, 1, 2)
    late = (
        (NOWHERE, "hears 1", Heard(_utterance(1), "1", 0.5, 3.5)),
        (NOWHERE, "hears 2", Heard(_utterance(2), "2", 2.5, 4.5)),
    )
    assert call.recording.unheard(late, call.sounds.get) is None


def test_prompt_that_the_phone_played_in_pieces_was_heard(tmp_path: Path) -> None:
    """Packets that come late tear what is played, and nothing of them is lost."""
    call = _Call(tmp_path, 1)
    pieces = np.split(_sound(1, 2.0), range(1000, 16000, 1000))
    audio.write_wav(
        tmp_path / "heard.wav", np.concatenate([each for piece in pieces for each in (piece, _silence(0.06))])
    )
    assert call.unheard((1, 0.5)) is None


def test_what_has_arrived_is_known_to_the_look_before_and_the_one_behind() -> None:
    """Between two looks it may have been all or nothing; behind the last one, all that ever came."""
    arrivals = Arrivals()
    for seconds, samples in ((1.0, 100), (2.0, 100), (3.0, 300)):
        arrivals.note(seconds, samples)
    assert [arrivals.least(at) for at in (0.5, 1.0, 2.5, 3.0, 9.0)] == [0, 100, 100, 300, 300]
    assert [arrivals.since(at) for at in (0.5, 1.0, 2.5, 3.0)] == [300, 200, 200, 0]
    assert [arrivals.when(sample) for sample in (0, 99, 100, 299, 300)] == [1.0, 1.0, 3.0, 3.0, 3.0]
    assert [arrivals.most(at) for at in (0.5, 1.0, 2.5, 3.0, 3.1)] == [100, 100, 300, 300, None]


class _Library:
    """Prompts that lie in a folder under the names of their recordings."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def prepare(self, utterance: Utterance, call: str) -> PaperPrompt:
        [sound] = utterance.parts
        assert isinstance(sound, Sound)
        return PaperPrompt(sound.file, 1.0, utterance.written, self._folder / f"{sound.file}.wav")

    def silence(self, seconds: float) -> PaperPrompt:
        return PaperPrompt("silence", seconds, "")

    def release(self, call: str) -> None:
        """Nothing is made."""

    def distrust(self, path: Path) -> None:
        """Nothing is remembered."""


async def test_recording_is_compared_with_its_own_file(tmp_path: Path) -> None:
    """Put aside when it is played: whatever becomes of the message, what was heard is compared with what it held."""
    message = Utterance("en", (Sound(SoundFolder.MESSAGES, "leg-voicemail-1", ""),))
    file = tmp_path / "leg-voicemail-1.wav"
    file.write_bytes(b"what he said")
    kept = KeptPrompts(_Library(tmp_path), tmp_path / "kept")
    await kept.prepare(message, "leg")
    file.unlink()
    sound = kept.sound_of(message)
    assert sound is not None
    assert sound.read_bytes() == b"what he said"
