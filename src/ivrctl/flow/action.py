"""What an action is: one kind with what it needs, and beside it ``when``, ``save`` and ``then``.

A kind is one file in ``actions``: a frozen dataclass that is its schema, its outcomes and targets for the graph, its
checks, and a ``run`` that reads like blocking code but yields commands. The engine knows kinds only through ``Kind``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Generator, Iterable, Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Self, TypeAlias

from ivrctl.flow.commands import Command, Reply
from ivrctl.flow.scope import SpoiltError
from ivrctl.flow.targets import AnyTarget, Return, Target
from ivrctl.lang.binder import Binder
from ivrctl.lang.expressions import Expression
from ivrctl.lang.findings import did_you_mean
from ivrctl.lang.marks import NameOf
from ivrctl.lang.schema import Schema, Schemas, in_prose, when
from ivrctl.lang.source import MappingNode, Node, Span, Word
from ivrctl.lang.types import Type
from ivrctl.model.values import Value

if TYPE_CHECKING:
    from ivrctl.flow.call import Call
    from ivrctl.flow.provenance import Provenance
    from ivrctl.flow.scope import FlowCheck, Signature
    from ivrctl.site.text import Text

OTHERWISE = "otherwise"
"""In ``then``: every outcome that is not named; never the good one."""

GOOD = Return.GOOD
"""The good outcome: what it leads to is not written in ``then``."""


@dataclass(frozen=True, slots=True)
class Done:
    """The good outcome: goes on to the next action, and its value is what ``save`` keeps."""

    value: Value = None
    exit: str = GOOD
    """The exit of its kind that it took, such as ``key_1`` of a menu."""


@dataclass(frozen=True, slots=True)
class Came:
    """A named outcome other than the good one: ``then`` says where it leads."""

    outcome: str


@dataclass(frozen=True, slots=True)
class Leave:
    """The action itself says where to go: a goto, a menu choice. Its value is what ``save`` keeps."""

    target: Target
    value: Value = None
    outcome: str = ""
    """The named outcome whose target the action states, such as ``key_1``."""
    exit: str = GOOD
    """The exit of its kind that it took, such as ``key_1`` of a menu."""


@dataclass(frozen=True, slots=True)
class Enter:
    """Enter a sub-flow; the action's outcome will be what the sub-flow returns."""

    flow: str
    params: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Assign:
    """The good outcome of an action that gives values to names itself."""

    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class TurnedAway:
    """A notice has ended the call behind itself: none of the action's ways out was taken."""

    reason: str


Outcome: TypeAlias = Done | Came | Leave | Enter | Assign | TurnedAway
Running: TypeAlias = Generator[Command, Reply, Outcome]


def at_once(outcome: Outcome) -> Running:
    """The run of an action that asks nothing of anybody."""
    yield from ()
    return outcome


class OnResume(Enum):
    """What becomes of an action that was cut by the loss of the controller."""

    AGAIN = "again"
    """It runs again from its start: the caller hears the prompt once more."""
    OUTCOME = "outcome"
    """It was handed off: the dialplan brings its outcome, and nothing is done twice."""
    ONCE = "once"
    """It runs again from its start, under the same key: what was done before the loss is not done twice."""


