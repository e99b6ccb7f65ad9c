"""The life of an instance: up, found, down."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from ivrctl.adapters.pbx import layout
from ivrctl.adapters.pbx.boot import NotifySocket, TakenPortError, notify_socket, wait_until_booted
from ivrctl.adapters.pbx.choice import ensure_runtime, runtime_of, wanted_runtime
from ivrctl.adapters.pbx.confinement import Confinement
from ivrctl.adapters.pbx.folders import instances_folder
from ivrctl.adapters.pbx.installed import InstalledAsterisk, installed_asterisk
from ivrctl.adapters.pbx.instance import Pbx, forget_instance, instance_folder, read_instance, write_instance
from ivrctl.adapters.pbx.passwords import Credentials, keep_credentials
from ivrctl.adapters.pbx.ports import LOOPBACK, USUAL_AMI, USUAL_SIP, free_rtp_block, free_tcp_port, free_udp_port
from ivrctl.adapters.pbx.render import configuration_source, render
from ivrctl.adapters.pbx.runtime import Progress, Runtime, RuntimeName
from ivrctl.errors import ConfigurationError, MissingToolError, UnreachableError

DEFAULT_AGI = ("127.0.0.1", 4573)

MOST_STARTS = 3
"""Of one PBX: two ports that are taken in the very moment are bad luck, a third is something else."""


@dataclass(frozen=True, slots=True)
class Ports:
    """The ports that a caller insists on; None is the usual one where it is free, else another."""

    sip: int | None = None
    ami: int | None = None
    rtp: tuple[int, int] | None = None
    """The first and the last: more than a block, for more calls at once than a development PBX has."""
    avoided: frozenset[int] = frozenset()
    """Those that other programs were quicker at."""


ANY_PORTS = Ports()


def up(
    name: str = "default",
    *,
    agi: tuple[str, int] = DEFAULT_AGI,
    ports: Ports = ANY_PORTS,
    configuration: Path | None = None,
    runtime: str | None = None,
    progress: Progress = lambda _: None,
) -> Pbx:
    """Start a PBX and return when it is fully booted; its programs are installed first when they are missing.

    A PBX of this name that runs already is returned as it is, if it looks for its controller at the same place and
    runs in the runtime that is asked for.

    Args:
        name: of the instance.
        agi: where its dialplan looks for the controller.
        ports: those that the caller insists on.
        configuration: a folder in the shape of `asterisk-conf/`, to be rendered instead of it.
        runtime: the name of one; None is what the environment says, else the first that can be used.
        progress: told what takes long.

    Raises:
        ConfigurationError: an impossible name or runtime, or it runs already with another one or another `agi`.
        MissingToolError: the host lacks a runtime, or one of its tools.
        UnreachableError: Asterisk did not boot; the message ends with its log.
    """
    folder = instance_folder(name)
    wanted = wanted_runtime(runtime)
    if (running := find(name)) is None:
        chosen = ensure_runtime(runtime, progress)
        with _lock():
            if (running := find(name)) is None:
                source = configuration or configuration_source()
                start = partial(_start, folder, chosen, agi, configuration=source, progress=progress)
                return start_with_free_ports(start, ports, progress)
    if wanted is not None and running.runtime is not wanted:
        raise ConfigurationError(
            f'the PBX "{name}" runs already, in the runtime {running.runtime}',
            advice=f"ivrctl pbx down {name}, then up again",
        )
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
        ConfigurationError: an impossible name, or it runs in a Debian root and we are not root.
        UnreachableError: the engine that it runs in does not answer.
    """
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
    return tuple(pbx for pbx in written() if pbx.is_running)


def written() -> tuple[Pbx, ...]:
    """Return all that were not taken down, by name: those that run, and those that were killed."""
    folders = sorted(file.parent for file in instances_folder().glob("*/instance.json"))
    return tuple(pbx for folder in folders if (pbx := read_instance(folder)) is not None)


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


def start_with_free_ports(start: Callable[[Ports], Pbx], ports: Ports, progress: Progress) -> Pbx:
    """Start a PBX; when another program was quicker at a port, start it anew with another one, a few times.

    Args:
        start: starts it, on none of the ports to be avoided.
        ports: those that the caller insists on: for them there is no other.
        progress: told of every further try.

    Raises:
        TakenPortError: a port that the caller insists on is taken, or too many were.
    """
    for _ in range(MOST_STARTS - 1):
        try:
            return start(ports)
        except TakenPortError as error:
            if error.port in (ports.sip, ports.ami):
                raise
            progress(f"{error.protocol} port {error.port} is another program's: starting anew with another port")
            ports = replace(ports, avoided=ports.avoided | {error.port})
    return start(ports)


