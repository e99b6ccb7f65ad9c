"""Small sites for what the demo site does not do."""

from __future__ import annotations

from ivrctl.flow.program import Program, compile_site

SITE = b"""
site: small
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: No key., no_match: Wrong key., one_moment: One moment please., fallback: Please hold.}
databases: {bss: {url: "sqlite:nowhere.sqlite"}}
lookups:
  visit:
    sql: select visits from visits where number = :number
    database: bss
    params: {number: phone}
    returns: {visits: number}
queues: {desk: {}, loose: {keys: ["1"]}}
voicemail: {office: {shortest: 2s}}
extensions: {_810X: "PJSIP/{extension}"}
settings: {patience: 60s}
"""


def site(flow: str) -> Program:
    program, findings = compile_site({"ivrctl.yaml": SITE, "main.ivr.yaml": flow.encode()})
    assert program is not None, findings.items
    return program


DIALS = site("""
lines: {"100": call, "101": anybody}
steps:
  call:
    - dial: {to: "8101", ring: 20s}
      then: {answered: done, busy: busy, otherwise: nobody}
  anybody:
    - dial: {to: "8105", ring: 20s}
      then: {answered: done, otherwise: nobody}
  done: [{play: Goodbye.}, {hangup: served}]
  busy: [{play: The line is busy.}, {hangup: unserved}]
  nobody: [{play: Nobody answers.}, {hangup: unserved}]
""")

CIRCLES = site("""
lines: {"100": one}
steps:
  one: [{goto: two}]
  two: [{goto: one}]
""")
"""A flow that the checks take for sound and that never comes to anything: the engine gives it up."""

ASKS_FOR_EVER = site("""
lines: {"100": one}
steps:
  one:
    - lookup: {query: visit, with: {number: "{caller.number}"}, timeout: 3s}
      then: {missing: one, failed: one}
    - hangup: served
""")

ASKS = site("""
lines: {"100": one}
steps:
  one:
    - lookup: {query: visit, with: {number: "{caller.number}"}, timeout: 9s}
      then: {missing: next, failed: next}
    - menu:
        prompt: Press a key.
        choices: {"1": two}
      then: {otherwise: {hangup: unserved}}
  two: [{play: Thank you.}, {hangup: served}]
""")

SILENT_END = site("""
lines: {"100": one}
steps:
  one:
    - queue: {name: desk}
      then: {answered: {hangup: served}, otherwise: {hangup: unserved}}
""")

LEAVES = site("""
lines: {"100": one}
steps:
  one:
    - queue: {name: loose, choices: {"1": left}}
      then: {answered: {hangup: served}, otherwise: {hangup: unserved}}
  left: [{play: You left.}, {hangup: unserved}]
""")
"""A queue that a key leads out of, at once."""

WAITS = site("""
lines: {"100": one, "101": two}
steps:
  one:
    - queue: {name: desk, wait: 2m}
      then: {answered: two, left: two, full: two, failed: {hangup: unserved}, otherwise: {hangup: unserved}}
  two:
    - play: "We call back within {settings.patience}."
    - hangup: served
""")
"""A queue whose outcomes differ, and a setting that is heard."""

LISTENS = site("""
lines: {"100": one}
steps:
  one:
    - play: {text: This is heard to its end., barge_in: false}
    - lookup: {query: visit, with: {number: "{caller.number}"}, timeout: 9s}
      save: visit
      then: {missing: next, failed: next}
    - menu:
        prompt: Press a key.
        choices: {"1": {goto: chosen}, "2": {goto: chosen}}
      then: {otherwise: {hangup: unserved}}
  chosen: [{play: Thank you.}, {hangup: served}]
""")

PLAYS_BACK = site("""
lines: {"100": speak}
steps:
  speak:
    - play: Speak.
    - voicemail: {box: office, longest: 30s}
      save: message
      then: {otherwise: {hangup: unserved}}
    - play: "You said: {message}. Thank you."
    - hangup: served
""")
