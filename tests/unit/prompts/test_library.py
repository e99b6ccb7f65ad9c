"""The prompt library: from an utterance to a file that Asterisk can play."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from blockbuster import blockbuster_ctx

from ivrctl.adapters.prompts import PromptLibrary
from ivrctl.adapters.prompts.wav import read_wav, seconds_of, silence, write_wav
from ivrctl.adapters.voices import VoiceError
from ivrctl.model.utterance import Said, Utterance
from ivrctl.speech import vocabulary

WatchedVoice = Any
"""The voice of conftest.py, which cannot be imported: test folders are not packages."""


WELCOME = Utterance("zh", ("欢迎致电客户热线。",))
NAME = "王小明"


def balance(amount: str) -> Utterance:
    return Utterance("zh", ("您的余额是", Said("money", Decimal(amount)), "。"))


def greeting(name: str) -> Utterance:
    return Utterance("zh", ("您好", Said("text", name), "。"))


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def test_a_static_prompt_is_named_as_asterisk_sees_it(library: PromptLibrary, tmp_path: Path) -> None:
    """Asterisk may live in another root: the name is its own path, without the extension."""
    prompt = await library.prepare(WELCOME, "leg-1")
    below = prompt.path.relative_to(tmp_path / "cache").with_suffix("")
    assert prompt.name == f"/srv/prompts/{below}"


async def test_a_prepared_prompt_is_as_long_as_its_file(library: PromptLibrary) -> None:
    """Deadlines of media commands are computed from it."""
    prompt = await library.prepare(balance("120.50"), "leg-1")
    assert prompt.seconds == seconds_of(read_wav(prompt.path))


async def test_a_prepared_prompt_carries_its_written_text(library: PromptLibrary) -> None:
    """Transcripts and scenarios show what is written, not what is spoken."""
    assert (await library.prepare(balance("120.50"), "leg-1")).written == "您的余额是120.50。"


async def test_a_static_prompt_is_one_file_for_all_calls(library: PromptLibrary) -> None:
    """A thousand callers hear the same file."""
    assert await library.prepare(WELCOME, "leg-1") == await library.prepare(WELCOME, "leg-2")


async def test_a_static_prompt_outlives_the_process(
    open_library: Callable[[], PromptLibrary], voice: WatchedVoice
) -> None:
    """It is synthesised once, not at every start."""
    first = await open_library().prepare(WELCOME, "leg-1")
    assert await open_library().prepare(WELCOME, "leg-2") == first
    assert len(voice.spoken) == 1


async def test_a_prompt_with_values_lies_in_the_spool(library: PromptLibrary, tmp_path: Path) -> None:
    """It belongs to one call."""
    prompt = await library.prepare(balance("120.50"), "leg-1")
    assert prompt.path.is_relative_to(tmp_path / "spool")
    assert prompt.name == f"/srv/spool/{prompt.path.relative_to(tmp_path / 'spool').with_suffix('')}"


async def test_a_prompt_with_values_is_its_pieces_joined(library: PromptLibrary) -> None:
    """The pieces follow each other, with a breath after the words and a pause after the sentence."""
    prompt = await library.prepare(balance("12"), "leg-1")
    parts = [await library.prepare(Utterance("zh", (text,)), "leg-1") for text in ("您的余额是", "十二", "元")]
    words, *value = [read_wav(part.path) for part in parts]
    assert read_wav(prompt.path) == words + silence(0.08) + b"".join(value) + silence(0.3)


async def test_a_piece_is_made_once_for_all_values(library: PromptLibrary, voice: WatchedVoice) -> None:
    """Amounts share their pieces."""
    await library.prepare(balance("120.50"), "leg-1")
    await library.prepare(balance("120"), "leg-2")
    assert sorted(voice.texts) == sorted(["您的余额是", "一百", "二十", "元", "五角"])


async def test_release_removes_the_prompts_of_a_call(library: PromptLibrary) -> None:
    """They may hold personal data."""
    prompt = await library.prepare(balance("120.50"), "leg-1")
    library.release("leg-1")
    await library.close()
    assert not prompt.path.exists()


async def test_spool_in_memory_is_written_and_cleared_at_once(
    open_library: Callable[[], PromptLibrary], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A file on a tmpfs waits for nothing: no thread comes between."""
    monkeypatch.setattr("ivrctl.adapters.prompts.library.is_in_memory", lambda _folder: True)
    library = open_library()
    prompt, other = await library.prepare(balance("120.50"), "leg-1"), await library.prepare(balance("1"), "leg-2")
    assert seconds_of(read_wav(prompt.path)) == prompt.seconds
    library.release("leg-1")
    assert [prompt.path.exists(), other.path.exists()] == [False, True]


