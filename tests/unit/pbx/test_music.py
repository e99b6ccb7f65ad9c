"""The music on hold."""

from __future__ import annotations

from pathlib import Path

from ivrctl.adapters.pbx.music import NOTE_SECONDS, NOTES, write_music
from ivrctl.testkit.audio import find, longest_silence, tone


def test_the_music_is_never_silent(tmp_path: Path) -> None:
    """A caller who waits must not think that he was cut off; a test for silence must not count the wait."""
    write_music(tmp_path / "hold.wav")
    assert longest_silence(tmp_path / "hold.wav").seconds < 0.1


def test_the_music_is_known_by_its_notes(tmp_path: Path) -> None:
    """A test that hears one of them knows that its caller waits."""
    write_music(tmp_path / "hold.wav")
    assert all(find(tone(hertz, seconds=NOTE_SECONDS), tmp_path / "hold.wav").is_heard for hertz in NOTES)


def test_the_music_is_not_the_ring_tone(tmp_path: Path) -> None:
    """450 Hz, as China's exchanges ring."""
    write_music(tmp_path / "hold.wav")
    assert not find(tone(450, seconds=0.5), tmp_path / "hold.wav").is_begun
