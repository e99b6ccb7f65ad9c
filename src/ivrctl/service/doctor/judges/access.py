"""AMI itself: does it answer, are we let in, and who else could be."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

from ivrctl.lang.findings import Severity
from ivrctl.service.doctor.conventions import Conventions
from ivrctl.service.doctor.finding import Finding, Paste, command
from ivrctl.service.doctor.observed import Expected, LoginSeen, Observed

RELOAD = command('asterisk -rx "manager reload"')


def judge(observed: Observed, expected: Expected, conventions: Conventions) -> Iterator[Finding]:
    """The findings about reaching AMI and about who may."""
    if not observed.is_reached:
        yield _unreachable(observed, expected)
        return
    for login, rule, file in (
        (observed.controller, "IVR402", "ivrctl.d/manager.conf"),
        (observed.doctor, "IVR403", "ivrctl.d/doctor.conf"),
    ):
        if login is not None and login.fault is not None:
            yield _refused(login, rule, file, conventions)
    yield from _open_to_others(observed)
    if _is_public(expected.host):
        message = f"the AMI session to {expected.host} crosses a public network, and everybody on its way reads it"
        paste = Paste(expected.site_file, ("asterisk: {ami: {host: 127.0.0.1}}   # through a tunnel to that machine",))
        yield Finding("IVR408", f"{expected.site_file} asterisk.ami", message, (paste,))


def _unreachable(observed: Observed, expected: Expected) -> Finding:
    lines = ("enabled = yes", "bindaddr = 127.0.0.1", f"port = {expected.port}")
    message = f"AMI does not answer at {expected.host}:{expected.port}: {observed.fault}"
    return Finding("IVR401", "manager.conf [general]", message, (Paste("manager.conf", lines, "general"), RELOAD))


def _refused(login: LoginSeen, rule: str, file: str, conventions: Conventions) -> Finding:
    message = (
        f'Asterisk refuses the user "{login.user}" ({login.fault}): he is not included, his secret is another, or his '
        "permit lines leave our address out"
    )
    include = Paste(conventions.manager, (f"#include {file}",))
    severity = Severity.ERROR if rule == "IVR402" else Severity.WARNING
    return Finding(rule, f"manager.conf [{login.user}]", message, (include, RELOAD), severity)


def _open_to_others(observed: Observed) -> Iterator[Finding]:
    address = observed.setting("manager.conf", "general", "bindaddr")
    if address is None or _is_loopback(address):
        return
    for login in (observed.controller, observed.doctor):
        if login is None or any(observed.setting("manager.conf", login.user, name) for name in ("permit", "acl")):
            continue
        message = f'AMI listens on {address or "every address"}, and the user "{login.user}" may log in from anywhere'
        file = "ivrctl.d/doctor.conf" if login is observed.doctor else "ivrctl.d/manager.conf"
        lines = ("deny = 0.0.0.0/0.0.0.0", "deny = ::/0", "permit = 127.0.0.1/255.255.255.255")
        yield Finding("IVR407", f"manager.conf [{login.user}]", message, (Paste(file, lines, login.user), RELOAD))


def _is_loopback(text: str) -> bool:
    try:
        return ip_address(text.strip("[]")).is_loopback
    except ValueError:
        return False


def _is_public(host: str) -> bool:
    try:
        return ip_address(host).is_global
    except ValueError:
        return False
