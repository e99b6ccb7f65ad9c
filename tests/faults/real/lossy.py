"""A row in a network of its own, of whose packets one in twenty is lost: SIP, sound, AGI and AMI alike.

``python -m tests.faults.real.lossy FOLDER`` is what runs inside; it leaves its evidence in ``FOLDER/evidence``.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from ..matrix import Evidence
from .calling import needs, under_calls
from .scene import Scene

LOSES = "ip link set lo up && tc qdisc add dev lo root netem loss 5%"
SECONDS = 20.0
_ROOT = Path(__file__).parents[3]


def needs_loss() -> str:
    """A PBX, and a kernel that loses packets when it is asked to."""
    if why := needs():
        return why
    tried = subprocess.run(["unshare", "-n", "sh", "-c", LOSES], capture_output=True, text=True, check=False)
    return "" if tried.returncode == 0 else f"this kernel loses no packets: {tried.stderr.strip()}"


async def loss(_seeds: Sequence[int], folder: Path) -> Evidence:
    """One packet in twenty is lost, on every way there is."""
    folder.mkdir(parents=True)  # noqa: ASYNC240 - before anything runs on the loop
    argv = ["unshare", "-n", "sh", "-c", f'{LOSES} && exec "$@"', "sh"]
    argv += [sys.executable, "-m", "tests.faults.real.lossy", str(folder)]
    process = await asyncio.create_subprocess_exec(*argv, cwd=_ROOT, env=os.environ)
    if await process.wait():
        raise OSError("the row did not come to its end")
    found = pickle.loads((folder / "evidence").read_bytes())  # noqa: S301 - of a process of ours
    assert isinstance(found, Evidence)
    return found


async def _inside(folder: Path) -> None:
    async def act(_scene: Scene) -> None:
        await asyncio.sleep(SECONDS)

    found = await under_calls(folder / "scene", act)
    (folder / "evidence").write_bytes(pickle.dumps(found))


if __name__ == "__main__":
    asyncio.run(_inside(Path(sys.argv[1])))
