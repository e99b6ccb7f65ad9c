"""``ivrctl call``: a softphone dials, and what was heard is printed."""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from functools import partial
from pathlib import Path

from ivrctl.adapters.pbx import Pbx, find
from ivrctl.cli.codes import FINDINGS, INTERRUPTED
from ivrctl.cli.progress import say
from ivrctl.cli.served_line import check_looks_here, check_served
from ivrctl.cli.sites import load_program, running_state, site_folder
from ivrctl.cli.telephone import check_caller, check_number, example_caller, key_groups
from ivrctl.errors import ConfigurationError, UnreachableError
from ivrctl.testkit.dialling import Ask, CallPlan, PlacedCall, PressedKeys, place_call
from ivrctl.testkit.hearing import HeardPrompt
from ivrctl.web.client import ask


def run(
    number: str,
    caller: str | None,
    press: str,
    *,
    pbx: str | None,
    site: Path | None,
    state: Path | None,
    longest: float,
    keep: Path | None,
    is_controller_asked: bool,
    as_json: bool,
) -> None:
    """Place the call and print it; exit code 1 when it was not answered, 130 when it was interrupted."""
    check_number(number)
    presses = key_groups(press)
    if caller is not None:
        check_caller(caller)
    if presses and not is_controller_asked:
        raise ConfigurationError(
            "keys are pressed at questions, and without a controller nobody asks", advice="leave --press out"
        )
    found = running_pbx(pbx)
    question: Ask | None = None
    if is_controller_asked:
        question = partial(ask, running_state(site, state).api_socket)
        status = question("/status")["status"]
        check_looks_here(found, status["agi"])
        lines, country = status["lines"], status["country"]
    else:
        program = load_program(site_folder(site))
        lines, country = list(program.lines), str(program.site.numbers.country)
        # Nobody says what is to be heard: it is listened to.
        keep = keep or Path(tempfile.mkdtemp(prefix="ivrctl-call-"))
    check_served(number, lines)
    plan = CallPlan(number, caller or example_caller(country), presses, longest)
    with sound_folder(keep) as folder:
        placed = asyncio.run(_place(found, question, plan, folder))
    _print(placed, keep, as_json=as_json)
    if placed.is_interrupted:
        raise SystemExit(INTERRUPTED)
    if not placed.is_answered:
        raise SystemExit(FINDINGS)


async def _place(pbx: Pbx, question: Ask | None, plan: CallPlan, folder: Path) -> PlacedCall:
    """Place the call; the first Ctrl-C hangs up, and a second one ends the command."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def interrupt() -> None:
        stop.set()
        loop.remove_signal_handler(signal.SIGINT)

    loop.add_signal_handler(signal.SIGINT, interrupt)
    try:
        return await place_call(pbx, question, plan, folder, tell=say, stop=stop)
    finally:
        loop.remove_signal_handler(signal.SIGINT)


def _print(placed: PlacedCall, keep: Path | None, *, as_json: bool) -> None:
    if as_json:
        body = {"format_version": 1, "call": asdict(placed), "folder": None if keep is None else str(keep)}
        sys.stdout.write(json.dumps(body, ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write(told(placed))
        if keep is not None:
            sys.stderr.write(f"what was heard is in {keep}\n")


@contextmanager
def sound_folder(keep: Path | None) -> Iterator[Path]:
    """The folder for the recording and the phone's log: the one that is kept, else one that goes away.

    Raises:
        ConfigurationError: it cannot be made or written, or holds another call.
    """
    if keep is None:
        with tempfile.TemporaryDirectory(prefix="ivrctl-call-") as made:
            yield Path(made)
        return
    try:
        keep.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=keep):
            is_used = (keep / "phone").exists()
    except OSError as error:
        raise ConfigurationError(
            f"{keep} cannot be written: {error.strerror}", advice="--keep a folder of your own"
        ) from error
    if is_used:
        raise ConfigurationError(f"{keep} holds a call already", advice=f"--keep another folder, or rm -r {keep}")
    yield keep


def running_pbx(name: str | None) -> Pbx:
    """The development PBX of this name.

    Raises:
        UnreachableError: it does not run.
    """
    found = find(name or "default")
    if found is None:
        raise UnreachableError(
            f'the PBX "{name or "default"}" does not run', advice=f"ivrctl pbx up {name or ''}".strip()
        )
    return found


def told(call: PlacedCall) -> str:
    """The call as a transcript."""
    lines = [f"{call.plan.caller} dials {call.plan.number}"]
    if not call.is_answered:
        return f"{lines[0]}\n  was not answered: {call.refusal}\n"
    events: list[tuple[float, str]] = []
    at = 0.0
    for item in call.heard:
        at = item.at if item.at is not None else at
        events.append((at, _heard(item)))
    events += [(item.at, _pressed(item)) for item in call.pressed]
    lines += [text for _, text in sorted(events, key=lambda event: event[0])]
    lines.append(
        f"{call.seconds:7.1f} s  {'interrupted: the caller hung up' if call.is_interrupted else 'the call is over'}"
    )
    if not call.is_controller_asked:
        lines.append(f"           no controller was asked; what was heard: {call.recording}")
    elif call.record is not None:
        lines.append(f"           {call.record['ending']}: {' > '.join(call.record['path'])}")
    elif not call.heard:
        lines.append("           no flow had this call: ivrctl pbx logs -n 20 shows what Asterisk did with it")
    return "\n".join(lines) + "\n"


def _heard(item: HeardPrompt) -> str:
    if item.likeness is None:
        return f"        ?  said    {item.text}  (not compared: silent)"
    if item.at is None:
        return f"        ?  NOT HEARD {item.text}  (likeness {item.likeness:.2f})"
    return f"{item.at:7.1f} s  hears   {item.text}  (likeness {item.likeness:.2f})"


def _pressed(item: PressedKeys) -> str:
    return f"{item.at:7.1f} s  presses {item.keys}"
