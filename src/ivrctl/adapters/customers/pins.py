"""Hashes of PINs, and comparing with them.

A PIN has so few digits that any hash of it alone is guessed in hours. So it is first keyed with the site's pepper, a
secret that the database does not hold: ``argon2id(HMAC-SHA256(pepper, PIN))``. Who steals the database alone can guess
nothing; who steals both pays argon2id for each guess.
"""

from __future__ import annotations

import asyncio
import hmac
import re
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

MEMORY_KIB = 19 * 1024
"""Of one hash: OWASP's least for argon2id with two passes. Twenty callers who are checked in one moment wait for each
other instead of taking 400 MB."""
PASSES = 2
"""Together with the memory some 30 ms on one core: a caller does not notice, and a million guesses take eight hours."""
LANES = 1
"""A call has one core at most: the others serve other calls."""
HASH_BYTES = 32
SALT_BYTES = 16
"""The lengths that RFC 9106 recommends."""
AT_ONCE = 2
"""Hashes that are made at one time: bounds the memory, and leaves cores to calls."""

_PIN = re.compile(r"[0-9]{4,12}\Z")
"""What a caller can key, and somebody can remember."""


def is_pin(text: str) -> bool:
    """True for four to twelve digits."""
    return _PIN.match(text) is not None


class Pins:
    """Makes hashes and compares with them, in threads of its own."""

    def __init__(self, pepper: str, *, at_once: int = AT_ONCE) -> None:
        """Prepare; no thread runs yet.

        Args:
            pepper: the site's, as ``declared_pepper`` gives it.
            at_once: hashes that are made at one time; others wait for their turn.
        """
        self._pepper = pepper.encode()
        self._hasher = PasswordHasher(PASSES, MEMORY_KIB, LANES, HASH_BYTES, SALT_BYTES, type=Type.ID)
        self._threads = ThreadPoolExecutor(at_once, thread_name_prefix="pins")

    async def hash(self, pin: str) -> str:
        """What is kept of a PIN: other text each time, since it holds a salt."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hash, pin)

    async def matches(self, pin_hash: str | None, pin: str) -> bool:
        """True when the hash is of this PIN.

        None, for an account that nobody has or one without a PIN, is never matched, and takes as long as a wrong PIN:
        nobody learns by a clock which accounts there are.
        """
        kept = _NOBODYS if pin_hash is None else pin_hash
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._matches, kept, pin)

    def close(self) -> None:
        """Let the threads end; what waits for its turn is given up."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _hash(self, pin: str) -> str:
        return self._hasher.hash(self._keyed(pin))

    def _matches(self, pin_hash: str, pin: str) -> bool:
        try:
            return self._hasher.verify(pin_hash, self._keyed(pin))
        except (VerificationError, InvalidHashError):
            return False

    def _keyed(self, pin: str) -> bytes:
        return hmac.digest(self._pepper, pin.encode(), sha256)


def _b64(content: bytes) -> str:
    return b64encode(content).decode().rstrip("=")


_NOBODYS = f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}${_b64(bytes(SALT_BYTES))}${_b64(bytes(HASH_BYTES))}"
"""A hash that takes as long as any other and that no PIN has: all its bits are zero."""
