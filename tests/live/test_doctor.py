"""``ivrctl doctor`` on real PBXs: nothing on a good one, and every planted mistake, one at a time.

Most mistakes are made, and taken back, in one PBX that runs, which reads its configuration again; what only a start
reads has a PBX of its own.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from ivrctl.adapters.ami import Login
from ivrctl.adapters.fastagi_server import LOOPBACK as LOOPBACK_ONLY
from ivrctl.adapters.pbx import Pbx, TwoViews, credentials, down, rx, up
from ivrctl.adapters.pbx.ports import LOOPBACK, free_tcp_port
from ivrctl.adapters.pbx.render import configuration_source
from ivrctl.adapters.prompts import PromptLibrary
from ivrctl.adapters.state_folder import StateFolder
from ivrctl.adapters.voices import SilentVoice
from ivrctl.errors import UnreachableError
from ivrctl.service.controller import Controller, ControllerSettings
from ivrctl.service.doctor import Access, Report, Setup, examine
from ivrctl.service.doctor.finding import SHELL, Paste
from ivrctl.service.doctor.observed import Expected
from ivrctl.service.site_versions import SiteVersions
from ivrctl.web.client import ask
from ivrctl.web.server import start_api

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]

ROOT = Path(__file__).parents[2]

SITE = """
site: examined
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: Silence., no_match: Wrong., one_moment: One moment., fallback: Sorry.}
queues: {vip: {}, broadband: {keys: ["1"]}}
"""
FLOW = 'lines: {"100": start}\nsteps: {start: [{play: Hello.}, {hangup: served}]}\n'

Plant = Callable[[Path], None]
"""Makes a mistake in a configuration."""


@dataclass(frozen=True)
class Table:
    """A PBX that runs on while one mistake after the other is made in it."""

    pbx: Pbx
    agi: tuple[str, int]
    """Where it looks for its controller."""
    good: Path
    """A copy of its configuration as it was."""

    def spoil(self, plant: Plant) -> None:
        """Make a mistake."""
        plant(self.pbx.folder / "etc")
        rx(self.pbx, "core reload")

    def heal(self) -> None:
        """Take all mistakes back."""
        shutil.copytree(self.good, self.pbx.folder / "etc", dirs_exist_ok=True)
        rx(self.pbx, "core reload")


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Table]:
    """One for all tests of this process; in the end nothing may be wrong with it."""
    folder = tmp_path_factory.mktemp("table")
    agi = (LOOPBACK, free_tcp_port(10_000 + (os.getpid() + 7_919) % 20_000))
    name = f"test-{secrets.token_hex(4)}"
    try:
        pbx = up(name, agi=agi)
        shutil.copytree(pbx.folder / "etc", folder / "etc")
        yield Table(pbx, agi, folder / "etc")
        asyncio.run(_found_healthy(pbx, agi, folder))
    finally:
        _end(name)


async def _found_healthy(pbx: Pbx, agi: tuple[str, int], folder: Path) -> None:
    async with AsyncExitStack() as stack:
        asked = await Surgery(folder, stack).controller("healthy", listening(agi[1]))
        report = await examine(setup_of(pbx, asked))
    assert (report.findings, report.notes) == ((), ())


@dataclass
class Surgery:
    """PBXs to examine, and controllers; everything ends with the test."""

    folder: Path
    stack: AsyncExitStack

    async def controller(self, name: str, agi: socket.socket) -> Callable[[str], dict[str, Any] | None]:
        """Start a real controller on a socket; how its API is asked."""
        site, state = self.folder / name, StateFolder.open(self.folder / f"{name}-state")
        site.mkdir()
        (site / "ivrctl.yaml").write_text(SITE)
        (site / "main.ivr.yaml").write_text(FLOW)
        versions = SiteVersions(site, state.versions, lambda _text: None)
        versions.load()
        cache, spool = (TwoViews(self.folder / f"{name}-{part}", f"/{part}") for part in ("prompts", "spool"))
        prompts = PromptLibrary(voice=SilentVoice(), currency="CNY", cache=cache, spool=spool)
        serving = Controller(ControllerSettings(site, state, LOOPBACK_ONLY, {}), versions, prompts)
        await serving.start(agi)
        self.stack.push_async_callback(serving.close)
        self.serving = serving
        with socket.socket(socket.AF_UNIX) as api:
            api.bind(str(state.api_socket))
            runner = await start_api(serving, api.dup())
        self.stack.push_async_callback(runner.cleanup)
        return partial(_asked, state.api_socket)

    def pbx(self, agi: tuple[str, int], plant: Plant = lambda _folder: None) -> Pbx:
        """Start a PBX with a copy of the configuration in which a mistake was made."""
        name = f"test-{secrets.token_hex(4)}"
        copy = self.folder / name
        shutil.copytree(configuration_source(), copy)
        plant(copy)
        self.stack.callback(_end, name)
        return up(name, agi=agi, configuration=copy)


def _end(name: str) -> None:
    down(name)
    from ivrctl.adapters.pbx import log_file  # noqa: PLC0415

    shutil.rmtree(log_file(name).parents[1], ignore_errors=True)


def _asked(api: Path, path: str) -> dict[str, Any] | None:
    try:
        return ask(api, path)
    except UnreachableError:
        return None


@pytest.fixture
async def surgery(tmp_path: Path) -> AsyncIterator[Surgery]:
    """Where PBXs are examined."""
    async with AsyncExitStack() as stack:
        yield Surgery(tmp_path, stack)


def listening(port: int = 0) -> socket.socket:
    """A socket on loopback that listens."""
    return socket.create_server((LOOPBACK, port))


def setup_of(pbx: Pbx, asked: Callable[[str], dict[str, Any] | None]) -> Setup:
    """What is expected of a development PBX."""
    known = credentials(pbx)
    expected = Expected(
        host=LOOPBACK,
        port=pbx.ami_port,
        user=known.ami_user,
        queues={"vip": (), "broadband": ("1",)},
        prompts=pbx.prompts.ours,
        prompts_seen=pbx.prompts.asterisk,
        spool=pbx.spool.ours,
        spool_seen=pbx.spool.asterisk,
        sends_messages=True,
    )
    return Setup(
        expected=expected,
        controller=Access(known.ami_user, Login(known.ami_user, known.ami_secret)),
        doctor=Access(known.doctor_user, Login(known.doctor_user, known.doctor_secret)),
        ask=asked,
    )


async def ready(surgery: Surgery, table: Table, plant: Plant | None = None) -> Setup:
    """The PBX that runs, with a mistake in its configuration, and a controller where it looks for one."""
    asked = await surgery.controller("site", listening(table.agi[1]))
    if plant is not None:
        surgery.stack.push_async_callback(asyncio.to_thread, table.heal)
        await asyncio.to_thread(table.spoil, plant)
    return setup_of(table.pbx, asked)


async def started(surgery: Surgery, plant: Plant) -> Setup:
    """A PBX that was started with a mistake in its configuration, and a controller where it looks for one."""
    agi = listening()
    address = agi.getsockname()
    asked = await surgery.controller("site", agi)
    return setup_of(await asyncio.to_thread(surgery.pbx, address, plant), asked)


def rules(report: Report) -> list[str]:
    """The rules of what was found, each once."""
    return sorted({finding.rule for finding in report.findings})


def change(file: str, old: str, new: str) -> Plant:
    """A mistake: other text in a file. What is replaced must stand there, or the test would plant nothing."""

    def plant(folder: Path) -> None:
        path = folder / file
        text = path.read_text()
        assert old in text, f"{file} holds no {old!r}"
        path.write_text(text.replace(old, new))

    return plant


def both(*plants: Plant) -> Plant:
    """Several changes that are one mistake."""

    def plant(folder: Path) -> None:
        for each in plants:
            each(folder)

    return plant


def without(module: str) -> Plant:
    """A module that is not loaded, whether it was required or not."""

    def plant(folder: Path) -> None:
        path = folder / "modules.conf"
        lines = path.read_text().splitlines(keepends=True)
        kept = [line for line in lines if f" = {module}" not in line]
        assert len(kept) < len(lines), module
        path.write_text("".join(kept))

    return plant


USER = "ivrctl.d/manager.conf"
READ, WRITE = "read = system,call,agent,dialplan", "write = agent,reporting,message"
PERMIT = "deny = 0.0.0.0/0.0.0.0\ndeny = ::/0\npermit = 127.0.0.1/255.255.255.255\n"

MISTAKES: dict[str, tuple[str, Plant]] = {
    "the user may not write agent": ("IVR404", change(USER, WRITE, "write = reporting")),
    "the user may not read call": ("IVR404", change(USER, READ, "read = system,agent,dialplan")),
    "the user may not read agent": ("IVR404", change(USER, READ, "read = system,call,dialplan")),
    "the user may send no messages": ("IVR404", change(USER, WRITE, "write = agent,reporting")),
    "the user may run commands": ("IVR405", change(USER, WRITE, f"{WRITE},command")),
    "the user may write system": ("IVR405", change(USER, WRITE, f"{WRITE},system")),
    "the user may rewrite the configuration": ("IVR405", change(USER, WRITE, f"{WRITE},config")),
    "the user may dial": ("IVR405", change(USER, WRITE, f"{WRITE},originate")),
    "the user reads agi": ("IVR405", change(USER, READ, f"{READ},agi")),
    "the user may not read dialplan": ("IVR404", change(USER, READ, "read = system,call,agent")),
    "the user reads all of dialplan": ("IVR405", change(USER, "eventfilter(", ";eventfilter(")),
    "the user reads dtmf": ("IVR405", change(USER, READ, f"{READ},dtmf")),
    "writetimeout is left out": ("IVR406", change(USER, "writetimeout = 5000", "")),
    "AMI for everybody": (
        "IVR407",
        both(change("manager.conf", "bindaddr = 127.0.0.1", "bindaddr = 0.0.0.0"), change(USER, PERMIT, "")),
    ),
    "app_playtones is missing": ("IVR412", without("app_playtones.so")),
    "func_rand is missing": ("IVR412", without("func_rand.so")),
    "res_agi is missing": ("IVR412", without("res_agi.so")),
    "neither alaw nor ulaw": ("IVR412", both(without("codec_alaw.so"), without("codec_ulaw.so"))),
    "a log with keys": ("IVR414", change("logger.conf", "notice,warning", "dtmf,notice,warning")),
    "globals not included": ("IVR421", change("extensions.conf", "#include ivrctl.d/globals.conf", "")),
    "a global is missing": ("IVR421", change("ivrctl.d/globals.conf", "IVRCTL_FALLBACK_WAIT = 900", "")),
    "no limit of a leg": ("IVR423", change("ivrctl.d/globals.conf", "LIMIT = 600", "LIMIT = 0")),
    "no calls are sent": ("IVR424", change("extensions.conf", "Goto(ivrctl-lines", "Goto(default")),
    "unfiltered": (
        "IVR425",
        change("extensions.conf", "ivrctl-lines,${FILTER(0-9*#+,${EXTEN})}", "ivrctl-lines,${EXTEN}"),
    ),
    "prompts of the fallback elsewhere": (
        "IVR442",
        change("ivrctl.d/globals.conf", "/srv/ivrctl/prompts", "/srv/ivrctl/music"),
    ),
    "an endpoint without a telephone's codec": ("IVR445", change("pjsip.conf", "allow = alaw,ulaw", "allow = g722")),
    "no fallback queue": ("IVR451", change("ivrctl.d/globals.conf", "= front-desk", "= front-dsk")),
    "a fallback queue without members": ("IVR452", change("queues.conf", "member => ", ";member => ")),
    "a queue of the site is missing": ("IVR453", change("queues.conf", "[vip](desk)", "[vvip](desk)")),
    "keys without a context": (
        "IVR454",
        change("queues.conf", "[broadband](desk)\ncontext = queue-key-1", "[broadband](desk)"),
    ),
    "keys lead nowhere": ("IVR454", change("extensions.conf", "[queue-key-1]", "[queue-key-2]")),
    "hold times are not told": ("IVR458", change("queues.conf", "[vip](desk)", "[vip]\nstrategy = rrmemory")),
    "members are remembered": ("IVR455", change("queues.conf", "persistentmembers = no", "persistentmembers = yes")),
    "a Local member without a state": (
        "IVR456",
        change("queues.conf", "member => PJSIP/8106", "member => Local/8106@from-agents/n"),
    ),
}
"""What is planted in the configuration, and the one rule that finds it."""


AT_START = {
    "AMI for everybody",
    "app_playtones is missing",
    "func_rand is missing",
    "res_agi is missing",
    "neither alaw nor ulaw",
    "globals not included",
    "a global is missing",
}
"""Mistakes that a PBX which runs does not make: modules stay loaded, globals stay set, sockets stay open."""


async def test_nothing_is_wrong_with_the_development_pbx(surgery: Surgery, table: Table) -> None:
    """Not a finding, and nothing that could not be seen; and it leaves no file behind."""
    setup = await ready(surgery, table)
    report = await examine(setup)
    assert (report.findings, report.notes) == ((), ())
    assert report.asterisk.startswith("Asterisk 22.")
    left = [*setup.expected.prompts.glob("doctor-*"), *setup.expected.spool.glob("doctor-*")]
    assert left == []


FOLLOWED = (
    "the user may not write agent",
    "the user may run commands",
    "the user may not read dialplan",
    "the user reads all of dialplan",
    "writetimeout is left out",
    "app_playtones is missing",
    "a log with keys",
    "globals not included",
    "a global is missing",
    "no limit of a leg",
    "prompts of the fallback elsewhere",
    "no fallback queue",
    "a fallback queue without members",
    "a queue of the site is missing",
    "keys without a context",
    "keys lead nowhere",
    "hold times are not told",
    "members are remembered",
)
"""Mistakes whose advice a program can follow: the others name a phone, a context or a file of somebody else's."""


