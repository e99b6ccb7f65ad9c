"""Where prompts lie."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from ivrctl.adapters.pbx import RuntimeName, TwoViews
from ivrctl.adapters.voices import SilentVoice
from ivrctl.cli.sites import load_program
from ivrctl.errors import ConfigurationError
from ivrctl.lang.source import Word
from ivrctl.model.utterance import Utterance
from ivrctl.service import voices
from ivrctl.service.voices import PromptFolders, prompt_folders, prompt_library
from ivrctl.site.site_file import NOWHERE, AsteriskFolders, SeenFolder, Site

pytestmark = pytest.mark.thorough

FLOWS = Path(__file__).parents[3] / "flows"
MOUNTED = {"IVRCTL_PROMPTS": "/srv/ivrctl/prompts", "IVRCTL_SPOOL": "/srv/ivrctl/spool"}


def word(text: str) -> Word:
    return Word.at(text, NOWHERE)


@pytest.fixture(autouse=True)
def _no_pbx_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))


@pytest.fixture
def site() -> Site:
    return load_program(FLOWS).site


@pytest.fixture
def own(site: Site) -> Site:
    folders = AsteriskFolders(
        SeenFolder(word("made"), word("/var/prompts")), SeenFolder(word("/var/ours"), word("/var/calls"))
    )
    return replace(site, asterisk=folders)


def test_the_site_says_where_its_prompts_lie(own: Site) -> None:
    """As we see them, from the site's folder on, and as Asterisk sees them."""
    folders = prompt_folders(own, FLOWS, None, {})
    assert folders.cache == TwoViews(FLOWS / "made", "/var/prompts")
    assert folders.spool == TwoViews(Path("/var/ours"), "/var/calls")


def test_the_environment_goes_before_the_site(own: Site) -> None:
    """The same site runs in a container whose mounts its author did not know."""
    folders = prompt_folders(own, FLOWS, None, MOUNTED)
    assert folders.cache == TwoViews(Path("/srv/ivrctl/prompts"), "/srv/ivrctl/prompts")
    assert folders.spool == TwoViews(Path("/srv/ivrctl/spool"), "/srv/ivrctl/spool")


def test_the_site_says_where_messages_lie(own: Site) -> None:
    """For flows that play them; a site that does not say it has none."""
    assert prompt_folders(own, FLOWS, None, {}).recordings is None
    assert own.asterisk is not None
    messages = SeenFolder(word("messages"), word("/var/messages"))
    heard = replace(own, asterisk=replace(own.asterisk, recordings=messages))
    assert prompt_folders(heard, FLOWS, None, {}).recordings == TwoViews(FLOWS / "messages", "/var/messages")


def test_messages_are_mounted_beside_prompts(own: Site) -> None:
    """As prompts are, where they are."""
    mounted = prompt_folders(own, FLOWS, None, {**MOUNTED, "IVRCTL_RECORDINGS": "/srv/ivrctl/recordings"})
    assert mounted.recordings == TwoViews(Path("/srv/ivrctl/recordings"), "/srv/ivrctl/recordings")
    assert prompt_folders(own, FLOWS, None, MOUNTED).recordings is None


@pytest.mark.parametrize("missing", MOUNTED)
def test_one_folder_of_the_two_is_not_enough(site: Site, missing: str) -> None:
    """What is made for one call must not end up where prompts are kept."""
    environ = {name: folder for name, folder in MOUNTED.items() if name != missing}
    with pytest.raises(ConfigurationError, match=f"{missing} names no absolute path"):
        prompt_folders(site, FLOWS, None, environ)


def test_a_relative_folder_is_refused(site: Site) -> None:
    """Asterisk would look for it in a place of its own."""
    with pytest.raises(ConfigurationError, match="IVRCTL_SPOOL names no absolute path"):
        prompt_folders(site, FLOWS, None, MOUNTED | {"IVRCTL_SPOOL": "spool"})


def test_a_named_pbx_goes_before_all(own: Site) -> None:
    """Who names a PBX means it: one that does not run is said, whatever else there is."""
    with pytest.raises(ConfigurationError, match='the PBX "other" does not run'):
        prompt_folders(own, FLOWS, "other", MOUNTED)


async def test_recordings_that_come_later_are_found(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A site that had no folder of recordings when its controller began may get one."""
    monkeypatch.setattr(voices, "voice_of", lambda _site, _runtime: SilentVoice())  # nothing is spoken here
    cache, spool = (TwoViews(tmp_path / name, f"/srv/{name}") for name in ("made", "spool"))
    library = prompt_library(site, tmp_path, PromptFolders(cache, spool))
    recordings = tmp_path / "prompts" / "en"
    recordings.mkdir(parents=True)
    (recordings / "welcome.wav").write_text("no sound")
    report = await library.build([])
    await library.close()
    assert len(report.faults) == 1
    assert "welcome.wav" in report.faults[0]


@pytest.mark.parametrize(("runtime", "is_kept"), [(RuntimeName.ROOT, True), (None, False)])
async def test_what_is_spoken_for_a_development_pbx_is_kept_for_the_next(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runtime: RuntimeName | None, is_kept: bool
) -> None:
    """A site with an Asterisk of its own has its prompts there for good."""
    monkeypatch.setattr(voices, "voice_of", lambda _site, _runtime: SilentVoice())
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    cache, spool = (TwoViews(tmp_path / name, f"/srv/{name}") for name in ("made", "spool"))
    library = prompt_library(site, tmp_path, PromptFolders(cache, spool, runtime))
    await library.build([Utterance("zh", ("欢迎。",))])
    await library.close()
    assert bool(list((tmp_path / "cache").rglob("*.wav"))) is is_kept


def test_a_user_without_a_home_has_no_such_folder(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And prompts all the same."""

    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(voices, "voice_of", lambda _site, _runtime: SilentVoice())
    monkeypatch.setattr(Path, "home", homeless)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    cache, spool = (TwoViews(tmp_path / name, f"/srv/{name}") for name in ("made", "spool"))
    assert prompt_library(site, tmp_path, PromptFolders(cache, spool, RuntimeName.ROOT)).folder == tmp_path / "made"
