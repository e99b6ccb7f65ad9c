"""Synthetic days that are shown: keys that stand in the place of those of a small day, for the site of the policies."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from ivrctl.flow.program import SITE_FILE
from ivrctl.lang.findings import Findings
from ivrctl.service.compiling import compile_whole
from ivrctl.simulation.days.day_file import DayFile
from ivrctl.simulation.days.load import read_days
from ivrctl.site.site_file import Site

from ..staffing.examples import FLOW, replaced  # noqa: TID252 - test folders are no packages to import from
from ..staffing.examples import GOLDEN as POLICIES  # noqa: TID252 - the same

GOLDEN = Path(__file__).parents[2] / "golden" / "day"
DAY = "main.day.yaml"


def shown_day(example: str) -> Mapping[str, bytes]:
    """The site that shows an example: the keys of a day."""
    return {**site_files(), DAY: replaced((GOLDEN / DAY).read_text(), example).encode()}


def site_files() -> Mapping[str, bytes]:
    """The site of all of them."""
    return {SITE_FILE: (POLICIES / SITE_FILE).read_bytes(), "main.ivr.yaml": FLOW.encode()}


@cache
def site() -> Site:
    """The same, read."""
    compiled, _ = compile_whole(site_files())
    assert compiled is not None
    return compiled.program.site


def day_file(example: str) -> DayFile:
    """What the keys of a day say, which nothing is wrong with."""
    findings = Findings()
    days = read_days(shown_day(example), site(), findings)
    assert findings.items == []
    return days["main"]
