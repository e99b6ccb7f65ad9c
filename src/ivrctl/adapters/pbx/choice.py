"""Which runtime: the one asked for, else the first that can be used of Docker, Podman and the Debian root."""

from __future__ import annotations

import os

from ivrctl.adapters.pbx.engine import Engine
from ivrctl.adapters.pbx.engine_client import require_engine
from ivrctl.adapters.pbx.image import ensure_image, find_engine, image_tag
from ivrctl.adapters.pbx.root import DebianRoot, ensure_root, find_root, root_path
from ivrctl.adapters.pbx.runtime import Progress, Runtime, RuntimeName
from ivrctl.errors import ConfigurationError, IvrctlError, MissingToolError

AUTO = "auto"
VARIABLE = "IVRCTL_RUNTIME"
"""The environment variable that chooses where no option does."""

_ENGINES = (RuntimeName.DOCKER, RuntimeName.PODMAN)


def wanted_runtime(given: str | None = None) -> RuntimeName | None:
    """Return what is asked for by an option or by the environment; None leaves the choice to us.

    Raises:
        ConfigurationError: no runtime has this name.
    """
    name = given or os.environ.get(VARIABLE) or AUTO
    if name == AUTO:
        return None
    try:
        return RuntimeName(name)
    except ValueError as error:
        said = "--runtime" if given else VARIABLE
        names = ", ".join((AUTO, *RuntimeName))
        raise ConfigurationError(f'{said} is "{name}", which is no runtime', advice=f"one of {names}") from error


def ensure_runtime(given: str | None = None, progress: Progress = lambda _: None) -> Runtime:
    """Return a runtime with its programs, which are installed first when they are missing.

    Raises:
        ConfigurationError: no runtime has this name, or the Debian root is asked for and we are not root.
        MissingToolError: there is none on this host, or a program that it needs is missing.
        UnreachableError: the engine that is asked for does not answer.
        BuildError: its programs cannot be installed; the message ends with what was said.
    """
    name = wanted_runtime(given)
    if name is RuntimeName.ROOT:
        return ensure_root(progress)
    if name is not None:
        require_engine(name)
        return ensure_image(name, progress)
    return _first_that_works(progress)


def runtime_of(name: RuntimeName) -> Runtime:
    """Return the runtime that something runs in already; whether it answers still is seen when it is used."""
    return DebianRoot(root_path()) if name is RuntimeName.ROOT else Engine(name, image_tag())


def _first_that_works(progress: Progress) -> Runtime:
    reasons = []
    for engine in _ENGINES:
        try:
            require_engine(engine)
        except IvrctlError as error:
            reasons.append(_first_line(error))
            continue
        try:
            chosen = ensure_image(engine, progress)
            chosen.try_out()
        except IvrctlError as error:
            # It answers, so a user expects it to be used, and is told why it is not.
            progress(f"{error}\nso {engine} is not used")
            reasons.append(_first_line(error))
        else:
            return chosen
    try:
        return ensure_root(progress)
    except (ConfigurationError, MissingToolError) as error:
        raise MissingToolError(
            f"nothing here can run the development PBX: {'; '.join([*reasons, _first_line(error)])}",
            advice="sudo apt-get install --yes podman; or docker.io and be in the group docker; "
            f"or, as root, {_root_way(error)}",
        ) from error


def find_runtime() -> Runtime | None:
    """Return the runtime that `ensure_runtime` would, if one has its programs already; nothing is installed."""
    name = wanted_runtime()
    for engine in _ENGINES:
        if name in {None, engine} and (found := find_engine(engine)) is not None:
            return found
    return find_root() if name in {None, RuntimeName.ROOT} else None


def _root_way(error: IvrctlError) -> str:
    return error.advice if isinstance(error, MissingToolError) and error.advice else "apt-get install --yes mmdebstrap"


def _first_line(error: IvrctlError) -> str:
    return str(error).partition("\n")[0]
