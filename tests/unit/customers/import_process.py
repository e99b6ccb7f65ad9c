"""A process that imports customers and kills itself at a point of it.

``python -m tests.unit.customers.import_process`` waits for jobs, a line of JSON each, and forks for each: imports cost
a second, and a small file a few milliseconds. It answers with what the job has ended by, as ``subprocess`` tells it.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ivrctl.adapters.customers.batches import ImportBatches
from ivrctl.adapters.site_store import SiteStore
from ivrctl.flow.program import Program
from ivrctl.service.customer_files import importing

from .conftest import compiled, import_content

METHODS = {"before": "write", "within": "_apply", "after": "write", "at the end": "finish"}


def run(job: Mapping[str, Any], program: Program) -> None:
    """Import ``file`` into ``url`` in batches of ``batch``; be killed at a point of batch ``number``, from 0."""
    importing.BATCH = job["batch"]
    _kill_at(job["point"], job["number"])
    asyncio.run(import_content(program, SiteStore(job["url"]), Path(job["file"])))


def _kill_at(point: str, number: int) -> None:
    inner = getattr(ImportBatches, METHODS[point])
    calls = 0

    async def outer(self: ImportBatches, *arguments: Any, **options: Any) -> Any:
        nonlocal calls
        calls += 1
        if calls == number + 1 and point == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = await inner(self, *arguments, **options)
        if calls == number + 1:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(ImportBatches, METHODS[point], outer)


def main() -> None:
    """A fork for each job."""
    program = compiled()
    for line in sys.stdin:
        child = os.fork()
        if not child:
            run(json.loads(line), program)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
