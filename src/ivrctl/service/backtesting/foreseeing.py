"""What had been forecast for a day before it began: for policies that look at it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from ivrctl.adapters.books_store import BooksReader
from ivrctl.adapters.site_store import SiteStore
from ivrctl.service.forecasting.outlook import calendar_of, counting_of, outlook, target_of
from ivrctl.service.forecasting.past import Past
from ivrctl.simulation.days.foreseen import Foreseen
from ivrctl.site.site_file import Site
from ivrctl.staffing.policy import Measure, Policy


def asked_of(policies: Iterable[Policy]) -> frozenset[frozenset[str]]:
    """The groups of queues of which some policies want a forecast."""
    return frozenset(
        frozenset(policy.queues)
        for policy in policies
        if any(trigger.measure is Measure.FORECAST_SHORTFALL for trigger in policy.triggers)
    )


async def foreseen(
    groups: frozenset[frozenset[str]], site: Site, day: date, store: SiteStore, now: datetime
) -> Foreseen | None:
    """The forecast of a day, from the days before it; None where nobody asks.

    Raises:
        SiteStoreError: the database does not answer.
    """
    if not groups:
        return None
    if len(groups) > 1:
        return Foreseen(frozenset().union(*groups), (), "policies of several groups of queues ask")
    (queues,) = groups
    past = Past(counting_of(site, groups), calendar_of(site))
    await past.read(BooksReader(store), day, now, _at_once)
    found = outlook(past, queues, day, target_of(site))
    return Foreseen(queues, found.needed, found.forecast.lacking)


async def _at_once() -> None:
    """Nobody else has work to do."""
