"""``ivrctl status``, ``calls`` and ``reload``: questions to a running controller."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ivrctl.cli.codes import FINDINGS
from ivrctl.cli.sites import running_state
from ivrctl.web.client import RefusedRequestError, ask


def status(site: Path | None, state: Path | None, *, as_json: bool) -> None:
    """Print what the controller says of itself."""
    body = _ask(site, state, "/status")
    if as_json:
        _print_json(body)
        return
    shown = body["status"]
    parent = shown.get("parent") or {}
    rows = [
        ("site", shown["site"]),
        ("version", shown["version"]),
        ("since", shown["since"]),
        ("lines", " ".join(shown["lines"])),
        ("calls in a flow", shown["calls_in_flow"]),
        ("open legs", shown["open_legs"]),
        ("refused", shown["refused"]),
        ("parent process", parent.get("pid", "-")),
        ("restarts", parent.get("restarts", "-")),
    ]
    for name, value in rows:
        sys.stdout.write(f"{name:16} {value}\n")
    if shown["rejected"]:
        sys.stdout.write(f"\nthe site as it is on disk is not serving:\n{shown['rejected']}\n")


def calls(site: Path | None, state: Path | None, *, leg: str | None, limit: int, as_json: bool) -> None:
    """Print the calls that ended last, or one from beginning to end."""
    body = _ask(site, state, f"/calls/{quote(leg, safe='')}" if leg else f"/calls?limit={limit}")
    if as_json:
        _print_json(body)
    elif leg:
        _print_call(body["call"])
    else:
        for call in body["calls"]:
            sys.stdout.write(_line(call))


def reload(site: Path | None, state: Path | None) -> None:
    """Have the controller take the site; its findings and exit code 1 when it cannot."""
    body = _ask(site, state, "/reload", "POST")
    if body["rejected"]:
        sys.stdout.write(f"{body['rejected'].rstrip()}\n")
        sys.stderr.write(f"version {body['version']} goes on serving\n")
        raise SystemExit(FINDINGS)
    sys.stdout.write(f"version {body['version']} serves\n")


def _ask(site: Path | None, state: Path | None, path: str, method: str = "GET") -> dict[str, Any]:
    try:
        return ask(running_state(site, state).api_socket, path, method)
    except RefusedRequestError as error:
        raise RefusedRequestError(str(error), advice=error.advice or "ivrctl calls") from error


def _line(call: dict[str, Any]) -> str:
    began = f"{datetime.fromisoformat(call['began_at']).astimezone(UTC):%Y-%m-%d %H:%M:%SZ}"
    path = " > ".join(call["path"])
    return f"{call['leg']:32} {began} {call['caller']:>15} -> {call['line']:10} {call['ending']:10} {path}\n"


def _print_call(call: dict[str, Any]) -> None:
    sys.stdout.write(_line(call))
    for entry in call["trace"]:
        sys.stdout.write(f"{entry['at']:8.1f} s  {entry['place']:28} {entry['event']:9} {entry['detail']}\n")
    for name, value in call["fields"].items():
        sys.stdout.write(f"  call.{name} = {value}\n")


def _print_json(body: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(body, ensure_ascii=False, indent=2) + "\n")
