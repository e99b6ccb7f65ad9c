"""The development PBX: a stock Asterisk 22 with the configuration of `asterisk-conf/`, beside whatever the host runs.

In a Debian root of its own (`root`), several at once (`life`), each in a folder and in private namespaces (`layout`,
`chroot`), so the host's own files, users and services are neither needed nor touched. It knows nothing of flows: what
it shares with the controller are the ports, the AGI address in its dialplan, and three folders that each side sees
under another path.

For whoever needs a PBX::

    pbx = up("demo", agi=("127.0.0.1", 4573))      # built, started, fully booted
    pbx.prompts.ours, pbx.prompts.asterisk         # the same folder, as we and as Asterisk see it
    down("demo")

For whoever needs a program of the root only, such as the voice::

    run_in_root(["espeak-ng", "-w", "/srv/out/hello.wav", "hello"], binds=[Bind(folder, "/srv/out", is_writable=True)])
"""

from ivrctl.adapters.pbx.chroot import Bind, Confinement
from ivrctl.adapters.pbx.instance import AGENTS, Pbx, TwoViews
from ivrctl.adapters.pbx.life import DEFAULT_AGI, Ports, down, find, log_file, status, up
from ivrctl.adapters.pbx.passwords import Credentials, credentials
from ivrctl.adapters.pbx.programs import popen_in_root, run_in_root, rx
from ivrctl.adapters.pbx.root import Root, ensure_root, find_root, packages

__all__ = [
    "AGENTS",
    "DEFAULT_AGI",
    "Bind",
    "Confinement",
    "Credentials",
    "Pbx",
    "Ports",
    "Root",
    "TwoViews",
    "credentials",
    "down",
    "ensure_root",
    "find",
    "find_root",
    "log_file",
    "packages",
    "popen_in_root",
    "run_in_root",
    "rx",
    "status",
    "up",
]
