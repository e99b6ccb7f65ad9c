"""The real voice, in the runtime of the development PBX."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from ivrctl.adapters.pbx import ensure_runtime
from ivrctl.adapters.prompts import PromptLibrary
from ivrctl.adapters.prompts.wav import read_wav, seconds_of
from ivrctl.adapters.voices import RATE, Accent, EspeakVoice, VoiceError
from ivrctl.model.utterance import Said, Utterance
from ivrctl.speech import Piece, vocabulary

# One group: what all vocabularies sound like is spoken once.
pytestmark = [pytest.mark.live, pytest.mark.timeout(300), pytest.mark.xdist_group("voice")]


@pytest.fixture
def voice() -> EspeakVoice:
    return EspeakVoice.found(ensure_runtime().command)


@pytest.fixture(scope="module")
def vocabularies() -> Mapping[Piece, bytes]:
    """All pieces of two languages, and the sound of each."""
    pieces = [*vocabulary("zh", "CNY"), *vocabulary("en", "CNY")]
    return dict(zip(pieces, asyncio.run(EspeakVoice.found(ensure_runtime().command).synthesise(pieces)), strict=True))


@dataclass(frozen=True)
class Views:
    """A folder as we and as Asterisk see it."""

    ours: Path
    asterisk: str


@pytest.fixture
async def library(voice: EspeakVoice, tmp_path: Path) -> AsyncIterator[PromptLibrary]:
    opened = PromptLibrary(
        voice=voice,
        currency="CNY",
        cache=Views(tmp_path / "cache", "/srv/prompts"),
        spool=Views(tmp_path / "spool", "/srv/spool"),
    )
    yield opened
    await opened.close()


def seconds(pcm: bytes) -> float:
    return len(pcm) / 2 / RATE


def likeness(one: bytes, other: bytes) -> float:
    """The best normalised cross-correlation of two sounds; 1 for the same sound, near 0 for others."""
    first, second = (np.frombuffer(pcm, "<i2").astype(float) for pcm in (one, other))
    length = len(first) + len(second)
    product = np.fft.irfft(np.fft.rfft(first, length) * np.conj(np.fft.rfft(second, length)), length)
    return float(np.abs(product).max() / np.sqrt((first @ first) * (second @ second)))


async def test_the_root_has_a_voice_for_chinese_and_english(voice: EspeakVoice) -> None:
    """Both languages of the reference centre are spoken, in about the time that people take."""
    chinese, english = await voice.synthesise(
        [Piece("zh", "欢迎致电客户热线。"), Piece("en", "Welcome to the hotline.")]
    )
    assert 1.5 < seconds(chinese) < 4
    assert 0.8 < seconds(english) < 3


async def test_a_voice_says_the_same_text_the_same_way(voice: EspeakVoice) -> None:
    """The audio of a call can be compared with the file that was played."""
    first, second = await voice.synthesise([Piece("zh", "您好")]), await voice.synthesise([Piece("zh", "您好")])
    assert first == second


def test_every_piece_of_the_vocabularies_is_heard(vocabularies: Mapping[Piece, bytes]) -> None:
    """None is silent, and none is longer than a phrase."""
    assert [piece.text for piece, pcm in vocabularies.items() if not 0.1 < seconds(pcm) < 2.5] == []


def test_the_vocabularies_speak_no_two_pieces_alike(vocabularies: Mapping[Piece, bytes]) -> None:
    """A voice that does not know a character leaves it out, and two pieces become one sound; homophones apart."""
    by_sound: dict[bytes, list[str]] = {}
    for piece in vocabulary("zh", "CNY"):
        by_sound.setdefault(vocabularies[piece], []).append(piece.text)
    assert [texts for texts in by_sound.values() if len(texts) > 1] == []


@pytest.mark.parametrize(
    ("language", "text", "like"),
    [
        ("zh", "按1", "按一"),
        ("zh", "拨10010", "拨幺零零幺零"),
        ("en", "dial 10010", "dial one zero zero one zero"),
    ],
)
async def test_numbers_in_words_are_spoken_as_people_say_them(
    voice: EspeakVoice, language: str, text: str, like: str
) -> None:
    """A digit sounds as its word does."""
    written, spoken = await voice.synthesise([Piece(language, text), Piece(language, like)])
    assert likeness(written, spoken) > 0.99


@pytest.mark.parametrize(
    "text",
    [
        "-v en-us hello",
        "--version",
        "<speak><break time='10s'/>hello</speak>",
        "[[h@'loU]] hello",
        'it\'s "quoted" `ls` $(reboot) $HOME; \\n %s',
        "two\nlines",
        "cmn\n160\ninjected",
        "nul\x00byte",
        "*?~#!&|<>",
    ],
)
async def test_a_text_is_only_ever_spoken(voice: EspeakVoice, text: str) -> None:
    """It is neither an option nor markup nor a command nor another job, and the one after it is spoken as ever."""
    _, after = await voice.synthesise([Piece("en", text, is_free=True), Piece("en", "good morning")])
    [alone] = await voice.synthesise([Piece("en", "good morning")])
    assert after == alone


async def test_markup_is_read_out_and_not_obeyed(voice: EspeakVoice) -> None:
    """A text from a database cannot make a caller wait."""
    [pcm] = await voice.synthesise([Piece("en", "<break time='10s'/>", is_free=True)])
    assert 0 < seconds(pcm) < 8


async def test_a_text_without_a_word_is_no_fault(voice: EspeakVoice) -> None:
    """There is nothing to hear in it."""
    assert await voice.synthesise([Piece("zh", "。")]) == [b""]


async def test_a_language_that_espeak_lacks_is_a_voice_error_with_its_complaint(voice: EspeakVoice) -> None:
    """The operator reads what espeak-ng said."""
    with pytest.raises(VoiceError, match="voice does not exist"):
        await voice.synthesise([Piece("xx-none", "hello")])


async def test_a_site_may_choose_another_accent(voice: EspeakVoice) -> None:
    """And it is another sound under another name."""
    american = EspeakVoice.found(ensure_runtime().command, {"en": Accent("en-us", 200)})
    assert american.name("en") != voice.name("en")
    assert await american.synthesise([Piece("en", "tomato")]) != await voice.synthesise([Piece("en", "tomato")])


def test_pieces_are_about_equally_loud(vocabularies: Mapping[Piece, bytes]) -> None:
    """No word of a number jumps out: within 6 dB."""
    sounds = [vocabularies[piece] for piece in vocabulary("zh", "CNY")]
    levels = [float(np.sqrt(np.mean(np.frombuffer(pcm, "<i2").astype(float) ** 2))) for pcm in sounds]
    assert max(levels) / min(levels) < 2


async def test_an_amount_is_spoken_from_its_pieces(library: PromptLibrary) -> None:
    """What a caller hears is a real sound of a plausible length, made without a synthesis of the amount."""
    utterance = Utterance("zh", ("您的余额是", Said("money", Decimal("120.50")), "。"))
    await library.build([utterance], ["zh"])
    before = library.made
    prompt = await library.prepare(utterance, "leg-1")
    assert 2 < seconds_of(read_wav(prompt.path)) < 6
    assert library.made == before


async def test_many_calls_at_once_get_their_free_text(library: PromptLibrary) -> None:
    """Shells side by side do not mix their texts up."""
    names = ["5G畅爽套餐", "家庭套餐", "商务套餐", "流量包"]
    utterances = [Utterance("zh", (Said("text", name),)) for name in names]
    at_once = await asyncio.gather(*(library.prepare(utterance, "leg-1") for utterance in utterances))
    one_by_one = [await library.prepare(utterance, "leg-2") for utterance in utterances]
    assert [read_wav(prompt.path) for prompt in at_once] == [read_wav(prompt.path) for prompt in one_by_one]
