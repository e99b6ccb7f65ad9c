"""The life of an instance: up, found, down."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from ivrctl.adapters.pbx import layout
from ivrctl.adapters.pbx.boot import NotifySocket, notify_socket, wait_until_booted
from ivrctl.adapters.pbx.chroot import Confinement
from ivrctl.adapters.pbx.folders import instances_folder
from ivrctl.adapters.pbx.instance import Pbx, forget_instance, instance_folder, read_instance, write_instance
from ivrctl.adapters.pbx.passwords import Credentials, keep_credentials
from ivrctl.adapters.pbx.ports import LOOPBACK, USUAL_AMI, USUAL_SIP, free_rtp_block, free_tcp_port, free_udp_port
from ivrctl.adapters.pbx.process import end_process, spawn_detached, start_time
from ivrctl.adapters.pbx.render import configuration_source, render
from ivrctl.adapters.pbx.root import Progress, Root, ensure_root, require_host
from ivrctl.errors import ConfigurationError

DEFAULT_AGI = ("127.0.0.1", 4573)
TRUNK = "127.0.0.2/32"
"""Who speaks from here is the public network to the PBX."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports that a caller insists on; None is the usual one where it is free, else another."""

    sip: int | None = None
    ami: int | None = None


ANY_PORTS = Ports()


def up(
    name: str = "default",
    *,
    agi: tuple[str, int] = DEFAULT_AGI,
    ports: Ports = ANY_PORTS,
    configuration: Path | None = None,
    progress: Progress = lambda _: None,
) -> Pbx:
    """Start a PBX and return when it is fully booted; the root is built first when it is missing.

    A PBX of this name that runs already is returned as it is, if it looks for its controller at the same place.

    Args:
        name: of the instance.
        agi: where its dialplan looks for the controller.
        ports: those that the caller insists on.
        configuration: a folder in the shape of `asterisk-conf/`, to be rendered instead of it.
        progress: told what takes long.

    Raises:
        ConfigurationError: not root, an impossible name, or it runs already with another `agi`.
        MissingToolError: the host lacks a tool.
        UnreachableError: Asterisk did not boot; the message ends with its log.
    """
    folder = instance_folder(name)
    root = ensure_root(progress)
    with _lock():
        running = find(name)
        if running is None:
            return _start(folder, root, agi, ports, configuration or configuration_source(), progress)
    if running.agi != agi:
        raise ConfigurationError(
            f'the PBX "{name}" runs already, with its controller at {running.agi[0]}:{running.agi[1]}',
            advice=f"ivrctl pbx down {name}, then up again",
        )
    progress(f'the PBX "{name}" runs already')
    return running


def down(name: str = "default") -> bool:
    """Stop a PBX and return when its process has ended; False when it did not run.

    Raises:
        ConfigurationError: not root, or an impossible name.
    """
    require_host()
    folder = instance_folder(name)
    with _lock():
        pbx = read_instance(folder)
        if pbx is None:
            return False
        was_running = pbx.is_running
        _end(pbx)
        return was_running


def find(name: str = "default") -> Pbx | None:
    """Return the PBX of this name if it runs."""
    pbx = read_instance(instance_folder(name))
    return pbx if pbx is not None and pbx.is_running else None


def status() -> tuple[Pbx, ...]:
    """Return all that run, by name."""
    names = sorted(file.parent.name for file in instances_folder().glob("*/instance.json"))
    return tuple(pbx for name in names if (pbx := find(name)) is not None)


def log_file(name: str = "default") -> Path:
    """Return the log of the PBX of this name, running or not; it may not be there yet."""
    return instance_folder(name) / "log/messages.log"


@contextmanager
def _lock() -> Iterator[None]:
    """One start or stop at a time on this host: ports are chosen and then taken."""
    folder = instances_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _start(
    folder: Path, root: Root, agi: tuple[str, int], ports: Ports, configuration: Path, progress: Progress
) -> Pbx:
    if (ended := read_instance(folder)) is not None:
        _end(ended)  # it left without us: its spool is still there
    layout.lay_out(folder, layout.asterisk_ids(root.folder))
    layout.empty_before_start(folder)
    pbx = _planned(folder, agi, ports)
    try:
        passwords = keep_credentials(folder)
        _configure(pbx, root, passwords, configuration)
        with notify_socket() as notify:
            progress(f"starting Asterisk with SIP at {pbx.sip_port} and AMI at {pbx.ami_port}")
            pbx = _spawn(pbx, root, notify)
            write_instance(pbx)
            wait_until_booted(pbx, notify, passwords.ami_secret, _server(pbx))
    except BaseException:
        _end(pbx)
        raise
    return pbx


def _end(pbx: Pbx) -> None:
    end_process(pbx.pid, pbx.started)
    layout.remove_spool(pbx.spool.ours)
    forget_instance(pbx.folder)


def _planned(folder: Path, agi: tuple[str, int], ports: Ports) -> Pbx:
    others = status()
    name = folder.name
    return Pbx(
        name=name,
        folder=folder,
        sip_port=ports.sip or free_udp_port(USUAL_SIP, [other.sip_port for other in others]),
        ami_port=ports.ami or free_tcp_port(USUAL_AMI, [other.ami_port for other in others]),
        rtp=free_rtp_block([other.rtp[0] for other in others]),
        agi=agi,
        **layout.views(folder, layout.make_spool(name)),
        pid=0,
        started=0,
    )


def _configure(pbx: Pbx, root: Root, passwords: Credentials, configuration: Path) -> None:
    values = {
        "NAME": pbx.name,
        "SERVER": _server(pbx),
        "MODULES": layout.modules_folder(root.folder),
        "SIP_ADDRESS": LOOPBACK,
        "SIP_PORT": str(pbx.sip_port),
        "EXTERNAL_ADDRESS": LOOPBACK,
        "TRUNK": TRUNK,
        "AMI_PORT": str(pbx.ami_port),
        "AMI_SECRET": passwords.ami_secret,
        "DOCTOR_SECRET": passwords.doctor_secret,
        "RTP_FIRST": str(pbx.rtp[0]),
        "RTP_LAST": str(pbx.rtp[1]),
        "AGI": f"{pbx.agi[0]}:{pbx.agi[1]}",
    }
    values |= {f"PASSWORD_{extension}": password for extension, password in passwords.agents.items()}
    render(configuration, pbx.folder / "etc", values)
    layout.write_hosts(pbx.folder, _hostname(pbx))


def _spawn(pbx: Pbx, root: Root, notify: NotifySocket) -> Pbx:
    argv = root.confine(
        ["/usr/sbin/asterisk", "-f", "-C", f"{layout.INSIDE}/etc/asterisk.conf"],
        Confinement(
            binds=layout.binds(pbx.folder, pbx.spool.ours),
            user="asterisk:asterisk",
            hostname=_hostname(pbx),
            environment={"NOTIFY_SOCKET": notify.variable},
            carries_sound=True,
        ),
    )
    pid = spawn_detached(argv, pbx.console)
    # A child that has ended already keeps its entry until it is reaped, but start_time() calls it ended: 0 is nobody.
    return replace(pbx, pid=pid, started=start_time(pid) or 0)


def _hostname(pbx: Pbx) -> str:
    return f"ivrctl-{pbx.name}"


def _server(pbx: Pbx) -> str:
    return f"ivrctl development PBX {pbx.name}"
