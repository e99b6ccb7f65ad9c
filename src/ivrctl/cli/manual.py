"""The manual page of each command: what stands under its summary in ``--help``, and in the reference.

A page is written for somebody who has this command before him and nothing else: what it does, what it reads and writes,
how it ends. Its lines are shown as they stand here, so none is longer than ``WIDTH``.
"""

from __future__ import annotations

from collections.abc import Mapping

from ivrctl.cli.manual_agents import AGENT_PAGES
from ivrctl.cli.manual_customers import CUSTOMER_PAGES
from ivrctl.cli.manual_kpi import KPI_PAGES
from ivrctl.cli.manual_page import (
    CACHE_HOME,
    INTERRUPTED,
    NO_CONTROLLER,
    NO_PBX,
    OK,
    OUTBOX,
    PBX_FOLDER,
    RUNTIME,
    SITE,
    SITES_OWN,
    STATE,
    STATE_HOME,
    USAGE,
    Page,
)
from ivrctl.cli.manual_queue import QUEUE_PAGES
from ivrctl.cli.manual_staffing import STAFFING_PAGES

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
    "init": Page(
        brief="write a small, complete site",
        text="The site runs as it is: callers of 7000 hear how their order stands, or speak to a person. Its comments "
        "explain what they stand beside; change it from there. The folder is made; one that holds anything is left "
        "alone.",
        reads=("nothing",),
        writes=("NAME/: the site, orders.sqlite, README.md, .gitignore",),
        exits=(OK, "2  the folder is not empty, cannot be written, or names no site"),
        examples=("ivrctl init shop", "ivrctl init shop --language zh --language en"),
        see=("check", "sim", "test"),
    ),
    "check": Page(
        brief="find what is wrong, with place and advice",
        text="Every finding has its file, line and column, what to write instead, and the id of its rule. One run "
        "shows all that can be known: a file that cannot be read as a flow hides what only its whole would show, such "
        "as a step that does not exist, and scenarios are looked at when the flows are right. Recordings are looked "
        "at, too. Nothing is executed and no database is asked. With --live, AMI is asked for what the site names and "
        "the PBX has not: queues and the keys that leave them, extensions, where messages go. It is the PBX that the "
        "site file names, or the development PBX, as for ivrctl doctor.",
        reads=(SITE,),
        writes=("findings on standard output, their count on standard error",),
        exits=("0  no error; warnings may be there", "1  at least one error", USAGE, NO_PBX),
        examples=(
            "ivrctl check",
            "ivrctl check flows/ --format github",
            "ivrctl check --format sarif > check.sarif",
            "ivrctl check --live --pbx default",
        ),
        see=("explain", "schema", "sim", "test", "doctor"),
    ),
    "explain": Page(
        brief="say why a finding is one",
        text="Every finding ends with the id of its rule. The page of a rule says what would happen to callers if "
        "nobody looked, and shows what is wrong and what is right. Those of ivrctl check and of ivrctl doctor are all "
        "there; without an id they are listed, a line for each.",
        reads=("nothing",),
        writes=("the pages, or the list, on standard output",),
        exits=(OK, "2  there is no such rule"),
        examples=("ivrctl explain IVR101", "ivrctl explain IVR203 --json", "ivrctl explain"),
        see=("check", "doctor"),
    ),
    "schema": Page(
        brief="have editors complete, explain and underline",
        text="A schema says which keys a file can have, what they take and what they mean: editors with a YAML "
        "language server read it. It is made from what ivrctl check reads the files by. --write makes one for each "
        "file of a site, in which the names of steps, queues, lookups, flows and texts are offered; a name that none "
        "of them knows yet is no fault to an editor, it is one to ivrctl check. The settings of Visual Studio Code are "
        "written where there are none; what you wrote is left alone.",
        reads=(SITE,),
        writes=("with a KIND: its schema on standard output", "--write: .ivrctl/schema/ and .vscode/settings.json"),
        exits=(OK, USAGE),
        examples=("ivrctl schema --write", "ivrctl schema flow", "ivrctl schema scenario --site flows"),
        see=("check", "explain"),
    ),
    "sim": Page(
        brief="play a call in the terminal",
        text="The flow runs as in a call, with the site's own databases, which are only read; speech takes no time "
        "but is counted. On a terminal the keys are asked for; with --keys they are taken from there, one group for "
        "each question.",
        reads=(SITE, "the site's databases"),
        writes=("the course of the call on standard output",),
        exits=("0  the call is over, however it ended", USAGE, INTERRUPTED),
        environment=(SITES_OWN,),
        examples=(
            "ivrctl sim hotline --dial 10010",
            "ivrctl sim flows/hotline.ivr.yaml --dial 10010 --keys 1,1,1,h",
            'ivrctl sim . --dial 7000 --at "2026-12-24 19:00"',
            "ivrctl sim . --dial 7000 --queues waiting=7,available=0",
        ),
        see=("test", "call"),
    ),
    "explore": Page(
        brief="walk every way that callers can take",
        text="The flows run as in a call, and wherever somebody else decides, everything happens that makes a "
        "difference: each key, a wrong one and none, rows that guards can tell apart, lookups that find nothing or "
        "fail, every outcome of a queue, open and closed desks. No database is asked. For each line it tells where "
        "callers end and the fewest keys to there, dead ends, from where a person is farthest, and the longest "
        "silence; then steps and prompts that nobody comes to. What shows it is a command to play, or a sentence.",
        reads=(SITE,),
        writes=("what was found on standard output, its count on standard error",),
        exits=("0  every caller comes to an end or to a person", "1  there are dead ends", USAGE, INTERRUPTED),
        examples=("ivrctl explore", "ivrctl explore flows --line 10010", "ivrctl explore hotline --json"),
        see=("sim", "check", "test"),
    ),
    "diff": Page(
        brief="say what a change does to callers",
        text="Every call is made on both versions at once, as ivrctl explore makes calls, and followed for as long as "
        "it fares alike. What differs is told in sentences, one for each cause, with the shortest call that shows it "
        "and how many ways lead there. A step of another name, a text moved to another file, are no difference. A "
        "version is a folder, a flow's file (its lines alone are compared; one outside a site takes the place of the "
        "other's flow), or a git revision: HEAD~1 is the same folder then, main:flows another one.",
        reads=(SITE, "the git repository, for a revision"),
        writes=("the differences on standard output, their count on standard error",),
        exits=("0  all callers fare as before", "1  some do not", USAGE, INTERRUPTED),
        examples=(
            "ivrctl diff HEAD",
            "ivrctl diff HEAD~1 flows",
            "ivrctl diff main:flows flows --json",
            "ivrctl diff flows new-flows",
        ),
        see=("explore", "check", "test"),
    ),
    "test": Page(
        brief="run scenarios: simulated, or on a real Asterisk",
        text="The same scenarios run in three engines. sim plays them in milliseconds; agi has a fake Asterisk speak "
        "FastAGI over a socket; live dials a real Asterisk with softphones and compares what they recorded. Without "
        "--pbx, live starts a PBX of its own and stops it again. A failure shows the script beside what happened. "
        "--coverage counts, in any engine, what the calls walked: an action has an outcome for each way in which it "
        "can end, its guard that does not hold and each key of a menu or queue among them.",
        reads=(SITE, "recordings in the site's prompts/, for live"),
        writes=(
            "verdicts on standard output",
            "the file of --junit",
            "live: a folder with sound and logs of each failure; its name is printed",
        ),
        exits=(
            "0  all passed",
            "1  one failed, or less was walked than --fail-under asks for",
            "2  a site or scenario cannot be read",
            NO_PBX,
            INTERRUPTED,
        ),
        environment=(STATE_HOME, CACHE_HOME, RUNTIME),
        examples=(
            "ivrctl test",
            "ivrctl test flows/ --engine agi",
            "ivrctl test --coverage --fail-under 95",
            "ivrctl test --engine live --junit report.xml",
        ),
        see=("check", "sim", "graph", "pbx up"),
    ),
    "graph": Page(
        brief="draw flows",
        text="A step is a box; a sub-flow, a queue, an extension, a voicemail are boxes of their own, and so is each "
        "way in which a call ends. Arrows carry the key, the outcome or the guard; what is only said or set on the way "
        "is left out. Without a flow all flows of the site are drawn. --coverage plays the scenarios in sim: green was "
        "walked, yellow in part, red never. Mermaid is shown by GitHub and GitLab in a fenced block named mermaid; dot "
        "is Graphviz's, whose command of that name makes an image of it.",
        reads=(SITE,),
        writes=("the picture's text on standard output, or the file of --output",),
        exits=(OK, USAGE),
        examples=(
            "ivrctl graph hotline",
            "ivrctl graph flows --coverage -o flows.mmd",
            "ivrctl graph hotline --format dot -o hotline.dot",
        ),
        see=("test", "explore", "check"),
    ),
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
        environment=(STATE_HOME, SITES_OWN, "NOTIFY_SOCKET, WATCHDOG_USEC  set by systemd"),
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
    "notice add": Page(
        brief="announce something",
        text="Every call that begins a second after this has returned hears it, until its end, which must be given and "
        "is at most 30 days away. What it says is spoken, and it is on the disk, before the command returns; it "
        "outlives both a restart of the controller and of the machine. Without a scope it is for everybody; of "
        "several kinds of scope each must hold for a caller, by any of its names. While no controller runs, only "
        "those for everybody and for lines are heard, from files that the dialplan plays before its apology. With no "
        "controller there the command keeps the notice itself.",
        reads=(SITE, STATE, "the recordings that are named"),
        writes=("the notice's id on standard output", "its ledger in the state folder, its sounds among the prompts"),
        exits=(OK, "1  something is wrong with the notice: all of it is told", USAGE, NO_CONTROLLER),
        environment=(STATE_HOME,),
        examples=(
            'ivrctl notice add --text "en=Broadband is down." --waive zh --for 2h',
            "ivrctl notice add --recording zh=fault.wav --waive en --for 90m",
            'ivrctl notice add --text "en=…" --line 10010 --until "2026-11-20 18:00"',
            "ivrctl notice add --text … --then end --reason outage --for 1h",
        ),
        see=("notice list", "notice change", "notice end"),
    ),
    "notice list": Page(
        brief="show the notices that stand",
        text="They stand in the order in which callers hear them, each with the time until which it is heard, whom it "
        "is for, and who made it. Times are those of this machine.",
        reads=(STATE,),
        writes=("a line for each notice on standard output",),
        exits=(OK, USAGE, NO_CONTROLLER),
        environment=(STATE_HOME,),
        examples=("ivrctl notice list", "ivrctl notice list --site flows --json"),
        see=("notice show", "notice history"),
    ),
    "notice show": Page(
        brief="show one notice",
        text="With what it says in each language.",
        reads=(STATE,),
        writes=("the notice on standard output",),
        exits=(OK, "1  no notice with this id stands", USAGE, NO_CONTROLLER),
        environment=(STATE_HOME,),
        examples=("ivrctl notice show n7k2qfab", "ivrctl notice show n7k2qfab --json"),
        see=("notice list", "notice change"),
    ),
    "notice change": Page(
        brief="change a notice that stands",
        text="What is not named stays as it is; a scope that is named takes the place of the one before. A notice that "
        "has ended stays ended.",
        reads=(SITE, STATE, "the recordings that are named"),
        writes=("its ledger in the state folder, its sounds among the prompts",),
        exits=(OK, "1  no such notice stands, or something is wrong with the change", USAGE, NO_CONTROLLER),
        environment=(STATE_HOME,),
        examples=(
            "ivrctl notice change n7k2qfab --for 3h",
            'ivrctl notice change n7k2qfab --text "en=It works again."',
        ),
        see=("notice list", "notice end"),
    ),
    "notice end": Page(
        brief="end a notice now",
        text="No call that begins from now on hears it. Notices end by themselves at their time, too.",
        reads=(SITE, STATE),
        writes=("its ledger in the state folder; what the dialplan plays of it goes",),
        exits=(OK, "1  no notice with this id stands", USAGE, NO_CONTROLLER),
        environment=(STATE_HOME,),
        examples=("ivrctl notice end n7k2qfab",),
        see=("notice list", "notice history"),
    ),
    "notice history": Page(
        brief="show who changed what",
        text="Every change is kept for good, in the ledger in the state folder: made, changed, ended; expired when its "
        "time came; reminded when its author was told that it ends soon.",
        reads=(STATE,),
        writes=("a line for each change on standard output",),
        exits=(OK, USAGE, NO_CONTROLLER),
        environment=(STATE_HOME,),
        examples=("ivrctl notice history", "ivrctl notice history --limit 100 --json"),
        see=("notice list",),
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
    "call": Page(
        brief="dial with a softphone, print what is heard",
        text="Every prompt that the controller says is compared with what the phone recorded; likeness is 1 for the "
        "same sound, and from 0.5 a prompt counts as heard. Nothing is dialled unless the PBX finds this site's "
        "controller and one of its flows has the number. No agent is logged in to any queue meanwhile. Ctrl-C hangs "
        "up and prints what was heard until then. With --no-controller it is dialled all the same, such as to hear "
        "what callers hear while none runs: nothing is compared, and the recording is kept.",
        reads=(STATE, PBX_FOLDER),
        writes=("what was heard on standard output", "the folder of --keep: the recording and the phone's log"),
        exits=(
            OK,
            "1  the call was not answered",
            "2  wrong usage, or a number that no flow has",
            "5  the PBX or the site's controller does not answer, or not there",
            INTERRUPTED,
        ),
        environment=(STATE_HOME, CACHE_HOME),
        examples=(
            "ivrctl call 1001011 --from 13800138000",
            "ivrctl call 10010 --press 1,1,1,h",
            "ivrctl call 10010 --no-controller",
        ),
        see=("calls", "sim", "pbx up"),
    ),
    "doctor": Page(
        brief="examine an Asterisk: what is wrong, lines to paste",
        text="It asks AMI for modules, rights, queues and settings, and has Asterisk place a probe call that plays a "
        "file of ours. Every finding comes with the line to paste and the file where it belongs; what could not be "
        "looked at is said. Nothing of the PBX is changed.",
        reads=(SITE, STATE, PBX_FOLDER),
        writes=("findings on standard output", "a short sound file in the folder of prompts, for a moment"),
        exits=("0  nothing is wrong", "1  findings", USAGE, "5  AMI does not answer"),
        environment=(STATE_HOME, "IVRCTL_AMI_SECRET, IVRCTL_DOCTOR_SECRET  passwords of the AMI users"),
        examples=("ivrctl doctor", "ivrctl doctor flows --pbx default", "ivrctl doctor --json"),
        see=("explain", "pbx up", "status"),
    ),
    "pbx up": Page(
        brief="start a PBX",
        text="It listens on loopback only, with passwords made by chance, and looks for its controller at --agi. The "
        "image or the Debian root is built once, which takes a minute or so; from then on it starts within seconds. "
        "One that runs already is left as it is.",
        reads=("nothing",),
        writes=(PBX_FOLDER, "the image, or $XDG_CACHE_HOME/ivrctl/roots: about 400 MB"),
        exits=(
            OK,
            "2  no runtime can be used here, or a program is missing",
            "5  the runtime asked for does not answer, or Asterisk did not start",
        ),
        environment=(STATE_HOME, CACHE_HOME, RUNTIME),
        examples=("ivrctl pbx up", "ivrctl pbx up second --agi 127.0.0.1:4574 --runtime podman"),
        see=("pbx down", "pbx logs", "call"),
    ),
    "pbx down": Page(
        brief="stop it",
        text="Calls on it end. Its folder stays, with its log and its prompts.",
        reads=(PBX_FOLDER,),
        writes=("nothing",),
        exits=("0  it does not run any more, or did not run",),
        environment=(STATE_HOME,),
        examples=("ivrctl pbx down",),
        see=("pbx up", "pbx status"),
    ),
    "pbx status": Page(
        brief="show those that run",
        text="A line for each: its ports, and where it looks for its controller.",
        reads=(PBX_FOLDER,),
        writes=("a line for each PBX on standard output",),
        exits=("0  whether one runs or not",),
        environment=(STATE_HOME,),
        examples=("ivrctl pbx status", "ivrctl pbx status --json"),
        see=("pbx up", "pbx logs"),
    ),
    "pbx logs": Page(
        brief="show Asterisk's log",
        text="What Asterisk wrote in its own log, of this run; also after it has ended.",
        reads=(PBX_FOLDER,),
        writes=("the log's last lines on standard output",),
        exits=(OK, "5  this PBX never ran", INTERRUPTED),
        environment=(STATE_HOME,),
        examples=("ivrctl pbx logs", "ivrctl pbx logs -n 200", "ivrctl pbx logs -f"),
        see=("pbx status", "doctor"),
    ),
    "prompts build": Page(
        brief="make every prompt that calls can need",
        text="Texts are spoken by the voice where no recording stands for them; amounts, numbers and dates are made "
        "in pieces that are joined in a call. What is there already is kept. A controller does the same when it "
        "starts and when the site changes.",
        reads=(SITE, "recordings in the site's prompts/", PBX_FOLDER),
        writes=("the folder of prompts: of the PBX, or as the site file says",),
        exits=(OK, "1  a prompt could not be made", USAGE),
        environment=(STATE_HOME, CACHE_HOME),
        examples=("ivrctl prompts build", "ivrctl prompts build flows --pbx default"),
        see=("prompts check", "serve"),
    ),
    "prompts check": Page(
        brief="show what is missing or broken",
        text="Recordings that Asterisk could not play are named with what is wrong with them.",
        reads=(SITE, "recordings in the site's prompts/", PBX_FOLDER),
        writes=("what is missing or broken on standard output",),
        exits=("0  every prompt is there", "1  some are missing or broken", USAGE),
        environment=(STATE_HOME, CACHE_HOME),
        examples=("ivrctl prompts check",),
        see=("prompts build",),
    ),
    **CUSTOMER_PAGES,
    **AGENT_PAGES,
    **KPI_PAGES,
    **QUEUE_PAGES,
    **STAFFING_PAGES,
}
"""By the words of the command."""
