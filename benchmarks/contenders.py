"""FastAGI servers as processes: ``ivrctl serve`` as it ships, its peers, and the floors, each with its processor time.

Ours is the whole of it: the parent and the controller process, a site with a menu, a lookup in a SQLite file and an
answer that is joined from recorded pieces, the journal, the log, and the store of records. What speaks the pieces is a
stand-in for espeak-ng: it speaks before the first call only, and this program is to run where no voice is installed.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from callers import CALLERS

from ivrctl.testkit.npm import installed

HERE = Path(__file__).parent
DING_DONG = "ding-dong@0.1.7"
STARTS_WITHIN = 60.0
"""Seconds; a first start makes some hundred sounds."""
SETTLES_WITHIN = 20.0
TICKS = os.sysconf("SC_CLK_TCK")

SITE = """\
site: benchmark
time_zone: Asia/Shanghai
languages: [en]
currency: CNY
numbers: {country: CN, spoken_as: national}
prompts: {no_input: We heard no key., no_match: No such choice., one_moment: One moment please., fallback: Sorry.}
queues: {vip: {}}
databases: {bank: {url: "sqlite:balances.sqlite"}}
lookups:
  balance:
    sql: select amount from balances where number = :number
    database: bank
    params: {number: phone}
    returns: {amount: money}
"""
FLOW = """\
lines: {"100": start, "200": desk}
steps:
  start:
    - menu:
        choices:
          "1": {say: "To hear your balance press 1.", goto: balance}
          "2": {say: "To hear this again press 2.", goto: start}
      then: {otherwise: {hangup: unserved}}
  balance:
    - lookup: {query: balance, with: {number: "{caller.number}"}, timeout: 30s}
      save: found
      then: {otherwise: {hangup: unserved}}
    - play: "Your balance is {found.amount:money}."
    - hangup: served
  desk:
    - queue: {name: vip, wait: 30m}
      then: {answered: {hangup: served}, otherwise: {hangup: unserved}}
"""
VOICE = """\
#!/bin/sh
# Stands for espeak-ng: half a second of a tone, whatever the text.
[ "$1" = --version ] && { echo 'eSpeak NG text-to-speech: 0'; exit; }
cat >/dev/null
cat "$(dirname "$0")/tone.wav"
"""


class SkippedError(Exception):
    """What a contender needs is not on this machine; the message says what."""


@dataclass(slots=True)
class Server:
    """One that serves."""

    port: int
    pids: list[int]
    roots: list[int]
    """Those of them that are nobody's child here."""
    settled: Callable[[int], None] = lambda _calls: None
    """Waits until all that so many calls leave behind is done, such as records that are stored."""

    def cpu(self) -> float:
        """Seconds of processor time of all its processes, and of their children that have ended."""
        return sum(map(cpu_of, self.pids))

    def memory(self) -> int:
        """Bytes of memory that is no file's, of its processes and their children; what is shared is counted once."""
        return sum(map(anonymous_of, self.roots))


def cpu_of(pid: int) -> float:
    """Seconds, to the nanosecond for itself and to a tick for children that have ended."""
    # CPUCLOCK_SCHED of another process, as clock_getcpuclockid(3) makes it.
    own = time.clock_gettime((~pid << 3) | 2)
    words = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return own + (int(words[13]) + int(words[14])) / TICKS


