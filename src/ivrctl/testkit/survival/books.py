"""What Asterisk itself wrote of the calls: who was queued, who was talked to, who fell back to a person.

Counterpart of the controller's own records: the two must agree, whatever was killed.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

from ivrctl.adapters.pbx import Pbx

_FALLS_BACK = re.compile(r"ivrctl: leg (\S+) of line \S+ falls back after")
_ASKS = re.compile(r"AGI\(.*agi://[^/]+/leg,([^,]+),")
"""The dialplan asks the controller what becomes of a leg, as the log tells of each step (``verbose(3)``)."""
_SOURCE, _UNIQUEID = 1, 16
"""Columns of cdr-csv."""


@dataclass(frozen=True, slots=True)
class Books:
    """Asterisk's files of one instance, from the moment at which they were opened."""

    pbx: Pbx
    _before: dict[Path, int]

    @classmethod
    def opened(cls, pbx: Pbx) -> Books:
        """Begin to look: what is in the files already is not counted."""
        files = (_cdrs(pbx), _queue_log(pbx), pbx.log)
        return cls(pbx, {file: file.stat().st_size if file.exists() else 0 for file in files})

    def calls_of(self, numbers: Collection[str]) -> dict[str, str]:
        """The calls that have ended in the CDRs, by uniqueid, with the calling number."""
        rows = csv.reader(self._new(_cdrs(self.pbx)))
        return {row[_UNIQUEID]: row[_SOURCE] for row in rows if row[_SOURCE] in numbers}

    def queued(self, event: str, queue: str) -> Counter[str]:
        """How often each uniqueid has an event such as ENTERQUEUE in a queue."""
        rows = (line.split("|") for line in self._new(_queue_log(self.pbx)))
        return Counter(row[1] for row in rows if row[2] == queue and row[4] == event)

    def fell_back(self) -> set[str]:
        """The legs that the dialplan brought to a person without the controller."""
        return {found[1] for line in self._new(self.pbx.log) if (found := _FALLS_BACK.search(line))}

    def legs(self) -> list[str]:
        """The legs of which the dialplan has asked a controller, in order, each once."""
        return list(dict.fromkeys(found[1] for line in self._new(self.pbx.log) if (found := _ASKS.search(line))))

    def _new(self, file: Path) -> list[str]:
        if not file.exists():
            return []
        with file.open("rb") as opened:
            opened.seek(self._before[file])
            return opened.read().decode(errors="replace").splitlines()


def _cdrs(pbx: Pbx) -> Path:
    return pbx.folder / "log/cdr-csv/Master.csv"


def _queue_log(pbx: Pbx) -> Path:
    return pbx.folder / "log/queue_log"
