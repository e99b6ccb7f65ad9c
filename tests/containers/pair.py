"""The composed pair as a test sees it: from outside by SIP, and as the engine's owner sees it."""

from __future__ import annotations

import asyncio
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.pbx import AGENTS, Pbx, RuntimeName, TwoViews
from ivrctl.adapters.pbx.ports import free_udp_port
from ivrctl.errors import IvrctlError, UnreachableError
from ivrctl.testkit.dialling import Ask
from ivrctl.web.client import ask

from .engines import ContainerEngine

DOCKER = Path(__file__).parents[2] / "docker"
SHARED = {"/srv/ivrctl/shared": "shared", "/srv/ivrctl/prompts": "shared", "/srv/ivrctl/spool": "spool"}
"""Where the containers see a volume, and its name; of prompts and recordings, the parts."""
CONTROLLER_PROCESS = b"ivrctl.cli.controller_process"
RTP_PORTS = 40
UP_SECONDS = 120.0
BACK_SECONDS = 20.0
"""How long the controller may be away before a question to it fails."""


@dataclass(frozen=True, slots=True)
class Pair:
    """The two containers of one compose project."""

    engine: ContainerEngine
    project: str
    folder: Path
    """Ours: short, since it holds the link to a Unix socket."""
    sip_port: int
    rtp: tuple[int, int]

    def compose(self, *arguments: str, seconds: float = UP_SECONDS) -> str:
        """Run a command of docker-compose with the file of the repository and the ports of this pair."""
        environ = {
            **self.engine.environ,
            "COMPOSE_PROJECT_NAME": self.project,
            "IVRCTL_SIP_PORT": str(self.sip_port),
            "IVRCTL_RTP_FIRST": str(self.rtp[0]),
            "IVRCTL_RTP_LAST": str(self.rtp[1]),
        }
        done = subprocess.run(
            [*compose_command(), "--file", str(DOCKER / "compose.yaml"), *arguments],
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=seconds,
        )
        if done.returncode:
            logs = "" if arguments[0] == "logs" else self.compose("logs", "--tail", "30")
            raise UnreachableError(f"compose {' '.join(arguments)} failed:\n{done.stdout}\n{logs}")
        return done.stdout

    def container(self, service: str) -> str:
        """Return a container's name; docker-compose joined the parts by `_` in its first version, by `-` since."""
        names = self.engine.names("ps", "--all", "--format", "{{.Names}}")
        return next(name for name in names if name.replace("-", "_") == f"{self.project}_{service}_1")

    def state(self, service: str) -> dict[str, Any]:
        """Return the engine's view of a container's state."""
        state: dict[str, Any] = self.engine.inspect(self.container(service))["State"]
        return state

    def health(self, service: str) -> str:
        """Return `healthy`, `unhealthy` or `starting`; Docker and Podman name the field differently."""
        state = self.state(service)
        return str((state.get("Health") or state.get("Healthcheck"))["Status"])

    def execute(self, service: str, *command: str, check: bool = True) -> str:
        """Run a command in a container and return what it printed."""
        return self.engine.run("exec", self.container(service), *command, check=check)

    def processes(self, service: str) -> list[int]:
        """Return the ids, as this host counts, of a container's first process and all that descend from it."""
        found = [int(self.state(service)["Pid"])]
        for pid in found:
            for task in Path(f"/proc/{pid}/task").glob("*/children"):
                found += [int(child) for child in task.read_text().split()]
        return found

    def kill_controller_process(self) -> None:
        """Kill -9 the process that serves the calls; its parent in the container stays."""
        for pid in self.processes("controller"):
            if CONTROLLER_PROCESS in Path(f"/proc/{pid}/cmdline").read_bytes():
                os.kill(pid, signal.SIGKILL)
                return
        raise UnreachableError("no process of the controller serves calls")

    def kill_container(self, service: str) -> None:
        """Kill -9 a container's first process: the kernel kills all others of it, the engine sees it crash."""
        os.kill(int(self.state(service)["Pid"]), signal.SIGKILL)

    def volume(self, name: str) -> Path:
        """Return where a volume lies on this machine."""
        return Path(self.engine.inspect(f"{self.project}_{name}", "volume")["Mountpoint"])

    @property
    def ask(self) -> Ask:
        """Return how the controller's API is asked from here; it may be away for a while."""
        link = self.folder / "state"
        if not link.exists():
            link.symlink_to(self.volume("state"))
        volumes = {name: self.volume(name) for name in set(SHARED.values())}

        def question(path: str) -> dict[str, Any]:
            answer = _patiently(lambda: ask(link / "api.sock", path))
            for leg in answer.get("legs", []):
                for prompt in leg["said"]:
                    prompt["file"] = str(_seen_from_here(prompt["file"], volumes))
            return answer

        return question

    def pbx(self, runtime: RuntimeName) -> Pbx:
        """Return the pair's PBX as softphones want it; they run in `runtime` on the host, outside of the pair."""
        self._note_credentials()
        nowhere = TwoViews(self.folder, "/nowhere")
        return Pbx(
            name="pair",
            folder=self.folder,
            sip_port=self.sip_port,
            ami_port=0,
            rtp=self.rtp,
            agi=("controller", 4573),
            prompts=nowhere,
            spool=nowhere,
            recordings=nowhere,
            pid=0,
            started=0,
            runtime=runtime,
            trunk="127.0.0.1",
        )

    @property
    def passwords(self) -> dict[str, str]:
        """Return the passwords that the PBX has made, by the names of their places."""
        lines = self.execute("pbx", "cat", "/srv/ivrctl/kept/passwords").splitlines()
        return dict(line.split() for line in lines)

    def left_behind(self) -> list[str]:
        """Return what is there of this project: containers, volumes, networks, and sockets at its ports."""
        listings = {
            "container": ("ps", "--all", "--format", "{{.Names}}"),
            "volume": ("volume", "ls", "--format", "{{.Name}}"),
            "network": ("network", "ls", "--format", "{{.Name}}"),
        }
        left = [
            f"{kind} {name}"
            for kind, listing in listings.items()
            for name in self.engine.names(*listing)
            if name.startswith(self.project)
        ]
        listening = subprocess.run(["ss", "-Hlun"], capture_output=True, text=True, check=True, timeout=10).stdout
        left += [line for line in listening.splitlines() if line.split()[3].endswith(f":{self.sip_port}")]
        mounts = Path("/proc/mounts").read_text().splitlines()
        return left + [line for line in mounts if f"/{self.project}_" in line]

    def _note_credentials(self) -> None:
        passwords = self.passwords
        noted = {
            "ami_secret": passwords["AMI_SECRET"],
            "agents": {extension: passwords[f"PASSWORD_{extension}"] for extension in AGENTS},
        }
        (self.folder / "credentials.json").write_text(json.dumps(noted))


