"""The rights of the controller's AMI user: neither too small to work nor too large to lose.

What he may do is what Asterisk lists for him; what he is told is what came while the probe call was under way. What did
not come may have been held back by a filter: then the file is asked, which may be newer than what Asterisk has loaded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ivrctl.lang.findings import Severity
from ivrctl.service.doctor.conventions import Conventions
from ivrctl.service.doctor.filters import FILTERS
from ivrctl.service.doctor.finding import Finding, Paste
from ivrctl.service.doctor.judges.access import RELOAD
from ivrctl.service.doctor.observed import Expected, LoginSeen, Observed

FILE = "ivrctl.d/manager.conf"
"""Where the controller's user stands, whatever includes it."""

LEAST = {"read": "system,call,agent,dialplan", "write": "agent,reporting,message"}
"""What ``ivrctl.d/manager.conf`` grants."""

NEEDED: Mapping[tuple[str, str], str] = {
    ("read", "system"): "it is not told when Asterisk has booted",
    ("read", "call"): "it is not told when a caller has hung up",
    ("read", "agent"): "it is not told who waits in a queue and who is in it",
    ("read", "dialplan"): "it is not told how callers left a queue whom nobody answered",
    ("write", "agent"): "nobody can be brought into a queue",
    ("write", "reporting"): "what is there cannot be listed",
}
"""Direction and class, and what the controller cannot do without."""

OF_MESSAGES: Mapping[tuple[str, str], str] = {
    ("write", "message"): "who is called in, or warned, is not told on his phone",
}
"""The same, of a site that has texts sent to phones."""

TOO_LARGE: Mapping[tuple[str, str], str] = {
    ("read", "agi"): "its events show every key that a caller presses, and so every PIN",
    ("read", "dtmf"): "its events are the keys that callers press, and so every PIN",
    ("write", "command"): "it is a shell",
    ("write", "system"): "it may load modules and change Asterisk's database",
    ("write", "config"): "it may write Asterisk's configuration, and so run anything",
    ("write", "originate"): "it may call anywhere",
    ("write", "call"): "it may redirect and hang up every call",
    ("write", "agi"): "it may take over a call",
}
"""Direction and class, and why nobody who runs all the time should have it."""

WRITE_SIGNS = {
    "agent": "QueueAdd",
    "reporting": "ShowDialPlan",
    "message": "MessageSend",
    "command": "Command",
    "system": "ModuleLoad",
    "config": "UpdateConfig",
    "originate": "Originate",
    "call": "Redirect",
    "agi": "AGI",
}
"""An action that tells the class: ListCommands lists what a user may do, and nothing else (main/manager.c)."""

READ_SIGNS = {
    "system": frozenset({"FullyBooted"}),
    "call": frozenset({"Newchannel", "Newstate", "Hangup"}),
    "agi": frozenset({"AGIExecStart", "AGIExecEnd"}),
}
"""Events that only a user with the class is sent: at login, or for the probe call."""

UNFILTERED = frozenset({"Newexten", "VarSet"})
"""Events of the class ``dialplan`` that every call makes: the probe call sets none of ``SENT_VARIABLES``."""

LEAST_TIMEOUT = 2000
"""Milliseconds: a controller that is busy for a moment reads that late."""
USUAL_TIMEOUT = 100
"""Asterisk's default of ``writetimeout``."""


def judge(observed: Observed, expected: Expected, _conventions: Conventions) -> Iterator[Finding]:
    """The findings about the controller's user, one for each direction, and his timeout."""
    login = observed.controller
    if login is None or login.fault is not None:
        return
    needed = {**NEEDED, **(OF_MESSAGES if expected.sends_messages else {})}
    for direction in ("read", "write"):
        paste = Paste(FILE, (f"{direction} = {LEAST[direction]}",), expected.user, direction)
        for rule, classes, has, verb in (
            ("IVR404", needed, False, "lacks"),
            ("IVR405", TOO_LARGE, True, "has"),
        ):
            wrong = {name: why for (way, name), why in classes.items() if way == direction}
            wrong = {name: why for name, why in wrong.items() if _grants(observed, login, direction, name) is has}
            if wrong:
                reasons = "; ".join(f"{verb} {name}: {why}" for name, why in wrong.items())
                message = f'the AMI user "{expected.user}" {reasons}'
                place = f"manager.conf [{expected.user}] {direction}"
                more = (_filters(expected),) if "dialplan" in wrong else ()
                yield Finding(rule, place, message, (paste, *more, RELOAD))
    if login.events & UNFILTERED:
        message = f'the AMI user "{expected.user}" is sent every variable, and so every PIN: dialplan has no filter'
        place = f"manager.conf [{expected.user}] eventfilter"
        yield Finding("IVR405", place, message, (_filters(expected), RELOAD))
    yield from _timeout(observed, expected)


def _filters(expected: Expected) -> Paste:
    return Paste(FILE, FILTERS, expected.user)


def unknown_rights(observed: Observed, login: LoginSeen) -> tuple[str, ...]:
    """The classes of which nothing tells whether the user has them, such as ``read=dtmf``."""
    asked = dict.fromkeys([*NEEDED, *TOO_LARGE])
    return tuple(f"{way}={name}" for way, name in asked if _grants(observed, login, way, name) is None)


def _grants(observed: Observed, login: LoginSeen, direction: str, name: str) -> bool | None:
    """Whether the user has a class; None when nothing tells."""
    if direction == "write":
        return WRITE_SIGNS[name] in login.commands
    if login.events & READ_SIGNS.get(name, frozenset()):
        return True
    if name == "system":
        return False
    said = observed.setting("manager.conf", login.user, direction)
    return None if said is None else bool({name, "all"} & {word.strip() for word in said.split(",")})


def _timeout(observed: Observed, expected: Expected) -> Iterator[Finding]:
    said = observed.setting("manager.conf", expected.user, "writetimeout")
    if said is None:
        return
    milliseconds = int(said) if said.isdecimal() else USUAL_TIMEOUT
    if milliseconds < LEAST_TIMEOUT:
        message = f"a controller that is busy for {milliseconds} ms is disconnected, and misses what happens meanwhile"
        paste = Paste(FILE, ("writetimeout = 5000",), expected.user, "writetimeout" if said else None)
        place = f"manager.conf [{expected.user}] writetimeout"
        yield Finding("IVR406", place, message, (paste, RELOAD), Severity.WARNING)
