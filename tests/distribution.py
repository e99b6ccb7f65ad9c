"""Which worker gets which tests: those of a group one worker, one after the other, and groups before single tests.

A group is a file with the mark ``xdist_group``: what its tests share is made once, or there can be only one of it at a
time; or its only test takes so long that everybody would wait for it in the end. pytest-xdist writes such groups into
the ids of tests, which pytest 9 does not let it do any more; here they are known by their files.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

GROUP = re.compile(r'\bmark\.xdist_group\("([^"]+)"\)')
ROOT = Path(__file__).parents[1]
NEXT = 1
"""Tests that a worker must know: it runs none before it knows what comes behind it, or that nothing does."""


class Distribution(LoadScopeScheduling):
    """As ``--dist loadgroup``."""

    def _split_scope(self, nodeid: str) -> str:
        """Say what goes to a worker as a whole: the name of a group, or one test."""
        return group_of(nodeid.partition("::")[0]) or nodeid

    def _reschedule(self, node: WorkerController) -> None:
        """Give a worker no more than the next test beside the one that it runs.

        pytest-xdist gives it another one while two of its group are left: that one waits behind both, which may take
        minutes, while others have nothing left to do.
        """
        while not node.shutting_down:
            if self.workqueue and self._pending_of(self.assigned_work[node]) > NEXT:
                return
            super()._reschedule(node)


@cache
def group_of(file: str) -> str | None:
    """The group that all tests of a file belong to."""
    found = GROUP.search((ROOT / file).read_text(encoding="utf-8"))
    return found and found[1]
