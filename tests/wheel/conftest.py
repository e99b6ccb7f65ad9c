from __future__ import annotations

from pathlib import Path

import pytest

from .installed import ROOT, Installed, build, environment


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """Somebody with an empty home, and the environment that holds the wheel."""
    return Installed(environment(tmp_path_factory), tmp_path_factory.mktemp("home"))


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree."""
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel") / "dist")


@pytest.fixture(scope="session")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution of this tree."""
    return build("sdist", ROOT, tmp_path_factory.mktemp("sdist") / "dist")
