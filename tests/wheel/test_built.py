"""What is in the wheel and in the source distribution."""

from __future__ import annotations

import subprocess
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

from .installed import INSTALLS_WITHIN, ROOT, build

pytestmark = [pytest.mark.heavy, pytest.mark.xdist_group("wheel"), pytest.mark.timeout(INSTALLS_WITHIN)]


def _tracked(*places: str) -> list[Path]:
    """The files of the tree as git sees it, below these places."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *places],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    return [Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file()]


def _forced() -> dict[str, str]:
    """What pyproject.toml puts into the wheel besides the package."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    forced: dict[str, str] = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    return forced


def _contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    """Every file of the package, the configuration of the development PBX, the metadata; no test, no stray file."""
    expected = {str(file.relative_to("src")) for file in _tracked("src/ivrctl")}
    for source, target in _forced().items():
        expected |= {str(target / file.relative_to(source)) for file in _tracked(source)}
    assert {name for name in _contents(wheel) if ".dist-info/" not in name} == expected


def test_the_wheel_holds_what_is_read_at_run_time(wheel: Path) -> None:
    """The files that are no Python: without one of them a command fails only on a user's machine."""
    names = _contents(wheel).keys()
    for needed in (
        "ivrctl/py.typed",
        "ivrctl/adapters/pbx/packages.txt",
        "ivrctl/asterisk-conf/extensions.conf",
        "ivrctl/asterisk-conf/ivrctl.d/extensions.conf",
        "ivrctl/cli/new_site/ivrctl.yaml",
        "ivrctl/cli/new_site/gitignore",
    ):
        assert needed in names


def test_the_wheel_says_where_it_is_from(wheel: Path) -> None:
    """Licence, readme and the Pythons it runs on are in the metadata."""
    (metadata,) = (text.decode() for name, text in _contents(wheel).items() if name.endswith("METADATA"))
    assert "License-Expression: Apache-2.0\n" in metadata
    assert "Requires-Python: <3.14,>=3.11\n" in metadata
    assert "# ivrctl\n" in metadata


def test_the_source_distribution_builds_the_same_wheel(wheel: Path, sdist: Path, tmp_path: Path) -> None:
    """Byte for byte, file by file: whoever builds from source gets what was released."""
    with tarfile.open(sdist) as archive:
        # The Python of Debian 12 knows no filters yet.
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(tmp_path)  # noqa: S202 - our own archive
    (source,) = tmp_path.iterdir()
    assert _contents(build("wheel", source, tmp_path / "dist")) == _contents(wheel)
