"""Asterisk itself: its version, its modules, its clock, what it writes down."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from ivrctl.lang.findings import Severity
from ivrctl.service.doctor.conventions import Conventions
from ivrctl.service.doctor.finding import Finding, Paste, command
from ivrctl.service.doctor.observed import Expected, Observed

SUPPORTED = 22
"""The release that the dialplan, the codecs of AMI and AGI, and the tests are made for (LTS)."""

MODULES: Mapping[str, str] = {
    "pbx_config.so": "there is no dialplan",
    "res_agi.so": "no call reaches the controller",
    "app_queue.so": "there are no queues",
    "app_dial.so": "nobody can be dialled",
    "app_playback.so": "the fallback says nothing",
    "app_playtones.so": "a caller hears nothing while the controller is brought back",
    "app_verbose.so": "the dialplan ends where it would log",
    "app_userevent.so": "the probe call cannot say what it saw",
    "func_callerid.so": "nobody knows who calls",
    "func_channel.so": "the dialplan does not know whether a call is answered",
    "func_env.so": "the fallback does not find its recording (STAT)",
    "func_logic.so": "the dialplan cannot decide (IF)",
    "func_rand.so": "legs have no id of their own, and lost calls come back all at once (RAND)",
    "func_strings.so": "dialled numbers are lost (FILTER)",
    "func_timeout.so": "nothing bounds a controller that is silent (TIMEOUT)",
    "format_wav.so": "no prompt can be read",
}
"""Every module that a call needs, and what becomes of one without it."""

FOR_VOICEMAIL: Mapping[str, str] = {"app_record.so": "no message of a caller is recorded"}
"""What is needed besides where the site has boxes for messages."""

FOR_AGENTS: Mapping[str, str] = {
    "app_stack.so": "agents cannot sign on by a code (Gosub)",
    "func_devstate.so": "nobody can say that he is available for backup (DEVICE_STATE)",
}
"""What is needed besides where the site names agents."""

EITHER_CODEC = ("codec_alaw.so", "codec_ulaw.so")
"""One of them: prompts are 16 bit linear, telephone lines are not."""

TIMING = ("res_timing_timerfd.so", "res_timing_kqueue.so", "res_timing_pthread.so", "res_timing_dahdi.so")
"""One of them."""

ASKED_MODULES = tuple(dict.fromkeys((*MODULES, *FOR_VOICEMAIL, *FOR_AGENTS, *EITHER_CODEC, *TIMING)))
"""Every module to ask for."""

LOG_FILES = (
    *("console", "messages", "messages.log", "full", "full.log", "debug", "debug.log", "verbose", "verbose.log"),
    *("dtmf", "dtmf.log", "keys", "keys.log", "asterisk", "asterisk.log", "fail2ban", "security", "syslog.local0"),
)
"""Names of logs to ask for: what else logger.conf names cannot be listed with the rights of an examination."""

MOST_AHEAD = 5.0
"""Seconds between the clocks: more, and an emergency notice ends at another time than it says."""


def judge(observed: Observed, expected: Expected, conventions: Conventions) -> Iterator[Finding]:
    """The findings about Asterisk itself."""
    if observed.version is not None and _release(observed.version) != SUPPORTED:
        message = f"this is Asterisk {observed.version}; ivrctl is made for {SUPPORTED} and tried on no other"
        yield Finding("IVR411", "asterisk", message, (command("asterisk -V"),))
    if observed.modules is not None:
        yield from _modules(observed.modules, expected)
    yield from _clock(observed)
    yield from _logs(observed, conventions)


def _release(version: str) -> int:
    """22 of ``22.10.1+dfsg``, ``certified/22.8-cert1`` or ``GIT-22-1a2b3c``."""
    number = re.search(r"\d+", version)
    return int(number[0]) if number else 0


def _modules(loaded: Mapping[str, bool], expected: Expected) -> Iterator[Finding]:
    needed = {
        **MODULES,
        **(FOR_VOICEMAIL if expected.has_voicemail else {}),
        **(FOR_AGENTS if expected.agents else {}),
    }
    for module, without in needed.items():
        if not loaded[module]:
            yield _missing(module, module, without)
    if not any(loaded[module] for module in EITHER_CODEC):
        yield _missing(
            "neither codec_alaw.so nor codec_ulaw.so", EITHER_CODEC[0], "no prompt is heard on the telephone"
        )
    if not any(loaded[module] for module in TIMING):
        yield _missing("no res_timing module", TIMING[0], "prompts do not play in time")


def _missing(what: str, module: str, without: str) -> Finding:
    verb = "is loaded" if what.startswith(("no ", "neither ")) else "is not loaded"
    load = Paste("modules.conf", (f"load = {module}",), "modules")
    return Finding(
        "IVR412", "modules.conf", f"{what} {verb}: {without}", (load, command(f'asterisk -rx "module load {module}"'))
    )


def _clock(observed: Observed) -> Iterator[Finding]:
    ahead = observed.probe.ahead if observed.probe is not None else None
    if ahead is None or abs(ahead) < MOST_AHEAD:
        return
    way = "ahead of" if ahead > 0 else "behind"
    message = (
        f"Asterisk's clock is {abs(ahead):.0f} s {way} this machine's: notices end and hours begin at another time"
    )
    yield Finding("IVR413", "clock", message, (command("timedatectl set-ntp true"),), Severity.WARNING)


def _logs(observed: Observed, conventions: Conventions) -> Iterator[Finding]:
    for name in LOG_FILES:
        said = observed.setting("logger.conf", "logfiles", name)
        levels = [level.strip() for level in (said or "").split(",") if level.strip()]
        if {"dtmf", "*"} & set(levels):
            kept = [level for level in levels if level not in {"dtmf", "*"}] or ["notice", "warning", "error"]
            message = f'the log "{name}" holds every key that a caller presses, and so every PIN'
            paste = conventions.in_logger(name, ",".join(kept))
            yield Finding("IVR414", "logger.conf [logfiles]", message, (paste, command('asterisk -rx "logger reload"')))
