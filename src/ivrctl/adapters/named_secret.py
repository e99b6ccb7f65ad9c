"""A secret that the site file names and does not hold: from the environment or a file. It is in no message."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ivrctl.errors import ConfigurationError
from ivrctl.site.ami import Secret

MAX_BYTES = 4096
"""Of a file that holds one secret; what is longer is no secret, but a file that was named by mistake."""


def named_secret(secret: Secret, folder: Path, environ: Mapping[str, str]) -> str:
    """The secret itself.

    Args:
        secret: as the site file names it.
        folder: the site's, for ``{file: …}``.
        environ: for ``{env: NAME}``.

    Raises:
        ConfigurationError: the variable is not set; the file is not there, empty, or no text.
    """
    if secret.env is not None:
        value = environ.get(secret.env, "").strip()
        if not value:
            raise ConfigurationError(f"the environment variable {secret.env} is not set")
        return value
    try:
        with (folder / str(secret.file)).open("rb") as file:
            content = file.read(MAX_BYTES + 1)
        value = content.decode().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ConfigurationError(f"the file {secret.file} cannot be read: {reason}") from None
    if not value or len(content) > MAX_BYTES:
        raise ConfigurationError(f"{secret.file} is {'too long' if value else 'empty'}")
    return value
