"""``ivrctl.d/agents.conf``: what is made of a site, and that nothing of a site can be more than an argument.

``python -m tests.unit.agents.test_agents_conf`` writes the golden files anew; read the difference before you commit it.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivrctl.lang.findings import Findings
from ivrctl.lang.loader import load
from ivrctl.service.agents.dialplan import agent_lines, agents_conf
from ivrctl.service.agents.listing import agents_of
from ivrctl.site.check import bind_site
from ivrctl.site.site_file import Site

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests/golden/agents"
CASES = sorted(GOLDEN.iterdir())
MADE = "agents.conf"

TEXT = (GOLDEN / "codes-of-its-own/ivrctl.yaml").read_text()


def _bound(text: str) -> tuple[Site | None, Findings]:
    findings = Findings()
    nodes = load(text.encode(), "ivrctl.yaml", findings)
    return (bind_site(nodes[0], findings) if nodes else None), findings


def _site(text: str) -> Site:
    site, findings = _bound(text)
    assert findings.items == []
    assert site is not None
    return site


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_file_is_made_of_the_site(case: Path) -> None:
    """Agents, queues, reasons and codes, of a FreePBX and of a plain Asterisk."""
    assert agents_conf(_site((case / "ivrctl.yaml").read_text())) == (case / MADE).read_text()


def test_development_pbx_has_the_agents_of_the_demo_site() -> None:
    """What is in asterisk-conf is what the demo site makes: ``ivrctl agents dialplan``."""
    made = agents_conf(_site((ROOT / "flows/ivrctl.yaml").read_text()))
    assert (ROOT / "asterisk-conf/ivrctl.d/agents.conf").read_text() == made


def test_site_without_agents_has_no_codes() -> None:
    """Nothing is dialled that leads to nobody."""
    site = _site(re.sub(r"^agents:\n.*\n", "", TEXT, flags=re.MULTILINE))
    assert agent_lines(site) == ()
    assert agents_of(site) == ()


def test_agents_are_listed_with_what_their_phones_are() -> None:
    """FreePBX's agents are rung by from-queue, and watched by their hint."""
    first, second, third = agents_of(_site((GOLDEN / "freepbx/ivrctl.yaml").read_text()))
    assert (first.interface, first.state_interface) == ("Local/5001@from-queue/n", "hint:5001@ext-local")
    assert (second.interface, second.state_interface) == ("PJSIP/desk-2", "")
    assert (third.interface, third.queues) == ("Local/5003@desk/n", {})


MARKS = st.characters(exclude_categories=["Cs"])
TRICKS = st.sampled_from(
    [";", "|", ",", "${", "}", "$[", "]", "(", ")", '"', "\\", "\n", "\r", "\0", "=>", "#include "]
)
HOSTILE = st.lists(st.one_of(TRICKS, st.text(MARKS, max_size=5)), max_size=6).map("".join)
ALLOWED = re.compile(r"[^\W_]|[ .\-_'/&@]|[^\x00-\x7f]")


def _quoted(text: str) -> str:
    return '"' + "".join(f"\\U{ord(mark):08X}" for mark in text) + '"'


@given(HOSTILE)
def test_name_is_an_argument_or_a_finding(name: str) -> None:
    """SAFETY: whatever a name holds, the file has the same lines, and the name stands in one of them as it is."""
    site, findings = _bound(TEXT.replace("Li Na", _quoted(name)))
    if site is None or findings.has_errors:
        return
    (named,) = [line for line in agents_conf(site).splitlines() if "Gosub(ivrctl-agent,is," in line]
    assert named == f"exten => of_8101,1,Gosub(ivrctl-agent,is,1(8101,8101,PJSIP/8101,,{name}))"
    assert all(ALLOWED.match(mark) for mark in name)
    assert len(agents_conf(site).splitlines()) == len(agents_conf(_site(TEXT)).splitlines())


@given(HOSTILE)
def test_number_interface_and_reason_are_plain_or_findings(text: str) -> None:
    """SAFETY: what is refused never reaches the dialplan; what is taken has letters, digits and few marks."""
    for place, hostile in (
        ('"8101"', TEXT.replace('"8101"', _quoted(text))),
        ("interface", TEXT.replace("name: Li Na", f"name: Li Na, interface: {_quoted(text)}")),
        ("reason", TEXT + f'pause_reasons: {{{_quoted(text)}: "1"}}\n'),
        ("code", TEXT + f"pause_reasons: {{break: {_quoted(text)}}}\n"),
        ("group", TEXT + f'groups: {{{_quoted(text)}: ["8101"]}}\n'),
        ("queue", TEXT.replace("sales: {}", f"sales: {{code: {_quoted(text)}}}")),
    ):
        site, findings = _bound(hostile)
        if site is not None and not findings.has_errors:
            assert re.fullmatch(r"[A-Za-z0-9_.@/:-]+", text), place


if __name__ == "__main__":
    for each in CASES:
        (each / MADE).write_text(agents_conf(_site((each / "ivrctl.yaml").read_text())))
