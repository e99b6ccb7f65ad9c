"""The files of a site as a git revision has them: read from the repository, nothing is checked out.

Counterpart of ``site_folder``, which reads what lies on disk.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from ivrctl.adapters.site_folder import IS_OURS, MAX_FILES, most_bytes
from ivrctl.errors import ConfigurationError, MissingToolError

DEADLINE = 60.0
"""Seconds for one question to git: a repository on a slow disk."""

_REGULAR = ("100644", "100755")
"""Modes of files; a link's content is the name of something else."""


def read_revision(revision: str, inside: str | None, folder: Path) -> Mapping[str, bytes]:
    """The files of a site as a revision has them, by a path that names the revision too.

    Args:
        revision: as git takes it: ``main``, ``HEAD~1``, a commit's digits.
        inside: the site's folder, from the top of the repository; None for ``folder`` itself.
        folder: in the repository's work tree.

    Raises:
        ConfigurationError: there is no such repository, revision or folder in it.
        MissingToolError: there is no git.
    """
    top = _git(folder, "rev-parse", "--show-toplevel", fault=f"{folder} is in no git repository").strip()
    if inside is None:
        inside = folder.resolve().relative_to(Path(top.decode()).resolve()).as_posix()
    fault = f'"{revision}" is no revision of {top.decode()}'
    words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    commit = _git(folder, *words, fault=fault).decode().strip()
    found = dict(_entries(Path(top.decode()), commit, inside.strip("/")))
    if not found:
        message = f"{revision} has no YAML file in {inside}"
        raise ConfigurationError(message, advice=f"git ls-tree --name-only {revision}, from the top of the repository")
    if len(found) > MAX_FILES:
        raise ConfigurationError(f"{revision} has {len(found)} YAML files in {inside}", advice="name a site's folder")
    return {f"{revision}:{_shown(path)}": _blob(folder, digits)[: most_bytes(path)] for path, digits in found.items()}


def _shown(path: str) -> str:
    """A path of which the last part is the file's name, whatever stands before."""
    return path if "/" in path else f"./{path}"


def _entries(top: Path, commit: str, inside: str) -> Iterator[tuple[str, str]]:
    """The path of each file of a site in a folder, and the digits of its content."""
    where = () if inside in {"", "."} else ("--", f"{inside}/")
    listed = _git(top, "ls-tree", "-z", commit, *where, fault=f"{inside} cannot be listed")
    for entry in listed.decode(errors="replace").split("\0"):
        head, _, path = entry.partition("\t")
        if head.startswith(_REGULAR) and IS_OURS.fullmatch(path.rpartition("/")[2]):
            yield path, head.split()[2]


def _blob(folder: Path, digits: str) -> bytes:
    return _git(folder, "cat-file", "blob", digits, fault=f"{digits} cannot be read")


def _git(folder: Path, *words: str, fault: str) -> bytes:
    """What git says.

    Raises:
        ConfigurationError: it refuses.
        MissingToolError: there is none.
    """
    try:
        done = subprocess.run(["git", "-C", str(folder), *words], capture_output=True, check=False, timeout=DEADLINE)
    except FileNotFoundError:
        raise MissingToolError("git is needed to read a revision", advice="apt-get install git") from None
    except subprocess.TimeoutExpired:
        raise ConfigurationError(f"git has not answered for {DEADLINE:g} s", advice="git status") from None
    if done.returncode:
        raise ConfigurationError(fault, advice="git log --oneline lists revisions")
    return done.stdout
