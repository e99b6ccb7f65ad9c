"""Write the reference, or tell which of its pages are not as the code is.

``python -m tests.unit.docs.reference`` writes ``docs/reference``; with ``--check`` it writes nothing and ends with 1
when a page differs.
"""

from __future__ import annotations

import difflib
import sys

from .contents import contents
from .repository import DOCS

FOLDER = DOCS / "reference"


def main(*, is_checking: bool) -> int:
    """Write or compare all pages; the exit code."""
    pages = contents()
    if is_checking:
        different = [name for name, page in pages.items() if difference(name, page)]
        for name in different:
            sys.stderr.write(difference(name, pages[name]))
        return 1 if different else 0
    FOLDER.mkdir(exist_ok=True)
    for name, page in pages.items():
        (FOLDER / name).write_text(page, encoding="utf-8")
    return 0


def difference(name: str, page: str) -> str:
    """How the committed page differs from the code; empty when it does not."""
    file = FOLDER / name
    committed = file.read_text(encoding="utf-8") if file.exists() else ""
    lines = difflib.unified_diff(
        committed.splitlines(True), page.splitlines(True), f"docs/reference/{name}", "the code"
    )
    return "".join(lines)


if __name__ == "__main__":
    raise SystemExit(main(is_checking="--check" in sys.argv[1:]))
