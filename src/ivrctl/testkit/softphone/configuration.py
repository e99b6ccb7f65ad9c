"""What a phone's folder holds before baresip starts: its configuration and the silence it sends.

The sound is a source that never ends within `LONGEST_CALL` (baresip hangs up at the end of its source file), and two
files. A player writes what is heard: it runs on a clock, so its file has the call's own time line, and packets that
come late tear what is in it. A filter (sndfile) writes what the packets bring, one behind the other: however
late they are, that is whole, and it lacks every pause, since Asterisk sends nothing while it waits for a key.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

CONTROL_PORT = 4444
READY = b"baresip is ready."
"""The line with which baresip says that its control port listens."""

LONGEST_CALL = timedelta(minutes=10)
"""A phone hangs up then. baresip loads its source when a call is established, 4 ms for each minute of it."""

INSIDE = "/srv/phone"
AUDIO_INSIDE = "/srv/audio"

RECEIVED, SENT = "dump-*-dec.wav", "dump-*-enc.wav"
"""The files of the filter in `audio`, one of each for a call that goes on."""

_RATE = 8000
_SAMPLE_BYTES = 2

# No ring tones (audio_path): baresip 1.1.0 crashes when a player is destroyed before its thread has begun, as happens
# when a call is accepted at once.
# audio_buffer: milliseconds. Of what waits to be played for longer than the second figure the phone throws away the
# oldest; by default that is 160 ms, and a phone that does not run for longer lost words. So they come late instead.
# RTP ports lie below those of the PBX instances. sip_listen with port 0: the kernel chooses, two phones cannot collide.
_CONFIG = """\
poll_method epoll
sip_listen {address}:0
sip_transports udp
net_interface 127.0.0.1
call_local_timeout 120
call_max_calls 4
audio_path /nowhere
audio_source aufile,{inside}/silence.wav
audio_player aufile,{audio}/alerts.wav
audio_alert none,none
ausrc_srate 8000
auplay_srate 8000
ausrc_channels 1
auplay_channels 1
rtp_ports 12000-19998
rtcp_mux no
audio_buffer 20-1000
jitter_buffer_delay 1-5
module_path /usr/lib/baresip/modules
module g711.so
module aufile.so
module sndfile.so
snd_path {audio}
module_tmp account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen {control}:{port}
"""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a phone is."""

    number: str
    """What it is called: the From user."""
    address: str
    """The loopback address it speaks from: the PBX knows its trunk by it."""
    pbx_port: int
    password: str | None = None
    """With one, the phone registers."""

    @property
    def account(self) -> str:
        """The account as baresip writes it; its player is the call's own, apart from ring tones."""
        login = f"auth_user={self.number};auth_pass={self.password};regint=60" if self.password else "regint=0"
        return (
            f"<sip:{self.number}@127.0.0.1:{self.pbx_port}>;{login}"
            f";audio_codecs=pcma;audio_player=aufile,{AUDIO_INSIDE}/heard.wav;answermode=manual"
        )


def write_phone(folder: Path, address: str, control: str) -> None:
    """Write a phone's folder: `etc`, which the phone reads, and `audio`, which it writes.

    The phone runs as nobody and sees these two alone, by mounts: the folder around them may be closed to others.

    Args:
        folder: the phone's folder; it exists.
        address: the loopback address it speaks SIP from.
        control: the address of its control port.
    """
    for name, mode in {"etc": 0o755, "audio": 0o777}.items():
        (folder / name).mkdir()
        (folder / name).chmod(mode)
    texts = {
        "config": _CONFIG.format(
            address=address, inside=INSIDE, audio=AUDIO_INSIDE, control=control, port=CONTROL_PORT
        ),
        "accounts": "",
        "contacts": "",
    }
    for name, text in texts.items():
        (folder / "etc" / name).write_text(text, encoding="utf-8")
    write_padded(folder / "etc/silence.wav", b"")


def write_padded(file: Path, samples: bytes) -> None:
    """Write 8 kHz, 16 bit samples as a WAV file that goes on with silence for the longest call; the rest is sparse."""
    size = len(samples) + int(LONGEST_CALL.total_seconds()) * _RATE * _SAMPLE_BYTES
    form = struct.pack("<IHHIIHH", 16, 1, 1, _RATE, _RATE * _SAMPLE_BYTES, _SAMPLE_BYTES, 8 * _SAMPLE_BYTES)
    with file.open("wb") as wav:
        wav.write(b"RIFF" + struct.pack("<I", 36 + size) + b"WAVEfmt " + form + b"data" + struct.pack("<I", size))
        wav.write(samples)
        wav.truncate(wav.tell() - len(samples) + size)
