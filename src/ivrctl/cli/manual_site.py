"""The manual pages of what a site is written with: ``ivrctl init`` to ``ivrctl graph``."""

from __future__ import annotations

from collections.abc import Mapping

from ivrctl.cli.manual_page import (
    CACHE_HOME,
    INTERRUPTED,
    NO_PBX,
    OK,
    RUNTIME,
    SITE,
    SITES_OWN,
    STATE_HOME,
    USAGE,
    Page,
)

SITE_PAGES: Mapping[str, Page] = {
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
}
