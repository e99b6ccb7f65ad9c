"""Staffing files: every key of a policy of backup staff."""

from __future__ import annotations

from collections.abc import Iterable

from ivrctl.staffing.policy_files.policy_file import (
    HEADS_UP_PARAMS,
    WARN_PARAMS,
    FloorEntry,
    People,
    PolicyFile,
    TierEntry,
    TimingKeys,
    WarnKeys,
)
from ivrctl.staffing.policy_files.thresholds import Amounts, Shares, Table, Waits

from .examples import file_block
from .markdown import code, from_docstring, section
from .markdown import page as page_of
from .repository import ROOT
from .schema import keys

_ABOVE = """
A policy is one file `<name>.staffing.yaml` in a site's folder; the file's name is the policy's name. It says which
queues are watched, who comes in when they are busy, one tier after the other, and when they go home, in reverse. It
names the queues, groups and pause reasons of the [site file](site-file.md).

`ivrctl check` proves what can be proved of it, tells the rest with [rules](rules.md#ivr501) of its own, and says how
many memberships it can change in an hour at most. [Backup staff that comes and goes](../how-to/backup-staff.md) is the
way to one of your own.
"""

_TABLE = """
A row has one `engage` value for each tier, in their order, and one `release` value. At an `engage` value or beyond it a
tier is wanted; at the `release` value or on its calm side the row is calm. `service_level` is the only row in which low
is bad. Each tier's value is at least as bad as the tier's before it, and every `engage` value is worse than `release`,
so nothing is wanted and calm at once.
"""


def page() -> str:
    """The page."""
    told = f"""
The submission of `heads_up` is handed, for each person, {_listed(HEADS_UP_PARAMS)}.
That of `warn` is handed {_listed(WARN_PARAMS)}. Of these, each gets what it takes as `params`.
"""
    return page_of(
        "Staffing files",
        _ABOVE,
        keys(PolicyFile),
        section("tier", from_docstring(TierEntry.__doc__), keys(TierEntry)),
        section("people", from_docstring(People.__doc__), keys(People)),
        section("triggers", from_docstring(Table.__doc__), keys(Table), _TABLE),
        *(section(name, from_docstring(row.__doc__), keys(row), level=3) for name, row in _ROWS.items()),
        section("timing", from_docstring(TimingKeys.__doc__), keys(TimingKeys)),
        section("floor", from_docstring(FloorEntry.__doc__), keys(FloorEntry)),
        section("warn", from_docstring(WarnKeys.__doc__), keys(WarnKeys)),
        section("What submissions are handed", told),
        section("An example", "The demo site's:", file_block(ROOT / "flows" / "hotline.staffing.yaml")),
    )


_ROWS = {"waits": Waits, "shares": Shares, "amounts": Amounts}


def _listed(names: Iterable[str]) -> str:
    *first, last = map(code, names)
    return f"{', '.join(first)} and {last}"
