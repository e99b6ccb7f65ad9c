"""The contract between dialplan and controller, from the dialplan's own comments."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .markdown import code, section, table
from .markdown import page as page_of
from .repository import ROOT

FOLDER = ROOT / "asterisk-conf" / "ivrctl.d"

_ROW = re.compile(r"^;     (?P<name>[A-Za-z_]+) +(?P<meaning>.+)$")
_GOES_ON = ";" + " " * 10
"""How the second line of a row begins."""
_GLOBAL = re.compile(r"^(?P<name>\w+) *= *(?P<value>[^;]*?) *; (?P<meaning>.+)$", re.MULTILINE)
_USED = re.compile(r"\bIVRCTL_[A-Z_]+\b")
_OF_PROBE = "IVRCTL_PROBE"
"""Variables of the call that `ivrctl doctor` places; they are no part of a leg."""

_ABOVE = """
ivrctl changes none of a PBX's own files. Its dialplan is `asterisk-conf/ivrctl.d/extensions.conf`, small enough to be
read beside this page.

One stay of a caller in the dialplan's loop is a **leg**, with an id that the dialplan makes. Each time round, the
loop runs `AGI(agi://HOST:PORT/leg,LEG,AFTER,FORMER,FROM,LIMIT)`; the controller says in `IVRCTL_NEXT` how to go on and
closes the socket. What takes long, the dialplan runs, and comes back into AGI with the outcome. When the caller hangs
up, the `h` extension says so: `AGI(agi://HOST:PORT/ended,LEG,AFTER)`.

Asterisk says `AGISTATUS=SUCCESS` when a controller dies in mid-call, so only an unset `IVRCTL_NEXT` tells. The same
leg then comes again, to the controller's successor, with a ring tone meanwhile. The fallback takes the call when nobody
has been there for about five seconds, or when six tries in a row were lost, or nine of the leg.
"""

_SENDING = """
Calls are sent in with `Goto(ivrctl-lines,${FILTER(0-9*#+,${EXTEN})},1)` from a trunk, and with
`ivrctl-lines-for-agents` in its place from an agent's phone, or by his blind transfer. `FILTER` is needed: a caller
can dial `10010%2Cfallback`, and a comma that reaches `Goto` lets him choose the priority.
"""

_CONTEXTS = {
    "ivrctl-lines": "calls from outside; the loop",
    "ivrctl-lines-for-agents": "calls and transfers from agents' phones",
    "ivrctl-queue-keys": "the `context` of a queue that callers may leave by a key, in `queues.conf`",
    "ivrctl-agent": "what agents dial: sign on and off, pause, be available for backup. `ivrctl.d/agents.conf` says "
    "who they are, and has `ivrctl-agent-codes`, which the context of their phones includes",
    "ivrctl-fallback": "a person takes the call, without the controller: a recorded apology, then a queue",
    "ivrctl-probe": "the call that `ivrctl doctor` places",
}

_FALLBACK = """
The fallback leg needs nothing of ivrctl: it plays `fallback.wav` from the prompts' folder, and leads into
`IVRCTL_FALLBACK_QUEUE`, whose members must be static. It takes a call when the controller says so (overload,
shutdown, an action that cannot be carried out), when it stays away, and when a leg has lasted longer than
`IVRCTL_LEG_LIMIT`.
"""

_SECURITY = """
FastAGI has no authentication: `ivrctl serve` listens on loopback, and accepts other sources only by `--allow`. The
AMI user of `asterisk-conf/ivrctl.d/manager.conf` has neither the class `agi` nor `dtmf`, since both show what callers
key. Of the class `dialplan` its `eventfilter` lines let two variables through, `QUEUESTATUS` and `IVRCTL_OUTCOME`,
which tell how a caller left a queue: every other one may be a PIN.
"""


def page() -> str:
    """The page."""
    dialplan = (FOLDER / "extensions.conf").read_text(encoding="utf-8")
    globals_ = (FOLDER / "globals.conf").read_text(encoding="utf-8")
    tables = list(_tables(dialplan))
    settings = [(code(found["name"]), code(found["value"]), found["meaning"]) for found in _GLOBAL.finditer(globals_)]
    _check(
        dialplan,
        {name for rows in tables for name, _ in rows} | {found["name"] for found in _GLOBAL.finditer(globals_)},
    )
    next_, sets, reads, keeps, agents = ([(code(name), _said(meaning)) for name, meaning in rows] for rows in tables)
    contexts = re.findall(r"^\[([\w-]+)\]", dialplan, re.MULTILINE)
    return page_of(
        "The contract between dialplan and controller",
        _ABOVE,
        section("Contexts", table(("context", "for"), [(code(name), _CONTEXTS[name]) for name in contexts]), _SENDING),
        section("IVRCTL_NEXT", table(("word", "the dialplan"), next_)),
        section("The controller sets", table(("variable", "meaning"), sets)),
        section("The controller reads", table(("variable", "meaning"), reads)),
        section("The dialplan's own", table(("variable", "meaning"), keeps)),
        section("Of an agent's code", table(("variable", "meaning"), agents)),
        section("Settings", "In `[globals]`:", table(("variable", "as delivered", "meaning"), settings)),
        section("The fallback", _FALLBACK),
        section("Security", _SECURITY),
    )


def _tables(dialplan: str) -> Iterator[list[tuple[str, str]]]:
    """The runs of indented rows in the comment at the top."""
    rows: list[tuple[str, str]] = []
    for line in dialplan.partition("\n[")[0].splitlines():
        found = _ROW.match(line)
        if found:
            rows.append((found["name"], found["meaning"]))
        elif rows and line.startswith(_GOES_ON):
            rows[-1] = (rows[-1][0], f"{rows[-1][1]} {line.removeprefix(';').strip()}")
        elif rows:
            yield rows
            rows = []
    if rows:
        yield rows


def _said(meaning: str) -> str:
    return re.sub(r"((?<!\w)-?\b\w+\(\w*\)|(?<!\w)-?\b[A-Z]{3,}[A-Z_]*(?:<\w+>)?)", r"`\1`", meaning)


def _check(dialplan: str, known: set[str]) -> None:
    """Refuse to make a page that lacks a variable.

    Raises:
        ValueError: a variable of the dialplan or of the controller is in no table.
    """
    code_ = (ROOT / "src/ivrctl/service/call_runner.py").read_text(encoding="utf-8")
    used = {name for name in _USED.findall(dialplan + code_) if not name.startswith(_OF_PROBE)}
    if used - known:
        raise ValueError(f"asterisk-conf/ivrctl.d/extensions.conf explains not: {', '.join(sorted(used - known))}")
