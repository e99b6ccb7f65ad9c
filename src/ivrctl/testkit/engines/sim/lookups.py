"""Where a simulated call gets its lookups answered: from a scenario, or from the site's own databases."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Protocol

from ivrctl.flow.commands import LookUp, LookupFailed, LookupFound, LookupMissing
from ivrctl.model.values import RowOrRows, Value
from ivrctl.testkit.engines.lookups import Answered, given_answer
from ivrctl.testkit.scenario import Given


class SimLookups(Protocol):
    """Answers the lookups of a simulated call."""

    async def answer(self, command: LookUp) -> Answered:
        """The answer, and after how many seconds of the call it comes."""


class GivenLookups:
    """What a scenario gives."""

    def __init__(self, given: Given, on_fault: Callable[[str], None]) -> None:
        """RowOrRows from ``given``; ``on_fault`` is told of a lookup that it does not speak of."""
        self._given = given
        self._on_fault = on_fault

    async def answer(self, command: LookUp) -> Answered:
        """The given answer; never waits."""
        return given_answer(self._given, command.lookup, command.timeout, self._on_fault)


class Databases(Protocol):
    """Databases of a site, such as ``adapters.site_databases.SiteDatabases``."""

    async def ask(self, name: str, params: Mapping[str, Value], timeout: timedelta) -> RowOrRows | None:  # noqa: ASYNC109 - the deadline is part of the question
        """The row, or the rows, or None when there is none; ``LookupFault`` when there is no usable answer."""


class DatabaseLookups:
    """The site's own databases; an answer takes as long as it takes."""

    def __init__(self, databases: Databases, spoken: Callable[[str], str]) -> None:
        """Ask databases.

        Args:
            databases: of the site.
            spoken: makes of a phone number what the databases hold.
        """
        self._databases = databases
        self._spoken = spoken

    async def answer(self, command: LookUp) -> Answered:
        """Ask, and measure."""
        from ivrctl.adapters.site_databases import LookupFault  # noqa: PLC0415 - brings SQLAlchemy, which given rows do not need

        began = time.perf_counter()
        params = {
            name: self._spoken(value) if isinstance(value, str) else value for name, value in command.params.items()
        }
        try:
            row = await self._databases.ask(command.lookup, params, command.timeout)
        except LookupFault as fault:
            return Answered(LookupFailed(str(fault)), time.perf_counter() - began)
        reply = LookupMissing() if row is None else LookupFound(row)
        return Answered(reply, time.perf_counter() - began)
