"""A small site with several queues, and the configuration of a development PBX that has them."""

from __future__ import annotations

import shutil
from pathlib import Path

SALES, SUPPORT, EXPERT, WAITING, NIGHT, CLOSED = "sales", "support", "expert", "waiting", "night", "closed"
RING_SECONDS = 3
"""So long a phone rings before the next one's."""
TIME_OUT = 3
"""Seconds that callers of the lines that time out wait."""
WRAP_UP = 2
"""Seconds, of ``support``."""

LINES = {SALES: "7101", SUPPORT: "7102", EXPERT: "7103", WAITING: "7104", NIGHT: "7107", CLOSED: "7109"}
TIMES_OUT, TIMES_OUT_ON, RINGS_OUT = "7105", "7106", "7108"
"""Lines: who times out and is dismissed; who goes on to ``support``; who times out while phones ring for him."""

AGENTS = {
    SALES: ("8101", "8102", "8103", "8104"),
    SUPPORT: ("8103", "8104", "8105", "8106"),
    EXPERT: ("8107", "8108"),
}
GUARD = "8109"
"""In ``night`` now and then."""
EVERYBODY = ("8101", "8102", "8103", "8104", "8105", "8106", "8107", "8108", GUARD)
REASONS = {"break": "1", "lunch": "2"}

_SITE = """\
site: day
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: No key., no_match: Wrong key., one_moment: One moment., fallback: Please hold.}
queues:
  sales: {keys: ["1"], code: "1"}
  support: {keys: ["1"], code: "2"}
  expert: {code: "3"}
  waiting: {keys: ["1"]}
  night: {}
  closed: {}
extensions: {_81XX: "PJSIP/{extension}"}
pause_reasons: {break: "1", lunch: "2"}
kpi: {answer_in: 20s, short_abandon: 2s}
agents:
"""
_FLOW = """\
title: A day
lines:
  "7101": sales
  "7102": support
  "7103": expert
  "7104": waiting
  "7105": times-out
  "7106": times-out-on
  "7107": night
  "7108": rings-out
  "7109": closed
steps:
  sales:
    - play: Hello.
    - queue: {name: sales, wait: 180s, choices: {"1": pressed}}
      then: {answered: over, otherwise: sorry}
  support:
    - play: Hello.
    - queue: {name: support, wait: 180s, choices: {"1": pressed}}
      then: {answered: over, otherwise: sorry}
  expert:
    - queue: {name: expert, wait: 180s}
      then: {answered: over, otherwise: sorry}
  waiting:
    - play: Hello.
    - queue: {name: waiting, wait: 180s, choices: {"1": pressed-on}}
      then: {answered: over, otherwise: sorry}
  times-out:
    - play: Hello.
    - queue: {name: waiting, wait: TIME_OUTs, choices: {"1": sorry}}
      then: {answered: over, otherwise: sorry}
  times-out-on:
    - play: Hello.
    - queue: {name: waiting, wait: TIME_OUTs, choices: {"1": sorry}}
      then: {answered: over, timed_out: support, otherwise: sorry}
  rings-out:
    - play: Hello.
    - queue: {name: sales, wait: TIME_OUTs, choices: {"1": sorry}}
      then: {answered: over, otherwise: sorry}
  night:
    - play: Hello.
    - queue: {name: night, wait: 180s}
      then: {answered: over, otherwise: sorry}
  closed:
    - play: Hello.
    - queue: {name: closed, wait: 180s}
      then: {answered: over, otherwise: sorry}
  pressed:
    - play: Goodbye.
    - hangup: unserved
  pressed-on:
    - queue: {name: sales, wait: 180s, choices: {"1": sorry}}
      then: {answered: over, otherwise: sorry}
  over:
    - hangup: served
  sorry:
    - play: Goodbye.
    - hangup: unserved
"""
_QUEUES = f"""\
[general]
persistentmembers = no
autofill = yes
shared_lastcall = yes

[desk](!)
musicclass = default
strategy = rrmemory
timeout = {RING_SECONDS}
retry = 1
wrapuptime = 0
ringinuse = no
autopause = no
joinempty = unavailable,invalid,unknown,paused
leavewhenempty = unavailable,invalid,unknown
timeoutrestart = no
setinterfacevar = yes
setqueueentryvar = yes
reportholdtime = no
announce-frequency = 0
announce-holdtime = no
announce-position = no

[sales](desk)
context = queue-key-1

[support](desk)
strategy = leastrecent
wrapuptime = {WRAP_UP}
context = queue-key-1

[expert](desk)

[waiting](desk)
joinempty = yes
leavewhenempty = no
context = queue-key-1

[night](desk)

[closed](desk)

[front-desk](desk)
joinempty = yes
leavewhenempty = no
"""
_CEL = """\
[general]
enable = yes
events = CHAN_START,CHAN_END,ANSWER,HANGUP,BRIDGE_ENTER,BRIDGE_EXIT,BLINDTRANSFER
dateformat = %s.%6q
"""
_CEL_CUSTOM = """\
[mappings]
/srv/ivrctl/log/cel.csv => ${eventtype},${eventtime},${CHANNEL(uniqueid)},${CHANNEL(channame)},${CHANNEL(peer)}
"""
_AGENT = """
[{name}](agent)
auth = {name}
aors = {name}
callerid = Agent {name} <{name}>

[{name}](agent-aor)

[{name}](agent-auth)
username = {name}
password = @@PASSWORD_{same}@@
"""


def write_site(folder: Path) -> Path:
    """Write the site into a new folder; the folder."""
    folder.mkdir()
    agents = []
    for name in EVERYBODY:
        queues = ", ".join(f"{queue}: 0" for queue, of in AGENTS.items() if name in of)
        agents.append(f'  "{name}": {{name: Agent {name}{", queues: {" + queues + "}" if queues else ""}}}\n')
    (folder / "ivrctl.yaml").write_text(_SITE + "".join(agents), encoding="utf-8")
    (folder / "day.ivr.yaml").write_text(_FLOW.replace("TIME_OUT", str(TIME_OUT)), encoding="utf-8")
    return folder


def write_configuration(source: Path, folder: Path) -> Path:
    """A configuration like that of the development PBX, with the day's queues and agents, and a channel event log.

    Args:
        source: ``asterisk-conf``.
        folder: does not exist yet.
    """
    shutil.copytree(source, folder)
    (folder / "queues.conf").write_text(_QUEUES)
    (folder / "cel.conf").write_text(_CEL)
    (folder / "cel_custom.conf").write_text(_CEL_CUSTOM)
    _append(folder / "modules.conf", "load = res_cdrel_custom.so\nload = cel_custom.so\n")
    more = [name for name in EVERYBODY if name > "8106"]
    _append(folder / "pjsip-agents.conf", "".join(_AGENT.format(name=name, same=shared_with(name)) for name in more))
    return folder


def shared_with(name: str) -> str:
    """Whose password an agent has whom the development PBX does not know."""
    return name if name <= "8106" else f"810{int(name) - 8106}"


def _append(file: Path, text: str) -> None:
    with file.open("a", encoding="utf-8") as opened:
        opened.write(text)
