"""What somebody asks for when he makes or changes a notice, and what he is answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from hashlib import sha256

from ivrctl.model.notice import Notice, Scope

DIGEST_DIGITS = 32
"""Hexadecimal: no two requests of one author have the same by chance."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A notice as it is asked for, or what is to be changed of one: None says nothing of it."""

    author: str
    texts: Mapping[str, str] | None = None
    """Language to what is said."""
    recordings: Mapping[str, bytes] = field(default_factory=dict)
    """Language to a WAV file as it was handed in."""
    scope: Scope | None = None
    """As it is asked for: a caller's number as people write it."""
    starts: str | None = None
    """``2026-11-20 18:00``, of the site's time zone unless it names its own; at once when left out."""
    ends: str | None = None
    """In the same way; this or ``lasts`` has to be there."""
    lasts: str | None = None
    """``90m``, ``2h``, ``1d``: from its start on; of one that is changed, from now on when it has begun."""
    ends_call: bool | None = None
    is_off_peak_advised: bool | None = None
    reason: str | None = None
    waived: frozenset[str] = frozenset()
    """Languages of the site that it lacks on purpose."""
    is_forced: bool = False
    """True: also when the same is announced already."""
    key: str = ""
    """Of a request that may be sent twice; with the same key and author the same notice is meant."""

    @property
    def digest(self) -> str:
        """Tells what is asked for from what another request asks for."""
        told = {name: value for name, value in asdict(self).items() if name not in {"author", "key"}}
        return sha256(json.dumps(told, sort_keys=True, default=_plain).encode()).hexdigest()[:DIGEST_DIGITS]


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that is wrong with a draft."""

    message: str
    advice: str

    def __str__(self) -> str:
        return f"{self.message}; {self.advice}"


@dataclass(frozen=True, slots=True)
class Refused:
    """Nothing was changed."""

    refusals: tuple[Refusal, ...]


@dataclass(frozen=True, slots=True)
class Kept:
    """It is kept for good, and every call that starts from a second from now on is served by it."""

    notice: Notice
    remarks: tuple[str, ...] = ()
    """What its author should know: sentences."""
    is_new: bool = True
    """False where the same request had been kept before."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """No notice with this id stands."""

    id: str


@dataclass(frozen=True, slots=True)
class Taken:
    """The key is another request's; nothing was made."""

    id: str
    """Of the notice that the other request has made."""


Answered = Kept | Refused | Taken | Unknown


def _plain(value: object) -> object:
    """Names in an order of their own, and what a recording holds."""
    return sorted(value) if isinstance(value, frozenset) else sha256(value).hexdigest()  # type: ignore[arg-type]
