"""The targets: everything that takes bytes from outside.

Their modules import what is fuzzed, which must be instrumented while it is imported: so nothing is imported here.
"""

from __future__ import annotations

import importlib

from ..target import Target  # noqa: TID252 - test folders are no packages to import from

MODULES = ("agi", "ami", "ami_events", "expressions", "files")


def every_target() -> dict[str, Target]:
    """All of them by their names."""
    targets: dict[str, Target] = {}
    for name in MODULES:
        module = importlib.import_module(f"{__name__}.{name}")
        for target in getattr(module, "TARGETS", None) or (module.TARGET,):
            targets[target.name] = target
    return targets
