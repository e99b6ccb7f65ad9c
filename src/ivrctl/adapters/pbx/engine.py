"""Docker or Podman as a runtime: one container for each program, on the host's network.

The host's network, because then the loopback is the same on both sides: SIP, AMI and FastAGI stay on 127.0.0.1 and no
port is published, phones have loopback addresses of their own, and the notify socket is seen. In exchange containers
get nothing else: no capability, no writable file system but the folders bound, no way to gain privileges.

A container is not the child of its client, so its end is seen to in four ways: the client passes SIGTERM on, and gets
it when we die; standard input ends with the client; `discard` removes what was killed; and what a killed ivrctl left
is removed by the next start or stop of a PBX (`_sweep`).
"""

from __future__ import annotations

import csv
import io
import os
import resource
import secrets
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ivrctl.adapters.pbx.confinement import ENVIRONMENT, NICENESS, Bind, Confinement
from ivrctl.adapters.pbx.engine_client import ask_engine, engine_program
from ivrctl.adapters.pbx.process import start_time
from ivrctl.adapters.pbx.runtime import RuntimeName, Started
from ivrctl.errors import UnreachableError

ENGINE_SECONDS = 30.0
"""How long an engine may take to start or remove a container: 0.2 s seen."""
STOP_SECONDS = 5
"""How long a program may take to leave after SIGTERM; then it is killed."""
MOST_PROCESSES = 4096
"""Processes and threads in one container: Asterisk has some for every channel."""

_RUN = "ivrctl-run-"
_HARDENED = (
    *("--network", "host", "--pull", "never", "--read-only", "--cap-drop", "ALL"),
    *("--security-opt", "no-new-privileges"),
    # Where SELinux is, it forbids folders of ours that it has not labelled, and labelling them would change them.
    *("--security-opt", "label=disable"),
    *("--tmpfs", "/tmp:mode=1777", "--tmpfs", "/run:mode=1777", "--workdir", "/"),  # noqa: S108 - the container's own
)
_TO_BECOME_ANOTHER = ("SYS_NICE", "SETUID", "SETGID", "SETPCAP")
"""Capabilities of the moment before a program that carries sound begins; it has none of them itself."""


