"""What Asterisk itself wrote of the calls, read line by line and without any part of ours.

queue_log        seconds since 1970|call|queue|agent|event|data…, whole seconds
cdr-csv          a row for each pair of channels, whole seconds
cel-custom       a row for each thing that happened to a channel, microseconds
"""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

_CDR_SOURCE, _CDR_CHANNEL, _CDR_OTHER, _CDR_START, _CDR_END = 1, 5, 6, 9, 11
_CDR_DISPOSITION, _CDR_UNIQUEID = 14, 16


@dataclass(slots=True)
class Logged:
    """One stay in a queue, as queue_log has it."""

    queue: str
    joined_at: int
    end: str = "waiting"
    key: str = ""
    left_at: int = 0
    agent: str = ""
    hold: int = 0
    talk: int = 0
    ended_at: int = 0
    ended_by: str = ""
    missed: int = 0


def read_queue_log(file: Path, since: datetime) -> tuple[dict[str, list[Logged]], Counter[tuple[str, str]]]:
    """The stays of each call in their order; and how often each agent paused, by his name and the reason."""
    calls: dict[str, list[Logged]] = defaultdict(list)
    pauses: Counter[tuple[str, str]] = Counter()
    for line in file.read_text(encoding="utf-8").splitlines():
        at, call, queue, agent, event, *data = line.split("|")
        if int(at) < int(since.timestamp()):
            continue
        data += [""] * 5
        if event == "PAUSEALL":
            pauses[agent, data[0]] += 1
        elif event == "ENTERQUEUE":
            calls[call].append(Logged(queue, int(at)))
        elif (stay := next((each for each in reversed(calls.get(call, [])) if each.queue == queue), None)) is not None:
            _apply(stay, int(at), agent, event, data)
    return calls, pauses


def _apply(stay: Logged, at: int, agent: str, event: str, data: list[str]) -> None:
    match event:
        case "CONNECT":
            stay.end, stay.left_at, stay.agent, stay.hold = "answered", at, agent, int(data[0])
        case "COMPLETECALLER" | "COMPLETEAGENT":
            stay.ended_at, stay.ended_by, stay.talk = at, event.removeprefix("COMPLETE").lower(), int(data[1])
        case "BLINDTRANSFER":
            stay.ended_at, stay.ended_by, stay.talk = at, "transfer", int(data[3])
        case "RINGNOANSWER":
            stay.missed += 1
        case "ABANDON":
            stay.end, stay.left_at = "abandoned", at
        case "EXITWITHKEY":
            stay.end, stay.left_at, stay.key = "key", at, data[0]
        case "EXITWITHTIMEOUT":
            stay.end, stay.left_at = "timed_out", at
        case "EXITEMPTY":
            stay.end, stay.left_at = "empty", at
        case "WITHDRAW":
            stay.end, stay.left_at = "withdrawn", at
        case _:
            pass


@dataclass(slots=True)
class Recorded:
    """One call in the CDRs."""

    number: str
    began_at: datetime
    ended_at: datetime
    answered_by: list[str] = field(default_factory=list)
    """Interfaces that he talked to, in their order."""


def read_cdrs(file: Path, since: datetime) -> dict[str, Recorded]:
    """The calls of lines by the uniqueid of the caller's channel."""
    calls: dict[str, Recorded] = {}
    with file.open(newline="", encoding="utf-8") as opened:
        for row in csv.reader(opened):
            began_at, ended_at = _time(row[_CDR_START]), _time(row[_CDR_END])
            if began_at < since.replace(microsecond=0) or not row[_CDR_CHANNEL].startswith("PJSIP/trunk-"):
                continue
            call = calls.setdefault(row[_CDR_UNIQUEID], Recorded(row[_CDR_SOURCE], began_at, ended_at))
            call.began_at, call.ended_at = min(call.began_at, began_at), max(call.ended_at, ended_at)
            if row[_CDR_OTHER] and row[_CDR_DISPOSITION] == "ANSWERED":
                call.answered_by.append(row[_CDR_OTHER].rpartition("-")[0])
    return calls


@dataclass(frozen=True, slots=True)
class Bridged:
    """A caller and an agent in one bridge."""

    agent: str
    began_at: datetime
    ended_at: datetime


def read_events(file: Path, since: datetime) -> dict[str, list[Bridged]]:
    """The talks of each caller's channel, by the channel event log."""
    began: dict[str, tuple[str, datetime]] = {}
    talks: dict[str, list[Bridged]] = defaultdict(list)
    with file.open(newline="", encoding="utf-8") as opened:
        for event, at_text, uniqueid, channel, peer in csv.reader(opened):
            at = datetime.fromtimestamp(float(at_text), UTC)
            if at < since or not channel.startswith("PJSIP/trunk-"):
                continue
            if event == "BRIDGE_ENTER" and peer:
                began[uniqueid] = peer.rpartition("-")[0], at
            elif event == "BRIDGE_EXIT" and uniqueid in began:
                agent, began_at = began.pop(uniqueid)
                talks[uniqueid].append(Bridged(agent, began_at, at))
    return talks


def _time(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
