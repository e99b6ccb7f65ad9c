"""The controller's process: what ``ivrctl serve`` starts, watches and replaces.

Composes the service with its adapters and the API, and answers signals: SIGTERM leaves the calls to a successor,
SIGINT is for good.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gc
import importlib
import os
import resource
import signal
import sys
from collections.abc import Callable
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from typing import TYPE_CHECKING

from ivrctl.adapters.no_core import leave_no_core
from ivrctl.adapters.precedence import go_first
from ivrctl.adapters.state_folder import StateFolder
from ivrctl.errors import IvrctlError
from ivrctl.service.garbage import look_for_garbage
from ivrctl.service.heartbeat import Heartbeat, ParentGoneError
from ivrctl.service.parent.inheritance import API_TCP, Inheritance

if TYPE_CHECKING:
    from ivrctl.service.queues import AmiAccess
    from ivrctl.site.site_file import Site

SWITCH_SECONDS = 0.0005
"""How long a thread may keep the interpreter when the calls' own wants it. With Python's own 5 ms every turn is so much
later that comes while records are stored or a lookup is read."""

SEEN_WITHIN = 3.0
"""Seconds that a successor takes to see the queues itself; the controller before it serves meanwhile."""


def main() -> None:
    """Serve until told to leave."""
    # Nothing that is made at a start is garbage, and callers come before it is over.
    gc.disable()
    _pass_over_rich()
    inheritance = Inheritance.from_environ(os.environ)
    inheritance.die_with_parent()
    heartbeat = Heartbeat(inheritance.heartbeat_fd)
    _allow_many_sockets()
    leave_no_core()
    sys.setswitchinterval(SWITCH_SECONDS)
    try:
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_serve(_arguments(), inheritance, heartbeat))
    except ParentGoneError:
        raise SystemExit(1) from None
    except IvrctlError as error:
        advice = f"\n  try: {error.advice}" if error.advice else ""
        heartbeat.misconfigured(f"{error}{advice}")
        raise SystemExit(error.exit_code) from None


def _pass_over_rich() -> None:
    """Have structlog do without rich, which it loads where it is installed: a twentieth of all that a start takes.

    It colours tracebacks on terminals, and has come with the command line.
    """
    sys.modules["rich"] = None  # type: ignore[assignment]  # as the import system has it: not to be found


def _allow_many_sockets() -> None:
    """As many descriptors as the system allows: the usual soft limit of 1,024 is less than the calls that we bound."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="ivrctl controller")
    parser.add_argument("site", type=Path)
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--pbx")
    parser.add_argument("--allow", action="append", default=[])
    # A parent that was started by an earlier release goes on starting its children as it always did.
    parser.add_argument("--most-calls", type=int)
    return parser.parse_args()


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


async def _serve(arguments: argparse.Namespace, inheritance: Inheritance, heartbeat: Heartbeat) -> None:
    from ivrctl.adapters.fastagi_server import LOOPBACK, ServerLimits
    from ivrctl.service.controller import Controller, ControllerSettings
    from ivrctl.service.logs import configure_logs
    from ivrctl.service.site_versions import SiteVersions
    from ivrctl.service.voices import prompt_folders, prompt_library

    configure_logs(is_terminal=sys.stderr.isatty())
    state = StateFolder.open(arguments.state)
    versions = SiteVersions(arguments.site, state.versions, _say)
    versions.load()
    site = versions.current.site
    folders = prompt_folders(site, arguments.site, arguments.pbx, os.environ)
    prompts = prompt_library(site, arguments.site, folders)
    allowed = tuple(ip_network(network) for network in arguments.allow) or LOOPBACK
    limits = ServerLimits() if arguments.most_calls is None else ServerLimits(calls=arguments.most_calls)
    recordings = None if folders.recordings is None else folders.recordings.ours
    ami = partial(_ami_access, site, arguments.site, arguments.pbx)
    settings = ControllerSettings(arguments.site, state, allowed, os.environ, recordings, limits, ami)
    controller = Controller(settings, versions, prompts)
    told = _told_to_leave()
    await controller.start(inheritance.open_socket("agi"))
    heartbeat.accepting()
    # Calls are taken from here on; no caller waits for what is beside them.
    await controller.beside.load()
    await asyncio.to_thread(importlib.import_module, "ivrctl.web.server")
    from ivrctl.web.server import TokenServer, start_api

    api = await start_api(controller, inheritance.open_socket("api"))
    # A parent of an earlier release has no such socket.
    over_tcp = TokenServer(controller, inheritance.open_socket(API_TCP)) if API_TCP in inheritance.socket_fds else None
    if over_tcp is not None:
        await over_tcp.start()
    watching = asyncio.ensure_future(controller.queues.run())
    await controller.queues.until_seen(SEEN_WITHIN)
    heartbeat.ready()
    # Not before: a successor's start takes a second, and sound has to go on.
    if told_of_priority := go_first():
        controller.log.info("priority", happened=told_of_priority)
    # What is there now stays: looking through it for garbage, again and again, would hold everybody up for 0.1 s.
    gc.freeze()
    gc.enable()
    background: list[asyncio.Future[None]] = [
        asyncio.ensure_future(heartbeat.beat()),
        asyncio.ensure_future(controller.watch_site()),
        asyncio.ensure_future(controller.settle()),
        asyncio.ensure_future(controller.post_room.deliver()),
        asyncio.ensure_future(controller.notices.watch()),
        asyncio.ensure_future(look_for_garbage(lambda: controller.server.calls)),
        watching,
        asyncio.ensure_future(controller.staffing.run()),
    ]
    await asyncio.wait((asyncio.ensure_future(_until(told)), *background), return_when=asyncio.FIRST_COMPLETED)
    # Where a background task failed, its reason is raised here, the process ends, and the parent starts another.
    for task in background:
        if task.done():
            task.result()
    await api.cleanup()
    if over_tcp is not None:
        await over_tcp.close()
    await controller.drain(is_leaving_for_good=told.result() == signal.SIGINT)
    for task in background:
        task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.gather(*background)
    await controller.close()


def _ami_access(site: Site, folder: Path, pbx: str | None) -> AmiAccess | None:
    from ivrctl.cli.peer import ami_access

    return ami_access(site, folder, pbx)


async def _until(told: asyncio.Future[int]) -> None:
    await told


def _told_to_leave() -> asyncio.Future[int]:
    loop = asyncio.get_running_loop()
    told: asyncio.Future[int] = loop.create_future()

    def tell(number: int) -> None:
        if not told.done():
            told.set_result(number)

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, tell, number)
    return told


def _say(text: str) -> None:
    from ivrctl.service.logs import ErrorStream

    ErrorStream().write(f"{text.rstrip()}\n")


if __name__ == "__main__":
    main()
