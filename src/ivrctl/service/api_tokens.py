"""The tokens of a site: who may use the API over TCP. Read anew every few seconds, so that one can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from ivrctl.adapters.named_secret import named_secret
from ivrctl.errors import ConfigurationError
from ivrctl.site.site_file import Site

SHORTEST = 16
"""Characters: what is shorter can be guessed, however slowly."""
READ_EVERY = 5.0
"""Seconds."""


class ApiTokens:
    """The tokens as they are now, by the names of those who have them."""

    def __init__(
        self,
        site: Callable[[], Site],
        folder: Path,
        environ: Mapping[str, str],
        *,
        on_fault: Callable[[str], None],
        clock: Callable[[], float],
    ) -> None:
        """Read them when they are asked for.

        Args:
            site: the one that serves.
            folder: the site's.
            environ: for tokens that it holds.
            on_fault: told once of a token that cannot be used, and why; never the token.
            clock: steady seconds.
        """
        self._site, self._folder, self._environ = site, folder, environ
        self._on_fault, self._clock = on_fault, clock
        self._read_at: float | None = None
        self._of: Site | None = None
        self._tokens: Mapping[str, str] = {}
        self._told: set[str] = set()

    def __call__(self) -> Mapping[str, str]:
        """Name to token. Blocks for some small files now and then."""
        site, now = self._site(), self._clock()
        if self._of is not site or self._read_at is None or now - self._read_at > READ_EVERY:
            self._tokens, self._of, self._read_at = self._read(site), site, now
        return self._tokens

    def _read(self, site: Site) -> Mapping[str, str]:
        tokens: dict[str, str] = {}
        faults: set[str] = set()
        for name, secret in ({} if site.api is None else site.api.tokens).items():
            try:
                token = named_secret(secret, self._folder, self._environ)
            except ConfigurationError as error:
                faults.add(f"the token of {name} cannot be used: {error}")
                continue
            if len(token) < SHORTEST:
                faults.add(f"the token of {name} cannot be used: it has less than {SHORTEST} characters")
            elif token in tokens.values():
                faults.add(f"the token of {name} cannot be used: another has the same")
            else:
                tokens[str(name)] = token
        for fault in sorted(faults - self._told):
            self._on_fault(fault)
        self._told = faults
        return tokens
