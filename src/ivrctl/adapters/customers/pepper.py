"""The site's pepper: the secret behind the hashes of PINs, which the database does not hold."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from ivrctl.adapters.named_secret import named_secret
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
    try:
        return named_secret(declared, folder, environ)
    except ConfigurationError as error:
        advice = ""
        if declared.env is not None:
            advice = f'export {declared.env}="$({MAKE})", once: PINs that were kept with another one match no more'
        raise ConfigurationError(f"the site's pepper: {error}", advice=advice) from None
