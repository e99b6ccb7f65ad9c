"""What the sites of the live tests say, spoken once: every PBX of a test run gets the sounds that are there already."""

from __future__ import annotations

import asyncio
import fcntl
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ivrctl.adapters.pbx import Pbx
from ivrctl.adapters.pbx.folders import roots_folder
from ivrctl.adapters.site_folder import read_site
from ivrctl.service.compiling import compile_spoken
from ivrctl.service.prompting import build_all
from ivrctl.service.voices import folders_of, prompt_library
from ivrctl.testkit.audio import SAME, Sound, find

ROOT = Path(__file__).parents[2]
SITES = (ROOT / "flows", ROOT / "tests" / "sites" / "10010")

OTHER_WORDS = 0.75
"""What a second of a sentence scores at most where other words are said: measured with espeak-ng's voice, see
``testkit.audio.alignment``; of Asterisk's own recordings that are asked for here none scores 0.6 in another."""


def is_said(sentence: Sound, heard: Sound) -> bool:
    """Whether a sentence was heard, where no other differs from it in a word alone.

    On a busy machine a packet that came late takes a second of it as low as a wrong number word would.
    """
    match = find(sentence, heard)
    return match.score >= SAME and min(match.windows) > OTHER_WORDS


def store() -> Path:
    """Give the folder of all sounds that were ever spoken for tests, whatever checkout they were for.

    To speak them takes twenty seconds of processor time. It is safe to delete, and only ever grows: a sound is named by
    what is said and by the voice that says it.
    """
    folder = roots_folder().with_name("test-sounds")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def give(pbx: Pbx, store: Path) -> None:
    """Put into a PBX whatever its sites say; what nobody has spoken yet is spoken, and kept for the next PBX.

    Args:
        pbx: that has just been started.
        store: a folder that all test processes share. Sounds are named by what they are, so it is never wrong.
    """
    with _alone(store):
        shutil.copytree(store, pbx.prompts.ours, dirs_exist_ok=True)
        if sum([asyncio.run(_made(pbx, site)) for site in SITES]):
            shutil.copytree(pbx.prompts.ours, store, dirs_exist_ok=True)


async def _made(pbx: Pbx, site: Path) -> int:
    program, findings = compile_spoken(read_site(site))
    assert program is not None, findings.items
    library = prompt_library(program.site, site, folders_of(pbx))
    try:
        return (await build_all(library, program)).made
    finally:
        await library.close()


@contextmanager
def _alone(store: Path) -> Iterator[None]:
    with store.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