async def test_release_leaves_the_prompts_of_other_calls(library: PromptLibrary) -> None:
    """Another caller may be listening."""
    other = await library.prepare(balance("1"), "leg-2")
    await library.prepare(balance("2"), "leg-1")
    library.release("leg-1")
    await library.prepare(balance("3"), "leg-1")  # written after the release was carried out
    assert other.path.exists()


async def test_a_call_may_be_released_after_the_library_is_closed(library: PromptLibrary) -> None:
    """At the end of the process calls end in any order."""
    prompt = await library.prepare(balance("1"), "leg-1")
    await library.close()
    library.release("leg-1")
    assert not prompt.path.exists()


async def test_release_of_an_unknown_call_is_fine(library: PromptLibrary) -> None:
    """Most calls need no prompt of their own."""
    library.release("leg-unknown")
    assert (await library.prepare(balance("1"), "leg-1")).path.exists()


async def test_a_spool_that_was_cleared_is_made_again(library: PromptLibrary, tmp_path: Path) -> None:
    """Whoever tidies temporary folders does not silence every amount until the next restart."""
    await library.prepare(balance("1"), "leg-1")
    await asyncio.to_thread(shutil.rmtree, tmp_path / "spool")
    prompt = await library.prepare(balance("2"), "leg-1")
    assert seconds_of(read_wav(prompt.path)) == prompt.seconds


async def test_a_silence_that_cannot_be_played_is_written_again(library: PromptLibrary) -> None:
    """No caller waits for a lookup without his keys being heard because somebody has emptied the folder."""
    path = library.silence(1.0).path
    await asyncio.to_thread(path.unlink)
    library.distrust(path)
    await library.prepare(balance("1"), "leg-1")  # files are written one after the other
    assert seconds_of(read_wav(path)) == 1.0


async def test_free_text_is_kept_nowhere_but_in_the_spool(library: PromptLibrary, tmp_path: Path) -> None:
    """A name may stand in no cache, no manifest and no file name, and goes with its call."""
    await library.prepare(greeting(NAME), "leg-1")
    library.release("leg-1")
    await library.close()
    name = NAME.encode()
    assert not files(tmp_path / "spool")[1:]
    assert all(name not in path.read_bytes() and NAME not in str(path) for path in files(tmp_path))


async def test_free_text_is_synthesised_for_every_call(library: PromptLibrary, voice: WatchedVoice) -> None:
    """It is remembered in no memory either."""
    await library.prepare(greeting(NAME), "leg-1")
    await library.prepare(greeting(NAME), "leg-2")
    assert voice.texts.count(NAME) == 2


async def test_no_text_stands_in_a_name(library: PromptLibrary) -> None:
    """Names are hashes: they show in Asterisk's log."""
    prompt = await library.prepare(WELCOME, "leg-1")
    assert len(prompt.path.stem) == len(hashlib.sha256().hexdigest())


async def test_the_call_does_not_stand_in_the_name(library: PromptLibrary) -> None:
    """A leg id with a slash leads nowhere outside the spool."""
    prompt = await library.prepare(balance("1"), "../../leg")
    assert ".." not in prompt.name


async def test_many_calls_for_one_missing_sound_make_it_once(library: PromptLibrary, voice: WatchedVoice) -> None:
    """A new prompt in the busy hour costs one synthesis, not hundreds."""
    voice.may_speak = asyncio.Event()
    calls = [asyncio.ensure_future(library.prepare(WELCOME, f"leg-{number}")) for number in range(20)]
    await voice.asked.wait()
    voice.may_speak.set()
    assert len(set(await asyncio.gather(*calls))) == 1
    assert len(voice.spoken) == 1


