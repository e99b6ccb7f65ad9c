"""Markdown from what the code says of itself: docstrings, tables, fenced blocks."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Sequence

NOTE = "<!-- Made from the code by `make docs`. Change the docstrings, not this page. -->"


def page(title: str, *parts: str) -> str:
    """A page: its title, the note for whoever would edit it, and its parts."""
    return "\n\n".join([NOTE, f"# {title}", *(part.strip("\n") for part in parts if part)]) + "\n"


def section(heading: str, *parts: str, level: int = 2) -> str:
    """A heading and what stands below it."""
    return "\n\n".join([f"{'#' * level} {heading}", *(part.strip("\n") for part in parts if part)])


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a bar in a cell is escaped, a line end becomes a space."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(_cell(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return re.sub(r"\s*\n\s*", " ", text).replace("|", "\\|")


def fenced(info: str, body: str) -> str:
    """A fenced block."""
    return f"```{info}\n{body.rstrip(chr(10))}\n```"


def code(text: str) -> str:
    """A word as it is typed."""
    return f"`{text}`"


def from_docstring(text: str | None) -> str:
    """A docstring as Markdown: its literals are code, its indented blocks fenced."""
    if not text:
        return ""
    clean = inspect.cleandoc(text).replace("``", "`")
    paragraphs, block = [], []
    for paragraph in re.split(r"\n\n", clean):
        if paragraph.startswith("    "):
            block.append(re.sub(r"^    ", "", paragraph, flags=re.MULTILINE))
            continue
        paragraphs += _closed(block)
        if paragraph != "::":
            paragraphs.append(re.sub(r"::$", ":", paragraph))
    return "\n\n".join([*paragraphs, *_closed(block)])


def _closed(block: list[str]) -> list[str]:
    """The collected indented paragraphs as one fenced block; nothing when there are none."""
    body = "\n\n".join(block)
    block.clear()
    return [fenced("text", body)] if body else []


def sentence(text: str | None) -> str:
    """A short docstring as a table's cell."""
    return inspect.cleandoc(text or "").replace("``", "`")


def outcomes_apart(text: str) -> tuple[str, str]:
    """A kind's documentation without its paragraph about outcomes, and that paragraph."""
    paragraphs = text.split("\n\n")
    about = [paragraph for paragraph in paragraphs if paragraph.startswith("Outcomes: ")]
    return "\n\n".join(part for part in paragraphs if part not in about), "\n\n".join(about)
