"""Who a customer is, as the site's own directory says; and what a file says of one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ivrctl.model.values import Secret


@dataclass(frozen=True, slots=True)
class Customer:
    """One customer of the site's directory. What nobody has said of him is None."""

    id: str
    """The key under which the site knows him: its own customer number."""
    name: str | None = None
    brand: str | None = None
    tier: str | None = None
    region: str | None = None
    language: str | None = None
    pin_hash: str | None = field(default=None, repr=False)
    """What ``Pins`` made of his PIN; None for one without."""


@dataclass(frozen=True, slots=True)
class CustomerEntry:
    """What a row of a file says of a customer. What the file has no column for is left out here, and stays as it is."""

    line: int
    customer: str
    texts: Mapping[str, str]
    """Of ``name``, ``brand``, ``tier``, ``region`` and ``language``; empty for what is to be unknown."""
    numbers: tuple[str, ...] | None = None
    """All of his, in E.164; None without such a column."""
    identifiers: Mapping[str, str] = field(default_factory=dict)
    """By kind; empty for one that he is to have no more."""
    pin: Secret | None = None
    """None for an empty cell, too: a PIN that is not told stays."""


@dataclass(frozen=True, slots=True)
class CustomerDetails:
    """A customer with everything that the directory holds of him, but his PIN."""

    customer: Customer
    numbers: tuple[str, ...]
    """In E.164, sorted."""
    identifiers: tuple[tuple[str, str], ...]
    """Kind and value, sorted."""
