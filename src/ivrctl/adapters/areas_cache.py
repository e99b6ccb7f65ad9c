"""The areas of a country, kept between runs: phonenumbers' data of the world takes half a second and 100 MB to load.

What is kept is taken from that data, is named by its version and the calling code, and is safe to delete. A file that
is not as it was written, and a folder that cannot be written, cost the time again and nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from functools import lru_cache
from pathlib import Path

from ivrctl.site.areas import Areas, areas_of
from ivrctl.site.prefixes import PrefixTable

FORMAT = 1
"""Of the files; another one has another name."""

MAX_BYTES = 32 * 1024 * 1024
"""Bytes that are read of one file; China has 1.3 MB, and no country has more prefixes."""

_DIGEST = hashlib.sha256().digest_size


@lru_cache(maxsize=8)
def kept_areas(code: str) -> Areas:
    """The areas of a calling code, such as ``86``: those that are kept, else from the data of the world."""
    path = _path(code)
    if path is None:
        return areas_of(code)
    areas = _read(path)
    if areas is None:
        areas = areas_of(code)
        with contextlib.suppress(OSError):
            _keep(path, areas)
    return areas


def _path(code: str) -> Path | None:
    """Where they are kept; None for a user without a home."""
    import phonenumbers  # noqa: PLC0415 - the site's numbering plan has it by now, and nobody else asks

    base = os.environ.get("XDG_CACHE_HOME", "")
    try:
        # The specification: a relative path is invalid and to be ignored.
        folder = Path(base) if base.startswith("/") else Path.home() / ".cache"
    except RuntimeError:
        return None
    return folder / "ivrctl" / "areas" / f"{phonenumbers.__version__}-{code}-{FORMAT}"


def _read(path: Path) -> Areas | None:
    """What a file keeps; None when there is none, or it is not as it was written."""
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES)
    except OSError:
        return None
    digest, body = content[:_DIGEST], content[_DIGEST:]
    if hashlib.sha256(body).digest() != digest:
        return None
    names, _, table = body.partition(b"\n")
    return Areas(tuple(map(tuple, json.loads(names))), PrefixTable.from_bytes(table))


def _keep(path: Path, areas: Areas) -> None:
    """Write a file whole or not at all."""
    body = json.dumps(areas.names).encode() + b"\n" + areas.prefixes.to_bytes()
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(hashlib.sha256(body).digest() + body)
    draft.replace(path)
