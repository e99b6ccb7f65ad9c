"""Which runtime is chosen on which host."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ivrctl.adapters.pbx import DebianRoot, RuntimeName, ensure_runtime, find_runtime, runtime_of
from ivrctl.adapters.pbx.choice import wanted_runtime
from ivrctl.adapters.pbx.engine import Engine
from ivrctl.adapters.pbx.image import image_tag
from ivrctl.adapters.pbx.root import root_path
from ivrctl.errors import ConfigurationError, MissingToolError, UnreachableError

if TYPE_CHECKING:
    from tests.unit.pbx.conftest import Host

DEAD = "  context) echo unix:///run/docker.sock ;;\n  *) echo 'Cannot connect to the daemon' >&2; exit 1 ;;\n"


@pytest.fixture
def built_root(engines: Host, monkeypatch: pytest.MonkeyPatch) -> DebianRoot:
    """A host whose Debian root is built, and we are root."""
    for tool in ("mmdebstrap", "unshare", "nsenter", "chroot"):
        engines.has(tool, "exit 0")
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    root_path().mkdir(parents=True)
    return DebianRoot(root_path())


def test_docker_is_the_first_choice(engines: Host, built_root: DebianRoot) -> None:
    """Where it answers, nobody else is asked."""
    engines.has_engine("docker")
    engines.has_engine("podman")
    assert ensure_runtime() == find_runtime() == Engine(RuntimeName.DOCKER, image_tag())
    assert not [call for call in engines.called() if call.startswith("podman")]


def test_podman_is_the_second_choice(engines: Host, built_root: DebianRoot) -> None:
    """Where there is no Docker."""
    engines.has_engine("podman")
    assert ensure_runtime() == find_runtime() == Engine(RuntimeName.PODMAN, image_tag())


def test_a_client_without_its_daemon_is_no_engine(engines: Host, built_root: DebianRoot) -> None:
    """Docker is installed and does not answer: Podman is next."""
    engines.has_engine("docker", DEAD)
    engines.has_engine("podman")
    assert ensure_runtime().name is RuntimeName.PODMAN


def test_the_debian_root_is_the_last_choice(engines: Host, built_root: DebianRoot) -> None:
    """Neither engine is there."""
    said: list[str] = []
    assert ensure_runtime(progress=said.append) == find_runtime() == built_root
    assert said == []


def test_an_engine_that_cannot_run_anything_is_passed_over_and_told_of(engines: Host, built_root: DebianRoot) -> None:
    """It answers, so its user expects it to be used: he is told why it is not."""
    engines.has_engine("podman", "  run) echo 'crun: cgroups in hybrid mode not supported' >&2; exit 126 ;;")
    said: list[str] = []
    assert ensure_runtime(progress=said.append) == built_root
    assert said == ["podman run: crun: cgroups in hybrid mode not supported\nso podman is not used"]


def test_an_engine_whose_image_cannot_be_built_is_passed_over(engines: Host, built_root: DebianRoot) -> None:
    """With what it said."""
    engines.has_engine("docker", "  image) exit 1 ;;\n  build) echo 'no space left on device'; exit 1 ;;")
    said: list[str] = []
    assert ensure_runtime(progress=said.append) == built_root
    assert "no space left on device\nso docker is not used" in said[-1]


@pytest.mark.parametrize("name", ["docker", "podman"])
def test_an_engine_that_is_asked_for_is_used(engines: Host, built_root: DebianRoot, name: str) -> None:
    """Whatever else there is."""
    engines.has_engine("docker")
    engines.has_engine("podman")
    assert ensure_runtime(name).name == name


def test_the_root_that_is_asked_for_is_used(
    engines: Host, built_root: DebianRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the environment as well as by the option, and no engine is asked."""
    engines.has_engine("docker")
    monkeypatch.setenv("IVRCTL_RUNTIME", "root")
    assert ensure_runtime() == ensure_runtime("root") == find_runtime() == built_root
    assert engines.called() == []


