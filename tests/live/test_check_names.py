"""``ivrctl check --live`` on a real Asterisk: what the site names and the PBX has not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from ivrctl.adapters.pbx import Pbx

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]

SITE = """\
site: names
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: No key., no_match: Wrong key., one_moment: One moment please., fallback: Please hold.}
queues:
  vip: {}
  broadband: {keys: ["1"]}
  expret: {}
voicemail: {office: {}}
extensions:
  _810X: PJSIP/{extension}
  _82XX: PJSIP/{extension}
"""
FLOW = """\
lines: {"100": start}
steps:
  start:
    - queue: {name: vip}
      then: {answered: {hangup: served}, otherwise: next}
    - queue: {name: expret}
      then: {answered: {hangup: served}, otherwise: next}
    - dial: {to: "8109"}
      then: {answered: {hangup: served}, otherwise: next}
    - voicemail: {box: office}
      then: {otherwise: {hangup: unserved}}
    - hangup: unserved
"""


def _checked(site: Path, pbx: Pbx) -> tuple[int, list[str], str]:
    """The exit code, a line for each finding, and what stood on standard error."""
    command = [sys.executable, "-m", "ivrctl", "check", str(site), "--pbx", pbx.name]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    found = [line.replace(f"{site}/", "") for line in ran.stdout.splitlines() if line.startswith(str(site))]
    return ran.returncode, found, ran.stderr


def test_names_that_the_pbx_has_not_are_told_at_their_lines(pbx: Pbx, tmp_path: Path) -> None:
    """A queue that is misspelt, an extension without a phone, a pattern without any; the others are there."""
    (tmp_path / "ivrctl.yaml").write_text(SITE)
    (tmp_path / "main.ivr.yaml").write_text(FLOW)
    code, found, said = _checked(tmp_path, pbx)
    assert code == 1, said
    assert "note:" not in said
    assert [line.partition(" error: ")[0] + line[-9:] for line in found] == [
        "ivrctl.yaml:14:3: [IVR457]",
        "main.ivr.yaml:6:21: [IVR453]",
        "main.ivr.yaml:8:18: [IVR457]",
    ]
    assert 'did you mean "expert"?' in found[1]


def test_site_whose_names_the_pbx_has_is_clean(pbx: Pbx, tmp_path: Path) -> None:
    """The same, put right."""
    (tmp_path / "ivrctl.yaml").write_text(SITE.replace("expret", "expert").replace("  _82XX: PJSIP/{extension}\n", ""))
    (tmp_path / "main.ivr.yaml").write_text(FLOW.replace("expret", "expert").replace("8109", "8105"))
    code, found, said = _checked(tmp_path, pbx)
    assert (code, found) == (0, []), said
