"""Pictures are read by the programs for which they are written."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ivrctl.adapters.site_folder import read_site
from ivrctl.flow.drawing import picture_of, to_dot, to_mermaid
from ivrctl.flow.program import Program
from ivrctl.service.compiling import compile_spoken

pytestmark = [pytest.mark.reader, pytest.mark.timeout(360), pytest.mark.xdist_group("graphs")]

FLOWS = Path(__file__).parents[2] / "flows"
SITE = b"""
site: small
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: No key., no_match: Wrong key., one_moment: One moment please., fallback: Please hold.}
call_fields: {subject: text}
"""
HARD = r"""
lines: {"100": "end"}
steps:
  "end":
    - set: {call.subject: 'a \\ b'}
    - goto: a-b
      when: 'call.subject == "]|-->{{<b>`x`%% #1;"'
    - goto: graph
  a-b:
    - play: Hello.
    - hangup:
        as: unserved
        reason: 'he said "no"; (a|b) [c] {d} <e> \ # & 完了 1. * `z`'
  graph:
    - menu:
        choices:
          "*": {say: One., goto: a-b}
          "#": {say: Two., goto: subgraph}
          "_8XX": {say: Three., goto: a-b}
      then: {otherwise: subgraph}
  subgraph:
    - play: Hello.
    - hangup: served
"""
"""Names that are words of both languages, and every sign that either could take for its own."""


def _compiled(files: dict[str, bytes]) -> Program:
    program, findings = compile_spoken(files)
    assert program is not None, findings.items
    return program


def _demo() -> Program:
    return _compiled(dict(read_site(FLOWS)))


def _hard() -> Program:
    return _compiled({"ivrctl.yaml": SITE, "hard.ivr.yaml": HARD.encode()})


@pytest.mark.parametrize("walked", [None, frozenset()], ids=["plain", "coloured"])
def test_mermaid_reads_the_demo_site(mermaid: Callable[[str], str], walked: frozenset[object] | None) -> None:
    """All flows together, plain and with what was walked, are a flowchart to Mermaid's own parser."""
    program = _demo()
    assert mermaid(to_mermaid(picture_of(program, program.flows, walked))) == "flowchart-v2"  # type: ignore[arg-type] # empty


@pytest.mark.parametrize("walked", [None, frozenset()], ids=["plain", "coloured"])
def test_graphviz_draws_the_demo_site(dot: Callable[[str], str], walked: frozenset[object] | None) -> None:
    """All flows together, plain and with what was walked, become an image, every box in it."""
    program = _demo()
    picture = picture_of(program, program.flows, walked)  # type: ignore[arg-type] # empty
    assert dot(to_dot(picture)).count('class="node"') == sum(map(len, picture.flows.values()))


def test_any_text_is_read_as_text(mermaid: Callable[[str], str], dot: Callable[[str], str]) -> None:
    """Signs and words of the languages in names, guards and reasons change nothing."""
    program = _hard()
    picture = picture_of(program, program.flows)
    assert mermaid(to_mermaid(picture)) == "flowchart-v2"
    assert "完了" in dot(to_dot(picture))


def test_the_readers_refuse_what_is_wrong(mermaid: Callable[[str], str], dot: Callable[[str], str]) -> None:
    """They are parsers, not programs that take everything."""
    with pytest.raises(subprocess.CalledProcessError):
        mermaid("flowchart TD\n  a((x --> b\n")
    with pytest.raises(subprocess.CalledProcessError):
        dot("digraph { a -> ")
