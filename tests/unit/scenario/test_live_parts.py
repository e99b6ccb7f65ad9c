"""The parts of the live engine that need no PBX: the queue_log, the comparison with a recording."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ivrctl.lang.source import Span
from ivrctl.model.utterance import Sound, SoundFolder, Utterance
from ivrctl.testkit import audio
from ivrctl.testkit.engines.agi.prompts import PaperPrompt
from ivrctl.testkit.engines.live.prompts import KeptPrompts
from ivrctl.testkit.engines.live.queue_log import QueueLog
from ivrctl.testkit.engines.live.recording import Recording
from ivrctl.testkit.engines.log import Heard, Stay

pytestmark = pytest.mark.thorough

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
    """A recording of prompts at known times, and the prompts' own sounds."""

    def __init__(self, folder: Path, *parts: float) -> None:
        self.sounds: dict[Utterance, Path] = {}
        pieces: list[audio.Samples] = []
        for part in parts:
            if isinstance(part, int):
                self.sounds.setdefault(_utterance(part), folder / f"{part}.wav")
                audio.write_wav(folder / f"{part}.wav", _sound(part, 2.0))
                pieces.append(_sound(part, 2.0))
            else:
                pieces.append(_silence(part))
        audio.write_wav(folder / "heard.wav", np.concatenate(pieces))
        self.recording = Recording(folder / "heard.wav", 0.5)

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


def _late(sound: audio.Samples, *at: float) -> audio.Samples:
    """A sound as it is heard when packets come late: 80 ms of nothing at each of these times."""
    parts = np.split(sound, [round(second * audio.RATE) for second in at])
    return np.concatenate([each for part in parts for each in (part, _silence(0.08))])


def test_prompt_that_late_packets_have_torn_was_heard(tmp_path: Path) -> None:
    """Two late packets in one second tear a prompt, and all of it is there."""
    call = _Call(tmp_path, 1)
    audio.write_wav(tmp_path / "heard.wav", np.concatenate([_late(_sound(1, 2.0), 1.1, 1.55), _silence(1.0)]))
    assert call.unheard((1, 0.5)) is None


@pytest.mark.parametrize("at", [1.0, 1.05, 1.1, 1.125, 1.15, 1.2])
def test_prompt_that_stood_still_was_heard(tmp_path: Path, at: float) -> None:
    """A machine that is busy for 0.4 s stops a prompt anywhere, and all of it is there."""
    call = _Call(tmp_path, 1)
    before, behind = np.split(_sound(1, 2.0), [round(at * audio.RATE)])
    audio.write_wav(tmp_path / "heard.wav", np.concatenate([before, _silence(0.4), behind, _silence(1.0)]))
    assert call.unheard((1, 0.5)) is None


@pytest.mark.parametrize("at", [1.0, 1.05, 1.1, 1.125, 1.15, 1.2])
def test_prompt_that_stood_still_and_went_on_with_another_word_was_not_heard(tmp_path: Path, at: float) -> None:
    """A fifth of a second of something else, where the sound goes on, is another prompt."""
    call = _Call(tmp_path, 1)
    before, behind = np.split(_sound(1, 2.0), [round(at * audio.RATE)])
    behind[:1600] = _sound(2, 2.0)[:1600]
    audio.write_wav(tmp_path / "heard.wav", np.concatenate([before, _silence(0.4), behind, _silence(1.0)]))
    assert call.unheard((1, 0.5)) == "hears 1"


@pytest.mark.parametrize("at", [1.05, 1.1, 1.125, 1.15, 1.2])
def test_prompt_with_another_word_put_into_it_was_not_heard(tmp_path: Path, at: float) -> None:
    """All of it is there, and something between: it did not stand still."""
    call = _Call(tmp_path, 1)
    before, behind = np.split(_sound(1, 2.0), [round(at * audio.RATE)])
    audio.write_wav(tmp_path / "heard.wav", np.concatenate([before, _sound(9, 0.4), behind, _silence(1.0)]))
    assert call.unheard((1, 0.5)) == "hears 1"


def test_prompt_with_another_word_in_it_was_not_heard(tmp_path: Path) -> None:
    """A third of a second of something else is another prompt."""
    call = _Call(tmp_path, 1)
    other = _sound(1, 2.0)
    other[9000:11600] = _sound(2, 2.0)[9000:11600]
    audio.write_wav(tmp_path / "heard.wav", np.concatenate([_late(other, 0.5), _silence(1.0)]))
    assert call.unheard((1, 0.5)) == "hears 1"


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
