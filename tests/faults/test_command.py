"""The command of the matrix, whatever becomes of a row."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from . import __main__ as command
from .matrix import Fault, Outcome


def test_rows_go_on_behind_one_that_cannot_be_run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is named, with what happened, and the command ends with 1; the others are run as ever."""

    async def first_fails(fault: Fault, seeds: Sequence[int], _folder: Path) -> Outcome:
        if fault.name == "kill":
            raise TimeoutError("no Asterisk")
        return Outcome(fault.name, fault.where, list(seeds), calls=3, looked=["calls"])

    monkeypatch.setattr(command, "outcome_of", first_fails)
    monkeypatch.setattr(sys, "argv", ["faults", "--seed", "1", "--only", "kill", "--only", "agi-bytewise"])
    assert command.main() == 1
    said = capsys.readouterr()
    assert [line.split()[0] for line in said.out.splitlines() if not line.startswith(" ")] == ["kill", "agi-bytewise"]
    assert "not run to its end" in said.out
    assert "no Asterisk" in said.err
