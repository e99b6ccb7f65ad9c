"""Which voice speaks a site's prompts, and where they lie: with a PBX of the site's own, or the development PBX."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ivrctl.adapters.pbx import Pbx, RuntimeName, TwoViews, find, find_runtime, runtime_of, sounds_folder
from ivrctl.adapters.prompts import PromptLibrary
from ivrctl.adapters.voices import Accent, EspeakVoice, Voice
from ivrctl.adapters.voices.espeak import ACCENTS, OTHER_SPEED
from ivrctl.errors import ConfigurationError, MissingToolError
from ivrctl.site.site_file import SeenFolder, Site

DEFAULT_PBX = "default"

PROMPTS, SPOOL, RECORDINGS = "IVRCTL_PROMPTS", "IVRCTL_SPOOL", "IVRCTL_RECORDINGS"
"""Environment variables: folders that we and Asterisk see under the same path, as containers with shared volumes do."""


@dataclass(frozen=True, slots=True)
class PromptFolders:
    """Where prompts lie, each folder in two views."""

    cache: TwoViews
    spool: TwoViews
    runtime: RuntimeName | None = None
    """What the development PBX that they belong to runs in: its voice is there. None with a PBX of the site's own."""
    recordings: TwoViews | None = None
    """Where Asterisk writes the messages of callers; None where nobody says."""


def prompt_folders(site: Site, site_folder: Path, pbx: str | None, environ: Mapping[str, str]) -> PromptFolders:
    """Where prompts lie: with the named PBX, else where the environment says, else the site, else the default PBX.

    The environment goes before the site file: where folders are mounted is a matter of this machine, not of the site.

    Raises:
        ConfigurationError: none of these is there, or the environment names one folder only.
    """
    if pbx is None and (PROMPTS in environ or SPOOL in environ):
        mounted = _mounted(RECORDINGS, environ) if RECORDINGS in environ else None
        return PromptFolders(_mounted(PROMPTS, environ), _mounted(SPOOL, environ), recordings=mounted)
    if pbx is None and site.asterisk is not None:
        folders = site.asterisk
        recordings = None if folders.recordings is None else _seen(folders.recordings, site_folder)
        return PromptFolders(
            _seen(folders.prompts, site_folder), _seen(folders.spool, site_folder), recordings=recordings
        )
    found = find(pbx or DEFAULT_PBX)
    if found is None:
        name = pbx or DEFAULT_PBX
        raise ConfigurationError(
            f'nobody says where prompts lie: the site has no "asterisk", and the PBX "{name}" does not run',
            advice="start it: ivrctl pbx up; or add asterisk: {prompts: …, spool: …} to ivrctl.yaml",
        )
    return folders_of(found)


def folders_of(pbx: Pbx) -> PromptFolders:
    """Where prompts lie for a development PBX."""
    return PromptFolders(pbx.prompts, pbx.spool, pbx.runtime, pbx.recordings)


def voice_of(site: Site, pbx_runtime: RuntimeName | None = None) -> Voice:
    """The site's voice: espeak-ng from the development PBX's runtime, so that it is the same everywhere, or the host's.

    Raises:
        MissingToolError: neither has it.
    """
    accents = dict(ACCENTS) | {
        str(language): Accent(str(voice), ACCENTS[language].speed if language in ACCENTS else OTHER_SPEED)
        for language, voice in site.voices.items()
    }
    runtime = runtime_of(pbx_runtime) if pbx_runtime is not None else find_runtime()
    if runtime is not None:
        return EspeakVoice.found(runtime.command, accents)
    if shutil.which("espeak-ng"):
        return EspeakVoice.found(accents=accents)
    raise MissingToolError(
        "there is no espeak-ng to speak the prompts", advice="ivrctl pbx up, or apt-get install espeak-ng"
    )


def prompt_library(site: Site, site_folder: Path, folders: PromptFolders) -> PromptLibrary:
    """The prompts of a site with its voice; recordings lie in ``prompts`` beside the site file, now or later.

    Development PBXs come and go, and what was spoken for one is kept for the next.
    """
    return PromptLibrary(
        voice=voice_of(site, folders.runtime),
        currency=str(site.currency),
        cache=folders.cache,
        spool=folders.spool,
        recorded=site_folder / "prompts",
        messages=folders.recordings,
        country=str(site.numbers.country) if site.numbers.spoken_as == "national" else "",
        archive=None if folders.runtime is None else _archive(),
    )


def _archive() -> Path | None:
    """None for a user without a home."""
    try:
        return sounds_folder()
    except RuntimeError:
        return None


def _mounted(variable: str, environ: Mapping[str, str]) -> TwoViews:
    folder = environ.get(variable, "")
    if not folder.startswith("/"):
        raise ConfigurationError(
            f"{variable} names no absolute path", advice=f"set {PROMPTS} and {SPOOL} to folders that Asterisk sees, too"
        )
    return TwoViews(Path(folder), folder)


def _seen(folder: SeenFolder, site_folder: Path) -> TwoViews:
    return TwoViews(site_folder / str(folder.ours), str(folder.asterisk))
