"""The state folder: where it is, who may read it, who owns it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from ivrctl.adapters import state_folder
from ivrctl.adapters.state_folder import StateFolder, write_atomically
from ivrctl.errors import BrokenStateError, ConfigurationError


@pytest.fixture
def folder(tmp_path: Path) -> StateFolder:
    return StateFolder.open(tmp_path / "state")


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state_folder, "LOCK_PAUSE", 0.0)


@pytest.mark.parametrize(
    ("environ", "path"),
    [
        ({"XDG_STATE_HOME": "/var/state", "HOME": "/home/pat"}, "/var/state/ivrctl/10010"),
        ({"HOME": "/home/pat"}, "/home/pat/.local/state/ivrctl/10010"),
        ({"XDG_STATE_HOME": "relative", "HOME": "/home/pat"}, "/home/pat/.local/state/ivrctl/10010"),
    ],
)
def test_the_default_follows_the_xdg_specification(environ: dict[str, str], path: str) -> None:
    """A relative XDG_STATE_HOME is invalid there and ignored."""
    assert StateFolder.default("10010", environ) == Path(path)


def test_a_folder_is_made_private(folder: StateFolder) -> None:
    """It holds callers' numbers and positions."""
    assert [stat.S_IMODE(path.stat().st_mode) for path in (folder.path, folder.journal, folder.versions)] == [0o700] * 3


def test_a_folder_that_others_could_read_is_made_private(tmp_path: Path) -> None:
    """Somebody made it by hand."""
    (tmp_path / "state").mkdir(mode=0o755)
    StateFolder.open(tmp_path / "state")
    assert stat.S_IMODE((tmp_path / "state").stat().st_mode) == 0o700


def test_opening_it_again_keeps_what_is_there(folder: StateFolder) -> None:
    """Every start does."""
    (folder.journal / "1-1.jsonl").write_text("")
    assert StateFolder.open(folder.path) == folder
    assert (folder.journal / "1-1.jsonl").exists()


def test_a_path_too_long_for_a_unix_socket_is_refused_with_figures(tmp_path: Path) -> None:
    """The kernel's own message would not say what to do."""
    path = tmp_path / ("x" * 107)
    with pytest.raises(ConfigurationError, match="a Unix socket's path at most 107") as caught:
        StateFolder.open(path)
    assert "--state" in (caught.value.advice or "")
    assert not path.exists()


def test_a_file_in_the_way_is_a_configuration_error(tmp_path: Path) -> None:
    """It is left as it is."""
    (tmp_path / "state").write_text("mine")
    with pytest.raises(ConfigurationError, match="cannot be used: File exists"):
        StateFolder.open(tmp_path / "state")
    assert (tmp_path / "state").read_text() == "mine"


def test_the_lock_has_one_owner(folder: StateFolder) -> None:
    """The second one is told the first one's pid."""
    with folder.lock(), pytest.raises(ConfigurationError, match=f"running here, pid {os.getpid()}"), folder.lock():
        pass


def test_the_owner_is_known_while_it_lives(folder: StateFolder) -> None:
    """And nobody before and after."""
    assert folder.owner() is None
    with folder.lock():
        assert folder.owner() == os.getpid()
    assert folder.owner() is None


def test_the_lock_is_free_again_afterwards(folder: StateFolder) -> None:
    """A restart needs no cleaning up."""
    with folder.lock():
        pass
    with folder.lock():
        assert folder.owner() == os.getpid()


def test_the_parents_status_is_read_as_it_was_written(folder: StateFolder) -> None:
    """Whole."""
    folder.write_parent_status({"pid": 7, "children": []})
    assert folder.read_parent_status() == {"pid": 7, "children": []}


def test_there_is_no_status_without_a_parent(folder: StateFolder) -> None:
    """Not found is a value."""
    assert folder.read_parent_status() is None


@pytest.mark.parametrize("content", ["", "[]", "{"])
def test_a_status_that_is_none_is_broken_state(folder: StateFolder, content: str) -> None:
    """It is written whole: something else was at work."""
    folder.parent_status.write_text(content)
    with pytest.raises(BrokenStateError, match=r"parent\.json"):
        folder.read_parent_status()


def test_a_file_that_cannot_be_replaced_leaves_no_draft(tmp_path: Path) -> None:
    """And the fault is the caller's to report."""
    (tmp_path / "target").mkdir()
    (tmp_path / "target" / "inside").write_text("")
    with pytest.raises(OSError, match="directory"):
        write_atomically(tmp_path / "target", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["target"]