@pytest.mark.parametrize("mistake", MISTAKES)
async def test_a_mistake_in_the_configuration_is_found(
    surgery: Surgery, request: pytest.FixtureRequest, mistake: str
) -> None:
    """By its rule and by no other, with something to paste; whoever pastes it into the running PBX has put it right."""
    rule, plant = MISTAKES[mistake]
    if mistake in AT_START:
        setup = await started(surgery, plant)
    else:
        setup = await ready(surgery, request.getfixturevalue("table"), plant)
    report = await examine(setup)
    assert rules(report) == [rule], report
    assert all(finding.pastes for finding in report.findings)
    if mistake in FOLLOWED:
        for paste in (paste for finding in report.findings for paste in finding.pastes):
            await asyncio.to_thread(follow, paste, _running(setup))
        assert rules(await examine(setup)) == []


def follow(paste: Paste, pbx: Pbx) -> None:
    """Do what a reader of the finding does."""
    if paste.file == SHELL:
        for line in paste.lines:
            command = re.fullmatch(r'asterisk -rx "(.*)"', line)
            assert command is not None, line
            rx(pbx, command[1])
        return
    file = pbx.folder / "etc" / paste.file
    text, lines = file.read_text(), "\n".join(paste.lines)
    if paste.instead_of is not None:
        text, times = re.subn(rf"^{re.escape(paste.instead_of)} *=.*$", lines, text, flags=re.MULTILINE)
    elif paste.section is not None:
        text, times = re.subn(rf"^(\[{paste.section}\].*)$", rf"\1\n{lines}", text, count=1, flags=re.MULTILINE)
    else:
        text, times = f"{text}\n{lines}\n", 1
    assert times == 1, paste
    file.write_text(text)


