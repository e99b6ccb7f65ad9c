"""Who could hear a notice, as the flows of a site say."""

from __future__ import annotations

import pytest

from ivrctl.flow.program import Program, compile_site
from ivrctl.flow.unheard import why_unheard
from ivrctl.lang.report import render_text
from ivrctl.model.notice import Scope

from .playbook import SITE

VERIFIED = """
lines: {"100": start, "101": behind, "102": {step: talk, from: agents}}
steps:
  start:
    - gosub: {flow: who}
    - notices: storm
    - goto: talk
  behind:
    - notices: early
    - verify: {by: caller-number}
      then: {otherwise: next}
    - hangup: served
  talk:
    - queue: {name: sales, wait: 5m}
      then: {answered: {hangup: served}, otherwise: {hangup: unserved}}
"""
WHO = """
steps:
  start:
    - verify: {by: caller-number}
      then: {otherwise: next}
    - return: done
"""
PLAIN = """
lines: {"_20X": start}
steps:
  start:
    - queue: {name: support, wait: 5m}
      then: {answered: {hangup: served}, otherwise: {hangup: unserved}}
"""


@pytest.fixture(scope="module")
def program() -> Program:
    site = (
        SITE.replace("databases:", "  agents_only: For our staff only.\ndatabases:") + "tiers: {vip: {answer: 15s}}\n"
    )
    flows = {"main.ivr.yaml": VERIFIED, "who.ivr.yaml": WHO, "plain.ivr.yaml": PLAIN}
    files = {"ivrctl.yaml": site, **flows}
    compiled, findings = compile_site({path: text.encode() for path, text in files.items()})
    assert compiled is not None, render_text(findings, files)
    return compiled


def scope(**named: str) -> Scope:
    return Scope(**{kind: frozenset(names.split()) for kind, names in named.items()})


@pytest.mark.parametrize(
    "heard",
    [
        scope(),
        scope(lines="205"),
        scope(lines="100", tiers="vip"),
        scope(lines="102", tiers="vip"),
        scope(tiers="vip", queues="sales"),
        scope(queues="support"),
        scope(lines="100", tiers="vip", points="storm"),
    ],
)
def test_notice_that_somebody_can_hear_is_not_remarked_on(program: Program, heard: Scope) -> None:
    """Also where a flow that is entered has verified him, and for whom an agent transfers."""
    assert why_unheard(program, heard) == ()


@pytest.mark.parametrize(
    ("unheard", "told"),
    [
        (scope(lines="205", tiers="vip"), "no flow reached from 205 finds out a caller's tier"),
        (scope(lines="101", tiers="vip"), "no flow reached from 101 finds out a caller's tier"),
        (scope(lines="100 205", queues="sales"), "no flow reached from 205 has the queue sales"),
        (scope(lines="205", points="storm"), "no flow reached from 205 has the point storm"),
        (scope(tiers="vip", queues="support"), "no flow reached from any line finds out a caller's tier"),
    ],
)
def test_notice_that_nobody_can_hear_says_why(program: Program, unheard: Scope, told: str) -> None:
    """A tier is not known at the entry, nor where nothing is heard behind ``verify``."""
    (sentence,) = why_unheard(program, unheard)
    assert sentence.startswith(f"Nobody hears it: {told}")
