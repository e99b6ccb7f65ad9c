from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from ivrctl.adapters.site_folder import read_site
from ivrctl.flow.program import Program
from ivrctl.service.compiling import compile_spoken
from ivrctl.testkit.scenario import load_scenarios

from .demo import HEAD

HOSTED = Path(__file__).parents[2] / "sites" / "hosted"
"""A site whose databases name queues and extensions."""


@cache
def _hosted() -> Program:
    program, findings = compile_spoken(read_site(HOSTED))
    assert program is not None, findings.items
    return program


def _findings(branch: str) -> list[tuple[str, str]]:
    body = f"given: {{lookups: {{branch: {branch}}}}}\nscript: [{{waits: 1s}}]\n"
    _, findings = load_scenarios((HEAD.replace("LINE", "4008001001") + body).encode(), "test", _hosted())
    return [(finding.rule, finding.message) for finding in findings.items]


@pytest.mark.parametrize(
    ("branch", "message"),
    [
        ('{name: East, extension: "7777"}', 'the site has no extension "7777"'),
        ("{name: East, queue: nowhere}", 'the site has no queue "nowhere"'),
    ],
)
def test_row_names_only_queues_and_extensions_of_the_site(branch: str, message: str) -> None:
    """Of a database such a row would be no answer at all: a scenario cannot give what cannot come."""
    assert _findings(branch) == [("IVR304", message)]


def test_row_may_name_those_of_the_site_or_none() -> None:
    """What is optional may be left out."""
    assert _findings('{name: East, extension: "8103", queue: south-desk}') == []
    assert _findings("{name: East}") == []
