"""Whether a call of the development PBX to a number would reach a flow of this site: asked before anybody dials."""

from __future__ import annotations

import socket
from collections.abc import Sequence
from ipaddress import ip_address

from ivrctl.adapters.pbx import Pbx
from ivrctl.cli.addresses import address
from ivrctl.errors import ConfigurationError, UnreachableError
from ivrctl.lang.findings import did_you_mean
from ivrctl.model.dial_pattern import DialPattern, best_match


def check_looks_here(pbx: Pbx, listens: str | None) -> None:
    """Check that the PBX finds this site's controller: at its address another site's may take the calls.

    Args:
        pbx: which looks at one address.
        listens: ``HOST:PORT`` of the controller's FastAGI, as its status has it; None when it takes no calls.

    Raises:
        UnreachableError: the PBX looks elsewhere, or the controller takes no calls.
    """
    host, port = pbx.agi
    looks = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    if listens is None:
        raise UnreachableError("the controller of this site takes no calls now", advice="ivrctl status")
    if not _is_same(address(listens), pbx.agi):
        raise UnreachableError(
            f'the controller of this site listens at {listens}, and the PBX "{pbx.name}" looks at {looks}',
            advice=f"ivrctl serve SITE --agi {looks}, or the --pbx that looks at {listens}",
        )


def check_served(number: str, lines: Sequence[str]) -> None:
    """Check that a flow has this number.

    Args:
        number: dialled.
        lines: the numbers and patterns that are served.

    Raises:
        ConfigurationError: none has; the advice is the number that is nearest.
    """
    if best_match({line: DialPattern.parse(line) for line in lines}, number) is None:
        raise ConfigurationError(
            f"no flow of this site has the number {number}",
            advice=did_you_mean(number, lines) or "ivrctl status shows the lines that are served",
        )


def _is_same(listens: tuple[str, int], looks: tuple[str, int]) -> bool:
    """Whether who connects to one address reaches the other; a name counts by what it stands for here."""
    if listens[1] != looks[1]:
        return False
    try:
        hosts = {str(found[4][0]) for found in socket.getaddrinfo(*looks, type=socket.SOCK_STREAM)}
    except OSError:
        hosts = {looks[0]}
    return ip_address(listens[0]).is_unspecified or listens[0] in hosts