class Kind(ABC):
    """One kind of action. Subclasses are frozen dataclasses whose fields are the YAML keys."""

    name: ClassVar[str]
    on_resume: ClassVar[OnResume] = OnResume.AGAIN
    must_name: ClassVar[frozenset[str]] = frozenset()
    """Outcomes that ``otherwise`` does not cover: they are always named."""
    may_name: ClassVar[frozenset[str]] = frozenset()
    """Outcomes that exist only when they are named."""
    is_input: ClassVar[bool] = False
    """True for a kind that takes keys: what makes prompts before it interruptible."""
    leaves_flow: ClassVar[bool] = False
    """True for a kind behind which keys typed before count no more: queue, dial, hangup, return."""
    changes_call: ClassVar[bool] = False
    """True for a kind behind which call fields can be others than it sets itself; of a hand-off that is known."""
    knows_caller: ClassVar[bool] = False
    """True for a kind behind which the caller can be somebody else than before: ``caller.tier`` and its like."""

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read the action's YAML: by default a mapping of the dataclass's fields."""
        if not isinstance(node, MappingNode):
            binder.refuse("IVR012", node.span, f'"{cls.name}" takes a mapping', f"see ivrctl schema, kind {cls.name}")
        bound: Self = binder.fields(cls, node)
        return bound

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """What editors know of it: by default a mapping of the dataclass's fields."""
        return schemas.fields(cls)

    @classmethod
    def every_outcome(cls) -> frozenset[str] | None:
        """The outcomes that some action of the kind can have: one in which every key is written has them all.

        None for a kind whose outcomes are another flow's.
        """
        written: Any = object.__new__(cls)
        for each in fields(written):
            object.__setattr__(written, each.name, ())
        try:
            outcomes: frozenset[str] = written.outcomes({})
        except SpoiltError:
            return None
        return outcomes

    @abstractmethod
    def run(self, call: Call) -> Running:
        """Carry the action out: yield commands, get replies, return the outcome."""

    def outcomes(self, _flows: Mapping[str, Signature]) -> frozenset[str]:
        """The outcomes other than the good one that this action can have.

        Raises:
            SpoiltError: they cannot be known for another finding.
        """
        return frozenset()

    def never(self, _provenance: Provenance) -> frozenset[str]:
        """Those of ``outcomes`` that what the site declares rules out, whatever callers, agents and the PBX do.

        They may be named in ``then`` all the same, and are no gap when no call has seen them.
        """
        return frozenset()

    def exits(self) -> Mapping[str, Target | None]:
        """The ways out that the action states itself, by their names; None goes on to the next action.

        By default there is one, the good outcome, and it goes on. What ``outcomes`` lists is not among them.
        """
        return {GOOD: None}

    def asks(self) -> bool:
        """True when it takes keys; by default what ``is_input`` says of its kind."""
        return self.is_input

    def takes_keys_ahead(self) -> bool:
        """True when keys typed before it count for it: so it is with every input but a secret."""
        return self.asks()

    def goes_on(self) -> bool:
        """True when one of its exits leads to the next action."""
        return None in self.exits().values()

    def targets(self) -> tuple[Target, ...]:
        """The targets that its exits state."""
        return tuple(target for target in self.exits().values() if target is not None)

    def result(self, _check: FlowCheck) -> Type | None:
        """The type of what ``save`` keeps; None for a kind that has nothing to save.

        Raises:
            SpoiltError: it cannot be known for another finding.
        """
        return None

    def assigns(self, _check: FlowCheck) -> Mapping[Word, Type | None]:
        """Names that the action itself gives values, with their types; None for a type that a finding spoils."""
        return {}

    def check(self, check: FlowCheck) -> None:
        """Report what is wrong with the action's own fields; by default with its texts."""
        for text in self.texts():
            check.text(text)

    def texts(self) -> tuple[Text, ...]:
        """The texts it may say."""
        return ()

    def said_together(self) -> Iterable[tuple[Text, ...]]:
        """The texts that it says in one breath, so that they can be made before any call; by default each alone."""
        return ((text,) for text in self.texts())


@dataclass(frozen=True, slots=True)
class Action:
    """One entry of a step: a kind, and what stands beside it."""

    kind: Kind
    span: Span
    """Of the kind's key: where findings about the action point."""
    when: Expression | None = None
    save: Word | None = None
    then: Mapping[str, Target] | None = None
    barges: bool = False
    """True when an input can still follow in this flow, so that keys cut its prompts; decided when compiled."""

    @classmethod
    def bind_node(cls, node: Node, binder: Binder) -> Self:
        """Read one action: exactly one kind key, and at most ``when``, ``save`` and ``then`` beside it."""
        kinds: Mapping[str, type[Kind]] = KINDS
        if not isinstance(node, MappingNode):
            advice = "such as - play: {text: …}; kinds: " + ", ".join(kinds)
            binder.refuse("IVR110", node.span, "an action is a mapping with one kind", advice)
        chosen = [key for key, _ in node.entries if key.text not in _BESIDE]
        if len(chosen) != 1 or chosen[0].text not in kinds:
            _refuse_kinds(chosen, kinds, node, binder)
        beside: _Beside = binder.fields(_Beside, node, also=frozenset({chosen[0].text}))
        value = node.get(chosen[0].text)
        if value is None:
            binder.refuse("IVR110", node.span, "an action has one kind")
        kind = binder.bind(kinds[chosen[0].text], value)
        return cls(kind, chosen[0].span, beside.when, beside.save, beside.then)

    @classmethod
    def json_schema(cls, schemas: Schemas) -> Schema:
        """All kinds as keys, and what stands beside them; what ``then`` and ``save`` take depends on the kind."""
        beside = schemas.fields(_Beside)
        kinds = {name: {**schemas.of(kind), **in_prose(kind.__doc__)} for name, kind in KINDS.items()}
        by_kind = [rule for kind in KINDS.values() for rule in _beside_kind(kind, schemas)]
        return {**beside, "properties": {**kinds, **beside["properties"]}, "allOf": by_kind}

    def targets(self) -> tuple[Target, ...]:
        """Every target that the action names: its kind's own, and those of ``then``."""
        return (*self.kind.targets(), *(self.then or {}).values())

    def target_of(self, outcome: str) -> Target | None:
        """Where an outcome leads, or None when the flow does not say."""
        then = self.then or {}
        if outcome in then:
            return then[outcome]
        return None if outcome in self.kind.must_name | self.kind.may_name else then.get(OTHERWISE)


