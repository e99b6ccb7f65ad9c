from __future__ import annotations

import re
from pathlib import Path

from ivrctl.service.doctor.rules import RULES

PAGE = Path(__file__).parents[3] / "docs/how-to/doctor.md"


def test_the_page_lists_every_rule() -> None:
    """Whoever sees an id finds it there, in the same words."""
    assert dict(re.findall(r"^\| (IVR4\d\d) \| (.*) \|$", PAGE.read_text(), re.MULTILINE)) == RULES
