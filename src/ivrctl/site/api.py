"""Who may use the HTTP API over TCP: tokens by the names of those who have them, never a token itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivrctl.lang.source import Span
from ivrctl.site.ami import Secret


@dataclass(frozen=True, slots=True)
class Api:
    """The HTTP API over TCP, for ``ivrctl serve --api HOST:PORT``."""

    span: Span
    tokens: Mapping[str, Secret] = field(default_factory=dict)
    """By the name of whoever has it, which is the author of his notices: where his token is, ``{env: NAME}`` or
    ``{file: PATH}``, of at least 16 characters."""
