"""Notices that are recorded by telephone: the submission ``notice``, which is ivrctl's own.

The message that was recorded in this very leg becomes the notice. It speaks the language of the call, and every other
language of the site is waived: a caller of another language hears it all the same, since it is all there is. Its author
is the calling number. Asked again with the same key, it makes the same notice.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.prompts.incoming import MAX_BYTES
from ivrctl.errors import IvrctlError
from ivrctl.flow.commands import Answer, Submit, SubmitFailed, Submitted
from ivrctl.model.notice import Scope
from ivrctl.model.values import Value
from ivrctl.service.answering import Asker
from ivrctl.service.legs import LEG_ID, message_file
from ivrctl.service.notices.draft import Draft, Kept, Refused
from ivrctl.service.notices.notices import Notices
from ivrctl.site.site_file import Site

WITHHELD = "a withheld number"
_MESSAGE = re.compile(r"voicemail-[0-9]{1,6}\Z")
"""The id of a hand-off that records."""


@dataclass(frozen=True, slots=True)
class NoticesByPhone:
    """Makes the notices that flows submit."""

    notices: Notices
    site: Callable[[], Site]
    """The one that serves."""
    recordings: Path | None
    """Where Asterisk records, as we see it; None where nobody says."""

    async def submit(self, question: Submit, asker: Asker) -> Answer:
        """Taken once it is on the disk. One that was not in time may be made all the same, under its key."""
        try:
            async with Deadline(question.timeout.total_seconds()):
                draft = await asyncio.to_thread(self._draft, question, asker)
                made = await self.notices.make(draft)
        except TimeoutError:
            return SubmitFailed(f"it was not made within {question.timeout.total_seconds():g} s")
        except (IvrctlError, OSError) as error:
            return SubmitFailed(error.strerror or "" if isinstance(error, OSError) else str(error))
        if isinstance(made, Kept):
            return Submitted()
        wrong = [refusal.message for refusal in made.refusals] if isinstance(made, Refused) else ["its key is taken"]
        return SubmitFailed("; ".join(wrong))

    def _draft(self, question: Submit, asker: Asker) -> Draft:
        params, language = question.params, question.one_moment.language
        recorded = _text(params, "recording")
        reason, lasts = _text(params, "reason"), params.get("lasts")
        return Draft(
            author=asker.caller or WITHHELD,
            texts={language: reason} if reason else None,
            recordings={language: self._message(recorded, asker.leg)} if recorded else {},
            scope=Scope(lines=_named(params, "line"), regions=_named(params, "region")),
            lasts=f"{round(lasts.total_seconds())}s" if isinstance(lasts, timedelta) else None,
            reason=reason,
            waived=frozenset(map(str, self.site().languages)) - {language},
            key=f"{asker.leg}/{question.key}",
        )

    def _message(self, recorded: str, leg: str) -> bytes:
        """What was recorded in this leg, and in no other.

        Raises:
            OSError: it cannot be read.
            IvrctlError: it is no message of this leg.
        """
        handoff = recorded.removesuffix(".wav").removeprefix(f"{leg}-")
        if self.recordings is None:
            raise IvrctlError("nobody says where recordings lie", advice="asterisk: {recordings: …} in ivrctl.yaml")
        if not (_MESSAGE.match(handoff) and LEG_ID.match(leg)):
            raise IvrctlError("it is no message that was recorded in this call")
        with (self.recordings / message_file(leg, handoff)).open("rb") as file:
            return file.read(MAX_BYTES + 1)


def _text(params: Mapping[str, Value], name: str) -> str:
    value = params.get(name)
    return value if isinstance(value, str) else ""


def _named(params: Mapping[str, Value], name: str) -> frozenset[str]:
    named = _text(params, name)
    return frozenset({named}) if named else frozenset()
