"""Programs from npm that tests and benchmarks ask: installed once by its ordinary client, in a version each.

Several test processes ask for one at the same time: one installs it, the others wait, and nobody sees half of one.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

INSTALLS_WITHIN = 300
"""Seconds."""


def installed(*packages: str) -> Path:
    """The folder that holds ``node_modules`` with these packages; installed when they are not there yet.

    Args:
        packages: each with its version, such as ``mermaid@11.4.1``.

    Raises:
        RuntimeError: Node or npm is missing, or npm cannot install them.
    """
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ivrctl" / "npm"
    cache.mkdir(parents=True, exist_ok=True)
    name = "-".join(packages).replace("/", "_").replace("@", "-")
    folder = cache / name
    with (cache / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _install(packages, folder)
    return folder


def _install(packages: tuple[str, ...], folder: Path) -> None:
    if not shutil.which("node") or not shutil.which("npm"):
        raise RuntimeError("these tests need node and npm; try: .ci/host-tools tests")
    made = Path(tempfile.mkdtemp(dir=folder.parent, prefix="new-"))
    try:
        # Without a package.json of its own npm looks for one in the folders above.
        (made / "package.json").write_text('{"private": true}\n')
        quiet = ("--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error")
        command = ["npm", "install", *quiet, "--prefix", str(made), *packages]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=INSTALLS_WITHIN)
        if done.returncode:
            raise RuntimeError(f"npm could not install {' '.join(packages)}: {done.stderr.strip()}")
        made.rename(folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