async def test_missing_contexts_are_found_before_what_follows(surgery: Surgery, table: Table) -> None:
    """Without our dialplan no probe call can be placed: it is said, and one line is to be pasted."""
    plant = both(
        change("extensions.conf", "#include ivrctl.d/extensions.conf", ""),
        change("queues.conf", "context = queue-key-1", "context = ivrctl-queue-keys"),
    )
    report = await examine(await ready(surgery, table, plant))
    assert rules(report) == ["IVR422"]
    assert report.findings[0].pastes[0].lines == ("#include ivrctl.d/extensions.conf",)
    assert report.notes == ("no probe call was placed: the dialplan has no context ivrctl-probe",)


async def test_a_user_who_is_not_told_of_the_boot_is_found(surgery: Surgery, table: Table) -> None:
    """The right was taken from him while the PBX runs."""
    report = await examine(await ready(surgery, table, change(USER, READ, "read = call,agent,dialplan")))
    assert rules(report) == ["IVR404"]
    assert "lacks system" in report.findings[0].message


def _running(setup: Setup) -> Pbx:
    from ivrctl.adapters.pbx import status  # noqa: PLC0415

    return next(pbx for pbx in status() if pbx.ami_port == setup.expected.port)


async def test_a_wrong_port_is_found(surgery: Surgery, table: Table) -> None:
    """Nothing else is said, since nothing else is known."""
    setup = await ready(surgery, table)
    with socket.socket() as unused:
        unused.bind((LOOPBACK, 0))
        report = await examine(replace(setup, expected=replace(setup.expected, port=unused.getsockname()[1])))
    assert rules(report) == ["IVR401"]
    assert not report.is_reached


