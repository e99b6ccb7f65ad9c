"""Where an interface is, and what it knows us by: what the site file declares, looked up outside of it."""

from __future__ import annotations

import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from ivrctl.adapters.outside_values import outside_value
from ivrctl.errors import ConfigurationError
from ivrctl.site.ami import Secret
from ivrctl.site.interfaces import ADDRESS, Interface

_TOKEN = re.compile(r"[\x21-\x7e]{1,4096}")
"""What can stand in a header: visible ASCII."""


@dataclass(frozen=True, slots=True)
class Address:
    """One interface, ready to be asked."""

    base: str
    """Without a ``/`` at its end."""
    token: str | None = field(repr=False)
    tls: ssl.SSLContext | None
    """Verifies the name and the certificates; None for one that is asked in the clear."""


def address_of(interface: Interface, folder: Path, environ: Mapping[str, str]) -> Address:
    """Look up what is declared.

    Args:
        interface: as the site file says.
        folder: the site's, for files that are named relative to it.
        environ: for ``{env: NAME}``.

    Raises:
        ConfigurationError: something is not there, or cannot be used; neither the address nor the token is quoted.
    """
    base = _base(interface, folder, environ)
    token = None if interface.token is None else outside_value(interface.token, folder, environ)
    if token is not None and not _TOKEN.fullmatch(token):
        raise ConfigurationError("its token holds what no header can hold", advice="one line of visible ASCII")
    tls = _tls(interface, folder) if base.startswith("https://") else None
    return Address(base.rstrip("/"), token, tls)


def _base(interface: Interface, folder: Path, environ: Mapping[str, str]) -> str:
    url = interface.url
    base = str(url.text) if url.text is not None else outside_value(Secret(url.env, url.file), folder, environ)
    if not ADDRESS.fullmatch(base):
        advice = "such as https://crm.example/api, without user, query and fragment"
        raise ConfigurationError("its address cannot be read", advice=advice)
    return base


def _tls(interface: Interface, folder: Path) -> ssl.SSLContext:
    path = None if interface.ca is None else folder / interface.ca
    try:
        return ssl.create_default_context(cafile=path)
    except (OSError, ssl.SSLError) as error:
        reason = "it holds no certificates" if isinstance(error, ssl.SSLError) else error.strerror
        raise ConfigurationError(f"the file {interface.ca} cannot be used: {reason}") from None
