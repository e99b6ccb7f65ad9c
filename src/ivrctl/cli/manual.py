"""The manual page of each command: what stands under its summary in ``--help``, and in the reference.

A page is written for somebody who has this command before him and nothing else: what it does, what it reads and writes,
how it ends. Its lines are shown as they stand here, so none is longer than ``WIDTH``.
"""

from __future__ import annotations

from collections.abc import Mapping

from ivrctl.cli.manual_agents import AGENT_PAGES
from ivrctl.cli.manual_customers import CUSTOMER_PAGES
from ivrctl.cli.manual_kpi import KPI_PAGES
from ivrctl.cli.manual_notice import NOTICE_PAGES
from ivrctl.cli.manual_page import (
    CACHE_HOME,
    NO_CONTROLLER,
    OK,
    OUTBOX,
    PBX_FOLDER,
    SITE,
    SITES_OWN,
    STATE,
    STATE_HOME,
    USAGE,
    Page,
)
from ivrctl.cli.manual_pbx import PBX_PAGES
from ivrctl.cli.manual_queue import QUEUE_PAGES
from ivrctl.cli.manual_recommend import RECOMMEND_PAGES
from ivrctl.cli.manual_site import SITE_PAGES
from ivrctl.cli.manual_staffing import STAFFING_PAGES
from ivrctl.cli.manual_trial import TRIAL_PAGES

GROUPS: Mapping[str, tuple[str, ...]] = {
    "Write a site": ("init", "check", "explain", "schema", "sim", "explore", "diff", "test", "graph", "prompts"),
    "Run it": (
        "serve",
        "reload",
        "status",
        "calls",
        "queue",
        "staffing",
        "kpi",
        "agents",
        "customers",
        "notice",
        "outbox",
        "unit",
    ),
    "Asterisk": ("pbx", "call", "doctor"),
}
"""How ``ivrctl --help`` orders the commands: by what they are for."""

ROOT = """\b
Exit codes, of every command:
  0    done
  1    findings, failed tests, a call that was not answered
  2    wrong usage, or a site or state that cannot be used
  3    a plan has changes
  5    Asterisk or the controller does not answer
  130  interrupted
  141  whoever read the output has left, such as head

\b
A first site:
  ivrctl init shop && cd shop
  ivrctl check && ivrctl test
  ivrctl pbx up && ivrctl serve

\b
See also:
  ivrctl COMMAND --help is the manual page of a command.
  ivrctl --install-completion has the shell complete commands and options.
"""
"""Below the list of commands."""

