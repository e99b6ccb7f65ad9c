"""Recordings that are played as they are: notices below the prompts, messages where Asterisk records."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ivrctl.adapters.prompts import PromptLibrary
from ivrctl.adapters.prompts.notice_files import NoticeFiles
from ivrctl.adapters.prompts.wav import BrokenSoundError, silence, wav_of
from ivrctl.errors import ConfigurationError
from ivrctl.model.utterance import Said, Sound, SoundFolder, Utterance

from .conftest import Views, WatchedVoice

MESSAGE = Utterance("en", (Sound(SoundFolder.MESSAGES, "leg-voicemail-1", ""),))


@pytest.fixture
async def library(tmp_path: Path, voice: WatchedVoice) -> AsyncIterator[PromptLibrary]:
    """With a folder where Asterisk records."""
    (tmp_path / "messages").mkdir()
    views = {name: Views(tmp_path / name, f"/srv/{name}") for name in ("cache", "spool", "messages")}
    library = PromptLibrary(voice=voice, currency="CNY", **views)
    yield library
    await library.close()


async def test_message_is_played_from_where_asterisk_records(library: PromptLibrary, tmp_path: Path) -> None:
    """Named as Asterisk sees it, as long as its header says; nothing is copied or spoken."""
    file = tmp_path / "messages" / "leg-voicemail-1.wav"
    file.write_bytes(wav_of(silence(3)))
    prompt = await library.prepare(MESSAGE, "leg")
    assert (prompt.name, prompt.seconds, prompt.path) == ("/srv/messages/leg-voicemail-1", 3.0, file)
    assert prompt.written == "(recording)"


async def test_notice_is_played_from_the_folder_of_notices(library: PromptLibrary, tmp_path: Path) -> None:
    """Under the name that it was kept by."""
    name = NoticeFiles(tmp_path / "cache").keep("n7", "en", silence(2))
    prompt = await library.prepare(Utterance("en", (Sound(SoundFolder.NOTICES, name, "A storm."),)), "leg")
    assert (prompt.name, prompt.seconds, prompt.written) == (f"/srv/cache/notices/{name}", 2.0, "A storm.")


async def test_message_that_goes_with_its_call_is_asterisks(library: PromptLibrary, tmp_path: Path) -> None:
    """Releasing a call leaves what its caller said: the record of the call names it."""
    file = tmp_path / "messages" / "leg-voicemail-1.wav"
    file.write_bytes(wav_of(silence(3)))
    await library.prepare(MESSAGE, "leg")
    library.release("leg")
    await library.close()
    assert file.exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "not a WAV file"),
        (b"RIFF", "not a WAV file"),
        (wav_of(b""), "empty"),
        (wav_of(silence(1))[:-2000], "cut short"),
        (wav_of(silence(1)).replace(b"\x40\x1f", b"\x80\x3e"), "16000 Hz"),
    ],
)
async def test_broken_recording_is_refused(library: PromptLibrary, tmp_path: Path, content: bytes, told: str) -> None:
    """Asterisk would play noise, or nothing."""
    (tmp_path / "messages" / "leg-voicemail-1.wav").write_bytes(content)
    with pytest.raises(BrokenSoundError, match=told):
        await library.prepare(MESSAGE, "leg")


async def test_recording_that_is_not_there_is_refused(library: PromptLibrary) -> None:
    """Somebody has removed it."""
    with pytest.raises(FileNotFoundError):
        await library.prepare(MESSAGE, "leg")


async def test_message_of_which_nobody_knows_where_it_lies_is_refused(tmp_path: Path, voice: WatchedVoice) -> None:
    """The site does not say where Asterisk records; the advice does."""
    views = {name: Views(tmp_path / name, f"/srv/{name}") for name in ("cache", "spool")}
    library = PromptLibrary(voice=voice, currency="CNY", **views)
    with pytest.raises(ConfigurationError, match="nobody says where Asterisk records"):
        await library.prepare(MESSAGE, "leg")
    await library.close()


async def test_words_around_a_recording_are_built_as_they_are_played(library: PromptLibrary) -> None:
    """A caller who hears his message back waits for no voice."""
    text = Utterance("en", ("Thank you. You said: ", Said("recording", ""), ". Press 1."))
    await library.build([text])
    made = library.made
    await library.prepare(Utterance("en", ("Thank you. You said: ",)), "leg")
    await library.prepare(Utterance("en", (". Press 1.",)), "leg")
    assert library.made == made
