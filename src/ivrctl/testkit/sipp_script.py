"""What a caller of SIPp does in his call, and the scenario of SIPp that says so."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from itertools import accumulate

SLOW = 2.0
"""Seconds: who is answered later has heard too much of nothing."""

_HEAD = """\
<?xml version="1.0" encoding="ISO-8859-1" ?>
<!DOCTYPE scenario SYSTEM "sipp.dtd">
<scenario name="callers">
  <send retrans="500" start_rtd="answer"><![CDATA[
      INVITE sip:[service]@[remote_ip]:[remote_port] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: <sip:[field0]@[local_ip]:[local_port]>;tag=[pid]s[call_number]
      To: <sip:[service]@[remote_ip]:[remote_port]>
      Call-ID: [call_id]
      CSeq: 1 INVITE
      Contact: <sip:[field0]@[local_ip]:[local_port]>
      Max-Forwards: 70
      Content-Type: application/sdp
      Content-Length: [len]

      v=0
      o=callers 1 1 IN IP[local_ip_type] [local_ip]
      s=-
      c=IN IP[media_ip_type] [media_ip]
      t=0 0
      m=audio [media_port] RTP/AVP 8 101
      a=rtpmap:8 PCMA/8000
      a=rtpmap:101 telephone-event/8000
  ]]></send>
  <recv response="100" optional="true"{within}/>
  <recv response="180" optional="true"{within}/>
  <recv response="183" optional="true"{within}/>
  <recv response="200" rrs="true" rtd="answer"{within}/>
  <send><![CDATA[
      ACK [next_url] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: <sip:[field0]@[local_ip]:[local_port]>;tag=[pid]s[call_number]
      [last_To:]
      Call-ID: [call_id]
      CSeq: 1 ACK
      Max-Forwards: 70
      Content-Length: 0

  ]]></send>
"""
_KEY = """\
  <pause milliseconds="{milliseconds}"/>
  <nop><action><exec play_pcap_audio="{file}"/></action></nop>
"""
_END = """\
  <recv request="BYE"{patience}/>
  <send next="over"><![CDATA[
      SIP/2.0 200 OK
      [last_Via:]
      [last_From:]
      [last_To:]
      [last_Call-ID:]
      [last_CSeq:]
      Content-Length: 0

  ]]></send>
"""
_HANGS_UP = """\
  <label id="tired"/>
  <send retrans="500" counter="hung_up"><![CDATA[
      BYE [next_url] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: <sip:[field0]@[local_ip]:[local_port]>;tag=[pid]s[call_number]
      [last_To:]
      Call-ID: [call_id]
      CSeq: 2 BYE
      Max-Forwards: 70
      Content-Length: 0

  ]]></send>
  <recv response="200"/>
"""
_TAIL = """\
  <label id="over"/>
  <nop/>
  <ResponseTimeRepartition value="{slow}"/>
</scenario>
"""


@dataclass(frozen=True, slots=True)
class Manner:
    """What a caller does: nothing at all, where it is not said; the other side ends the call."""

    has_media: bool = False
    """Every packet of sound that he gets he sends back; else he is silent."""
    keys: tuple[tuple[float, str], ...] = ()
    """For how many seconds he listens, and the key that he presses then (RFC 4733), one after the other."""
    patience: float = 0.0
    """Seconds behind the last key, or the answer, until he hangs up himself; 0: he never does."""
    answered_within: float = 0.0
    """Seconds after which a call without an answer has failed, since the last provisional one; 0: when SIP gives up.

    SIPp waits at the first of the answers that may come, and looks at the clock of that one alone: all have it.
    """

    def scenario(self, folder: str) -> str:
        """For SIPp, which finds the recorded keys in a folder.

        Who is refused, or whose call ends before he has pressed all keys, counts as failed.
        """
        within = f' timeout="{self.answered_within * 1000:.0f}"' if self.answered_within else ""
        patience = f' timeout="{self.patience * 1000:.0f}" ontimeout="tired"' if self.patience else ""
        keys = [
            _KEY.format(milliseconds=round(seconds * 1000), file=f"{folder}/{_file_of(place)}")
            for place, (seconds, _) in enumerate(self.keys)
        ]
        hangs_up = _HANGS_UP if self.patience else ""
        head, tail = _HEAD.format(within=within), _TAIL.format(slow=round(SLOW * 1000))
        return "".join([head, *keys, _END.format(patience=patience), hangs_up, tail])

    def recorded_keys(self) -> dict[str, bytes]:
        """What SIPp sends for the keys, by file name: SIPp's own go back in time, and only the first of them counts."""
        moments = accumulate(seconds for seconds, _ in self.keys)
        return {
            _file_of(place): _recorded(key, place * _OF_KEY, round(moment * _CLOCK))
            for place, ((_, key), moment) in enumerate(zip(self.keys, moments, strict=True))
        }


SILENT = Manner()


@dataclass(frozen=True, slots=True)
class Rise:
    """Calls a second that grow."""

    first: float
    more: float
    """Each second."""
    most: float

    @property
    def options(self) -> list[str]:
        """For SIPp."""
        return [*("-r", f"{self.first:g}", "-rate_increase", f"{self.more:g}"), *_RISES, f"{self.most:g}"]


_RISES = ("-rate_interval", "1", "-rate_max")


# keys, as packets that were recorded (libpcap's savefile, Ethernet, IPv4, UDP, RTP, RFC 4733)

_CLOCK = 8000
"""Ticks a second of RTP's time."""
_TICKS = (160, 320, 480, 640, 800)
"""How long the key has been pressed, packet by packet; the last one says that it was let go.

Only one says so: nothing is lost on the way, and of three (RFC 4733, 2.5.1.4) Asterisk takes the last for another key
when a packet of the sound that is sent back, which has a source of its own, comes between.
"""
_OF_KEY = len(_TICKS)
_SOURCE = 0x4B657973
_PORT = 6000
"""Any: SIPp puts the call's own in its place."""


def _file_of(place: int) -> str:
    return f"key-{place}.pcap"


def _recorded(key: str, sequence: int, clock: int) -> bytes:
    """One key: its packets are numbered from here on, and it was pressed at this time of RTP's clock."""
    parts = [struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)]
    for number, ticks in enumerate(_TICKS):
        has_ended = number == _OF_KEY - 1
        event = struct.pack("!BBH", "0123456789*#".index(key), 0x8A if has_ended else 0x0A, ticks)
        first = 0 if number else 0x80
        sound = struct.pack("!BBHII", 0x80, first | 101, sequence + number + 1, clock, _SOURCE) + event
        datagram = struct.pack("!HHHH", _PORT, _PORT, 8 + len(sound), 0) + sound
        header = struct.pack("!BBHHHBBH8x", 0x45, 0, 20 + len(datagram), 0, 0, 64, 17, 0)
        frame = struct.pack("!12xH", 0x0800) + header + datagram
        parts += [struct.pack("<IIII", 0, ticks * 1_000_000 // _CLOCK, len(frame), len(frame)), frame]
    return b"".join(parts)