def _start(
    folder: Path, runtime: Runtime, agi: tuple[str, int], ports: Ports, configuration: Path, progress: Progress
) -> Pbx:
    if (ended := read_instance(folder)) is not None:
        _end(ended)  # it left without us: its spool is still there
    asterisk = installed_asterisk(runtime)
    layout.lay_out(folder, asterisk.ids)
    layout.empty_before_start(folder)
    pbx = _planned(folder, runtime.name, agi, ports)
    try:
        passwords = keep_credentials(folder)
        _configure(pbx, asterisk, passwords, configuration)
        layout.write_hosts(folder, runtime.hostname(_hostname(pbx)))
        with notify_socket() as notify:
            progress(
                f"starting Asterisk in the runtime {runtime.name} with SIP at {pbx.sip_port} and AMI at {pbx.ami_port}"
            )
            pbx = _spawn(pbx, runtime, notify)
            write_instance(pbx)
            wait_until_booted(pbx, notify, passwords.ami_secret, _server(pbx))
    except BaseException:
        _end(pbx)
        raise
    return pbx


def _end(pbx: Pbx) -> None:
    try:
        runtime_of(pbx.runtime).end(pbx.process)
    except (MissingToolError, UnreachableError):
        if pbx.is_running:
            raise
        # What has ended by itself needs no engine to end it, and the engine may be gone for good.
    layout.remove_spool(pbx.spool.ours)
    forget_instance(pbx.folder)


def free_ports(name: str, ports: Ports) -> tuple[int, int, tuple[int, int]]:
    """Choose the ports for SIP, AMI and RTP of the instance `name`; those of `ports` where it insists on some.

    One that was killed keeps those for SIP and AMI until the machine starts anew: whoever brings it back insists on
    them, since its phones and its controller know them.
    """
    others = [other for other in written() if other.name != name and (other.is_running or other.spool.ours.exists())]
    return (
        ports.sip or free_udp_port(USUAL_SIP, {*ports.avoided, *(other.sip_port for other in others)}),
        ports.ami or free_tcp_port(USUAL_AMI, {*ports.avoided, *(other.ami_port for other in others)}),
        ports.rtp or free_rtp_block([other.rtp[0] for other in others if other.is_running]),
    )


def _planned(folder: Path, runtime: RuntimeName, agi: tuple[str, int], ports: Ports) -> Pbx:
    name = folder.name
    sip_port, ami_port, rtp = free_ports(name, ports)
    shared = layout.views(folder, layout.make_spool(name))
    return Pbx(
        name=name,
        folder=folder,
        sip_port=sip_port,
        ami_port=ami_port,
        rtp=rtp,
        agi=agi,
        prompts=shared["prompts"],
        spool=shared["spool"],
        recordings=shared["recordings"],
        pid=0,
        started=0,
        runtime=runtime,
    )


def _configure(pbx: Pbx, asterisk: InstalledAsterisk, passwords: Credentials, configuration: Path) -> None:
    values = {
        "NAME": pbx.name,
        "SERVER": _server(pbx),
        "MODULES": asterisk.modules,
        "SIP_ADDRESS": LOOPBACK,
        "SIP_PORT": str(pbx.sip_port),
        "EXTERNAL_ADDRESS": LOOPBACK,
        "TRUNK": f"{pbx.trunk}/32",
        "AMI_PORT": str(pbx.ami_port),
        "AMI_SECRET": passwords.ami_secret,
        "DOCTOR_SECRET": passwords.doctor_secret,
        "RTP_FIRST": str(pbx.rtp[0]),
        "RTP_LAST": str(pbx.rtp[1]),
        "AGI": f"{pbx.agi[0]}:{pbx.agi[1]}",
    }
    values |= {f"PASSWORD_{extension}": password for extension, password in passwords.agents.items()}
    render(configuration, pbx.folder / "etc", values)


def _spawn(pbx: Pbx, runtime: Runtime, notify: NotifySocket) -> Pbx:
    confinement = Confinement(
        binds=layout.binds(pbx.folder, pbx.spool.ours),
        user=layout.ASTERISK,
        hostname=_hostname(pbx),
        environment={"NOTIFY_SOCKET": notify.variable},
        carries_sound=True,
    )
    argv = ["/usr/sbin/asterisk", "-f", "-C", f"{layout.INSIDE}/etc/asterisk.conf"]
    asterisk = runtime.start(argv, confinement, pbx.console)
    return replace(pbx, pid=asterisk.pid, started=asterisk.started, container=asterisk.container)


def _hostname(pbx: Pbx) -> str:
    return f"ivrctl-{pbx.name}"


def _server(pbx: Pbx) -> str:
    return f"ivrctl development PBX {pbx.name}"
