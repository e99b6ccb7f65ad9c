"""The development PBX: a stock Asterisk 22 with the configuration of `asterisk-conf/`, beside whatever the host runs.

It runs in a container engine where one answers (`engine`, Docker or Podman), else in a Debian root of its own (`root`);
`choice` decides, and `runtime` is what both can do. Several run at once (`life`), each in a folder of its own
(`layout`), so the host's files, users and services are neither needed nor touched. It knows nothing of flows: what it
shares with the controller are the ports, the AGI address in its dialplan, and three folders that each side sees under
another path.

For whoever needs a PBX::

    pbx = up("demo", agi=("127.0.0.1", 4573))      # built, started, fully booted
    pbx.prompts.ours, pbx.prompts.asterisk         # the same folder, as we and as Asterisk see it
    down("demo")

For whoever needs a program of the runtime only, such as the voice::

    run_program(["espeak-ng", "-w", "/srv/out/hello.wav", "hello"], binds=[Bind(folder, "/srv/out", is_writable=True)])
"""

from ivrctl.adapters.pbx.choice import ensure_runtime, find_runtime, runtime_of
from ivrctl.adapters.pbx.confinement import Bind, Confinement
from ivrctl.adapters.pbx.folders import sounds_folder
from ivrctl.adapters.pbx.instance import AGENTS, Pbx, TwoViews
from ivrctl.adapters.pbx.life import DEFAULT_AGI, Ports, down, find, log_file, status, up
from ivrctl.adapters.pbx.passwords import Credentials, credentials
from ivrctl.adapters.pbx.programs import run_program, rx
from ivrctl.adapters.pbx.root import DebianRoot, ensure_root, find_root, packages
from ivrctl.adapters.pbx.runtime import Runtime, RuntimeName

__all__ = [
    "AGENTS",
    "DEFAULT_AGI",
    "Bind",
    "Confinement",
    "Credentials",
    "DebianRoot",
    "Pbx",
    "Ports",
    "Runtime",
    "RuntimeName",
    "TwoViews",
    "credentials",
    "down",
    "ensure_root",
    "ensure_runtime",
    "find",
    "find_root",
    "find_runtime",
    "log_file",
    "packages",
    "run_program",
    "runtime_of",
    "rx",
    "sounds_folder",
    "status",
    "up",
]
