"""Policy files of the small site that is shown, with numbers that are moved, whatever is wrong with them then."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from ivrctl.lang.findings import Findings
from ivrctl.service.compiling import CompiledSite, compile_whole
from ivrctl.staffing.policy import Policy
from ivrctl.staffing.policy_files.load import read_policies

from .examples import POLICY, shown_files

KEYS = """queues: [sales]
window: 5m
tiers:                                        # in this order
  - {tier: break, people: {paused_for: [break]}, bring: ask, patience: 2m}
  - {tier: leaders, people: {group: leaders}, bring: add}
  - {tier: inspectors, people: {group: inspectors}, bring: add}   # who else?
triggers:
  #                             break leaders inspectors
  longest_wait:          {engage: [20s, 40s, 90s], release: 10s}   # the plain one
  waiting_per_available:
    engage:                                   # one a line
      - 1.0
      - "2"
      - never
    release: 0.5
  service_level: {engage: [85%, 70%, never], release: 92%}
  promise_used: {engage: [50%, 90%, 120%], release: 20%}
timing:
  engage_after:  1m                           # 一分钟
  release_after: 10m
  stay_at_least: 15m
  rest_at_least: 10m
  changes_per_hour: 40
"""


@dataclass(frozen=True, slots=True)
class Read:
    """What the checker says of a file."""

    policy: Policy | None
    """None for one that has an error."""
    rules: frozenset[str]
    """Of all findings."""


@cache
def site() -> CompiledSite:
    """The one that is shown, with the policy."""
    found, findings = compile_whole(shown_files(KEYS))
    assert found is not None, findings.items
    return found


def source() -> bytes:
    """The policy's file."""
    return shown_files(KEYS)[POLICY]


def read(content: bytes) -> Read:
    """A file in the place of the policy's."""
    findings = Findings()
    policies = read_policies({POLICY: content}, site().program.site, findings)
    return Read(policies.get("main"), frozenset(finding.rule for finding in findings.items))
