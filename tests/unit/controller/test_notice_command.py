"""``ivrctl notice``: by the controller, and without one by the ledger itself."""

from __future__ import annotations

import asyncio
import json
import wave
from collections.abc import AsyncIterator, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ivrctl.adapters.state_folder import StateFolder
from ivrctl.cli.commands.notice import Where, asked_for, change, end, history, list_, make, show
from ivrctl.errors import ConfigurationError, UnreachableError
from ivrctl.service.parent.listeners import listen_unix
from ivrctl.web.client import RefusedRequestError
from ivrctl.web.server import start_api

from .conftest import FLOW, SITE, Whole

Capture = pytest.CaptureFixture[str]


def asked(
    *texts: str, recordings: tuple[str, ...] = (), scope: Mapping[str, list[str]] | None = None, **others: object
) -> Any:
    return asked_for(texts=texts, recordings=recordings, scope=scope or {}, **{"lasts": "2h", **others})


@pytest.fixture
async def served(whole: Whole) -> AsyncIterator[Where]:
    """A site whose controller answers."""
    api = await start_api(whole.controller, listen_unix(StateFolder(whole.state).api_socket))
    yield Where(whole.folder / "site", whole.state)
    await api.cleanup()


@pytest.fixture
def alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Where:
    """A site that nobody serves, with folders of prompts."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "ivrctl.yaml").write_text(SITE)
    (site / "main.ivr.yaml").write_text(FLOW)
    for name in ("prompts", "spool"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(f"IVRCTL_{name.upper()}", str(tmp_path / name))
    StateFolder.open(tmp_path / "state")
    return Where(site, tmp_path / "state")


@pytest.fixture
def recording(tmp_path: Path) -> str:
    """A recording in the quality of a studio, of half a second."""
    file = tmp_path / "fault.wav"
    with wave.open(str(file), "wb") as sound:
        sound.setparams((2, 2, 44100, 0, "NONE", ""))
        sound.writeframes(b"\x00\x20\x00\x20" * 22050)
    return f"en={file}"


def printed(capsys: Capture) -> Any:
    return json.loads(capsys.readouterr().out)


async def test_controller_is_asked(served: Where, whole: Whole, capsys: Capture) -> None:
    """What it makes, calls hear."""

    async def run(command: Callable[..., None], *args: Any, **options: Any) -> None:
        await asyncio.to_thread(command, *args, as_json=False, **options)

    await run(make, served, asked("en=Broadband is down.", scope={"lines": ["100"]}))
    [notice] = whole.controller.notices.current()
    assert capsys.readouterr().out.startswith(f"notice {notice.id} stands until 20")
    await run(list_, served)
    line = capsys.readouterr().out
    assert line.startswith(f"{notice.id}  now until ")
    assert line.endswith(f"  lines: 100  by {notice.author}: Broadband is down.\n")
    await run(change, served, notice.id, {"texts": {"en": "It works."}, "reason": "repaired"})
    await run(show, served, notice.id)
    assert capsys.readouterr().out.endswith("  en  It works.\n  reason  repaired\n")
    await run(end, served, notice.id)
    assert capsys.readouterr().out == f"notice {notice.id} has ended\n"
    await run(history, served, 20)
    words = [line.split()[2] for line in capsys.readouterr().out.splitlines()]
    assert words == ["ended", "changed", "made"]


async def test_all_that_is_wrong_is_told(served: Where, capsys: Capture) -> None:
    """With exit code 1, and nothing is made."""
    with pytest.raises(SystemExit) as left:
        await asyncio.to_thread(make, served, asked("en={x}", lasts=None), as_json=False)
    assert left.value.code == 1
    assert capsys.readouterr().err == (
        "ivrctl: the text in en holds a value\n  try: a notice belongs to no one call: write no braces\n"
        "ivrctl: the notice has no end\n  try: every notice ends: say until when, or for how long\n"
    )


def test_without_a_controller_the_ledger_is_written(alone: Where, recording: str, capsys: Capture) -> None:
    """The dialplan plays it from then on."""
    make(alone, asked(recordings=(recording,)), as_json=True)
    made = printed(capsys)["notice"]
    folder = alone.folder.path.parent / "prompts" / "notices"
    with wave.open(str(folder / "all-1.wav")) as sound:
        assert (sound.getframerate(), sound.getnframes()) == (8000, 4000)
    list_(alone, as_json=True)
    assert printed(capsys)["notices"] == [made]
    show(alone, made["id"], as_json=True)
    assert printed(capsys)["notice"] == made
    change(alone, made["id"], {"lasts": "1h"}, as_json=True)
    assert printed(capsys)["notice"]["ends"] < made["ends"]
    end(alone, made["id"], as_json=False)
    assert capsys.readouterr().out == f"notice {made['id']} has ended\n"
    assert not (folder / "all-1.wav").exists()
    history(alone, 2, as_json=True)
    assert [change["happened"] for change in printed(capsys)["changes"]] == ["ended", "changed"]


def test_without_a_controller_refusals_are_the_same(alone: Where, capsys: Capture) -> None:
    """The same code decides."""
    with pytest.raises(SystemExit):
        make(alone, asked(lasts=None), as_json=False)
    assert "every notice ends" in capsys.readouterr().err
    with pytest.raises(RefusedRequestError, match="no notice n1 stands"):
        end(alone, "n1", as_json=False)
    with pytest.raises(RefusedRequestError, match="no notice n1 stands"):
        show(alone, "n1", as_json=False)


def test_controller_that_does_not_answer_is_not_passed_by(alone: Where, recording: str) -> None:
    """Whoever has the lock of the state folder has the notices, too."""
    with alone.folder.lock(), pytest.raises(UnreachableError, match="ivrctl serve runs and its controller does not"):
        make(alone, asked(recordings=(recording,)), as_json=False)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"recordings": ("en=nothing.wav",)}, "nothing.wav cannot be read: No such file or directory"),
        ({"recordings": ("en=/",)}, "/ cannot be read: Is a directory"),
        ({"recordings": (f"en={__file__}",)}, "test_notice_command.py is not a WAV file"),
        ({"recordings": ("en=a\0b",)}, "cannot be read: it is no path"),
    ],
)
def test_recording_that_cannot_be_read_is_told(arguments: Any, told: str) -> None:
    """Before anything is asked."""
    with pytest.raises(ConfigurationError) as error:
        asked(**arguments)
    assert told in str(error.value)


def test_language_is_named_once() -> None:
    """Two texts in one language are a mistake; one in none belongs to the only language there is."""
    with pytest.raises(ConfigurationError, match="--text is there twice in one language"):
        asked("en=a", "en=b")
    assert asked("Down, a=b.")["texts"] == {"": "Down, a=b."}


@pytest.mark.parametrize("id_", ["", "../x", "N1", "n" * 33, "n1?limit=2"])
def test_id_that_is_none_is_refused(alone: Where, id_: str) -> None:
    """It never becomes a path."""
    with pytest.raises(ConfigurationError, match="cannot be the id of a notice"):
        end(alone, id_, as_json=False)
