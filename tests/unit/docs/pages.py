"""The pages of the documentation: their fenced blocks, what each kind of block means, their headings and links.

The first word behind a fence is the language, for whoever colours the page; what follows it says what becomes of the
block, and this is all that can stand there::

    console             commands behind ``$``, run in the reader's folder; what they print is compared
    console exit=1      the same; each of its commands ends with this code
    console live        the same, but run by the live tests, on a real Asterisk; with ``exit=`` too
    yaml PATH           a file of the reader's, written when the page has come so far; ``sql PATH`` and the like too
    yaml                a flow: it compiles on the demo site without a finding
    yaml part of FILE   keys of ``ivrctl.yaml``: the demo site with them in the place of its own compiles
    python recipe PATH  a file of the recipe for a new kind, which is carried out in a copy of the repository; ``yaml``
                        the same; with ``behind NAME in PATH`` a line to be added
    sh make             targets of the Makefile: ``make -n`` knows them
    sh by=TEST          commands that the named test file runs, from this very page
    sh parsed           commands of ivrctl, each of which its own parser takes
    yaml from=FILE      a file of the repository, or a part of it, which the tests of its own place run
    yaml of a rule      an example of a rule's page, which the tests of the rules run; ``ini`` and ``text`` too
    text                nothing to run: a picture, a form, what somebody hears
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
DOCS = ROOT / "docs"

_FENCE = re.compile(r"^(?P<indent> *)```(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#{1,6} +(.+?)$", re.MULTILINE)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_MEANINGS = (
    ("run", r"console(?: exit=[0-9]+)?"),
    ("run live", r"console live(?: exit=[0-9]+)?"),
    ("write", r"(?:yaml|sql|json|ini|toml|markdown|csv) [\w./-]*\.\w+"),
    ("compile", r"yaml"),
    ("compile a part", r"yaml part of ivrctl\.yaml"),
    ("carry out", r"(?:python|yaml) recipe (?:behind \w+ in )?[\w./-]+"),
    ("dry run", r"sh make"),
    ("by test", r"(?:sh|ini|yaml|text) by=tests/[\w./-]+\.py"),
    ("parse", r"sh parsed"),
    ("copy", r"(?:yaml|text|ini) from=[\w./-]+"),
    ("of a rule", r"(?:yaml|ini|text) of a rule"),
    ("read", r"text"),
)
"""What a block's information line can be, by what becomes of the block."""


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block."""

    page: Path
    line: int
    """Of its fence, from 1."""
    info: str
    """What stands behind the fence."""
    body: str

    @property
    def meaning(self) -> str | None:
        """What becomes of it; None when nothing does."""
        return next((meaning for meaning, form in _MEANINGS if re.fullmatch(form, self.info)), None)

    @property
    def exit_code(self) -> int:
        """With what its commands end."""
        return int(self.info.partition("exit=")[2] or 0)

    @property
    def argument(self) -> str:
        """What stands behind the language: a path; of ``by=`` the test, of ``from=`` the file."""
        return self.info.partition(" ")[2].removeprefix("by=").removeprefix("from=")

    @property
    def place(self) -> str:
        """Where it stands, for messages."""
        return f"{self.page.relative_to(ROOT)}:{self.line}"

    def commands(self) -> Iterator[tuple[str, list[str]]]:
        """Each command with the lines that are shown below it."""
        for part in re.split(r"^\$ ", self.body, flags=re.MULTILINE)[1:]:
            lines = part.rstrip("\n").split("\n")
            ends = next((number for number, line in enumerate(lines) if not line.endswith("\\")), 0) + 1
            yield "\n".join(lines[:ends]), lines[ends:]


def pages() -> list[Path]:
    """README, CONTRIBUTING and everything in ``docs``."""
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.rglob("*.md"))]


@cache
def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page in their order, without their indentation."""
    text = page.read_text(encoding="utf-8")
    return [_block(page, text, match) for match in _FENCE.finditer(text)]


def _block(page: Path, text: str, match: re.Match[str]) -> Block:
    body = re.sub(rf"^{match['indent']}", "", match["body"], flags=re.MULTILINE)
    return Block(page, text.count("\n", 0, match.start()) + 1, match["info"].strip(), body)


@cache
def prose(page: Path) -> str:
    """A page without its fenced blocks."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


@cache
def anchors(page: Path) -> set[str]:
    """What a link into a page can name: its headings, as GitHub makes anchors of them."""
    found: dict[str, int] = {}
    for heading in _HEADING.findall(prose(page)):
        slug = re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
        found[slug] = found.get(slug, -1) + 1
        if found[slug]:
            found[f"{slug}-{found[slug]}"] = 0
    return set(found)


@cache
def links(page: Path) -> list[str]:
    """The targets of a page's links that lead into the repository."""
    return [target for target in _LINK.findall(prose(page)) if not re.match(r"[a-z]+:", target)]
