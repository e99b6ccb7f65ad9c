"""What the benchmarks on a real Asterisk share: a development PBX of their own, and a site whose sounds are made."""

from __future__ import annotations

import os
import resource
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from ivrctl.adapters import pbx as development
from ivrctl.adapters.pbx.root import require_host
from ivrctl.errors import IvrctlError

CONFIGURATION = Path(__file__).parents[1] / "asterisk-conf"
SOUND_PORTS = 12000, 19999
"""The development PBX has fewer, for two hundred calls."""


@contextmanager
def asterisk(
    name: str, make_site: Callable[[Path], Path], configure: Callable[[Path], None] = lambda _folder: None
) -> Iterator[tuple[development.Pbx, Path, Path]]:
    """A PBX with sound for thousands of calls: itself, the site, and a folder for everything else.

    Args:
        name: a word for it.
        make_site: makes the site in a folder.
        configure: adds to the PBX's configuration, which is a copy of the development PBX's.
    """
    # As the live tests: SIPp may send keys from it, and nothing stands between it and Asterisk.
    with suppress(IvrctlError):
        require_host()
        os.environ.setdefault("IVRCTL_RUNTIME", development.RuntimeName.ROOT)
    # Asterisk and SIPp have a handful of sockets for each call, and what limits this process limits them.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    own = f"{name}-{os.getpid()}"
    with tempfile.TemporaryDirectory(prefix=f"ivrctl-{name}-") as made:
        folder = Path(made)
        pbx = development.up(
            own,
            agi=("127.0.0.1", _free_port()),
            ports=development.Ports(rtp=SOUND_PORTS),
            configuration=_configuration(folder, configure),
            progress=lambda text: print(text, file=sys.stderr),
        )
        try:
            site = make_site(folder)
            build = [sys.executable, "-m", "ivrctl", "prompts", "build", str(site), "--pbx", own]
            subprocess.run(build, check=True, stdout=sys.stderr)
            yield pbx, site, folder
        finally:
            development.down(own)
            shutil.rmtree(pbx.folder)


def _configuration(folder: Path, configure: Callable[[Path], None]) -> Path:
    """The development PBX's, but it logs what a PBX at work logs: not every step of the dialplan."""
    made = folder / "asterisk-conf"
    shutil.copytree(CONFIGURATION, made)
    for name, chatty, quiet in (
        ("logger.conf", "notice,warning,error,verbose(3)", "notice,warning,error"),
        ("asterisk.conf", "verbose = 3", "verbose = 0"),
    ):
        text = (made / name).read_text(encoding="utf-8")
        if chatty not in text:
            raise ValueError(f"{name} does not say {chatty}")
        (made / name).write_text(text.replace(chatty, quiet), encoding="utf-8")
    configure(made)
    return made


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    return port
