"""``ivrctl outbox``: what is not delivered, and what a person decides on it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ivrctl.adapters.outbox import OutboxFile, Put, State
from ivrctl.cli.app import app
from ivrctl.cli.commands.operate import _submissions

NOW = datetime(2026, 2, 14, 1, 0, tzinfo=UTC)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[OutboxFile]:
    """Two that wait, one that was refused, one that is delivered; the file stands open, as a controller's does."""
    opened = OutboxFile(tmp_path / "outbox.sqlite")
    names = ("leg-1/main/start[0]#1", "leg-2/at_end", "leg-3/main/start[0]#1", "leg-4/at_end")
    opened.put([Put(name, "ticket", {"text": "不通", "count": None}, NOW) for name in names], NOW)
    opened.refused(2, "status 422", NOW)
    opened.failed(3, "nobody is there", None)
    opened.delivered([4], NOW)
    yield opened
    opened.close()


def _run(folder: Path, *words: str, code: int = 0) -> str:
    done = CliRunner().invoke(app, ["outbox", *words, "--state", str(folder)])
    assert done.exit_code == code, done.output
    return done.output


def test_list_shows_what_is_not_delivered_and_not_what_it_holds(tmp_path: Path, file: OutboxFile) -> None:
    """The oldest first, with its state and why it was not taken; of what was delivered, nothing."""
    shown = _run(tmp_path, "list")
    assert [line.split()[2:5] for line in shown.splitlines()] == [
        ["ticket", "waits", "leg-1/main/start[0]#1"],
        ["ticket", "refused", "leg-2/at_end:"],
        ["ticket", "waits", "leg-3/main/start[0]#1:"],
    ]
    assert "status 422" in shown
    assert "不通" not in shown
    assert file.listed(1)


def test_list_as_json_has_the_form_that_is_promised(tmp_path: Path, file: OutboxFile) -> None:
    """With its format, and no more than were asked for."""
    told = json.loads(_run(tmp_path, "list", "--json", "--limit", "1"))
    assert told["format_version"] == 1
    assert [(entry["key"], entry["state"]) for entry in told["entries"]] == [("leg-1/main/start[0]#1", "waiting")]
    assert "params" not in told["entries"][0]
    assert file.listed(1)


def test_show_tells_what_one_holds(tmp_path: Path, file: OutboxFile) -> None:
    """Its params with their values, found by the beginning of its key."""
    shown = _run(tmp_path, "show", "leg-2")
    assert "status 422" in shown
    assert "不通" in shown
    assert json.loads(_run(tmp_path, "show", "leg-2", "--json"))["entry"]["params"] == {"text": "不通", "count": None}
    assert file.listed(1)


@pytest.mark.parametrize("words", [("show", "leg-9"), ("drop", "leg-9"), ("retry", "leg-9"), ("show", "leg")])
def test_key_that_means_none_or_several_is_told(tmp_path: Path, file: OutboxFile, words: tuple[str, str]) -> None:
    """Nothing is done, and the exit code says so; several are named."""
    told = _run(tmp_path, *words, code=1)
    assert "ivrctl outbox list" in told or "leg-1/main/start[0]#1" in told
    assert len(file.listed(10)) == 3


def test_retry_has_what_was_set_aside_wait_anew(tmp_path: Path, file: OutboxFile) -> None:
    """Without a key all of it, with a key one."""
    assert _run(tmp_path, "retry", "leg-2") == "1 waits anew\n"
    assert {entry.state for entry in file.listed(10)} == {State.WAITING}
    file.refused(1, "no", NOW)
    file.refused(3, "no", NOW)
    assert _run(tmp_path, "retry") == "2 wait anew\n"
    assert {entry.state for entry in file.listed(10)} == {State.WAITING}


def test_drop_forgets_one(tmp_path: Path, file: OutboxFile) -> None:
    """It is never delivered; what is delivered already is no more to be dropped."""
    assert _run(tmp_path, "drop", "leg-2") == "leg-2/at_end is forgotten\n"
    assert len(file.listed(10)) == 2
    _run(tmp_path, "drop", "leg-4", code=1)


def test_outbox_of_a_site_that_never_ran_is_empty(tmp_path: Path) -> None:
    """Nothing is listed, and it is said that there is nothing."""
    assert "nothing waits" in _run(tmp_path, "list")
    assert _run(tmp_path, "retry") == "0 wait anew\n"


TIMES = {"oldest": "2026-02-14T01:00:00+00:00", "late_since": "2026-02-14T02:00:00+00:00"}
"""Of another submission, which may wait for longer, and of the one that is late."""


@pytest.mark.parametrize(
    ("standing", "rows"),
    [
        ({"waiting": 0, "refused": 0, "given_up": 0, "late": [], "oldest": None}, [("to deliver", 0)]),
        (
            {"waiting": 7, "refused": 2, "given_up": 1, "late": ["ticket"], **TIMES},
            [
                ("to deliver", 7),
                ("late", "ticket, the oldest since 2026-02-14T02:00:00+00:00"),
                ("set aside", "2 refused, 1 given up: ivrctl outbox list"),
            ],
        ),
    ],
)
def test_status_tells_of_the_outbox_what_somebody_must_know(
    standing: dict[str, object], rows: list[tuple[str, object]]
) -> None:
    """What is late and what was set aside are rows of their own, and are not there while nothing is."""
    assert _submissions(standing) == rows