@dataclass(frozen=True, slots=True)
class _Beside:
    when: Expression | None = None
    """A guard: where it does not hold, the action is passed over."""
    save: Annotated[Word, NameOf("fields")] | None = None
    """The name of the result: one of the flow's own, or ``call.FIELD``."""
    then: Mapping[str, AnyTarget] | None = None
    """Where each outcome but the good one leads; ``otherwise`` stands for all that are not named."""


_BESIDE = frozenset({"when", "save", "then"})

KINDS: dict[str, type[Kind]] = {}
"""Every kind by its YAML key, in the order of ``actions``."""


def register(kind: type[Any]) -> type[Any]:
    """Class decorator: make a kind known under its name."""
    KINDS[kind.name] = kind
    return kind


def _refuse_kinds(chosen: list[Any], kinds: Mapping[str, type[Kind]], node: MappingNode, binder: Binder) -> None:
    for key in chosen:
        if key.text not in kinds:
            message = f'"{key.text}" is no kind of action'
            binder.refuse("IVR110", key.span, message, did_you_mean(key.text, [*kinds, *_BESIDE]))
    if not chosen:
        binder.refuse("IVR110", node.span, "the action has no kind", _one_of(kinds))
    names = " and ".join(f'"{key.text}"' for key in chosen)
    binder.refuse("IVR110", chosen[1].span, f"one action has two kinds, {names}", "write each as an item of its own")


def _one_of(kinds: Iterable[str]) -> str:
    return "one of " + ", ".join(kinds)


def _beside_kind(kind: type[Kind], schemas: Schemas) -> Iterable[Schema]:
    """What can stand beside a kind: its outcomes in ``then``, and ``save`` only where it has a result."""
    if kind.result is Kind.result:
        yield when({kind.name: {}}, {"save": False})
    outcomes = kind.every_outcome()
    if outcomes is None:
        yield from _outcomes_of_flows(kind, schemas)
    elif not outcomes:
        yield when({kind.name: {}}, {"then": False})
    else:
        named = {name: _led_to(kind, schemas) for name in [*sorted(outcomes), OTHERWISE]}
        then: Schema = {"properties": named, "additionalProperties": False, "required": sorted(kind.must_name)}
        yield when({kind.name: {}}, {"then": then}, required=["then"] if kind.must_name else ())


def _outcomes_of_flows(kind: type[Kind], schemas: Schemas) -> Iterable[Schema]:
    """The outcomes of a kind that enters another flow: those that the flow declares."""
    for flow in schemas.names("flows"):
        outcomes = [*schemas.part("flows", flow, "outcomes"), OTHERWISE]
        then = {"properties": {name: _led_to(kind, schemas) for name in outcomes}}
        entered = {"properties": {"flow": {"const": flow}}, "required": ["flow"]}
        yield when({kind.name: entered}, {"then": then})


def _led_to(kind: type[Kind], schemas: Schemas) -> Schema:
    """A target, explained by what the kind says of its outcomes."""
    _, _, told = (kind.__doc__ or "").partition("Outcomes: ")
    return {**schemas.of(AnyTarget), **in_prose(told and f"Outcomes of ``{kind.name}``: {told}")}
