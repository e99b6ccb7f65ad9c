"""Which queues are forecast together: those of each policy, and all of a site for the advice when to call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from ivrctl.forecast.quiet import quiet
from ivrctl.model.off_peak import OffPeak
from ivrctl.service.forecasting.outlook import DayOutlook
from ivrctl.service.forecasting.reading import Queues
from ivrctl.site.off_peak import says_times
from ivrctl.site.site_file import Site
from ivrctl.staffing.policy import Policy


def groups_of(site: Site, policies: Iterable[Policy]) -> frozenset[Queues]:
    """Each once; none where nobody asks for a forecast."""
    groups = {frozenset(map(str, policy.queues)) for policy in policies}
    if _advised_in(site) is not None and site.queues:
        groups.add(all_queues(site))
    return frozenset(groups)


def all_queues(site: Site) -> Queues:
    """All that flows of the site use."""
    return frozenset(map(str, site.queues))


def quiet_time(site: Site, days: Mapping[Queues, Sequence[DayOutlook]], now: datetime) -> OffPeak | None:
    """When callers are advised to call; None where a site does not, or nothing is forecast."""
    name = _advised_in(site)
    if name is None:
        return None
    hours = site.hours[name]
    forecasts = (day.forecast for day in days.get(all_queues(site), ()))
    return quiet(forecasts, lambda moment: hours.is_open(moment.astimezone(site.zone)), now)


def _advised_in(site: Site) -> str | None:
    """In which hours callers are advised to call, by a text that says when; None where no text does."""
    text, notices = site.prompts.off_peak, site.notices
    if text is None or notices is None or notices.advise_in is None or not says_times(text):
        return None
    return str(notices.advise_in)
