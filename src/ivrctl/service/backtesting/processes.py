"""One kind of work on several processors, in the order of the tasks, whoever is quicker.

Processes are started anew (``spawn``): none inherits a connection, a thread or a lock of this one. They take longer to
start than many a task takes, and so stay until the block of ``with`` is left.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import pickle
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import lru_cache
from types import TracebackType
from typing import Any, Self, TypeVar

from ivrctl.service.backtesting.pickling import take_read_only_mappings

Task = TypeVar("Task")
Result = TypeVar("Result")


def processors() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Processes:
    """Those that do tasks. Of a Ctrl-C none of them hears, this one ends them; however it ends, they end with it."""

    def __init__(self) -> None:
        """Start none yet: until some are, tasks are done here."""
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        """Some may be started."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End them. Whoever interrupts waits for no task that is under way."""
        if self._pool is None:
            return
        if kind is not None:
            # What waits is not cancelled: the pool finds its processes gone, and ends all of it itself.
            for process in multiprocessing.active_children():
                process.terminate()
        self._pool.shutdown()

    def start(self, many: int, *known: type) -> None:
        """Start some, once; what they are to do may still be in the making meanwhile.

        Args:
            many: processes. With one, tasks are done here.
            known: types that they will meet: to read the modules of those takes up most of their start.
        """
        if many < 2:  # noqa: PLR2004 - two are several
            return
        take_read_only_mappings()
        self._pool = ProcessPoolExecutor(many, multiprocessing.get_context("spawn"), _begin)
        with _undisturbed():
            for _ in range(many):
                self._pool.submit(_know, known)

    def results(self, work: Callable[[Task], Result], tasks: Iterable[Task]) -> Iterator[Result]:
        """Do some tasks, and give what comes of each, in their order.

        Args:
            work: does one task; with all that it knows it goes to every process, and so must be able to be pickled.
            tasks: what it is told.
        """
        if self._pool is None:
            yield from map(work, tasks)
            return
        pickled = pickle.dumps(work)
        with _undisturbed():
            waiting = deque(self._pool.submit(_do, pickled, task) for task in tasks)
        while waiting:
            yield waiting.popleft().result()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Start processes that never hear of a Ctrl-C; this one does when they are started, and ends them.

    What is blocked stays so in a process that is started, what is handled does not. And a signal that the main thread
    blocks another one takes, for the main thread to be interrupted all the same: so it is handled, too.
    """
    heard: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _frame: heard.append(number))
    blocked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
        signal.signal(signal.SIGINT, before)
    if heard:
        raise KeyboardInterrupt


def _begin() -> None:
    take_read_only_mappings()
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    # Of one that was killed nobody hears, and its processes would wait for tasks for ever.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _know(_types: Sequence[type]) -> None:
    """Whoever is handed types has read their modules."""


def _do(pickled: bytes, task: Any) -> Any:
    return _work(pickled)(task)


@lru_cache(maxsize=1)
def _work(pickled: bytes) -> Callable[[Any], Any]:
    """The work, which comes with each task and is the same."""
    work: Callable[[Any], Any] = pickle.loads(pickled)  # noqa: S301 - from the process that started this one
    # It stays: to go through it for garbage again in every run would find nothing.
    gc.freeze()
    return work
