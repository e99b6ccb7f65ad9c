"""The manual pages of ``ivrctl notice``."""

from __future__ import annotations

from collections.abc import Mapping

from ivrctl.cli.manual_page import NO_CONTROLLER, OK, SITE, STATE, STATE_HOME, USAGE, Page

NOTICE_PAGES: Mapping[str, Page] = {
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
}
