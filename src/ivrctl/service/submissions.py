"""Takes what flows submit: into the outbox, or, of an announcement, to whoever makes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ivrctl.adapters.deadline import Deadline
from ivrctl.adapters.outbox import Outbox, OutboxFault, Put
from ivrctl.flow.commands import Answer, Submit, SubmitFailed, Submitted
from ivrctl.lang.types import RECORDING, Type, without_none
from ivrctl.model.values import Value
from ivrctl.service.answering import Asker, Submissions, as_declared
from ivrctl.service.legs import message_file
from ivrctl.site.site_file import Site
from ivrctl.site.submissions import NOTICE, params_of


@dataclass(frozen=True, slots=True)
class OutboxSubmissions:
    """The submissions of one version of a site."""

    site: Site
    outbox: Outbox
    clock: Callable[[], datetime]
    notices: Submissions | None = None
    """Who makes announcements; None where nobody does."""

    async def submit(self, question: Submit, asker: Asker) -> Answer:
        """Taken once it is on the disk. One that was not in time may be there all the same, under its key."""
        if question.submission == NOTICE:
            if self.notices is None:
                return SubmitFailed("no announcements are made here")
            return await self.notices.submit(question, asker)
        declared = params_of(question.submission, self.site.submissions) or {}
        params = _with_files(as_declared(question.params, declared, self.site), declared, asker.leg)
        put = Put(f"{asker.leg}/{question.key}", question.submission, params, self.clock())
        seconds = question.timeout.total_seconds()
        try:
            async with Deadline(seconds):
                await self.outbox.put(put)
        except TimeoutError:
            return SubmitFailed(f"it was not kept within {seconds:g} s")
        except OutboxFault as fault:
            return SubmitFailed(str(fault))
        return Submitted()


def _with_files(params: Mapping[str, Value], declared: Mapping[str, Type], leg: str) -> Mapping[str, Value]:
    """The parameters with a recording as its file, which whoever it is for finds in the folder of recordings."""
    return {
        name: message_file(leg, value)
        if isinstance(value, str) and without_none(declared[name]) == RECORDING
        else value
        for name, value in params.items()
    }
