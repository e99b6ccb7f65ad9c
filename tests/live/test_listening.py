"""Where our processes listen when nothing is said about it: on the loopback, and on a socket in a folder of ours."""

from __future__ import annotations

import ipaddress
import os
import re
import socket
import struct
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from ivrctl.adapters.pbx import Pbx
from ivrctl.adapters.pbx.ports import LOOPBACK
from ivrctl.adapters.state_folder import StateFolder
from ivrctl.cli.addresses import address as address_of
from ivrctl.cli.commands.serve import DEFAULT_AGI
from ivrctl.testkit.softphone import PhoneEvent
from ivrctl.testkit.survival.serving import Serving
from ivrctl.web.client import ask

from .conftest import Phones

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]

SITE = """
site: quiet
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN}
prompts: {no_input: Silence., no_match: Wrong., one_moment: One moment., fallback: Sorry about that.}
"""
FLOW = 'lines: {"100": start}\nsteps:\n  start:\n    - hangup: served\n'
LISTENS = {"tcp": 0x0A, "tcp6": 0x0A, "udp": 0x07, "udp6": 0x07, "raw": 0x07, "raw6": 0x07}
"""The state in /proc/net of a socket that takes what anybody sends."""


EVERYWHERE = str(ipaddress.IPv4Address(0))


@dataclass(frozen=True)
class Listening:
    """A socket on which a process listens."""

    kind: str
    address: str
    port: int

    @property
    def is_local(self) -> bool:
        """True when nobody on another machine reaches it."""
        return ipaddress.ip_address(self.address).is_loopback


def listening(pid: int) -> list[Listening]:
    """Every socket of a process on which others reach it by an address, as the kernel has it."""
    links = [str(file.readlink()) for file in Path(f"/proc/{pid}/fd").iterdir() if file.is_symlink()]
    inodes = {link.removeprefix("socket:[").removesuffix("]") for link in links if link.startswith("socket:[")}
    found = []
    for kind, state in LISTENS.items():
        for line in Path(f"/proc/{pid}/net/{kind}").read_text().splitlines()[1:]:
            _, local, _, now, *rest = line.split()
            if rest[5] in inodes and int(now, 16) == state:
                address, port = local.split(":")
                found.append(Listening(kind, _address(address), int(port, 16)))
    return found


def _address(words: str) -> str:
    """An address as /proc/net writes it: words of 32 bits in the machine's own order."""
    packed = b"".join(struct.pack("=I", int(word, 16)) for word in re.findall("........", words))
    return str(ipaddress.ip_address(packed))


def test_what_is_looked_for_would_be_found() -> None:
    """A socket of this process on every address is seen as such, in either family."""
    with (
        socket.create_server(("", 0)) as every,
        socket.create_server(("::", 0), family=socket.AF_INET6) as six,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagrams,
    ):
        datagrams.bind((LOOPBACK, 0))
        found = listening(os.getpid())
        assert Listening("tcp", EVERYWHERE, every.getsockname()[1]) in found
        assert Listening("tcp6", "::", six.getsockname()[1]) in found
        assert Listening("udp", LOOPBACK, datagrams.getsockname()[1]) in found
        assert sum(not each.is_local for each in found) >= 2


@pytest.fixture
async def served(tmp_path: Path, pbx: Pbx) -> AsyncIterator[Serving]:
    """``ivrctl serve`` for the PBX, with no address said."""
    site = tmp_path / "site"
    site.mkdir()
    (site / "ivrctl.yaml").write_text(SITE)
    (site / "main.ivr.yaml").write_text(FLOW)
    started = Serving(site, StateFolder.open(tmp_path / "state"), pbx, ask)
    await started.start(says_where=False)
    try:
        await started.until_serving()
        yield started
    finally:
        await started.stop()


async def test_the_controller_listens_on_the_loopback_alone(served: Serving, pbx: Pbx) -> None:
    """Parent and child: one address for calls, which both hold, and nothing else that another machine could reach."""
    assert served.process is not None
    parent, child = listening(served.process.pid), listening(await served.until_serving())
    assert set(parent) == set(child) == {Listening("tcp", *pbx.agi)}
    assert pbx.agi[0] == LOOPBACK
    assert served.ask("/status")  # over the socket in the state folder


def test_what_is_not_said_is_the_loopback() -> None:
    """Without a PBX of ours, too, and where somebody names a port alone."""
    assert DEFAULT_AGI == (LOOPBACK, 4573)
    assert address_of(":4573") == (LOOPBACK, 4573)


async def test_the_pbx_listens_on_the_loopback_alone(pbx: Pbx, phones: Phones) -> None:
    """AMI, SIP and, in a call, sound; what else it has open are the sockets of its own DNS questions."""
    caller = await phones.caller()
    await caller.dial("100")
    await caller.until(PhoneEvent.ESTABLISHED, within=20)
    found = listening(pbx.pid)
    await caller.hang_up()
    local = {(each.kind, each.port) for each in found if each.is_local}
    assert local >= {("tcp", pbx.ami_port), ("udp", pbx.sip_port)}
    assert any(kind == "udp" and port in range(pbx.rtp[0], pbx.rtp[1] + 1) for kind, port in local)
    others = [each for each in found if not each.is_local]
    assert [each.kind for each in others] in ([], ["udp"], ["udp", "udp6"])
    assert not {each.port for each in others} & {pbx.ami_port, pbx.sip_port, *range(pbx.rtp[0], pbx.rtp[1] + 1)}
