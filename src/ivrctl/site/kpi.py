"""How the figures of queues and calls are reckoned at this site: what cannot be known from the calls themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

from ivrctl.lang.scalars import Percentage
from ivrctl.lang.source import Span, Word

_NOWHERE = Span("", 0, 0, 0, 0)
"""Where the settings stand that the site file leaves out."""
USUAL_SHARE = Percentage(Decimal(80))
"""Of the field's "80/20": four fifths within twenty seconds."""


@dataclass(frozen=True, slots=True)
class KpiSettings:
    """Thresholds of figures, and the call fields that some are reckoned from."""

    span: Span = _NOWHERE
    answer_in: timedelta = timedelta(seconds=20)
    """The threshold of the service level, from 1s to 1h: who waited exactly so long was answered in time."""
    answer_share: Percentage = USUAL_SHARE
    """The share of callers who are to be answered in ``answer_in``, from 50% to 99%: forecasts reckon by it how many
    people are required."""
    short_abandon: timedelta = timedelta(seconds=5)
    """Who hangs up sooner has not waited, and is left out of shares: from 0s to 1m; 0s leaves nobody out."""
    interval: timedelta = timedelta(minutes=30)
    """What rows of ``ivrctl kpi`` are long: 15m, 30m, 1h or 1d."""
    reason: Word | None = None
    """The call field that says why somebody calls: who calls again for the same within seven days was not helped.
    Where it is not set, the line that was dialled is the reason."""
    rating: Word | None = None
    """The call field that holds a caller's rating, which is a list of words."""
    satisfied: tuple[Word, ...] = ()
    """The ratings of those who are satisfied or very satisfied."""
