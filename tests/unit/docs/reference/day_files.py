"""Day files: every key of a synthetic day."""

from __future__ import annotations

from ivrctl.simulation.days.day_file import BackupEntry, BreakKeys, CallKeys, DayFile, QueueEntry, StaffEntry, TalkKeys

from .examples import file_block
from .markdown import from_docstring, section
from .markdown import page as page_of
from .repository import ROOT
from .schema import keys

_ABOVE = """
A synthetic day is one file `<name>.day.yaml` in a site's folder: who calls, who works, and how queues are set. It is
for trying a policy of backup staff before a day is there, or one that never was. It names the queues, agents, groups,
tiers of customers and pause reasons of the [site file](site-file.md).

`ivrctl check` checks it with the site, by [rules](rules.md#ivr601) of its own; no call needs it, and the controller
does not read it.
"""


def page() -> str:
    """The page."""
    return page_of(
        "Day files",
        _ABOVE,
        keys(DayFile),
        section("queue", from_docstring(QueueEntry.__doc__), keys(QueueEntry)),
        section("calls", from_docstring(CallKeys.__doc__), keys(CallKeys)),
        section("talk", from_docstring(TalkKeys.__doc__), keys(TalkKeys)),
        section("staff", from_docstring(StaffEntry.__doc__), keys(StaffEntry)),
        section("break", from_docstring(BreakKeys.__doc__), keys(BreakKeys)),
        section("backup", from_docstring(BackupEntry.__doc__), keys(BackupEntry)),
        section("An example", "The demo site's:", file_block(ROOT / "flows" / "busy.day.yaml")),
    )
