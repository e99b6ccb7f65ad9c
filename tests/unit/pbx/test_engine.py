"""The command lines of Docker and Podman, and what becomes of containers."""

from __future__ import annotations

import itertools
import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ivrctl.adapters.pbx import Bind, Confinement, RuntimeName
from ivrctl.adapters.pbx.engine import Engine
from ivrctl.adapters.pbx.process import start_time
from ivrctl.adapters.pbx.runtime import Started
from ivrctl.errors import UnreachableError

if TYPE_CHECKING:
    from tests.unit.pbx.conftest import Host

DOCKER = Engine(RuntimeName.DOCKER, "ivrctl-pbx:x")
PODMAN = Engine(RuntimeName.PODMAN, "ivrctl-pbx:x")
BOTH = pytest.mark.parametrize("engine", [DOCKER, PODMAN], ids=lambda engine: str(engine.name))


def as_user(monkeypatch: pytest.MonkeyPatch, uid: int) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: uid)
    monkeypatch.setattr(os, "getegid", lambda: uid)


def options(command: list[str], name: str) -> list[str]:
    """All values of an option."""
    return [value for option, value in itertools.pairwise(command) if option == name]


@BOTH
def test_a_command_ends_with_the_program_untouched(engine: Engine) -> None:
    """No shell is between: the image, and then each word as it is."""
    command = engine.command(["sox", "a b.wav", "$(x)"])
    assert command[-4:] == ["ivrctl-pbx:x", "sox", "a b.wav", "$(x)"]


@BOTH
def test_a_program_can_change_nothing_and_become_nobody_else(engine: Engine) -> None:
    """Read-only, without capabilities, without a way to gain any, no port published, nothing pulled."""
    command = engine.command(["true"])
    assert "--read-only" in command
    assert options(command, "--cap-drop") == ["ALL"]
    assert options(command, "--cap-add") == []
    assert "no-new-privileges" in options(command, "--security-opt")
    assert options(command, "--network") == ["host"]
    assert options(command, "--pull") == ["never"]
    assert not {"--publish", "-p", "--privileged"} & set(command)


@BOTH
def test_a_program_ends_with_us(engine: Engine) -> None:
    """Its client is told when we die, passes it on, and nothing of the container stays; input ends with the client."""
    command = engine.command(["true"])
    assert command[:3] == ["setpriv", "--pdeathsig", "TERM"]
    assert {"--rm", "--interactive"} <= set(command)


@BOTH
def test_binds_are_read_only_unless_said_otherwise(engine: Engine) -> None:
    """A path may hold a comma and a colon."""
    command = engine.command(["true"], binds=[Bind(Path("/a,b:c"), "/srv/in"), Bind(Path("/d"), "/srv/out", True)])
    assert options(command, "--mount") == [
        'type=bind,"source=/a,b:c",target=/srv/in,readonly',
        "type=bind,source=/d,target=/srv/out",
    ]


@BOTH
def test_the_environment_is_that_of_the_debian_root(engine: Engine) -> None:
    """And what the caller adds."""
    given = options(engine.command(["true"], environment={"NOTIFY_SOCKET": "@x"}), "--env")
    assert {"HOME=/tmp", "LANG=C.UTF-8", "NOTIFY_SOCKET=@x"} <= set(given)