def anonymous_of(pid: int) -> int:
    """Bytes, with its children's; none for one that is about to end."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
    except OSError:
        return 0
    own = 1024 * sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss_Anon:"))
    return own + sum(anonymous_of(int(child)) for child in children)


def make_database(folder: Path) -> Path:
    """A row for each caller: what he has, in whole yuan, since that is what the peers can say."""
    file = folder / "balances.sqlite"
    with sqlite3.connect(file) as database:
        database.execute("create table balances (number text primary key, amount integer not null)")
        rows = [(f"138001{caller:05}", 100 + caller) for caller in range(CALLERS)]
        database.executemany("insert into balances values (?, ?)", rows)
    database.close()
    return file


def _process(command: list[str], folder: Path, environ: dict[str, str] | None = None) -> subprocess.Popen[str]:
    with (folder / "server.log").open("a") as log:
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, env=environ
        )


@contextmanager
def peer(command: list[str], folder: Path, environ: dict[str, str] | None = None) -> Iterator[Server]:
    """A server that prints its port, and leaves when its standard input ends."""
    process = _process(command, folder, environ)
    try:
        if process.stdout is None or process.stdin is None:
            raise RuntimeError("the server has no output")
        port = process.stdout.readline()
        if not port:
            raise RuntimeError(f"no server: {(folder / 'server.log').read_text()[-500:]}")
        yield Server(int(port), [process.pid], [process.pid])
    finally:
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()


def python_peer(name: str) -> Callable[[Path, Path], list[str]]:
    """The command of one of ``fastagi_servers.py``."""
    return lambda _folder, database: [sys.executable, str(HERE / "fastagi_servers.py"), name, str(database)]


def ding_dong(folder: Path, _database: Path) -> list[str]:
    """The command of the server in Node."""
    try:
        modules = installed(DING_DONG) / "node_modules"
    except RuntimeError as error:
        # What npm says further names hosts and folders, and the page is for everybody.
        raise SkippedError(str(error).partition("\n")[0]) from error
    # Node looks for packages beside the program, so the program goes beside them.
    shutil.copy(HERE / "ding_dong_server.js", folder)
    (folder / "node_modules").symlink_to(modules)
    return ["node", str(folder / "ding_dong_server.js")]


def c_floor(folder: Path, _database: Path) -> list[str]:
    """The command of the floor in C, compiled for this run."""
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise SkippedError("there is no C compiler")
    subprocess.run([compiler, "-O2", "-o", str(folder / "floor"), str(HERE / "floor.c")], check=True)
    return [str(folder / "floor")]


OURS = "ivrctl"
PANORAMISK = "panoramisk"
PEERS: dict[str, Callable[[Path, Path], list[str]]] = {
    PANORAMISK: python_peer("panoramisk"),
    "panoramisk on uvloop": python_peer("panoramisk on uvloop"),
    "pyst2, forking": python_peer("pyst2, forking"),
    "ding-dong (Node)": ding_dong,
    "floor: protocol on uvloop": python_peer("bare protocol on uvloop"),
    "floor: C, epoll": c_floor,
}


# ours


@contextmanager
def ours(folder: Path, database: Path) -> Iterator[Server]:
    """``ivrctl serve``, as it ships."""
    site, state = folder / "site", folder / "state"
    _write_site(site, database)
    port = _free_port()
    command = [sys.executable, "-m", "ivrctl", "serve", str(site), "--state", str(state), "--agi", f"127.0.0.1:{port}"]
    environ = _environment(folder)
    process = _process([*command, "--most-calls", "100000"], folder, environ)
    try:
        controller = _controller(state, process)
        yield Server(port, [process.pid, controller], [process.pid], lambda calls: _until_stored(state, calls))
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(SETTLES_WITHIN)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        # It may lie on a tmpfs, outside of the folder of this run.
        shutil.rmtree(environ["IVRCTL_SPOOL"], ignore_errors=True)


def _write_site(site: Path, database: Path) -> None:
    site.mkdir()
    (site / "ivrctl.yaml").write_text(SITE, encoding="utf-8")
    (site / "main.ivr.yaml").write_text(FLOW, encoding="utf-8")
    shutil.copy(database, site / "balances.sqlite")


def _environment(folder: Path) -> dict[str, str]:
    """Folders of this run alone: no PBX and no root of this machine is found, and nothing is left behind."""
    voice = folder / "bin"
    voice.mkdir()
    (voice / "espeak-ng").write_text(VOICE, encoding="utf-8")
    (voice / "espeak-ng").chmod(0o755)
    _write_tone(voice / "tone.wav")
    places = {
        "XDG_CACHE_HOME": "cache",
        "XDG_STATE_HOME": "xdg-state",
        "IVRCTL_PROMPTS": "prompts",
        "IVRCTL_SPOOL": "spool",
    }
    made = {name: str(folder / place) for name, place in places.items()}
    spool = Path("/dev/shm")  # noqa: S108 - a tmpfs, as the spool is meant to be on
    if spool.is_dir():
        made["IVRCTL_SPOOL"] = tempfile.mkdtemp(prefix="ivrctl-bench-", dir=spool)
    for place in made.values():
        Path(place).mkdir(exist_ok=True)
    return {**os.environ, **made, "PATH": f"{voice}:{os.environ['PATH']}", "IVRCTL_RUNTIME": "root"}


def _write_tone(file: Path) -> None:
    import math  # noqa: PLC0415 - once
    import struct  # noqa: PLC0415 - once
    import wave  # noqa: PLC0415 - once

    with wave.open(str(file), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(22050)
        sound.writeframes(b"".join(struct.pack("<h", int(8000 * math.sin(place / 10))) for place in range(11025)))


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as sock:
        port: int = sock.getsockname()[1]
    return port


def _controller(state: Path, process: subprocess.Popen[str]) -> int:
    """The pid of the controller, when it has made its prompts."""
    deadline = time.monotonic() + STARTS_WITHIN
    log = state.parent / "server.log"
    while time.monotonic() < deadline and process.poll() is None:
        if '"event": "prompts"' in log.read_text(encoding="utf-8"):
            status = json.loads((state / "parent.json").read_text(encoding="utf-8"))
            return int(status["children"][-1]["pid"])
        time.sleep(0.05)
    raise RuntimeError(f"ivrctl serve does not serve: {log.read_text(encoding='utf-8')[-2000:]}")


def _until_stored(state: Path, calls: int) -> None:
    """Until the records of so many calls stand in its database, by a look into the file."""
    deadline = time.monotonic() + SETTLES_WITHIN
    while time.monotonic() < deadline:
        reading = sqlite3.connect(f"file:{state / 'calls.sqlite'}?mode=ro", uri=True)
        try:
            (found,) = reading.execute("select count(*) from calls").fetchone()
            others = reading.execute(
                "select ending, count(*) from calls where ending != 'served' group by 1"
            ).fetchall()
        finally:
            reading.close()
        if others:
            raise RuntimeError(f"calls that were not served: {others}")
        if found >= calls:
            return
        time.sleep(0.05)
    raise RuntimeError(f"only {found} of {calls} calls have a record")
