"""The programs of ``make audit``: the bill of materials, and the question whether anything in it is vulnerable."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.thorough

ROOT = Path(__file__).parents[3]
PINNED = dict(re.findall(r"^([a-z0-9][a-z0-9._-]*)==(\S+)", (ROOT / "requirements.txt").read_text(), re.MULTILINE))


def audit(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / ".ci" / "audit"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    """The bill of what stands in requirements.txt."""
    ended = audit("bill")
    assert ended.returncode == 0, ended.stderr
    told: dict[str, Any] = json.loads(ended.stdout)
    return told


def test_the_bill_has_every_package_that_users_install(bill: dict[str, Any]) -> None:
    """Each with the version that is pinned, all hashes of its files, and a licence."""
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert {each["name"]: each["version"] for each in bill["components"]} == PINNED
    hashes = [each["value"] for component in bill["components"] for each in component["properties"]]
    assert hashes == re.findall(r"sha256:([0-9a-f]{64})", (ROOT / "requirements.txt").read_text())
    assert [each["name"] for each in bill["components"] if not each["licenses"]] == []


def test_the_bill_says_what_asks_for_what(bill: dict[str, Any]) -> None:
    """Every package is reached from ivrctl, and nothing is that is not in the bill."""
    needs = {each["ref"]: set(each.get("dependsOn", ())) for each in bill["dependencies"]}
    reached, more = set[str](), {"ivrctl"}
    while more:
        reached |= more
        more = {need for each in more for need in needs[each]} - reached
    assert reached == {"ivrctl", *PINNED}


def test_the_bill_is_the_same_each_time_and_holds_no_address(bill: dict[str, Any]) -> None:
    """Where files come from is the user's setting; two builds of one version can be compared."""
    assert json.loads(audit("bill").stdout) == bill
    assert "://" not in json.dumps(bill)


@contextmanager
def service(answers: list[object]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """An advisory service that gives these answers, its address, and what it was asked."""
    asked: list[dict[str, Any]] = []

    class Asked(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append({"path": self.path, **json.loads(body)})
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps({"results": answers}).encode())

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Asked) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,)).start()
        yield f"http://127.0.0.1:{server.server_port}", asked
        server.shutdown()


def test_a_package_with_an_advisory_is_named(tmp_path: Path) -> None:
    """With its version and the advisories; the program ends with 1."""
    requirements = tmp_path / "requirements.txt"
    requirements.write_text("one==1.0 \\\n    # via ivrctl (pyproject.toml)\ntwo==2.0 \\\n    # via one\n")
    with service([{}, {"vulns": [{"id": "PYSEC-1"}, {"id": "GHSA-2"}]}]) as (address, asked):
        ended = audit("advisories", "--requirements", str(requirements), "--service", address)
    assert ended.returncode == 1, ended.stderr
    assert ended.stdout == "two 2.0: PYSEC-1, GHSA-2\n2 packages, 1 of them with known vulnerabilities\n"
    (question,) = asked
    assert question["path"] == "/v1/querybatch"
    assert question["queries"][0] == {"version": "1.0", "package": {"name": "one", "ecosystem": "PyPI"}}


def test_no_advisory_is_said_of_all_packages() -> None:
    """Each of them was asked about."""
    with service([{}] * len(PINNED)) as (address, asked):
        ended = audit("advisories", "--service", address)
    assert (ended.returncode, len(asked[0]["queries"])) == (0, len(PINNED))
    assert ended.stdout == f"{len(PINNED)} packages, 0 of them with known vulnerabilities\n"


@pytest.mark.parametrize("answers", [None, [{}]], ids=["nobody", "one answer"])
def test_who_could_not_ask_does_not_say_that_all_is_well(answers: list[object] | None) -> None:
    """A service that is not there, and one that does not answer for every package."""
    with service(answers or []) as (address, _):
        reached = address if answers is not None else "http://127.0.0.1:9"
        ended = audit("advisories", "--service", reached)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.startswith(f"NOT AUDITED: {len(PINNED)} packages could not be compared")