@BOTH
def test_what_carries_sound_goes_first_and_gives_up_its_rights(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """As root it may be set before others; then it becomes its user and keeps no right at all."""
    as_user(monkeypatch, 0)
    command = engine.confine(["baresip"], Confinement(user="nobody:nogroup", carries_sound=True))
    assert options(command, "--user") == ["0:0"]
    program = command[command.index("ivrctl-pbx:x") + 1 :]
    assert program[:3] == ["/usr/bin/nice", "-n", "-10"]
    assert (options(program, "--reuid"), options(program, "--regid")) == (["nobody"], ["nogroup"])
    assert {"--clear-groups", "--inh-caps=-all", "--bounding-set=-all"} <= set(program)
    assert program[-1] == "baresip"


def test_a_user_of_docker_runs_programs_as_himself(monkeypatch: pytest.MonkeyPatch) -> None:
    """So what they write is his; sound goes first all the same, since Docker's daemon is root."""
    as_user(monkeypatch, 1000)
    assert options(DOCKER.command(["true"]), "--user") == ["1000:1000"]
    command = DOCKER.confine(["baresip"], Confinement(user="nobody:nogroup", carries_sound=True))
    assert options(command, "--reuid") == ["1000"]


def test_a_user_of_podman_stays_himself(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a user namespace where his id is his id; nobody there may go before others."""
    as_user(monkeypatch, 1000)
    command = PODMAN.confine(["baresip"], Confinement(user="nobody:nogroup", carries_sound=True))
    assert options(command, "--userns") == ["keep-id"]
    assert options(command, "--user") == ["1000:1000"]
    assert command[-2:] == ["ivrctl-pbx:x", "baresip"]
    assert options(command, "--cap-add") == []


@BOTH
def test_what_had_to_be_killed_is_removed(engine: Engine, engines: Host) -> None:
    """The container of that very command."""
    engines.has_engine(engine.name)
    command = engine.command(["sleep", "60"])
    engine.discard(command)
    (call,) = engines.called()
    assert " rm --force " in call
    assert call.endswith(options(command, "--name")[0])


@BOTH
def test_a_container_that_is_gone_is_no_error(engine: Engine, engines: Host) -> None:
    """It is what was wanted."""
    engines.has_engine(engine.name, "  rm) echo 'Error: No such container: x' >&2; exit 1 ;;")
    engine.discard(engine.command(["sleep", "60"]))


def test_a_container_that_cannot_be_removed_is_an_error(engines: Host) -> None:
    """It may run still."""
    engines.has_engine("docker", "  rm) echo 'permission denied' >&2; exit 1 ;;")
    with pytest.raises(UnreachableError, match="docker rm: permission denied"):
        DOCKER.discard(DOCKER.command(["sleep", "60"]))


def test_what_a_killed_ivrctl_left_is_removed(engines: Host) -> None:
    """By the end of any PBX; what belongs to a process that lives, or to one that cannot be seen, stays."""
    (own,) = options(DOCKER.command(["true"]), "--name")
    namespace = own.split("-")[2]
    with subprocess.Popen(["sleep", "60"]) as alive:
        living = f"ivrctl-run-{namespace}-{alive.pid}-{start_time(alive.pid)}-aa"
        reused = f"ivrctl-run-{namespace}-{alive.pid}-1-bb"
        ended = f"ivrctl-run-{namespace}-{2**22 + 1}-1-cc"
        unseen = f"ivrctl-run-1-{2**22 + 1}-1-dd"
        strange = "ivrctl-run-nonsense"
        engines.has_engine("docker", f"  ps) echo '{own} {living} {reused} {ended} {unseen} {strange}' ;;")
        DOCKER.end(Started(0, 0))
        alive.kill()
    removing = [call for call in engines.called() if call.startswith("docker rm")]
    assert removing == [f"docker rm --force --volumes {reused} {ended}"]


def test_a_pbx_is_ended_before_it_is_removed(engines: Host) -> None:
    """Asterisk may say good-bye; then nothing is left of it."""
    engines.has_engine("docker", "  ps) ;;")
    DOCKER.end(Started(1, 1, "c0ffee"))
    assert engines.called()[-2:] == ["docker stop --time 5 c0ffee", "docker rm --force --volumes c0ffee"]


def test_a_command_joins_as_asterisk(engines: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its control socket is Asterisk's own."""
    as_user(monkeypatch, 0)
    joined = DOCKER.joined(Started(1, 1, "c0ffee"), ["asterisk", "-rx", "core show version"], "asterisk:asterisk")
    assert joined == ["docker", "exec", "--user", "asterisk:asterisk", "c0ffee", "asterisk", "-rx", "core show version"]


def test_the_host_of_a_container_is_this_one() -> None:
    """On the host's network it has the host's name, and that is what Asterisk must resolve."""
    assert DOCKER.hostname("ivrctl-demo") == os.uname().nodename


def test_a_started_program_is_known_by_its_process(
    engines: Host, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine tells the process id on this host; what it prints goes into its own log folder."""
    cases = f"  ps) ;;\n  run) echo c0ffee ;;\n  inspect) echo {os.getpid()} ;;"
    engines.has_engine("docker", cases)
    log = Bind(tmp_path, "/srv/ivrctl/log", is_writable=True)
    started = DOCKER.start(["asterisk"], Confinement(binds=[log], hostname="ivrctl-demo"), tmp_path / "console.log")
    assert started == Started(os.getpid(), start_time(os.getpid()) or 0, "c0ffee")
    assert 'exec "$@" > /srv/ivrctl/log/console.log 2>&1 console asterisk' in engines.called()[1]


def test_a_process_that_cannot_be_seen_is_an_error(engines: Host, tmp_path: Path) -> None:
    """In a container with the engine's socket, our process ids are not the engine's: it is said, and nothing stays."""
    engines.has_engine(
        "docker",
        f'  ps) ;;\n  run) echo c0ffee ;;\n  inspect) case "$3" in *Pid*) echo {2**22 + 1} ;; *) echo true ;; esac ;;',
    )
    log = Bind(tmp_path, "/srv/ivrctl/log", is_writable=True)
    with pytest.raises(UnreachableError, match="cannot be seen from here"):
        DOCKER.start(["asterisk"], Confinement(binds=[log]), tmp_path / "console.log")
    assert engines.called()[-1].startswith("docker rm --force --volumes ivrctl-pbx-")


def test_a_container_that_cannot_start_is_removed(engines: Host, tmp_path: Path) -> None:
    """Docker keeps one that it has created, even if it could not start it."""
    engines.has_engine("docker", "  ps) ;;\n  run) echo 'OCI runtime create failed' >&2; exit 127 ;;")
    log = Bind(tmp_path, "/srv/ivrctl/log", is_writable=True)
    with pytest.raises(UnreachableError, match="OCI runtime create failed"):
        DOCKER.start(["asterisk"], Confinement(binds=[log]), tmp_path / "console.log")
    assert engines.called()[-1].startswith("docker rm --force --volumes ivrctl-pbx-")
