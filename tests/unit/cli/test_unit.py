"""``ivrctl unit``: the systemd unit, judged by systemd's own tools."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ivrctl.cli.options import UnitPart
from ivrctl.cli.systemd_unit import STOP_WITHIN, Service, word
from ivrctl.service.parent import Periods
from ivrctl.testkit.survival.serving import NICENESS

Ivrctl = Callable[..., Any]
"""A command's words to what it did: its exit code, stdout and stderr."""

FOLDERS = """
asterisk:
  prompts: {ours: /var/lib/ivrctl/shop/prompts, asterisk: /var/lib/ivrctl/shop/prompts}
  spool:   {ours: /run/ivrctl/shop/spool, asterisk: /run/ivrctl/shop/spool}
"""
EXPOSURE = 2.0
"""At most: systemd's own figure, where 10 is a service without any protection."""

needs_systemd = pytest.mark.skipif(
    shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed here: apt-get install systemd"
)


@pytest.fixture
def shop(ivrctl: Ivrctl, tmp_path: Path) -> Path:
    """A new site that says where prompts lie."""
    ivrctl("init", tmp_path / "shop")
    with (tmp_path / "shop/ivrctl.yaml").open("a") as file:
        file.write(FOLDERS)
    return tmp_path / "shop"


@pytest.fixture
def written(ivrctl: Ivrctl, shop: Path, tmp_path: Path) -> Path:
    """Its unit, in a file."""
    file = tmp_path / "ivrctl-shop.service"
    file.write_text(ivrctl("unit", shop).out)
    return file


def _analyze(*words: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False, timeout=30)


def _settings(unit: str) -> dict[str, str]:
    return dict(re.findall(r"^(\w+)=(.*)$", unit, re.MULTILINE))


@needs_systemd
def test_systemd_finds_no_fault_in_the_unit(written: Path) -> None:
    """No unknown setting, no program that is missing, no value that it does not understand."""
    verified = _analyze("verify", written)
    assert (verified.returncode, "ivrctl" in verified.stderr) == (0, False), verified.stderr


@needs_systemd
def test_systemd_calls_the_service_well_protected(written: Path) -> None:
    """By the figure of ``systemd-analyze security``."""
    judged = _analyze("security", "--offline=yes", f"--threshold={EXPOSURE * 10:.0f}", "--no-pager", written)
    assert judged.returncode == 0, judged.stdout


def test_the_unit_runs_this_installation(written: Path, shop: Path) -> None:
    """The very interpreter that printed it, the site by its whole path, and a state folder that systemd makes."""
    settings = _settings(written.read_text())
    state = "/var/lib/ivrctl/shop/state"
    assert settings["ExecStart"] == f"{sys.executable} -m ivrctl serve {shop} --state {state}"
    assert settings["StateDirectory"] == "ivrctl/shop"


def test_a_stop_leaves_the_parent_the_time_that_it_takes(written: Path) -> None:
    """Its own deadline for a draining controller comes first; and the signal is the parent's alone."""
    settings = _settings(written.read_text())
    assert int(settings["TimeoutStopSec"]) == STOP_WITHIN > Periods().drain
    assert settings["KillMode"] == "mixed"


def test_the_service_comes_before_the_sound_of_calls(written: Path) -> None:
    """Before an Asterisk at its usual niceness of -10; load tests and benchmarks weigh it alike."""
    assert int(_settings(written.read_text())["Nice"]) == NICENESS < -10


def test_the_service_may_put_its_calls_first(written: Path) -> None:
    """The lowest real-time priority, and no higher one; the filter of system calls lets the controller ask for it."""
    settings = _settings(written.read_text())
    assert (settings["LimitRTPRIO"], settings["RestrictRealtime"]) == ("1", "no")
    assert "SystemCallFilter=prlimit64 sched_setscheduler\n" in written.read_text()


def test_options_of_serve_are_in_the_command(ivrctl: Ivrctl, shop: Path) -> None:
    """Where to listen and who may connect."""
    ran = ivrctl(
        "unit", shop, "--agi", "10.0.0.2:4573", "--api", "10.0.0.2:8080", "--allow", "10.0.0.0/24", "--user", "calls"
    )
    settings = _settings(ran.out)
    assert settings["ExecStart"].endswith(" --agi 10.0.0.2:4573 --api 10.0.0.2:8080 --allow 10.0.0.0/24")
    assert settings["User"] == "calls"


