"""Figures of a proof: a table for people, a JSON file for whoever compares runs."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = "IVRCTL_FIGURES"
"""The environment variable that names the folder where figures are kept."""


def table(title: str, figures: Mapping[str, Any]) -> str:
    """The figures as lines for a terminal."""
    rows = (f"  {name.replace('_', ' '):24} {value}" for name, value in figures.items())
    return "\n".join(["", title, *rows, ""])


def keep(title: str, figures: Mapping[str, Any]) -> None:
    """Write the figures to the folder that ``IVRCTL_FIGURES`` names, when it does."""
    named = os.environ.get(FOLDER)
    if named:
        folder = Path(named)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{title.replace(' ', '-')}.json").write_text(json.dumps(figures, indent=1) + "\n")
