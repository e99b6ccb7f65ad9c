"""The thread of the calls goes first, and nothing else does: as the kernel tells of a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

NICENESS = -15
WITHOUT_RIGHTS = ("setpriv", "--bounding-set=-all", "--inh-caps=-all")
PROGRAM = """
import json, os, subprocess, sys
from concurrent.futures import ThreadPoolExecutor

from ivrctl.adapters.precedence import as_before, go_first

def seen(pid=0):
    return [os.sched_getscheduler(pid) & ~os.SCHED_RESET_ON_FORK, os.getpriority(os.PRIO_PROCESS, pid)]

def started(is_as_before):
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as program:
        if is_as_before:
            as_before(program.pid)
        return seen(program.pid)

earlier = ThreadPoolExecutor(1)
earlier.submit(seen).result()
told = {"first": go_first(), "calls": seen()}
told["earlier thread"] = earlier.submit(seen).result()
told["thread"], told["profile"] = ThreadPoolExecutor(1).submit(lambda: (seen(), sys.getprofile())).result()
told["program"], told["voice"] = started(False), started(True)
print(json.dumps(told))
"""

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(sys.platform != "linux", reason="priorities are those of Linux"),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a process a negative niceness"),
]


def _told(niceness: int, *confined: str) -> dict[str, object]:
    ran = subprocess.run(
        ["nice", "-n", str(niceness - os.getpriority(os.PRIO_PROCESS, 0)), *confined, sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    if niceness < 0 and "cannot set niceness" in ran.stderr:
        pytest.skip(f"root may not set a niceness here: {ran.stderr.strip()}")
    told: dict[str, object] = json.loads(ran.stdout)
    return told


def test_the_thread_of_the_calls_alone_goes_first() -> None:
    """Other threads keep the niceness, those that are made later too; programs have none unless they are given it."""
    ordinary = [os.SCHED_OTHER, NICENESS]
    assert _told(NICENESS) == {
        "first": True,
        "calls": [os.SCHED_RR, NICENESS],
        "earlier thread": ordinary,
        "thread": ordinary,
        "profile": None,
        "program": [os.SCHED_OTHER, 0],
        "voice": ordinary,
    }


def test_the_limits_of_the_service_are_all_that_it_takes() -> None:
    """Without a right of root's: as ``LimitRTPRIO`` and ``LimitNICE`` have it."""
    limits = ("prlimit", "--rtprio=1", f"--nice={20 - NICENESS}")
    if subprocess.run([*limits, "true"], capture_output=True, check=False, timeout=60).returncode != 0:
        pytest.skip("root may not raise limits here (CAP_SYS_RESOURCE)")
    assert _told(NICENESS, *limits, *WITHOUT_RIGHTS) == _told(NICENESS)


@pytest.mark.parametrize(
    ("niceness", "confined"),
    [(0, ()), (NICENESS, ("prlimit", "--rtprio=0", *WITHOUT_RIGHTS))],
    ids=["nobody asked for it", "it may not"],
)
def test_otherwise_all_stays_as_it_was(niceness: int, confined: tuple[str, ...]) -> None:
    """Nothing fails, and threads and programs are alike."""
    told = _told(niceness, *confined)
    ordinary = [os.SCHED_OTHER, niceness]
    assert told.pop("first") is False
    assert told.pop("profile") is None
    assert set(map(str, told.values())) == {str(ordinary)}
