"""Events of AMI, from their bytes to the picture of the queues and the ledger of stays.

An input is packets, as Asterisk writes them, with bare line ends for legibility; the first byte of each line may be
anything, so values with a line end in them come about all the same.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from ivrctl.acd.events import Event as Told
from ivrctl.acd.fold import fold
from ivrctl.acd.ledger import Ledger
from ivrctl.acd.picture import Picture
from ivrctl.adapters.ami.queue_actions import QueueReading
from ivrctl.ami.connection import BANNER
from ivrctl.ami.errors import UnreadableEventError
from ivrctl.ami.event_fields import Parser
from ivrctl.ami.events import PARSERS, AmiEvent
from ivrctl.ami.framing import LazyFraming
from ivrctl.ami.packet import Event
from ivrctl.ami.raw_packet import RawPacket
from ivrctl.service.queues.translate import happened, read

from ..target import Target  # noqa: TID252 - test folders are no packages to import from

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
HEARD = Path(__file__).parents[2] / "unit" / "ami"
"""What a real Asterisk was heard to say, and what it writes by its source."""


def one(data: bytes) -> None:
    """Each packet is an event or a doubt; the queues are pictured and the stays written down whatever was told."""
    framing = LazyFraming(dict.fromkeys(PARSERS, ()))
    stream = f"{BANNER}1\r\n".encode() + data.replace(b"\n", b"\r\n").replace(b"\r\r\n", b"\n") + b"\r\n\r\n"
    packets = framing.receive(stream)
    picture, ledger = Picture(), Ledger()
    for told in (*_happened(packets), *_listed(packets), *_happened(packets)):
        picture = fold(picture, told)
        ledger.take(told)


def _happened(packets: list[RawPacket]) -> Iterator[Told]:
    for packet in packets:
        event = _read(packet)
        with suppress(ValueError):
            told = None if event is None else happened(event, NOW)
            if told is not None:
                yield told


def _listed(packets: list[RawPacket]) -> Iterator[Told]:
    """The same packets as a reading of the queues."""
    events = [Event((("Event", packet.name), *list(packet.headers())[1:])) for packet in packets]
    parts = (
        tuple(event for event in events if event.name == kind) for kind in ("QueueParams", "QueueMember", "QueueEntry")
    )
    with suppress(ValueError, UnreadableEventError):
        yield read(QueueReading(*parts), NOW)


def _read(packet: RawPacket) -> AmiEvent | None:
    """The event; the same whether no layout of such packets is known, its own, or the one that was heard."""
    parser = PARSERS[packet.name]
    parser._layout = None
    told = _event(parser, packet)
    assert told == _event(parser, packet)
    parser._layout = None
    _event(parser, _HEARD[packet.name])
    assert told == _event(parser, packet)
    if isinstance(told, str):
        return None
    assert type(told).__name__ == packet.name
    return told


def _event(parser: Parser[AmiEvent], packet: RawPacket) -> AmiEvent | str:
    try:
        return parser.parse(packet)
    except UnreadableEventError as doubt:
        return str(doubt)


def _packets() -> list[bytes]:
    files = [file for folder in ("heard", "written") for file in sorted((HEARD / folder).glob("*.txt"))]
    return [packet for file in files for packet in file.read_bytes().strip(b"\n").split(b"\n\n")]


def seeds() -> Iterator[bytes]:
    """Each packet that was heard, and some behind each other."""
    packets = _packets()
    yield from packets
    chance = random.Random(1)
    for _ in range(10):
        yield b"\n\n".join(chance.choices(packets, k=4))


def mutate(data: bytes, chance: random.Random) -> bytes:
    """One packet more or less, or one packet changed."""
    packets = data.split(b"\n\n")
    at = chance.randrange(len(packets))
    match chance.randrange(6):
        case 0:
            packets.insert(at, chance.choice(_PACKETS))
        case 1 if len(packets) > 1:
            del packets[at]
        case _:
            packets[at] = _changed(packets[at].split(b"\n"), data, chance)
    return b"\n\n".join(packets)


def _changed(lines: list[bytes], data: bytes, chance: random.Random) -> bytes:
    """Lines lost, doubled and moved; a value that stands elsewhere under this name, or an odd one."""
    at = chance.randrange(len(lines))
    name, _, _ = lines[at].partition(b":")
    match chance.randrange(5):
        case 0:
            del lines[at]
        case 1:
            lines.insert(chance.randrange(len(lines) + 1), lines[at])
        case 2:
            lines.insert(chance.randrange(len(lines)), lines.pop(at))
        case 3:
            lines[at] = chance.choice([each for each in data.split(b"\n") if each.startswith(name)])
        case _:
            lines[at] = name + b": " + chance.choice(ODD)
    return b"\n".join(lines)


_PACKETS = _packets()
_HEARD = {
    name: RawPacket(name, packet.replace(b"\n", b"\r\n"))
    for packet in reversed(_PACKETS)
    for name in [packet.partition(b"\n")[0].removeprefix(b"Event: ").decode()]
}
"""One of each kind."""
ODD = (
    *(b"", b"0", b"-1", b"1", b"9" * 10, b"9" * 18, b"9" * 19, b"1795920549.5", b"253402300800", b"1e9", b"."),
    *("٣".encode(), b"\xff", b"a\rb", b"Yes", b"No", b"vip", b"dynamic"),
    *(b"QUEUESTATUS", b"TIMEOUT", b"KEY_1", b"Custom:ivrctl-backup-8101", b"INUSE"),
)

TARGET = Target("ami_events", one, seeds, mutate, short=600)
