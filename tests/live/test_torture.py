"""Messages that are hard on whoever reads SIP do not keep the PBX from serving."""

from __future__ import annotations

import re
import secrets
import select
import shutil
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest

from ivrctl.adapters.pbx import Pbx, down, up
from ivrctl.adapters.pbx.ports import LOOPBACK
from ivrctl.testkit.signal_phone import SignalPhones

from .conftest import AgiSession, ScriptedController
from .torture import TORTURES, Place, Torture, plain

pytestmark = [pytest.mark.live, pytest.mark.timeout(240)]

ANSWERS_WITHIN = 5.0
"""Seconds for the answer to a message that is right."""
REFUSED = 400
"""From this code on an answer is a refusal."""
BROKEN = re.compile(r"FRACK!|segfault|stack overflow|Assertion", re.IGNORECASE)
"""What Asterisk says when something in it is not as it must be."""


@pytest.fixture
def tortured(agi_address: tuple[str, int]) -> Iterator[Pbx]:
    """A PBX of the shipped profile, for this test alone: calls of nobody may be left on it."""
    name = f"test-{secrets.token_hex(4)}"
    started = up(name, agi=agi_address)
    yield started
    down(name)
    shutil.rmtree(started.folder)


@dataclass
class Sender:
    """Somebody with a socket for each message, so that answers are told apart though they name no call."""

    pbx: Pbx
    address: str
    """From which he sends: it tells the trunk from strangers."""
    right: int
    """The code of the answer to a question that is right."""
    sockets: dict[str, socket.socket] = field(default_factory=dict)

    def place(self, name: str) -> Place:
        """Where a message is sent from."""
        opened = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        opened.bind((self.address, 0))
        self.sockets[name] = opened
        return Place(f"{LOOPBACK}:{self.pbx.sip_port}", *opened.getsockname(), f"{name}-{secrets.token_hex(4)}")

    def torture(self) -> dict[Torture, list[int]]:
        """Send all of them, and see that the PBX still answers behind each; the codes of the answers to them."""
        for torture in TORTURES:
            self.send(torture.name, torture.make(self.place(torture.name)).encoded())
            self.is_answered(f"behind-{torture.name}")
        return {torture: self.answers(torture.name) for torture in TORTURES}

    def is_answered(self, name: str) -> None:
        """A question that is right has its answer."""
        self.send(name, plain(self.place(name)).encoded())
        assert select.select([self.sockets[name]], [], [], ANSWERS_WITHIN)[0], f"{name}: nobody answers any more"
        assert self.answers(name) == [self.right]

    def send(self, name: str, datagram: bytes) -> None:
        """Send it."""
        self.sockets[name].sendto(datagram, (LOOPBACK, self.pbx.sip_port))

    def answers(self, name: str) -> list[int]:
        """The codes of what has come to a socket so far, in their order."""
        opened, codes = self.sockets[name], []
        while select.select([opened], [], [], 0)[0]:
            codes += re.findall(rb"\ASIP/2\.0 (\d{3}) ", opened.recv(65536))
        return [int(code) for code in codes]

    def close(self) -> None:
        """Close all sockets."""
        for each in self.sockets.values():
            each.close()


@pytest.fixture
def senders(tortured: Pbx) -> Iterator[Callable[[str, int], Sender]]:
    """Makes senders; their sockets are closed at the end."""
    made = []

    def sender(address: str, right: int) -> Sender:
        made.append(Sender(tortured, address, right))
        return made[-1]

    yield sender
    for each in made:
        each.close()


def test_every_point_of_the_rfc_has_its_message() -> None:
    """Forty-nine, each another one, and each section once."""
    assert len({torture.section for torture in TORTURES}) == len({torture.name for torture in TORTURES}) == 49
    place = Place("127.0.0.1:5060", "127.0.0.2", 5061, "x")
    assert len({torture.make(place).encoded() for torture in TORTURES}) == 49


async def test_the_pbx_goes_on_serving(
    tortured: Pbx, senders: Callable[[str, int], Sender], controller: ScriptedController
) -> None:
    """SAFETY: what is wrong is refused or dropped. LIVENESS: behind each a question is answered, at the end a call."""

    async def greet(session: AgiSession) -> None:
        await session.send("ANSWER")
        await session.send("WAIT FOR DIGIT 30000")

    await controller.start(greet)
    answers = {torture.name: codes for torture, codes in senders(tortured.trunk, 200).torture().items()}
    wrong = {torture.name for torture in TORTURES if torture.is_wrong}
    assert {name for name in wrong if any(code < REFUSED for code in answers[name])} == set()
    assert answers["wsinv"][0] == answers["esc01"][0] == 100  # they are calls, however they are written
    assert answers["dblreq"] == [200]  # and what stands behind a message is none
    async with SignalPhones.opened(tortured) as phones:
        call = phones.caller("13800138000").dial("100")
        await call.until_established(within=10)
        call.hang_up()
    assert tortured.is_running
    assert "Executing [" in tortured.log.read_text(errors="replace")
    assert not BROKEN.search(tortured.log.read_text(errors="replace"))


def test_strangers_reach_nothing(tortured: Pbx, senders: Callable[[str, int], Sender]) -> None:
    """SAFETY: from an address that is not the trunk's no message begins a call, however it is written."""
    answers = senders(LOOPBACK, 401).torture()
    assert {torture.name for torture, codes in answers.items() if any(code < REFUSED for code in codes)} == set()
    assert tortured.is_running
    assert "Executing [" not in tortured.log.read_text(errors="replace")
