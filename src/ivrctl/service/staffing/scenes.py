"""What is seen now, as policies look at it: the picture, the stays of the last while, and what callers are promised."""

from __future__ import annotations

from datetime import timedelta

from ivrctl.acd.service_level import Rule
from ivrctl.service.queues import QueueWatch
from ivrctl.site.site_file import Site
from ivrctl.staffing.scene import Scene


def scene_of(watch: QueueWatch, site: Site) -> Scene:
    """This moment.

    Args:
        watch: of the queues.
        site: whose promises and thresholds count.
    """
    books = watch.books
    books.recent.judge_by(Rule(site.kpi.answer_in, site.kpi.short_abandon))
    return Scene(watch.picture, books.recent, books.expected, watch.now(), promises_of(site))


def promises_of(site: Site) -> dict[str, timedelta]:
    """By tier of customers, within what a caller is to be answered; tiers that are promised nothing are not in it."""
    return {str(name): tier.answer for name, tier in site.tiers.items() if tier.answer is not None}