@pytest.mark.parametrize(("who", "rule"), [("controller", "IVR402"), ("doctor", "IVR403")])
async def test_a_wrong_secret_is_found(surgery: Surgery, table: Table, who: str, rule: str) -> None:
    """Each user's own; what the other may see is looked at all the same."""
    setup = await ready(surgery, table)
    user = getattr(setup, who).user
    report = await examine(replace(setup, **{who: Access(user, Login(user, "wrong"))}))
    assert rules(report) == [rule]
    assert report.asterisk.startswith("Asterisk 22.")


async def test_without_the_examining_user_it_is_said_what_was_not_seen(surgery: Surgery, table: Table) -> None:
    """The controller's user may list, and not dial: there is no finding, and a note."""
    report = await examine(replace(await ready(surgery, table), doctor=Access("ivrctl-doctor", why="it is not set")))
    assert report.findings == ()
    (note,) = [note for note in report.notes if "probe call" in note]
    assert "it is not set" in note


@pytest.mark.parametrize(("part", "rule"), [("prompts_seen", "IVR441"), ("spool_seen", "IVR443")])
async def test_a_folder_that_asterisk_sees_elsewhere_is_found(
    surgery: Surgery, table: Table, part: str, rule: str
) -> None:
    """The site says a path at which Asterisk has something else."""
    setup = await ready(surgery, table)
    report = await examine(replace(setup, expected=replace(setup.expected, **{part: "/srv/ivrctl/music"})))
    assert rules(report) == [rule]


