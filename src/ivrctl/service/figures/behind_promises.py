"""The calls behind a count of promises: whole calls, each with its waits, from their records."""

from __future__ import annotations

from ivrctl.acd.promises import is_of
from ivrctl.adapters.call_store.reader import CallReader
from ivrctl.model.call import CallRecord
from ivrctl.service.figures.behind_figures import PROMISES
from ivrctl.service.figures.cells import CellName, UnreadableCellError


async def calls_behind(name: CellName, calls: CallReader) -> list[CallRecord]:
    """The calls of a cell whose figure is one of ``PROMISES``, in the order in which they began.

    Raises:
        UnreadableCellError: it is of an agent.
        SiteStoreError: the database does not answer.
    """
    if name.cell.agent is not None:
        raise UnreadableCellError("a promise is kept by nobody alone: it is of a call", advice="leave agent: out")
    found = await calls.began_in(name.time)
    return [record for record in found if is_of(record, name.cell) and record.promise in PROMISES[name.figure]]
