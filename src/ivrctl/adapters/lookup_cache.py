"""Answers of lookups that count for a while: what the site file says with ``cache``."""

from __future__ import annotations

import json
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import timedelta

from ivrctl.model.values import RowOrRows, Value, to_json

MAX_ENTRIES = 1000
"""Of one version of a site: with the bound of one answer, 16 MB at most; the oldest goes."""


class LookupCache:
    """Answers by lookup and parameters. Of what is not found nothing is kept: it may be there a moment later."""

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        """Start empty."""
        self._seconds = seconds
        self._answers: OrderedDict[str, tuple[float, RowOrRows]] = OrderedDict()

    def get(self, lookup: str, params: Mapping[str, Value]) -> RowOrRows | None:
        """The answer, while it counts."""
        key = _key(lookup, params)
        until, answer = self._answers.get(key, (0.0, None))
        if answer is None or self._seconds() < until:
            return answer
        del self._answers[key]
        return None

    def keep(self, lookup: str, params: Mapping[str, Value], answer: RowOrRows, lasts: timedelta) -> None:
        """Keep an answer for so long from now on."""
        key = _key(lookup, params)
        self._answers.pop(key, None)
        self._answers[key] = (self._seconds() + lasts.total_seconds(), answer)
        if len(self._answers) > MAX_ENTRIES:
            self._answers.popitem(last=False)


def _key(lookup: str, params: Mapping[str, Value]) -> str:
    return json.dumps([lookup, to_json(dict(sorted(params.items())))])