async def test_a_folder_that_cannot_be_written_is_found(surgery: Surgery, table: Table) -> None:
    """It is ours that is wrong."""
    setup = await ready(surgery, table)
    report = await examine(replace(setup, expected=replace(setup.expected, prompts=Path("/proc/nowhere"))))
    assert rules(report) == ["IVR441"]


@pytest.mark.parametrize("seconds", [90, -90])
async def test_clocks_that_differ_are_found(surgery: Surgery, table: Table, seconds: int) -> None:
    """Asterisk's clock is the host's, so ours is the one that is wrong here."""
    report = await examine(replace(await ready(surgery, table), now=lambda: time.time() + seconds))
    assert rules(report) == ["IVR413"]


async def test_a_controller_that_does_not_run_is_found(table: Table) -> None:
    """Once: that Asterisk does not reach it follows."""
    assert rules(await examine(setup_of(table.pbx, lambda _path: None))) == ["IVR431"]


async def test_a_controller_at_another_address_is_found(surgery: Surgery, table: Table) -> None:
    """It runs, and Asterisk looks where nobody listens."""
    asked = await surgery.controller("site", listening())
    assert rules(await examine(setup_of(table.pbx, asked))) == ["IVR432"]


async def test_a_program_that_stays_silent_is_found(surgery: Surgery, table: Table) -> None:
    """It accepts the connection: the call's own limit brings the answer, and the prompts are looked at all the same."""
    asked = await surgery.controller("site", listening())
    with listening(table.agi[1]):
        report = await examine(setup_of(table.pbx, asked))
    assert rules(report) == ["IVR433"]
    assert "silent" in report.findings[0].message


async def test_another_program_is_found(surgery: Surgery, table: Table) -> None:
    """It answers, and not as a controller does."""

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail ready\r\n")
        await reader.readline()
        writer.close()

    asked = await surgery.controller("site", listening())
    async with await asyncio.start_server(greet, *table.agi):
        assert rules(await examine(setup_of(table.pbx, asked))) == ["IVR433"]


async def test_another_sites_controller_is_found(surgery: Surgery, table: Table) -> None:
    """It answers the probe call, and this site's controller has not seen it."""
    await surgery.controller("other", listening(table.agi[1]))
    asked = await surgery.controller("site", listening())
    assert rules(await examine(setup_of(table.pbx, asked))) == ["IVR434"]


async def test_a_controller_that_refuses_is_found(surgery: Surgery, table: Table) -> None:
    """It is there, and takes no calls."""
    setup = await ready(surgery, table)
    surgery.serving.server.refusing = True
    assert rules(await examine(setup)) == ["IVR435"]


def in_freepbxs_shape(folder: Path) -> None:
    """Lay FreePBX's files over the configuration."""
    for file in (Path(__file__).parent / "freepbx").glob("*.conf"):
        shutil.copy(file, folder)


async def test_nothing_is_wrong_with_a_freepbx_whose_custom_files_include_ours(surgery: Surgery) -> None:
    """Everything of ours stands in files that FreePBX leaves alone; its members are Local ones with a hint."""
    report = await examine(await started(surgery, in_freepbxs_shape))
    assert (report.findings, report.notes) == ((), ())


