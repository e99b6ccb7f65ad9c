"""Where things lie in the repository."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[4]
DOCS = ROOT / "docs"
GOLDEN = ROOT / "tests" / "golden"
