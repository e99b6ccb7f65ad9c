"""``dial``: ring an extension."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, ClassVar

from ivrctl.flow.action import Came, Kind, OnResume, Running, register
from ivrctl.flow.call import Call
from ivrctl.flow.commands import HandedBack, HandOffToDial
from ivrctl.flow.scope import FlowCheck, Signature
from ivrctl.flow.targets import Target
from ivrctl.lang.marks import NameOf
from ivrctl.lang.templates import Template
from ivrctl.lang.types import EXTENSION

if TYPE_CHECKING:
    from ivrctl.flow.provenance import Provenance

DEFAULT_RING = timedelta(seconds=20)
"""About four rings: what people are used to before a call goes elsewhere."""

RING = (timedelta(seconds=1), timedelta(minutes=10))
"""How long an extension may ring, at least and at most; app_dial counts whole seconds."""


@register
@dataclass(frozen=True, slots=True)
class Dial(Kind):
    """Hand the call to an extension; the dialplan comes back with the outcome.

    Outcomes: ``answered`` (a talk that has ended; always named), ``busy``, ``no_answer``, ``unavailable`` (its phone
    is not there), ``refused``, ``unknown`` (the site has no such extension).
    """

    name: ClassVar[str] = "dial"
    on_resume: ClassVar[OnResume] = OnResume.OUTCOME
    must_name: ClassVar[frozenset[str]] = frozenset({"answered"})
    leaves_flow: ClassVar[bool] = True
    to: Annotated[Template, NameOf("extensions")]
    """A number that the site's ``extensions`` match, or a value of the type ``extension``."""
    ring: timedelta = DEFAULT_RING
    """How long it rings."""

    def run(self, call: Call) -> Running:
        """Hand off an extension of the site; any other number is ``unknown`` and rings nowhere."""
        call.typed = ""
        extension = str(self.to.evaluate(call))
        dial_string = call.site.dial_string(extension)
        if dial_string is None:
            return Came("unknown")
        reply = yield HandOffToDial(extension, dial_string, self.ring)
        return Came(reply.outcome if isinstance(reply, HandedBack) else "unavailable")

    def outcomes(self, _flows: Mapping[str, Signature]) -> frozenset[str]:
        """What app_dial can say, and a number that is no extension."""
        return frozenset({"answered", "busy", "no_answer", "unavailable", "refused", "unknown"})

    def never(self, provenance: Provenance) -> frozenset[str]:
        """An extension that is written down, or that a lookup has brought, is one of the site's."""
        is_known = self.to.is_static or provenance.types_of(self.to) == {EXTENSION}
        return frozenset({"unknown"}) if is_known else frozenset()

    def exits(self) -> Mapping[str, Target | None]:
        """There is no silent good outcome."""
        return {}

    def check(self, check: FlowCheck) -> None:
        """Report a target that is no extension, and a time that nobody rings."""
        check.value(self.to, EXTENSION)
        check.duration("ring", self.ring, RING)
