"""What the sites of the live tests say, spoken once, and whether it was heard."""

from __future__ import annotations

import asyncio
import fcntl
from pathlib import Path

from ivrctl.adapters.pbx import Pbx, sounds_folder
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


def give(pbx: Pbx) -> None:
    """Put into a PBX that has just been started whatever its sites say.

    One process at a time: what the first has had spoken, which takes twenty seconds of processor time, the others find.
    """
    lock = sounds_folder().with_suffix(".lock")
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        for site in SITES:
            asyncio.run(_build(pbx, site))


async def _build(pbx: Pbx, site: Path) -> None:
    program, findings = compile_spoken(read_site(site))
    assert program is not None, findings.items
    library = prompt_library(program.site, site, folders_of(pbx))
    try:
        await build_all(library, program)
    finally:
        await library.close()
