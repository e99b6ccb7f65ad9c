"""The systemd unit of ``ivrctl serve``: the text, from the paths of this installation.

What is shut off is what a controller never needs; the reasons stand in the unit itself, for whoever has to change it.
``docs/how-to/systemd.md`` says how it is put to use.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from ivrctl.service.parent import Periods

PERIODS = Periods()

STOP_WITHIN = int(PERIODS.drain) + 15
"""Seconds: a controller that drains is killed by its parent first; systemd's kill is for a parent that hangs."""
START_WITHIN = int(PERIODS.ready_within + PERIODS.drain) + 30
"""Seconds, for a reload as well: that may wait for an old controller to leave."""
STATE = Path("/var/lib/ivrctl")
RUNTIME = Path("/run/ivrctl")
HOMES = (Path("/home"), Path("/root"), Path("/run/user"))
"""What ``ProtectHome`` hides."""


@dataclass(frozen=True, slots=True)
class Service:
    """What the unit is about; every path is absolute."""

    name: str
    """The site's, as part of a file name."""
    command: Sequence[str]
    """The interpreter and what it runs, up to ``serve``."""
    site: Path
    user: str
    group: str
    """Asterisk's: it reads the prompts."""
    written: Sequence[Path]
    """The folders of prompts, as the site file has them."""
    options: Sequence[str] = ()
    """More options of ``serve``."""

    @property
    def state(self) -> Path:
        """The state folder: below the one that systemd makes for the service."""
        return STATE / self.name / "state"

    @property
    def hidden(self) -> list[Path]:
        """What of this installation lies in people's homes, or in folders for what is temporary."""
        parts = [Path(self.command[0]), Path(self.command[0]).resolve(), self.site]
        return [part for part in parts if any(part.is_relative_to(home) for home in (*HOMES, Path("/tmp")))]  # noqa: S108

    def unit(self) -> str:
        """The text of ``ivrctl-<name>.service``."""
        own = (STATE / self.name, RUNTIME / self.name)
        outside = [path for path in self.written if not any(path.is_relative_to(folder) for folder in own)]
        start = [*self.command, "serve", str(self.site), "--state", str(self.state), *self.options]
        return _UNIT.substitute(
            name=self.name,
            site=self.site,
            start=" ".join(map(word, start)),
            user=self.user,
            group=self.group,
            start_within=START_WITHIN,
            stop_within=STOP_WITHIN,
            drain=int(PERIODS.drain),
            protect_home="read-only" if self.hidden else "yes",
            writes="".join(f"ReadWritePaths={word(str(path))}\n" for path in outside),
        )


def word(text: str) -> str:
    """One word of a command line in a unit (systemd.syntax(7), systemd.service(5)): ``%`` and ``$`` are its own."""
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{text}"' if any(sign in text for sign in " \t;'\"\\") else text


_UNIT = Template("""\
# The controller of the site $name. Written by: ivrctl unit $site
[Unit]
Description=ivrctl: the calls of the site $name
Wants=network-online.target
After=network-online.target asterisk.service
# Five starts in a minute that fail: somebody has to look.
StartLimitIntervalSec=60
StartLimitBurst=5

[Service]
Type=notify
ExecStart=$start
# An upgrade, too: a new controller takes over, calls go on.
ExecReload=/bin/kill -HUP $$MAINPID
TimeoutStartSec=$start_within
WatchdogSec=10

# SIGTERM is for the parent alone. It has the controller end its turns with callers, $drain s at the most; a signal to
# the controller itself would make it leave for a successor that does not come.
KillMode=mixed
TimeoutStopSec=$stop_within
Restart=on-failure
RestartSec=1
# Exit code 2: the configuration cannot be used, and will not be by itself.
RestartPreventExitStatus=2
# The parent replaces a controller that the kernel has killed; the service goes on.
OOMPolicy=continue

# Asterisk's group, since Asterisk reads the prompts; nobody else does.
User=$user
Group=$group
UMask=0027
StateDirectory=ivrctl/$name
StateDirectoryMode=0750
# Prompts of single calls lie here, in memory: a restart must not take them from the callers who hear them.
RuntimeDirectory=ivrctl/$name
RuntimeDirectoryMode=0750
RuntimeDirectoryPreserve=restart
# NAME=value, for what the site file takes from the environment, passwords above all. Root's own, mode 0600.
EnvironmentFile=-/etc/ivrctl/$name.env

# As many connections as calls; callers wait for our turns.
LimitNOFILE=65536
LimitCORE=0
Nice=-5

NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=$protect_home
${writes}PrivateMounts=yes
PrivateTmp=yes
PrivateDevices=yes
PrivateUsers=yes
ProtectClock=yes
ProtectControlGroups=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectProc=invisible
ProcSubset=pid
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
MemoryDenyWriteExecute=yes
KeyringMode=private
RemoveIPC=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
# The controller raises its own limit of open files as far as LimitNOFILE allows.
SystemCallFilter=prlimit64
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
""")
