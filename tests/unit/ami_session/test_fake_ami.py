"""The fake AMI that tests and load stand on, read by a codec that it does not share."""

from __future__ import annotations

import itertools

import pytest

from ivrctl.adapters.ami import AmiSession, Login
from ivrctl.ami import events
from ivrctl.ami.actions import Action
from ivrctl.ami.framing import LazyFraming
from ivrctl.testkit.fake_ami import WANTED, CallCentre, FakeAmi, doubled, reordered, traffic

BANNER = b"Asterisk Call Manager/11.0.0\r\n"


def told(packets: list[bytes]) -> list[str]:
    framing = LazyFraming(dict.fromkeys(events.PARSERS, ()))
    packets_seen = framing.receive(BANNER + b"".join(packets))
    assert framing.doubts == 0
    return [packet.name for packet in packets_seen if packet.name != "VarSet" and events.parse(packet)]


@pytest.mark.parametrize("share", [0.2, 0.5, 1.0])
def test_the_traffic_is_read_and_has_the_share_that_was_asked_for(share: float) -> None:
    """Every event that queues need is one of ours, and readable."""
    names = told(list(itertools.islice(traffic(share), 700)))
    assert set(names) == set(WANTED)
    assert len(names) == pytest.approx(700 * share, abs=2)


def test_the_traffic_is_the_same_each_time() -> None:
    """So that two who listen to it can be compared."""
    first, second = (list(itertools.islice(traffic(), 100)) for _ in range(2))
    assert first == second


def test_packets_are_doubled_and_reordered() -> None:
    """None is lost, and the same seed gives the same order."""
    packets = list(itertools.islice(traffic(), 50))
    assert len(doubled(packets)) == 100
    assert reordered(packets, 1) == reordered(packets, 1) != packets
    assert sorted(reordered(packets, 1)) == sorted(packets)


async def test_a_large_call_centre_is_listed_whole() -> None:
    """With as many queues and members as were asked for, each entry readable."""
    async with FakeAmi(CallCentre(queues=200, members=1000, callers=2)) as asterisk:
        session = await AmiSession.open(asterisk.address, Login("ivrctl", "right"))
        answer = await session.ask(Action.of("QueueStatus"))
        session.close()
    kinds = [type(events.parse(entry)).__name__ for entry in answer.entries]
    assert {kind: kinds.count(kind) for kind in kinds} == {"QueueParams": 200, "QueueMember": 1000, "QueueEntry": 400}
    names = [entry.text("Name") for entry in answer.named("QueueMember")]
    assert len(set(names)) == 1000


async def test_what_it_does_not_know_is_an_error() -> None:
    """As with Asterisk, and the session goes on."""
    async with FakeAmi() as asterisk:
        session = await AmiSession.open(asterisk.address, Login("ivrctl", "right"))
        answer = await session.ask(Action.of("Nonsense"))
        assert not answer.response.is_success
        assert (await session.ask(Action.of("Ping"))).response.is_success
        session.close()
