"""The agents of a site beside the dialplan of a PBX: the same, others, or none that a phone can dial."""

from __future__ import annotations

from dataclasses import replace

from ivrctl.flow.program import Program, compile_site
from ivrctl.service.doctor.judges import judged
from ivrctl.service.doctor.names import agent_entries, compare
from ivrctl.service.doctor.observed import INCLUDE, Entry, Observed

from .healthy import EXPECTED, OBSERVED

SITE = """\
site: agents
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: No key., no_match: Wrong key., one_moment: One moment please., fallback: Please hold.}
queues: {vip: {}}
extensions: {_810X: "PJSIP/{extension}"}
agents:
  "8105": {name: Li Na, queues: {vip: 0}}
"""
FLOW = """\
lines: {"100": start}
steps: {start: [{play: Hello.}, {hangup: served}]}
"""
WORKS = Entry("ivrctl-agent", "say", "Answer", "300")
INCLUDED = Entry("from-agents", "", INCLUDE, "ivrctl-agent-codes")


def program(site: str = SITE) -> Program:
    compiled, findings = compile_site({"ivrctl.yaml": site.encode(), "main.ivr.yaml": FLOW.encode()})
    assert compiled is not None, findings.items
    return compiled


def pbx(*entries: Entry) -> Observed:
    return replace(OBSERVED, dialplan=(*(OBSERVED.dialplan or ()), *entries))


def told(observed: Observed, site: str = SITE) -> list[str]:
    """What is told at the lines of the site, and what the examination tells: the same rules."""
    expected = replace(EXPECTED, agents=agent_entries(program(site).site))
    at_lines = [f"{finding.span.line}: {finding.rule}" for finding in compare(program(site), observed).sorted()]
    examined = [finding.rule for finding in judged(observed, expected)]
    assert [line.partition(": ")[2] for line in at_lines if "IVR42" in line] == examined
    return at_lines


OWN = agent_entries(program().site)


def test_same_agents_are_no_finding() -> None:
    """Neither when their codes are included, nor when they are sent there by Goto."""
    sent = Entry("from-agents", "_*8X!", "Goto", "ivrctl-agent-codes,${FILTER(0-9*,${EXTEN})},1")
    assert told(pbx(WORKS, INCLUDED, *OWN)) == []
    assert told(pbx(WORKS, sent, *OWN)) == []


def test_agents_that_have_changed_are_told_at_the_first_one() -> None:
    """One who is new, and a penalty that is another."""
    assert told(pbx(WORKS, INCLUDED, *OWN), SITE.replace("vip: 0", "vip: 5")) == ["10: IVR426"]
    assert told(pbx(WORKS, INCLUDED, *OWN, Entry("ivrctl-agent-phones", "of_9", "Return", ""))) == ["10: IVR426"]


def test_dialplan_without_agents_is_told() -> None:
    """Without the file, and with a dialplan of an earlier release, which cannot work it."""
    assert told(pbx(WORKS)) == ["10: IVR426"]
    assert told(pbx()) == ["10: IVR426"]


def test_codes_that_no_phone_can_dial_are_told() -> None:
    """They are there, and nothing leads to them."""
    assert told(pbx(WORKS, *OWN)) == ["10: IVR427"]


def test_agent_whose_phone_the_pbx_has_not_is_told_at_his_line() -> None:
    """His interface is an endpoint that does not exist."""
    assert told(pbx(WORKS, INCLUDED, *OWN), SITE.replace('"8105"', '"8108"')) == ["10: IVR426", "10: IVR457"]


def test_site_without_agents_expects_nothing() -> None:
    """Nor does a PBX that nobody could look at."""
    assert told(pbx(), SITE.partition("agents:\n  ")[0]) == []
    assert told(replace(OBSERVED, dialplan=None)) == []
