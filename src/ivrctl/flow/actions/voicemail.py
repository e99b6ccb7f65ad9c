"""``voicemail``: let the caller leave a message."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, ClassVar

from ivrctl.flow.action import Came, Done, Kind, OnResume, Running, register
from ivrctl.flow.call import Call
from ivrctl.flow.commands import RECORDED, HandedBack, HandOffToVoicemail
from ivrctl.flow.scope import FlowCheck, Signature
from ivrctl.lang.findings import did_you_mean
from ivrctl.lang.marks import NameOf
from ivrctl.lang.source import Word
from ivrctl.lang.types import RECORDING, Type

DEFAULT_LONGEST = timedelta(minutes=2)
"""Long enough for a name, a number and a wish."""

LONGEST = (timedelta(seconds=5), timedelta(minutes=10))
"""How long a message may be, at least and at most; app_record counts whole seconds."""


@register
@dataclass(frozen=True, slots=True)
class Voicemail(Kind):
    """Record a message after a tone; the dialplan does, and comes back with the outcome.

    ``#`` ends the message, and so does hanging up: then it is kept all the same, and the call has ended ``unserved``,
    since a message is a promise and no answer. ``save`` keeps the message, a ``recording``: ``{message}`` in a text
    plays it, and a ``submit`` or a ``gosub`` hands it on.

    Outcomes: ``too_short`` (shorter than its box allows), ``failed`` (nothing could be recorded).
    """

    name: ClassVar[str] = "voicemail"
    on_resume: ClassVar[OnResume] = OnResume.OUTCOME
    leaves_flow: ClassVar[bool] = True
    box: Annotated[Word, NameOf("boxes")]
    """A name of the site's ``voicemail``."""
    longest: timedelta = DEFAULT_LONGEST
    """After this the message has ended, from 5 s to 10 minutes; 2 minutes where it is not written."""

    def run(self, call: Call) -> Running:
        """Hand off, and take what the dialplan brings back."""
        call.typed = ""
        reply = yield HandOffToVoicemail(str(self.box), self.longest, call.site.voicemail[self.box].shortest)
        outcome = reply.outcome if isinstance(reply, HandedBack) else "failed"
        if isinstance(reply, HandedBack) and outcome == RECORDED:
            return Done(reply.handoff)
        return Came(outcome if outcome == "too_short" else "failed")

    def outcomes(self, _flows: Mapping[str, Signature]) -> frozenset[str]:
        """A message that is none, and nothing recorded."""
        return frozenset({"too_short", "failed"})

    def result(self, _check: FlowCheck) -> Type | None:
        """The message."""
        return RECORDING

    def check(self, check: FlowCheck) -> None:
        """Report an unknown box, and a length that is none."""
        check.duration("longest", self.longest, LONGEST)
        boxes = check.site.voicemail
        if self.box not in boxes:
            message = f'the voicemail box "{self.box}" does not exist'
            advice = did_you_mean(self.box, boxes) or "declare it under voicemail in ivrctl.yaml"
            check.findings.error("IVR127", self.box.span, message, advice)