def new_pair(engine: ContainerEngine, folder: Path) -> Pair:
    """Return a pair that is not up yet, on free ports."""
    redirected = redirected_ports()
    # Below the ports of the development PBXs and of the phones.
    blocks = [range(first, first + RTP_PORTS) for first in range(10_000, 12_000, RTP_PORTS)]
    rtp = secrets.choice([block for block in blocks if redirected.isdisjoint(block)])
    return Pair(engine, f"ivrctl{secrets.token_hex(3)}", folder, free_udp_port(5160, redirected), (rtp[0], rtp[-1]))


def redirected_ports() -> set[int]:
    """Return the ports that this host's packet filter leads elsewhere.

    An engine that was killed with its containers leaves such rules: what is sent to the port is lost, although nobody
    holds it.
    """
    rules = subprocess.run(["iptables-save", "--table", "nat"], capture_output=True, text=True, check=True, timeout=10)
    ranges = re.findall(r"--dport (\d+)(?::(\d+))?", rules.stdout)
    return {port for first, last in ranges for port in range(int(first), int(last or first) + 1)}


def compose_command() -> list[str]:
    """Return Docker's compose plugin, else docker-compose."""
    plugin = ["docker", "compose"]
    if (
        shutil.which("docker")
        and subprocess.run([*plugin, "version"], capture_output=True, check=False).returncode == 0
    ):
        return plugin
    return ["docker-compose"]


async def until(condition: Callable[[], bool], *, within: float) -> None:
    """Return when a condition holds.

    Raises:
        TimeoutError: it did not within so many seconds.
    """
    async with Deadline(within):
        while not await asyncio.to_thread(condition):  # noqa: ASYNC110 - the engine's state has no event to wait for
            await asyncio.sleep(0.1)


def build_images(engine: ContainerEngine) -> None:
    """Build both images, as `make images` does."""
    done = subprocess.run(
        [str(DOCKER / "build")],
        env={**engine.environ, "ENGINE": engine.name},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        raise UnreachableError(f"docker/build failed:\n{done.stdout}")


def _patiently(question: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    deadline = time.monotonic() + BACK_SECONDS
    while True:
        try:
            return question()
        except IvrctlError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)


def _seen_from_here(file: str, volumes: dict[str, Path]) -> Path:
    for inside, name in SHARED.items():
        if file.startswith(f"{inside}/"):
            part = "prompts" if inside.endswith("prompts") else ""
            return volumes[name] / part / file[len(inside) + 1 :]
    return Path(file)
