"""What a site says of notices: who is told before one ends, and when callers are advised to call instead."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from ivrctl.lang.marks import NameOf
from ivrctl.lang.source import Span, Word

BEFORE = (timedelta(minutes=1), timedelta(days=1))
"""How long before the end an author can be told, at least and at most."""
REMINDER_PARAMS = ("author", "notice", "text", "ends")
"""What is handed over when a notice ends soon, and when it has ended."""


@dataclass(frozen=True, slots=True)
class Remind:
    """How the author of a notice is told that it ends soon, and that it has ended."""

    span: Span
    to: Annotated[Word, NameOf("submissions")]
    """A name of ``submissions``, such as one that sends a text message. It is handed ``author``, ``notice`` (its id),
    ``text`` and ``ends``: those of them that it takes as params."""
    before: timedelta = timedelta(minutes=10)
    """How long before the end; of a notice that lasts no longer nobody is told."""


@dataclass(frozen=True, slots=True)
class NoticeSettings:
    """Notices of this site."""

    span: Span
    remind: Remind | None = None
    """How authors are told; when left out, the controller's log says it, ten minutes before."""
    advise_in: Annotated[Word, NameOf("hours")] | None = None
    """One of ``hours``: quiet times in which callers are advised to call lie within them. Needed where
    ``prompts.off_peak`` says times."""
