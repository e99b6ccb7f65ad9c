"""The site's pepper: the secret behind the hashes of PINs, which the database does not hold."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ivrctl.errors import ConfigurationError
from ivrctl.site.ami import Secret

LEAST_CHARACTERS = 16
"""A pepper that could be guessed would make the hashes as weak as the PINs are."""

MAKE = "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"


def declared_pepper(declared: Secret | None, folder: Path, environ: Mapping[str, str]) -> str:
    """The pepper itself; it is in no message.

    Args:
        declared: as the site file says.
        folder: the site's, for ``{file: …}``.
        environ: for ``{env: NAME}``.

    Raises:
        ConfigurationError: the site declares none, it is not set, or it is too short.
    """
    if declared is None:
        advice = "write pepper: {env: IVRCTL_PEPPER} into ivrctl.yaml, and keep that secret where the database is not"
        raise ConfigurationError("PINs are kept with a pepper, and the site declares none", advice=advice)
    pepper = _told(declared, folder, environ)
    if len(pepper) < LEAST_CHARACTERS:
        message = f"the site's pepper has fewer than {LEAST_CHARACTERS} characters"
        raise ConfigurationError(message, advice=f"make one that nobody guesses: {MAKE}")
    return pepper


def _told(declared: Secret, folder: Path, environ: Mapping[str, str]) -> str:
    if declared.env is not None:
        value = environ.get(declared.env, "")
        if not value:
            advice = f'export {declared.env}="$({MAKE})", once: PINs that were kept with another one match no more'
            raise ConfigurationError(f"the pepper's environment variable {declared.env} is not set", advice=advice)
        return value
    try:
        return (folder / str(declared.file)).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ConfigurationError(f"the pepper's file {declared.file} cannot be read: {reason}") from None
