"""Tells the author of a notice that it ends soon, and that it has ended: by a submission of the site."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from ivrctl.model.notice import Notice
from ivrctl.model.notice_board import Change
from ivrctl.service.notices.parts import AHEAD
from ivrctl.site.site_file import Site

Hand = Callable[[str, str, Mapping[str, str]], Awaitable[None]]
"""Hands something over for good: its key, the submission, its params. With the same key it is handed over once."""


@dataclass(frozen=True, slots=True)
class AuthorTold:
    """Tells by what the site names as ``notices.remind``; a site that names nothing tells nobody."""

    site: Callable[[], Site]
    hand: Hand

    async def __call__(self, change: Change) -> None:
        """Tell once; the key names the end, so that a notice that was given another is told of again."""
        site, notice = self.site(), change.before
        remind = None if site.notices is None else site.notices.remind
        if remind is None or notice is None:
            return
        submission = site.submissions.get(remind.to)
        if submission is not None:
            known = _told(notice, site)
            params = {str(name): known[name] for name in submission.params if name in known}
            await self.hand(f"notice/{notice.id}/{change.happened}/{notice.ends:%Y%m%dT%H%M%S}", str(remind.to), params)


def ahead_of(site: Site) -> timedelta:
    """How long before the end of a notice its author is told."""
    return AHEAD if site.notices is None or site.notices.remind is None else site.notices.remind.before


def _told(notice: Notice, site: Site) -> Mapping[str, str]:
    """What a submission can be handed of a notice: ``REMINDER_PARAMS``."""
    return {
        "author": notice.author,
        "notice": notice.id,
        "text": next((notice.texts[language] for language in map(str, site.languages) if language in notice.texts), ""),
        "ends": f"{notice.ends.astimezone(ZoneInfo(site.time_zone)):%Y-%m-%d %H:%M}",
    }
