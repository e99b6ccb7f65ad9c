"""What is known of a PBX instance: its folder, its ports, its process; written down and found again.

An instance outlives the command that started it, so all about it is in its folder. The process is known by id *and*
start time: an id is used again by the kernel, a pair is not, and nobody else's process is ever taken for the PBX.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ivrctl.adapters.pbx.folders import instances_folder
from ivrctl.adapters.pbx.process import start_time
from ivrctl.adapters.pbx.runtime import RuntimeName, Started
from ivrctl.errors import BrokenStateError, ConfigurationError

AGENTS = ("8101", "8102", "8103", "8104", "8105", "8106")
"""The extensions that agents' phones register as."""

TRUNK = "127.0.0.2"
"""What speaks from here is the public network to a development PBX: its agents' phones speak from 127.0.0.1."""

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,30}")


@dataclass(frozen=True, slots=True)
class TwoViews:
    """One folder, as this machine sees it and as Asterisk sees it."""

    ours: Path
    asterisk: str


@dataclass(frozen=True, slots=True)
class Pbx:
    """A development PBX that has been started."""

    name: str
    folder: Path
    """Everything of this instance, except the spool."""
    sip_port: int
    """UDP, on 127.0.0.1."""
    ami_port: int
    """TCP, on 127.0.0.1."""
    rtp: tuple[int, int]
    """The first and the last port."""
    agi: tuple[str, int]
    """Where its dialplan looks for the controller's FastAGI."""
    prompts: TwoViews
    spool: TwoViews
    """On a tmpfs: prompts made for one call, which may hold personal data."""
    recordings: TwoViews
    """Written by Asterisk."""
    pid: int
    started: int
    """The start time of the process, in clock ticks since boot: with `pid`, its identity."""
    runtime: RuntimeName = RuntimeName.ROOT
    """What it runs in; its phones and its voice run there too."""
    container: str = ""
    """The container's id; "" in a Debian root."""
    trunk: str = TRUNK
    """The loopback address from which the public network speaks to it."""

    @property
    def process(self) -> Started:
        """Asterisk, for the runtime that it runs in."""
        return Started(self.pid, self.started, self.container)

    @property
    def is_running(self) -> bool:
        """Whether the very process that was started still runs."""
        return start_time(self.pid) == self.started

    @property
    def console(self) -> Path:
        """What Asterisk said before its log was open, and what the mounts complained about."""
        return self.folder / "log/console.log"

    @property
    def log(self) -> Path:
        """Asterisk's own log."""
        return self.folder / "log/messages.log"


def instance_folder(name: str) -> Path:
    """Return the folder of the instance `name`, whether it exists or not.

    Raises:
        ConfigurationError: the name is not one that a folder and a host can have.
    """
    if _NAME.fullmatch(name) is None:
        raise ConfigurationError(
            f'"{name}" cannot name a PBX',
            advice='use small letters, digits and "-", at most 31, beginning with a letter or digit',
        )
    return instances_folder() / name


def read_instance(folder: Path) -> Pbx | None:
    """Return what is written down about the instance in `folder`, or None.

    Raises:
        BrokenStateError: something else is written there.
    """
    file = folder / "instance.json"
    try:
        return _pbx(json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as error:
        raise BrokenStateError(f"{file} is not what ivrctl wrote: {error}", advice=f"rm {file}") from error


def write_instance(pbx: Pbx) -> None:
    """Write the instance down, whole or not at all."""
    beside = pbx.folder / "instance.json.new"
    beside.write_text(json.dumps(asdict(pbx), default=str, indent=2) + "\n", encoding="utf-8")
    beside.replace(pbx.folder / "instance.json")


def forget_instance(folder: Path) -> None:
    """Remove what is written down: the instance has ended."""
    (folder / "instance.json").unlink(missing_ok=True)


def _pbx(written: dict[str, Any]) -> Pbx:
    views = {
        field: TwoViews(Path(written[field]["ours"]), written[field]["asterisk"])
        for field in ("prompts", "spool", "recordings")
    }
    pairs = {field: (written[field][0], written[field][1]) for field in ("rtp", "agi")}
    # An instance of an earlier release names no runtime: there was one.
    runtime = RuntimeName(written.get("runtime", RuntimeName.ROOT))
    return Pbx(**(written | views | pairs | {"folder": Path(written["folder"]), "runtime": runtime}))
