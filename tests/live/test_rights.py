"""What Asterisk lets our AMI users do: each of its actions is one that we need, is explained here, or is refused."""

from __future__ import annotations

import re
import secrets
import shutil
import socket
from collections.abc import Iterator, Mapping

import pytest

from ivrctl.adapters.pbx import Pbx, credentials, down, up
from ivrctl.adapters.pbx.ports import LOOPBACK
from ivrctl.adapters.pbx.render import configuration_source

pytestmark = [pytest.mark.live, pytest.mark.xdist_group("rights"), pytest.mark.timeout(240)]

SESSION = {"Challenge", "Events", "ListCommands", "Login", "Logoff", "Ping", "WaitEvent"}
"""A session itself, and questions about it; Asterisk keeps them from nobody."""
CONTROLLER = {
    *("QueueStatus", "QueueAdd", "QueueRemove", "QueuePause", "QueuePenalty", "QueueLog"),
    *("ExtensionState", "Getvar", "DeviceStateList"),  # agents who are available for backup
    "ShowDialPlan",  # `ivrctl check --live`
    "MessageSend",  # a text to whoever is called in
}
"""What the controller does."""
DOCTOR = {"CoreSettings", "DeviceStateList", "Getvar", "Originate", "ShowDialPlan"}
"""What `ivrctl doctor` does."""

READS = {
    *("CoreSettings", "CoreShowChannelMap", "CoreShowChannels", "CoreStatus", "Status"),
    *("DBGet", "DBGetTree", "DeviceStateList", "ExtensionState", "ExtensionStateList", "Getvar", "ShowDialPlan"),
    *("MailboxCount", "MailboxStatus", "PresenceState"),
}
"""Reads alone: they come with the class ``reporting``, of which we need some."""
MINOR = {"LoggerRotate", "PJSIPQualify"}
"""They come with ``reporting`` too, and change nothing that calls or queues notice."""
AGENT = {"QueueMemberRingInUse"}
"""It comes with the class ``agent``."""
OPEN = {
    *("BridgeDestroy", "BridgeInfo", "BridgeKick", "BridgeList"),
    *("BridgeTechnologyList", "BridgeTechnologySuspend", "BridgeTechnologyUnsuspend"),
    *("QueueChangePriorityCaller", "QueueReload", "QueueReset", "QueueRule", "QueueStatus", "QueueSummary"),
    "QueueWithdrawCaller",
}
"""Asterisk 22 keeps these from nobody who has logged in, whatever ``write`` says: a password is what protects them."""

ALLOWED = {
    "ivrctl": SESSION | OPEN | CONTROLLER | READS | MINOR | AGENT,
    "ivrctl-doctor": SESSION | OPEN | DOCTOR | READS | MINOR,
}
TAKES_OVER = {
    *("AGI", "Atxfer", "BlindTransfer", "Command", "CreateConfig", "DBPut", "DialplanExtensionAdd", "Filter"),
    *("GetConfig", "Hangup", "MixMonitor", "ModuleLoad", "Redirect", "Reload", "SendText", "Setvar", "UpdateConfig"),
}
"""With any of these whoever has the password has the PBX, its calls, or what is said in them."""


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Pbx, Mapping[str, str]]]:
    """A PBX with a third AMI user who may do everything, and the users' passwords."""
    configuration = tmp_path_factory.mktemp("rights") / "asterisk-conf"
    shutil.copytree(configuration_source(), configuration)
    secret = secrets.token_hex(8)
    with (configuration / "manager.conf").open("a") as file:
        file.write(f"\n[everything]\nsecret = {secret}\nread = all\nwrite = all\n")
    name = f"test-{secrets.token_hex(4)}"
    started = up(name, configuration=configuration)
    ours = credentials(started)
    yield started, {"everything": secret, "ivrctl": ours.ami_secret, "ivrctl-doctor": ours.doctor_secret}
    down(name)
    shutil.rmtree(started.folder)


@pytest.fixture(scope="module")
def every_action(watched: tuple[Pbx, Mapping[str, str]]) -> frozenset[str]:
    """All actions that this Asterisk has, by the modules that are loaded."""
    return _listed(*watched, "everything")


def _said(pbx: Pbx, passwords: Mapping[str, str], user: str, *actions: str) -> str:
    login = f"Action: Login\r\nUsername: {user}\r\nSecret: {passwords[user]}\r\nEvents: off"
    with socket.create_connection((LOOPBACK, pbx.ami_port), timeout=10) as session:
        session.sendall("".join(f"{action}\r\n\r\n" for action in (login, *actions, "Action: Logoff")).encode())
        return b"".join(iter(lambda: session.recv(65536), b"")).decode()


def _listed(pbx: Pbx, passwords: Mapping[str, str], user: str) -> frozenset[str]:
    """What ``ListCommands`` names: an action for each that this user may do."""
    return frozenset(
        re.findall(r"^(\w+): .*\(Priv: ", _said(pbx, passwords, user, "Action: ListCommands"), re.MULTILINE)
    )


@pytest.mark.parametrize("user", ALLOWED)
def test_every_other_action_is_refused(
    user: str, watched: tuple[Pbx, Mapping[str, str]], every_action: frozenset[str]
) -> None:
    """SAFETY: each action that Asterisk has and the table has not is asked for, and permission is denied."""
    others = sorted(every_action - ALLOWED[user])
    assert every_action >= TAKES_OVER
    assert not TAKES_OVER & ALLOWED[user]
    said = _said(*watched, user, *(f"ActionID: {action}\r\nAction: {action}" for action in others))
    refused = re.findall(r"Response: Error\r\nActionID: (\w+)\r\nMessage: Permission denied\r\n", said)
    assert sorted(refused) == others


@pytest.mark.parametrize(("user", "needed"), [("ivrctl", CONTROLLER), ("ivrctl-doctor", DOCTOR)])
def test_what_is_needed_is_there(user: str, needed: set[str], watched: tuple[Pbx, Mapping[str, str]]) -> None:
    """LIVENESS: and the table claims nothing that the user has not."""
    listed = _listed(*watched, user)
    assert listed >= needed
    assert listed <= ALLOWED[user]


@pytest.mark.parametrize("user", ALLOWED)
@pytest.mark.parametrize(
    "function", ["SHELL(id)", "EVAL(${SHELL(id)})", "FILE(/etc/passwd,0,40)", "STAT(e,/etc/passwd)"]
)
def test_functions_reach_neither_a_shell_nor_files(
    function: str, user: str, watched: tuple[Pbx, Mapping[str, str]]
) -> None:
    """``Getvar`` evaluates functions of the dialplan; those that reach outside are refused or give nothing."""
    said = _said(*watched, user, f"Action: Getvar\r\nVariable: {function}")
    assert "Access Forbidden" in said or f"Variable: {function}\r\nValue: \r\n" in said
