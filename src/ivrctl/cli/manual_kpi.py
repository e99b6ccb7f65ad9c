"""The manual pages of ``ivrctl kpi``."""

from __future__ import annotations

from collections.abc import Mapping

from ivrctl.cli.manual_page import INTERRUPTED, OK, SITE, SITES_OWN, STATE_HOME, USAGE, Page

BOOKS = "the site's own database: calls.sqlite in the state folder, or store:"
AWAY = "5  the site's database does not answer"
ENVIRONMENT = (STATE_HOME, SITES_OWN)

KPI_PAGES: Mapping[str, Page] = {
    "kpi show": Page(
        brief="figures of a day",
        text="The books of the queues as rows: a stay belongs to the row in which it joined, and a row balances "
        "(offered = what became of all of them), or is marked with ! and says below what it lacks. Level is the "
        "service level that counts abandons against us; ASA and longest wait are of waiting, AHT of talk and wrap-up. "
        "A dash says that there is nothing to reckon from; --json has the reason. With --by agent the time of agents "
        "is shown, too. Where tiers of customers are promised an answer, a row for each says how many of their calls "
        "were answered in time. It reads the database itself, whether a controller runs or not.",
        reads=(SITE, BOOKS),
        writes=("the figures on standard output",),
        exits=(OK, USAGE, AWAY),
        environment=ENVIRONMENT,
        examples=(
            "ivrctl kpi show",
            "ivrctl kpi show --day 2026-11-20 --by queue,hour",
            "ivrctl kpi show --from 2026-11-01 --to 2026-11-30 --by day --csv",
            "ivrctl kpi show --by agent --json",
        ),
        see=("kpi why", "kpi service-level", "calls"),
    ),
    "kpi why": Page(
        brief="the calls behind a figure",
        text="A cell is named as ivrctl kpi names its rows, with the figure behind it: QUEUE/TIME/FIGURE. In the place "
        "of the queue can stand tier:NAME, agent: with an interface, a number or a name, several joined by +, or all; "
        "the time is a day, two days with .. between them, or the beginning of an interval. The figure is a column of "
        "ivrctl kpi show: of one that is reckoned, such as ASA, the calls that it is reckoned from are listed, of "
        "longest the one that waited longest. Or it is one of the ends that left holds: timed_out, key, empty, "
        "withdrawn, called_back; or answered_late. Of promises to tiers of customers the figures are promised, kept, "
        "broken and promise_unknown: behind them are whole calls, with all their waits.",
        reads=(SITE, BOOKS),
        writes=("the calls on standard output",),
        exits=(OK, USAGE, AWAY),
        environment=ENVIRONMENT,
        examples=(
            "ivrctl kpi why vip/2026-11-20T10:00/abandoned",
            "ivrctl kpi why vip+tier:gold/2026-11-20/answered_late",
            "ivrctl kpi why tier:gold/2026-11-20/broken",
            "ivrctl kpi why all/2026-11-01..2026-11-30/unknown --json",
        ),
        see=("kpi show", "calls"),
    ),
    "kpi service-level": Page(
        brief="five service levels, and why they differ",
        text="The variants of the field differ in what becomes of callers who hang up: negative counts them against "
        "us, ignore leaves out who did so in time, positive counts those as served. Asterisk's own two count whole "
        "seconds, a call when its talk ends, exit keys never, and time-outs as abandoned. --explain lists the calls "
        "that do not count alike in all five: in each either ok (in time), late (counted, not in time) or a dot (not "
        "counted), and why.",
        reads=(SITE, BOOKS),
        writes=("the service levels on standard output",),
        exits=(OK, USAGE, AWAY),
        environment=ENVIRONMENT,
        examples=(
            "ivrctl kpi service-level --queue vip --day 2026-11-20",
            "ivrctl kpi service-level --queue vip --threshold 15s --explain",
        ),
        see=("kpi show", "kpi why"),
    ),
    "kpi import": Page(
        brief="take over the history of queue_log",
        text="Files are read in the order of their first lines, rotated and compressed (.gz, .bz2, .xz) ones too; a "
        "folder means all files in it whose names begin with queue_log. A file is known again by how it begins, "
        "whatever it is called by now: only what was added to it is read, and what was broken off goes on. The same "
        "once more changes nothing. What the controller saw itself stays as it is. Names of agents become their "
        "interfaces where the site file has them. A call whose end is not there is unknown. --database reads the "
        "table of a realtime queue_log, with data1 to data5 or data.",
        reads=("PATH, or a database of the site file", SITE, BOOKS),
        writes=(BOOKS, "lines that are wrong and a summary on standard output", "progress on standard error"),
        exits=(OK, "1  a line could not be read", USAGE, AWAY, INTERRUPTED),
        environment=ENVIRONMENT,
        examples=(
            "ivrctl kpi import /var/log/asterisk",
            "ivrctl kpi import queue_log queue_log.1 queue_log.2.gz",
            "ivrctl kpi import --database pbx --zone UTC",
        ),
        see=("kpi show",),
    ),
}
"""By the words of the command."""
