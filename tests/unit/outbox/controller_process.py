"""A process that takes and delivers as a controller does, and can be made to kill itself at any point of that.

``python -m tests.unit.outbox.controller_process`` waits for jobs, a line of JSON each, and forks for each: imports cost
a second, and a point of a submit a few milliseconds. A point is a statement that goes to a database, or the beginning
or end of a try to deliver.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sqlite3
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from ivrctl.adapters.outbox import Entry, OutboxFile
from ivrctl.adapters.site_folder import read_site
from ivrctl.adapters.state_folder import StateFolder
from ivrctl.flow.commands import Submit, Submitted
from ivrctl.flow.program import compile_site
from ivrctl.model.delivery import Delivery
from ivrctl.model.utterance import Utterance
from ivrctl.service.answering import Asker
from ivrctl.service.delivering import SiteDestinations
from ivrctl.service.post_room import PostRoom


class Points:
    """Counts the points of a submit, and kills this process at one of them."""

    def __init__(self, last: int | None) -> None:
        """``last`` is the point at which it ends; None for a process that lives on."""
        self.seen = 0
        self._last = last

    def pass_by(self, _what: object = None) -> None:
        """One more."""
        self.seen += 1
        if self.seen == self._last:
            os.kill(os.getpid(), signal.SIGKILL)


def run(job: Mapping[str, Any]) -> int:
    """Do what a job says; how many points there were.

    ``state`` and ``site`` are folders, ``submits`` a list of key and submission, ``last`` the point of the kill, and
    ``acknowledged`` a file to which every key goes that was taken.
    """
    points = Points(job["last"])
    _watch(points)
    asyncio.run(_run(job, points))
    return points.seen


async def _run(job: Mapping[str, Any], points: Points) -> None:
    folder = Path(job["site"])
    program, findings = compile_site(read_site(folder))
    assert program is not None, findings.items
    room = PostRoom(
        StateFolder(Path(job["state"])),
        site=lambda: program.site,
        folder=folder,
        environ=os.environ,
        tell=lambda told: sys.stderr.write(f"{told}\n"),
    )
    submissions = room.submissions(program.site)
    for key, name in job["submits"]:
        question = Submit(name, {"text": f"text of {key}"}, key, timedelta(seconds=20), Utterance("en", ()))
        answer = await submissions.submit(question, Asker("leg", "", "100"))
        points.pass_by("answered")
        if isinstance(answer, Submitted):
            _acknowledge(job["acknowledged"], key)
    for _ in range(job["looks"]):
        await room.deliverer.turn()
        await room.deliverer.idle()
    points.pass_by("over")
    await room.close()


def _acknowledge(path: str, key: str) -> None:
    with Path(path).open("a") as file:
        file.write(f"{key}\n")


def _watch(points: Points) -> None:
    """Count every statement of the outbox and of the site's database, and both ends of every try."""
    opened = OutboxFile._opened
    deliver = SiteDestinations.deliver

    def watched(self: OutboxFile) -> sqlite3.Connection:
        connection = opened(self)
        connection.set_trace_callback(points.pass_by)
        return connection

    async def tried(self: SiteDestinations, entry: Entry) -> Delivery:
        points.pass_by("tries")
        delivery = await deliver(self, entry)
        points.pass_by("tried")
        return delivery

    for event in ("before_cursor_execute", "after_cursor_execute", "commit"):
        sa.event.listen(sa.engine.Engine, event, lambda *_arguments: points.pass_by())
    OutboxFile._opened = watched  # type: ignore[method-assign]
    SiteDestinations.deliver = tried  # type: ignore[method-assign]


def main() -> None:
    """Fork for each line, and say how it ended: its exit status, and how many points it passed."""
    for line in sys.stdin:
        reader, writer = os.pipe()
        child = os.fork()
        if child == 0:
            os.close(reader)
            os.write(writer, str(run(json.loads(line))).encode())
            os._exit(0)
        os.close(writer)
        _, status = os.waitpid(child, 0)
        seen = os.read(reader, 20).decode()
        os.close(reader)
        sys.stdout.write(json.dumps({"killed": os.WIFSIGNALED(status), "seen": int(seen or 0)}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
