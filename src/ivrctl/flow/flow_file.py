"""A flow file as frozen dataclasses: what one ``<name>.ivr.yaml`` says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Literal, Self

from ivrctl.flow import actions as _kinds  # noqa: F401 - importing the kinds makes them known
from ivrctl.flow.action import Action
from ivrctl.flow.scope import Signature
from ivrctl.flow.targets import StepName
from ivrctl.lang.binder import Binder
from ivrctl.lang.marks import NameOf
from ivrctl.lang.schema import Schema, Schemas
from ivrctl.lang.source import MappingNode, Node, Span, Word
from ivrctl.lang.types import Type
from ivrctl.site.text import Text

START = "start"
"""The step at which a sub-flow begins."""

SUFFIX = ".ivr.yaml"


@dataclass(frozen=True, slots=True)
class Line:
    """A number that callers dial, and the step at which its calls begin.

    In YAML ``{step: STEP, language: LANGUAGE, from: agents, answer: false}``, or the short form: a step.
    """

    step: StepName
    """Where its calls begin."""
    span: Span
    language: Annotated[Word, NameOf("languages")] | None = None
    """The language in which its callers are spoken to; the site's first where it is not written."""
    from_: Literal["agents"] | None = None
    """``agents``: only agents' phones reach it, and those whom an agent transfers to it. Any other caller hears the
    site's ``prompts.agents_only``, and his call has ended ``refused``."""
    answer: bool = True
    """False: what is only said is heard before the call is answered, and costs the caller nothing, such as a number
    that has changed or a refusal. The first question, queue or message answers all the same."""

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read ``{step, language, from, answer}``, or the short form: a step."""
        if isinstance(node, MappingNode):
            bound: Self = binder.fields(cls, node)
            return bound
        return cls(binder.bind(Word, node), node.span)

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """A mapping, or a step."""
        return schemas.short_or(StepName, schemas.fields(cls))


@dataclass(frozen=True, slots=True)
class Flow:
    """One flow: its lines, how it is entered by gosub, and its steps."""

    steps: Mapping[Word, tuple[Action, ...]]
    """Each step is a list of actions that run in order; the last one leaves the step."""
    span: Span
    title: Text | None = None
    """What the flow is for, for whoever reads it; nobody hears it."""
    lines: Mapping[Word, Line] = field(default_factory=dict)
    """The numbers that callers dial: an exact one, or a dialplan pattern such as ``_10010XX``; an exact one wins."""
    params: Mapping[Word, Type] = field(default_factory=dict)
    """What ``gosub`` must hand in, and the types; they are names of the flow. A flow with lines has none."""
    outcomes: tuple[Word, ...] = ()
    """How it can return to the flow that entered it, besides ``done``."""
    returns: Mapping[Word, Type] = field(default_factory=dict)
    """Names of the flow that go back with ``done``, and their types."""
    _places: tuple[tuple[tuple[str, int], Action], ...] = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        """List the places: the checks walk over them again and again."""
        places = (
            ((str(step), index), action) for step, actions in self.steps.items() for index, action in enumerate(actions)
        )
        object.__setattr__(self, "_places", tuple(places))

    def places(self) -> tuple[tuple[tuple[str, int], Action], ...]:
        """Every place, a step and an index, with the action there."""
        return self._places

    @property
    def signature(self) -> Signature:
        """What other flows may know of it."""
        return Signature(_by_name(self.params), self.outcomes, _by_name(self.returns), START in self.steps)


def _by_name(types: Mapping[Word, Type]) -> Mapping[str, Type]:
    return {str(name): kind for name, kind in types.items()}
