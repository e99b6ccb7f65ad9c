"""A site with a lookup for every kind of answer that the test kit's interface gives."""

from __future__ import annotations

from ivrctl.flow.program import Program, compile_site
from ivrctl.lang.report import render_text
from ivrctl.testkit.interface_server import ANSWERS

SITE = """
site: test
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: Silence., no_match: Wrong., one_moment: One moment., fallback: Sorry.}
queues: {sales: {}}
extensions: {_81XX: "PJSIP/{extension}"}
http:
  crm: {url: {env: CRM_URL}, token: {env: CRM_TOKEN}, connections: 4}
lookups:
"""
RETURNS = 'returns: {command: [queue, extension, refuse], queue: "queue?", extension: "extension?"}'
TOKEN = "t0ken-of-the-crm"
NUMBER = "13800138000"
PIN = "471199"


def lookup(kind: str, rest: str = "") -> str:
    return f'  {kind}: {{http: crm, path: "/{kind}/{{number}}", params: {{number: phone}}, {RETURNS}{rest}}}\n'


LOOKUPS = "".join(lookup(kind) for kind in ANSWERS)


def compiled(lookups: str = LOOKUPS, site: str = SITE) -> Program:
    text = site + lookups
    program, findings = compile_site({"ivrctl.yaml": text.encode()})
    assert program is not None, render_text(findings, {"ivrctl.yaml": text})
    return program
