"""Notices as the API shows them. Imports nothing that serves: a command shows them so too, and is to be quick."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from ivrctl.model.notice import Notice
from ivrctl.model.notice_board import Change, places
from ivrctl.model.notice_json import change_to_json, notice_to_json


def notice_json(notice: Notice, now: datetime) -> dict[str, Any]:
    """A notice as the API shows it."""
    return {
        **notice_to_json(notice),
        "is_current": notice.is_current(now),
        "is_for_the_dialplan": bool(places(notice.scope)),
    }


def changes_json(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """Changes as the API shows them."""
    return [_shown(change) for change in changes]


def _shown(change: Change) -> dict[str, Any]:
    shown = change_to_json(change)
    shown.pop("key", None)
    shown.pop("asked", None)
    return shown
