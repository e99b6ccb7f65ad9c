"""Names in every language, on terminals and in files that cannot hold them."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Ivrctl = Callable[..., Any]


class Output(io.TextIOWrapper):
    """Standard output of another encoding, in front of a person or not."""

    def __init__(self, encoding: str, *, is_terminal: bool) -> None:
        super().__init__(io.BytesIO(), encoding=encoding)
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        """As it was made."""
        return self._is_terminal

    def written(self) -> str:
        """All that was written."""
        self.seek(0)
        return self.read()


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """Two agents whose names most encodings cannot hold."""
    prompts = "{no_input: No key., no_match: No choice., one_moment: One moment., fallback: Please hold.}"
    (tmp_path / "ivrctl.yaml").write_text(
        "site: desk\ntime_zone: Asia/Shanghai\nlanguages: [en]\ncurrency: CNY\nnumbers: {country: CN}\n"
        f"prompts: {prompts}\nqueues: {{vip: {{}}}}\nextensions: {{_81XX: 'PJSIP/{{extension}}'}}\n"
        'agents: {"8101": {name: 王小明, queues: {vip: 0}}, "8102": {name: Jürgen, queues: {vip: 0}}}\n'
    )
    return tmp_path


def test_a_terminal_shows_a_mark_for_what_it_has_not(
    site: Path, ivrctl: Ivrctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A list of agents is no error on a Latin-1 terminal."""
    output = Output("latin-1", is_terminal=True)
    with monkeypatch.context() as patched:
        patched.setattr("sys.stdout", output)
        ran = ivrctl("agents", "--site", site)
    assert ran.code == 0
    assert "???" in output.written()
    assert "Jürgen" in output.written()


def test_json_stays_whole_in_a_file_of_any_encoding(
    site: Path, ivrctl: Ivrctl, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it cannot hold is escaped as JSON escapes it."""
    output = Output("ascii", is_terminal=False)
    with monkeypatch.context() as patched:
        patched.setattr("sys.stdout", output)
        assert ivrctl("agents", "--site", site, "--json").code == 0
    assert [agent["name"] for agent in json.loads(output.written())["agents"]] == ["王小明", "Jürgen"]


def test_an_argument_of_other_bytes_is_told(site: Path, ivrctl: Ivrctl) -> None:
    """The shell hands on whatever bytes it has."""
    ran = ivrctl("kpi", "why", b"\xff/2026-11-20/offered".decode(errors="surrogateescape"), "--site", site)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == ("ivrctl: '\\udcff' is no text: it holds bytes that are none of this terminal's\n")
