"""Who a customer is, as the site's own directory says."""

from __future__ import annotations

from dataclasses import dataclass, field


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
