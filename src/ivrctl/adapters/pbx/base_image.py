"""The small Debian that images are built on: pulled, or made of Debian's packages where no registry can be reached.

`docker/build` asks for the bases of the composed pair with `python -m ivrctl.adapters.pbx.base_image ENGINE SUITE`.
"""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path

from ivrctl.adapters.pbx.building import BuildError, build_lock, run_builder
from ivrctl.adapters.pbx.engine_client import ask_engine
from ivrctl.adapters.pbx.folders import bases_folder
from ivrctl.adapters.pbx.root import OPTIONS, informed
from ivrctl.adapters.pbx.runtime import Progress, RuntimeName
from ivrctl.errors import IvrctlError, MissingToolError, UnreachableError

PULL_SECONDS = 120.0
"""How long fetching a base (30 MB) may take, before it is made here instead."""
FRESH_DAYS = 30
"""How long an archive that was made here is used again: an older one lacks a month of security updates."""

_QUESTION_SECONDS = 30.0
_IMPORT_SECONDS = 300.0


def usual_base(suite: str) -> str:
    """Return the suite's own small image."""
    return f"debian:{suite}-slim"


def imported_base(suite: str) -> str:
    """Return the name of the base that is made here, where the usual one cannot be had."""
    return f"ivrctl-base:{suite}"


def has_image(name: RuntimeName, image: str) -> bool:
    """Whether the engine has an image already."""
    try:
        ask_engine(name, "image", "inspect", "--format", "{{.Id}}", image, seconds=_QUESTION_SECONDS)
    except UnreachableError:
        return False
    return True


def ensure_base(name: RuntimeName, suite: str, progress: Progress) -> str:
    """Return a base that the engine has: there already, pulled, or made here.

    Raises:
        MissingToolError: it can neither be pulled nor be made here.
        BuildError: making it failed; the message ends with the last lines.
    """
    usual, imported = usual_base(suite), imported_base(suite)
    for base in (usual, imported):
        if has_image(name, base):
            return base
    progress(f"{name} pulls the base image {usual}")
    try:
        run_builder([name, "pull", usual], lambda _: None, progress, seconds=PULL_SECONDS)
    except BuildError as error:
        why = str(error).splitlines()[-1].strip()
        progress(f"the base image cannot be pulled ({why}): mmdebstrap makes one from the Debian mirror")
        archive = _archive(suite, f"{name} cannot pull {usual} ({why})", progress)
        ask_engine(name, "import", str(archive), imported, seconds=_IMPORT_SECONDS)
        return imported
    return usual


def _archive(suite: str, plight: str, progress: Progress) -> Path:
    """Return the archive of a small system, kept for the next engine and the next build."""
    if shutil.which("mmdebstrap") is None:
        raise MissingToolError(
            f"{plight}, and mmdebstrap, which could make a base, is not installed here",
            advice="apt-get install --yes mmdebstrap",
        )
    archive = bases_folder() / f"{suite}.tar"
    with build_lock(archive, progress):
        if not _is_fresh(archive):
            beside = archive.with_suffix(".part.tar")
            run_builder(["mmdebstrap", *OPTIONS, suite, str(beside)], informed, progress)
            beside.rename(archive)
    return archive


def _is_fresh(archive: Path) -> bool:
    return archive.is_file() and time.time() - archive.stat().st_mtime < FRESH_DAYS * 86400


if __name__ == "__main__":
    try:
        print(ensure_base(RuntimeName(sys.argv[1]), sys.argv[2], lambda said: print(said, file=sys.stderr)))  # noqa: T201 - a program for docker/build
    except IvrctlError as error:
        raise SystemExit(f"{error}\n  try: {error.advice}") from None
