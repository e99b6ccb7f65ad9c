"""The calls behind a figure: the stays of a cell, each with the other stays of its call and the call's record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ivrctl.acd.service_level import Rule
from ivrctl.acd.stay import Stay
from ivrctl.adapters.books_store import BooksReader
from ivrctl.adapters.call_store.reader import CallReader
from ivrctl.model.call import CallRecord
from ivrctl.service.figures.behind_figures import behind_figure
from ivrctl.service.figures.cells import CellName


@dataclass(frozen=True, slots=True)
class StayBehind:
    """One stay that is counted in a cell."""

    stay: Stay
    records: Sequence[CallRecord]
    """Of its channel; none where the call was not in a flow of ours, or has not ended."""


async def behind(name: CellName, rule: Rule, books: BooksReader, calls: CallReader, now: datetime) -> list[StayBehind]:
    """The stays of a cell, in the order in which they joined.

    Raises:
        SiteStoreError: the database does not answer.
    """
    row = [stay for stay in await books.stays(name.time, name.cell.queue) if name.is_of(stay)]
    found = behind_figure(name.figure, row, rule, now)
    records = await calls.of_channels(sorted({stay.uniqueid for stay in found}))
    return [StayBehind(stay, records.get(stay.uniqueid, ())) for stay in found]
