"""The passwords of an instance: made by chance at its first start and kept, since clients may have noted them."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from ivrctl.adapters.pbx.instance import AGENTS, Pbx
from ivrctl.errors import BrokenStateError


@dataclass(frozen=True, slots=True)
class Credentials:
    """What clients of one instance log in with."""

    ami_secret: str
    """Of the AMI user `ivrctl`."""
    agents: Mapping[str, str]
    """SIP password by extension."""
    ami_user: str = "ivrctl"
    doctor_secret: str = ""
    """Of the AMI user `ivrctl-doctor`."""
    doctor_user: str = "ivrctl-doctor"


def credentials(pbx: Pbx) -> Credentials:
    """Return the passwords of a PBX.

    Raises:
        BrokenStateError: the file is missing or not ours.
    """
    return _read(_file(pbx.folder))


def keep_credentials(folder: Path) -> Credentials:
    """Return the passwords of the instance in `folder`, made and written with mode 0600 if it has none yet.

    Raises:
        BrokenStateError: the file is not ours.
    """
    file = _file(folder)
    if file.exists():
        known = _read(file)
        if known.doctor_secret:
            return known
        # An instance of an earlier release, which had no such user.
        made = replace(known, doctor_secret=secrets.token_hex(16))
    else:
        agents = {extension: secrets.token_hex(16) for extension in AGENTS}
        made = Credentials(secrets.token_hex(16), agents, doctor_secret=secrets.token_hex(16))
    _write(file, made)
    return made


def _write(file: Path, made: Credentials) -> None:
    beside = file.with_suffix(".new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as written:
        json.dump(asdict(made), written, indent=2)
    beside.rename(file)


def _file(folder: Path) -> Path:
    return folder / "credentials.json"


def _read(file: Path) -> Credentials:
    try:
        return Credentials(**json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as error:
        raise BrokenStateError(
            f"{file} is not what ivrctl wrote: {error}", advice=f"rm {file}, then ivrctl pbx down and up"
        ) from error
