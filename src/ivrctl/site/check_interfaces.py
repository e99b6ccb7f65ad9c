"""What interfaces must hold beyond their shape, and what is asked of them: paths, parameters, secrets."""

from __future__ import annotations

from collections.abc import Mapping

from ivrctl.lang.binder import beginning
from ivrctl.lang.findings import Findings, did_you_mean, shortened
from ivrctl.lang.source import Span, Word
from ivrctl.lang.types import SECRET, Maybe, Type, without_none
from ivrctl.site.interfaces import MAX_CONNECTIONS, Interface
from ivrctl.site.lookups import Endpoint, Lookup
from ivrctl.site.request_path import is_path, placeholders
from ivrctl.site.site_file import Site


def check_interfaces(site: Site, findings: Findings) -> None:
    """Report interfaces that are asked in the clear, and by too many connections or none."""
    for name, interface in site.http.items():
        _check_interface(name, interface, findings)


def check_endpoint(endpoint: Endpoint, lookup: Lookup, site: Site, findings: Findings) -> None:
    """Report a lookup that no interface could answer, or that would show a secret."""
    check_destination(endpoint.http, endpoint.path, lookup.params, site, findings)
    for name, kind in lookup.params.items():
        is_shown = endpoint.method == "get" or name in endpoint.in_path
        if without_none(kind) == SECRET and is_shown:
            message = f'the secret "{name}" would stand in the address, which servers and proxies write down'
            advice = "method: post sends what is not in the path in the body"
            findings.error("IVR234", _place_of(name, lookup.span), message, advice)


def check_destination(interface: Word, path: Word, params: Mapping[str, Type], site: Site, findings: Findings) -> None:
    """Report an interface that does not exist, and a path that cannot be asked with these parameters.

    Args:
        interface: a name of ``http``.
        path: behind its address.
        params: that go in, and their types.
        site: whose interfaces there are.
        findings: receives IVR205 and IVR233.
    """
    if interface not in site.http:
        advice = did_you_mean(interface, site.http) or "declare it under http"
        findings.error("IVR205", interface.span, f'the interface "{interface}" does not exist', advice)
    if not is_path(path):
        message = f'"{shortened(path)}" is no path behind the address of an interface'
        findings.error("IVR233", path.span, message, "such as /callers/{number}, without .. and ?")
        return
    for name in placeholders(path):
        if name not in params:
            message = f"the path asks for {{{name}}}, which params does not declare"
            advice = did_you_mean(name, params) or f"declare params: {{{name}: text}}"
            findings.error("IVR233", path.span, message, advice)
        elif isinstance(params[name], Maybe):
            message = f'the parameter "{name}" stands in the path, and may be none'
            findings.error("IVR233", path.span, message, "write its type without ?, or leave it out of the path")


def _check_interface(name: str, interface: Interface, findings: Findings) -> None:
    if not 1 <= interface.connections <= MAX_CONNECTIONS:
        message = f"connections is between 1 and {MAX_CONNECTIONS}, not {interface.connections}"
        findings.error("IVR208", beginning(interface.span), message)
    if interface.url.text is not None and interface.url.is_open:
        message = f'the interface "{name}" is asked in the clear: caller numbers and its token can be read on the way'
        findings.warning("IVR232", interface.url.text.span, message, "write https://")


def _place_of(name: str, otherwise: Span) -> Span:
    return name.span if isinstance(name, Word) else otherwise
