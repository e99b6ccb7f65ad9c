"""The agents: does the dialplan know those of the site, and can they dial their codes."""

from __future__ import annotations

from collections.abc import Iterator

from ivrctl.lang.findings import Severity
from ivrctl.service.agents.dialplan import CODES, PHONES
from ivrctl.service.doctor.conventions import FREEPBX, Conventions
from ivrctl.service.doctor.finding import Finding, Paste, command
from ivrctl.service.doctor.judges.dialplan import RELOAD
from ivrctl.service.doctor.observed import INCLUDE, Entry, Expected, Observed

WORKS = "ivrctl-agent"
"""The context of ``ivrctl.d/extensions.conf`` that does what the codes say."""

PRINT = command("ivrctl agents dialplan > agents.conf", "cp agents.conf /etc/asterisk/ivrctl.d/")


def judge(observed: Observed, expected: Expected, conventions: Conventions) -> Iterator[Finding]:
    """The findings about the codes of agents."""
    message = others(observed, expected.agents)
    if message is not None:
        yield Finding("IVR426", "ivrctl.d/agents.conf", message, (PRINT, RELOAD), Severity.WARNING)
        return
    message = unreached(observed, expected.agents)
    if message is not None:
        context = "from-internal-custom" if conventions is FREEPBX else "from-agents"
        lines = (f"[{context}]   ; the context of the agents' phones", f"include => {CODES}")
        paste = Paste(conventions.extensions, lines)
        yield Finding("IVR427", conventions.extensions, message, (paste, RELOAD), Severity.WARNING)


def others(observed: Observed, agents: frozenset[Entry]) -> str | None:
    """What is to be said when the dialplan has other agents than the site; None when they are the same.

    Args:
        observed: the PBX.
        agents: the dialplan that the site makes of them; empty where it has none, which is never a fault.
    """
    if observed.dialplan is None or not agents:
        return None
    contexts = {entry.context for entry in agents}
    there = {entry for entry in observed.dialplan if entry.context in contexts}
    if there == agents:
        return None
    if WORKS not in observed.contexts:
        return "ivrctl's dialplan is an old one, which knows nothing of agents: copy ivrctl.d/extensions.conf anew"
    if not any(entry.context == PHONES for entry in there):
        return "the dialplan does not know the agents of the site: they cannot sign on by a code"
    return "the agents of the dialplan are not those of the site: people, queues, reasons or codes have changed since"


def unreached(observed: Observed, agents: frozenset[Entry]) -> str | None:
    """What is to be said when no phone can dial the codes; None when one can."""
    entries = observed.dialplan
    if entries is None or not agents:
        return None
    if any(entry.application == INCLUDE and entry.arguments == CODES for entry in entries):
        return None
    if any(entry.arguments.startswith(f"{CODES},") for entry in entries):
        return None  # sent there by Goto
    return f"no context includes {CODES}: no phone can dial the codes of the agents"
