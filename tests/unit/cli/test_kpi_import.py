"""``ivrctl kpi import``: from files and tables to figures."""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.thorough

Ivrctl = Callable[..., Any]
T = 1_795_140_000
"""10:00 in Shanghai on 20 November 2026."""
LOG = f"""{T}|NONE|NONE|NONE|QUEUESTART|
{T}|1.1|vip|NONE|ENTERQUEUE||+8613800138001|1
{T + 12}|1.1|vip|PJSIP/8101|CONNECT|12|1.2|4
{T + 72}|1.1|vip|PJSIP/8101|COMPLETECALLER|12|60|1
{T + 100}|1.3|vip|NONE|ENTERQUEUE||+8613800138003|1
{T + 130}|1.3|vip|NONE|ABANDON|1|1|30
{T + 140}|1.3|vip|NONE|DID|7000
"""


def test_figures_come_from_a_log(site: Path, ivrctl: Ivrctl, tmp_path: Path) -> None:
    """And the second time nothing is new."""
    log = tmp_path / "queue_log.2.gz"
    log.write_bytes(gzip.compress(LOG.encode()))
    ran = ivrctl("kpi", "import", log, "--site", site)
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "1 lines of DID, which is none of Asterisk's own",
        "7 lines: 2 stays, 2 spans of agents",
    ]
    assert "lines a second" in ran.err
    again = ivrctl("kpi", "import", log, "--site", site)
    assert again.out == "0 lines: 0 stays, 0 spans of agents, 1 of 1 read before\n"
    shown = json.loads(ivrctl("kpi", "--site", site, "--day", "2026-11-20", "--json").out)["total"]
    assert (shown["offered"], shown["answered"], shown["abandoned"], shown["is_complete"]) == (2, 1, 1, True)


def test_lines_that_are_none_are_told_and_the_rest_is_taken(site: Path, ivrctl: Ivrctl, tmp_path: Path) -> None:
    """With file, line and why; the exit code says so."""
    log = tmp_path / "queue_log"
    log.write_text(LOG + "what is this?\n")
    ran = ivrctl("kpi", "import", tmp_path, "--site", site)
    assert ran.code == 1
    assert ran.out.splitlines()[0] == f"{log}:8: it has fewer than five fields"
    log.write_text(LOG + "what is this?\nand that?\n")
    body = json.loads(ivrctl("kpi", "import", tmp_path, "--site", site, "--json").out)
    assert body["unreadable_lines"] == [{"source": str(log), "line": 9, "why": "it has fewer than five fields"}]
    assert body["lines"] == 1


def test_table_of_a_database_of_the_site_is_read(site: Path, ivrctl: Ivrctl) -> None:
    """Its times are of the site's zone, or of the one that is named."""
    with sqlite3.connect(site / "operator.sqlite") as database:
        database.execute("create table history (time text, callid, queuename, agent, event, data1, data2, data3)")
        database.execute(
            "insert into history values ('2026-11-20 02:00:00.5', '1.1', 'vip', 'NONE', 'ABANDON', '1', '1', '30')"
        )
    database.close()
    ran = ivrctl("kpi", "import", "--database", "bss", "--table", "history", "--zone", "UTC", "--site", site)
    assert ran.out == "1 lines: 1 stays, 0 spans of agents\n"
    listed = ivrctl("kpi", "why", "vip/2026-11-20T09:30/abandoned", "--site", site)
    assert listed.out.startswith("2026-11-20 09:59:30")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "nothing to read"),
        (("queue_log", "--database", "bss"), "nothing to read"),
        (("--database", "pbx"), "the site has no database pbx"),
        (("--database", "bss", "--table", "no_such"), "table no_such cannot be read"),
        (("--database", "bss", "--zone", "Mars"), "there is no time zone Mars"),
        (("no-such-file",), "no-such-file cannot be read: No such file or directory"),
    ],
)
def test_what_is_no_history_is_told(site: Path, ivrctl: Ivrctl, words: tuple[str, ...], told: str) -> None:
    """Exit code 2, and what to write."""
    ran = ivrctl("kpi", "import", *words, "--site", site)
    assert ran.code == 2
    assert told in ran.err
