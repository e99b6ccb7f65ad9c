"""The demonstration: a real Asterisk, the demo site, softphones that dial its lines.

Starts a PBX and a controller of its own on free ports, has the reference lines dialled, prints what each caller heard
and the way the call took, and says whether all of it was as it should be.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ivrctl.adapters import pbx as development
from ivrctl.adapters.state_folder import StateFolder
from ivrctl.cli.addresses import free_address
from ivrctl.cli.codes import FINDINGS
from ivrctl.cli.commands.call import told
from ivrctl.cli.progress import say
from ivrctl.errors import IvrctlError, UnreachableError
from ivrctl.testkit.dialling import CallPlan, PlacedCall, place_call
from ivrctl.web.client import ask

SITE = Path("flows")
NAME = "demo"
STARTS_WITHIN = 30.0
LONGEST = 60.0


@dataclass(frozen=True, slots=True)
class DemoCall:
    """A call of the demonstration, and what must come of it."""

    plan: CallPlan
    hears: tuple[str, ...]
    """Texts that are in what the caller hears, in this order."""
    path: str
    ending: str


_BALANCE = "hotline/balance-line account/start account/balance"

CALLS = (
    DemoCall(CallPlan("1001011", "13800138000"), ("您的余额是120.50。",), _BALANCE, "served"),
    DemoCall(
        CallPlan("1001012", "13800138000"),
        ("您2026-10-01的账单是203.40。",),
        "hotline/bill-line account/start account/bill",
        "served",
    ),
    DemoCall(
        CallPlan("1001013", "13800138000"), ("剩余20480兆",), "hotline/usage-line account/start account/usage", "served"
    ),
    DemoCall(CallPlan("1001021", "13600136000"), ("Your balance is 1088.05.",), _BALANCE, "served"),
    DemoCall(
        CallPlan("10010", "13800138000", ("1", "1", "1", "*", "2", "1", "20261101#", "h"), LONGEST),
        (
            "中文请按1。",
            "欢迎致电客户热线。",
            "话费请按1。",
            "余额请按1。",
            "您的余额是120.50。",
            "余额请按1。",
            "话费请按1。",
            "装机移机修障进度请按1。",
            "请输入工单号",
            "承诺2099-12-31前完成",
        ),
        "hotline/welcome hotline/main hotline/charges hotline/balance account/start account/balance hotline/charges "
        "hotline/main hotline/broadband hotline/order-status order-status/start hotline/broadband",
        "abandoned",
    ),
    DemoCall(
        CallPlan("10010", "13600136000", ("2", "1", "2", "h"), LONGEST),
        ("For English press 2.", "Welcome", "For charges press 1.", "For your last bill press 2.", "is 412.35."),
        "hotline/welcome hotline/main hotline/charges hotline/bill account/start account/bill hotline/charges",
        "abandoned",
    ),
)


def main() -> None:
    """Run the demonstration; exit code 0 when every call went as it should."""
    began = time.monotonic()
    try:
        failures = _demonstrate()
    except IvrctlError as error:
        sys.stderr.write(f"demo: {error}\n" + (f"  try: {error.advice}\n" if error.advice else ""))
        raise SystemExit(error.exit_code) from None
    say(f"{len(CALLS)} calls in {time.monotonic() - began:.0f} s, {len(failures)} not as they should be")
    for failure in failures:
        sys.stderr.write(f"  {failure}\n")
    if failures:
        raise SystemExit(FINDINGS)


def _demonstrate() -> list[str]:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="ivrctl-demo-")))
        say("starting the development PBX; its programs are installed the first time")
        pbx = development.up(NAME, agi=free_address(), progress=say)
        stack.callback(development.down, NAME)
        say("making the prompts")
        subprocess.run([sys.executable, "-m", "ivrctl", "prompts", "build", str(SITE), "--pbx", NAME], check=True)
        state = StateFolder.open(folder / "state")
        stack.enter_context(_controller(state))
        say(f"{len(CALLS)} callers dial")
        failures: list[str] = []
        for call, placed in zip(CALLS, asyncio.run(_dial_all(pbx, state, folder)), strict=True):
            sys.stdout.write(told(placed) + "\n")
            failures += [f"{call.plan.caller} -> {call.plan.number}: {failure}" for failure in _failures(call, placed)]
        return failures


async def _dial_all(pbx: development.Pbx, state: StateFolder, folder: Path) -> list[PlacedCall]:
    """Dial all lines at the same time, as callers do."""
    question = partial(ask, state.api_socket)
    async with asyncio.TaskGroup() as group:
        tasks = []
        for number, call in enumerate(CALLS):
            kept = folder / str(number)
            kept.mkdir()
            tasks.append(group.create_task(place_call(pbx, question, call.plan, kept)))
    return [task.result() for task in tasks]


@contextmanager
def _controller(state: StateFolder) -> Iterator[None]:
    say("starting the controller")
    log = (state.path / "serve.log").open("wb")
    command = [sys.executable, "-m", "ivrctl", "serve", str(SITE), "--pbx", NAME, "--state", str(state.path)]
    with log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            _wait_until_serving(process, state)
            yield
        finally:
            process.terminate()
            process.wait(STARTS_WITHIN)


def _wait_until_serving(process: subprocess.Popen[bytes], state: StateFolder) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while True:
        try:
            ask(state.api_socket, "/status")
        except UnreachableError:
            if process.poll() is not None or time.monotonic() > deadline:
                log = (state.path / "serve.log").read_text(errors="replace")
                raise UnreachableError(f"the controller did not start:\n{log}") from None
            time.sleep(0.1)
        else:
            return


def _failures(call: DemoCall, placed: PlacedCall) -> list[str]:
    if placed.record is None:
        return ["no record of it"]
    failures = [f"did not hear {item.text!r}" for item in placed.heard if item.at is None and item.likeness is not None]
    heard = iter(item.text for item in placed.heard if item.at is not None)
    failures += [f"did not hear {text!r} in its turn" for text in call.hears if not any(text in said for said in heard)]
    path = " ".join(placed.record["path"])
    if path != call.path:
        failures.append(f"took the way {path}, not {call.path}")
    if placed.record["ending"] != call.ending:
        failures.append(f"ended {placed.record['ending']}, not {call.ending}")
    return failures


if __name__ == "__main__":
    main()
