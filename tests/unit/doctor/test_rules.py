"""The rules of an examination: their pages say what a finding says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from ivrctl.lang.rule import Shown
from ivrctl.service.doctor.finding import SHELL, Finding
from ivrctl.service.doctor.judges import judged
from ivrctl.service.doctor.observed import Entry, Expected, LoginSeen, MemberSeen, Observed, PlaybackSeen
from ivrctl.service.doctor.rules import RULES

from .healthy import EXPECTED, GLOBALS, OBSERVED, PROBE, settings
from .test_judges import WRITES, entries, login, modules

OURS = replace(EXPECTED, prompts=Path("/srv/ivrctl/prompts"), spool=Path("/run/ivrctl/spool"))
UNHEARD = PlaybackSeen("FAILED", 0.0, 1.5)
LOCAL = MemberSeen("Local/5001@from-queue/n", "Local/5001@from-queue/n", "static")
AGENTS = frozenset({Entry("ivrctl-agent-phones", "of_8101", "Return", "")})
AGENT = Entry("ivrctl-agent", "say", "Answer", "")
QUEUES = OBSERVED.queues or {}

MISTAKES: dict[str, tuple[Observed, Expected]] = {
    "IVR401": (replace(OBSERVED, is_reached=False), OURS),
    "IVR402": (replace(OBSERVED, controller=LoginSeen("ivrctl", fault="Authentication failed")), OURS),
    "IVR403": (replace(OBSERVED, doctor=LoginSeen("ivrctl-doctor", fault="Authentication failed")), OURS),
    "IVR404": (replace(OBSERVED, settings=settings(ivrctl__read="call")), OURS),
    "IVR405": (replace(OBSERVED, controller=login(commands=WRITES | {"Command"})), OURS),
    "IVR406": (replace(OBSERVED, settings=settings(ivrctl__writetimeout="100")), OURS),
    "IVR407": (replace(OBSERVED, settings=settings(general__bindaddr="", ivrctl__permit="")), OURS),
    "IVR408": (OBSERVED, replace(OURS, host="8.8.8.8")),
    "IVR411": (replace(OBSERVED, version="18.10.0"), OURS),
    "IVR412": (replace(OBSERVED, modules=modules("res_agi.so")), OURS),
    "IVR413": (replace(OBSERVED, probe=replace(PROBE, ahead=90.0)), OURS),
    "IVR414": (replace(OBSERVED, settings=settings(logfiles__full="notice,warning,error,dtmf")), OURS),
    "IVR421": (replace(OBSERVED, globals=dict.fromkeys(GLOBALS, ""), probe=None), OURS),
    "IVR422": (replace(OBSERVED, dialplan=(Entry("default", "s", "NoOp", ""),)), OURS),
    "IVR423": (replace(OBSERVED, globals=GLOBALS | {"IVRCTL_LEG_LIMIT": "0"}), OURS),
    "IVR424": (replace(OBSERVED, dialplan=tuple(e for e in entries() if e.context != "from-trunk")), OURS),
    "IVR425": (replace(OBSERVED, dialplan=entries(Entry("x", "_X!", "Goto", "ivrctl-lines,${EXTEN},1"))), OURS),
    "IVR426": (OBSERVED, replace(OURS, agents=AGENTS)),
    "IVR427": (replace(OBSERVED, dialplan=entries(*AGENTS, AGENT)), replace(OURS, agents=AGENTS)),
    "IVR431": (replace(OBSERVED, is_controller_running=False), OURS),
    "IVR432": (replace(OBSERVED, probe=replace(PROBE, agi_status="FAILURE", agi_next="", is_ours=False)), OURS),
    "IVR433": (replace(OBSERVED, probe=replace(PROBE, agi_status="SILENT", agi_next="", is_ours=False)), OURS),
    "IVR434": (replace(OBSERVED, probe=replace(PROBE, is_ours=False)), OURS),
    "IVR435": (replace(OBSERVED, probe=replace(PROBE, agi_next="fallback", is_ours=False)), OURS),
    "IVR441": (replace(OBSERVED, probe=replace(PROBE, prompts=UNHEARD)), OURS),
    "IVR442": (
        replace(OBSERVED, probe=replace(PROBE, fallback_bytes=0), globals=GLOBALS | {"IVRCTL_PROMPTS": "/elsewhere"}),
        OURS,
    ),
    "IVR443": (replace(OBSERVED, probe=replace(PROBE, spool=UNHEARD)), OURS),
    "IVR444": (replace(OBSERVED, probe=replace(PROBE, prompts=PlaybackSeen("SUCCESS", 0.1, 1.5))), OURS),
    "IVR445": (replace(OBSERVED, endpoints={"8105": "(g722)"}), OURS),
    "IVR451": (replace(OBSERVED, globals=GLOBALS | {"IVRCTL_FALLBACK_QUEUE": "front-desk-2"}), OURS),
    "IVR452": (replace(OBSERVED, queues={**QUEUES, "front-desk": ()}), OURS),
    "IVR453": (replace(OBSERVED, queues={name: seen for name, seen in QUEUES.items() if name != "vip"}), OURS),
    "IVR454": (replace(OBSERVED, settings=settings(broadband__context="")), OURS),
    "IVR458": (replace(OBSERVED, settings=settings(vip__setqueueentryvar="")), OURS),
    "IVR457": (replace(OBSERVED, endpoints={}), replace(OURS, extensions={"8105": "PJSIP/{extension}"})),
    "IVR455": (replace(OBSERVED, settings=settings(general__persistentmembers="yes")), OURS),
    "IVR456": (replace(OBSERVED, queues={**QUEUES, "vip": (LOCAL,)}), OURS),
}
"""A set-up with one mistake, for each rule."""


def only(rule: str) -> Finding:
    (finding,) = judged(*MISTAKES[rule])
    assert finding.rule == rule
    return finding


def lines_to_paste(finding: Finding) -> Iterator[str]:
    """The lines for files, without comments and names that are the reader's own; commands where there is no other."""
    pastes = [paste for paste in finding.pastes if paste.file != SHELL] or finding.pastes
    for line in (line for paste in pastes for line in paste.lines):
        if not line.startswith("["):
            yield plain(line).replace("hint:5001@ext-local", "PJSIP/5001")


