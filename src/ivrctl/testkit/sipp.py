"""Many callers at once: SIPp from the PBX's runtime, each call with a number of its own.

A caller of SIPp dials, answers to nothing but the end, and hears nothing: what became of him is read from SIPp's own
count, from Asterisk's books and from the controller's records.
"""

from __future__ import annotations

import asyncio
import csv
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from ivrctl.adapters.pbx import Bind, Pbx, Runtime, runtime_of
from ivrctl.errors import IvrctlError

INSIDE = "/srv/sipp"
LEAVE_SECONDS = 5.0
"""How long SIPp may take to leave when it is told to."""

# The callee hangs up. A caller whose call is refused, or who gets no final answer, counts as failed.
_SCENARIO = """\
<?xml version="1.0" encoding="ISO-8859-1" ?>
<!DOCTYPE scenario SYSTEM "sipp.dtd">
<scenario name="callers">
  <send retrans="500"><![CDATA[
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
  <recv response="100" optional="true"/>
  <recv response="180" optional="true"/>
  <recv response="183" optional="true"/>
  <recv response="200" rrs="true"/>
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
  <recv request="BYE"/>
  <send><![CDATA[
      SIP/2.0 200 OK
      [last_Via:]
      [last_From:]
      [last_To:]
      [last_Call-ID:]
      [last_CSeq:]
      Content-Length: 0

  ]]></send>
</scenario>
"""


class CallersError(IvrctlError):
    """SIPp did not run; the message is what it said."""


@dataclass(frozen=True, slots=True)
class CallersTold:
    """What SIPp counted."""

    placed: int
    ended_well: int
    """Answered, and ended by the other side."""
    failed: int
    """Refused, not answered, or broken off in another way."""


@dataclass(slots=True)
class Callers:
    """Calls that are being placed; ``told`` waits for the last one to end."""

    numbers: tuple[str, ...]
    process: asyncio.subprocess.Process
    folder: Path

    async def told(self, within: float) -> CallersTold:
        """What became of them, when the last call has ended.

        Raises:
            CallersError: not all have ended after ``within`` seconds, or SIPp could not run.
        """
        try:
            async with asyncio.timeout(within):
                _, complaints = await self.process.communicate()
        except TimeoutError as error:
            raise CallersError(f"not all of {len(self.numbers)} calls ended within {within:g} s") from error
        statistics = list(self.folder.glob("*.csv"))
        if not statistics:
            raise CallersError(f"sipp did not run: {complaints.decode(errors='replace').strip()}")
        return _told(statistics[0])


@asynccontextmanager
async def callers(
    pbx: Pbx, line: str, numbers: Sequence[str], *, per_second: float, has_media: bool = False
) -> AsyncIterator[Callers]:
    """Have every number dial a line once, so many a second; callers that are left at the end are cut off.

    Args:
        pbx: of whom.
        line: the number that they dial.
        numbers: theirs, one for each call.
        per_second: calls.
        has_media: every packet of sound that they get they send back; else they are silent.
    """
    runtime = runtime_of(pbx.runtime)
    with tempfile.TemporaryDirectory(prefix="ivrctl-sipp-") as name:
        folder = Path(name)
        (folder / "callers.xml").write_text(_SCENARIO)
        (folder / "numbers.txt").write_text("SEQUENTIAL\n" + "".join(f"{number};\n" for number in numbers))
        argv = _command(pbx, line, len(numbers), per_second) + ["-rtp_echo"] * has_media
        command = runtime.command(argv, binds=[Bind(folder, INSIDE, is_writable=True)])
        pipe = asyncio.subprocess.PIPE
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=pipe,
        )
        try:
            yield Callers(tuple(numbers), process, folder)
        finally:
            await _end(process, runtime, command)


def _command(pbx: Pbx, line: str, count: int, per_second: float) -> list[str]:
    return [
        *("/usr/bin/setpriv", "--pdeathsig", "KILL", "/usr/bin/sipp", f"127.0.0.1:{pbx.sip_port}"),
        *("-sf", f"{INSIDE}/callers.xml", "-inf", f"{INSIDE}/numbers.txt", "-s", line),
        *("-i", pbx.trunk, "-mi", pbx.trunk, "-m", str(count), "-l", str(count), "-r", f"{per_second:g}"),
        *("-nostdin", "-trace_stat", "-stf", f"{INSIDE}/statistics.csv", "-fd", "1"),
    ]


async def _end(process: asyncio.subprocess.Process, runtime: Runtime, command: Sequence[str]) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with asyncio.timeout(LEAVE_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
        await asyncio.to_thread(runtime.discard, command)


def _told(statistics: Path) -> CallersTold:
    """The last line of SIPp's statistics; ``(C)`` marks its cumulative counts."""
    with statistics.open(newline="") as opened:
        *_, last = csv.DictReader(opened, delimiter=";")
    placed, well = int(last["OutgoingCall(C)"]), int(last["SuccessfulCall(C)"])
    return CallersTold(placed, well, int(last["FailedCall(C)"]))
