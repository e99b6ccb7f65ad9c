"""WAV files, the cache, the spool and recordings on disk."""

from __future__ import annotations

import os
import subprocess
import sys
import wave
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivrctl.adapters.prompts import Recordings
from ivrctl.adapters.prompts.cache import Label, SoundCache
from ivrctl.adapters.prompts.recordings import bare
from ivrctl.adapters.prompts.spool import Spool, is_in_memory
from ivrctl.adapters.prompts.wav import BrokenSoundError, read_wav, seconds_of, silence, write_wav

SOUND = b"\x01\x02" * 800
LABEL = Label("zh", "欢迎", "test")


def write_other(path: Path, *, rate: int = 8000, width: int = 2, channels: int = 1, samples: int = 800) -> None:
    with wave.open(str(path), "wb") as sound:
        sound.setnchannels(channels)
        sound.setsampwidth(width)
        sound.setframerate(rate)
        sound.writeframes(bytes(samples * width * channels))


def test_a_written_file_reads_back(tmp_path: Path) -> None:
    """Samples in, samples out."""
    write_wav(tmp_path / "a.wav", SOUND)
    assert read_wav(tmp_path / "a.wav") == SOUND


def test_a_file_can_be_read_by_asterisks_user(tmp_path: Path) -> None:
    """Asterisk is not who writes it."""
    write_wav(tmp_path / "a.wav", SOUND)
    assert (tmp_path / "a.wav").stat().st_mode & 0o777 == 0o644


def test_writing_leaves_nothing_beside_the_file(tmp_path: Path) -> None:
    """The temporary file has become the file."""
    write_wav(tmp_path / "a.wav", SOUND)
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


def test_a_failed_write_leaves_nothing(tmp_path: Path) -> None:
    """Neither the file nor a part of it."""
    (tmp_path / "a.wav").mkdir()
    with pytest.raises(OSError, match=r"a\.wav"):
        write_wav(tmp_path / "a.wav", SOUND)
    assert [path.name for path in tmp_path.iterdir()] == ["a.wav"]


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"rate": 16000}, "16000 Hz, 16 bit, 1 channels; 8000 Hz"),
        ({"width": 1}, "8 bit"),
        ({"channels": 2}, "2 channels"),
        ({"samples": 0}, "empty"),
    ],
)
def test_a_file_of_another_format_is_refused_with_the_reason(
    tmp_path: Path, other: dict[str, int], reason: str
) -> None:
    """The message says what there is and what is needed."""
    write_other(tmp_path / "a.wav", **other)
    with pytest.raises(BrokenSoundError, match=reason):
        read_wav(tmp_path / "a.wav")


def test_seconds_are_those_of_eight_thousand_samples() -> None:
    """Durations are seconds."""
    assert seconds_of(silence(1.5)) == 1.5


# SAFETY: whatever stands in a file, it is either the sound or refused with one kind of error.


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 1643), st.binary(max_size=8))
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, place: int, damage: bytes) -> None:
    """Any bytes over any place of a file."""
    path = tmp_path / "a.wav"
    write_wav(path, SOUND)
    content = bytearray(path.read_bytes())
    content[place : place + len(damage)] = damage
    path.write_bytes(content)
    try:
        outcome: bytes | str = read_wav(path)
    except BrokenSoundError as error:
        outcome = str(error)
    assert outcome


def test_a_cached_sound_reads_back(tmp_path: Path) -> None:
    """The cache gives what it was given."""
    cache = SoundCache(tmp_path)
    cache.save("ab12", SOUND, LABEL)
    assert cache.load("ab12") == SOUND


def test_a_missing_sound_is_none(tmp_path: Path) -> None:
    """It has to be made."""
    assert SoundCache(tmp_path).load("ab12") is None


def test_the_manifest_knows_a_sound_that_another_process_made(tmp_path: Path) -> None:
    """Several processes share one cache."""
    reader = SoundCache(tmp_path)
    assert reader.label("ab12") is None
    SoundCache(tmp_path).save("ab12", SOUND, LABEL)
    assert reader.label("ab12") == LABEL


def test_a_manifest_with_garbage_still_knows_the_rest(tmp_path: Path) -> None:
    """A torn or foreign line costs its own entry only."""
    cache = SoundCache(tmp_path)
    (tmp_path / "manifest.jsonl").write_bytes(b'\xff\xfe{"sound"\n[]\n{"sound": "x"}\n')
    cache.save("ab12", SOUND, LABEL)
    assert cache.label("ab12") == LABEL


