"""``ivrctl staffing forecast``: reads the books in the site's database itself, beside a controller or without one."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from ivrctl.adapters.books_store import BooksReader
from ivrctl.adapters.site_store import SiteStore
from ivrctl.cli.commands.kpi import Place, check_queue, day_named, print_json
from ivrctl.cli.progress import walked
from ivrctl.cli.sites import load_whole, seen_state, site_folder
from ivrctl.cli.staffing_view.forecast import forecast_lines
from ivrctl.errors import ConfigurationError
from ivrctl.service.forecasting.groups import all_queues
from ivrctl.service.forecasting.outlook import calendar_of, counting_of, judged_by, outlook, target_of
from ivrctl.service.forecasting.past import Past
from ivrctl.service.forecasting.reading import Queues
from ivrctl.service.forecasting.shown import day_shown, judged_shown, needs_shown
from ivrctl.service.store_place import store_url
from ivrctl.site.site_file import Site

FARTHEST = timedelta(days=400)
"""Ahead of today: nobody knows how it will be in two years."""


@dataclass(frozen=True, slots=True)
class _Group:
    """What is forecast together."""

    policy: str
    """Empty where the queues are those of no policy."""
    queues: Queues


def show(site: Path | None, state: Path | None, day: str | None, queues: Sequence[str], *, as_json: bool) -> None:
    """Print what a day will bring to the queues of each policy, or to some queues together."""
    folder = site_folder(site)
    whole = load_whole(folder)
    served, now = whole.program.site, datetime.now(UTC)
    url = store_url(served.store, folder, seen_state(folder, state), os.environ)
    wanted = day_named(day, now.astimezone(served.zone).date())
    if wanted > now.astimezone(served.zone).date() + FARTHEST:
        raise ConfigurationError(f"{wanted} is too far ahead", advice=f"--day of the next {FARTHEST.days} days")
    by_policy = [_Group(name, frozenset(map(str, policy.queues))) for name, policy in whole.policies.items()]
    groups = [_Group("", frozenset(queues))] if queues else by_policy or [_Group("", all_queues(served))]
    if not groups[0].queues:
        raise ConfigurationError("the site has no queues", advice="declare them under queues in ivrctl.yaml")

    async def work(store: SiteStore) -> Past:
        books = BooksReader(store)
        for queue in queues:
            await check_queue(queue, served, books)
        return await _read(served, groups, books, wanted, now)

    past = Place(served, folder, url).run(work)
    body = {"forecasts": [_body(past, group, wanted, served) for group in groups]}
    if as_json:
        print_json(body)
    else:
        sys.stdout.writelines(forecast_lines(body))


async def _read(site: Site, groups: Sequence[_Group], books: BooksReader, day: date, now: datetime) -> Past:
    past = Past(counting_of(site, frozenset(group.queues for group in groups)), calendar_of(site))
    days = 0

    async def progress() -> None:
        nonlocal days
        days += 1
        walked(days, "days read")

    await past.read(books, day, now, progress)
    walked(None, "days read")
    return past


def _body(past: Past, group: _Group, day: date, site: Site) -> Mapping[str, Any]:
    found = outlook(past, group.queues, day, target_of(site))
    return {
        "policy": group.policy or None,
        "queues": sorted(group.queues),
        "people_by": needs_shown(found),
        "judged": judged_shown(judged_by(past, group.queues, day)),
        **day_shown(found, site.zone),
    }
