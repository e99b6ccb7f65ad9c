from __future__ import annotations

from pathlib import Path

import pytest

from .installed import ROOT, Installed, build, install


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """An empty environment with the wheel in it."""
    return install(tmp_path_factory.mktemp("installed"))


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this tree."""
    return build("wheel", ROOT, tmp_path_factory.mktemp("wheel") / "dist")


@pytest.fixture(scope="session")
def sdist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The source distribution of this tree."""
    return build("sdist", ROOT, tmp_path_factory.mktemp("sdist") / "dist")
