"""Which worker is given which tests, and when: as pytest-xdist asks, with workers that only note it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from xdist.remote import Producer

from ..distribution import Distribution  # noqa: TID252 - test folders are no packages to import from

GROUPED = [f"tests/live/test_staffing.py::test_{number}" for number in range(4)]
SINGLE = [f"tests/live/test_call.py::test_{number}" for number in range(9)]


class Worker:
    """It runs the first of its tests as soon as it knows what comes next."""

    def __init__(self, name: str) -> None:
        self.gateway = SimpleNamespace(id=name)
        self.shutting_down = False
        self.waiting: list[str] = []

    def send_runtest_some(self, indices: list[int]) -> None:
        """It is given tests."""
        assert not self.shutting_down
        self.waiting += [(GROUPED + SINGLE)[index] for index in indices]

    def shutdown(self) -> None:
        """It is told that there are no more."""
        self.shutting_down = True


class Run:
    """A run of three workers."""

    def __init__(self) -> None:
        options = SimpleNamespace(loadscopereorder=True)
        config: Any = SimpleNamespace(option=options, getvalue=lambda _name: ["3*popen"])
        self.scheduler = Distribution(config, Producer("test", enabled=False))
        self.workers = [Worker(name) for name in ("gw0", "gw1", "gw2")]
        for worker in self.workers:
            self.scheduler.add_node(_as_node(worker))
        for worker in self.workers:
            self.scheduler.add_node_collection(_as_node(worker), GROUPED + SINGLE)
        self.scheduler.schedule()

    def ends(self, worker: Worker) -> str:
        """Its first test is over."""
        test = worker.waiting.pop(0)
        self.scheduler.mark_test_complete(_as_node(worker), (GROUPED + SINGLE).index(test))
        return test


def _as_node(worker: Worker) -> Any:
    return worker


@pytest.fixture
def run() -> Run:
    """At its beginning."""
    return Run()


def test_a_group_is_one_workers_and_begins_first(run: Run) -> None:
    """The others have a single test, and one behind it."""
    assert [len(worker.waiting) for worker in run.workers] == [4, 2, 2]
    assert run.workers[0].waiting == GROUPED


def test_behind_a_long_test_there_waits_one_other_and_no_more(run: Run) -> None:
    """All that is left is done by whoever has time."""
    busy, _, free = run.workers
    over = [run.ends(busy), run.ends(busy)]
    assert [*over, *busy.waiting] == GROUPED
    done = [run.ends(free) for _ in range(6)]
    assert len(busy.waiting) == 2
    assert not set(done) & set(busy.waiting)


def test_every_test_runs_once(run: Run) -> None:
    """And every worker is told of the end."""
    done = []
    while any(worker.waiting for worker in run.workers):
        done += [run.ends(worker) for worker in run.workers if worker.waiting]
    assert sorted(done) == sorted(GROUPED + SINGLE)
    assert all(worker.shutting_down for worker in run.workers)


def test_what_a_worker_that_died_had_not_done_is_done_by_others(run: Run) -> None:
    """Nobody waits for tests that are over already."""
    dead, *others = run.workers
    over = [run.ends(dead), run.ends(dead)]
    broken = run.scheduler.remove_node(_as_node(dead))
    done = []
    while any(worker.waiting for worker in others):
        done += [run.ends(worker) for worker in others if worker.waiting]
    assert broken == dead.waiting[0]
    assert sorted([*over, *done]) == sorted(GROUPED + SINGLE)
