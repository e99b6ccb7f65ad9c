"""The manual page of the command that looks for a better policy."""

from __future__ import annotations

from collections.abc import Mapping

from ivrctl.cli.manual_kpi import AWAY, BOOKS
from ivrctl.cli.manual_page import INTERRUPTED, OK, SITE, SITES_OWN, STATE_HOME, USAGE, Page

RECOMMEND_PAGES: Mapping[str, Page] = {
    "staffing recommend": Page(
        brief="look for a cheaper policy that keeps the promise",
        text="Searched are the engage and release values of each row, engage_after, release_after and stay_at_least: "
        "round values, at most five steps from what they are; nothing that ivrctl check would not let through is even "
        "tried. What is to be kept is answer_share of kpi within answer_in, on the day in the middle and in the worst "
        "quarter of days, and no more callers may hang up than by the policy as it is. Of what keeps that, the least "
        "reserve is recommended: minutes of people, those of the first tier counted once, of the second twice, and so "
        "on, since the last tiers are the dearest to call. It is checked on as many days again that the search has "
        "not seen; when it is no better there, or nothing better is found, that is said, and nothing is written. The "
        "written file is yours with other numbers, and comments that say why. It is put into force by nobody but you. "
        "The same arguments have the same result.",
        reads=(SITE, "DAYFILE: <name>.day.yaml; or with --day, as for staffing backtest:", BOOKS),
        writes=("recommended/NAME.staffing.yaml, or --out: outside the site's folder",),
        exits=(
            OK,
            "1  a day or a policy has errors",
            USAGE,
            AWAY,
            INTERRUPTED,
        ),
        environment=(STATE_HOME, SITES_OWN),
        examples=(
            "ivrctl staffing recommend flows/busy.day.yaml",
            "ivrctl staffing recommend --day 2026-11-19 --day 2026-11-20",
            "ivrctl staffing recommend busy.day.yaml --evaluations 2000 --seeds 32",
            "ivrctl staffing recommend flows/busy.day.yaml --policy new.staffing.yaml",
        ),
        see=("staffing simulate", "staffing backtest", "check"),
    ),
}
"""By the words of the command."""
