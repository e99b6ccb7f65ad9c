"""The benchmark of the simulator: how near it is to Erlang C and A, in a shorter form, and that runs are the same."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

PROGRAM = Path(__file__).parents[3] / "benchmarks" / "simulator.py"


@pytest.fixture(scope="module")
def program() -> ModuleType:
    sys.path.insert(0, str(PROGRAM.parent))
    spec = importlib.util.spec_from_file_location("simulator", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = sys.modules["simulator"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    sys.path.remove(str(PROGRAM.parent))
    return module


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("number", "calls"), [(0, 8_000), (1, 8_000), (2, 20_000), (3, 8_000), (4, 8_000), (5, 20_000)]
)
def test_simulated_queue_is_near_the_formula(program: ModuleType, number: int, calls: int) -> None:
    """SAFETY: all figures of the six published queues; with the program's own forty longer runs within two percent.

    The busiest with patience or without need the most calls until chance is small.
    """
    found = list(program.compared(program.CASES[number], runs=8, calls=calls))
    assert [one.figure for one in found if abs(one.difference) >= 0.05] == []


@pytest.mark.thorough
def test_run_is_the_same_in_every_process(program: ModuleType) -> None:
    """SAFETY: byte by byte, however Python orders its sets."""
    digests = {
        subprocess.run(
            [sys.executable, str(PROGRAM), "--digest"],
            env={**os.environ, "PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert digests == {f"{program.digest(7)}\n".encode()}


def test_control_takes_out_what_a_run_owes_to_chance(program: ModuleType) -> None:
    """What is known to be missed by one is no uncertainty of the other."""
    mean, error = program.corrected(
        [1.0, 1.4, 0.8, 1.2, 0.6, 1.0, 1.3, 0.7, 1.1, 0.9], [[miss / 10] for miss in (0, 4, -2, 2, -4, 0, 3, -3, 1, -1)]
    )
    assert mean == pytest.approx(1.0)
    assert error == pytest.approx(0.0, abs=1e-9)


def test_formula_is_what_was_published(program: ModuleType) -> None:
    """To the digits in which it was."""
    shown = {case.name: program.served(case.load, case.agents, case.patience) for case in program.CASES}
    assert shown["C, 2 agents"].asa == pytest.approx(3600 / 24)
    assert round(shown["C, 3 agents"].asa / 3600, 3) == 0.148
    assert round(shown["C, 14 agents"].asa, 3) == 7.836
    assert shown["A, 1 agent"].abandoned == pytest.approx(0.36788, abs=1e-5)
    assert round(shown["A, 10 agents"].abandoned, 3) == 0.125
    assert round(shown["A, 50 agents"].abandoned, 3) == 0.031
