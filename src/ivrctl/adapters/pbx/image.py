"""The image of the development PBX: built once by the engine from `docker/pbx.Dockerfile`, then only run.

Its tag is the hash of the recipe, so another package list is another image, and an image that exists is complete.
"""

from __future__ import annotations

import hashlib
from importlib.resources import as_file, files
from pathlib import Path

import ivrctl
from ivrctl.adapters.pbx.base_image import ensure_base, has_image
from ivrctl.adapters.pbx.building import BuildError, build_lock, run_builder
from ivrctl.adapters.pbx.engine import Engine
from ivrctl.adapters.pbx.engine_client import engine_program, require_engine
from ivrctl.adapters.pbx.folders import images_folder
from ivrctl.adapters.pbx.root import SUITE, packages
from ivrctl.adapters.pbx.runtime import Progress, RuntimeName
from ivrctl.errors import IvrctlError


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
    return Engine(name, image_tag()) if has_image(name, image_tag()) else None


def ensure_image(name: RuntimeName, progress: Progress = lambda _: None) -> Engine:
    """Return an engine that answers with its image, built first when it is missing (about a minute and 450 MB).

    Raises:
        MissingToolError: what would make the base is not installed.
        BuildError: the build failed; the message ends with its last lines.
    """
    image = image_tag()
    if not has_image(name, image):
        with build_lock(images_folder() / f"{name}-{image.partition(':')[2]}", progress):
            if not has_image(name, image):
                _build(name, image, progress)
    return Engine(name, image)


def _build(name: RuntimeName, image: str, progress: Progress) -> None:
    base = ensure_base(name, SUITE, progress)
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
