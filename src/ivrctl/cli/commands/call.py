"""``ivrctl call``: a softphone dials, and what was heard is printed."""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
from dataclasses import asdict
from functools import partial
from pathlib import Path

from ivrctl.adapters.pbx import Pbx, find
from ivrctl.cli.codes import FINDINGS
from ivrctl.cli.sites import running_state
from ivrctl.errors import UnreachableError
from ivrctl.testkit.dialling import CallPlan, HeardPrompt, PlacedCall, PressedKeys, place_call
from ivrctl.web.client import ask


def run(
    number: str,
    caller: str,
    press: str,
    *,
    pbx: str | None,
    site: Path | None,
    state: Path | None,
    longest: float,
    keep: Path | None,
    as_json: bool,
) -> None:
    """Place the call and print it; exit code 1 when it was not answered."""
    found = running_pbx(pbx)
    api = running_state(site, state).api_socket
    presses = tuple(keys.strip() for keys in press.split(",") if keys.strip())
    plan = CallPlan(number, caller, presses, longest)
    with tempfile.TemporaryDirectory(prefix="ivrctl-call-") as made:
        folder = Path(made) if keep is None else keep
        folder.mkdir(parents=True, exist_ok=True)
        placed = asyncio.run(place_call(found, partial(ask, api), plan, folder))
    if as_json:
        body = {"format_version": 1, "call": asdict(placed), "folder": None if keep is None else str(keep)}
        sys.stdout.write(json.dumps(body, ensure_ascii=False, indent=2) + "\n")
    else:
        sys.stdout.write(told(placed))
        if keep is not None:
            sys.stderr.write(f"what was heard is in {keep}\n")
    if not placed.is_answered:
        raise SystemExit(FINDINGS)


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
        return f"{lines[0]}\n  was not answered\n"
    events: list[tuple[float, str]] = []
    at = 0.0
    for item in call.heard:
        at = item.at if item.at is not None else at
        events.append((at, _heard(item)))
    events += [(item.at, _pressed(item)) for item in call.pressed]
    lines += [text for _, text in sorted(events, key=lambda event: event[0])]
    lines.append(f"{call.seconds:7.1f} s  the call is over")
    if call.record is not None:
        lines.append(f"           {call.record['ending']}: {' > '.join(call.record['path'])}")
    elif not call.heard:
        lines.append("           no flow had this call: ivrctl status shows the lines that are served")
    return "\n".join(lines) + "\n"


def _heard(item: HeardPrompt) -> str:
    if item.at is None:
        return f"        ?  NOT HEARD {item.text}  (likeness {item.likeness:.2f})"
    return f"{item.at:7.1f} s  hears   {item.text}  (likeness {item.likeness:.2f})"


def _pressed(item: PressedKeys) -> str:
    return f"{item.at:7.1f} s  presses {item.keys}"
