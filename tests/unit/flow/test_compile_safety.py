from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ivrctl.flow.call import World
from ivrctl.flow.commands import Finish
from ivrctl.flow.engine import Run
from ivrctl.flow.program import SITE_FILE, compile_site
from ivrctl.lang.report import render_text

from .golden import FLOW, SHARED_SITE, SITE
from .playbook import CALLER, NOW
from .programs import Caller

pytestmark = pytest.mark.thorough

DEMO = Path(__file__).parents[3] / "flows"
SITES = [path.read_text() for path in (SHARED_SITE, DEMO / SITE_FILE, *sorted(SITE.rglob("*.yaml")))]
FLOWS = [
    path.read_text()
    for path in (*sorted(DEMO.glob("*.ivr.yaml")), *sorted(FLOW.glob("*-good.yaml")), *sorted(FLOW.rglob("*.ivr.yaml")))
]
TOKEN = re.compile(r"[A-Za-z_.0-9-]+|\s+|.", re.DOTALL)
TOKENS = sorted({token for text in (*SITES, *FLOWS) for token in TOKEN.findall(text)})


@st.composite
def _mutilated(draw: st.DrawFn, texts: list[str]) -> str:
    """A text of which some words are lost, doubled, moved or replaced by words of other texts."""
    tokens = TOKEN.findall(draw(st.sampled_from(texts)))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, max(0, len(tokens) - 1)))
        tokens[at : at + draw(st.integers(0, 3))] = draw(st.lists(st.sampled_from(TOKENS), max_size=2))
    return "".join(tokens)


# SAFETY: whatever stands in the files of a site, it compiles or says why not.
@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(_mutilated(SITES), st.lists(_mutilated(FLOWS), min_size=1, max_size=3), st.integers(0, 10**6))
def test_any_files_compile_or_have_findings(site: str, flows: list[str], seed: int) -> None:
    """Mutilated files never raise; what compiles all the same begins its lines and answers without raising."""
    texts = {SITE_FILE: site, **{f"{name}.ivr.yaml": text for name, text in zip("abc", flows, strict=False)}}
    program, findings = compile_site({path: text.encode() for path, text in texts.items()})
    assert (program is None) == findings.has_errors
    assert (render_text(findings, texts) == "") == (not findings.items)
    if program is None:
        return
    for line in program.lines:
        begun = program.begin(CALLER, line, NOW)
        if begun is None:
            assert line.startswith("_")
            continue
        run = Run(program, begun)
        command = run.resume(None, World(NOW))
        for turn in range(20):
            if isinstance(command, Finish):
                break
            command = run.resume(Caller(seed).reply(command, run.position, turn), World(NOW))
