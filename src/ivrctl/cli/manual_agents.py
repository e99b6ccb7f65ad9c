"""The manual pages of ``ivrctl agents``."""

from __future__ import annotations

from collections.abc import Mapping

from ivrctl.cli.manual_page import OK, SITE, SITES_OWN, STATE, STATE_HOME, USAGE, Page

AGENT_PAGES: Mapping[str, Page] = {
    "agents list": Page(
        brief="show who answers, and where",
        text="A controller that sees the queues says what each one does, since when, in which queues he is now, and, "
        "where Asterisk says it, whether he is available for backup; a last line tells whence it comes. Without one it "
        "is what the site file says. A queue with a penalty other than 0 is written with it, as broadband:5. Who is in "
        "a queue and in no site file stands at the end, without a number. ivrctl agents alone does the same.",
        reads=(SITE, "what a controller answers, on the socket in its state folder", STATE),
        writes=("a line for each agent on standard output",),
        exits=(OK, USAGE),
        environment=(STATE_HOME, SITES_OWN),
        examples=("ivrctl agents list", "ivrctl agents list --site shop --json"),
        see=("agents dialplan", "queue watch", "check"),
    ),
    "agents dialplan": Page(
        brief="write what agents dial into the dialplan",
        text="Agents sign on, sign off and pause with codes that Asterisk works by itself, whether or not a controller "
        "runs. What the codes are, who dials from which phone and which queues are his stands in ivrctl.d/agents.conf, "
        "which this command prints; ivrctl.d/extensions.conf includes it. Print it anew whenever agents, queues, "
        "reasons or codes change; ivrctl check --live and ivrctl doctor say when the PBX has an old one.",
        reads=(SITE,),
        writes=("the file on standard output", "--pbx: the configuration of the development PBX, until its next start"),
        exits=(OK, USAGE, "5  that development PBX does not run"),
        environment=(SITES_OWN,),
        examples=(
            "ivrctl agents dialplan > agents.conf",
            "ivrctl agents dialplan --pbx default",
        ),
        see=("agents list", "check", "doctor", "pbx up"),
    ),
}
