"""The programs that read pictures: Graphviz, and Mermaid's own parser."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable

import pytest

from ivrctl.testkit.npm import installed

MERMAID, JSDOM = "11.4.1", "25.0.1"
"""Mermaid's parser cleans texts with what a browser has: jsdom has it too."""

_PARSER = """
import { JSDOM } from "jsdom";
const { window } = new JSDOM("");
Object.assign(globalThis, { window, document: window.document, DOMParser: window.DOMParser, Element: window.Element });
const mermaid = (await import("mermaid")).default;
let text = "";
for await (const part of process.stdin) text += part;
const read = await mermaid.parse(text).catch((error) => { console.error(String(error)); process.exit(1); });
console.log(read.diagramType);
"""


@pytest.fixture(scope="session")
def mermaid() -> Callable[[str], str]:
    """Reads a text as Mermaid does, and says what kind of diagram it is; CalledProcessError when it is none."""
    folder = installed(f"mermaid@{MERMAID}", f"jsdom@{JSDOM}")
    (folder / "parse.mjs").write_text(_PARSER)

    def read(text: str) -> str:
        command = ["node", str(folder / "parse.mjs")]
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=True, timeout=50)
        return done.stdout.strip()

    return read


@pytest.fixture(scope="session")
def dot() -> Callable[[str], str]:
    """Reads a text as Graphviz does, and draws it; CalledProcessError when it is no graph."""
    if not shutil.which("dot"):
        raise RuntimeError("the tests of pictures need Graphviz; try: .ci/host-tools tests")

    def draw(text: str) -> str:
        done = subprocess.run(["dot", "-Tsvg"], input=text, capture_output=True, text=True, check=True, timeout=50)
        return done.stdout

    return draw
