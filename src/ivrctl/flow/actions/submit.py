"""``submit``: hand something over for good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, ClassVar

from ivrctl.flow import commands, keys
from ivrctl.flow.action import Came, Done, Kind, OnResume, Running, register
from ivrctl.flow.actions.lookup import DEADLINE
from ivrctl.flow.call import Call
from ivrctl.flow.commands import SubmitFailed, Submitted
from ivrctl.flow.scope import FlowCheck, Signature
from ivrctl.lang.findings import did_you_mean
from ivrctl.lang.marks import KeysBy, NameOf
from ivrctl.lang.source import Word
from ivrctl.lang.templates import Template
from ivrctl.lang.types import Type
from ivrctl.site.submissions import NOTICE, params_of


@register
@dataclass(frozen=True, slots=True)
class Submit(Kind):
    """Hand something to a submission of the site, once: a ticket, a text message, an entry in another system.

    The call goes on as soon as it is kept, which takes milliseconds, and does not wait until whoever it is for has it:
    it is delivered also when an interface or a database is away for hours. After a second the caller hears the site's
    ``one_moment``; keys that he presses meanwhile count for the next input.

    Outcomes: ``failed`` (it could not be kept: the disk is full, or too much waits already).
    """

    name: ClassVar[str] = "submit"
    on_resume: ClassVar[OnResume] = OnResume.ONCE
    to: Annotated[Word, NameOf("submissions")]
    """A name of the site's ``submissions``, or ``notice``, which is ivrctl's own."""
    with_: Annotated[Mapping[Word, Template], KeysBy("to", "params")] = field(default_factory=dict)
    """A value for each of its ``params``; one that may be none can be left out."""
    timeout: timedelta = timedelta(seconds=3)
    """How long it may take to be kept."""

    def run(self, call: Call) -> Running:
        """Hand it over; keys that the caller presses meanwhile count for the next input, where one can follow."""
        declared = params_of(self.to, call.site.submissions) or {}
        given = {str(name): template.value_as(declared[name], call) for name, template in self.with_.items()}
        params = {str(name): given.get(str(name)) for name in declared}
        moment = call.say(call.site.prompts.one_moment)
        reply = yield commands.Submit(str(self.to), params, _key(call), self.timeout, moment)
        if call.barges and isinstance(reply, Submitted | SubmitFailed):
            keys.type_ahead(call, reply.keys)
        return Done() if isinstance(reply, Submitted) else Came("failed")

    def outcomes(self, _flows: Mapping[str, Signature]) -> frozenset[str]:
        """It could not be kept."""
        return frozenset({"failed"})

    def check(self, check: FlowCheck) -> None:
        """Report an unknown submission, and parameters that it does not take or still needs."""
        declared: Mapping[str, Type] | None = params_of(self.to, check.site.submissions)
        if declared is None:
            message = f'the submission "{self.to}" does not exist'
            near = did_you_mean(self.to, [*check.site.submissions, NOTICE])
            advice = near or "declare it under submissions in ivrctl.yaml"
            check.findings.error("IVR145", self.to.span, message, advice)
            return
        check.duration("timeout", self.timeout, DEADLINE)
        check.arguments(self.with_, declared, f'the submission "{self.to}"', is_none_left_out=True)


def _key(call: Call) -> str:
    """What makes it once in its leg: the place, and how often its step was entered; no place runs twice in a visit."""
    frame = call.position.frame
    return f"{frame.place}#{call.position.visits.get(f'{frame.flow}/{frame.step}', 0)}"
