"""A process that makes, changes and ends notices, and is killed at one point of it: each time at the next.

Run as a program. Every call of the system that changes anything is two points, one before it and one behind. For each
of them a process is forked that works in a folder of its own, ``<folder>/<point>``, writes down what was acknowledged
to it in ``acknowledged``, and kills itself there. It ends with the first point that none comes to.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

from ivrctl.model.notice import Scope
from ivrctl.service.notices import Kept

from .conftest import Office, draft, wav

WATCHED = ("write", "fsync", "ftruncate", "open", "mkdir", "chmod", "utime", "replace", "unlink", "close")


def main() -> None:
    """Fork, work, die; the next point."""
    folder = Path(sys.argv[1])
    for point in count(1):
        pid = os.fork()
        if pid == 0:
            own = folder / str(point)
            own.mkdir()
            _die_at(point)
            asyncio.run(work(own))
            os._exit(0)
        _, status = os.waitpid(pid, 0)
        if status == 0:
            return
        if not os.WIFSIGNALED(status):
            raise SystemExit(f"point {point} ended with {status}")


async def work(folder: Path) -> None:
    """Two are made, one is changed and one ended."""
    office, acknowledged = Office(folder), folder / "acknowledged"
    notices = office.process()
    first = await notices.make(draft(recordings={"zh": wav()}))
    assert isinstance(first, Kept)
    _acknowledge(acknowledged, "made")
    await notices.change(first.notice.id, draft(texts={"en": "Soon."}, recordings={"zh": wav(b"\x00\x10" * 900)}))
    _acknowledge(acknowledged, "changed")
    await notices.make(draft(scope=Scope(lines=frozenset({"100"}))))
    _acknowledge(acknowledged, "made")
    await notices.end(first.notice.id, "chief")
    _acknowledge(acknowledged, "ended")


def _acknowledge(file: Path, what: str) -> None:
    with file.open("a") as opened:
        opened.write(f"{what}\n")


def _die_at(point: int) -> None:
    passed = count(1)

    def watched(call: Callable[..., Any]) -> Callable[..., Any]:
        def go(*args: Any, **kwargs: Any) -> Any:
            if next(passed) == point:
                os.kill(os.getpid(), signal.SIGKILL)
            result = call(*args, **kwargs)
            if next(passed) == point:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return go

    for name in WATCHED:
        setattr(os, name, watched(getattr(os, name)))


if __name__ == "__main__":
    main()
