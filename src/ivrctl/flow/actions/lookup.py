"""``lookup``: ask a database of the site."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Annotated, ClassVar

from ivrctl.flow import keys
from ivrctl.flow.action import Came, Done, Kind, Running, register
from ivrctl.flow.call import Call
from ivrctl.flow.commands import LookUp, LookupFailed, LookupFound, LookupMissing
from ivrctl.flow.scope import FlowCheck, Signature, SpoiltError
from ivrctl.lang.findings import did_you_mean
from ivrctl.lang.marks import KeysBy, NameOf
from ivrctl.lang.source import Word
from ivrctl.lang.templates import Template
from ivrctl.lang.types import Type
from ivrctl.model.values import Secret

DEADLINE = (timedelta(milliseconds=100), timedelta(minutes=1))
"""How long an answer may take, at least and at most: nobody waits longer for a machine."""


@register
@dataclass(frozen=True, slots=True)
class Lookup(Kind):
    """Ask a lookup of the site, and save its row; the list of its rows, where it is declared with ``rows``.

    After a second the caller hears the site's ``one_moment``. Keys that he presses meanwhile count for the next input.

    Outcomes: ``missing`` (it answered: no such row, not one), ``failed`` (no answer in time, or not as declared; or a
    secret that it needs is no longer known, since the controller that took it is gone).
    """

    name: ClassVar[str] = "lookup"
    query: Annotated[Word, NameOf("lookups")]
    """A name of the site's ``lookups``."""
    timeout: timedelta
    """How long the answer may take."""
    with_: Annotated[Mapping[Word, Template], KeysBy("query", "params")] = field(default_factory=dict)
    """A value for each of the lookup's ``params``."""

    def run(self, call: Call) -> Running:
        """Ask; keys that the caller presses meanwhile count for the next input, where one can follow."""
        declared = call.site.lookups[self.query].params
        params = {str(name): template.value_as(declared[name], call) for name, template in self.with_.items()}
        if any(isinstance(value, Secret) and value.text is None for value in params.values()):
            return Came("failed")
        reply = yield LookUp(str(self.query), params, self.timeout, call.say(call.site.prompts.one_moment))
        if call.barges and isinstance(reply, LookupFound | LookupMissing | LookupFailed):
            keys.type_ahead(call, reply.keys)
        match reply:
            case LookupFound(row=row):
                return Done(row)
            case LookupMissing():
                return Came("missing")
            case _:
                return Came("failed")

    def outcomes(self, _flows: Mapping[str, Signature]) -> frozenset[str]:
        """No such row, and no answer."""
        return frozenset({"missing", "failed"})

    def result(self, check: FlowCheck) -> Type | None:
        """The row that the site file declares, or the list of rows."""
        declared = check.site.lookups.get(self.query)
        if declared is None:
            raise SpoiltError
        return declared.answer

    def check(self, check: FlowCheck) -> None:
        """Report an unknown query, and parameters that it does not take or still needs."""
        declared = check.site.lookups.get(self.query)
        if declared is None:
            message = f'the query "{self.query}" does not exist'
            advice = did_you_mean(self.query, check.site.lookups) or "declare it under lookups in ivrctl.yaml"
            check.findings.error("IVR104", self.query.span, message, advice)
            return
        check.duration("timeout", self.timeout, DEADLINE)
        check.arguments(self.with_, declared.params, f'the query "{self.query}"')