async def test_a_caller_who_hangs_up_does_not_take_the_sound_from_the_others(
    library: PromptLibrary, voice: WatchedVoice
) -> None:
    """Who asked first may leave first."""
    voice.may_speak = asyncio.Event()
    first = asyncio.ensure_future(library.prepare(WELCOME, "leg-1"))
    await voice.asked.wait()
    second = asyncio.ensure_future(library.prepare(WELCOME, "leg-2"))
    first.cancel()
    voice.may_speak.set()
    assert (await second).path.exists()
    assert len(voice.spoken) == 1


async def test_a_voice_that_fails_is_asked_again(library: PromptLibrary, voice: WatchedVoice) -> None:
    """A failure is not remembered."""
    voice.refused = {"欢迎致电客户热线。"}
    with pytest.raises(VoiceError, match="cannot say"):
        await library.prepare(WELCOME, "leg-1")
    voice.refused = set()
    assert (await library.prepare(WELCOME, "leg-1")).path.exists()


@pytest.mark.parametrize("content", [b"", b"RIFF", b"\0" * 5000])
async def test_a_broken_file_is_made_again(
    open_library: Callable[[], PromptLibrary], voice: WatchedVoice, content: bytes
) -> None:
    """A half-written or foreign file is never played."""
    prompt = await open_library().prepare(WELCOME, "leg-1")
    whole = prompt.path.read_bytes()
    prompt.path.write_bytes(content)
    await open_library().prepare(WELCOME, "leg-1")
    assert prompt.path.read_bytes() == whole


async def test_a_file_cut_at_any_byte_is_made_again(open_library: Callable[[], PromptLibrary]) -> None:
    """Also one whose header is whole."""
    prompt = await open_library().prepare(WELCOME, "leg-1")
    whole = prompt.path.read_bytes()
    for size in (10, 43, 44, 45, 1000, len(whole) - 1):
        prompt.path.write_bytes(whole[:size])
        await open_library().prepare(WELCOME, "leg-1")
        assert prompt.path.read_bytes() == whole


async def test_a_prompt_that_asterisk_could_not_play_is_looked_at_again(library: PromptLibrary) -> None:
    """Somebody removed the file while the controller ran."""
    prompt = await library.prepare(WELCOME, "leg-1")
    prompt.path.unlink()
    library.distrust(prompt.path)
    assert (await library.prepare(WELCOME, "leg-1")).path.exists()


async def test_another_voice_makes_other_sounds(open_library: Callable[[], PromptLibrary], voice: WatchedVoice) -> None:
    """A new version of the synthesiser is heard at once, in all prompts."""
    before = await open_library().prepare(WELCOME, "leg-1")
    voice.version = "2"
    assert (await open_library().prepare(WELCOME, "leg-1")).name != before.name


async def test_after_build_a_call_makes_nothing(library: PromptLibrary) -> None:
    """All pieces of all values are there before the first caller."""
    await library.build([WELCOME, balance("0")], ["zh"])
    before = library.made
    for amount in ("0", "0.05", "1234567.89", "-20", "100000001"):
        await library.prepare(balance(amount), "leg-1")
    await library.prepare(WELCOME, "leg-1")
    assert library.made == before


async def test_build_tells_what_it_made_and_what_was_there(open_library: Callable[[], PromptLibrary]) -> None:
    """The second build has nothing to do."""
    first = await open_library().build([WELCOME], ["zh", "en"])
    second = await open_library().build([WELCOME], ["zh", "en"])
    sounds = 1 + len(vocabulary("zh", "CNY")) + len(vocabulary("en", "CNY"))
    assert (first.made, first.kept, second.made, second.kept) == (sounds, 0, 0, sounds)


async def test_build_reports_progress_to_the_end(library: PromptLibrary) -> None:
    """A terminal shows how far it is."""
    seen: list[tuple[int, int]] = []
    await library.build([], ["zh"], lambda done, of: seen.append((done, of)))
    total = len(vocabulary("zh", "CNY"))
    assert seen == sorted(seen)
    assert (seen[0], seen[-1]) == ((0, total), (total, total))


