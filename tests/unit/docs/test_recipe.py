"""CONTRIBUTING's recipe for a new kind of action, carried out from the page in a copy of the repository."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .pages import ROOT, Block, blocks

pytestmark = pytest.mark.thorough

PARTS = ("src", "tests/golden", "tests/unit/flow", "tests/unit/docs", "flows")
"""What the recipe changes, and what its tests need."""
KIND = "consent"


def _steps() -> list[Block]:
    return [block for block in blocks(ROOT / "CONTRIBUTING.md") if block.meaning == "carry out"]


def _carry_out(step: Block, copy: Path) -> None:
    added = re.fullmatch(r"\w+ recipe behind (\w+) in (\S+)", step.info)
    if added is None:
        (copy / step.info.split()[-1]).write_text(step.body, encoding="utf-8")
        return
    file = copy / added[2]
    line = re.compile(rf"^from .* import {added[1]}\b.*\n", re.MULTILINE)
    text, found = line.subn(lambda match: match[0] + step.body, file.read_text(encoding="utf-8"), count=1)
    assert found, f"{step.place}: no line imports {added[1]}"
    file.write_text(text.replace("__all__ = [", f'__all__ = [\n    "{KIND}",'), encoding="utf-8")


def _runs(copy: Path, *arguments: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(copy / "src"), "PYTHONDONTWRITEBYTECODE": "1"}
    run = subprocess.run(
        [sys.executable, *arguments], cwd=copy, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository as it is when all steps of the recipe have been carried out."""
    folder = tmp_path_factory.mktemp("recipe")
    ignored = shutil.ignore_patterns("__pycache__")
    for part in PARTS:
        shutil.copytree(ROOT / part, folder / part, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", folder)
    for step in _steps():
        _carry_out(step, folder)
    _runs(folder, "-m", "tests.unit.flow.golden")
    return folder


@pytest.mark.timeout(180)
def test_kind_of_the_recipe_passes_the_tests_of_every_kind(copy: Path) -> None:
    """Its file, examples, script test: nothing is missing, and neither the engine nor the runner was touched."""
    tests = [f"tests/unit/flow/test_{name}.py" for name in ("kinds", "golden", KIND)]
    _runs(copy, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests, "-k", KIND)
    told = (copy / "tests/golden/flow" / f"{KIND}-bad.txt").read_text(encoding="utf-8")
    assert 'does not say where "declined" leads' in told


@pytest.mark.timeout(180)
def test_kind_of_the_recipe_is_in_the_reference_and_for_editors(copy: Path) -> None:
    """What `make docs` writes of it, and what a schema offers, come from the class alone."""
    asked = (
        "from tests.unit.docs.reference import actions\n"
        "from ivrctl.cli.editor import schema_of\n"
        f"assert '## {KIND}' in actions.page()\n"
        f"assert '{KIND}' in str(schema_of('flow'))\n"
    )
    _runs(copy, "-c", asked)
