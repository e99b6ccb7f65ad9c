"""Which Asterisk a site is compared with, and as whom we look at it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ivrctl.adapters.ami import Login
from ivrctl.adapters.named_secret import named_secret
from ivrctl.adapters.pbx import credentials, find
from ivrctl.adapters.pbx.ports import LOOPBACK
from ivrctl.cli.commands.serve import DEFAULT_AGI
from ivrctl.errors import ConfigurationError
from ivrctl.service.doctor import Access
from ivrctl.service.queues import AmiAccess
from ivrctl.service.voices import DEFAULT_PBX
from ivrctl.site.ami import Ami, Secret
from ivrctl.site.site_file import Site


@dataclass(frozen=True, slots=True)
class Peer:
    """An Asterisk, and as whom to look at it."""

    address: tuple[str, int]
    """Of AMI."""
    agi: tuple[str, int]
    """Where a controller for it usually listens."""
    controller: Access
    doctor: Access


def peer_of(site: Site, folder: Path, pbx: str | None) -> Peer:
    """The named development PBX, else the one that the site names, else the default PBX."""
    found = None if pbx is None and site.asterisk is not None else find(pbx or DEFAULT_PBX)
    if found is not None:
        known = credentials(found)
        return Peer(
            (LOOPBACK, found.ami_port),
            found.agi,
            Access(known.ami_user, Login(known.ami_user, known.ami_secret)),
            Access(known.doctor_user, Login(known.doctor_user, known.doctor_secret)),
        )
    ami = Ami() if site.asterisk is None else site.asterisk.ami
    return Peer(
        (str(ami.host), ami.port),
        DEFAULT_AGI,
        _access(ami.user, ami.secret, folder),
        _access(ami.doctor.user, ami.doctor.secret, folder),
    )


def ami_access(site: Site, folder: Path, pbx: str | None) -> AmiAccess | None:
    """The Asterisk whose queues a controller watches; None where the site names none, and none of ours runs."""
    if site.asterisk is None and find(pbx or DEFAULT_PBX) is None:
        return None
    peer = peer_of(site, folder, pbx)
    return AmiAccess(peer.address, peer.controller.login, peer.controller.why)


def _access(user: str, secret: Secret, folder: Path) -> Access:
    """A user with his secret, or why it is not known; the secret itself is in no message."""
    try:
        return Access(str(user), Login(str(user), named_secret(secret, folder, os.environ)))
    except ConfigurationError as error:
        return Access(str(user), why=str(error))