def plain(line: str) -> str:
    """A line without its comment, a command without its prompt."""
    return re.sub(r" +[;#] .*", "", line).removeprefix("$ ")


def lines_of(example: str) -> set[str]:
    return {plain(line) for line in example.splitlines()}


def test_every_rule_has_a_mistake_that_shows_it() -> None:
    """No rule stands in the table that nothing leads to."""
    assert MISTAKES.keys() == RULES.keys()


@pytest.mark.parametrize("rule", MISTAKES)
def test_page_says_how_bad_it_is(rule: str) -> None:
    """An error and a warning are told apart on the page as in the finding."""
    assert only(rule).severity is RULES[rule].severity


@pytest.mark.parametrize("rule", MISTAKES)
def test_good_example_is_what_the_finding_says_to_paste(rule: str) -> None:
    """Whoever reads the page instead of the finding writes the same lines, and the bad example has not all of them."""
    lines = list(lines_to_paste(only(rule)))
    assert [line for line in lines if line not in lines_of(RULES[rule].good)] == []
    assert not lines_of(RULES[rule].bad).issuperset(lines)


@pytest.mark.parametrize("rule", RULES)
def test_page_is_complete(rule: str) -> None:
    """A title without a full stop, a reason in whole sentences, two examples, and what they are of."""
    page = RULES[rule]
    assert page.shown is Shown.PBX
    assert not page.title.endswith(".")
    assert page.why.endswith(".")
    assert page.bad != page.good
