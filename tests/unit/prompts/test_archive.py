"""What a voice has spoken once is there for the next PBX, and nobody depends on it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ivrctl.adapters.prompts import PromptLibrary, cache
from ivrctl.adapters.prompts import archive as archive_module
from ivrctl.adapters.prompts.archive import SoundArchive
from ivrctl.adapters.prompts.wav import read_wav, silence, write_wav
from ivrctl.model.utterance import Said, Utterance
from ivrctl.speech import vocabulary

WatchedVoice = Any
"""The voice of conftest.py, which cannot be imported: test folders are not packages."""

WELCOME = Utterance("zh", ("欢迎致电客户热线。",))
GREETING = Utterance("zh", ("您好", Said("text", "王小明"), "。"))
Open = Callable[[str], PromptLibrary]


def kept_in(archive: Path) -> list[Path]:
    """The files of all sounds."""
    return sorted(archive.rglob("*.wav"))


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "sounds"


@pytest.fixture
def pbx(open_library: Callable[..., PromptLibrary], archive: Path) -> Open:
    """Opens the library of one PBX after the other, each with a cache of its own and all with one archive."""
    return partial(open_library, archive=archive)


async def test_the_next_pbx_has_its_prompts_without_the_voice(pbx: Open, voice: WatchedVoice) -> None:
    """The same sounds under the same names, and both say that they were made."""
    first, second = pbx("first"), pbx("second")
    report = await first.build([WELCOME], ["zh"])
    asked = list(voice.spoken)
    assert (await second.build([WELCOME], ["zh"])) == report
    assert report.made == 1 + len(vocabulary("zh", "CNY"))
    assert voice.spoken == asked
    ours, theirs = await first.prepare(WELCOME, "leg-1"), await second.prepare(WELCOME, "leg-1")
    assert ours.path != theirs.path
    assert ours.path.read_bytes() == theirs.path.read_bytes()
    assert second.written(theirs.name) == "欢迎致电客户热线。"


async def test_another_voice_is_asked(pbx: Open, voice: WatchedVoice) -> None:
    """A new version of the synthesiser is heard at once, whatever was spoken before it."""
    await pbx("first").build([WELCOME])
    voice.version = "2"
    await pbx("second").build([WELCOME])
    assert voice.texts == ["欢迎致电客户热线。"] * 2


async def test_a_recording_stays_with_its_site(pbx: Open, archive: Path, tmp_path: Path) -> None:
    """Only what the voice has spoken is kept for others."""
    (tmp_path / "recorded" / "zh").mkdir(parents=True)
    write_wav(tmp_path / "recorded" / "zh" / "欢迎致电客户热线。.wav", silence(1))
    report = await pbx("first").build([WELCOME])
    assert (report.made, report.faults) == (1, ())
    assert not kept_in(archive)


async def test_what_is_said_to_one_caller_is_not_kept(pbx: Open, voice: WatchedVoice, archive: Path) -> None:
    """A free text may be personal."""
    library = pbx("first")
    await library.build([GREETING])
    kept = kept_in(archive)
    before = len(voice.spoken)
    await library.prepare(GREETING, "leg-1")
    assert len(voice.spoken) > before
    assert kept_in(archive) == kept


async def test_what_is_said_while_a_controller_runs_is_not_kept(pbx: Open, archive: Path) -> None:
    """A notice that somebody has typed is this PBX's alone."""
    library = pbx("first")
    await library.build([WELCOME])
    kept = kept_in(archive)
    await library.prepare(Utterance("zh", ("今天停电。",)), "leg-1")
    assert kept_in(archive) == kept


def test_one_that_cannot_be_touched_stops_no_other(archive: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another user's, say, or a disk that is full for the long ones."""
    keys = [f"{number:02x}" * 32 for number in range(3)]
    whole = cache.write_wav

    def write(path: Path, pcm: bytes) -> None:
        if path.stem == keys[1]:
            raise PermissionError(path)
        whole(path, pcm)

    monkeypatch.setattr(cache, "write_wav", write)
    sounds = SoundArchive(archive)
    sounds.keep({key: silence(1) for key in keys})
    assert list(sounds.find(keys)) == [keys[0], keys[2]]
    unlink = Path.unlink

    def remove(path: Path, missing_ok: bool = False) -> None:
        if path.stem == keys[0]:
            raise PermissionError(path)
        unlink(path, missing_ok=missing_ok)

    monkeypatch.setattr(Path, "unlink", remove)
    monkeypatch.setattr(archive_module, "MAX_BYTES", 0)
    sounds.prune(())
    assert list(sounds.find(keys)) == [keys[0]]


async def test_a_broken_sound_is_spoken_anew(pbx: Open, voice: WatchedVoice, archive: Path) -> None:
    """And the archive has it whole again."""
    await pbx("first").build([WELCOME])
    [kept] = kept_in(archive)
    kept.write_bytes(b"RIFF")
    await pbx("second").build([WELCOME])
    assert len(voice.spoken) == 2
    assert read_wav(kept)


async def test_without_a_place_for_it_the_voice_speaks(pbx: Open, voice: WatchedVoice, archive: Path) -> None:
    """A folder that cannot be made keeps no prompt from being made."""
    archive.parent.write_text("a file, where the folder should be")
    for name in ("first", "second"):
        report = await pbx(name).build([WELCOME])
        assert (report.made, report.faults) == (1, ())
    assert len(voice.spoken) == 2


def test_nobody_else_looks_in(archive: Path) -> None:
    """No Asterisk plays from there; also where the folder was there before."""
    archive.mkdir(parents=True, mode=0o755)
    SoundArchive(archive).keep({"ab" * 32: silence(1)})
    assert archive.stat().st_mode & 0o777 == 0o700


async def test_above_the_limit_the_oldest_go(
    pbx: Open, voice: WatchedVoice, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the site has now stays."""
    monkeypatch.setattr("ivrctl.adapters.prompts.archive.MAX_BYTES", 0)
    await pbx("first").build([Utterance("zh", ("再见。",))])
    await pbx("second").build([WELCOME])
    [kept] = kept_in(archive)
    await pbx("third").build([WELCOME])
    assert voice.texts == ["再见。", "欢迎致电客户热线。"]
    assert kept_in(archive) == [kept]
