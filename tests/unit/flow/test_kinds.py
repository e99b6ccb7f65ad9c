from __future__ import annotations

import ast
import importlib
import inspect
import re
from pathlib import Path

import pytest

from ivrctl.flow import actions
from ivrctl.flow.action import KINDS, Kind

from .golden import FLOW

ACTIONS = Path(actions.__file__).parent
TESTS = Path(__file__).parent
FILES = sorted(path.stem for path in ACTIONS.glob("*.py") if path.stem != "__init__")


def _file_of(name: str) -> Path:
    """Python's own words (``return``) have a file with an underscore."""
    plain = ACTIONS / f"{name}.py"
    return plain if plain.exists() else ACTIONS / f"{name}_.py"


@pytest.mark.parametrize("name", KINDS)
def test_kind_has_a_file_of_its_name_with_its_class(name: str) -> None:
    """A reader finds a kind by the name of its file, and one file holds one kind."""
    module = importlib.import_module(f"ivrctl.flow.actions.{_file_of(name).stem}")
    kinds = [
        value
        for _, value in inspect.getmembers(module, inspect.isclass)
        if issubclass(value, Kind) and value.__module__ == module.__name__
    ]
    assert [kind.name for kind in kinds] == [name]
    assert KINDS[name] is kinds[0]


@pytest.mark.parametrize("file", FILES)
def test_file_of_a_kind_is_imported(file: str) -> None:
    """A kind is known only when its file has its import line."""
    line = re.compile(rf"^from ivrctl\.flow\.actions import {file}\b", re.MULTILINE)
    assert line.search((ACTIONS / "__init__.py").read_text())


@pytest.mark.parametrize("name", KINDS)
def test_kind_is_documented_in_its_file_and_class(name: str) -> None:
    """The file says the kind's key, and the class says what it does."""
    assert (inspect.getdoc(importlib.import_module(KINDS[name].__module__)) or "").startswith(f"``{name}``")
    assert len(inspect.getdoc(KINDS[name]) or "") > len(name)


@pytest.mark.parametrize("name", KINDS)
def test_kind_has_a_good_and_a_bad_example(name: str) -> None:
    """Each kind has an example that is right, and one with a mistake and what is told of it."""
    wanted = [f"{name}-good.yaml", f"{name}-bad.yaml", f"{name}-bad.txt"]
    assert [file for file in wanted if not (FLOW / file).exists()] == []


@pytest.mark.parametrize("name", KINDS)
def test_kind_has_scripts_with_a_hang_up(name: str) -> None:
    """Each kind has script tests, and one of them has the caller hang up and sees how the call ends."""
    tree = ast.parse((TESTS / f"test_{name}.py").read_text())
    with_hang_up = [
        function.name
        for function in tree.body
        if isinstance(function, ast.FunctionDef)
        and function.name.startswith("test_")
        and any(isinstance(node, ast.Name) and node.id == "HangUp" for node in ast.walk(function))
    ]
    assert with_hang_up