def test_the_option_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when it leaves the choice to us."""
    monkeypatch.setenv("IVRCTL_RUNTIME", "root")
    assert wanted_runtime("podman") is RuntimeName.PODMAN
    assert wanted_runtime("auto") is None
    assert wanted_runtime() is RuntimeName.ROOT


def test_a_runtime_that_there_is_none_of_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """And those that there are, are named."""
    monkeypatch.setenv("IVRCTL_RUNTIME", "lxc")
    with pytest.raises(ConfigurationError, match='IVRCTL_RUNTIME is "lxc"') as caught:
        ensure_runtime()
    assert caught.value.advice == "one of auto, docker, podman, root"


def test_a_dead_daemon_that_is_asked_for_is_named(engines: Host, built_root: DebianRoot) -> None:
    """In one line, with what to do; nothing else is tried."""
    engines.has_engine("docker", DEAD)
    with pytest.raises(UnreachableError, match=r"^docker does not answer .*Cannot connect.*$") as caught:
        ensure_runtime("docker")
    assert caught.value.advice == "sudo systemctl start docker"


def test_a_user_whom_docker_refuses_is_told_what_he_lacks(engines: Host) -> None:
    """Its daemon runs: starting it would not help."""
    engines.has_engine("docker", "  info) echo 'permission denied while trying to connect' >&2; exit 1 ;;")
    with pytest.raises(UnreachableError, match="permission denied") as caught:
        ensure_runtime("docker")
    assert caught.value.advice is not None
    assert "groups docker" in caught.value.advice


def test_an_engine_that_is_asked_for_and_not_installed_is_named(engines: Host, built_root: DebianRoot) -> None:
    """With the command that installs it."""
    with pytest.raises(MissingToolError, match="podman is not installed here") as caught:
        ensure_runtime("podman")
    assert caught.value.advice == "apt-get install --yes podman"


@pytest.mark.parametrize("place", ["tcp://build.example:2375", "ssh://build.example"])
def test_docker_on_another_machine_is_not_used(engines: Host, place: str) -> None:
    """The folders of the PBX are here: it is said, and how to come back."""
    engines.has_engine("docker", f"  context) echo {place} ;;")
    with pytest.raises(UnreachableError, match=f"another machine \\({place}\\)") as caught:
        ensure_runtime("docker")
    assert caught.value.advice == "unset DOCKER_HOST, or docker context use default"


@pytest.mark.parametrize("info", ["28.0|Docker Desktop|[]", "28.0|Debian|[name=rootless]", "|Debian|[]"])
def test_a_docker_whose_loopback_is_another_is_not_used(engines: Host, info: str) -> None:
    """In a machine or a network of its own its ports are not ours; without a version it is its client only."""
    engines.has_engine("docker", f"  info) echo '{info}' ;;")
    with pytest.raises(UnreachableError):
        ensure_runtime("docker")


def test_podman_on_another_machine_is_not_used(engines: Host) -> None:
    """A remote client answers like a local one, and says so."""
    engines.has_engine("podman", "  info) echo '4.3.1|true' ;;")
    with pytest.raises(UnreachableError, match="works for another machine"):
        ensure_runtime("podman")


def test_a_host_with_nothing_is_told_every_way(engines: Host, monkeypatch: pytest.MonkeyPatch) -> None:
    """One line for what is missing, one for what to do."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(MissingToolError) as caught:
        ensure_runtime()
    told = str(caught.value)
    assert "\n" not in told
    assert all(words in told for words in ("docker is not installed", "podman is not installed", "only root"))
    assert caught.value.advice is not None
    assert all(words in caught.value.advice for words in ("podman", "docker.io", "mmdebstrap"))


def test_nothing_is_found_where_nothing_is_built(engines: Host) -> None:
    """An engine without the image, and no root: nothing is built by looking."""
    engines.has_engine("docker", "  image) exit 1 ;;")
    assert find_runtime() is None
    assert not [call for call in engines.called() if " build " in call]


def test_what_runs_already_keeps_its_runtime(engines: Host) -> None:
    """Nothing is asked: whether it answers is seen when it is used."""
    assert runtime_of(RuntimeName.PODMAN) == Engine(RuntimeName.PODMAN, image_tag())
    assert runtime_of(RuntimeName.ROOT) == DebianRoot(root_path())
    assert engines.called() == []


def test_a_daemon_that_hangs_does_not_answer(
    engines: Host, built_root: DebianRoot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """After its time, the next one is asked."""
    os.mkfifo(tmp_path / "never")
    engines.has_engine("docker", f"  info) exec cat {tmp_path / 'never'} ;;")
    monkeypatch.setattr("ivrctl.adapters.pbx.engine_client.ANSWER_SECONDS", 0.2)
    assert ensure_runtime() == built_root
