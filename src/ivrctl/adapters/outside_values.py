"""What a site file leaves outside, and where it is: ``{env: NAME}`` or ``{file: PATH}``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ivrctl.errors import ConfigurationError
from ivrctl.site.ami import Secret


def outside_value(reference: Secret, folder: Path, environ: Mapping[str, str]) -> str:
    """The value itself, without blanks around it.

    Args:
        reference: as the site file says.
        folder: the site's, for ``{file: …}``.
        environ: for ``{env: NAME}``.

    Raises:
        ConfigurationError: the variable is not set, or the file cannot be read or is empty; the value is in no message.
    """
    if reference.env is not None:
        value, missing = environ.get(reference.env, ""), f"the environment variable {reference.env} is not set"
    else:
        value, missing = _in_file(folder / str(reference.file), str(reference.file)), f"{reference.file} is empty"
    if not value.strip():
        raise ConfigurationError(missing, advice=f"export {reference.env}=…" if reference.env else None)
    return value.strip()


def _in_file(path: Path, written: str) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ConfigurationError(f"the file {written} cannot be read: {reason}") from None
