"""The installed wheel, used by somebody who has no checkout."""

from __future__ import annotations

from pathlib import Path

import pytest

from .installed import INSTALLS_WITHIN, ROOT, Installed

pytestmark = [pytest.mark.heavy, pytest.mark.xdist_group("wheel"), pytest.mark.timeout(INSTALLS_WITHIN)]

PROGRAMS = """
from pathlib import Path
import ivrctl
from ivrctl.adapters.pbx import packages
from ivrctl.adapters.pbx.render import configuration_source
print(Path(ivrctl.__file__).parent, configuration_source(), *packages(), sep="\\n")
"""


@pytest.fixture(scope="module")
def shop(installed: Installed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new site, made by the installed command."""
    folder = tmp_path_factory.mktemp("work")
    made = installed.run("ivrctl", "init", "shop", cwd=folder)
    assert made.returncode == 0, made.stderr
    return folder / "shop"


def test_the_dependencies_fit_together(installed: Installed, tmp_path: Path) -> None:
    """``pip check`` finds nothing missing and nothing that contradicts."""
    checked = installed.run("python", "-m", "pip", "--disable-pip-version-check", "check", cwd=tmp_path)
    assert "No broken requirements found" in checked.stdout, checked.stdout


def test_the_package_and_its_files_come_from_the_environment(installed: Installed, tmp_path: Path) -> None:
    """The PBX's configuration and package list, too: nothing is looked for in a checkout."""
    shown = installed.run("python", "-c", PROGRAMS, cwd=tmp_path)
    package, configuration, *packages = shown.stdout.splitlines()
    assert package.startswith(str(installed.environment))
    assert configuration == f"{package}/asterisk-conf"
    assert "asterisk" in packages
    assert str(ROOT) not in shown.stdout


def test_a_new_site_has_no_finding(installed: Installed, shop: Path) -> None:
    """``ivrctl check`` in the new folder."""
    checked = installed.run("ivrctl", "check", cwd=shop)
    assert (checked.returncode, checked.stdout) == (0, ""), checked.stderr


@pytest.mark.parametrize("engine", ["sim", "agi"])
def test_the_scenarios_of_a_new_site_pass(installed: Installed, shop: Path, engine: str) -> None:
    """``ivrctl test`` in the new folder."""
    tested = installed.run("ivrctl", "test", "--engine", engine, cwd=shop)
    assert (tested.returncode, tested.stdout.count("passed  ")) == (0, 3), tested.stdout + tested.stderr


def test_a_call_is_played_in_the_terminal(installed: Installed, shop: Path) -> None:
    """``ivrctl sim`` says what the site's database holds."""
    played = installed.run("ivrctl", "sim", "reception", "--dial", "7000", "--keys", "1,1234#", cwd=shop)
    assert "Your order is ready. You pay 18.50." in played.stdout, played.stderr


def test_the_package_runs_as_a_module(installed: Installed, tmp_path: Path) -> None:
    """``python -m ivrctl`` is the command."""
    by_module = installed.run("python", "-m", "ivrctl", "--version", cwd=tmp_path)
    by_command = installed.run("ivrctl", "--version", cwd=tmp_path)
    assert by_module.stdout == by_command.stdout != ""


def test_the_state_lies_in_the_users_own_folder(installed: Installed, shop: Path) -> None:
    """Without a controller, ``status`` says so and leaves nothing; what is kept lies there, and nowhere else."""
    folder = installed.home / ".local/state/ivrctl"
    asked = installed.run("ivrctl", "status", cwd=shop)
    assert (asked.returncode, folder.exists()) == (5, False)
    listed = installed.run("ivrctl", "notice", "list", cwd=shop)
    assert listed.returncode == 0, listed.stderr
    (state,) = folder.iterdir()
    assert state.name.startswith("shop-")