PAGES: Mapping[str, Page] = {
    **SITE_PAGES,
    "serve": Page(
        brief="run the controller",
        text="A small parent process holds the sockets and keeps a controller alive in a process of its own: one that "
        "dies or stalls is replaced, and calls resume at the same action. Changed files are taken while it serves; "
        "broken ones leave the version before. Prompts that are missing are made. SIGHUP starts a new controller "
        "before the old one leaves; SIGTERM and SIGINT end all of it when the flows have had their turns. Started by "
        "systemd, it says when it is ready, reloads and stops. With --api whoever has a token of the site file can "
        "use notices over TCP; nothing is encrypted, so beyond this machine it takes a proxy with TLS in front.",
        reads=(SITE, "recordings in the site's prompts/", "the site's databases", PBX_FOLDER),
        writes=(
            STATE,
            "the folders of prompts: of the PBX, or as the site file says",
            "a line for each call on standard error",
        ),
        exits=("0  after SIGTERM", USAGE, "130  after SIGINT"),
        environment=(STATE_HOME, CACHE_HOME, SITES_OWN, "NOTIFY_SOCKET, WATCHDOG_USEC  set by systemd"),
        examples=("ivrctl serve", "ivrctl serve flows --pbx default"),
        see=("status", "reload", "unit"),
    ),
    "outbox list": Page(
        brief="show what is not delivered",
        text="The oldest comes first: its key, its submission, since when it is there, whether it waits, was refused "
        "or was given up, and why it was not taken the last time. What it holds is not shown here. The commands for "
        "the outbox work whether a controller runs or not.",
        reads=(OUTBOX,),
        writes=("what is not delivered, on standard output",),
        exits=(OK, USAGE),
        environment=(STATE_HOME,),
        examples=("ivrctl outbox list", "ivrctl outbox list --limit 5 --json"),
        see=("outbox show", "outbox retry", "status"),
    ),
    "outbox show": Page(
        brief="show one with what it holds",
        text="The beginning of a key is enough where no other begins so. What is shown may be personal data.",
        reads=(OUTBOX,),
        writes=("it on standard output",),
        exits=(OK, "1  nothing has this key, or several begin so", USAGE),
        environment=(STATE_HOME,),
        examples=("ivrctl outbox show default-1795338545",),
        see=("outbox list", "outbox drop"),
    ),
    "outbox retry": Page(
        brief="have it delivered after all",
        text="What was refused or given up waits anew, and its age counts from now on; what waits already is tried "
        "with the next look of the controller. Without a key all that was set aside waits anew.",
        reads=(OUTBOX,),
        writes=(OUTBOX,),
        exits=(OK, "1  nothing has this key, or several begin so", USAGE),
        environment=(STATE_HOME,),
        examples=("ivrctl outbox retry", "ivrctl outbox retry default-1795338545"),
        see=("outbox list", "outbox drop"),
    ),
    "outbox drop": Page(
        brief="forget one: it is never delivered",
        text="Nobody gets what it holds. One that a controller delivers at this very moment may still arrive.",
        reads=(OUTBOX,),
        writes=(OUTBOX,),
        exits=(OK, "1  nothing has this key, or several begin so", USAGE),
        environment=(STATE_HOME,),
        examples=("ivrctl outbox drop default-1795338545",),
        see=("outbox show", "outbox retry"),
    ),
    "unit": Page(
        brief="print a systemd unit that runs it",
        text="--part reap and --part reap-timer are the two units that run ivrctl staffing reap each minute. "
        "The unit has the paths of this installation: its Python, the site, a state folder below "
        "/var/lib/ivrctl. The service may write there and where the site file has its prompts, and nowhere else. "
        "Nothing is installed; what to do with the text is said on standard error. The site file must say where "
        "prompts lie (asterisk:).",
        reads=(SITE,),
        writes=("the unit on standard output",),
        exits=(OK, USAGE),
        examples=("ivrctl unit shop", "ivrctl unit /srv/shop > /etc/systemd/system/ivrctl-shop.service"),
        see=("serve", "status", "staffing reap"),
    ),
    "status": Page(
        brief="show the running controller",
        text="The version of the site that serves, how many calls are in a flow, and what is wrong with the files on "
        "disk when they were not taken. With --wait it returns as soon as a controller serves, and at once when the "
        "ivrctl serve that it waited for ends.",
        reads=(STATE,),
        writes=("what the controller says, on standard output",),
        exits=(OK, USAGE, NO_CONTROLLER),
        environment=(STATE_HOME,),
        examples=("ivrctl status", "ivrctl status --wait 60", "ivrctl status flows --json"),
        see=("calls", "reload", "serve"),
    ),
    "calls": Page(
        brief="show the calls that ended last",
        text="The newest come first, each with its way through the flows and how it ended. With --leg one call is "
        "shown with every step, prompt, key and lookup. While no controller runs they are read from the store of "
        "records itself: the file in the state folder, or the database that the site file names.",
        reads=(STATE, SITE),
        writes=("the calls on standard output",),
        exits=(OK, "1  no call has this leg id, or several have", USAGE, NO_CONTROLLER),
        environment=(STATE_HOME,),
        examples=("ivrctl calls", "ivrctl calls --limit 5", "ivrctl calls --leg default-1795338545"),
        see=("status", "call"),
    ),
    "reload": Page(
        brief="have a changed site taken now",
        text="A controller takes changed files by itself within seconds; this command does it now, and waits. New "
        "recordings are taken with it. A site with errors is not taken, and its findings are shown. Calls end on the "
        "version they began with.",
        reads=(STATE,),
        writes=("the version that serves, or findings, on standard output",),
        exits=(OK, "1  the site has errors; the version before goes on serving", USAGE, NO_CONTROLLER),
        environment=(STATE_HOME,),
        examples=("ivrctl reload", "ivrctl reload flows"),
        see=("check", "status"),
    ),
    **NOTICE_PAGES,
    **PBX_PAGES,
    **CUSTOMER_PAGES,
    **AGENT_PAGES,
    **KPI_PAGES,
    **QUEUE_PAGES,
    **STAFFING_PAGES,
    **TRIAL_PAGES,
    **RECOMMEND_PAGES,
}
"""By the words of the command."""
