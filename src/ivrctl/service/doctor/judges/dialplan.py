"""The dialplan: are our files in it, do they know what they need, and are calls sent into them safely."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivrctl.lang.findings import Severity
from ivrctl.service.doctor.conventions import Conventions
from ivrctl.service.doctor.finding import Finding, Paste, command
from ivrctl.service.doctor.observed import Entry, Expected, Observed

CONTEXTS = ("ivrctl-lines", "ivrctl-lines-for-agents", "ivrctl-queue-keys", "ivrctl-fallback", "ivrctl-probe")
"""What ``ivrctl.d/extensions.conf`` holds."""

GLOBALS = {
    "IVRCTL_AGI": "127.0.0.1:4573",
    "IVRCTL_PROMPTS": "",
    "IVRCTL_RECORDINGS": "/srv/ivrctl/recordings",
    "IVRCTL_LEG_LIMIT": "600",
    "IVRCTL_FALLBACK_QUEUE": "front-desk",
    "IVRCTL_FALLBACK_WAIT": "900",
    "IVRCTL_RING": "450/1000,0/1000",
}
"""What ``ivrctl.d/globals.conf`` sets, and a usual value; that of the prompts is the site's."""

FOR_VOICEMAIL = "IVRCTL_RECORDINGS"
"""Is missed only where the site has boxes for messages."""

HAND_OFFS = ("queue", "dial", "voicemail", "progress")
"""The words of IVRCTL_NEXT with which the dialplan does something and comes back; one that it does not know ends in the
fallback."""

_KNOWS = re.compile(r'"\$\{IVRCTL_NEXT\}" = "(\w+)"')

RELOAD = command('asterisk -rx "dialplan reload"')

_TO_LINES = re.compile(r"\bivrctl-lines(?:-for-agents)?,")
_ANYTHING = re.compile(r"[.!]$")
"""A pattern that ends so takes any characters; every other one takes digits and letters of its own only."""


def judge(observed: Observed, expected: Expected, conventions: Conventions) -> Iterator[Finding]:
    """The findings about the dialplan."""
    yield from _globals(observed, expected, conventions)
    if observed.dialplan is None:
        return
    missing = [context for context in CONTEXTS if context not in observed.contexts]
    if missing:
        yield _contexts(missing, conventions)
    if "ivrctl-lines" not in missing:
        yield from _words(observed.dialplan)
        yield from _entrances(observed.dialplan, conventions)


def _globals(observed: Observed, expected: Expected, conventions: Conventions) -> Iterator[Finding]:
    usual = GLOBALS | {"IVRCTL_PROMPTS": expected.prompts_seen}
    needed = [name for name in GLOBALS if name != FOR_VOICEMAIL or expected.has_voicemail]
    missing = [name for name in needed if not observed.globals.get(name)]
    if observed.globals and len(missing) == len(needed):
        message = "the dialplan knows nothing of ivrctl: neither where its controller is nor who takes its callers"
        include = conventions.in_globals("#include ivrctl.d/globals.conf")
        yield Finding("IVR421", "extensions.conf [globals]", message, (include, RELOAD))
        return
    for name in missing if observed.globals else ():
        paste = Paste("ivrctl.d/globals.conf", (f"{name} = {usual[name]}",))
        yield Finding("IVR421", "extensions.conf [globals]", f"the dialplan's {name} is not set", (paste, RELOAD))
    if observed.globals.get("IVRCTL_LEG_LIMIT") == "0":
        message = "IVRCTL_LEG_LIMIT is 0: a controller that accepts and stays silent holds a caller for ever"
        lines = (f"IVRCTL_LEG_LIMIT = {usual['IVRCTL_LEG_LIMIT']}",)
        paste = Paste("ivrctl.d/globals.conf", lines, instead_of="IVRCTL_LEG_LIMIT")
        yield Finding("IVR423", "ivrctl.d/globals.conf", message, (paste, RELOAD), Severity.WARNING)


def _contexts(missing: list[str], conventions: Conventions) -> Finding:
    named = ", ".join(missing)
    if len(missing) == len(CONTEXTS):
        include = Paste(conventions.extensions, ("#include ivrctl.d/extensions.conf",))
        message = f"ivrctl's dialplan is not there: the contexts {named}"
        return Finding("IVR422", conventions.extensions, message, (include, RELOAD))
    message = f"ivrctl's dialplan is an old one: it lacks {named}; copy asterisk-conf/ivrctl.d/extensions.conf anew"
    return Finding("IVR422", "ivrctl.d/extensions.conf", message, (RELOAD,))


def _words(entries: tuple[Entry, ...]) -> Iterator[Finding]:
    """The dialplan of an earlier release has the same contexts, and knows less."""
    lines = " ".join(entry.arguments for entry in entries if entry.context == "ivrctl-lines")
    missing = [word for word in HAND_OFFS if word not in _KNOWS.findall(lines)]
    if missing:
        named = ", ".join(missing)
        message = (
            f"ivrctl's dialplan is an old one: it does not know {named}, and sends such calls to the fallback; "
            "copy asterisk-conf/ivrctl.d/extensions.conf anew"
        )
        yield Finding("IVR422", "ivrctl.d/extensions.conf", message, (RELOAD,))


def _entrances(entries: tuple[Entry, ...], conventions: Conventions) -> Iterator[Finding]:
    """Where calls are sent in, from the PBX's own contexts."""
    entrances = [
        entry for entry in entries if _TO_LINES.search(entry.arguments) and not entry.context.startswith("ivrctl-")
    ]
    if not entrances:
        lines = ("[from-trunk]", "exten => 10010,1,Goto(ivrctl-lines,${EXTEN},1)   ; the line's own number")
        message = "no context of the PBX sends a call to ivrctl-lines: no caller reaches a line"
        paste = Paste(conventions.extensions, lines)
        yield Finding("IVR424", conventions.extensions, message, (paste, RELOAD), Severity.WARNING)
    for entry in entrances:
        if "${EXTEN" in entry.arguments and "FILTER(" not in entry.arguments and _ANYTHING.search(entry.extension):
            yield _unfiltered(entry, conventions)


def _unfiltered(entry: Entry, conventions: Conventions) -> Finding:
    context = entry.arguments.partition(",")[0]
    message = (
        f"what is dialled goes unfiltered to {context}: after a comma in it (%2C in a SIP address) "
        "the caller chooses the priority"
    )
    line = f"exten => {entry.extension},1,Goto({context},${{FILTER(0-9*#+,${{EXTEN}})}},1)"
    place = f"extensions.conf [{entry.context}] {entry.extension}"
    return Finding("IVR425", place, message, (Paste(conventions.extensions, (line,), entry.context), RELOAD))