@dataclass(frozen=True, slots=True)
class Engine:
    """A container engine that answers, and the image that programs run from."""

    name: RuntimeName
    image: str

    def command(
        self, argv: Sequence[str], *, binds: Sequence[Bind] = (), environment: Mapping[str, str] | None = None
    ) -> list[str]:
        """See `Runtime.command`."""
        return self.confine(argv, Confinement(binds=binds, environment=environment or {}))

    def try_out(self) -> None:
        """Run a program that does nothing: an engine may answer and yet not be able to run anything on this host.

        Raises:
            UnreachableError: it cannot; the message is the engine's.
        """
        self._ask("run", "--rm", *self._surrounded(["/usr/bin/true"], Confinement(carries_sound=True)))

    def confine(self, argv: Sequence[str], confinement: Confinement) -> list[str]:
        """See `Runtime.confine`."""
        name = f"{_RUN}{_owner(os.getpid())}-{secrets.token_hex(4)}"
        return [
            # Our death is the client's SIGTERM, and that is the program's.
            *("setpriv", "--pdeathsig", "TERM", *engine_program(self.name)),
            *("run", "--rm", "--interactive", "--name", name),
            *self._surrounded(argv, confinement),
        ]

    def discard(self, command: Sequence[str]) -> None:
        """See `Runtime.discard`: the container's name is in its command."""
        self._remove(command[command.index("--name") + 1])

    def start(self, argv: Sequence[str], confinement: Confinement, console: Path) -> Started:
        """See `Runtime.start`; the program runs as a process of its own user, whose folder the console lies in."""
        self._sweep()
        console.unlink(missing_ok=True)
        printing = ["/bin/sh", "-c", f'exec "$@" > {_inside(console, confinement.binds)} 2>&1', "console", *argv]
        name = f"{confinement.hostname}-{secrets.token_hex(4)}"
        try:
            container = self._ask("run", "--detach", "--name", name, *self._surrounded(printing, confinement))
            return self._seen(container)
        except BaseException:
            with suppress(UnreachableError):
                self._remove(name)
            raise

    def end(self, started: Started) -> None:
        """See `Runtime.end`."""
        self._sweep()
        if not started.container:
            return
        with suppress(UnreachableError):  # it has ended: removing it says whether the engine answers
            self._ask("stop", "--time", str(STOP_SECONDS), started.container)
        self._remove(started.container)

    def joined(self, started: Started, argv: Sequence[str], user: str) -> list[str]:
        """See `Runtime.joined`."""
        return [*engine_program(self.name), "exec", "--user", _user(user), started.container, *argv]

    def hostname(self, wanted: str) -> str:
        """See `Runtime.hostname`: on the host's network the host's own, and Asterisk must resolve that."""
        del wanted
        return socket.gethostname()

    def _surrounded(self, argv: Sequence[str], confinement: Confinement) -> list[str]:
        environment = ENVIRONMENT | dict(confinement.environment)
        options, prefix = self._identity(confinement)
        return [
            *_HARDENED,
            *self._flags(),
            *options,
            *(part for name, value in environment.items() for part in ("--env", f"{name}={value}")),
            *(part for bind in confinement.binds for part in ("--mount", _mount(bind))),
            self.image,
            *prefix,
            *argv,
        ]

    def _flags(self) -> list[str]:
        """In what Docker and Podman differ."""
        if self.name is RuntimeName.DOCKER:
            return ["--pids-limit", str(MOST_PROCESSES), "--userns", "host"]
        # Podman's own limits are higher than a process without CAP_SYS_RESOURCE may set: never more than our own.
        files, processes = _limit(resource.RLIMIT_NOFILE, 65536), _limit(resource.RLIMIT_NPROC, 32768)
        limits = ["--ulimit", f"nofile={files}:{files}", "--ulimit", f"nproc={processes}:{processes}"]
        if _is_root():
            return [*limits, "--pids-limit", str(MOST_PROCESSES)]
        # No limit of processes: on cgroups v1 a user has none to give.
        return [*limits, "--userns", "keep-id"]

    def _identity(self, confinement: Confinement) -> tuple[list[str], list[str]]:
        """As whom the container starts, and how its program becomes who it is.

        Only root may go before others, so what carries sound starts as the container's root, with that one right, and
        gives everything up as it becomes its user. A rootless Podman has no such root: its phones wait their turn.
        """
        user = _user(confinement.user)
        is_rootless = self.name is RuntimeName.PODMAN and not _is_root()
        if not confinement.carries_sound or is_rootless:
            return ["--user", user], []
        uid, _, gid = user.partition(":")
        rights = [part for right in _TO_BECOME_ANOTHER for part in ("--cap-add", right)]
        return ["--user", "0:0", *rights], [
            *("/usr/bin/nice", "-n", str(NICENESS), "/usr/bin/setpriv", "--reuid", uid, "--regid", gid),
            *("--clear-groups", "--inh-caps=-all", "--bounding-set=-all", "--"),
        ]

    def _ask(self, *question: str) -> str:
        return ask_engine(self.name, *question, seconds=ENGINE_SECONDS)

    def _seen(self, container: str) -> Started:
        pid = int(self._ask("inspect", "--format", "{{.State.Pid}}", container))
        started = Started(pid, start_time(pid) or 0, container)
        is_seen = pid == 0 or Path(f"/proc/{pid}").exists()
        if not is_seen and self._ask("inspect", "--format", "{{.State.Running}}", container) == "true":
            raise UnreachableError(
                f"{self.name} runs containers where their processes cannot be seen from here",
                advice="run ivrctl on the machine itself, not in a container",
            )
        return started

    def _remove(self, *containers: str) -> None:
        try:
            # Docker kills at once; Podman would wait ten seconds for a program that does not listen.
            at_once = ("--time", "0") if self.name is RuntimeName.PODMAN else ()
            self._ask("rm", "--force", *at_once, "--volumes", *containers)
        except UnreachableError as error:
            # It is gone, or on its way.
            if not any(
                words in str(error).lower()
                for words in ("no such container", "no container with", "already in progress")
            ):
                raise

    def _sweep(self) -> None:
        """Remove the programs of ivrctl processes that have ended without a chance to do it themselves."""
        names = self._ask("ps", "--all", "--filter", f"name={_RUN}", "--format", "{{.Names}}").split()
        left = [name for name in names if _is_left(name)]
        if left:
            self._remove(*left)


def _owner(pid: int) -> str:
    """The identity of a process among all that may share an engine: its namespace, its id, its start."""
    return f"{Path('/proc/self/ns/pid').stat().st_ino}-{pid}-{start_time(pid) or 0}"


def _is_left(container: str) -> bool:
    """Whether the owner in a container's name is a process of our namespace that has ended."""
    namespace, _, rest = container.removeprefix(_RUN).partition("-")
    pid = rest.partition("-")[0]
    if not pid.isdigit() or not _owner(0).startswith(f"{namespace}-"):
        return False
    return not container.startswith(f"{_RUN}{_owner(int(pid))}-")


def _is_root() -> bool:
    return os.geteuid() == 0


def _user(wanted: str) -> str:
    return wanted if _is_root() else f"{os.geteuid()}:{os.getegid()}"


def _limit(number: int, wanted: int) -> int:
    most = resource.getrlimit(number)[1]
    return wanted if most == resource.RLIM_INFINITY else min(most, wanted)


def _mount(bind: Bind) -> str:
    """The form of `--mount`: comma-separated values, quoted as CSV, so that a path may hold a comma or a colon."""
    parts = ["type=bind", f"source={bind.ours}", f"target={bind.inside}", *(() if bind.is_writable else ("readonly",))]
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(parts)
    return line.getvalue()


def _inside(file: Path, binds: Sequence[Bind]) -> str:
    return next(f"{bind.inside}/{file.name}" for bind in binds if bind.ours == file.parent)
