"""The demo site and its scenarios, and scenarios written in tests."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ivrctl.adapters.site_folder import read_site
from ivrctl.flow.program import Program
from ivrctl.lang.findings import Findings
from ivrctl.lang.report import render_text
from ivrctl.service.compiling import compile_spoken
from ivrctl.testkit.scenario import Scenario, load_scenarios, read_scenarios

FLOWS = Path(__file__).parents[3] / "flows"
HOURS = Path(__file__).parents[2] / "sites" / "hours"
GOLDEN = Path(__file__).parents[2] / "golden" / "scenario"
HEAD = """\
title: A call
at: 2026-11-20 10:00
calls:
  caller: {from: "13800138000", dials: "LINE"}
  agent: {extension: "8101"}
  other: {extension: "8102"}
"""


@cache
def program() -> Program:
    compiled, findings = compile_spoken(read_site(FLOWS))
    assert compiled is not None, findings.items
    return compiled


@cache
def _with_settings() -> Program:
    """The demo site has no settings; this one has, and no tiers."""
    compiled, findings = compile_spoken(read_site(HOURS))
    assert compiled is not None, findings.items
    return compiled


@cache
def demo_scenarios() -> tuple[Scenario, ...]:
    scenarios, findings = read_scenarios(read_site(FLOWS), program())
    assert not findings.items
    return scenarios


def titles() -> list[str]:
    return [str(scenario.title) for scenario in demo_scenarios()]


def titled(title: str) -> Scenario:
    return next(scenario for scenario in demo_scenarios() if scenario.title == title)


def scenario(body: str, *, line: str = "10010", of: Program | None = None) -> Scenario:
    """One scenario whose ``given``, ``script`` and ``expect`` a test writes."""
    scenarios, findings = load_scenarios((HEAD.replace("LINE", line) + body).encode(), "test", of or program())
    assert not findings.items, findings.items
    return scenarios[0]


def told(name: str) -> tuple[Findings, str]:
    """The findings of a golden file, and what a user is told of them."""
    path = f"{name}.scenario.yaml"
    source = (GOLDEN / path).read_bytes()
    _, findings = load_scenarios(
        source, path, _with_settings() if name.startswith(("setting-", "promise-")) else program()
    )
    return findings, render_text(findings, {path: source.decode()})
