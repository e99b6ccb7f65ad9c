"""Policies that are shown: keys that stand in the place of those of a small policy, for a small site."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from ivrctl.flow.program import SITE_FILE

GOLDEN = Path(__file__).parents[2] / "golden" / "staffing"
POLICY = "main.staffing.yaml"
FLOW = 'lines: {"100": start}\nsteps:\n  start:\n    - play: Hello.\n    - hangup: served\n'
_FILE = re.compile(r"^# (\S+\.yaml)\n", re.MULTILINE)


def shown_files(example: str) -> Mapping[str, bytes]:
    """The site that shows an example: the keys of a policy, or of several files each below its name."""
    head, *rest = _FILE.split(example)
    parts = {POLICY: head, **dict(zip(rest[::2], rest[1::2], strict=True))}
    files = {SITE_FILE: (GOLDEN / SITE_FILE).read_text(), "main.ivr.yaml": FLOW}
    for name, keys in parts.items():
        files[name] = replaced(files.get(name) or (GOLDEN / POLICY).read_text(), keys)
    return {name: text.encode() for name, text in files.items()}


def replaced(text: str, keys: str) -> str:
    """A file with some of its keys replaced."""
    for key in re.findall(r"^(\w+):", keys, re.MULTILINE):
        text = re.sub(rf"^{key}:.*\n(?:[ #-].*\n)*", "", text, flags=re.MULTILINE)
    return text + keys
