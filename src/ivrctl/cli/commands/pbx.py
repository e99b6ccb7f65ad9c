"""``ivrctl pbx``."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import asdict

from ivrctl.adapters import pbx as development
from ivrctl.cli.addresses import address
from ivrctl.cli.progress import say
from ivrctl.errors import UnreachableError


def up(name: str, agi: str, runtime: str | None, *, as_json: bool) -> None:
    """Start it and say where it is."""
    pbx = development.up(name, agi=address(agi), runtime=runtime, progress=say)
    _show([pbx], as_json=as_json)


def down(name: str) -> None:
    """Stop it."""
    sys.stderr.write(f'the PBX "{name}" {"is down" if development.down(name) else "did not run"}\n')


def status(*, as_json: bool) -> None:
    """Print what runs."""
    running = list(development.status())
    _show(running, as_json=as_json)
    if not running and not as_json:
        sys.stderr.write("no PBX runs; start one: ivrctl pbx up\n")


def logs(name: str, lines: int, *, follow: bool) -> None:
    """Print the end of Asterisk's log."""
    file = development.log_file(name)
    if not file.is_file():
        raise UnreachableError(f'the PBX "{name}" has no log: it never ran', advice=f"ivrctl pbx up {name}")
    subprocess.run(["tail", "-n", str(lines), *(["-f"] if follow else []), str(file)], check=False)


def _show(running: list[development.Pbx], *, as_json: bool) -> None:
    if as_json:
        body = {"format_version": 1, "pbx": [asdict(pbx) for pbx in running]}
        sys.stdout.write(json.dumps(body, default=str, indent=2) + "\n")
        return
    for pbx in running:
        sys.stdout.write(
            f"{pbx.name:12} {pbx.runtime:6}  pid {pbx.pid}  SIP 127.0.0.1:{pbx.sip_port}  AMI 127.0.0.1:{pbx.ami_port}"
            f"  controller at {pbx.agi[0]}:{pbx.agi[1]}\n"
        )
