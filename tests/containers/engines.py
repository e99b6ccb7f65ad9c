"""A container engine for the tests: Docker as it answers, else a daemon of our own; Podman with a storage of its own.

Images are kept between runs, below the cache folder: an engine's own layer cache knows what has changed.
"""

from __future__ import annotations

import fcntl
import json
import os
import resource
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ivrctl.errors import UnreachableError

ANSWER_SECONDS = 30.0
"""How long a daemon may take to answer after its start: 1 s seen."""
STOP_SECONDS = 20.0
COMMAND_SECONDS = 60.0
WEIGHT = 4
"""Of the containers, where a session has one."""
HEALTH_EVERY = 2.0
KEPT_FOR = "336h"
"""Images of builds that are older are removed."""


@dataclass(frozen=True, slots=True)
class ContainerEngine:
    """An engine that answers, and how commands reach it."""

    name: str
    """The command: `docker` or `podman`."""
    environ: Mapping[str, str]
    """For its commands, and for docker-compose."""

    def run(self, *arguments: str, check: bool = True, seconds: float = COMMAND_SECONDS) -> str:
        """Run a command of the engine and return what it printed, both streams."""
        done = subprocess.run(
            [self.name, *arguments],
            env=self.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=seconds,
        )
        if check and done.returncode:
            raise UnreachableError(f"{self.name} {' '.join(arguments)} failed:\n{done.stdout}")
        return done.stdout.strip()

    def inspect(self, name: str, kind: str = "container") -> dict[str, Any]:
        """Return what the engine knows of a container, a volume or an image."""
        done = subprocess.run(
            [self.name, kind, "inspect", name],
            env=self.environ,
            capture_output=True,
            text=True,
            check=True,
            timeout=COMMAND_SECONDS,
        )
        found: dict[str, Any] = json.loads(done.stdout)[0]
        return found

    def names(self, *listing: str) -> set[str]:
        """Return the lines that a listing command prints."""
        return set(self.run(*listing).splitlines())


@contextmanager
def docker(folder: Path, cache: Path) -> Iterator[ContainerEngine]:
    """Yield Docker: as it answers, else by a daemon of our own.

    A second daemon is not started beside one that answers: it would rewrite the packet filter's rules of the first.
    """
    given = ContainerEngine("docker", os.environ | {"DOCKER_CLI_HINTS": "false"})
    if _answers(given, "version"):
        yield given
        return
    engine = ContainerEngine("docker", given.environ | {"DOCKER_HOST": f"unix://{folder}/docker.sock"})
    command = [
        *("dockerd", "--host", engine.environ["DOCKER_HOST"], "--bridge", "none"),
        *("--data-root", str(cache), "--exec-root", f"{folder}/exec", "--pidfile", f"{folder}/docker.pid"),
    ]
    with _alone(cache), ExitStack() as stack:
        stack.callback(_unmount_below, folder)
        stack.enter_context(_daemon(command, folder / "docker.log", engine.environ))
        _until_answers(engine, folder / "docker.log", "version")
        _weigh("docker")
        yield engine
        engine.run("image", "prune", "--force", "--filter", f"until={KEPT_FOR}")


@contextmanager
def podman(folder: Path, cache: Path) -> Iterator[ContainerEngine]:
    """Yield Podman, its API served for docker-compose, and somebody who looks after the containers' health."""
    (folder / "storage.conf").write_text(
        f'[storage]\ndriver = "overlay"\ngraphroot = "{cache}"\nrunroot = "{folder}/run"\n'
    )
    (folder / "containers.conf").write_text(_containers_conf(folder))
    (folder / "networks").mkdir()
    environ = os.environ | {
        "CONTAINERS_CONF": f"{folder}/containers.conf",
        "CONTAINERS_STORAGE_CONF": f"{folder}/storage.conf",
        "DOCKER_HOST": f"unix://{folder}/podman.sock",
    }
    engine = ContainerEngine("podman", environ)
    command = ["podman", "system", "service", "--time", "0", environ["DOCKER_HOST"]]
    with _alone(cache), ExitStack() as stack:
        for mounted in (folder, cache):
            stack.callback(_unmount_below, mounted)
        stack.enter_context(_daemon(command, folder / "podman.log", environ))
        _until_answers(ContainerEngine("docker", environ), folder / "podman.log", "version")
        if not Path("/run/systemd/private").exists():
            stack.enter_context(_health_timer(engine))
        yield engine
        engine.run("image", "prune", "--force", "--filter", f"until={KEPT_FOR}")