@pytest.mark.parametrize(
    "wrong", [("--agi", "here"), ("--api", "here"), ("--allow", "everybody"), ("--user", "a b"), ("--group", "")]
)
def test_an_option_that_no_service_can_use_is_refused(ivrctl: Ivrctl, shop: Path, wrong: tuple[str, str]) -> None:
    """Before it is in a unit."""
    ran = ivrctl("unit", shop, *wrong)
    assert (ran.code, ran.out) == (2, "")


def test_a_site_that_does_not_say_where_prompts_lie_gets_the_lines_to_add(
    ivrctl: Ivrctl, shop: Path, tmp_path: Path
) -> None:
    """The development PBX is a user's own; the advice is what to add, and with it the unit is printed."""
    file = shop / "ivrctl.yaml"
    file.write_text(file.read_text().removesuffix(FOLDERS))
    refused = ivrctl("unit", shop)
    assert (refused.code, refused.out) == (2, "")
    advice = [line.removeprefix("    ") for line in refused.err.splitlines() if line.startswith("    ")]
    file.write_text(file.read_text() + "\n" + "\n".join(advice) + "\n")
    assert ivrctl("unit", shop).code == 0
    assert ivrctl("check", shop).code == 0


def test_folders_elsewhere_can_be_written(ivrctl: Ivrctl, shop: Path) -> None:
    """Prompts that lie outside the service's own folders are let through the read-only file system."""
    file = shop / "ivrctl.yaml"
    file.write_text(file.read_text().replace("/var/lib/ivrctl/shop/prompts", "/srv/prompts"))
    unit = ivrctl("unit", shop).out
    assert "ReadWritePaths=/srv/prompts\n" in unit
    assert "ReadWritePaths=/run" not in unit


@pytest.mark.parametrize(("place", "setting"), [("/srv/shop", "yes"), ("/home/anna/shop", "read-only")])
def test_homes_are_hidden_unless_the_site_lies_in_one(place: str, setting: str) -> None:
    """A site in somebody's home is seen, and cannot be written."""
    service = Service("shop", ["/usr/bin/true"], Path(place), "ivrctl", "asterisk", ())
    assert _settings(service.text(UnitPart.CONTROLLER))["ProtectHome"] == setting


@pytest.fixture
def reaping(ivrctl: Ivrctl, shop: Path, tmp_path: Path) -> tuple[Path, Path]:
    """The two units that end what a controller leaves behind, in files of their names."""
    service, timer = tmp_path / "ivrctl-shop-reap.service", tmp_path / "ivrctl-shop-reap.timer"
    service.write_text(ivrctl("unit", shop, "--part", "reap").out)
    timer.write_text(ivrctl("unit", shop, "--part", "reap-timer").out)
    return service, timer


@needs_systemd
def test_systemd_finds_no_fault_in_the_units_that_reap(reaping: tuple[Path, Path]) -> None:
    """The service is as well protected as the controller; the timer finds it by its name."""
    service, timer = reaping
    verified = _analyze("verify", service, timer)
    assert (verified.returncode, "ivrctl" in verified.stderr) == (0, False), verified.stderr
    judged = _analyze("security", "--offline=yes", f"--threshold={EXPOSURE * 10:.0f}", "--no-pager", service)
    assert judged.returncode == 0, judged.stdout


def test_the_units_that_reap_work_on_the_controllers_own_state(reaping: tuple[Path, Path], shop: Path) -> None:
    """As its user, with its secrets, once; and again behind each run."""
    service, timer = (_settings(file.read_text()) for file in reaping)
    state = "/var/lib/ivrctl/shop/state"
    assert service["ExecStart"] == f"{sys.executable} -m ivrctl staffing reap --site {shop} --state {state}"
    assert (service["Type"], service["User"], service["EnvironmentFile"]) == (
        "oneshot",
        "ivrctl",
        "-/etc/ivrctl/shop.env",
    )
    assert timer["OnUnitInactiveSec"] == "1min"


@pytest.mark.parametrize(
    ("text", "written_so"),
    [("plain", "plain"), ("two words", '"two words"'), ("50%", "50%%"), ("$HOME", "$$HOME"), ('a"b', '"a\\"b"')],
)
def test_words_of_a_command_are_written_as_systemd_reads_them(text: str, written_so: str) -> None:
    """Spaces, quotes and systemd's own signs do not change what is run."""
    assert word(text) == written_so
