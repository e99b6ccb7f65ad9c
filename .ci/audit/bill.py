"""A bill of materials in CycloneDX 1.6: every package that a user installs with ivrctl, and what asks for it.

The same requirements give the same bill: no time and no chance is in it, nor any address that files come from. Their
hashes are properties, since a package has several files and CycloneDX hashes one.
"""

from __future__ import annotations

import tomllib
import uuid
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

from pinned import Pinned

_NAMESPACE = uuid.UUID("5b1d2b6c-6f0e-5a3c-9a57-0d9f6a1c7e11")
Json = dict[str, Any]


def bill_of(packages: Iterable[Pinned], project: Path) -> Json:
    """The bill of the project that a pyproject.toml is of."""
    packages = list(packages)
    about = tomllib.loads(project.read_text())["project"]
    ours = {
        "type": "application",
        "bom-ref": about["name"],
        "name": about["name"],
        "version": about["version"],
        "description": about["description"],
        "licenses": [{"license": {"id": about["license"]}}],
        "purl": f"pkg:pypi/{about['name']}@{about['version']}",
    }
    named = " ".join([about["version"], *(f"{each.name}=={each.version}" for each in packages)])
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(_NAMESPACE, named)}",
        "version": 1,
        "metadata": {"component": ours},
        "components": [_component(each) for each in packages],
        "dependencies": list(_dependencies(about["name"], packages)),
    }


def _component(package: Pinned) -> Json:
    return {
        "type": "library",
        "bom-ref": package.name,
        "name": package.name,
        "version": package.version,
        "purl": f"pkg:pypi/{package.name}@{package.version}",
        "licenses": list(_licences(package)),
        "properties": [{"name": "ivrctl:file:sha256", "value": each} for each in package.hashes],
    }


def _licences(package: Pinned) -> Iterator[Json]:
    """As its own metadata says, where this very version is installed: an expression, or the name that it goes by."""
    try:
        about = metadata.metadata(package.name)
    except metadata.PackageNotFoundError:
        return
    if about["Version"] != package.version:
        return
    expression = about.get("License-Expression")
    if expression is not None:
        yield {"expression": expression}
        return
    classified = [
        each.rpartition(" :: ")[2] for each in about.get_all("Classifier", []) if each.startswith("License ::")
    ]
    for name in classified or [about.get("License")]:
        if name:
            yield {"license": {"name": name}}


def _dependencies(ours: str, packages: list[Pinned]) -> Iterator[Json]:
    """What each of them asks for."""
    for name in [ours, *(each.name for each in packages)]:
        needed = [each.name for each in packages if name in each.needed_by]
        yield {"ref": name, **({"dependsOn": needed} if needed else {})}
