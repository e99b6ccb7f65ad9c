"""The extensions of the site: that the PBX has what they dial."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ivrctl.lang.findings import did_you_mean
from ivrctl.model.dial_pattern import DialPattern
from ivrctl.service.doctor.conventions import Conventions
from ivrctl.service.doctor.finding import Finding, Paste, command
from ivrctl.service.doctor.observed import Expected, Observed

RELOAD = command('asterisk -rx "module reload res_pjsip.so"')

_PHONE = re.compile(r"PJSIP/(?P<name>[^/@]+)\Z", re.IGNORECASE)
_LOCAL = re.compile(r"Local/[^@/]+@(?P<context>[^/@]+)(?:/.*)?\Z", re.IGNORECASE)


def judge(observed: Observed, expected: Expected, conventions: Conventions) -> Iterator[Finding]:
    """The findings about extensions that nobody would answer."""
    for extension, dial_string in expected.extensions.items():
        fault = fault_of(extension, dial_string, observed)
        if fault is not None:
            section = extension if DialPattern.parse(extension).is_exact else "EXTENSION"
            paste = Paste(conventions.endpoints, ("type = endpoint", "allow = alaw,ulaw"), section)
            yield Finding("IVR457", f"ivrctl.yaml extensions {extension}", fault, (paste, RELOAD))


def fault_of(extension: str, dial_string: str, observed: Observed) -> str | None:
    """Why the PBX cannot dial an extension; None when it can, or when nobody could look.

    Args:
        extension: a number or a pattern of the site.
        dial_string: how it is dialled, with ``{extension}`` for the number. Of PJSIP the endpoint is looked for, of
            Local the context; what other technologies have is not looked at.
        observed: the PBX.
    """
    if local := _LOCAL.match(dial_string):
        return _without_context(extension, local["context"], observed)
    phone = _PHONE.match(dial_string)
    if phone is None or observed.endpoints is None:
        return None
    pattern = DialPattern.parse(extension)
    if pattern.is_exact or "{extension}" not in phone["name"]:
        name = phone["name"].replace("{extension}", extension)
        if name in observed.endpoints:
            return None
        advice = did_you_mean(name, observed.endpoints)
        return f'the PBX has no endpoint "{name}", which the extension {extension} dials' + (
            f"; {advice}" if advice else ""
        )
    shape = re.compile("(.*)".join(map(re.escape, phone["name"].split("{extension}"))))
    numbers = (found[1] for name in observed.endpoints if (found := shape.fullmatch(name)))
    if any(pattern.matches(number) for number in numbers):
        return None
    return f"the PBX has no endpoint at all for the extensions {extension}"


def _without_context(extension: str, context: str, observed: Observed) -> str | None:
    if observed.dialplan is None or context in observed.contexts:
        return None
    advice = did_you_mean(context, observed.contexts)
    message = f'the dialplan has no context "{context}", in which the extension {extension} is dialled'
    return message + (f"; {advice}" if advice else "")
