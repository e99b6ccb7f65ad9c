"""``ivrctl status``, ``calls`` and ``reload``: questions to a running controller."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ivrctl.adapters.state_folder import StateFolder
from ivrctl.cli.codes import FINDINGS
from ivrctl.cli.sites import running_state
from ivrctl.errors import UnreachableError
from ivrctl.web.client import DEADLINE, RefusedRequestError, ask

TAKEN_WITHIN = 600.0
"""Seconds for a reload: the voice says all texts that are new meanwhile, a twentieth of a second each."""
LOOK_EVERY = 0.1
"""Seconds between looks whether a controller serves by now."""


def status(site: Path | None, state: Path | None, *, as_json: bool, wait: float | None = None) -> None:
    """Print what the controller says of itself; with ``wait``, as soon as it serves within so many seconds."""
    body = _ask(site, state, "/status") if wait is None else status_within(running_state(site, state), wait)
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
        *_submissions(shown["submissions"]),
        *_queues(shown.get("queues") or {}),
        *_staffing(shown.get("staffing") or {}),
        ("parent process", parent.get("pid", "-")),
        ("restarts", parent.get("restarts", "-")),
    ]
    rows += [(f"interface {name}", _told(each)) for name, each in shown["interfaces"].items()]
    for name, value in rows:
        sys.stdout.write(f"{name:16} {value}\n")
    if shown["rejected"]:
        sys.stdout.write(f"\nthe site as it is on disk is not serving:\n{shown['rejected']}\n")


def _told(interface: dict[str, Any]) -> str:
    """An interface in one line."""
    if interface["state"] == "closed":
        return f"asked, {interface['faults']} faults in a row" if interface["faults"] else "asked"
    return f"not asked for {interface['refused_for']:g} s, {interface['faults']} faults in a row"


def _submissions(standing: Mapping[str, Any]) -> list[tuple[str, object]]:
    """How the outbox stands; what is never there is not told."""
    rows: list[tuple[str, object]] = [("to deliver", standing["waiting"])]
    if standing["late"]:
        rows.append(("late", f"{' '.join(standing['late'])}, the oldest since {standing['late_since']}"))
    aside = [f"{standing[state]} {words}" for state, words in _ASIDE.items() if standing[state]]
    return [*rows, ("set aside", f"{', '.join(aside)}: ivrctl outbox list")] if aside else rows


def _queues(seen: Mapping[str, Any]) -> list[tuple[str, object]]:
    """Whether the queues are seen, in one line; the second is there when the books are behind."""
    if not seen:  # a controller of an earlier release
        return []
    many = f"{seen['queues']} queues" if seen["queues"] != 1 else "1 queue"
    if seen["seen"]:
        told = f"{many} seen"
    elif seen["stale_since"] and seen["read_at"]:
        told = f"{many}, stale since {seen['stale_since']}: {seen['why']}"
    else:
        told = f"not seen: {seen['why']}"
    rows: list[tuple[str, object]] = [("queues", told)]
    if seen["entries_dropped"]:
        rows.append(("books", f"{seen['entries_dropped']} entries dropped, {seen['entries_waiting']} waiting"))
    return rows


def _staffing(standing: Mapping[str, Any]) -> list[tuple[str, object]]:
    """Which tiers of backup staff are in, a line for each policy; a site without policies has none."""
    if not standing:  # a controller of an earlier release
        return []
    rows = standing["tiers_in"].items()
    return [(f"staffing {name}", f"{', '.join(tiers)} in" if tiers else "nobody called in") for name, tiers in rows]


_ASIDE = {"refused": "refused", "given_up": "given up"}


def calls(site: Path | None, state: Path | None, *, leg: str | None, limit: int, as_json: bool) -> None:
    """Print the calls that ended last, or one from beginning to end."""
    body = _calls(site, state, leg, limit)
    if as_json:
        _print_json(body)
    elif leg:
        _print_call(body["call"])
    else:
        for call in body["calls"]:
            sys.stdout.write(_line(call))


def reload(site: Path | None, state: Path | None) -> None:
    """Have the controller take the site; its findings and exit code 1 when it cannot."""
    body = _ask(site, state, "/reload", "POST", TAKEN_WITHIN)
    if body["rejected"]:
        sys.stdout.write(f"{body['rejected'].rstrip()}\n")
        sys.stderr.write(f"version {body['version']} goes on serving\n")
        raise SystemExit(FINDINGS)
    sys.stdout.write(f"version {body['version']} serves\n")


def status_within(
    state: StateFolder,
    seconds: float,
    *,
    clock: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> dict[str, Any]:
    """The status of a controller that serves, or begins to within so many seconds.

    Raises:
        UnreachableError: the time is over, or ``ivrctl serve`` has ended while it was waited for.
    """
    until, was_there = clock() + seconds, False
    while True:
        # Whoever has the folder's lock is a serve that runs: it has it before there is a controller.
        is_there = state.owner() is not None
        try:
            return ask(state.api_socket, "/status", within=max(LOOK_EVERY, min(DEADLINE, until - clock())))
        except UnreachableError as error:
            if was_there and not is_there:
                raise _not_served("ivrctl serve has ended before a controller served") from error
            if clock() >= until:
                what = "the controller is not ready" if is_there else "no ivrctl serve runs for this site"
                raise _not_served(f"{what}, after {seconds:g} s") from error
        was_there = was_there or is_there
        sleep(LOOK_EVERY)


def _not_served(why: str) -> UnreachableError:
    return UnreachableError(why, advice="read what ivrctl serve wrote on standard error; ivrctl check")


def _calls(site: Path | None, state: Path | None, leg: str | None, limit: int) -> dict[str, Any]:
    """From the controller, which has records that still wait too; from the store itself when none runs."""
    try:
        return _ask(site, state, f"/calls/{quote(leg, safe='')}" if leg else f"/calls?limit={limit}")
    except UnreachableError as error:
        why = str(error)
        from ivrctl.cli.kept_calls import kept_calls

        kept = kept_calls(site, running_state(site, state), leg=leg, limit=limit)
        if kept is None:
            raise
    sys.stderr.write(f"{why}; read from the store of records\n")
    return kept


def _ask(
    site: Path | None, state: Path | None, path: str, method: str = "GET", within: float = DEADLINE
) -> dict[str, Any]:
    try:
        return ask(running_state(site, state).api_socket, path, method, within=within)
    except RefusedRequestError as error:
        raise RefusedRequestError(str(error), advice=error.advice or "ivrctl calls") from error


def _line(call: dict[str, Any]) -> str:
    began = f"{datetime.fromisoformat(call['began_at']).astimezone(UTC):%Y-%m-%d %H:%M:%SZ}"
    path = " > ".join(call["path"])
    tier = f"{call['tier']} {call['promise']}".strip()
    known = f"{call['ending']:10} {tier:16} " if tier else f"{call['ending']:10} "
    return f"{call['leg']:32} {began} {call['caller']:>15} -> {call['line']:10} {known}{path}\n"


def _print_call(call: dict[str, Any]) -> None:
    sys.stdout.write(_line(call))
    for entry in call["trace"]:
        sys.stdout.write(f"{entry['at']:8.1f} s  {entry['place']:28} {entry['event']:9} {entry['detail']}\n")
    for name, value in call["fields"].items():
        sys.stdout.write(f"  call.{name} = {value}\n")
    for line in _of_the_caller(call):
        sys.stdout.write(f"  {line}\n")


def _of_the_caller(call: dict[str, Any]) -> Iterator[str]:
    """Who he was, how long he waited, and what became of what he is promised."""
    if call["reason"]:
        yield f"reason: {call['reason']}"
    if call["regions"]:
        yield f"regions: {' '.join(call['regions'])}"
    if call["tier"]:
        yield f"tier: {call['tier']}"
    for wait in call["waits"]:
        waited = "an unknown time" if wait["seconds"] is None else f"{wait['seconds']:g} s"
        yield f"waited {waited} in {wait['queue']}, priority {wait['priority']}: {wait['outcome'] or 'not over'}"
    if call["promise"]:
        yield f"promise to answer: {call['promise']}"
    if call["callback_due"]:
        due = datetime.fromisoformat(call["callback_due"]).astimezone(UTC)
        yield f"to be called back until {due:%Y-%m-%d %H:%M:%SZ}"


def _print_json(body: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(body, ensure_ascii=False, indent=2) + "\n")
