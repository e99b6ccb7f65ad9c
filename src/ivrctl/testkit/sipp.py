"""Many callers at once: SIPp from the PBX's runtime, each call with a number of its own.

A caller of SIPp dials, presses keys at times that are fixed before, and hears nothing: what became of him is read from
SIPp's own count, from Asterisk's books and from the controller's records.
"""

from __future__ import annotations

import asyncio
import csv
import math
import signal
import tempfile
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.pbx import Bind, Pbx, Runtime, runtime_of
from ivrctl.errors import IvrctlError
from ivrctl.testkit.sipp_script import SILENT, Manner, Rise

INSIDE = "/srv/sipp"
STATISTICS = "statistics.csv"
LOOK_EVERY = 0.2
"""Seconds between looks at the statistics, which have a line for each second."""
LEAVE_SECONDS = 5.0
"""How long SIPp may take to leave when it is told to."""


class CallersError(IvrctlError):
    """SIPp did not run; the message is what it said."""


@dataclass(frozen=True, slots=True)
class CallersTold:
    """What SIPp counted."""

    placed: int
    ended_well: int
    """Answered, and ended by the other side, or by a caller who had waited long enough."""
    failed: int
    """Refused, not answered, or broken off in another way."""
    hung_up: int = 0
    """Those of them that the caller has ended."""
    slow: int = 0
    """Answered after ``SLOW`` seconds or more."""


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
            async with Deadline(within):
                _, complaints = await self.process.communicate()
        except TimeoutError as error:
            raise CallersError(f"not all of {len(self.numbers)} calls ended within {within:g} s") from error
        rows = self._rows()
        if not rows:
            raise CallersError(f"sipp did not run: {complaints.decode(errors='replace').strip()}")
        return _told(rows[-1])

    async def sustained(self, manner: Manner, within: float) -> float:
        """Of a rise: the calls a second at which the last call was placed before the first that failed; 0 for none.

        Whose patience is at its end has failed, too. No more calls are placed then; ``told`` waits for those that are
        under way.

        Raises:
            TimeoutError: after so many seconds no call had failed, and not all had ended.
        """
        async with Deadline(within):
            # A file that another process writes.
            while self.process.returncode is None and not _has_failed(self._rows()):  # noqa: ASYNC110
                await asyncio.sleep(LOOK_EVERY)
        if self.process.returncode is None:
            self.process.send_signal(signal.SIGUSR1)
        return highest_before_failure(self._rows(), manner)

    def _rows(self) -> list[dict[str, str]]:
        """The statistics so far: whole lines."""
        file = self.folder / STATISTICS
        text = file.read_text(errors="replace") if file.exists() else ""
        return list(csv.DictReader(text[: text.rfind("\n") + 1].splitlines(), delimiter=";"))


@asynccontextmanager
async def callers(
    pbx: Pbx,
    line: str,
    numbers: Sequence[str],
    *,
    per_second: float | Rise,
    manner: Manner = SILENT,
    at_once: int = 0,
) -> AsyncIterator[Callers]:
    """Have every number dial a line once, so many a second; callers that are left at the end are cut off.

    Args:
        pbx: of whom.
        line: the number that they dial.
        numbers: theirs, one for each call.
        per_second: calls.
        manner: what each of them does.
        at_once: calls, at most: the next is placed when one of them has ended; 0 for all of them.
    """
    runtime = runtime_of(pbx.runtime)
    with tempfile.TemporaryDirectory(prefix="ivrctl-sipp-") as name:
        folder = Path(name)
        (folder / "callers.xml").write_text(manner.scenario(INSIDE))
        for file, packets in manner.recorded_keys().items():
            (folder / file).write_bytes(packets)
        (folder / "numbers.txt").write_text("SEQUENTIAL\n" + "".join(f"{number};\n" for number in numbers))
        argv = _command(pbx, line, len(numbers), per_second, at_once) + ["-rtp_echo"] * manner.has_media
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


def _command(pbx: Pbx, line: str, count: int, per_second: float | Rise, at_once: int) -> list[str]:
    rate = per_second.options if isinstance(per_second, Rise) else ["-r", f"{per_second:g}"]
    return [
        *("/usr/bin/setpriv", "--pdeathsig", "KILL", "/usr/bin/sipp", f"127.0.0.1:{pbx.sip_port}"),
        *("-sf", f"{INSIDE}/callers.xml", "-inf", f"{INSIDE}/numbers.txt", "-s", line),
        *("-i", pbx.trunk, "-mi", pbx.trunk, "-m", str(count), "-l", str(at_once or count), *rate),
        *("-nostdin", "-trace_stat", "-stf", f"{INSIDE}/{STATISTICS}", "-fd", "1"),
    ]


async def _end(process: asyncio.subprocess.Process, runtime: Runtime, command: Sequence[str]) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        async with Deadline(LEAVE_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
        await asyncio.to_thread(runtime.discard, command)


def _told(row: Mapping[str, str]) -> CallersTold:
    """A line of SIPp's statistics; ``(C)`` marks its cumulative counts."""
    placed, well = int(row["OutgoingCall(C)"]), int(row["SuccessfulCall(C)"])
    return CallersTold(
        placed,
        well,
        int(row["FailedCall(C)"]),
        hung_up=_sum(row, *_HUNG_UP),
        slow=_sum(row, *(name for name in row if name.startswith("ResponseTimeRepartition") and ">=" in name)),
    )


def highest_before_failure(rows: Sequence[Mapping[str, str]], manner: Manner) -> float:
    """The highest rate of SIPp's statistics, a row for each second, until the first call was placed that failed.

    Args:
        rows: of the statistics.
        manner: of the callers, which says how long after its begin a call fails.
    """
    first = next((place for place, row in enumerate(rows) if _has_failed([row])), None)
    if first is None:
        before = rows
    else:
        late = manner.answered_within + (0 if int(rows[first]["FailedCall(C)"]) else manner.patience)
        before = rows[: max(0, first - math.ceil(late))]
    return max((float(row["TargetRate"]) for row in before), default=0.0)


def _has_failed(rows: Sequence[Mapping[str, str]]) -> bool:
    return any(int(row["FailedCall(C)"]) + _sum(row, *_HUNG_UP) for row in rows)


_HUNG_UP = ("hung_up(C)", "GenericCounter1(C)")
"""The counter of those who have ended their call: by its name, or by its number in older versions."""


def _sum(row: Mapping[str, str], *names: str) -> int:
    return sum(int(row.get(name) or 0) for name in names)
