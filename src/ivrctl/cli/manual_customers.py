"""The manual pages of ``ivrctl customers``."""

from __future__ import annotations

from collections.abc import Mapping

from ivrctl.cli.manual_page import INTERRUPTED, OK, SITE, SITES_OWN, STATE_HOME, USAGE, Page

DATABASE = "the site's database: as its store says, else in the state folder"
AWAY = "5  the database does not answer"
NOBODY = "1  there is no such customer"
ENVIRONMENT = (STATE_HOME, SITES_OWN)

CUSTOMER_PAGES: Mapping[str, Page] = {
    "customers import": Page(
        brief="take customers from a CSV file",
        text="The columns are customer (your own customer number, by which a row finds its customer), name, brand, "
        "tier, region, language, numbers (several are parted by a blank or ;), pin, and id:<kind> for each kind of "
        "identifier, such as id:member. Only customer is needed: what has no column stays as it is. An empty cell "
        "makes what it stands for unknown; an empty pin keeps the PIN. Customers who are not in the file stay. The "
        "file is read twice: first all that is wrong is told, and nothing is changed when it cannot be read to its "
        "end; then rows are written in batches of 200. The same file once more changes nothing, and an import that "
        "was broken off goes on where it was. PINs are kept as hashes, with the site's pepper; each takes some 30 ms "
        "of a core.",
        reads=("FILE", SITE, DATABASE),
        writes=(DATABASE, "rows that are wrong and a summary on standard output", "progress on standard error"),
        exits=(
            OK,
            "1  a row was left out, or the file cannot be read",
            "2  wrong usage, a site that cannot be used, or PINs without a pepper",
            AWAY,
            INTERRUPTED,
        ),
        environment=ENVIRONMENT,
        examples=(
            "ivrctl customers import customers.csv --dry-run",
            "ivrctl customers import customers.csv --site shop",
            "ivrctl customers import customers.csv --json > report.json",
        ),
        see=("customers export", "customers show"),
    ),
    "customers export": Page(
        brief="print all of them as CSV",
        text="An import takes the file back, and changes nothing. PINs are not in it: a hash is of no use outside this "
        "site. Quote it like any file with names and numbers of people: --output writes it for its owner alone.",
        reads=(SITE, DATABASE),
        writes=("the file on standard output, or to --output",),
        exits=(OK, USAGE, AWAY, INTERRUPTED),
        environment=ENVIRONMENT,
        examples=("ivrctl customers export -o customers.csv", "ivrctl customers export --site shop"),
        see=("customers import",),
    ),
    "customers show": Page(
        brief="show one of them",
        text="What calls know of him once he is identified, his numbers and his identifiers; and of each account "
        "at which wrong guesses count how many there were in a row, and until when it is locked. For that the site's "
        "pepper must be there.",
        reads=(SITE, DATABASE),
        writes=("what is held of him on standard output",),
        exits=(OK, NOBODY, USAGE, AWAY),
        environment=ENVIRONMENT,
        examples=("ivrctl customers show C-1001", "ivrctl customers show C-1001 --json"),
        see=("customers import", "customers set-pin"),
    ),
    "customers set-pin": Page(
        brief="give one another PIN",
        text="It is never an argument, since arguments stand in the list of processes and in the shell's history. "
        "Calls that begin afterwards are asked for the new one. A lock that wrong guesses have brought on one of his "
        "accounts ends; with --remove it stays.",
        reads=("the PIN, from the terminal or standard input", SITE, DATABASE),
        writes=(DATABASE,),
        exits=(OK, NOBODY, "2  wrong usage, no PIN, or a site without a pepper", AWAY, INTERRUPTED),
        environment=ENVIRONMENT,
        examples=(
            "ivrctl customers set-pin C-1001",
            "ivrctl customers set-pin C-1001 --stdin",
            "ivrctl customers set-pin C-1001 --remove",
        ),
        see=("customers show",),
    ),
    "customers unlock": Page(
        brief="end the locks of his accounts",
        text="After too many wrong guesses an account is locked for a while, for its owner too. Here it is open again, "
        "as if nobody had guessed: be sure first that it is he who asks. Locks of calling numbers and of the site "
        "end by themselves. Who did it stands in the log of the host, under the facility auth.",
        reads=(SITE, DATABASE),
        writes=(DATABASE, "what was ended, on standard output", "a line in the log of the host (syslog, journald)"),
        exits=(OK, NOBODY, "2  wrong usage, or a site without a pepper", AWAY),
        environment=ENVIRONMENT,
        examples=("ivrctl customers unlock C-1001",),
        see=("customers show", "customers set-pin"),
    ),
    "customers erase": Page(
        brief="remove one with all that is his",
        text="In the directory nothing is left of him. It is not undone by anything but an import. What stays in other "
        "places is said, since a request to be forgotten is about that, too.",
        reads=(SITE, DATABASE),
        writes=(DATABASE, "what was removed, and what stays, on standard output"),
        exits=(OK, NOBODY, USAGE, AWAY),
        environment=ENVIRONMENT,
        examples=("ivrctl customers erase C-1001",),
        see=("customers show", "customers export"),
    ),
}
"""By the words of the command."""
