"""The commands of docs/how-to/postgresql.md, run in its order against a real server."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from ivrctl.testkit.postgresql_server import PostgresqlServer, server_programs

from .conftest import serving

pytestmark = pytest.mark.postgresql

PAGE = Path(__file__).parents[2] / "docs/how-to/postgresql.md"
CALLER = "13800138000"
"""Who stands in the page's table."""


def _blocks() -> list[tuple[str, str]]:
    """What stands behind each fence, and the block."""
    return re.findall(r"^```(\w[^\n]*)\n(.*?)^```$", PAGE.read_text(), re.MULTILINE | re.DOTALL)


def _lay_out(folder: Path) -> None:
    """The files of the page."""
    for info, body in _blocks():
        language, _, path = info.partition(" ")
        if language in {"yaml", "sql"}:
            (folder / path).parent.mkdir(exist_ok=True)
            (folder / path).write_text(body)


def _run(script: str, folder: Path, environ: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Run a block in a shell; what it prints, and the environment that it leaves for the next block."""
    paths = f"{Path(sys.executable).parent}:{server_programs()}:{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-ec", f"{script}\nenv --null > environ"],
        cwd=folder,
        env={**environ, "PATH": paths, "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    left = dict(line.split("=", 1) for line in (folder / "environ").read_text().split("\0") if line)
    return done.stdout, left


async def test_page_leads_from_an_empty_server_to_a_record(postgresql_server: PostgresqlServer, tmp_path: Path) -> None:
    """Accounts, site, check, a simulated call on real data, a call, and its record in the database."""
    _lay_out(tmp_path)
    roles, site, records = (body for info, body in _blocks() if info.startswith("sh "))
    (shown,) = (body for info, body in _blocks() if info == "text")
    environ: dict[str, str] = {**os.environ, **postgresql_server.environ}
    _, environ = await asyncio.to_thread(_run, roles, tmp_path, environ)
    printed, environ = await asyncio.to_thread(_run, site, tmp_path, environ)
    assert re.sub(r"[0-9.]+ s", "s", printed).endswith(re.sub(r"[0-9.]+ s", "s", shown))
    assert (tmp_path / "calls.url").stat().st_mode & 0o077 == 0
    (tmp_path / "site").symlink_to("shop")
    async with serving(tmp_path, environ) as controller:
        await controller.call("7000", CALLER)
        await controller.controller.store.flushed()
    printed, _ = await asyncio.to_thread(_run, records, tmp_path, environ)
    assert [line.split() for line in printed.splitlines()[2:-2]] == [["7000", "|", "served", "|", "t"]]


async def test_reader_of_the_page_has_no_other_rights(postgresql_server: PostgresqlServer, tmp_path: Path) -> None:
    """The account of lookups cannot write into what it reads."""
    _lay_out(tmp_path)
    environ = {**os.environ, **postgresql_server.environ, "CRM_PASSWORD": "one", "CALLS_PASSWORD": "two"}
    await asyncio.to_thread(_run, "psql -qX --set=ON_ERROR_STOP=1 -d postgres -f roles.sql", tmp_path, environ)
    rights = postgresql_server.execute(
        "select has_table_privilege('crm_reader', 'customers', 'select'), "
        "has_table_privilege('crm_reader', 'customers', 'insert, update, delete, truncate')",
        "crm",
    )
    assert rights.strip() == "t|f"
