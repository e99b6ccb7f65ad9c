"""One kind of work on several processors, in the order of the tasks, whoever is quicker.

Processes are started anew (``spawn``): none inherits a connection, a thread or a lock of this one. They take longer to
start than many a task takes, and so stay until the block of ``with`` is left.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from types import TracebackType
from typing import Any, Generic, Self, TypeVar

from ivrctl.service.backtesting.pickling import take_read_only_mappings

Task = TypeVar("Task")
Result = TypeVar("Result")


def processors() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Processes(Generic[Task, Result]):
    """Those that do tasks. Of a Ctrl-C none of them hears, this one ends them; however it ends, they end with it."""

    def __init__(self, work: Callable[[Task], Result], many: int) -> None:
        """Start none yet.

        Args:
            work: does one task; it is sent to every process once, and so must be able to be pickled.
            many: processes. With one, tasks are done here.
        """
        self._work, self._many = work, many
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        """Make ready; they start with the first tasks."""
        if self._many > 1:
            take_read_only_mappings()
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._many, context, _begin, (self._work,))
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

    def results(self, tasks: Iterable[Task]) -> Iterator[Result]:
        """Do some, and give what comes of each, in their order."""
        if self._pool is None:
            yield from map(self._work, tasks)
            return
        with _undisturbed():
            waiting = deque(self._pool.submit(_do, task) for task in tasks)
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


_work: list[Callable[[Any], Any]] = []
"""That of this process, where it is one that was started for it."""


def _begin(work: Callable[[Any], Any]) -> None:
    take_read_only_mappings()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _work.append(work)


def _end_with_parent() -> None:
    # Of one that was killed nobody hears, and its processes would wait for tasks for ever.
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _do(task: Any) -> Any:
    return _work[0](task)
