"""What the installed Asterisk is like in a runtime: who it runs as, and where its modules lie."""

from __future__ import annotations

import os
from dataclasses import dataclass

from ivrctl.adapters.pbx.programs import run_in
from ivrctl.adapters.pbx.runtime import Runtime
from ivrctl.errors import BrokenStateError

_QUESTION = "id -u asterisk && id -g asterisk && ls -d /usr/lib/*/asterisk/modules"


@dataclass(frozen=True, slots=True)
class InstalledAsterisk:
    """Facts that differ from one build of the package to the other."""

    ids: tuple[int, int]
    """User and group that own what it writes: the runtime's own `asterisk`, or we where we are not root."""
    modules: str
    """The folder of its modules: named after the architecture."""


def installed_asterisk(runtime: Runtime) -> InstalledAsterisk:
    """Ask the runtime.

    Raises:
        BrokenStateError: it holds no Asterisk.
        UnreachableError: it cannot run a program.
    """
    answer = run_in(runtime, ["/bin/sh", "-c", _QUESTION]).split()
    try:
        uid, gid, modules = answer
        ids = (int(uid), int(gid))
    except ValueError as error:
        raise BrokenStateError(f"the runtime {runtime.name} holds no Asterisk: {' '.join(answer)}") from error
    return InstalledAsterisk(ids if os.geteuid() == 0 else (os.geteuid(), os.getegid()), modules)
