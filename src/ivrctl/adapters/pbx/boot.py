"""Waiting until a started Asterisk is fully booted, and knowing that it is ours.

Three events, in this order: Asterisk sends READY=1 to the notify socket (sd_notify(3); it does so when fully booted),
AMI lets the instance's own secret in, and SIP answers with the instance's own name. So a second Asterisk on the same
port is not taken for the first, and a port that another program holds is named. Nothing here sleeps or polls.
"""

from __future__ import annotations

import os
import re
import secrets
import select
import socket
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from ivrctl.adapters.pbx.instance import Pbx
from ivrctl.adapters.pbx.ports import LOOPBACK
from ivrctl.errors import UnreachableError

BOOT_SECONDS = 30.0
"""How long Asterisk may take to boot: one to two seconds seen, more on a machine that is busy."""
ANSWER_SECONDS = 5.0
"""How long AMI and SIP may take to answer once it has."""

_TAIL = 20
"""Lines of log that a failure shows."""
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_DATAGRAM = 4096


@dataclass(frozen=True, slots=True)
class NotifySocket:
    """Where Asterisk says that it is ready: an abstract socket, so that it is seen in a chroot and leaves no file."""

    socket: socket.socket
    address: str

    @property
    def variable(self) -> str:
        """The value of NOTIFY_SOCKET for the process."""
        return "@" + self.address.removeprefix("\0")


class TakenPortError(UnreachableError):
    """Asterisk runs without one of its ports: another program took it between our try and Asterisk's own bind."""

    def __init__(self, protocol: str, port: int, message: str) -> None:
        """Say whose port it is."""
        advice = f"ss --listening --numeric --processes 'sport = :{port}' names the program"
        super().__init__(message, advice=advice)
        self.protocol = protocol
        """``AMI`` or ``SIP``."""
        self.port = port


@contextmanager
def notify_socket() -> Iterator[NotifySocket]:
    """Open a notify socket with a name that nobody can guess."""
    address = f"\0ivrctl-pbx-{secrets.token_hex(16)}"
    with closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as opened:
        opened.bind(address)
        yield NotifySocket(opened, address)


def wait_until_booted(pbx: Pbx, notify: NotifySocket, secret: str, server: str) -> None:
    """Return when Asterisk is ready and is ours.

    Raises:
        TakenPortError: one of its ports is another program's.
        UnreachableError: it ended, or was not ready in time.
    """
    _wait_ready(pbx, notify)
    for protocol, port, check, word in (
        ("AMI", pbx.ami_port, _log_in, secret),
        ("SIP", pbx.sip_port, _ask_name, server),
    ):
        try:
            is_ours = check(port, word)
        except OSError as error:
            why = f"nothing answers at {protocol} port {port}: {error}"
            raise TakenPortError(protocol, port, _with_log(pbx, why)) from error
        if not is_ours:
            why = f"what answers at {protocol} port {port} is not this PBX"
            raise TakenPortError(protocol, port, _with_log(pbx, why))


def log_tail(pbx: Pbx) -> str:
    """Return the last lines that Asterisk wrote, warnings and errors and what stood on its console."""
    lines = [line for file in (pbx.console, pbx.log) for line in _lines(file)]
    return "\n".join(f"    {line}" for line in lines[-_TAIL:])


def _wait_ready(pbx: Pbx, notify: NotifySocket) -> None:
    arrival = notify.socket.fileno()
    try:
        process = os.pidfd_open(pbx.pid)
    except OSError as error:
        raise UnreachableError(_with_log(pbx, "Asterisk ended as it was started")) from error
    try:
        while True:
            seen, _, _ = select.select([arrival, process], [], [], BOOT_SECONDS)
            if arrival in seen and b"READY=1" in notify.socket.recv(_DATAGRAM):
                return
            if process in seen:
                raise UnreachableError(_with_log(pbx, "Asterisk ended while it was starting"))
            if not seen:
                raise UnreachableError(_with_log(pbx, f"Asterisk was not ready within {BOOT_SECONDS:.0f} s"))
    finally:
        os.close(process)


def _log_in(port: int, secret: str) -> bool:
    """Log in as the controller would, and wait for FullyBooted, which only a user with `system` is sent."""
    with socket.create_connection((LOOPBACK, port), timeout=ANSWER_SECONDS) as ami:
        action = f"Action: Login\r\nUsername: ivrctl\r\nSecret: {secret}\r\n\r\nAction: Logoff\r\n\r\n"
        ami.sendall(action.encode())
        heard = b"".join(iter(lambda: ami.recv(_DATAGRAM), b""))
    return b"Event: FullyBooted" in heard


def _ask_name(port: int, server: str) -> bool:
    """Send OPTIONS (RFC 3261, 11) and compare the Server header: any status will do, the name will not."""
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as phone:
        phone.settimeout(ANSWER_SECONDS)
        phone.bind((LOOPBACK, 0))
        own = phone.getsockname()[1]
        phone.sendto(_options(port, own), (LOOPBACK, port))
        answer = phone.recv(_DATAGRAM).decode(errors="replace")
    return f"Server: {server}\r\n" in answer


def _options(port: int, own: int) -> bytes:
    branch = secrets.token_hex(8)
    return (
        f"OPTIONS sip:{LOOPBACK}:{port} SIP/2.0\r\n"
        f"Via: SIP/2.0/UDP {LOOPBACK}:{own};rport;branch=z9hG4bK{branch}\r\n"
        f"From: <sip:ivrctl@{LOOPBACK}:{own}>;tag={branch}\r\n"
        f"To: <sip:{LOOPBACK}:{port}>\r\n"
        f"Call-ID: {branch}\r\nCSeq: 1 OPTIONS\r\nMax-Forwards: 1\r\nContent-Length: 0\r\n\r\n"
    ).encode()


def _with_log(pbx: Pbx, sentence: str) -> str:
    return f"{sentence}; its log ends with\n{log_tail(pbx)}"


def _lines(file: Path) -> list[str]:
    try:
        return [_COLOUR.sub("", line) for line in file.read_text(encoding="utf-8", errors="replace").splitlines()]
    except FileNotFoundError:
        return []
