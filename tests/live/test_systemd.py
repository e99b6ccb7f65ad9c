"""The unit of ``ivrctl unit`` under a real systemd, as process 1 of a machine of its own."""

from __future__ import annotations

import contextlib
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

from ..unit.docs.pages import DOCS, blocks  # noqa: TID252 - test folders are not packages
from ..wheel.installed import INSTALLS_WITHIN, SYSTEM_PATH, Installed, environment  # noqa: TID252 - test folders are not packages

SYSTEMD = Path("/lib/systemd/systemd")
HIERARCHIES = (Path("/sys/fs/cgroup/unified"), Path("/sys/fs/cgroup"))
DEBIANS_PYTHON = Path(f"/usr/bin/python3.{sys.version_info.minor}")

pytestmark = [
    pytest.mark.live,
    pytest.mark.xdist_group("systemd"),
    pytest.mark.heavy,
    pytest.mark.timeout(2 * INSTALLS_WITHIN),
    pytest.mark.skipif(not SYSTEMD.exists(), reason="systemd is not installed here: apt-get install systemd"),
    pytest.mark.skipif(
        not DEBIANS_PYTHON.exists(), reason=f"the service runs on {DEBIANS_PYTHON}, which this system does not have"
    ),
]

FOLDERS = """
asterisk:
  prompts: {ours: /var/lib/ivrctl/shop/prompts, asterisk: /var/lib/ivrctl/shop/prompts}
  spool:   {ours: /run/ivrctl/shop/spool, asterisk: /run/ivrctl/shop/spool}
"""
INSTALL, OPERATE, STOP, REAP = range(4)
"""The blocks of commands in ``docs/how-to/systemd.md``, in their order."""
SERVICE = "ivrctl-shop"
STATE = Path("/var/lib/ivrctl/shop/state")
WITHIN = 60.0
"""Seconds for everything that is waited for; a loaded host is slow."""
TURN = 0.1
"""Seconds between two looks."""

Seen = TypeVar("Seen")


