"""A copy of the demo site for a rush: one line more, and a policy whose times are seconds."""

from __future__ import annotations

import shutil
from pathlib import Path

LINE, QUEUE = "7300", "broadband"
TIERS = ("break", "leaders", "quality", "retention")
POLICY = "rush"

_FLOW = f"""\
# A line for a rush: straight to a person.
title: {{zh: 高峰, en: A rush}}
lines: {{"{LINE}": start}}
steps:
  start:
    - play: {{zh: 请稍候。, en: One moment.}}
    - queue: {{name: {QUEUE}, wait: 3m}}
      then: {{answered: over, otherwise: sorry}}
  over:
    - hangup: served
  sorry:
    - hangup: unserved
"""
_POLICY = """\
# Who comes in when it is busy. The times are seconds, so that all of it can be seen in a minute.
title: {zh: 高峰支撑, en: Backup staff for a rush}
queues: [QUEUE]
window: 1m
tiers:
  - {tier: break,     people: {paused_for: [break, lunch]}, bring: ask, patience: 4s}
  - {tier: leaders,   people: {group: team-leaders}, bring: add, penalty: 5, keep_back: 0}
  - {tier: quality,   people: {group: quality-inspectors}, bring: add, penalty: 5}
  - {tier: retention, people: {group: outbound-retention}, bring: add, penalty: 10, keep_back: 0}
triggers:
  longest_wait: {engage: [4s, 7s, 10s, 13s], release: 2s}
timing:
  engage_after: 2s
  release_after: 4s
  stay_at_least: 8s
  rest_at_least: 10s
  changes_per_hour: 60
warn: {at: 80%, to: "8104"}
"""


def write_site(source: Path, folder: Path) -> Path:
    """Copy the demo site into a new folder, with what a rush needs; the folder.

    Args:
        source: the demo site's.
        folder: does not exist yet.
    """
    shutil.copytree(source, folder)
    for policy in folder.glob("*.staffing.yaml"):
        policy.unlink()
    (folder / "rush.ivr.yaml").write_text(_FLOW, encoding="utf-8")
    (folder / f"{POLICY}.staffing.yaml").write_text(_POLICY.replace("QUEUE", QUEUE), encoding="utf-8")
    return folder
