"""The image of the development PBX: built once by the engine from `docker/pbx.Dockerfile`, then only run.

Its tag is the hash of the recipe, so another package list is another image, and an image that exists is complete. The
base is the suite's own small image; where no registry can be reached, mmdebstrap makes one from the packages.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from importlib.resources import as_file, files
from pathlib import Path

import ivrctl
from ivrctl.adapters.pbx.building import BuildError, build_lock, run_builder
from ivrctl.adapters.pbx.engine import Engine
from ivrctl.adapters.pbx.engine_client import ask_engine, engine_program, require_engine
from ivrctl.adapters.pbx.folders import images_folder
from ivrctl.adapters.pbx.root import OPTIONS, SUITE, informed, packages
from ivrctl.adapters.pbx.runtime import Progress, RuntimeName
from ivrctl.errors import IvrctlError, MissingToolError, UnreachableError

BASE = f"debian:{SUITE}-slim"
IMPORTED_BASE = f"ivrctl-base:{SUITE}"
"""The base that was made here, where the other one cannot be had."""

PULL_SECONDS = 120.0
"""How long fetching the base (30 MB) may take, before it is made here instead."""
_QUESTION_SECONDS = 30.0


def image_tag() -> str:
    """Return the image of today's recipe, whether it is built or not."""
    recipe = "\n".join((dockerfile().read_text(encoding="utf-8"), *packages()))
    return f"ivrctl-pbx:{hashlib.sha256(recipe.encode()).hexdigest()[:16]}"


def dockerfile() -> Path:
    """Return `docker/pbx.Dockerfile`: inside the installed package, or at the top of a checkout."""
    package = Path(ivrctl.__file__).parent
    installed = package / "docker/pbx.Dockerfile"
    return installed if installed.is_file() else package.parents[1] / "docker/pbx.Dockerfile"


def find_engine(name: RuntimeName) -> Engine | None:
    """Return the engine if it answers and has the image already."""
    try:
        require_engine(name)
    except IvrctlError:
        return None
    return Engine(name, image_tag()) if _has(name, image_tag()) else None


def ensure_image(name: RuntimeName, progress: Progress = lambda _: None) -> Engine:
    """Return an engine that answers with its image, built first when it is missing (about a minute and 450 MB).

    Raises:
        MissingToolError: what would make the base is not installed.
        BuildError: the build failed; the message ends with its last lines.
    """
    image = image_tag()
    if not _has(name, image):
        with build_lock(images_folder() / f"{name}-{image.partition(':')[2]}", progress):
            if not _has(name, image):
                _build(name, image, progress)
    return Engine(name, image)


def _has(name: RuntimeName, image: str) -> bool:
    try:
        ask_engine(name, "image", "inspect", "--format", "{{.Id}}", image, seconds=_QUESTION_SECONDS)
    except UnreachableError:
        return False
    return True


def _build(name: RuntimeName, image: str, progress: Progress) -> None:
    base = _base(name, progress)
    progress(f"{name} builds the image {image} with {', '.join(packages())} (about 450 MB)")
    with as_file(files("ivrctl.adapters.pbx")) as context:
        argv = [*engine_program(name), "build", "--network", "host", "--build-arg", f"BASE={base}", "--tag", image]
        try:
            run_builder([*argv, "--file", str(dockerfile()), str(context)], _step, progress)
        except BuildError as error:
            advice = f"check that containers of {name} can run and reach the Debian mirror, then run the command again"
            raise BuildError(str(error), advice=advice) from error


def _step(line: str) -> str | None:
    """The engine's own steps; what apt says of 250 packages is for the error only."""
    return line if line.startswith(("Step ", "STEP ", "#")) and "RUN" not in line else None


def _base(name: RuntimeName, progress: Progress) -> str:
    """Return a base that the engine has: there already, pulled, or made here."""
    for base in (BASE, IMPORTED_BASE):
        if _has(name, base):
            return base
    progress(f"{name} pulls the base image {BASE}")
    try:
        run_builder([name, "pull", BASE], lambda _: None, progress, seconds=PULL_SECONDS)
    except BuildError as error:
        why = str(error).splitlines()[-1].strip()
        progress(f"the base image cannot be pulled ({why}): mmdebstrap makes one from the Debian mirror")
        _import_base(name, why, progress)
        return IMPORTED_BASE
    return BASE


def _import_base(name: RuntimeName, why: str, progress: Progress) -> None:
    if shutil.which("mmdebstrap") is None:
        raise MissingToolError(
            f"{name} cannot pull {BASE} ({why}), and mmdebstrap, which could make it, is not installed here",
            advice="apt-get install --yes mmdebstrap",
        )
    argv = ["mmdebstrap", *OPTIONS, SUITE, "-"]
    with subprocess.Popen(
        [name, "import", "-", IMPORTED_BASE], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as importing:
        if importing.stdin is None:
            raise AssertionError
        try:
            run_builder(argv, informed, progress, product=importing.stdin)
        except BaseException:
            importing.kill()  # half a base must not become one
            raise
        _, complaint = importing.communicate()
    if importing.returncode != 0:
        raise BuildError(f"{name} import failed: {complaint.decode(errors='replace').strip()}")
