"""The repository speaks of the software alone: of no package registry, and of no machine on which it was built."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]

REGISTRIES = [
    ".".join(name)
    for name in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry-1", "docker", "io"),
        ("docker", "io/"),  # with a path behind it; without, it is the name of a Debian package
        ("docker", "com"),
        ("ghcr", "io"),
        ("gcr", "io"),
        ("quay", "io"),
        ("mcr", "microsoft", "com"),
        ("npmjs", "org"),
        ("crates", "io"),
        ("proxy", "golang", "org"),
        ("deb", "debian", "org"),
        ("conda", "anaconda", "org"),
    )
]
"""In parts, so that this file does not hold them either."""

FOLDERS = ("work", "root", "opt", "builds", "workspace", "home/runner")
"""Where checkouts, interpreters and package mirrors lie on the machines of developers and of CI."""

MACHINE = re.compile(rf"(?<![\w.}}>*-])/(?:{'|'.join(FOLDERS)})/(?!ivrctl)|\.py" + "env/")
"""A path of such a machine; what an image of ours has below its own name is none."""

INDEX = re.compile(r"^\s*(?:-i|-f|--index-url|--extra-index-url|--find-links|--trusted-host|--no-index)\b|://")
ENTRY = re.compile(r"(?P<name>[a-z0-9][a-z0-9._-]*)==[^\s;]+(?: ; [^\\]+)? \\$")
HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}(?: \\)?$")


def _tracked() -> list[Path]:
    """The tree as git sees it, this file and all."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def _found(what: re.Pattern[str]) -> list[str]:
    return [
        f"{file.relative_to(ROOT)}:{number}: {line.strip()[:100]}"
        for file in _tracked()
        for number, line in enumerate(file.read_bytes().decode(errors="replace").splitlines(), 1)
        if what.search(line)
    ]


def test_no_file_names_a_package_registry() -> None:
    """Where packages and images come from is the user's setting: nothing here overrides or reveals it."""
    assert _found(re.compile("|".join(map(re.escape, REGISTRIES)))) == []


def test_no_file_names_a_path_of_a_build_machine() -> None:
    """A checkout's place, an interpreter's, a mirror's: what is true on one machine only is in no file."""
    assert _found(MACHINE) == []


def test_the_search_finds_what_it_looks_for() -> None:
    """A search that finds nothing proves something only if it can find."""
    for folder in FOLDERS:
        assert MACHINE.search(f"see /{folder}/main for it")
    assert not MACHINE.search("/opt/ivrctl/bin, /proc/1/root/usr, <folder>/work/x, ./work/x")


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt", "tests/fuzz/requirements.txt"])
def test_every_requirement_is_pinned_with_its_hashes(name: str) -> None:
    """An exact version each, at least one SHA-256 each, and no line that says where to get it."""
    lines = [line for line in (ROOT / name).read_text().splitlines() if line and not line.lstrip().startswith("#")]
    assert [line for line in lines if INDEX.search(line)] == []
    assert [line for line in lines if not (ENTRY.match(line) or HASH.match(line))] == []
    unhashed = [
        line for line, after in zip(lines, [*lines[1:], ""], strict=True) if ENTRY.match(line) and not HASH.match(after)
    ]
    assert unhashed == []


def test_users_get_the_very_versions_that_were_tested() -> None:
    """What both files name has the same version in both."""
    versions = [
        dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", (ROOT / name).read_text(), re.MULTILINE))
        for name in ("requirements.txt", "requirements-dev.txt")
    ]
    assert versions[0].items() <= versions[1].items()
