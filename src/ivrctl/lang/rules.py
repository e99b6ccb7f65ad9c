"""The rules that this layer checks: id and title, one table.

Flow and site keep tables of their own in the same form; whoever shows rules merges them: ``{**lang, **site, **flow}``.
Ids never change their meaning: scripts and annotations refer to them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

RULES: Mapping[str, str] = MappingProxyType(
    {
        "IVR001": "The file cannot be read as text",
        "IVR002": "The file is not well-formed YAML",
        "IVR003": "A key stands twice in one mapping",
        "IVR004": "Anchors, aliases, tags and merge keys are not part of the language",
        "IVR005": "The file is too large or nested too deeply",
        "IVR006": "A field is empty",
        "IVR010": "A key is unknown",
        "IVR011": "A required key is missing",
        "IVR012": "A value has the wrong shape",
        "IVR013": "A scalar cannot be read as what is due here",
        "IVR020": "An expression cannot be read",
        "IVR021": "A name is unknown",
        "IVR022": "Types do not fit",
        "IVR023": "A value that may be none is used as if it were always there",
        "IVR024": "A format does not exist, does not fit, or is missing",
        "IVR025": "The braces of a text cannot be read",
    }
)
"""Rule id to one-line title."""
