"""The command line of Docker or Podman: whether it answers for this machine, and short questions with a deadline."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from ivrctl.adapters.pbx.runtime import RuntimeName
from ivrctl.errors import MissingToolError, UnreachableError

ANSWER_SECONDS = 5.0
"""How long an engine may take to say that it is there: 0.02 s seen. A daemon that hangs counts as none."""

_WHAT_IT_IS = {
    RuntimeName.DOCKER: "{{.ServerVersion}}|{{.OperatingSystem}}|{{.SecurityOptions}}",
    RuntimeName.PODMAN: "{{.Version.Version}}|{{.Host.ServiceIsRemote}}",
}
_START = {
    RuntimeName.DOCKER: "sudo systemctl start docker",
    RuntimeName.PODMAN: "podman info says what is wrong",
}


_JOIN = 'sudo usermod --append --groups docker "$USER", then log in again; or install Podman, which needs no group'
_HYBRID_CGROUPS = Path("/sys/fs/cgroup/unified/cgroup.controllers")


def engine_program(engine: RuntimeName) -> list[str]:
    """Return the beginning of every command of an engine.

    crun, which Podman prefers, refuses a host whose cgroups are of both versions ("hybrid mode") with a controller in
    the second; runc, which Podman knows as well, does not mind.
    """
    if engine is RuntimeName.PODMAN and _is_hybrid() and shutil.which("runc"):
        return [engine, "--runtime", "runc"]
    return [engine]


def ask_engine(engine: RuntimeName, *question: str, seconds: float) -> str:
    """Return what `docker …` or `podman …` prints.

    Raises:
        MissingToolError: it is not installed.
        UnreachableError: it refuses, or does not answer in time; the message is its own.
    """
    try:
        done = subprocess.run(
            [*engine_program(engine), *question],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            check=False,
            timeout=seconds,
        )
    except FileNotFoundError as error:
        raise MissingToolError(
            f"{engine} is not installed here", advice=f"apt-get install --yes {_package(engine)}"
        ) from error
    except (subprocess.TimeoutExpired, PermissionError) as error:
        raise UnreachableError(f"{engine} {question[0]} did not answer within {seconds:g} s") from error
    if done.returncode != 0:
        raise UnreachableError(f"{engine} {question[0]}: {_last_line(done.stderr or done.stdout)}")
    return done.stdout.strip()


def require_engine(engine: RuntimeName) -> None:
    """Check that the engine is there and runs containers on this very machine.

    Raises:
        MissingToolError: it is not installed.
        UnreachableError: it does not answer, or its containers run elsewhere; said in one line.
    """
    if shutil.which(engine) is None:
        raise MissingToolError(f"{engine} is not installed here", advice=f"apt-get install --yes {_package(engine)}")
    if engine is RuntimeName.DOCKER:
        _require_socket()
    try:
        answer = ask_engine(engine, "info", "--format", _WHAT_IT_IS[engine], seconds=ANSWER_SECONDS)
    except UnreachableError as error:
        is_refused = "permission denied" in str(error).lower()
        advice = _JOIN if is_refused and engine is RuntimeName.DOCKER else _START[engine]
        raise UnreachableError(f"{engine} does not answer ({error})", advice=advice) from error
    version, *rest = answer.partition("\n")[0].split("|")
    if not version:
        raise UnreachableError(f"{engine} does not answer", advice=_START[engine])
    if why := _elsewhere(rest):
        raise UnreachableError(f"{engine} is of no use here: {why}", advice="ivrctl pbx up --runtime root, as root")


def _require_socket() -> None:
    """DOCKER_HOST and contexts may point anywhere; what is bound into a container must be a folder of this machine."""
    place = ask_engine(
        RuntimeName.DOCKER, "context", "inspect", "--format", "{{.Endpoints.docker.Host}}", seconds=ANSWER_SECONDS
    )
    if not place.startswith("unix://"):
        raise UnreachableError(
            f"docker works for another machine ({place}), and the PBX's folders are on this one",
            advice="unset DOCKER_HOST, or docker context use default",
        )


def _elsewhere(answers: Sequence[str]) -> str | None:
    """Containers on the host's network must be on *this* host's: loopback is where everything meets."""
    told = " ".join(answers)
    if "Docker Desktop" in told:
        return "Docker Desktop runs containers in a machine of its own"
    if "rootless" in told:
        return "a rootless Docker has a network of its own; rootless Podman shares the host's"
    if told == "true":
        return "it works for another machine"
    return None


def _is_hybrid() -> bool:
    return _HYBRID_CGROUPS.is_file() and bool(_HYBRID_CGROUPS.read_text(encoding="utf-8").strip())


def _package(engine: RuntimeName) -> str:
    return "docker.io" if engine is RuntimeName.DOCKER else "podman"


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["it does not say why"])[-1]
