"""A PBX on which nothing is wrong, as it is seen: tests change one thing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from ivrctl.service.doctor.finding import Finding
from ivrctl.service.doctor.judges import judged
from ivrctl.service.doctor.judges.dialplan import CONTEXTS, HAND_OFFS
from ivrctl.service.doctor.judges.rights import WRITE_SIGNS
from ivrctl.service.doctor.judges.system import ASKED_MODULES, LOG_FILES
from ivrctl.service.doctor.observed import Entry, Expected, LoginSeen, MemberSeen, Observed, PlaybackSeen, ProbeSeen

EXPECTED = Expected(
    host="127.0.0.1",
    port=5038,
    user="ivrctl",
    queues={"vip": (), "broadband": ("1",)},
    prompts=Path("/ours/prompts"),
    prompts_seen="/srv/prompts",
    spool=Path("/ours/spool"),
    spool_seen="/srv/spool",
    has_voicemail=True,
    sends_messages=True,
)

GLOBALS = {
    "IVRCTL_AGI": "127.0.0.1:4573",
    "IVRCTL_PROMPTS": "/srv/prompts",
    "IVRCTL_RECORDINGS": "/srv/recordings",
    "IVRCTL_LEG_LIMIT": "600",
    "IVRCTL_FALLBACK_QUEUE": "front-desk",
    "IVRCTL_FALLBACK_WAIT": "900",
    "IVRCTL_RING": "450/1000,0/1000",
}

SETTINGS = {
    ("manager.conf", "general", "bindaddr"): "127.0.0.1",
    ("manager.conf", "ivrctl", "read"): "system,call,agent,dialplan",
    ("manager.conf", "ivrctl", "write"): "agent,reporting,message",
    ("manager.conf", "ivrctl", "writetimeout"): "5000",
    ("manager.conf", "ivrctl", "permit"): "127.0.0.1/255.255.255.255",
    ("manager.conf", "ivrctl", "acl"): "",
    ("manager.conf", "ivrctl-doctor", "permit"): "127.0.0.1/255.255.255.255",
    ("manager.conf", "ivrctl-doctor", "acl"): "",
    **{("logger.conf", "logfiles", name): "" for name in LOG_FILES},
    ("logger.conf", "logfiles", "messages.log"): "notice,warning,error,verbose(3)",
    ("queues.conf", "general", "persistentmembers"): "no",
    ("queues.conf", "vip", "context"): "",
    ("queues.conf", "vip", "setqueueentryvar"): "yes",
    ("queues.conf", "broadband", "setqueueentryvar"): "yes",
    ("queues.conf", "broadband", "context"): "ivrctl-queue-keys",
}

PROBE = ProbeSeen(
    agi_status="SUCCESS",
    agi_next="probed",
    is_ours=True,
    fallback_bytes=24044,
    prompts=PlaybackSeen("SUCCESS", 1.5, 1.5),
    spool=PlaybackSeen("SUCCESS", 1.0, 1.0),
    ahead=-0.4,
)

DESK = (MemberSeen("PJSIP/8105", "PJSIP/8105", "static"),)

OBSERVED = Observed(
    is_reached=True,
    controller=LoginSeen(
        "ivrctl",
        commands=frozenset({"Ping", WRITE_SIGNS["agent"], WRITE_SIGNS["reporting"], WRITE_SIGNS["message"]}),
        events=frozenset({"FullyBooted", "Hangup"}),
    ),
    doctor=LoginSeen("ivrctl-doctor", commands=frozenset({"Originate", "ShowDialPlan"})),
    version="22.10.1+dfsg-1",
    modules=dict.fromkeys(ASKED_MODULES, True),
    settings=SETTINGS,
    globals=GLOBALS,
    dialplan=(
        *(Entry(context, "s", "NoOp", "") for context in CONTEXTS),
        *(Entry("ivrctl-lines", "s", "GotoIf", f'$["${{IVRCTL_NEXT}}" = "{word}"]?{word}') for word in HAND_OFFS),
        Entry("from-trunk", "_[0-9+]!", "Goto", "ivrctl-lines,${FILTER(0-9*#+,${EXTEN})},1"),
    ),
    queues={"vip": (), "broadband": (), "front-desk": DESK},
    endpoints={"8105": "(alaw|ulaw)"},
    probe=PROBE,
    is_controller_running=True,
)


def found(observed: Observed = OBSERVED, **changes: Any) -> tuple[Finding, ...]:
    """What the judges find on the healthy PBX with some facts changed."""
    return judged(replace(observed, **changes), EXPECTED)


def rules(observed: Observed = OBSERVED, **changes: Any) -> list[str]:
    """The rules of what they find."""
    return [finding.rule for finding in found(observed, **changes)]


def settings(**changes: str) -> dict[tuple[str, str, str], str]:
    """The settings with some changed, such as ``ivrctl__writetimeout``: section and name, file by the section."""
    changed = dict(SETTINGS)
    for key, value in changes.items():
        section, name = key.split("__")
        (setting,) = [known for known in SETTINGS if known[1:] == (section, name)]
        changed[setting] = value
    return changed


def login(*, commands: set[str] | None = None, events: set[str] | None = None) -> LoginSeen:
    """The controller's user with other rights."""
    usual = OBSERVED.controller
    assert usual is not None
    return replace(
        usual,
        commands=usual.commands if commands is None else frozenset(commands),
        events=usual.events if events is None else frozenset(events),
    )
