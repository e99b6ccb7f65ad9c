"""The manual pages of the commands that try a policy."""

from __future__ import annotations

from collections.abc import Mapping

from ivrctl.cli.manual_kpi import AWAY, BOOKS
from ivrctl.cli.manual_page import INTERRUPTED, OK, SITE, SITES_OWN, STATE_HOME, USAGE, Page

_COMPARED = (
    "Beside each other stand no policy at all, the site's policies as they are served, and each file of --policy in "
    "the place of the policy of its name, or of those that watch its queues. All of them have the same callers, drawn "
    "anew for each seed: of each figure the middle is shown, the least and the most, and by how much the last variant "
    "differs from what is served, seed by seed. Reserve is minutes of people who were in by a tier; an interruption is "
    "somebody who is called in or asked. Below stands a chart of the day, and behind ! what had to be assumed. The "
    "decisions are the controller's own, on a clock that runs ahead; nothing is changed anywhere. "
)
_ERRORS = "1  a day or a policy has errors"
_WRITES = ("figures and a chart on standard output", "with --csv tables, with --svg a picture")

TRIAL_PAGES: Mapping[str, Page] = {
    "staffing simulate": Page(
        brief="try policies on a day that is only described",
        text=f"{_COMPARED}A day file says who calls and who works; its site is the folder in which it lies, or --site.",
        reads=("DAYFILE: <name>.day.yaml", SITE, "the policies' files, with --policy"),
        writes=_WRITES,
        exits=(OK, _ERRORS, USAGE, INTERRUPTED),
        examples=(
            "ivrctl staffing simulate flows/busy.day.yaml",
            "ivrctl staffing simulate flows/busy.day.yaml --seeds 20",
            "ivrctl staffing simulate flows/busy.day.yaml --policy new.staffing.yaml",
            "ivrctl staffing simulate flows/busy.day.yaml --svg busy.svg --csv busy",
        ),
        see=("staffing backtest", "staffing plan", "check"),
    ),
    "staffing backtest": Page(
        brief="try policies on a day that was",
        text=f"{_COMPARED}Callers join when they did; who was answered talks as long as he did, who hung up waits as "
        "long as he did. What nobody knows of the others is drawn from those like them: how long they would have "
        "talked, and how much longer they would have waited (Kaplan-Meier). People work and pause as they did; "
        "whoever came in as backup is on call. The column of the day itself shows how well the model fits it. A "
        "queue_log that was imported is as good as what the controller saw, but for wrap-up.",
        reads=(SITE, BOOKS, "the policies' files, with --policy", "queues.conf, with --queues-conf"),
        writes=_WRITES,
        exits=(OK, _ERRORS, "2  wrong usage, or a day without callers", AWAY, INTERRUPTED),
        environment=(STATE_HOME, SITES_OWN),
        examples=(
            "ivrctl staffing backtest",
            "ivrctl staffing backtest --day 2026-11-20 --policy new.staffing.yaml",
            "ivrctl staffing backtest --queues-conf /etc/asterisk/queues.conf",
            "ivrctl staffing backtest --day 2026-11-20 --comes-when-asked 70% --json",
        ),
        see=("staffing simulate", "kpi show", "kpi import"),
    ),
}
"""By the words of the command."""
