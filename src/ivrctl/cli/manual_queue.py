"""The manual pages of ``ivrctl queue``."""

from __future__ import annotations

from collections.abc import Mapping

from ivrctl.cli.manual_page import INTERRUPTED, OK, SITE, SITES_OWN, STATE, STATE_HOME, Page

USAGE = "2  wrong usage, or Asterisk has no such queue"
NOT_SEEN = "5  no controller answers, or it has seen no queues yet"
ENVIRONMENT = (STATE_HOME, SITES_OWN)
READS = ("what the controller answers, on the socket in its state folder", SITE, STATE)
_FIGURES = (
    "Longest is how long somebody waits who waits now. P50 and P80 are what somebody is to expect who comes now: half, "
    "and four fifths, wait no longer; a dash says that there is too little to tell it from. Staff are all who have "
    "signed on, available the ones of them whom a caller could reach now. "
)

QUEUE_PAGES: Mapping[str, Page] = {
    "queue list": Page(
        brief="what happens in the queues now",
        text=f"{_FIGURES}Where the controller sees nothing just now, what it saw last is shown, below a line that says "
        "since when and why.",
        reads=READS,
        writes=("a line for each queue on standard output",),
        exits=(OK, USAGE, NOT_SEEN),
        environment=ENVIRONMENT,
        examples=("ivrctl queue list", "ivrctl queue list --site shop --json"),
        see=("queue show", "queue watch", "kpi show"),
    ),
    "queue show": Page(
        brief="who waits in a queue, and who serves it",
        text="Callers stand in their order, and of their numbers only the end is shown, with --json too; the channel "
        "is what ivrctl calls and Asterisk know a caller by. Agents have the number and the name of the site file; "
        "of one whom it does not name the name is Asterisk's. A member talks, rings, is busy (in a call that is none "
        "of this queue), away (his phone is not there), in wrap-up, paused, or free.",
        reads=READS,
        writes=("the queue, its callers, members and talks on standard output",),
        exits=(OK, USAGE, NOT_SEEN),
        environment=ENVIRONMENT,
        examples=("ivrctl queue show vip", "ivrctl queue show vip --json"),
        see=("queue list", "queue watch", "agents list", "calls"),
    ),
    "queue watch": Page(
        brief="watch queues and agents live",
        text="The screen is drawn anew each second, in any size; q and Ctrl-C quit. "
        f"{_FIGURES}A wait is yellow from half of kpi.answer_in of the site file on, and red above it; ! marks such a "
        "queue, and one where callers wait, nobody talks and nobody is free. While the controller or its sight is "
        "gone a red line says since when and why, all else is dim, and it goes on by itself. Where standard output "
        "is no terminal a line is written for each queue whose figures have changed; with --json everything, in one "
        "line of JSON each second.",
        reads=READS,
        writes=("the screen, or lines on standard output",),
        exits=("0  somebody quit", USAGE, NOT_SEEN, INTERRUPTED),
        environment=(*ENVIRONMENT, "NO_COLOR  when set, no colours"),
        examples=("ivrctl queue watch", "ivrctl queue watch vip expert", "ivrctl queue watch >> queues.log"),
        see=("queue list", "queue show", "agents list"),
    ),
}
"""By the words of the command."""