async def test_build_goes_on_after_a_sound_that_cannot_be_made(library: PromptLibrary, voice: WatchedVoice) -> None:
    """One text that the voice refuses is named, and all others are made."""
    voice.refused = {"二十"}
    report = await library.build([WELCOME], ["zh"])
    assert len(report.faults) == 1
    assert "二十" in report.faults[0]
    assert report.made == len(vocabulary("zh", "CNY"))


async def test_build_makes_a_broken_sound_again_in_a_running_library(library: PromptLibrary) -> None:
    """What is in memory does not hide what is on disk."""
    prompt = await library.prepare(WELCOME, "leg-1")
    prompt.path.write_bytes(b"RIFF")
    assert (await library.build([WELCOME])).made == 1
    assert read_wav(prompt.path)


async def test_check_lists_what_is_missing(library: PromptLibrary) -> None:
    """Nothing is made by looking."""
    [fault] = await library.check([WELCOME])
    assert (fault.language, fault.text, fault.reason) == ("zh", "欢迎致电客户热线。", "missing")


async def test_check_lists_what_is_broken_and_why(library: PromptLibrary) -> None:
    """The reason is that of the file."""
    prompt = await library.prepare(WELCOME, "leg-1")
    prompt.path.write_bytes(prompt.path.read_bytes()[:100])
    [fault] = await library.check([WELCOME])
    assert fault.reason == "cut short"


async def test_check_is_content_after_build(library: PromptLibrary) -> None:
    """Both look at the same sounds."""
    await library.build([WELCOME, balance("0")], ["zh"])
    assert await library.check([WELCOME, balance("7")], ["zh"]) == ()


async def test_a_static_name_leads_back_to_its_text(open_library: Callable[[], PromptLibrary]) -> None:
    """A tool that sees a file name in Asterisk's log can say what was heard, also in another process."""
    reader = open_library()
    prompt = await open_library().prepare(WELCOME, "leg-1")
    assert reader.written(prompt.name) == "欢迎致电客户热线。"


async def test_the_name_of_a_callers_prompt_leads_nowhere(library: PromptLibrary) -> None:
    """The manifest holds no personal data."""
    assert library.written((await library.prepare(greeting(NAME), "leg-1")).name) is None


async def test_an_utterance_without_a_word_is_a_file_all_the_same(library: PromptLibrary) -> None:
    """Asterisk takes an empty file for a fault."""
    assert (await library.prepare(Utterance("zh", ("",)), "leg-1")).seconds > 0


async def test_silence_is_there_without_waiting(library: PromptLibrary) -> None:
    """The runner sits in it during a lookup."""
    prompt = library.silence(0.5)
    assert (prompt.seconds, read_wav(prompt.path)) == (0.5, silence(0.5))
    assert prompt.name == "/srv/prompts/silence-500ms"


@pytest.mark.parametrize(("asked", "given"), [(0.1, 0.25), (0.3, 0.5), (3.0, 5.0), (60.0, 10.0)])
async def test_silence_is_rounded_to_a_file_that_exists(library: PromptLibrary, asked: float, given: float) -> None:
    """Not shorter than asked, up to ten seconds."""
    assert library.silence(asked).seconds == given


async def test_the_fallback_file_is_all_languages_joined(library: PromptLibrary, tmp_path: Path) -> None:
    """The dialplan plays it while no controller answers."""
    sorry = [Utterance("zh", ("对不起。",)), Utterance("en", ("We are sorry.",))]
    path = await library.fallback_file(sorry)
    parts = [read_wav((await library.prepare(utterance, "leg-1")).path) for utterance in sorry]
    assert path == tmp_path / "cache" / "fallback.wav"
    assert read_wav(path) == b"".join(parts)


