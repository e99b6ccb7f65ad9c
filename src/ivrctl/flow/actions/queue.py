"""``queue``: wait for a person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, ClassVar

from ivrctl.flow.action import Came, Kind, Leave, OnResume, Running, TurnedAway, register
from ivrctl.flow.announcing import announce, reason_of
from ivrctl.flow.call import Call
from ivrctl.flow.commands import HandedBack, HandOffToQueue
from ivrctl.flow.scope import FlowCheck, Signature
from ivrctl.flow.targets import AnyTarget, Target
from ivrctl.lang.findings import did_you_mean
from ivrctl.lang.marks import NameOf
from ivrctl.lang.source import Word
from ivrctl.lang.templates import Template
from ivrctl.lang.types import QUEUE
from ivrctl.site.tiers import MAX_PRIORITY

if TYPE_CHECKING:
    from ivrctl.flow.provenance import Provenance

WAIT = (timedelta(seconds=1), timedelta(days=1))
"""How long a caller may wait, at least and at most; app_queue counts whole seconds."""


@register
@dataclass(frozen=True, slots=True)
class Queue(Kind):
    """Hand the call to a queue; the dialplan comes back with the outcome.

    Before it the notices are heard that are for this queue, and any other that applies and was not heard before.

    Outcomes: ``answered`` (a talk that has ended; always named, since a served caller must not fall into the next
    queue), ``timed_out``, ``left`` (the queue lost its last member), ``empty`` (it had none), ``full``, and ``failed``
    (no such queue).
    """

    name: ClassVar[str] = "queue"
    on_resume: ClassVar[OnResume] = OnResume.OUTCOME
    must_name: ClassVar[frozenset[str]] = frozenset({"answered"})
    leaves_flow: ClassVar[bool] = True
    target: Annotated[Template, NameOf("queues")] = field(metadata={"key": "name"})
    """A name of the site's ``queues``, or a value of the type ``queue``; or one that is made of words, such as
    ``"{caller.brand}-{call.region}"``: each of them is one of a list, and every name that they can make is a queue."""
    wait: timedelta | None = None
    """The longest wait; none where it is not written."""
    priority: int | None = None
    """From 0 to 1000: higher ones are answered first. Where it is not written, it is that of the caller's tier, and 0
    for a caller whom no ``verify`` has found."""
    keep_wait: bool = False
    """True: a caller who was in this queue before in this call, and left it unanswered, takes the place again that he
    left, so that a prompt in between costs him nothing. Who has come meanwhile is behind him; that others have gone
    before him meanwhile, app_queue does not know."""
    choices: Mapping[Word, AnyTarget] | None = None
    """Where the queue's exit keys lead, which the site file declares; without it they do as ``otherwise`` says."""

    def run(self, call: Call) -> Running:
        """Hand off, and take what the dialplan brings back."""
        call.typed = ""
        queue = str(self.target.evaluate(call))
        if queue not in call.site.queues:
            return Came("failed")
        if call.position.awaited is None:
            last = yield from announce(call, queue=queue)
            if last is not None:
                return TurnedAway(reason_of(last))
        place = call.position.places.get(queue) if self.keep_wait else None
        reply = yield HandOffToQueue(queue, self.wait, self._priority(call), place)
        outcome = reply.outcome if isinstance(reply, HandedBack) else "failed"
        chosen = self.exits().get(outcome)
        return Came(outcome) if chosen is None else Leave(chosen, outcome=outcome, exit=outcome)

    def _priority(self, call: Call) -> int:
        """With which he waits: as it is written, else as his tier has it."""
        if self.priority is not None:
            return self.priority
        tier = call.site.tiers.get(str(call.customer.get("tier")))
        return 0 if tier is None else tier.priority

    def outcomes(self, _flows: Mapping[str, Signature]) -> frozenset[str]:
        """What app_queue can say."""
        return frozenset({"answered", "timed_out", "left", "empty", "full", "failed"})

    def never(self, _provenance: Provenance) -> frozenset[str]:
        """Without a longest wait nobody has waited too long."""
        return frozenset() if self.wait is not None else frozenset({"timed_out"})

    def exits(self) -> Mapping[str, Target | None]:
        """Where the exit keys lead; there is no silent good outcome."""
        return {} if self.choices is None else {f"key_{key}": target for key, target in self.choices.items()}

    def check(self, check: FlowCheck) -> None:
        """Report an unknown queue, exit keys that the queue has not, a priority out of range."""
        check.value(self.target, QUEUE)
        if self.priority is not None and not 0 <= self.priority <= MAX_PRIORITY:
            check.error("IVR122", f"priority is between 0 and {MAX_PRIORITY}, not {self.priority}")
        check.duration("wait", self.wait, WAIT)
        names = check.names_of(self.target)
        for key in self.choices or ():
            lacking = [name for name in names if name in check.site.queues and key not in check.site.queues[name].keys]
            if lacking:
                message = f'the queue "{lacking[0]}" has no exit key "{key}"'
                advice = did_you_mean(key, check.site.queues[Word(lacking[0])].keys) or "see queues in ivrctl.yaml"
                check.findings.error("IVR121", key.span, message, advice)
