"""What happened in each leg that is not over, with its times, until the record of its call takes it."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from ivrctl.flow.engine import Run
from ivrctl.model.call import TraceEntry
from ivrctl.service.legs import message_file
from ivrctl.service.runner_parts import RunnerParts

MAX_TRACES = 20_000
"""Legs whose trace is kept while they are handed off; a trace that is dropped costs a transcript, not a call."""


@dataclass(slots=True)
class _Trace:
    """What happened in a leg so far."""

    began: float
    """When the call began, on the steady clock of this process."""
    entries: list[TraceEntry] = field(default_factory=list)


class LegTraces:
    """By leg."""

    def __init__(self, parts: RunnerParts) -> None:
        self._parts = parts
        self._traces: OrderedDict[str, _Trace] = OrderedDict()

    def note(self, leg: str, run: Run) -> None:
        """Give the run's new trace steps their time, and messages the names of their files."""
        now = self._parts.seconds()
        trace = self._traces.get(leg)
        if trace is None:
            # Perhaps another controller has had the call before.
            before = self._parts.clock() - run.position.began_at
            trace = self._traces[leg] = _Trace(now - before.total_seconds())
        at = round(now - trace.began, 3)
        entries = [
            TraceEntry(at, place, event, message_file(leg, detail) if event == "recorded" else detail)
            for place, event, detail in run.take_trace()
        ]
        trace.entries.extend(entries)
        self._parts.on_trace(leg, entries)
        while len(self._traces) > MAX_TRACES:
            self._traces.popitem(last=False)

    def take(self, leg: str) -> tuple[TraceEntry, ...]:
        """All of a leg that is over."""
        trace = self._traces.pop(leg, None)
        return () if trace is None else tuple(trace.entries)
