"""Notices and their changes as JSON: in the ledger, in answers of the API, and read back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any

from ivrctl.model.notice import Notice, Scope
from ivrctl.model.notice_board import Change, Happened


def notice_to_json(notice: Notice) -> dict[str, Any]:
    """The form of a notice; ``notice_from_json`` is its inverse."""
    return {
        "id": notice.id,
        "texts": dict(notice.texts),
        "recordings": dict(notice.recordings),
        "starts": notice.starts.isoformat(),
        "ends": notice.ends.isoformat(),
        "scope": {name: sorted(named) for name, named in _named(notice.scope).items() if named},
        "ends_call": notice.ends_call,
        "is_off_peak_advised": notice.is_off_peak_advised,
        "reason": notice.reason,
        "author": notice.author,
    }


def notice_from_json(data: Mapping[str, Any]) -> Notice:
    """Read what ``notice_to_json`` wrote; what a later release has added is passed over.

    Raises:
        KeyError, ValueError, TypeError: it is no notice.
    """
    starts, ends = (_aware(data[name]) for name in ("starts", "ends"))
    return Notice(
        id=_text(data["id"]),
        texts=_texts(data["texts"]),
        starts=starts,
        ends=ends,
        scope=Scope(**{name: frozenset(map(_text, data["scope"].get(name, ()))) for name in _named(Scope())}),
        recordings=_texts(data["recordings"]),
        ends_call=bool(data["ends_call"]),
        is_off_peak_advised=bool(data["is_off_peak_advised"]),
        reason=_text(data["reason"]),
        author=_text(data["author"]),
    )


def change_to_json(change: Change) -> dict[str, Any]:
    """The form of a change; ``change_from_json`` is its inverse."""
    return {
        "happened": str(change.happened),
        "id": change.id,
        "at": change.at.isoformat(),
        "author": change.author,
        "before": None if change.before is None else notice_to_json(change.before),
        "after": None if change.after is None else notice_to_json(change.after),
        **({"key": change.key} if change.key else {}),
        **({"asked": change.asked} if change.asked else {}),
    }


def change_from_json(data: Mapping[str, Any]) -> Change:
    """Read what ``change_to_json`` wrote.

    Raises:
        KeyError, ValueError, TypeError: it is no change, or one that only a later release knows.
    """
    before, after = (None if data[name] is None else notice_from_json(data[name]) for name in ("before", "after"))
    author, key, asked = _text(data["author"]), _text(data.get("key", "")), _text(data.get("asked", ""))
    return Change(Happened(data["happened"]), _aware(data["at"]), author, before, after, key, asked)


def _named(scope: Scope) -> dict[str, frozenset[str]]:
    return {part.name: getattr(scope, part.name) for part in fields(scope)}


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"a text is due, not {type(value).__name__}")
    return value


def _texts(value: Mapping[str, Any]) -> dict[str, str]:
    return {_text(name): _text(text) for name, text in value.items()}


def _aware(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text} has no zone")
    return moment