def test_a_line_that_is_not_whole_yet_is_read_when_it_is(tmp_path: Path) -> None:
    """A reader may look while another process writes."""
    cache = SoundCache(tmp_path)
    cache.save("ab12", SOUND, LABEL)
    manifest = tmp_path / "manifest.jsonl"
    line = manifest.read_bytes()
    manifest.write_bytes(line[:20])
    assert cache.label("ab12") is None
    manifest.write_bytes(line)
    assert cache.label("ab12") == LABEL


def test_pruning_removes_only_what_is_not_kept_and_only_when_there_is_too_much(tmp_path: Path) -> None:
    """Texts that were changed long ago go first; those of today never."""
    cache = SoundCache(tmp_path)
    for key in ("ab1", "ab2", "ab3"):
        cache.save(key, SOUND, LABEL)
    size = cache.path("ab1").stat().st_size
    assert cache.prune({"ab1"}, limit=3 * size) == 0
    assert cache.prune({"ab1"}, limit=0) == 2
    assert cache.load("ab1") == SOUND


def test_two_spools_share_a_folder(tmp_path: Path) -> None:
    """While one process drains, another serves: the same leg may have prompts in both."""
    draining, serving = Spool(tmp_path), Spool(tmp_path)
    path = draining.write("leg-1", SOUND)
    serving.write("leg-1", SOUND)
    serving.release("leg-1")
    assert read_wav(path) == SOUND
    draining.close()
    serving.close()


def test_sweeping_leaves_a_living_process_alone(tmp_path: Path) -> None:
    """Its callers are listening."""
    living, other = Spool(tmp_path), Spool(tmp_path)
    path = living.write("leg-1", SOUND)
    assert other.sweep() == 0
    assert path.exists()
    living.close()
    other.close()


def test_sweeping_removes_what_a_killed_process_left(tmp_path: Path) -> None:
    """Personal data does not outlive a crash by more than a start."""
    script = (
        "import sys, pathlib; from ivrctl.adapters.prompts.spool import Spool\n"
        "spool = Spool(pathlib.Path(sys.argv[1])); print(spool.write('leg', b'12' * 80), flush=True); sys.stdin.read()"
    )
    command = [sys.executable, "-c", script, str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        left = Path(process.stdout.readline().strip())
        spool = Spool(tmp_path)
        assert spool.sweep() == 0
        process.kill()
    assert left.exists()
    assert spool.sweep() == 1
    assert not left.exists()
    spool.close()


def test_name_of_a_prompt_says_nothing_of_its_call(tmp_path: Path) -> None:
    """Names show in Asterisk's log."""
    spool = Spool(tmp_path)
    assert "leg-1" not in str(spool.write("leg-1", SOUND).relative_to(tmp_path))
    spool.close()


def test_releasing_a_call_removes_its_prompts_and_no_others(tmp_path: Path) -> None:
    """Another caller may be listening."""
    spool = Spool(tmp_path)
    first, second, other = spool.write("leg-1", SOUND), spool.write("leg-1", SOUND), spool.write("leg-2", SOUND)
    spool.release("leg-1")
    assert [path.exists() for path in (first, second, other)] == [False, False, True]
    spool.release("leg-1")
    spool.close()


def test_prompt_in_the_spool_can_be_read_by_asterisk(tmp_path: Path) -> None:
    """Whatever our umask is: Asterisk runs as another user."""
    before = os.umask(0o077)
    try:
        spool = Spool(tmp_path)
        path = spool.write("leg-1", SOUND)
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o644
    assert path.parent.stat().st_mode & 0o777 == 0o755
    spool.close()


@pytest.mark.parametrize(
    ("mounts", "is_so"),
    [
        ("/dev/vda / ext4 rw 0 0", False),
        ("/dev/vda / ext4 rw 0 0\ntmpfs {} tmpfs rw 0 0", True),
        ("/dev/vda / ext4 rw 0 0\ntmpfs {}/with\\040space tmpfs rw 0 0", True),
        ("tmpfs / tmpfs rw 0 0\n/dev/vdb {} ext4 rw 0 0", False),
        ("tmpfs {} tmpfs rw 0 0\n/dev/vdb {} ext4 rw 0 0", False),
        ("", False),
    ],
)
def test_folder_is_known_to_be_in_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mounts: str, is_so: bool
) -> None:
    """By the mount that is nearest above it; the last one mounted on a place counts."""
    folder = tmp_path / "with space" / "spool"
    folder.mkdir(parents=True)
    listed = tmp_path / "mounts"
    listed.write_text(mounts.replace("{}", str(tmp_path)))
    monkeypatch.setattr("ivrctl.adapters.prompts.spool.MOUNTS", listed)
    assert is_in_memory(folder) is is_so


