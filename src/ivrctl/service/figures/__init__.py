"""Figures of a time, from the books and the call records: for the command line, the API and metrics.

::

    cells     names of cells, such as ``vip/2026-11-20T10:00/abandoned``, and what they mean
    report    Question -> Report: rows with their figures, agents, whole calls
    behind    a cell -> the stays behind it, each with the record of its call; behind_promises the calls
"""

from ivrctl.service.figures.behind import StayBehind, behind
from ivrctl.service.figures.behind_promises import calls_behind
from ivrctl.service.figures.cells import CellName, UnreadableCellError, named
from ivrctl.service.figures.report import Question, Report, report

__all__ = [
    "CellName",
    "Question",
    "Report",
    "StayBehind",
    "UnreadableCellError",
    "behind",
    "calls_behind",
    "named",
    "report",
]
