"""``ivrctl outbox``: what is not delivered, for a person to look at and to decide on.

It goes to the file itself, whether a controller runs or not: SQLite keeps several processes apart, and each of these is
one statement. A controller takes note within a second.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ivrctl.adapters.outbox import Entry, OutboxFile, State
from ivrctl.adapters.state_folder import StateFolder
from ivrctl.cli.codes import FINDINGS
from ivrctl.cli.sites import running_state
from ivrctl.model.utterance import write
from ivrctl.model.values import to_json

FORMAT_VERSION = 1
"""Of the JSON form; raised when a field changes its meaning or goes."""

_WORDS = {State.WAITING: "waits", State.REFUSED: "refused", State.GIVEN_UP: "given up", State.DELIVERED: "delivered"}


def listed(site: Path | None, state: Path | None, *, limit: int, as_json: bool) -> None:
    """Print what is not delivered, the oldest first."""
    with _file(site, state) as file:
        entries = file.listed(limit)
    if as_json:
        _print_json({"entries": [_json(entry, with_params=False) for entry in entries]})
        return
    for entry in entries:
        sys.stdout.write(_line(entry))
    if not entries:
        sys.stderr.write("nothing waits, and nothing was set aside\n")


def show(site: Path | None, state: Path | None, *, key: str, as_json: bool) -> None:
    """Print one with what it holds."""
    with _file(site, state) as file:
        entry = _found(file, key)
    if as_json:
        _print_json({"entry": _json(entry, with_params=True)})
        return
    sys.stdout.write(_line(entry))
    for name, value in entry.params.items():
        sys.stdout.write(f"  {name:16} {write(value)}\n")


def retry(site: Path | None, state: Path | None, *, key: str | None) -> None:
    """Have one wait anew, or all that were set aside."""
    with _file(site, state) as file:
        count = file.retry(None if key is None else _found(file, key).number)
    sys.stdout.write(f"{count} wait anew\n" if count != 1 else "1 waits anew\n")


def drop(site: Path | None, state: Path | None, *, key: str) -> None:
    """Forget one."""
    with _file(site, state) as file:
        entry = _found(file, key)
        is_gone = file.drop(entry.number)
    if not is_gone:
        sys.stderr.write(f"{entry.key} is delivered already\n")
        raise SystemExit(FINDINGS)
    sys.stdout.write(f"{entry.key} is forgotten\n")


@contextmanager
def _file(site: Path | None, state: Path | None) -> Iterator[OutboxFile]:
    file = OutboxFile(StateFolder.open(running_state(site, state).path).outbox)
    try:
        yield file
    finally:
        file.close()


def _found(file: OutboxFile, key: str) -> Entry:
    """The entry that is meant.

    Raises:
        SystemExit: there is none, or there are several.
    """
    found = file.find(key)
    if len(found) == 1:
        return found[0]
    if found:
        sys.stderr.write(f"several keys begin with {key}:\n" + "".join(f"  {entry.key}\n" for entry in found))
    else:
        sys.stderr.write(f"nothing has the key {key}; see ivrctl outbox list\n")
    raise SystemExit(FINDINGS)


def _line(entry: Entry) -> str:
    since = entry.at.astimezone().isoformat(" ", timespec="seconds")
    why = f": {entry.reason}" if entry.reason else ""
    stands = "damaged" if entry.damage else _WORDS[entry.state]
    return f"{since}  {entry.submission:16} {stands:9} {entry.key}{why}\n"


def _json(entry: Entry, *, with_params: bool) -> dict[str, Any]:
    shown = {
        "key": entry.key,
        "submission": entry.submission,
        "at": entry.at.isoformat(),
        "state": str(entry.state),
        "tries": entry.tries,
        "reason": entry.reason,
    }
    return shown | ({"params": {n: to_json(v) for n, v in entry.params.items()}} if with_params else {})


def _print_json(body: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps({"format_version": FORMAT_VERSION, **body}, ensure_ascii=False, indent=1) + "\n")
