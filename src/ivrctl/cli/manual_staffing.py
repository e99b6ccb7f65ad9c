"""The manual pages of ``ivrctl staffing``."""

from __future__ import annotations

from collections.abc import Mapping

from ivrctl.cli.manual_page import NO_CONTROLLER, OK, SITE, SITES_OWN, STATE, STATE_HOME, USAGE, Page

ENVIRONMENT = (STATE_HOME, SITES_OWN, "NO_COLOR  when set, no colours")
READS = ("what the controller answers, on the socket in its state folder", SITE, STATE)
_ORDERS = (
    "An order always ends, by --for or by ivrctl staffing cancel, and it names who gave it and why. Of two that "
    "contradict each other the later counts. It needs no dwell, no rest and no ceiling, but nobody is taken out of a "
    "call for it, and no queue with callers is emptied. "
)
_REFUSED = "1  the controller refuses: no such tier, no duration"

STAFFING_PAGES: Mapping[str, Page] = {
    "staffing status": Page(
        brief="who of the backup staff is in, and why",
        text="For each policy its tiers, in or out, since when and why; each figure with what brings in each tier and "
        "what is calm (red: it calls for a tier that is not in; yellow: not calm; green: calm); who is in; changes "
        "that are not made or not seen yet, with their age, attempts and last error; changes that are held back, and "
        "for what; members who are as wanted but not ivrctl's, and stay; orders by hand.",
        reads=READS,
        writes=("how it stands on standard output",),
        exits=(OK, USAGE, NO_CONTROLLER),
        environment=ENVIRONMENT,
        examples=("ivrctl staffing status", "ivrctl staffing status --site shop --json"),
        see=("staffing why", "staffing plan", "queue watch"),
    ),
    "staffing plan": Page(
        brief="what would change now",
        text="+ is a member who would be added, - one who would be removed, ~ another penalty; a change that waits "
        "stands behind a dot with what it waits for. With --policy FILE it is told of a policy as it stands in that "
        "file, with what is remembered of the one of its name: an edit can be tried before it is served.",
        reads=(*READS, "the policy's file, with --policy FILE"),
        writes=("the plan on standard output",),
        exits=("0  nothing would change", "1  the file has errors", USAGE, "3  something would change", NO_CONTROLLER),
        environment=ENVIRONMENT,
        examples=("ivrctl staffing plan", "ivrctl staffing plan --policy tiers.staffing.yaml"),
        see=("staffing apply", "staffing status", "check"),
    ),
    "staffing forecast": Page(
        brief="how many calls a day brings, and how many people they need",
        text="For the queues of each policy together, or for those that are named: by half hour the calls that are "
        "expected, with the band in which four fifths of past half hours lay, how long a call takes, and the people "
        "who answer the site's share of callers in time (kpi.answer_share, kpi.answer_in), by Erlang. Of today and of "
        "a day that is over, what came stands beside it. Below, the days that it was made of, and how wrong such "
        "forecasts were in the last weeks, beside two naive ones. Where the books hold too little, that is said, and "
        "no number is made up.",
        reads=("the books in the site's database", SITE, STATE),
        writes=("the forecast on standard output",),
        exits=(OK, USAGE, "5  the site's database does not answer"),
        environment=ENVIRONMENT,
        examples=(
            "ivrctl staffing forecast",
            "ivrctl staffing forecast --day 2026-11-23",
            "ivrctl staffing forecast --queue vip --queue broadband --json",
        ),
        see=("staffing status", "kpi show", "staffing plan"),
    ),
    "staffing apply": Page(
        brief="carry out the plan now",
        text="A policy with mode: advise changes nothing by itself: this carries its plan out. With mode: act it makes "
        "the controller go round at once. It returns when every change is seen in the queues, or says what is not.",
        reads=READS,
        writes=("each change with what became of it, on standard output",),
        exits=(OK, "1  a change was not made, or is not seen", USAGE, NO_CONTROLLER),
        environment=ENVIRONMENT,
        examples=("ivrctl staffing apply", "ivrctl staffing apply --policy tiers"),
        see=("staffing plan", "staffing status"),
    ),
    "staffing why": Page(
        brief="why a tier is in or out",
        text="Of a tier: what brought it to that and when, what holds now, every figure with what brings them and what "
        "is calm, each of its people with why he is in or not. Of a decision, by an id of ivrctl staffing history: "
        "what was seen, what was decided of each tier and what would have changed it, and what followed.",
        reads=READS,
        writes=("sentences and figures on standard output",),
        exits=(OK, "2  wrong usage, or no such tier or decision", NO_CONTROLLER),
        environment=ENVIRONMENT,
        examples=("ivrctl staffing why", "ivrctl staffing why leaders", "ivrctl staffing why 3.14"),
        see=("staffing history", "staffing status"),
    ),
    "staffing history": Page(
        brief="which tiers came and went, and why",
        text="A line for each tier that came or went, with the id of the decision. They are kept for 90 days.",
        reads=READS,
        writes=("the decisions on standard output, the newest first",),
        exits=(OK, USAGE, NO_CONTROLLER),
        environment=ENVIRONMENT,
        examples=("ivrctl staffing history", "ivrctl staffing history --limit 100 --policy tiers"),
        see=("staffing why", "kpi show"),
    ),
    "staffing engage": Page(
        brief="order a tier in",
        text=f"{_ORDERS}The tiers before it come with it.",
        reads=READS,
        writes=("the order on standard output", "the order into the site's database"),
        exits=(OK, _REFUSED, USAGE, NO_CONTROLLER),
        environment=ENVIRONMENT,
        examples=('ivrctl staffing engage leaders --for 1h --reason "fault in Pudong"',),
        see=("staffing release", "staffing cancel", "staffing status"),
    ),
    "staffing release": Page(
        brief="order a tier home",
        text=f"{_ORDERS}The tiers behind it go with it.",
        reads=READS,
        writes=("the order on standard output", "the order into the site's database"),
        exits=(OK, _REFUSED, USAGE, NO_CONTROLLER),
        environment=ENVIRONMENT,
        examples=('ivrctl staffing release quality --for 2h --reason "audit today"',),
        see=("staffing engage", "staffing cancel", "staffing status"),
    ),
    "staffing freeze": Page(
        brief="let everything stay as it is",
        text=f"{_ORDERS}Without --policy it is for every policy.",
        reads=READS,
        writes=("the orders on standard output", "the orders into the site's database"),
        exits=(OK, _REFUSED, USAGE, NO_CONTROLLER),
        environment=ENVIRONMENT,
        examples=('ivrctl staffing freeze --for 30m --reason "works on the trunk"',),
        see=("staffing cancel", "staffing status"),
    ),
    "staffing reap": Page(
        brief="end what a controller that is gone has begun",
        text="Every membership that ivrctl begins has a lease of two minutes in the site's database, and a controller "
        "that lives renews it. A successor takes all of them over at once; where none comes, this ends what has "
        "expired. Who talks, rings or wraps up is left to the next run, and so is the last who could take a caller "
        "that waits. While a controller acts nothing is done; done twice it does nothing the second time. "
        "ivrctl unit --part reap and --part reap-timer print units that run it each minute.",
        reads=(
            "the site file; not its flows and policies, which may be broken",
            "the site's database: leases that have expired",
            "the queues of Asterisk, over AMI",
        ),
        writes=("what became of each on standard output", "leases and what was done, into the site's database"),
        exits=(
            "0  done: what has expired has ended, or waits for the next run",
            "1  a member could not be removed",
            USAGE,
            "5  the database or Asterisk does not answer",
        ),
        environment=(STATE_HOME, SITES_OWN),
        examples=("ivrctl staffing reap", "ivrctl staffing reap --site /srv/shop --json"),
        see=("staffing status", "unit"),
    ),
    "staffing cancel": Page(
        brief="end an order by hand",
        text="From then on the figures and the calendar decide again.",
        reads=READS,
        writes=("the order on standard output",),
        exits=(OK, "1  no such order is in force", USAGE, NO_CONTROLLER),
        environment=ENVIRONMENT,
        examples=("ivrctl staffing cancel", "ivrctl staffing cancel o3k9f2"),
        see=("staffing engage", "staffing release", "staffing freeze"),
    ),
}
"""By the words of the command."""