ENGINES = {"docker": docker, "podman": podman}


def _containers_conf(folder: Path) -> str:
    """Podman's own settings, but for what a machine like a CI runner lacks."""
    # Podman asks for limits that only a process with more rights than a runner's may set.
    limits = {"nofile": resource.RLIMIT_NOFILE, "nproc": resource.RLIMIT_NPROC}
    bounded = {name: min(4096, hard) for name, number in limits.items() if (hard := resource.getrlimit(number)[1]) > 0}
    ulimits = json.dumps([f"{name}={limit}:{limit}" for name, limit in bounded.items()])
    settings = ["[containers]", f"default_ulimits = {ulimits}"]
    # crun refuses a host that has mounted both versions of control groups; runc takes it.
    if Path("/sys/fs/cgroup/unified").is_dir() and shutil.which("runc"):
        settings += ["[engine]", 'runtime = "runc"']
    settings += ["[network]", 'network_backend = "netavark"', f'network_config_dir = "{folder}/networks"']
    return "\n".join(settings) + "\n"


def _weigh(group: str) -> None:
    """Have the containers of a control group go before what is tested beside them, where we may say so.

    All of them together have the weight of one session otherwise (cgroups(7), sched(7)), whatever their niceness: one
    that is started again would wait for that while its callers do.
    """
    root = Path("/sys/fs/cgroup")
    weights = {root / "cpu" / group / "cpu.shares": 1024, root / group / "cpu.weight": 100}
    for file, usual in weights.items():
        if (file.parents[1] / "cgroup.procs").exists():
            with suppress(OSError):
                file.parent.mkdir(exist_ok=True)
                file.write_text(str(WEIGHT * usual))


def _answers(engine: ContainerEngine, question: str) -> bool:
    try:
        asked = subprocess.run([engine.name, question], env=engine.environ, capture_output=True, check=False, timeout=5)
    except subprocess.TimeoutExpired:
        return False
    return asked.returncode == 0


def _until_answers(engine: ContainerEngine, log: Path, question: str) -> None:
    deadline = time.monotonic() + ANSWER_SECONDS
    while not _answers(engine, question):
        if time.monotonic() > deadline:
            tail = "\n".join(log.read_text(errors="replace").splitlines()[-15:])
            raise UnreachableError(f"the daemon does not answer; its log ends with\n{tail}")
        time.sleep(0.1)


@contextmanager
def _alone(cache: Path) -> Iterator[None]:
    """One user of a storage at a time: the second run waits for the first."""
    cache.mkdir(parents=True, exist_ok=True)
    with cache.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _daemon(command: list[str], log: Path, environ: Mapping[str, str]) -> Iterator[None]:
    with log.open("wb") as output, subprocess.Popen(command, stdout=output, stderr=output, env=environ) as process:
        try:
            yield
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS)
            process.kill()


@contextmanager
def _health_timer(engine: ContainerEngine) -> Iterator[None]:
    """Run health checks as systemd's timers would: Podman has none of its own where systemd does not run."""
    is_over = threading.Event()

    def look() -> None:
        while not is_over.wait(HEALTH_EVERY):
            for container in engine.run("ps", "--quiet", check=False).splitlines():
                engine.run("healthcheck", "run", container, check=False)

    timer = threading.Thread(target=look, name="health")
    timer.start()
    try:
        yield
    finally:
        is_over.set()
        timer.join()


def _unmount_below(folder: Path) -> None:
    """Unmount what an engine leaves mounted when it has ended: a network namespace, its storage onto itself."""
    for line in reversed(Path("/proc/mounts").read_text().splitlines()):
        place = line.split()[1]
        if place.startswith(f"{folder}/"):
            subprocess.run(["umount", place], check=False, capture_output=True, timeout=COMMAND_SECONDS)