def test_closing_a_spool_removes_all_it_held(tmp_path: Path) -> None:
    """Nothing of any call is left."""
    spool = Spool(tmp_path)
    spool.write("leg-1", SOUND)
    spool.close()
    assert list(tmp_path.rglob("*.wav")) == []


def recording_folder(tmp_path: Path, index: str | None = None) -> Path:
    folder = tmp_path / "prompts" / "zh"
    folder.mkdir(parents=True)
    if index is not None:
        (folder / "index.tsv").write_text(index, encoding="utf-8")
    return folder


def test_a_recording_is_found_by_its_index(tmp_path: Path) -> None:
    """A text of any length and any characters has a file of any name."""
    write_wav(recording_folder(tmp_path, "# ours\n请问: 要什么/业务？\tmenu-1.wav\n") / "menu-1.wav", SOUND)
    found = Recordings(tmp_path / "prompts").find("zh", "请问: 要什么/业务？")
    assert found is not None
    assert found.read() == SOUND


def test_a_recording_is_found_by_its_file_name(tmp_path: Path) -> None:
    """A short text needs no index."""
    write_wav(recording_folder(tmp_path) / "谢谢.wav", SOUND)
    assert Recordings(tmp_path / "prompts").find("zh", "谢谢。") is not None


def test_a_recording_serves_its_own_language_only(tmp_path: Path) -> None:
    """The same word is another sound in another language."""
    write_wav(recording_folder(tmp_path) / "OK.wav", SOUND)
    assert Recordings(tmp_path / "prompts").find("en", "OK") is None


@pytest.mark.parametrize(
    ("index", "fault"),
    [
        ("没有制表符\n", "index.tsv:1: error: expected a text, a tab and a file name"),
        ("文字\t\n", "index.tsv:1: error: expected a text, a tab and a file name"),
        ("文字\t不在.wav\n", 'index.tsv:1: error: file "不在.wav" does not exist'),
        ("文字\t../文字.wav\n", 'index.tsv:1: error: "../文字.wav" is not a file in this folder'),
        ("谢谢\tok.wav\n谢谢。\tok.wav\n", 'index.tsv:2: error: "谢谢。" has a recording already'),
    ],
)
def test_a_fault_in_the_index_is_named_with_its_line(tmp_path: Path, index: str, fault: str) -> None:
    """Nobody has to guess which line is meant."""
    write_wav(recording_folder(tmp_path, index) / "ok.wav", SOUND)
    assert [str(found) for found in Recordings(tmp_path / "prompts").faults] == [f"{tmp_path}/prompts/zh/{fault}"]


def test_a_recording_of_another_format_is_named_with_the_command_that_converts_it(tmp_path: Path) -> None:
    """It is left out, and the voice speaks instead."""
    write_other(recording_folder(tmp_path) / "谢谢.wav", rate=44100)
    recordings = Recordings(tmp_path / "prompts")
    [fault] = recordings.faults
    assert "44100 Hz" in fault.message
    assert fault.advice is not None
    assert "-r 8000" in fault.advice
    assert recordings.find("zh", "谢谢") is None


def test_a_recording_of_more_than_five_minutes_is_a_mistake(tmp_path: Path) -> None:
    """Somebody exported the whole session."""
    write_other(recording_folder(tmp_path) / "谢谢.wav", samples=8000 * 301)
    assert [fault.message for fault in Recordings(tmp_path / "prompts").faults] == ["longer than 300 s"]


def test_an_index_in_another_encoding_is_named(tmp_path: Path) -> None:
    """GB 18030 is not guessed."""
    (recording_folder(tmp_path) / "index.tsv").write_bytes("欢迎\tok.wav\n".encode("gb18030"))
    assert [fault.message for fault in Recordings(tmp_path / "prompts").faults] == ["not UTF-8"]


def test_a_site_without_recordings_has_none(tmp_path: Path) -> None:
    """The folder is optional."""
    assert len(Recordings(tmp_path / "prompts")) == 0


@pytest.mark.parametrize(
    ("text", "found"),
    [(" 欢迎。 ", "欢迎"), ("“请按1。”", "请按1"), ("Hello,  caller!", "Hello, caller"), ("…", ""), ("", "")],
)
def test_texts_match_without_the_punctuation_at_their_ends(text: str, found: str) -> None:
    """A full stop is not recorded."""
    assert bare(text) == found
