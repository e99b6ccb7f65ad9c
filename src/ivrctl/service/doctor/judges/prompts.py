"""The prompts: written here, and played there."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivrctl.lang.findings import Severity
from ivrctl.service.doctor.conventions import Conventions
from ivrctl.service.doctor.finding import Finding, Paste, command
from ivrctl.service.doctor.judges.dialplan import RELOAD
from ivrctl.service.doctor.observed import Expected, Observed, PlaybackSeen, ProbeSeen

SHORTEST = 0.5
"""Of a file's length: what is played in less was not played in time. Without timing it is over at once; a
reader that is busy may hear of the beginning late."""

CODECS = {"alaw", "ulaw"}


def judge(observed: Observed, expected: Expected, conventions: Conventions) -> Iterator[Finding]:
    """The findings about files, and about the codecs of those who hear them."""
    if observed.probe is not None:
        yield from _played(observed.probe, observed, expected)
    yield from _codecs(observed, conventions)


def _played(probe: ProbeSeen, observed: Observed, expected: Expected) -> Iterator[Finding]:
    for rule, name, seen, ours, theirs in (
        ("IVR441", "prompts", probe.prompts, expected.prompts, expected.prompts_seen),
        ("IVR443", "spool", probe.spool, expected.spool, expected.spool_seen),
    ):
        if seen is not None and seen.fault is not None:
            message = f"{ours} cannot be written to: {seen.fault}"
            yield Finding(rule, f"{expected.site_file} asterisk.{name}", message, (command(f"ls -ld {ours}"),))
        elif seen is not None and seen.status != "SUCCESS":
            message = f"Asterisk plays nothing of what is written to {ours}: it looks in {theirs}, as the site says"
            yield Finding(rule, f"{expected.site_file} asterisk.{name}", message, _share(name, ours, theirs, expected))
        elif seen is not None and seen.seconds < SHORTEST * seen.expected:
            yield _short(seen)
    is_seen = probe.prompts is not None and probe.prompts.status == "SUCCESS"
    if is_seen and not probe.fallback_bytes and observed.globals.get("IVRCTL_PROMPTS"):
        yield _elsewhere(observed, expected)


def _share(name: str, ours: object, theirs: str, expected: Expected) -> tuple[Paste, ...]:
    line = f"asterisk: {{{name}: {{ours: {ours}, asterisk: {theirs}}}}}   # one folder, as each side sees it"
    return (Paste(expected.site_file, (line,)), command(f"sudo -u asterisk ls {theirs}   # may Asterisk read it?"))


def _short(seen: PlaybackSeen) -> Finding:
    message = f"a prompt of {seen.expected:.1f} s was over after {seen.seconds:.1f} s: callers hear pieces of it"
    return Finding("IVR444", "modules.conf", message, (command('asterisk -rx "timing test"'),), Severity.WARNING)


def _elsewhere(observed: Observed, expected: Expected) -> Finding:
    folder = observed.globals["IVRCTL_PROMPTS"]
    message = (
        f"the fallback looks for its recording in {folder}, where the prompts are not: callers hear English instead"
    )
    lines = (f"IVRCTL_PROMPTS = {expected.prompts_seen}",)
    paste = Paste("ivrctl.d/globals.conf", lines, instead_of="IVRCTL_PROMPTS")
    return Finding("IVR442", "ivrctl.d/globals.conf IVRCTL_PROMPTS", message, (paste, RELOAD))


def _codecs(observed: Observed, conventions: Conventions) -> Iterator[Finding]:
    for endpoint, allowed in (observed.endpoints or {}).items():
        codecs = set(re.findall(r"[a-z0-9_.]+", allowed.lower()))
        if codecs & CODECS:
            continue
        message = (
            f'the endpoint "{endpoint}" allows {allowed}, neither alaw nor ulaw: prompts reach it converted, or not'
        )
        paste = conventions.in_endpoint(endpoint, "allow = alaw,ulaw")
        reload = command('asterisk -rx "pjsip reload"')
        yield Finding("IVR445", f"pjsip.conf [{endpoint}]", message, (paste, reload), Severity.WARNING)
