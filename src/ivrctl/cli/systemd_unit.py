"""The systemd units of a site: its controller, and what ends the memberships of one that is gone.

What is shut off is what a controller never needs; the reasons stand in the unit itself, for whoever has to change it.
``docs/how-to/systemd.md`` says how it is put to use.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from string import Template

from ivrctl.cli.options import UnitPart
from ivrctl.service.parent import Periods

PERIODS = Periods()

STOP_WITHIN = int(PERIODS.drain) + 15
"""Seconds: a controller that drains is killed by its parent first; systemd's kill is for a parent that hangs."""
START_WITHIN = int(PERIODS.ready_within + PERIODS.drain) + 30
"""Seconds, for a reload as well: that may wait for an old controller to leave."""
STATE = Path("/var/lib/ivrctl")
RUNTIME = Path("/run/ivrctl")
REAP_WITHIN = 120
"""Seconds for one run that ends memberships; it leaves by itself after less."""
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

    def file(self, part: UnitPart) -> str:
        """The name of the unit's file."""
        match part:
            case UnitPart.CONTROLLER:
                return f"ivrctl-{self.name}.service"
            case UnitPart.REAP:
                return f"ivrctl-{self.name}-reap.service"
            case UnitPart.REAP_TIMER:
                return f"ivrctl-{self.name}-reap.timer"

    def text(self, part: UnitPart) -> str:
        """What stands in it."""
        match part:
            case UnitPart.CONTROLLER:
                return self._controller()
            case UnitPart.REAP:
                return self._reap()
            case UnitPart.REAP_TIMER:
                return _REAP_TIMER.substitute(name=self.name, site=self.site)

    def _controller(self) -> str:
        own = (STATE / self.name, RUNTIME / self.name)
        outside = [path for path in self.written if not any(path.is_relative_to(folder) for folder in own)]
        start = [*self.command, "serve", str(self.site), "--state", str(self.state), *self.options]
        return _UNIT.substitute(
            self._common,
            start=" ".join(map(word, start)),
            start_within=START_WITHIN,
            stop_within=STOP_WITHIN,
            drain=int(PERIODS.drain),
            writes="".join(f"ReadWritePaths={word(str(path))}\n" for path in outside),
        )

    def _reap(self) -> str:
        start = [*self.command, "staffing", "reap", "--site", str(self.site), "--state", str(self.state)]
        return _REAP.substitute(self._common, start=" ".join(map(word, start)), within=REAP_WITHIN)

    @property
    def _common(self) -> Mapping[str, object]:
        """What both services have."""
        locked_in = _LOCKED_IN.substitute(protect_home="read-only" if self.hidden else "yes")
        whose = {"user": self.user, "group": self.group}
        return {"name": self.name, "site": self.site, "locked_in": locked_in.rstrip(), **whose}


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

# As many connections as calls.
LimitNOFILE=65536
LimitCORE=0
# Before an Asterisk that carries the sound of hundreds of calls: a turn takes a millisecond, and a caller waits for it.
# The thread of the calls takes the lowest real-time priority; all others stay at the niceness.
Nice=-15
LimitRTPRIO=1

${writes}$locked_in
# The controller raises its limit of open files as far as LimitNOFILE allows, and its priority as far as LimitRTPRIO.
RestrictRealtime=no
SystemCallFilter=prlimit64 sched_setscheduler

[Install]
WantedBy=multi-user.target
""")

_LOCKED_IN = Template("""\
NoNewPrivileges=yes
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=$protect_home
PrivateMounts=yes
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
SystemCallErrorNumber=EPERM
""")

_REAP = Template("""\
# Ends what a controller of the site $name that is gone has begun. Written by: ivrctl unit $site --part reap
[Unit]
Description=ivrctl: ends what a controller of the site $name that is gone has begun
After=network-online.target asterisk.service

[Service]
Type=oneshot
ExecStart=$start
TimeoutStartSec=$within

# The controller's own account, since the database is its; and its secrets.
User=$user
Group=$group
UMask=0027
StateDirectory=ivrctl/$name
StateDirectoryMode=0750
EnvironmentFile=-/etc/ivrctl/$name.env

LimitCORE=0
$locked_in
""")

_REAP_TIMER = Template("""\
# Runs ivrctl-$name-reap.service each minute. Written by: ivrctl unit $site --part reap-timer
[Unit]
Description=ivrctl: each minute, whether a controller of the site $name has left somebody behind

[Timer]
OnBootSec=2min
# Behind each run, whether it has done well or not: Asterisk may be away.
OnUnitInactiveSec=1min
AccuracySec=10s

[Install]
WantedBy=timers.target
""")
