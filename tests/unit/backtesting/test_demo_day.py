"""The demo site's day, on which its policy shows what it is for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from ivrctl.adapters.site_folder import read_site
from ivrctl.lang.findings import Findings
from ivrctl.service.backtesting.running import Trial, run_all
from ivrctl.service.backtesting.variants import variants_of
from ivrctl.service.compiling import compile_whole
from ivrctl.simulation.compared import difference, reserve_minutes
from ivrctl.simulation.days.load import read_days
from ivrctl.simulation.days.synthetic import SyntheticDay

pytestmark = pytest.mark.thorough

FLOWS = Path(__file__).parents[3] / "flows"


def test_four_tiers_come_in_and_are_worth_it() -> None:
    """Each of them on each day; together they are worth more than five points of service level."""
    files = read_site(FLOWS)
    site, _ = compile_whole(files)
    assert site is not None
    findings = Findings()
    days = read_days({Path(path).name: content for path, content in files.items()}, site.program.site, findings)
    assert findings.items == []
    trial = Trial(SyntheticDay("busy", days["busy"], site.program.site), variants_of(site, {}, files), range(1, 4))
    none, served = run_all(trial, lambda _done, _many: None, workers=1)
    assert [tier for _, tier in served.tiers] == ["break", "leaders", "quality", "retention"]
    for outcome in served.outcomes:
        assert all(tier.engaged for tier in outcome.tiers.values())
        assert reserve_minutes(outcome) > 300
    better = difference(none, served, lambda outcome: outcome.total.service_level)
    assert better is not None
    assert better.least > 0.05


def test_interrupted_command_ends_with_130_and_leaves_no_process_behind() -> None:
    """Ctrl-C reaches all processes of a terminal; the first one ends the others, and says nothing of it."""
    command = [sys.executable, "-m", "ivrctl", "staffing", "simulate", str(FLOWS / "busy.day.yaml"), "--seeds", "500"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True) as begun:
        while not _children(begun.pid):
            assert begun.poll() is None
        os.killpg(begun.pid, signal.SIGINT)
        assert begun.communicate(timeout=30)[1] == b""
    assert begun.returncode == 130
    assert _group(begun.pid) == []


def _children(pid: int) -> list[str]:
    """The processes that one has started: the second of them is there when the pool is."""
    return Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[1:]


def _group(pid: int) -> list[str]:
    """The processes of a group that live."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, _, group = stat.read_text().rpartition(")")[2].split()[:3]
        except OSError:
            continue
        if group == str(pid) and state != "Z":
            found.append(stat.parent.name)
    return found