@dataclass(frozen=True)
class Machine:
    """A booted systemd."""

    pid: int
    """Its process 1, as the host has it."""

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a program in it, in a session of its own: ``kill 0`` in there would end this test's."""
        entered = ["nsenter", f"--target={self.pid}", "--mount", "--pid", "--net", "--ipc", "--uts", "--cgroup"]
        return subprocess.run(
            [*entered, "--root", "--wd=/", *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=WITHIN,
            start_new_session=True,
        )

    def do(self, *words: str) -> str:
        """Run a program that must not fail, and return what it prints."""
        done = self.run(*words)
        assert done.returncode == 0, done.stdout + done.stderr + self.run("systemctl", "status", SERVICE).stdout
        return done.stdout.strip()

    def follow(self, number: int) -> str:
        """Run the commands of a block of the page, as root in a shell; what they print."""
        page = DOCS / "how-to/systemd.md"
        commands = [block.body for block in blocks(page) if block.info == "sh by=tests/live/test_systemd.py"]
        return self.do("env", f"PATH={SYSTEM_PATH}", "bash", "-ec", commands[number])

    def shown(self, name: str) -> str:
        """A property of the service."""
        return self.do("systemctl", "show", f"--property={name}", "--value", SERVICE)

    def serving(self) -> int | None:
        """The pid, inside, of the controller that serves."""
        status: dict[str, Any] = json.loads(self.do("cat", str(STATE / "parent.json")))
        return next((child["pid"] for child in status["children"] if child["phase"] == "serving"), None)


def until(look: Callable[[], Seen], wanted: Callable[[Seen], bool]) -> Seen:
    """Look until what is seen is what is wanted, and return it."""
    deadline = time.monotonic() + WITHIN
    while not wanted(seen := look()):
        assert time.monotonic() < deadline, seen
        time.sleep(TURN)
    return seen


@contextlib.contextmanager
def _cgroup() -> Iterator[Path]:
    """A cgroup of the unified hierarchy for the machine alone; removed with all that the machine has made in it."""
    with _hierarchy() as top:
        folder = top / f"ivrctl-systemd-{os.getpid()}"
        folder.mkdir()
        try:
            yield folder
        finally:
            for part in sorted((path for path in [folder, *folder.rglob("*")] if path.is_dir()), reverse=True):
                until(lambda part=part: (part / "cgroup.procs").read_text(), lambda pids: not pids)
                part.rmdir()


@contextlib.contextmanager
def _hierarchy() -> Iterator[Path]:
    """The unified hierarchy of cgroups, of which a kernel has one; mounted for the while where this host shows none."""
    shown = next((folder for folder in HIERARCHIES if (folder / "cgroup.controllers").exists()), None)
    if shown is not None:
        yield shown
        return
    with tempfile.TemporaryDirectory(prefix="ivr-cgroups-") as mounted:
        subprocess.run(["mount", "-t", "cgroup2", "cgroup2", mounted], check=True)
        try:
            yield Path(mounted)
        finally:
            subprocess.run(["umount", mounted], check=True)


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    """A systemd that has booted, with the wheel and a site; nothing is installed as a service yet."""
    with tempfile.TemporaryDirectory(prefix="ivr-") as made:
        folder = Path(made)
        _furnish(folder, environment(tmp_path_factory))
        with _cgroup() as cgroup, _booted(folder, cgroup) as booted:
            yield booted


def _furnish(folder: Path, installed: Path) -> None:
    """Put what the machine gets into a folder: the packages of the wheel, and a new site."""
    newcomer = Installed(installed, folder)
    made = newcomer.run("ivrctl", "init", "shop", cwd=folder)
    assert made.returncode == 0, made.stderr
    with (folder / "shop/ivrctl.yaml").open("a") as file:
        file.write(FOLDERS)
    (packages,) = newcomer.environment.glob("lib/python3.*/site-packages")
    subprocess.run(["cp", "--archive", packages, folder / "site-packages"], check=True)


@contextlib.contextmanager
def _booted(folder: Path, cgroup: Path) -> Iterator[Machine]:
    log = folder / "log"
    script = Path(__file__).with_name("systemd_machine.sh")
    unshare = "unshare --mount --pid --fork --kill-child --cgroup --uts --ipc"
    boot = f'echo $$ > "{cgroup}/cgroup.procs" && exec {unshare} "{script}" "{folder}"'
    with (
        log.open("wb") as out,
        subprocess.Popen(["bash", "-c", boot], stdin=subprocess.DEVNULL, stdout=out, stderr=out) as process,
    ):
        try:
            until(lambda: process.poll() is None and "\nbooting" in log.read_text(), bool)
            (pid,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            machine = Machine(int(pid))
            until(lambda: machine.run("systemctl", "is-system-running").stdout, lambda said: "running" in said)
            yield machine
        except AssertionError as error:
            raise AssertionError(f"{error}\n{log.read_text(errors='replace')[-4000:]}") from error
        finally:
            process.kill()  # unshare has its child killed with it, and process 1 takes all of its machine along


def test_the_service_is_up_when_it_serves(machine: Machine) -> None:
    """After the commands of the page the controller accepts calls; it runs without any right."""
    machine.follow(INSTALL)
    assert machine.shown("ActiveState") == "active"
    assert machine.serving() is not None
    status = machine.do("cat", f"/proc/{machine.shown('MainPID')}/status")
    for line in ("CapEff:\t0000000000000000", "CapBnd:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2"):
        assert line in status


def test_calls_go_before_all_that_is_not_real_time(machine: Machine) -> None:
    """The controller's own thread alone; its other threads and the parent have the unit's niceness."""
    allows = ("systemd-run", "--wait", "--property=LimitRTPRIO=1", "--uid=nobody", "chrt", "--rr", "1", "true")
    is_allowed = machine.run(*allows).returncode == 0
    pid = machine.serving()
    mine = ["RR", "1"] if is_allowed else ["TS", "-"]

    def threads() -> list[list[str]]:
        shown = machine.do("ps", "-L", "-o", "tid=,cls=,rtprio=,ni=", "-p", str(pid))
        return [line.split() for line in shown.splitlines()]

    seen = until(threads, lambda lines: any(line[:3] == [str(pid), *mine] for line in lines))
    assert {tuple(thread[1:]) for thread in seen if thread[0] != str(pid)} == {("TS", "-", "-15")}
    assert machine.do("ps", "-o", "cls=,ni=", "-p", machine.shown("MainPID")).split() == ["TS", "-15"]
    if not is_allowed:
        pytest.skip("this kernel gives a service no real-time priority: seen is that it serves without one")


def test_asterisk_reads_the_prompts_and_nobody_else_does(machine: Machine) -> None:
    """The voice speaks under all the restrictions; Asterisk's group sees the files, the state is the service's own."""
    prompts = "/var/lib/ivrctl/shop/prompts"
    made = until(lambda: machine.run("find", prompts, "-name", "*.wav").stdout, lambda files: files.count("\n") > 200)
    found = made.splitlines()
    machine.do("runuser", "-u", "asterisk", "--", "head", "-c4", found[0])
    for user, path in (("nobody", found[0]), ("asterisk", str(STATE / "parent.json"))):
        assert machine.run("runuser", "-u", user, "--", "head", "-c4", path).returncode != 0


def test_a_reload_replaces_the_controller_under_the_same_parent(machine: Machine) -> None:
    """The page's reload is the upgrade: another controller serves, the service was never down."""
    before, main = machine.serving(), machine.shown("MainPID")
    said = machine.follow(OPERATE)
    assert 'Status: "serving"' in said
    assert re.search(r"^lines +7000$", said, re.MULTILINE)
    until(machine.serving, lambda pid: pid not in {None, before})
    until(lambda: machine.shown("StatusText"), lambda text: text == "serving")
    assert (machine.shown("ActiveState"), machine.shown("MainPID")) == ("active", main)


def test_a_controller_that_is_killed_is_replaced_without_systemd(machine: Machine) -> None:
    """The parent does it; systemd counts no restart."""
    before = machine.serving()
    assert before is not None
    machine.do("kill", "-KILL", str(before))
    until(machine.serving, lambda pid: pid not in {None, before})
    assert (machine.shown("ActiveState"), machine.shown("NRestarts")) == ("active", "0")


def test_the_watchdog_hears_of_the_parent(machine: Machine) -> None:
    """Its time moves on while nothing happens."""
    before = machine.shown("WatchdogTimestampMonotonic")
    until(lambda: machine.shown("WatchdogTimestampMonotonic"), lambda at: at != before)


def test_a_parent_that_is_killed_is_started_again(machine: Machine) -> None:
    """With a new controller: the old one has died with its parent."""
    before = machine.shown("MainPID")
    assert before != "0"
    machine.do("kill", "-KILL", before)
    until(lambda: machine.shown("MainPID"), lambda pid: pid not in {"0", before})
    until(lambda: machine.shown("ActiveState"), lambda state: state == "active")
    assert machine.shown("NRestarts") == "1"


def test_a_stop_is_clean(machine: Machine) -> None:
    """Exit code 0, nothing killed, and the prompts of single calls are gone from memory."""
    machine.follow(STOP)
    assert (machine.shown("Result"), machine.shown("ExecMainStatus")) == ("success", "0")
    assert machine.run("ls", "/run/ivrctl/shop").returncode != 0


def test_what_a_controller_leaves_behind_is_ended_without_one(machine: Machine) -> None:
    """The page's timer waits for its next run; a run under all the restrictions does well."""
    assert "ivrctl-shop-reap.timer" in machine.follow(REAP)
    assert machine.do("systemctl", "is-active", "ivrctl-shop-reap.timer") == "active"
    machine.do("systemctl", "start", "ivrctl-shop-reap.service")
    assert machine.do("systemctl", "show", "--property=Result", "--value", "ivrctl-shop-reap.service") == "success"