async def test_preparing_never_blocks_the_loop(
    open_library: Callable[[], PromptLibrary], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No file on a disk is touched in the loop: other callers' keys are being read there."""
    monkeypatch.setattr("ivrctl.adapters.prompts.library.is_in_memory", lambda _folder: False)
    library = open_library()
    with blockbuster_ctx("ivrctl"):
        for amount in ("1", "120.50"):
            await library.prepare(balance(amount), "leg-1")
            await library.prepare(WELCOME, "leg-1")
            library.silence(1)
            library.release("leg-1")


async def test_a_prompt_is_cut_before_it_fills_the_spool(
    library: PromptLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody listens for ten minutes."""
    monkeypatch.setattr("ivrctl.adapters.prompts.library.LONGEST_SECONDS", 1.0)
    assert (await library.prepare(balance("1234567.89"), "leg-1")).seconds == 1.0


async def test_a_recording_wins_over_the_voice(
    open_library: Callable[[], PromptLibrary], voice: WatchedVoice, tmp_path: Path
) -> None:
    """A person speaks better than any program."""
    recorded = b"\x01\x02" * 800
    (tmp_path / "recorded" / "zh").mkdir(parents=True)
    write_wav(tmp_path / "recorded" / "zh" / "欢迎致电客户热线.wav", recorded)
    prompt = await open_library().prepare(WELCOME, "leg-1")
    assert read_wav(prompt.path).startswith(recorded)
    assert voice.spoken == []


async def test_a_piece_of_a_number_can_be_recorded(
    open_library: Callable[[], PromptLibrary], voice: WatchedVoice, tmp_path: Path
) -> None:
    """A studio may record the whole vocabulary."""
    (tmp_path / "recorded" / "zh").mkdir(parents=True)
    write_wav(tmp_path / "recorded" / "zh" / "元.wav", b"\x01\x02" * 800)
    await open_library().prepare(balance("12"), "leg-1")
    assert voice.texts == ["您的余额是", "十二"]


async def test_free_text_is_never_taken_from_a_recording_by_chance(
    open_library: Callable[[], PromptLibrary], voice: WatchedVoice, tmp_path: Path
) -> None:
    """What a database gives is spoken as given."""
    (tmp_path / "recorded" / "zh").mkdir(parents=True)
    write_wav(tmp_path / "recorded" / "zh" / f"{NAME}.wav", b"\x01\x02" * 800)
    await open_library().prepare(greeting(NAME), "leg-1")
    assert NAME in voice.texts


async def test_a_recording_made_again_is_another_sound(
    open_library: Callable[[], PromptLibrary], tmp_path: Path
) -> None:
    """The cache does not hold on to the old one."""
    (tmp_path / "recorded" / "zh").mkdir(parents=True)
    path = tmp_path / "recorded" / "zh" / "欢迎致电客户热线.wav"
    write_wav(path, b"\x01\x02" * 800)
    before = await open_library().prepare(WELCOME, "leg-1")
    write_wav(path, b"\x03\x04" * 800)
    assert (await open_library().prepare(WELCOME, "leg-1")).name != before.name


async def test_build_takes_recordings_that_came_since(library: PromptLibrary, tmp_path: Path) -> None:
    """A site that is loaded again is built with what it has now, without a new start."""
    before = await library.prepare(WELCOME, "leg-1")
    (tmp_path / "recorded" / "zh").mkdir(parents=True)
    write_wav(tmp_path / "recorded" / "zh" / "欢迎致电客户热线.wav", b"\x01\x02" * 800)
    await library.build([WELCOME])
    after = await library.prepare(WELCOME, "leg-1")
    assert after.name != before.name
    assert read_wav(after.path).startswith(b"\x01\x02" * 800)


async def test_a_recording_that_changed_under_a_running_library_is_refused(
    library: PromptLibrary, open_library: Callable[[], PromptLibrary], tmp_path: Path
) -> None:
    """What was not looked at is not played: the site has to be loaded again."""
    (tmp_path / "recorded" / "zh").mkdir(parents=True)
    path = tmp_path / "recorded" / "zh" / "欢迎致电客户热线.wav"
    write_wav(path, b"\x01\x02" * 800)
    reader = open_library()
    write_wav(path, b"\x03\x04" * 800)
    with pytest.raises(VoiceError, match="changed since"):
        await reader.prepare(WELCOME, "leg-1")
