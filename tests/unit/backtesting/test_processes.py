"""Processes that do one kind of work."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pytest

OWNER = """
import multiprocessing, time
from ivrctl.service.backtesting.processes import Processes

if __name__ == "__main__":
    with Processes() as processes:
        processes.start(2)
        for _ in processes.results(time.sleep, [0, 600, 600]):
            print(*(child.pid for child in multiprocessing.active_children()), flush=True)
"""


@pytest.mark.thorough
def test_nobody_outlives_one_who_is_killed(tmp_path: Path) -> None:
    """They would wait for tasks that nobody gives them."""
    script = tmp_path / "owner.py"
    script.write_text(OWNER)
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as owner:
        assert owner.stdout is not None
        workers = [Path("/proc") / pid for pid in owner.stdout.readline().decode().split()]
        assert len(workers) == 2
        owner.kill()
    until = time.monotonic() + 20
    while any(worker.exists() for worker in workers) and time.monotonic() < until:
        time.sleep(0.05)
    assert [worker.exists() for worker in workers] == [False, False]
