from __future__ import annotations

import wave
from pathlib import Path

from ivrctl.testkit.fake_asterisk import wav_lengths


def write(path: Path, seconds: float) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"\0\0" * round(seconds * 8000))


def test_length_comes_from_the_file(tmp_path: Path) -> None:
    """A prompt plays as long as its WAV file says, found under Asterisk's name for the folder."""
    write(tmp_path / "zh" / "welcome.wav", 1.5)
    assert wav_lengths({"/srv/prompts": tmp_path})("/srv/prompts/zh/welcome") == 1.5


def test_missing_file_has_no_length(tmp_path: Path) -> None:
    """A file that is not there is None, inside and outside of the folders."""
    lengths = wav_lengths({"/srv/prompts": tmp_path})
    assert lengths("/srv/prompts/nope") is None
    assert lengths("/elsewhere/nope") is None


def test_inner_folder_wins(tmp_path: Path) -> None:
    """A spool below the prompts is looked up in its own folder."""
    write(tmp_path / "spool" / "a.wav", 2.0)
    write(tmp_path / "prompts" / "spool" / "a.wav", 1.0)
    folders = {"/srv": tmp_path / "prompts", "/srv/spool": tmp_path / "spool"}
    assert wav_lengths(folders)("/srv/spool/a") == 2.0


def test_relative_prompt_lies_in_the_unnamed_folder(tmp_path: Path) -> None:
    """silence/1 belongs to Asterisk's own sounds."""
    write(tmp_path / "silence" / "1.wav", 1.0)
    assert wav_lengths({"": tmp_path})("silence/1") == 1.0


def test_replaced_file_is_measured_again(tmp_path: Path) -> None:
    """The length belongs to the file as it is now."""
    write(tmp_path / "a.wav", 1.0)
    lengths = wav_lengths({"/p": tmp_path})
    lengths("/p/a")
    write(tmp_path / "b.wav", 2.0)
    (tmp_path / "b.wav").rename(tmp_path / "a.wav")
    assert lengths("/p/a") == 2.0