@pytest.mark.parametrize(
    ("rule", "file", "plant"),
    [
        ("IVR403", "manager_custom.conf", change("manager_custom.conf", "#include ivrctl.d/doctor.conf", "")),
        ("IVR421", "globals_custom.conf", change("globals_custom.conf", "#include ivrctl.d/globals.conf", "")),
        ("IVR422", "extensions_custom.conf", change("extensions_custom.conf", "#include ivrctl.d/extensions.conf", "")),
        ("IVR414", "logger_logfiles_custom.conf", change("logger_logfiles_custom.conf", "; Empty.", "full => dtmf")),
        ("IVR454", "queues_post_custom.conf", change("queues_post_custom.conf", "context = ", ";context = ")),
        ("IVR455", "queues_custom_general.conf", change("queues_custom_general.conf", "= no", "= yes")),
        ("IVR456", "queues_post_custom.conf", change("queues_additional.conf", ",0,Desk,hint:8106@ext-local", "")),
    ],
)
async def test_what_is_wrong_with_a_freepbx_is_put_right_in_a_custom_file(
    surgery: Surgery, rule: str, file: str, plant: Plant
) -> None:
    """The files that it writes are never named as the place of a line."""
    report = await examine(await started(surgery, both(in_freepbxs_shape, plant)))
    assert rules(report) == [rule]
    assert report.findings[0].pastes[0].file == file


def doctor(site: Path, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "ivrctl", "doctor", str(site), *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, **environ},
    )


def site_of(surgery: Surgery, pbx: Pbx, port: int) -> Path:
    """The site's folder, with an Asterisk that is its own."""
    prompts = f"{{ours: {pbx.prompts.ours}, asterisk: {pbx.prompts.asterisk}}}"
    spool = f"{{ours: {pbx.spool.ours}, asterisk: {pbx.spool.asterisk}}}"
    ami = f"{{port: {port}, secret: {{file: secret}}}}"
    site = surgery.folder / "site"
    (site / "ivrctl.yaml").write_text(f"{SITE}asterisk:\n  prompts: {prompts}\n  spool: {spool}\n  ami: {ami}\n")
    (site / "secret").write_text(credentials(pbx).ami_secret)
    return site


async def test_the_command_examines_the_asterisk_that_the_site_names(surgery: Surgery, table: Table) -> None:
    """Secrets come from a file and from the environment, and stand in no output; exit codes tell the outcomes apart."""
    await surgery.controller("site", listening(table.agi[1]))
    pbx = table.pbx
    known = credentials(pbx)
    state = ("--state", str(surgery.folder / "site-state"))
    site = site_of(surgery, pbx, pbx.ami_port)
    secret = {"IVRCTL_DOCTOR_SECRET": known.doctor_secret}
    good = await asyncio.to_thread(doctor, site, *state, **secret)
    assert (good.stdout, good.returncode) == ("", 0), good.stderr
    assert "placing a probe call" in good.stderr
    warned = await asyncio.to_thread(doctor, site, "--json", *state, **{**secret, "IVRCTL_DOCTOR_SECRET": "wrong"})
    body = json.loads(warned.stdout)
    assert ([finding["rule"] for finding in body["findings"]], warned.returncode) == (["IVR403"], 1)
    with socket.socket() as unused:
        unused.bind((LOOPBACK, 0))
        away = await asyncio.to_thread(doctor, site_of(surgery, pbx, unused.getsockname()[1]), *state, **secret)
    assert away.returncode == 5
    assert "[IVR401]" in away.stdout
    everything = "".join(done.stdout + done.stderr for done in (good, warned, away))
    assert known.ami_secret not in everything
    assert known.doctor_secret not in everything


async def test_the_command_without_any_secret_says_how_to_give_one(surgery: Surgery, table: Table) -> None:
    """It is a matter of usage."""
    pbx = table.pbx
    (surgery.folder / "site").mkdir()
    (surgery.folder / "site/main.ivr.yaml").write_text(FLOW)
    site = site_of(surgery, pbx, pbx.ami_port)
    (site / "secret").unlink()
    done = await asyncio.to_thread(doctor, site, "--state", str(surgery.folder / "state"), IVRCTL_DOCTOR_SECRET="")
    assert done.returncode == 2
    assert "nobody says how to log in to AMI" in done.stderr
