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

from ivrctl.adapters.precedence import at_length, go_first, ordinary

def seen(pid=0):
    return [os.sched_getscheduler(pid), os.getpriority(os.PRIO_PROCESS, pid)]

def started():
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as program:
        ordinary(program.pid)
        return seen(program.pid)

earlier = ThreadPoolExecutor(1)
earlier.submit(seen).result()
said = go_first()
told = {"calls": seen(), "earlier thread": earlier.submit(seen).result()}
told["thread"], profile = ThreadPoolExecutor(1).submit(lambda: (seen(), sys.getprofile())).result()
told["voice"] = started()
with at_length():
    told["at length"] = seen()
told["calls again"] = seen()
print(json.dumps([said, profile, told]))
"""

pytestmark = [
    pytest.mark.thorough,
    pytest.mark.skipif(sys.platform != "linux", reason="priorities are those of Linux"),
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a process a negative niceness"),
]


def _may(*words: str) -> bool:
    return subprocess.run([*words, "true"], capture_output=True, check=False, timeout=60).returncode == 0


def _told(niceness: int, *confined: str) -> tuple[str, dict[str, object]]:
    """What it said of the priority, and the policy and niceness of each."""
    relative = str(niceness - os.getpriority(os.PRIO_PROCESS, 0))
    ran = subprocess.run(
        ["nice", "-n", relative, *confined, sys.executable, "-c", PROGRAM],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    if "cannot set niceness" in ran.stderr:
        pytest.skip(f"root may not set a niceness here: {ran.stderr.strip()}")
    said, profile, told = json.loads(ran.stdout)
    assert profile is None
    return said, told


def test_the_thread_of_the_calls_alone_goes_first() -> None:
    """Other threads and voices keep the niceness, and so does the calls' own while it works at length."""
    if not _may("chrt", "--rr", "1"):
        pytest.skip("root may not have a real-time priority here")
    ordinary, first = [os.SCHED_OTHER, NICENESS], [os.SCHED_RR, NICENESS]
    assert _told(NICENESS) == (
        "the thread of the calls goes first, by a real-time priority",
        {
            "calls": first,
            "earlier thread": ordinary,
            "thread": ordinary,
            "voice": ordinary,
            "at length": ordinary,
            "calls again": first,
        },
    )


def test_the_limit_of_the_service_is_all_that_it_takes() -> None:
    """Without a right of root's: as ``LimitRTPRIO`` has it."""
    limit = ("prlimit", "--rtprio=1")
    if not _may(*limit, *WITHOUT_RIGHTS, "chrt", "--rr", "1"):
        pytest.skip("root may not raise limits here (CAP_SYS_RESOURCE), or none may have a real-time priority")
    assert _told(NICENESS, *limit, *WITHOUT_RIGHTS) == _told(NICENESS)


@pytest.mark.parametrize(
    ("niceness", "confined", "said"),
    [
        (0, (), ""),
        (
            NICENESS,
            ("prlimit", "--rtprio=0", *WITHOUT_RIGHTS),
            "the thread of the calls has no real-time priority: Operation not permitted",
        ),
    ],
    ids=["nobody wanted it", "it may not"],
)
def test_otherwise_all_stays_as_it_was(niceness: int, confined: tuple[str, ...], said: str) -> None:
    """Nothing fails, and threads and programs are alike."""
    heard, told = _told(niceness, *confined)
    assert heard == said
    assert set(map(str, told.values())) == {str([os.SCHED_OTHER, niceness])}
