"""Every benchmark: what it is called on the page, what it is given, and what it needs."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from ivrctl.adapters.pbx import find_runtime

HERE = Path(__file__).parent
RESULTS = HERE / "results"
"""What the page is written from: one file of figures for each program."""


def nothing_needed() -> str:
    """It runs anywhere."""
    return ""


def postgresql_needed() -> str:
    """It starts a server of its own."""
    found = shutil.which("psql") or any(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
    return "" if found else "PostgreSQL's programs are not installed"


def pbx_needed() -> str:
    """It starts a development PBX of its own."""
    return "" if find_runtime() is not None else "no development PBX can be started: ivrctl pbx up says why"


@dataclass(frozen=True, slots=True)
class Program:
    """One of them."""

    file: str
    title: str
    full: tuple[str, ...] = ()
    """What ``make bench`` gives it."""
    short: tuple[str, ...] = ("--short",)
    """What CI gives it: a minute at most."""
    has_rounds: bool = True
    """Whether it takes ``--json FILE`` and writes figures; else what it prints is kept."""
    is_live: bool = False
    """Whether it makes calls on a real Asterisk: its short form is run by the live tests."""
    missing: Callable[[], str] = nothing_needed
    """What it needs and this machine has not, in a sentence; empty when it can run."""

    @property
    def result(self) -> Path:
        """Its figures."""
        return RESULTS / f"{Path(self.file).stem}.json"


PROGRAMS = (
    Program("one_call.py", "One call, through whole servers"),
    Program("parked_calls.py", "A caller who waits"),
    Program("native_dialplan.py", "Beside the dialplan of a real Asterisk", missing=pbx_needed, is_live=True),
    Program("call_load.py", "Three hundred callers, and three times too many", missing=pbx_needed, is_live=True),
    Program("growth.py", "How time grows with size"),
    Program("agi_commands.py", "One AGI command", has_rounds=False, short=("--calls", "5", "--rounds", "1")),
    Program("journal.py", "A record in the journal", has_rounds=False, short=("--records", "400", "--rounds", "2")),
    Program(
        "call_store.py",
        "A record of a call",
        has_rounds=False,
        short=("--records", "100", "--rounds", "2"),
        missing=postgresql_needed,
    ),
    Program(
        "submissions.py",
        "A submission in the outbox",
        has_rounds=False,
        short=("--waiting", "1000", "--rounds", "1"),
    ),
    Program("verify_times.py", "How long a caller waits for “no”", has_rounds=False, short=("--guesses", "5")),
    Program("regions.py", "The region of a number", has_rounds=False, short=("--rounds", "2", "--lookups", "100")),
    Program("simulated_calls.py", "A simulated call", has_rounds=False, short=("--calls", "1", "--rounds", "1")),
    Program("ami_events.py", "One AMI event", has_rounds=False, short=("--events", "1000", "--rounds", "1")),
    Program("ami_actions.py", "One AMI action", has_rounds=False, short=("--pings", "100", "--rounds", "1")),
    Program(
        "queue_picture.py",
        "An event in the picture of the queues",
        has_rounds=False,
        short=("--queues", "24", "--members", "1000", "--events", "500", "--rounds", "2", "--minutes", "0"),
    ),
    Program(
        "queue_load.py", "A busy centre for a minute", has_rounds=False, short=("--seconds", "12", "--rate", "500")
    ),
    Program("queue_log_import.py", "An import of a queue_log", has_rounds=False, short=("--lines", "2000")),
    Program(
        "staffing_decision.py",
        "A round of backup staff",
        has_rounds=False,
        short=("--queues", "24", "--members", "1600", "--events", "500", "--rounds", "2"),
    ),
    Program("backtest.py", "A backtest of policies", has_rounds=False, short=("--calls", "100")),
    Program("forecast_error.py", "How wrong forecasts are", has_rounds=False),
    Program("simulator.py", "A simulated day", has_rounds=False),
    Program("policy_numbers.py", "What each number of a policy is worth", has_rounds=False),
    Program("guessing.py", "What guessing at PINs brings", has_rounds=False, short=("--lines", "2")),
)
"""In the order of the page. Those that need a PBX for minutes are run by hand: ``survival.py``, ``queue_day.py``,
``staffing_pace.py``, ``simulated_day.py``."""
