"""``ivrctl unit``: the systemd units of a site."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from ivrctl.cli.addresses import address, check_network
from ivrctl.cli.options import UnitPart
from ivrctl.cli.sites import load_program, site_folder
from ivrctl.cli.systemd_unit import RUNTIME, STATE, Service
from ivrctl.errors import ConfigurationError
from ivrctl.site.site_file import Site

_ACCOUNT = re.compile(r"[a-z_][a-z0-9_-]{0,30}")
"""A name of a user or group, as Debian's adduser takes it."""


def run(
    site: Path | None, part: UnitPart, *, user: str, group: str, agi: str | None, api: str | None, allow: list[str]
) -> None:
    """Print one; how to put it to use goes to standard error."""
    folder = site_folder(site).resolve()
    program = load_program(folder)
    for account in (user, group):
        if _ACCOUNT.fullmatch(account) is None:
            raise ConfigurationError(f'"{account}" cannot name a user or a group', advice="such as --user ivrctl")
    service = Service(
        name=re.sub(r"[^A-Za-z0-9._-]", "-", str(program.site.site)),
        command=[sys.executable, "-m", "ivrctl"],
        site=folder,
        user=user,
        group=group,
        written=_written(program.site, folder),
        options=_options(agi, api, allow),
    )
    sys.stdout.write(service.text(part))
    sys.stderr.write(_next(service) if part is UnitPart.CONTROLLER else _next_reap(service, part))


def _options(agi: str | None, api: str | None, allow: list[str]) -> list[str]:
    listens = {"--agi": agi, "--api": api}
    for place in filter(None, listens.values()):
        address(place)
    for network in allow:
        check_network(network)
    named = [word for option, place in listens.items() if place for word in (option, place)]
    return [*named, *(word for network in allow for word in ("--allow", network))]


def _written(site: Site, folder: Path) -> list[Path]:
    """The folders that the site file names for prompts.

    Raises:
        ConfigurationError: it names none: then the development PBX has them, which is a user's own and no service's.
    """
    if site.asterisk is None:
        name = str(site.site)
        raise ConfigurationError(
            'a service needs to know where prompts lie, and the site file has no "asterisk"',
            advice=f"add to ivrctl.yaml, as Asterisk on this host sees them:\n{_example(name)}",
        )
    seen = (site.asterisk.prompts, site.asterisk.spool)
    return [Path(os.path.normpath(folder / str(view.ours))) for view in seen]


def _example(name: str) -> str:
    prompts, spool = STATE / name / "prompts", RUNTIME / name / "spool"
    return (
        "    asterisk:\n"
        f"      prompts: {{ours: {prompts}, asterisk: {prompts}}}\n"
        f"      spool:   {{ours: {spool}, asterisk: {spool}}}"
    )


def _next_reap(service: Service, part: UnitPart) -> str:
    """The two belong together."""
    other = next(each for each in (UnitPart.REAP, UnitPart.REAP_TIMER) if each is not part)
    units = "/etc/systemd/system"
    return "\n".join(
        [
            "",
            f"Next, as root, with this text in {units}/{service.file(part)}:",
            f"  ivrctl unit {service.site} --part {other} > {units}/{service.file(other)}",
            f"  systemctl daemon-reload && systemctl enable --now {service.file(UnitPart.REAP_TIMER)}",
            f"  systemctl list-timers {service.file(UnitPart.REAP_TIMER)}",
            "",
        ]
    )


def _next(service: Service) -> str:
    notes = [
        f"note: {part} lies in a folder that a service usually does not see, and that {service.user} may not enter"
        for part in dict.fromkeys(service.hidden)
    ]
    file = f"/etc/systemd/system/ivrctl-{service.name}.service"
    return "\n".join(
        [
            *notes,
            "",
            f"Next, as root, with this text in {file}:",
            f"  useradd --system --gid {service.group} --home-dir {STATE} --shell /usr/sbin/nologin {service.user}",
            f"  systemctl daemon-reload && systemctl enable --now ivrctl-{service.name}",
            f"  systemctl status ivrctl-{service.name}",
            f"  ivrctl status --state {service.state}",
            "",
        ]
    )
