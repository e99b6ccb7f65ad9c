"""The facts of this moment that flows may ask for: few actions ask any, so none is fetched before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property

from ivrctl.model.notice import Notice
from ivrctl.model.off_peak import OffPeak
from ivrctl.model.queue_facts import QueueFactsByName
from ivrctl.service.runner_parts import RunnerParts


class Present:
    """A ``flow.call.World``. What was asked once stays as it was: two looks at the clock would be two moments."""

    def __init__(self, parts: RunnerParts) -> None:
        self._parts = parts

    @cached_property
    def now(self) -> datetime:
        """Aware."""
        return self._parts.clock()

    @cached_property
    def notices(self) -> Sequence[Notice]:
        """Those that are announced now or later, in the order in which they are heard."""
        return self._parts.notices()

    @cached_property
    def queues(self) -> QueueFactsByName:
        """What is known of the queues."""
        return self._parts.queues()

    @cached_property
    def off_peak(self) -> OffPeak | None:
        """The next quiet time, by the forecast."""
        return self._parts.off_peak()
