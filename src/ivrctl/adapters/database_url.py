"""Where a database is: what the site file declares, looked up in the environment or a file.

An URL with a password never leaves this module in a message: what cannot be read is not quoted.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from ivrctl.errors import ConfigurationError
from ivrctl.site.site_file import DatabaseUrl

_SQLITE = re.compile(r"sqlite(?:\+aiosqlite)?:(?:///)?(?P<path>(?!//).+)\Z")
"""Both the short form ``sqlite:operator.sqlite`` and SQLAlchemy's ``sqlite:///operator.sqlite``."""

_HOST = r"(?:\[[0-9A-Fa-f:.]+\]|[^\s:@/?#\[\]]*)(?::[0-9]{1,5})?"
_POSTGRESQL = re.compile(
    rf"(?:postgresql|postgres)(?:\+asyncpg)?://(?P<rest>(?:[^\s@/?#]*@)?{_HOST}(?:,{_HOST})*(?:/[^\s@?#]*)?(?:\?[^\s#]*)?)\Z"
)
"""libpq's connection URI (PostgreSQL's documentation, 34.1.1.2). What an unescaped ``@``, ``/``, ``?`` or ``#`` in a
password makes of it does not match: half of the password would be taken for a host."""


def declared_url(declared: DatabaseUrl, folder: Path, environ: Mapping[str, str]) -> str:
    """The URL itself.

    Args:
        declared: as the site file says.
        folder: the site's, for ``{file: …}``.
        environ: for ``{env: NAME}``.

    Raises:
        ConfigurationError: the variable is not set, or the file cannot be read.
    """
    if declared.text is not None:
        return str(declared.text)
    if declared.env is not None:
        value = environ.get(declared.env)
        if not value:
            advice = f"export {declared.env}=postgresql://USER:PASSWORD@HOST/DATABASE"
            raise ConfigurationError(f"the environment variable {declared.env} is not set", advice=advice)
        return value
    try:
        return (folder / str(declared.file)).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text"
        raise ConfigurationError(f"the file {declared.file} cannot be read: {reason}") from None


def sqlite_path(url: str, folder: Path) -> Path | None:
    """The file that a SQLite URL names, relative ones beside the site file; None for another URL."""
    match = _SQLITE.match(url)
    return folder / match["path"] if match else None


def postgresql_dsn(url: str) -> str | None:
    """A PostgreSQL URL in the form that libpq and the driver read; None for another URL, or a malformed one."""
    match = _POSTGRESQL.match(url)
    return f"postgresql://{match['rest']}" if match else None
