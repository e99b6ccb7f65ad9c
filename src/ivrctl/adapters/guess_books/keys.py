"""The keys of books: made with the site's pepper, so that nobody reads an account or a number from them."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple


class Keys(NamedTuple):
    """The keys of the three books that a guess concerns."""

    account: str
    caller: str
    site: str


@dataclass(frozen=True, slots=True)
class BookKeys:
    """Makes keys for one site."""

    pepper: str

    def of(self, kind: str, account: str, caller: str) -> Keys:
        """The keys of a guess.

        Args:
            kind: which sort of account it is: two of the same digits are two accounts.
            account: as it was keyed.
            caller: the calling number, empty for one that is withheld: all of those are one caller.
        """
        return Keys(self._key("account", kind, account), self._key("caller", caller), "site")

    def _key(self, *parts: str) -> str:
        # What is keyed and what a number is made of holds no NUL.
        joined = "\0".join(parts).encode()
        return f"{parts[0]}:{hmac.digest(self.pepper.encode(), joined, sha256).hex()}"
