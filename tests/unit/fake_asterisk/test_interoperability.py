from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path

from panoramisk import fast_agi

from ivrctl.testkit.fake_asterisk import FakeAsterisk, VirtualClock, fixed_lengths

PROMPTS = fixed_lengths({"welcome": 4.0, "menu": 6.0})


async def test_pyst2_is_served_as_by_asterisk() -> None:
    """A blocking AGI client of other authors plays, hears keys, reads variables and hands a call over."""
    controller = await asyncio.create_subprocess_exec(
        sys.executable,
        "-W",
        "ignore",
        Path(__file__).with_name("pyst_controller.py"),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert controller.stdout is not None
    port = int(await controller.stdout.readline())
    # Another process may take its time: nothing here hangs on the clock's patience.
    async with FakeAsterisk(("127.0.0.1", port), PROMPTS, clock=VirtualClock(patience=30)) as fake:
        caller = fake.call("10010", ani="13800138000")
        await caller.hears("welcome")
        await caller.hears("menu", seconds=1)
        await caller.press("7#")
        await caller.enters_queue("vip")
        leg = caller.legs[0].id
    got = json.loads(await controller.stdout.readline())
    await controller.wait()
    assert got == {
        "caller": "13800138000",
        "leg": leg,
        "keys": ["", "7", "#", ""],
        "missing": "AGIAppError",
        "variables": ["hello there", ""],
        "status": 6,
    }


async def test_panoramisk_is_served_as_by_asterisk() -> None:
    """The FastAGI server of panoramisk plays a prompt, gets a key, and is answered usage blocks and faults."""
    got: list[object] = []

    async def handler(request: fast_agi.Request) -> None:
        got.append(request.headers["agi_arg_2"])
        got.extend(
            [
                await request.send_command('GET OPTION "menu" "0123456789*#" 3000'),
                await request.send_command("GET VARIABLE IVRCTL_LINE"),
                await request.send_command("FROB"),
            ]
        )
        await request.send_command('SET VARIABLE IVRCTL_NEXT "end"')

    application = fast_agi.Application()
    application.add_route("leg", handler)
    server = await asyncio.start_server(application.handler, "127.0.0.1", 0)
    async with FakeAsterisk(server.sockets[0].getsockname(), PROMPTS) as fake:
        caller = fake.call("10010")
        await caller.hears("menu", seconds=1)
        await caller.press("1")
        await caller.ends()
    server.close()
    after, option, line, unknown = got
    assert after == "start"
    assert isinstance(option, dict)
    assert isinstance(line, dict)
    assert isinstance(unknown, dict)
    assert (option["status_code"], option["result"][0]) == (200, "49")
    assert line["result"] == ("1", "10010")
    assert unknown["status_code"] == 510
