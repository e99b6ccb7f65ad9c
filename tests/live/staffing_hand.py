"""A controller in a process of its own, which says each of its steps, so that it can be killed at any: see its test.

``python -m tests.live.staffing_hand PORT URL QUEUE QUEUE``, with the AMI user and the secret in the environment.
"""

from __future__ import annotations

import asyncio
import os
import sys

from ivrctl.adapters.ami import Deadlines, Login
from ivrctl.adapters.pbx.ports import LOOPBACK

from ..unit.staffing.memberships import policy, wanted  # noqa: TID252 - test folders are no packages to import from
from ..unit.staffing_actuator.floor import Controller, Place, Steps, until  # noqa: TID252 - the same


class Told(Steps):
    """Steps that are said."""

    async def step(self) -> None:
        """Say it; whoever reads may kill us now."""
        self.count += 1
        print(f"step {self.count}", flush=True)  # noqa: T201 - a program
        await asyncio.sleep(0.01)  # a kill comes between this step and the next one


async def live(port: int, url: str, queues: tuple[str, str]) -> None:
    """Two come, one of them gets another penalty, one goes and one comes in the other queue."""
    here, there = queues
    login = Login(os.environ["IVRCTL_TEST_USER"], os.environ["IVRCTL_TEST_SECRET"])
    of = policy(queues=queues)
    controller = Controller(Place((LOOPBACK, port), login, url, lambda: of, 10.0, Deadlines()), "hand", Told())
    await controller.begin()
    await until(lambda: controller.picture.is_known, 30)
    await controller.has(wanted("8110", queue=here), wanted("8111", queue=here), within=30)
    await controller.has(wanted("8111", queue=here, penalty=7), wanted("8112", queue=there), within=30)
    await controller.store.flushed()
    print("done", flush=True)  # noqa: T201 - a program
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(live(int(sys.argv[1]), sys.argv[2], (sys.argv[3], sys.argv[4])))
