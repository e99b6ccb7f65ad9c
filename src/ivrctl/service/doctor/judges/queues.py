"""The queues: those of the flows, and the one that takes callers when there is no controller."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ivrctl.lang.findings import Severity, did_you_mean
from ivrctl.service.doctor.conventions import FREEPBX, Conventions
from ivrctl.service.doctor.finding import Finding, Paste, command
from ivrctl.service.doctor.judges.dialplan import RELOAD as DIALPLAN_RELOAD
from ivrctl.service.doctor.observed import Expected, MemberSeen, Observed

Queues = Mapping[str, tuple[MemberSeen, ...]]

KEY_CONTEXT = "ivrctl-queue-keys"

HOLD_TIME = "setqueueentryvar = yes"
"""With it app_queue tells how long a caller waited until he was answered."""

RELOAD = command('asterisk -rx "queue reload all"')

_TRUE = re.compile(r"(?:yes|true|y|t|1|on)\Z", re.IGNORECASE)
"""What Asterisk takes for yes (main/utils.c, ``ast_true``)."""

_LOCAL = re.compile(r"Local/(?P<extension>[^@/]+)@(?P<context>[^/]+)(?:/.*)?\Z", re.IGNORECASE)


def judge(observed: Observed, expected: Expected, conventions: Conventions) -> Iterator[Finding]:
    """The findings about queues and their members."""
    if observed.queues is not None:
        yield from _fallback(observed, observed.queues, conventions)
        yield from _of_the_site(observed, observed.queues, expected, conventions)
        yield from _local_members(observed.queues, conventions)
    if _TRUE.match(observed.setting("queues.conf", "general", "persistentmembers") or ""):
        message = (
            "Asterisk remembers who has signed on: a name with ; | or , in it comes back as another member, "
            "and a queue that is missing at one start loses its people"
        )
        paste = conventions.in_queues_general("persistentmembers", "no")
        yield Finding("IVR455", "queues.conf [general]", message, (paste, RELOAD), Severity.WARNING)


def _fallback(observed: Observed, queues: Queues, conventions: Conventions) -> Iterator[Finding]:
    name = observed.globals.get("IVRCTL_FALLBACK_QUEUE", "")
    if not name:
        return
    if name not in queues:
        message = f'the fallback queue "{name}" does not exist: without a controller, callers reach nobody'
        advice = did_you_mean(name, queues)
        lines = ("strategy = ringall", "joinempty = yes", "leavewhenempty = no", "member => PJSIP/8105   ; a phone")
        paste = Paste(conventions.queues, (f"[{name}]", *lines))
        message += f"; {advice}" if advice else ""
        yield Finding("IVR451", "ivrctl.d/globals.conf IVRCTL_FALLBACK_QUEUE", message, (paste, RELOAD))
    elif all(member.membership == "dynamic" for member in queues[name]):
        message = f'the fallback queue "{name}" has no static member: without a controller, nobody may be there'
        member = "member => PJSIP/8105   ; a phone"
        if conventions is FREEPBX:
            member = "member => Local/5001@from-queue/n,0,Desk,hint:5001@ext-local   ; an extension"
        paste = conventions.in_queue(name, member)
        yield Finding("IVR452", f"queues.conf [{name}]", message, (paste, RELOAD), Severity.WARNING)


def _of_the_site(observed: Observed, queues: Queues, expected: Expected, conventions: Conventions) -> Iterator[Finding]:
    for name, keys in expected.queues.items():
        message = missing(name, queues)
        if message is not None:
            paste = Paste(conventions.queues, (f"[{name}]", "strategy = rrmemory", "joinempty = yes", HOLD_TIME))
            yield Finding("IVR453", f"queues.conf [{name}]", message, (paste, RELOAD))
            continue
        if keys:
            yield from keys_that_stay(observed, name, keys, conventions)
        yield from _hold_time(observed, name, conventions)


def _hold_time(observed: Observed, name: str, conventions: Conventions) -> Iterator[Finding]:
    setting = observed.setting("queues.conf", name, "setqueueentryvar")
    if setting is None or _TRUE.match(setting):
        return
    message = (
        f'the queue "{name}" does not tell how long a caller waited until he was answered: '
        "records say so of nobody, and whether a tier's promise was kept is unknown"
    )
    paste = conventions.in_queue(name, HOLD_TIME)
    yield Finding("IVR458", f"queues.conf [{name}] setqueueentryvar", message, (paste, RELOAD), Severity.WARNING)


def missing(name: str, queues: Queues) -> str | None:
    """What is to be said of a queue of the site that the PBX has not; None when it has."""
    if name in queues:
        return None
    advice = did_you_mean(name, queues)
    return f'the PBX has no queue "{name}"' + (f"; {advice}" if advice else "")


def keys_that_stay(observed: Observed, name: str, keys: tuple[str, ...], conventions: Conventions) -> Iterator[Finding]:
    """The finding about a queue that its keys do not leave."""
    context = observed.setting("queues.conf", name, "context")
    if context is None or observed.dialplan is None:
        return
    pressed = ", ".join(keys)
    if not context:
        message = f'the key {pressed} does not leave the queue "{name}": it has no context'
        paste = conventions.in_queue(name, f"context = {KEY_CONTEXT}")
        yield Finding("IVR454", f"queues.conf [{name}] context", message, (paste, RELOAD))
    elif context not in observed.contexts and context != KEY_CONTEXT:  # ours is missing with the whole include
        message = f'the key {pressed} does not leave the queue "{name}": its context "{context}" does not exist'
        lines = tuple(f"exten => {key},1,Goto({KEY_CONTEXT},${{EXTEN}},1)" for key in keys)
        paste = Paste(conventions.extensions, (f"[{context}]", *lines))
        yield Finding("IVR454", f"queues.conf [{name}] context", message, (paste, DIALPLAN_RELOAD))


def _local_members(queues: Queues, conventions: Conventions) -> Iterator[Finding]:
    for name, members in queues.items():
        for member in members:
            local = _LOCAL.match(member.state_interface)
            if local is None:
                continue
            hint = f"hint:{local['extension']}@ext-local" if conventions is FREEPBX else f"PJSIP/{local['extension']}"
            message = (
                f'the state of the member {member.interface} of "{name}" is not known: '
                "he is called while he talks, and counts as there when he is not"
            )
            paste = conventions.in_queue(name, f"member => {member.interface},0,,{hint}")
            yield Finding("IVR456", f"queues.conf [{name}]", message, (paste, RELOAD), Severity.WARNING)
