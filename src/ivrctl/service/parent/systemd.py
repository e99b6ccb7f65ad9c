"""What systemd is told: that we serve, reload or leave, and that the parent's loop still turns.

The protocol of sd_notify(3): datagrams of ``NAME=value`` lines to the socket that ``NOTIFY_SOCKET`` names. Started by
hand, nothing is told. It follows the situation, not the events: what changed since is told, and a datagram that is lost
says no more than the next one.
"""

from __future__ import annotations

import contextlib
import math
import socket
from collections.abc import MutableMapping

from ivrctl.service.parent.situation import Phase, Situation

NOTIFY_SOCKET = "NOTIFY_SOCKET"
WATCHDOG_USEC = "WATCHDOG_USEC"
WATCHDOG_PID = "WATCHDOG_PID"

BEATS_IN_A_PERIOD = 2
"""sd_watchdog_enabled(3): a service is to say so every half of the period after which it is given up."""


def state_of(situation: Situation) -> str:
    """``READY``, ``RELOADING`` or ``STOPPING``; empty while there is nothing to tell.

    A controller that died and is replaced is none of systemd's business: the sockets are open, calls wait in them.
    """
    if situation.exit_code is not None:
        return "STOPPING"
    if not situation.in_phase(Phase.SERVING):
        return ""
    if situation.is_reload_wanted or situation.in_phase(Phase.STARTING):
        return "RELOADING"
    return "READY"


def status_of(situation: Situation) -> str:
    """One line for ``systemctl status``."""
    serving = len(situation.in_phase(Phase.SERVING))
    leaving = len(situation.in_phase(Phase.DRAINING))
    words = ["serving" if serving else "no controller serves"]
    if situation.in_phase(Phase.STARTING):
        words.append("one is starting")
    if leaving:
        words.append(f"{leaving} leaving")
    if situation.restarts:
        words.append(f"{situation.restarts} replaced")
    return ", ".join(words)


class Systemd:
    """The service manager that has started us; or nobody, who is told nothing."""

    def __init__(self, address: str = "", watchdog: float = math.inf) -> None:
        """Keep where to tell.

        Args:
            address: of the socket; empty for nobody.
            watchdog: seconds after which a silent service is given up.
        """
        # "@" stands for the NUL of an abstract socket.
        self._address = f"\0{address[1:]}" if address.startswith("@") else address
        self._beat_every = watchdog / BEATS_IN_A_PERIOD
        self._beat_at = -math.inf
        self._told = ("", "")

    @classmethod
    def taken_from(cls, environ: MutableMapping[str, str], pid: int) -> Systemd:
        """Read what systemd has set, and take it out: children are not to speak for us."""
        address = environ.pop(NOTIFY_SOCKET, "")
        period = environ.pop(WATCHDOG_USEC, "")
        is_meant = environ.pop(WATCHDOG_PID, str(pid)) == str(pid)
        return cls(address, int(period) / 1e6 if address and is_meant and period.isdecimal() else math.inf)

    def tell(self, situation: Situation, now: float) -> None:
        """Tell what is new.

        Args:
            situation: as it is now.
            now: seconds of CLOCK_MONOTONIC, which systemd compares with its own.
        """
        state = state_of(situation)
        told = (state or self._told[0], status_of(situation))
        lines = [f"STATUS={told[1]}"] if told != self._told else []
        if told[0] != self._told[0]:
            lines.append(f"{state}=1")
            if state == "RELOADING":
                lines.append(f"MONOTONIC_USEC={int(now * 1e6)}")
        self._told = told
        if now >= self.wake_at:
            self._beat_at = now
            lines.append("WATCHDOG=1")
        if lines:
            self._send("\n".join(lines))

    @property
    def wake_at(self) -> float:
        """When the loop has to turn again, so that it is not given up."""
        return self._beat_at + self._beat_every if math.isfinite(self._beat_every) else math.inf

    def _send(self, text: str) -> None:
        if not self._address:
            return
        # Serving matters more than telling of it: a manager that is busy or gone costs no call.
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sender:
            sender.setblocking(False)
            sender.connect(self._address)
            sender.send(text.encode())
