"""``gosub``: walk another flow and come back with its outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, ClassVar

from ivrctl.flow.action import Enter, Kind, Running, at_once, register
from ivrctl.flow.call import Call
from ivrctl.flow.scope import FlowCheck, Signature, SpoiltError
from ivrctl.lang.findings import did_you_mean
from ivrctl.lang.marks import KeysBy, NameOf
from ivrctl.lang.source import Word
from ivrctl.lang.templates import Template
from ivrctl.lang.types import Record, Type


@register
@dataclass(frozen=True, slots=True)
class Gosub(Kind):
    """Enter a sub-flow at its step ``start``; its outcomes are this action's, and ``save`` keeps what it returns.

    Outcomes: those that the sub-flow declares; ``done`` is the good one.
    """

    name: ClassVar[str] = "gosub"
    changes_call: ClassVar[bool] = True
    flow: Annotated[Word, NameOf("flows")]
    """The flow's name: its file without ``.ivr.yaml``."""
    with_: Annotated[Mapping[Word, Template], KeysBy("flow", "params")] = field(default_factory=dict)
    """A value for each of the flow's ``params``."""

    def run(self, call: Call) -> Running:
        """Enter, with the parameters computed here."""
        declared = call.flows[self.flow].params
        params = {str(name): template.value_as(declared[name], call) for name, template in self.with_.items()}
        return at_once(Enter(str(self.flow), params))

    def outcomes(self, flows: Mapping[str, Signature]) -> frozenset[str]:
        """Those that the sub-flow declares."""
        return frozenset(_known(flows, self.flow).outcomes)

    def result(self, check: FlowCheck) -> Type | None:
        """What the sub-flow declares to return."""
        returns = _known(check.flows, self.flow).returns
        return Record(dict(returns)) if returns else None

    def check(self, check: FlowCheck) -> None:
        """Report an unknown flow, one without a start, and parameters that it does not take or still needs."""
        signature = check.flows.get(self.flow)
        if signature is None:
            message = f'the flow "{self.flow}" does not exist'
            check.findings.error("IVR102", self.flow.span, message, did_you_mean(self.flow, check.flows))
            return
        if not signature.is_known:
            return
        if not signature.has_start:
            message = f'the flow "{self.flow}" has no step "start", where a sub-flow begins'
            check.findings.error("IVR102", self.flow.span, message, f'add a step "start" to {self.flow}.ivr.yaml')
        check.arguments(self.with_, signature.params, f'the flow "{self.flow}"')


def _known(flows: Mapping[str, Signature], name: str) -> Signature:
    """The signature of a flow that exists and has no findings of its own.

    Raises:
        SpoiltError: it has.
    """
    signature = flows.get(name)
    if signature is None or not signature.is_known:
        raise SpoiltError
    return signature
